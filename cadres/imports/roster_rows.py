"""A roster (danh sách đảng viên) as an office keeps it: rows → people in their cells, and their problems.

Nothing here knows the database. The list has group lines ("Đảng bộ phường Bưởi - Chi bộ số 1"), capital
headings above them, numbering that restarts in each cell, the birth date in the column of men or of women,
a total line. A row with a problem is refused and told; the others stay usable.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from cadres.dates import DateError, parse_birth_year, parse_day
from cadres.imports.roster_columns import (
    BIRTH,
    COLUMNS,
    REQUIRED,
    columns_left_out,
    parse_card,
    rank_of,
    standing_of,
)
from cadres.imports.roster_sheet import RosterLine, RosterSheet
from cadres.imports.unit_names import UnitPath, fold_path, is_cell_name, is_unit_name, split_unit_path
from cadres.imports.workbook import Header, Problem, Row, as_text, find_list, is_total, read_rows
from cadres.text import fold, parse_int_vn, same_name_key, split_name

__all__ = ["RosterLine", "RosterSheet", "parse_roster"]

MAX_FAMILY_NAMES, MAX_GIVEN_NAME, MAX_UNIT_NAME = 80, 40, 200
AS_OF = re.compile(
    r"den (?:het )?(?:ngay )?([0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4}|[0-9]+ thang [0-9]+ nam [0-9]{4})"
)
TOTAL = re.compile(r"tong (?:cong|so)\b\D*([0-9][0-9.]*)?")
INSIDE_A_CELL = "to dang"  # tổ đảng: members below it are of the same cell
SHOWN = 60  # characters of a cell that a message repeats


def parse_roster(path: str | Path, *, as_of: date | None = None) -> RosterSheet:
    """Read a roster whole. `as_of` is the day it speaks of, where it does not say so itself.

    Raises UploadError or WorkbookError when there is no list to read; all else is a problem of a row.
    """
    sheet, header = find_list(read_rows(path), COLUMNS, REQUIRED)
    reading = _Reading(header, as_of)
    for number, row in enumerate(sheet.rows[: header.first], start=1):
        reading.take_title(number, row)
    for number, row in enumerate(sheet.rows[header.last + 1 :], start=header.last + 2):
        reading.take(number, row)
    reading.finish()
    reading.sheet.refused_cells = {
        number: _kept_cells(header, sheet.rows[number - 1]) for number in sorted(reading.sheet.refused)
    }
    return reading.sheet


def _kept_cells(header: Header, row: Row) -> list[str]:
    unread = set(header.unread())
    return ["" if index in unread else as_text(cell) for index, cell in enumerate(row)]


class _Reading:
    """The list being read from top to bottom: which cell we are in, and who stands in it."""

    def __init__(self, header: Header, as_of: date | None) -> None:
        self.header = header
        self.sheet = RosterSheet(labels=header.labels, as_of=as_of, left_out=columns_left_out(header))
        only_year = _("Only the year of birth is kept.")
        self.sheet.left_out += [(header.label(name), only_year) for name in BIRTH if name in header.at]
        self.read: list[RosterLine] = []
        self.cell: UnitPath | None = None
        self.names: dict[UnitPath, str] = {}  # folded path → the name of its last organisation
        self.headings: dict[UnitPath, int] = {}  # organisations named alone, with their row
        self.positions: dict[UnitPath, int] = defaultdict(int)
        self.total_row = 0
        self.unread_line: tuple[int, str] | None = None

    def problem(self, row: int, name: str, code: str, message: str, *, refuse: bool = True) -> None:
        self.sheet.problems.append(Problem(row, self.header.label(name), code, message))
        if refuse:
            self.sheet.refused.add(row)

    def take_title(self, number: int, row: Row) -> None:
        """Title lines may state the day of the list: "(Tính đến ngày 01/01/2024)"."""
        stated = AS_OF.search(fold(" ".join(map(as_text, row))))
        if stated:
            try:
                self.sheet.as_of = parse_day(stated[1])
            except DateError as error:
                self.problem(number, "", "as_of", str(error), refuse=False)

    def take(self, number: int, row: Row) -> None:
        """One line below the header: a group line, a total, a person, or words that belong to nothing."""
        filled = [text for text in map(as_text, row) if text]
        if not filled or self.header.is_numbering(number, filled):
            return
        told = {name for name in ("name", "card", "rank", *BIRTH) if self.header.text(row, name)}
        numbered = self.header.text(row, "number").rstrip(".").isdigit()
        group = next(filter(is_unit_name, filled), None) if told <= {"name"} else None
        if group:
            self._enter(number, group)
        elif not numbered and "card" not in told and is_total(filled[0]):
            self._total(number, fold(" ".join(filled)))
        elif self._is_person(told, numbered=numbered):
            self._person(number, row)
        elif not numbered and not fold(filled[0]).startswith(INSIDE_A_CELL):
            self.unread_line = (number, " ".join(filled))

    def _is_person(self, told: set[str], *, numbered: bool) -> bool:
        """Below the grand total stand signatures: there a name beside other words is no member."""
        named = "name" in told and len(told) > 1 and not self.total_row
        return "card" in told or named or (numbered and bool(told))

    def _enter(self, number: int, text: str) -> None:
        """A group line or heading. A heading in capitals takes its proper case from group lines below it."""
        path = split_unit_path(text)
        if max(map(len, path)) > MAX_UNIT_NAME:
            self.unread_line = (number, text)
            return
        folded = fold_path(path)
        for depth, name in enumerate(path, start=1):
            known = self.names.get(folded[:depth])
            if known is None or (known.isupper() and not name.isupper()):
                self.names[folded[:depth]] = name
        if is_cell_name(path[-1]):
            self.cell = folded
        else:
            self.cell = None
            self.headings.setdefault(folded, number)
        self.unread_line = None

    def _total(self, number: int, folded: str) -> None:
        """Only the grand total is compared; sub-totals of a cell or a ward are passed over."""
        stated = TOTAL.match(folded)
        if stated and stated[1]:
            try:
                self.sheet.stated_total, self.total_row = parse_int_vn(stated[1].rstrip(".")), number
            except ValueError as error:
                self.problem(number, "number", "total", str(error), refuse=False)

    def _person(self, number: int, row: Row) -> None:
        self._check_place(number)
        path = self.cell or ()
        self.positions[path] += 1
        family_names, given_name = split_name(self.header.text(row, "name"))
        self._check_name(number, family_names, given_name)
        line = RosterLine(
            row=number,
            unit_path=path,
            position=self.positions[path],
            family_names=family_names,
            given_name=given_name,
            birth_year=self._birth_year(number, row),
            card_number=self._card(number, row),
            rank=self._rank(number, row),
            standing=self._standing(number, row),
            post=self.header.text(row, "post"),
        )
        if line.card_number is None and line.birth_year is None and number not in self.sheet.refused:
            message = _(
                "Neither card number nor year of birth: the person cannot be told apart from a namesake"
            )
            self.problem(number, "card", "unidentified", message)
        self.read.append(line)

    def _check_place(self, number: int) -> None:
        if self.unread_line:  # people below a line nobody understands may belong anywhere
            line, text = self.unread_line
            message = _("“%(text)s” is neither an organisation nor a person; correct the line") % {
                "text": text[:SHOWN]
            }
            self.problem(line, "", "unread_line", message, refuse=False)
            self.cell = self.unread_line = None
        if self.cell is None:
            self.problem(number, "", "no_cell", _("The row stands below no cell (chi bộ)"))

    def _check_name(self, number: int, family_names: str, given_name: str) -> None:
        if not given_name:
            self.problem(number, "name", "no_name", _("The name is missing"))
        elif len(family_names) > MAX_FAMILY_NAMES or len(given_name) > MAX_GIVEN_NAME:
            self.problem(number, "name", "name_too_long", _("The name is too long"))

    def _birth_year(self, number: int, row: Row) -> int | None:
        filled = [name for name in BIRTH if self.header.text(row, name)]
        if len(filled) > 1:
            message = _("The date of birth stands in the column of men and in that of women")
            self.problem(number, filled[1], "birth_twice", message)
            return None
        try:
            return (
                parse_birth_year(self.header.value(row, filled[0]), on=self.sheet.as_of) if filled else None
            )
        except DateError as error:
            self.problem(number, filled[0], "birth", str(error))
            return None

    def _card(self, number: int, row: Row) -> str | None:
        try:
            return parse_card(self.header.value(row, "card"))
        except ValueError as error:
            self.problem(number, "card", "card", str(error))
            return None

    def _rank(self, number: int, row: Row) -> str:
        text = self.header.text(row, "rank")
        rank = rank_of(text)
        if not rank:
            message = _("“%(text)s” is neither “Chính thức” nor “Dự bị”") % {"text": text[:SHOWN]}
            self.problem(number, "rank", "rank", message)
        return rank

    def _standing(self, number: int, row: Row) -> str:
        """The note says who is not counted. A note is never guessed at."""
        text = self.header.text(row, "note")
        standing = standing_of(text)
        if not standing:
            message = _("The note “%(text)s” is not known; leave it empty or write how the member stands")
            self.problem(number, "note", "note", message % {"text": text[:SHOWN]})
        return standing

    def finish(self) -> None:
        """What only the whole list can show: people twice, headings without cells, the stated total."""
        self._check_twice()
        self._set_units()
        for line in self.read:
            proper = replace(line, unit_path=self._proper(line.unit_path))
            (self.sheet.refused_lines if line.row in self.sheet.refused else self.sheet.lines).append(proper)
        if self.sheet.stated_total is not None and self.sheet.stated_total != len(self.read):
            message = _("The list states %(stated)s people, %(read)s rows were read") % {
                "stated": number_format(self.sheet.stated_total, force_grouping=True),
                "read": number_format(len(self.read), force_grouping=True),
            }
            self.problem(self.total_row, "number", "total", message, refuse=False)
        self.sheet.problems.sort(key=lambda problem: problem.row)

    def _proper(self, folded: UnitPath) -> UnitPath:
        return tuple(self.names[folded[:depth]] for depth in range(1, len(folded) + 1))

    def _set_units(self) -> None:
        """Cells and what stands above them, in file order, parents first."""
        above = {
            path[:depth] for path in self.names if is_cell_name(path[-1]) for depth in range(1, len(path) + 1)
        }
        self.sheet.units = [self._proper(path) for path in self.names if path in above]
        for path, number in self.headings.items():
            if path not in above:
                message = _("No cell of “%(name)s” is in the list; write the whole path in each group line")
                self.problem(number, "", "no_cells", message % {"name": self.names[path]}, refuse=False)

    def _check_twice(self) -> None:
        cards: dict[str, list[RosterLine]] = defaultdict(list)
        namesakes: dict[tuple[UnitPath, str, int | None], list[RosterLine]] = defaultdict(list)
        for line in self.read:
            if line.card_number:
                cards[line.card_number].append(line)
            elif line.given_name:
                namesakes[line.unit_path, same_name_key(line.name), line.birth_year].append(line)
        for lines in cards.values():
            if len({(same_name_key(line.name), line.birth_year) for line in lines}) > 1:
                self._twice(
                    lines, "card", "card_shared", _("Two people with one card number: also row %(rows)s")
                )
            else:
                self._twice(
                    lines, "card", "card_twice", _("The person stands in the list twice: also row %(rows)s")
                )
        message = _("Same name and year of birth in one cell, without a card number: also row %(rows)s")
        for lines in namesakes.values():
            self._twice(lines, "name", "namesakes", message)

    def _twice(self, lines: Iterable[RosterLine], name: str, code: str, message: str) -> None:
        rows = [line.row for line in lines]
        for row in rows if len(rows) > 1 else ():
            others = ", ".join(str(other) for other in rows[:6] if other != row)
            self.problem(row, name, code, message % {"rows": others})
