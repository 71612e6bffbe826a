"""A unit in two years beside each other: which organisations can be compared, and which cannot.

An organisation is compared with itself. Where others followed it, both sides of all that is tied
together by successions are one line, so nothing is counted twice and nothing is lost; a line of which
a part stands elsewhere has both numbers and no difference.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from cadres.models import Unit, UnitPeriod
from cadres.rates import Rate
from cadres.successions import Link, linked
from pledges.models import Tier
from pledges.states import CampaignState
from reports.closing_reading import speaking_for
from reports.figures import Figure
from reports.models import ClosedUnit, Closing, UnitCount


class Tie(StrEnum):
    """How the organisations of a line stand on both sides."""

    SAME = "same"
    MOVED_IN = "moved_in"  # the same organisation, which stood elsewhere then
    JOINED = "joined"  # others followed, all of them here: the sums are compared
    PARTED = "parted"  # others followed, some of them elsewhere: nothing to compare
    MOVED_OUT = "moved_out"  # stands elsewhere now
    NEW = "new"
    ENDED = "ended"


COMPARED = (Tie.SAME, Tie.MOVED_IN, Tie.JOINED)


@dataclass(frozen=True)
class Counted:
    """A unit on one side: its name, its place and its parent's name there, and its counts."""

    unit: Unit
    name: str
    path: str
    parent_name: str
    row: Any


Found = dict[int, Counted]


@dataclass(frozen=True)
class Side:
    """One year: a tier as its closing has it, or as it is counted now."""

    tier: Tier
    day: date
    closing: Closing | None

    @classmethod
    def of_tier(cls, tier: Tier, day: date) -> "Side":
        """The side that speaks for the tier on `day`."""
        closing = speaking_for(tier.campaign)
        ends = date(tier.campaign.year, 12, 31)
        return cls(tier, closing.day if closing else min(day, ends), closing)

    def near(self, keys: set[int]) -> Found:
        """Those that stood directly below the units: one query."""
        return self._read(Q(**{"parent__in" if self.closing else "unit__parent__in": keys}))

    def of(self, keys: set[int]) -> Found:
        """These units, wherever they stood: one query."""
        return self._read(Q(unit__in=keys))

    def counts(self, figure: Figure) -> bool:
        """Whether the figure was counted: not in a closing that was made before there was such a figure."""
        return self.closing is None or self.closing.counts(figure.code)

    def version(self, figure: Figure) -> int:
        """The version of the figure's definition that the numbers were counted by."""
        if self.closing is None:
            return figure.version
        return int(self.closing.definitions["figures"][figure.code]["version"])

    def _read(self, wanted: Q) -> Found:
        rows: QuerySet[Any]
        if self.closing is None:
            rows = UnitCount.objects.filter(wanted, tier=self.tier).select_related("unit__parent")
            # What has nothing of the year, and had ended or was not there yet, stands nowhere in it.
            stood = UnitPeriod.objects.filter(unit=OuterRef("unit"), start__lte=self.day)
            in_force = Q(unit__ended_on=None) & Exists(stood)
            rows = rows.filter(in_force | Q(counted__gt=0) | Q(pledges__gt=0))
            return {row.unit_id: _live(row) for row in rows}
        closed = ClosedUnit.objects.filter(closing=self.closing, tier=self.tier)
        parents = closed.order_by().filter(unit=OuterRef("parent")).values("name")
        rows = closed.filter(wanted).annotate(parent_name=Subquery(parents[:1])).select_related("unit")
        return {row.unit_id: _closed(row) for row in rows}


def _live(row: UnitCount) -> Counted:
    parent = row.unit.parent
    return Counted(row.unit, row.unit.name, row.unit.path, parent.name if parent else "", row)


def _closed(row: Any) -> Counted:
    return Counted(row.unit, row.name, row.path, row.parent_name or "", row)


@dataclass(frozen=True)
class Line:
    """Organisations that are one for the comparison: what stands here on either side, and what elsewhere."""

    tie: Tie
    before: tuple[Counted, ...]
    after: tuple[Counted, ...]
    elsewhere: tuple[Counted, ...] = field(default=())

    @property
    def name(self) -> str:
        """The names of today, or of then where nothing stands here today."""
        return ", ".join(one.name for one in self.after or self.before)

    @property
    def names_before(self) -> str:
        """The names of then, where they are others."""
        names = ", ".join(one.name for one in self.before)
        return names if self.after and names != self.name else ""

    @property
    def unit(self) -> Unit | None:
        """The one organisation of today, if it is one."""
        return self.after[0].unit if len(self.after) == 1 else None

    @property
    def compared(self) -> bool:
        """Whether a difference says something."""
        return self.tie in COMPARED

    @property
    def places(self) -> str:
        """Where the rest stands, or stood."""
        known = (one.name if self.tie == Tie.PARTED else one.parent_name for one in self.elsewhere)
        return ", ".join(dict.fromkeys(known))

    def pledges(self, *, after: bool) -> int:
        """Registered pledges on a side."""
        return sum(one.row.pledges for one in self.side(after=after))

    def rate(self, figure: Figure, *, after: bool) -> Rate | None:
        """The figure on a side; None where nothing stands."""
        rates = [figure.rate(one.row) for one in self.side(after=after)]
        return sum(rates, Rate(0, 0)) if rates else None

    def points(self, figure: Figure) -> Decimal | None:
        """The percentage points between both sides as they are printed; None where nothing is compared."""
        before, after = self.rate(figure, after=False), self.rate(figure, after=True)
        if not self.compared or before is None or after is None:
            return None
        was, now = before.percent(1), after.percent(1)
        return None if was is None or now is None else now - was

    def side(self, *, after: bool) -> tuple[Counted, ...]:
        """What counts on a side. Who moved in is compared with himself, as he stood elsewhere."""
        if not after and self.tie == Tie.MOVED_IN:
            return self.elsewhere
        return self.after if after else self.before


@dataclass(frozen=True)
class Comparison:
    """A unit in two years: its own line, a line for what stood below it, and what both years have."""

    before: Side
    after: Side
    total: Line
    lines: list[Line]

    @property
    def common(self) -> Line:
        """What can be compared below the unit, as one line; its own members and tasks left out.

        Who stood below another line in one of the years, and beside it in the other, is in the numbers
        of that line in the one, and stands with it in the other.
        """
        kept = [line for line in self.lines if line.compared]
        after = tuple(one for line in kept for one in line.after)
        gone = (line for line in self.lines if line.tie == Tie.MOVED_OUT)
        taken = [line for line in gone if _is_below(line.elsewhere, after)]
        before = _topmost(one for line in (*kept, *taken) for one in line.side(after=False))
        return Line(Tie.JOINED, tuple(before), after)


def older_tiers(unit: Unit, tier: Tier) -> list[Tier]:
    """Tiers of the same kind of years before, of the hosts above the unit or of those they followed."""
    paths = unit.ancestor_paths()
    above = list(Unit.objects.filter(path__in=paths).order_by().values_list("pk", flat=True))
    day = date(tier.campaign.year, 12, 31)
    hosts = {pk for link in linked(above, after=date.min, until=day) for pk in link} | set(above)
    tiers = Tier.objects.select_related("campaign__host").filter(
        kind=tier.kind, campaign__host__in=hosts, campaign__year__lt=tier.campaign.year
    )
    tiers = tiers.exclude(campaign__state=CampaignState.DRAFT)
    return list(tiers.order_by("-campaign__year", "campaign__code"))


def compare_years(unit: Unit, tier: Tier, older: Tier, day: date) -> Comparison | None:
    """The unit in both tiers; None where it is counted in neither. A fixed number of queries."""
    after, before = Side.of_tier(tier, day), Side.of_tier(older, day)
    links = linked([unit.pk], after=before.day, until=after.day)
    [own], followed = _groups({unit.pk}, links), _followed(unit.pk, links)
    here_now, here_then = after.near({unit.pk}), before.near(followed)
    keys = own | here_now.keys() | here_then.keys()
    groups = _groups(keys, linked(keys, after=before.day, until=after.day))
    everyone = {pk for group in groups for pk in group}
    now, then = after.of(everyone), before.of(everyone)
    total = _line(own, then, now, here_then=followed, here_now={unit.pk})
    if total is None:
        return None
    below = (group for group in groups if unit.pk not in group)
    lines = (_line(group, then, now, here_then=set(here_then), here_now=set(here_now)) for group in below)
    return Comparison(before, after, total, [line for line in lines if line is not None])


def _followed(unit: int, links: set[Link]) -> set[int]:
    """The unit and those it followed; not those that followed them beside it, which stand elsewhere."""
    found, edge = {unit}, {unit}
    while edge:
        edge = {old for old, new in links if new in edge} - found
        found |= edge
    return found


def _groups(keys: Iterable[int], links: Iterable[Link]) -> list[set[int]]:
    """The units, those together that a succession ties, in the order of their keys."""
    group_of = {key: {key} for key in sorted(keys)}
    for link in sorted(links):
        whole = set().union(*(group_of.get(pk, {pk}) for pk in link))
        group_of |= dict.fromkeys(whole, whole)
    return list({id(group): group for group in group_of.values()}.values())


def _line(
    group: set[int], then: Found, now: Found, *, here_then: set[int], here_now: set[int]
) -> Line | None:
    """One line of the comparison; None where nothing of the group stands here on either side."""
    before, away_then = _parted(group, then, here_then)
    after, away_now = _parted(group, now, here_now)
    if not before and not after:
        return None
    tie = _tie(bool(before), bool(after), bool(away_then), bool(away_now), alone=len(group) == 1)
    elsewhere = {Tie.MOVED_IN: away_then, Tie.MOVED_OUT: away_now, Tie.PARTED: away_now + away_then}
    return Line(tie, before, after, elsewhere.get(tie, ()))


def _parted(group: set[int], side: Found, here: set[int]) -> tuple[tuple[Counted, ...], tuple[Counted, ...]]:
    """The units of the group on a side: those here, and those elsewhere."""
    kept = _topmost(side[pk] for pk in group if pk in side)
    return (
        tuple(one for one in kept if one.unit.pk in here),
        tuple(one for one in kept if one.unit.pk not in here),
    )


def _is_below(units: Iterable[Counted], others: Iterable[Counted]) -> bool:
    paths = tuple(other.path for other in others)
    return all(one.path.startswith(paths) for one in units)


def _topmost(units: Iterable[Counted]) -> list[Counted]:
    """In the order of the tree, without those that stood below another: they are in its numbers."""
    kept: list[Counted] = []
    for one in sorted(units, key=lambda one: one.path):
        if not kept or not one.path.startswith(kept[-1].path):
            kept.append(one)
    return kept


def _tie(before: bool, after: bool, away_then: bool, away_now: bool, *, alone: bool) -> Tie:
    if not (before or away_then):
        return Tie.NEW
    if not (after or away_now):
        return Tie.ENDED
    if not (away_then or away_now):
        return Tie.SAME if alone else Tie.JOINED
    if alone:
        return Tie.MOVED_IN if after else Tie.MOVED_OUT
    return Tie.PARTED
