"""Registration lists as offices keep them: rows → pledges of people, and what is wrong with a row.

Two layouts, told apart by their header: members by cell (group lines name the chi bộ) and key cadres (post
and unit stand in each row). A person's second pledge stands on the next line without number and name.
Nothing here knows the database.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from cadres.dates import DateError, Due, parse_day, parse_due
from cadres.imports.roster_columns import columns_left_out, parse_card
from cadres.imports.unit_names import UnitPath, fold_path, is_cell_name, is_unit_name, split_unit_path
from cadres.imports.workbook import Header, Problem, Row, as_text, find_list, is_total, read_rows
from cadres.text import clean, fold, same_name_key
from pledges.imports.columns import COLUMNS, OF_CADRES, REQUIRED, novelty_of
from pledges.imports.products import Product, Result, parse_product, parse_result

__all__ = ["PledgeLine", "PledgeSheet", "Product", "Result", "parse_pledges", "parse_product", "parse_result"]

MAX_TEXT = 2_000  # characters of a title, product or result
FIRST_BACKLOG_YEAR = 1945
SHOWN = 60  # characters of a cell that a message repeats
PLEDGE = ("title", "novelty", "product", "due")
YEAR_LINE = re.compile(r"\bnam ([0-9]{4})\b")


@dataclass(frozen=True)
class PledgeLine:
    """One pledge. `name` and `card` are those of the person, also on a line that does not repeat them."""

    row: int
    unit_path: UnitPath  # members: the cell of the group line
    unit_printed: str  # key cadres: the unit where they count, as printed
    post: str
    name: str
    card: str | None
    no_in_person: int
    title: str
    novelty: str
    product: str
    due_kind: str
    due_on: date
    registered_on: date | None
    backlog_since: int | None
    partners: list[str]
    theme: str  # as written: the number of a theme of the campaign, or its title
    result: Result | None


@dataclass
class PledgeSheet:
    """What a registration list says: usable lines, and what is wrong with the others."""

    layout: str  # members or cadres
    labels: list[str]
    lines: list[PledgeLine] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    refused: set[int] = field(default_factory=set)
    refused_cells: dict[int, list[str]] = field(default_factory=dict)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    year_stated: int | None = None


def parse_pledges(path: str | Path, *, year: int) -> PledgeSheet:
    """Read a registration list whole; deadlines must lie in `year`.

    Raises UploadError or WorkbookError when there is no list to read; all else is a problem of a row.
    """
    sheet, header = find_list(read_rows(path), COLUMNS, REQUIRED)
    reading = _Reading(header, year)
    for row in sheet.rows[: header.first]:
        reading.take_title(row)
    for number, row in enumerate(sheet.rows[header.last + 1 :], start=header.last + 2):
        reading.take(number, row)
    unread = set(header.unread())
    reading.sheet.refused_cells = {
        number: [
            "" if index in unread else as_text(cell) for index, cell in enumerate(sheet.rows[number - 1])
        ]
        for number in sorted(reading.sheet.refused)
    }
    return reading.sheet


@dataclass
class _Person:
    """Whose pledges are being read; "" as name until a person was named."""

    name: str = ""
    card: str | None = None
    post: str = ""
    unit: str = ""


class _Reading:
    """The list being read from top to bottom: the cell and the person we are at."""

    def __init__(self, header: Header, year: int) -> None:
        self.header = header
        self.year = year
        layout = "cadres" if all(name in header.at for name in OF_CADRES) else "members"
        self.sheet = PledgeSheet(layout, header.labels, left_out=columns_left_out(header))
        self.path: UnitPath = ()
        self.person = _Person()
        self.pledges_of: dict[tuple[UnitPath, str], int] = defaultdict(int)

    def problem(self, row: int, name: str, code: str, message: str) -> None:
        self.sheet.problems.append(Problem(row, self.header.label(name), code, message))
        self.sheet.refused.add(row)

    def take_title(self, row: Row) -> None:
        """Title lines state the year of the list: "Năm 2024"."""
        stated = YEAR_LINE.search(fold(" ".join(map(as_text, row))))
        if stated:
            self.sheet.year_stated = int(stated[1])

    def take(self, number: int, row: Row) -> None:
        """One line below the header: a group line, a pledge, or words that are neither."""
        filled = [text for text in map(as_text, row) if text]
        if not filled or self.header.is_numbering(number, filled):
            return
        told = {name for name in PLEDGE if self.header.text(row, name)}
        somebody = any(self.header.text(row, name) for name in ("name", "card"))
        in_cells = self.sheet.layout == "members"
        group = next(filter(is_unit_name, filled), None) if in_cells and not told else None
        if group:
            self.path, self.person = split_unit_path(group), _Person()
        elif is_total(filled[0]):
            self.person = _Person()
        elif "title" in told or len(told) > 1 or (told and somebody):
            self._pledge(number, row)
        elif somebody:  # in the list without a pledge
            self._meet_person(number, row)

    def _pledge(self, number: int, row: Row) -> None:
        self._meet_person(number, row)
        if self.sheet.layout == "members" and not (self.path and is_cell_name(self.path[-1])):
            self.problem(number, "", "no_cell", _("The row stands below no cell (chi bộ)"))
        # A row with an impossible deadline is read on, so that all its problems are told at once.
        line = self._line(number, row, self._due(number, row) or Due("year", date(self.year, 12, 31)))
        if number not in self.sheet.refused:
            self.sheet.lines.append(line)

    def _line(self, number: int, row: Row, due: Due) -> PledgeLine:
        person = self.person
        product = self._text(number, row, "product")
        # Refused lines are counted too: the number must not change when they are corrected.
        identity = (fold_path(self.path), person.card or same_name_key(person.name))
        self.pledges_of[identity] += 1
        return PledgeLine(
            row=number,
            unit_path=self.path,
            unit_printed=person.unit,
            post=person.post,
            name=person.name,
            card=person.card,
            no_in_person=self.pledges_of[identity],
            title=self._title(number, row),
            novelty=self._novelty(number, row),
            product=product,
            due_kind=due.kind,
            due_on=due.due_on,
            registered_on=self._registered_on(number, row),
            backlog_since=self._backlog_since(number, row),
            partners=self._partners(row),
            theme=self.header.text(row, "theme"),
            result=self._result(number, row, parse_product(product)),
        )

    def _meet_person(self, number: int, row: Row) -> None:
        """A named line begins a person; a line without number and name belongs to the person above."""
        name = self.header.text(row, "name")
        card = self._card(number, row)
        numbered = bool(self.header.text(row, "number"))
        if name:
            self.person = _Person(name, card, self.header.text(row, "post"), self.header.text(row, "unit"))
        elif numbered or not self.person.name:
            self.problem(number, "name", "no_person", _("The name is missing"))
            self.person = _Person()
        elif card and card != self.person.card:
            message = _("The card number is not that of %(name)s in the line above, and no name is given")
            self.problem(number, "card", "other_card", message % {"name": self.person.name[:SHOWN]})

    def _card(self, number: int, row: Row) -> str | None:
        try:
            return parse_card(self.header.value(row, "card"))
        except ValueError as error:
            self.problem(number, "card", "card", str(error))
            return None

    def _text(self, number: int, row: Row, name: str) -> str:
        text = self.header.text(row, name)
        if len(text) > MAX_TEXT:
            message = _("The text has %(length)s characters; at most %(limit)s are taken") % {
                "length": number_format(len(text), force_grouping=True),
                "limit": number_format(MAX_TEXT, force_grouping=True),
            }
            self.problem(number, name, "too_long", message)
            return ""
        return text

    def _title(self, number: int, row: Row) -> str:
        if not self.header.text(row, "title"):
            self.problem(number, "title", "no_title", _("The content registered is missing"))
        return self._text(number, row, "title")

    def _novelty(self, number: int, row: Row) -> str:
        text = self.header.text(row, "novelty")
        novelty = novelty_of(text)
        if not novelty:
            message = _("“%(text)s” is no kind of task; write “Mới”, “Khó” or “Cả hai”") % {
                "text": text[:SHOWN]
            }
            self.problem(number, "novelty", "novelty", message)
        return novelty

    def _due(self, number: int, row: Row) -> Due | None:
        try:
            return parse_due(self.header.value(row, "due"), self.year)
        except DateError as error:
            self.problem(number, "due", "due", str(error))
            return None

    def _registered_on(self, number: int, row: Row) -> date | None:
        value = self.header.value(row, "registered_on")
        if as_text(value) == "":
            return None
        try:
            return parse_day(value)
        except DateError as error:
            self.problem(number, "registered_on", "registered_on", str(error))
            return None

    def _backlog_since(self, number: int, row: Row) -> int | None:
        text = self.header.text(row, "backlog")
        if not text:
            return None
        if text.isdigit() and FIRST_BACKLOG_YEAR <= int(text) <= self.year:
            return int(text)
        message = _("“%(text)s” is not a year since which the matter has been pending") % {
            "text": text[:SHOWN]
        }
        self.problem(number, "backlog", "backlog", message)
        return None

    def _result(self, number: int, row: Row, product: Product) -> Result | None:
        text = self._text(number, row, "result")
        marks = self.header.text(row, "on_time"), self.header.text(row, "beyond")
        try:
            return parse_result(text, *marks, product=product)
        except ValueError as error:
            self.problem(number, "result", "result", str(error))
            return None

    def _partners(self, row: Row) -> list[str]:
        """Parted by semicolons only: "Phòng Tài nguyên và Môi trường" is one."""
        return [name for name in map(clean, self.header.text(row, "partners").split(";")) if name]
