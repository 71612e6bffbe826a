"""The list of a cell as it comes back from Excel: texts by member, and what found no place.

Nothing is judged here and nothing is written: the table of the cell shows the texts and their errors.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override, pgettext_lazy

from cadres.imports.workbook import Header, Row, SheetRows, WorkbookError, as_text, find_list
from cadres.models import Member, Unit
from cadres.text import clean
from pledges.models import Tier

# The headings of the sheet, in its order; `code` and `key` stand in hidden columns.
HEADINGS: dict[str, Any] = {
    "no": gettext_lazy("No."),
    "name": gettext_lazy("Name"),
    "birth_year": gettext_lazy("Year of birth"),
    "title": gettext_lazy("Task registered"),
    "novelty": gettext_lazy("Kind"),
    "product": gettext_lazy("Result, product"),
    "due": gettext_lazy("Completed"),
    "state": gettext_lazy("Status"),
    "code": pgettext_lazy("hidden column of a list", "Code (do not change)"),
    "key": pgettext_lazy("hidden column of a list", "Mark (do not change)"),
}
TYPED = ("title", "novelty", "product", "due")
REQUIRED = ("name", "title")
MARK = "dang-ky-chi-bo"
MOST_ROWS, MOST_PROBLEMS = 2_000, 100


@dataclass(frozen=True, kw_only=True)
class TypedRow:
    """What a row of the sheet says of a member; `key` is the mark it was handed out with, or empty."""

    row: int
    member: Member
    raw: Mapping[str, str]
    key: str


@dataclass(frozen=True)
class CellSheet:
    """The rows with something in them, and in words what could not be taken over."""

    rows: list[TypedRow] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def mark_of(tier: Tier, cell: Unit) -> str:
    """The mark by which the list of a cell knows its own file, whatever the file is called."""
    return f"{MARK}|{tier.campaign.code}|{cell.code}"


def read_cell_sheet(sheets: Sequence[SheetRows], people: Iterable[Member], *, mark: str) -> CellSheet:
    """The rows of a cell's list in a workbook, each with its member out of `people`.

    By the code of the hidden column; where it is missing or unknown by the exact name, if only one
    in the cell bears it. Nobody is guessed. A file without a mark is read by names alone. Raises
    WorkbookError for a workbook without the list, and for the list of another cell or campaign.
    """
    sheet, header = find_list(sheets, _columns(), REQUIRED)
    _check_mark(sheet.rows[: header.first], mark)
    reader = _Reader(header, people)
    first = header.last + 1
    for number, row in enumerate(sheet.rows[first : first + MOST_ROWS], start=first + 1):
        reader.take(number, row)
    if len(sheet.rows) > first + MOST_ROWS:
        text = _("Only the first %(n)s rows below the headings were read.")
        reader.sheet.problems.append(text % {"n": MOST_ROWS})
    return CellSheet(reader.sheet.rows, _shortened(reader.sheet.problems))


def _columns() -> dict[str, tuple[str, ...]]:
    """The spellings of each heading: those of every language in which the sheet is handed out."""
    spellings: dict[str, list[str]] = {name: [] for name in HEADINGS}
    for language, _label in settings.LANGUAGES:
        with override(language):
            for name, words in HEADINGS.items():
                spellings[name].append(str(words))
    return {name: tuple(dict.fromkeys(words)) for name, words in spellings.items()}


def _check_mark(rows: Sequence[Row], mark: str) -> None:
    found = next((text for row in rows for text in map(as_text, row) if text.startswith(f"{MARK}|")), mark)
    if found == mark:
        return
    if found.split("|")[1:2] != mark.split("|")[1:2]:
        raise WorkbookError(_("This is the list of another campaign. Choose the file of this one."))
    text = _("This is the list of another cell. Choose the file that was taken from the list of this cell.")
    raise WorkbookError(text)


class _Reader:
    """Goes through the rows below the headings."""

    def __init__(self, header: Header, people: Iterable[Member]) -> None:
        self.header, self.sheet = header, CellSheet()
        self.by_code: dict[str, Member] = {}
        self.by_name: dict[str, list[Member]] = {}
        for member in people:
            self.by_code[member.code] = member
            self.by_name.setdefault(_same(member.name), []).append(member)
        self.rows_of: dict[int, int] = {}

    def take(self, number: int, row: Row) -> None:
        """Take a row over, or say why not; a row with nothing typed says nothing."""
        raw = {name: self.header.text(row, name) for name in TYPED}
        filled = [text for text in map(as_text, row) if text]
        if not any(raw.values()) or self.header.is_numbering(number, filled):
            return
        found = self._member(self.header.text(row, "name"), self.header.text(row, "code"))
        if isinstance(found, Member) and (before := self.rows_of.setdefault(found.pk, number)) != number:
            text = _("%(name)s stands in row %(row)s already; each comrade has one row.")
            found = text % {"name": found.name, "row": before}
        if isinstance(found, Member):
            key = self.header.text(row, "key")
            self.sheet.rows.append(TypedRow(row=number, member=found, raw=raw, key=key))
            return
        words = {"row": number, "problem": found, "typed": " · ".join(filter(None, raw.values()))}
        self.sheet.problems.append(_("Row %(row)s: %(problem)s It says: “%(typed)s”.") % words)

    def _member(self, name: str, code: str) -> Member | str:
        """Whose row it is, or why nobody's."""
        same = self.by_name.get(_same(name), [])
        known = self.by_code.get(clean(code))
        if known and name and known not in same and same:
            return _("the hidden code belongs to another comrade than “%(name)s”.") % {"name": name}
        if known:
            return known
        if not name:
            return _("no name is written.")
        if not same:
            return _("comrade “%(name)s” was not found in the cell.") % {"name": name}
        if len(same) > 1:
            return _("several comrades of the cell are called “%(name)s”.") % {"name": name}
        return same[0]


def _same(name: str) -> str:
    """A name as it is compared: exact but for case and spaces; only with all its marks it is the same."""
    return clean(name).casefold()


def _shortened(problems: list[str]) -> list[str]:
    if len(problems) <= MOST_PROBLEMS:
        return problems
    more = _("and %(n)s rows more") % {"n": len(problems) - MOST_PROBLEMS}
    return [*problems[:MOST_PROBLEMS], more]
