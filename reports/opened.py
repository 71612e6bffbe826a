"""An opened number: the exact rows of one part of a figure in a unit, a page at a time."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from cadres.models import Member, Standing, Unit, UnitChange
from cadres.text import fold
from pledges import queries
from pledges.models import Tier
from reports.figures import Figure, Kind
from reports.models import UnitCount

PAGE = 50
# Up to so many rows the list counts itself.
BOUNDED = 10_000
# Up to so many it is printed and written to a workbook while one waits; a worker writes longer ones.
AT_ONCE = 2_000


class Part(StrEnum):
    """Which rows of a figure: those it counts, all it counts them of, the difference, those left out."""

    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"
    REST = "rest"
    LEFT_OUT = "left_out"


# The order of a list: by place in the tree, then as in the cell's own list. The last key is unique.
ORDERS: dict[Kind, tuple[str, ...]] = {
    Kind.PEOPLE: ("unit__path", "member__position", "member__sort_key", "pk"),
    Kind.PLEDGES: ("unit__path", "pk"),
    Kind.CELLS: ("path", "pk"),
}
_PLACE = {Kind.PEOPLE: "unit__", Kind.PLEDGES: "unit__", Kind.CELLS: ""}
_PERSON = {Kind.PEOPLE: "member", Kind.PLEDGES: "lead_member"}


@dataclass(frozen=True, kw_only=True)
class Opened:
    """One part of a figure in a unit: with its sub-tree, or (`own`) only what stands in the unit itself.

    `place` and `term` look for an organisation and a person in the list; the number is of the whole part.
    """

    figure: Figure
    part: Part
    tier: Tier
    unit: Unit
    day: date
    own: bool = False
    place: str = ""
    term: str = ""

    @property
    def is_filtered(self) -> bool:
        """Whether only some rows of the part are asked for."""
        return bool(self.place or self.term)

    def number(self, row: UnitCount | None) -> int | None:
        """How many rows the counts say there are; None where they do not keep that number."""
        return part_number(self.figure, self.part, self.tier, row, own=self.own)

    def rows(self) -> QuerySet[Any]:
        """The rows asked for, in the order of the tree."""
        rows = self._looked_for(self._of_unit(_part_rows(self.figure, self.part, self.tier, self.day)))
        return rows.order_by(*ORDERS[self.figure.kind])

    def _of_unit(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        path = _PLACE[self.figure.kind] + "path"
        within = path if self.own else f"{path}__startswith"
        return rows.filter(**{within: self.unit.path})

    def _looked_for(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        for word in fold(self.place).split():
            rows = rows.filter(**{f"{_PLACE[self.figure.kind]}name_key__contains": word})
        person = _PERSON.get(self.figure.kind)
        if person and self.term:
            rows = rows.filter(**{f"{person}__in": Member.objects.search(self.term).values("pk")})
        return rows


@dataclass(frozen=True)
class Leaf:
    """One page of a list. `counted`: how many rows the list itself counts; None where it does not count."""

    rows: list[Any]
    after: int | None
    counted: int | None


def read_leaf(opened: Opened, rows: QuerySet[Any], after: int | None, known: int | None) -> Leaf | None:
    """The page behind the row `after`; None where there is no such row in the list's unit.

    A list counts itself only where the counts say that it is short (`known`), or when one page holds it.
    """
    page = rows if after is None else _behind(opened, rows, after)
    if page is None:
        return None
    found = list(page[: PAGE + 1])
    more = len(found) > PAGE
    counted = None
    if after is None and not more:
        counted = len(found)
    elif known is not None and known <= BOUNDED:
        counted = rows.order_by().count()
    return Leaf(found[:PAGE], found[PAGE - 1].pk if more else None, counted)


def _behind(opened: Opened, rows: QuerySet[Any], after: int) -> QuerySet[Any] | None:
    """Rows that follow the row `after`, which may itself have left the list since."""
    keys = ORDERS[opened.figure.kind]
    last = rows.model._default_manager.filter(pk=after)
    place = f"{_PLACE[opened.figure.kind]}path__startswith"
    values = last.filter(**{place: opened.unit.path}).values_list(*keys).first()
    if values is None:
        return None
    following, same = Q(), Q()
    for key, value in zip(keys, values, strict=True):
        following |= same & Q(**{f"{key}__gt": value})
        same &= Q(**{key: value})
    return rows.filter(following, **{f"{keys[0]}__gte": values[0]})


def part_number(figure: Figure, part: Part, tier: Tier, row: Any, *, own: bool = False) -> int | None:
    """The size of a part by the counts kept: a `UnitCount`, a `ClosedUnit`, or None where there are none."""
    rate = figure.rate(row, own=own)
    if part == Part.LEFT_OUT:
        return _left_out_number(figure, tier, row, "own_" if own else "")
    sizes = {Part.NUMERATOR: rate.numerator, Part.DENOMINATOR: rate.denominator, Part.REST: rate.rest}
    return sizes[part]


def _left_out_number(figure: Figure, tier: Tier, row: UnitCount | None, prefix: str) -> int | None:
    if row is None:
        return 0
    if figure.kind == Kind.PLEDGES:
        return int(getattr(row, f"{prefix}pledges") - getattr(row, f"{prefix}pledges_approved"))
    # The counts keep the exempt and the away only.
    if set(Standing) - set(tier.counted_standings) - {Standing.EXEMPT, Standing.AWAY}:
        return None
    return int(getattr(row, f"{prefix}exempt") + getattr(row, f"{prefix}away"))


def _part_rows(figure: Figure, part: Part, tier: Tier, day: date) -> QuerySet[Any]:
    if part == Part.NUMERATOR:
        return figure.numerator_rows(tier, day)
    if part == Part.DENOMINATOR:
        return figure.denominator_rows(tier, day)
    if part == Part.REST and figure.rest_rows:
        return figure.rest_rows(tier, day)
    if part == Part.REST:
        counted = figure.numerator_rows(tier, day).filter(pk=OuterRef("pk"))
        return figure.denominator_rows(tier, day).filter(~Exists(counted))
    if figure.kind == Kind.PLEDGES:
        return queries.not_yet_approved(queries.tier_pledges(tier))
    return queries.not_counted_people(tier, day)


def parts_of(figure: Figure) -> dict[Part, str]:
    """The parts that the figure has, each with its words."""
    whole = {
        Kind.PEOPLE: _("All who are counted"),
        Kind.PLEDGES: _("All that are approved"),
        Kind.CELLS: _("All cells"),
    }
    parts = {
        Part.NUMERATOR: str(figure.title),
        Part.REST: str(figure.missing),
        Part.DENOMINATOR: whole[figure.kind],
    }
    if figure.kind == Kind.PLEDGES:
        parts[Part.LEFT_OUT] = _("Not approved yet")
    elif figure.kind == Kind.PEOPLE:
        parts[Part.LEFT_OUT] = _("Not counted")
    return parts


def part_title(figure: Figure, part: Part) -> str:
    """A part by its words; with the figure where they do not name it."""
    words = parts_of(figure)[part]
    if part in (Part.NUMERATOR, Part.REST):
        return words
    return _("%(figure)s: %(part)s") % {"figure": figure.title, "part": words[:1].lower() + words[1:]}


def is_updating(tier: Tier, unit: Unit) -> bool:
    """Whether changes below the unit wait for the consumer, so that counts and rows may differ."""
    waiting = UnitChange.objects.filter(Q(campaign=tier.campaign_id) | Q(campaign=None))
    return waiting.filter(unit__path__startswith=unit.path).exists()
