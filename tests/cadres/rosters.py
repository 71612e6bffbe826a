"""Small rosters as an office could have typed them, and bringing them in."""

import re
from datetime import date
from pathlib import Path

from django.http import HttpResponse

from cadres.imports.roster import Checked, check_roster, write_roster
from cadres.models import (
    Body,
    ImportMode,
    Member,
    Membership,
    Office,
    RecordEvent,
    Unit,
    UnitChange,
    UnitPeriod,
)
from tests.workbooks import write_xlsx

HEADER = (
    "Stt",
    "Họ và tên",
    "Năm sinh",
    "Số thẻ đảng viên",
    "Đảng viên",
    "Chức vụ trong Đảng",
    "Số CCCD",
    "Ghi chú",
)
NEW_YEAR, SPRING, TODAY = date(2024, 1, 1), date(2024, 3, 1), date(2024, 3, 26)
FIRST, SECOND = "Đảng bộ phường Bưởi - Chi bộ số 1", "Đảng bộ phường Bưởi - Chi bộ số 2"
CITIZEN = "001087855331"

Person = tuple[object, ...]
Cells = dict[str, list[Person]]


def person(
    name: str, year: object = 1960, card: str = "", post: str = "", rank: str = "", note: str = ""
) -> Person:
    """A row below its number; without a card a probationary member, unless the rank is given."""
    rank = rank or ("Chính thức" if card else "Dự bị")
    return (name, year, card, rank, post, CITIZEN, note)


AN = person("Nguyễn Văn An", 1950, "01000001", "Bí thư")
BINH = person("Trần Thị Bình", 1960, "01000002", "Phó Bí thư")
CHI = person("Lê Thị Chi", 1970, "01000003")
DUNG = person("Phạm Dũng", 1998)
GIANG = person("Vũ Giang", 1980, "01000007", "Bí thư")
BOTH = {FIRST: [AN, BINH, CHI, DUNG], SECOND: [GIANG]}


def write_list(path: Path, cells: Cells) -> Path:
    """A workbook with a group line before the people of each cell."""
    rows: list[tuple[object, ...]] = [("DANH SÁCH ĐẢNG VIÊN",), HEADER]
    for cell, people in cells.items():
        rows += [(cell,), *((number, *row) for number, row in enumerate(people, start=1))]
    return write_xlsx(path, rows)


def checked(folder: Path, host: Unit, cells: Cells, *, on: date = NEW_YEAR) -> Checked:
    """A list compared with the database."""
    return check_roster(write_list(folder / "list.xlsx", cells), host, as_of=on, today=TODAY)


def bring_in(folder: Path, host: Unit, cells: Cells, *, on: date = NEW_YEAR) -> dict[str, int]:
    """Write the good rows of a list; returns the counts."""
    return write_roster(checked(folder, host, cells, on=on), ImportMode.GOOD_ROWS, by=None)


def member(name: str) -> Member:
    """The one member of this name."""
    return Member.objects.get(given_name=name.split()[-1])


def everything() -> list[list[tuple[object, ...]]]:
    """All rows that a roster may write, to compare before and after."""
    models = (Unit, UnitPeriod, Body, Member, Membership, Office, RecordEvent, UnitChange)
    return [list(model.objects.order_by("pk").values_list()) for model in models]


def rows(name: str) -> list[tuple[object, ...]]:
    """The memberships of the member of this name, oldest first."""
    found = Membership.objects.filter(member=member(name)).order_by("start")
    return list(found.values_list("unit__name", "rank", "standing", "start", "end"))


def posts() -> set[tuple[object, ...]]:
    """All posts."""
    return set(Office.objects.values_list("member__given_name", "unit__name", "kind", "start", "end"))


def problems(look: Checked) -> list[tuple[int, str, str]]:
    """Where something is wrong, and what."""
    return [(problem.row, problem.column, problem.code) for problem in look.problems]


def text(response: HttpResponse) -> str:
    """The words of a page, as a person reads them."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))
