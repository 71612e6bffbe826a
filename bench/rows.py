"""Units and members of an invented organisation, as rows of their tables."""

from collections.abc import Iterator
from datetime import date

from bench.shape import Inner, Shape
from bench.stories import people
from bench.tables import Rows, Table
from cadres.actions.body_names import first_body
from cadres.models import (
    Body,
    BodyKind,
    Member,
    Membership,
    Unit,
    UnitChangeKind,
    UnitKind,
    UnitPeriod,
)
from cadres.text import fold

FOUNDED = date(2020, 1, 1)
# How units between the host and the lowest committees are called, from the top down; and those.
LEVELS = (
    (UnitKind.CITY_COMMITTEE, "Đảng bộ tỉnh"),
    (UnitKind.SUPERIOR_COMMITTEE, "Đảng bộ huyện"),
)
LOWEST = (UnitKind.GRASSROOTS_COMMITTEE, "Đảng bộ xã")
FIRST_WORDS = "An Bình Châu Đông Gia Hải Hòa Khánh Long Minh Nam Phú Quang Sơn Tân Thanh Thịnh Vĩnh"
LAST_WORDS = "An Bắc Điền Đức Giang Hà Hưng Khê Lâm Lộc Mỹ Ninh Phong Sa Thành Trung Xuân Yên"


def place_name(number: int) -> str:
    """An invented place: another one for each of the first three hundred numbers."""
    firsts, lasts = FIRST_WORDS.split(), LAST_WORDS.split()
    first, last = divmod(number - 1, len(lasts))
    return f"{firsts[first % len(firsts)]} {lasts[last]}"


def _named(shape: Shape, unit: Inner) -> tuple[UnitKind, str]:
    if unit.level == 0:
        return UnitKind.CITY_COMMITTEE, "Đảng bộ thử nghiệm"
    lowest = unit.level == len(shape.branches)
    kind, words = LOWEST if lowest else LEVELS[unit.level - 1]
    return kind, f"{words} {place_name(unit.number)}"


def _units(shape: Shape) -> Iterator[tuple[int, int | None, str, UnitKind, str]]:
    for unit in shape.inner:
        kind, name = _named(shape, unit)
        yield unit.pk, unit.parent, unit.path, kind, name
    for cell in shape.cells():
        yield cell.pk, cell.parent, cell.path, UnitKind.CELL, f"Chi bộ số {cell.number + 1}"


def tree(shape: Shape) -> list[Table]:
    """Units, how they stood since they were founded, and the body with which each decides."""
    units: Rows = (
        (pk, f"U{pk}", name, fold(name), kind.value, parent, path)
        for pk, parent, path, kind, name in _units(shape)
    )
    periods: Rows = ((pk, pk, name, kind.value, parent) for pk, parent, _path, kind, name in _units(shape))
    founded = {"start": FOUNDED, "change": UnitChangeKind.FOUNDED}
    return [
        Table(Unit, units, "id code name name_key kind parent_id path"),
        Table(UnitPeriod, periods, "id unit_id name kind parent_id", **founded),
        Table(Body, _bodies(shape), "id unit_id kind name seats"),
    ]


def _bodies(shape: Shape) -> Rows:
    for pk, _parent, _path, kind, name in _units(shape):
        body, title = first_body(Unit(kind=kind, name=name))
        yield pk, pk, body.value, title, None if body == BodyKind.CELL_MEETING else 11


def roster(shape: Shape) -> list[Table]:
    """Members and where they stand."""
    everybody = ((cell, one) for cell in shape.cells() for one in people(cell))
    again = ((cell, one) for cell in shape.cells() for one in people(cell))
    members: Rows = (
        (
            one.pk,
            f"M{one.pk}",
            one.name.family,
            one.name.given,
            1940 + (one.thrown >> 8) % 65,
            f"{one.pk:012}",
            one.name.sort_key,
            one.name.search_key,
            cell.pk,
            one.rank,
            one.standing,
            one.position,
        )
        for cell, one in everybody
    )
    stood: Rows = ((one.pk, one.pk, cell.pk, one.rank, one.standing) for cell, one in again)
    told = "id code family_names given_name birth_year card_number sort_key search_key unit_id rank standing"
    return [
        Table(Member, members, f"{told} position"),
        Table(Membership, stood, "id member_id unit_id rank standing", start=FOUNDED),
    ]
