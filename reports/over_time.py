"""What was registered by when: the curve of a window against another year's, and the state of a past day.

Both read `DailyCount`. A registration whose day the paper does not tell is on no day.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet, Sum

from cadres.models import Unit, UnitChangeKind, UnitPeriod
from cadres.rates import Rate
from cadres.templatetags.display import Curve, CurvePoint, curve_geometry
from pledges.models import Campaign, Tier
from reports.models import DailyCount, UnitCount

WIDTH, HEIGHT = 400, 230


@dataclass(frozen=True)
class Line:
    """A tier of one year in a set of units: whose days are added up, and of how many people."""

    tier: Tier
    units: frozenset[int]
    registered: Rate


def curve(now: Line, day: date, earlier: Line | None = None) -> Curve | None:
    """The cumulative share of people registered by day of the window; of both years in one query."""
    days = _by_day([now, *([earlier] if earlier else [])])
    found = days[now.tier.pk]
    opens = _opens(now.tier.campaign, found)
    if opens is None or not found or not now.registered.denominator:
        return None
    closes = max(now.tier.campaign.closes_on or opens, *found)
    points = _points(found, now, opens, min(day, closes), shift=0)
    return curve_geometry(
        points,
        WIDTH,
        HEIGHT,
        end=(closes.toordinal(), f"{closes:%d/%m}"),
        earlier=_earlier(earlier, days, opens) if earlier else None,
    )


def _earlier(
    earlier: Line, days: dict[int, dict[date, int]], opens: date
) -> tuple[str, list[CurvePoint]] | None:
    """The other year's points, set on the same days of this year's window."""
    found = days[earlier.tier.pk]
    began = _opens(earlier.tier.campaign, found)
    if began is None or not found or not earlier.registered.denominator:
        return None
    last = max(earlier.tier.campaign.closes_on or began, *found)
    shift = opens.toordinal() - began.toordinal()
    return str(earlier.tier.campaign.year), _points(found, earlier, began, last, shift=shift)


def _by_day(lines: list[Line]) -> dict[int, dict[date, int]]:
    """People by the day of their first registration, by tier."""
    wanted = Q()
    for line in lines:
        wanted |= Q(tier=line.tier, unit__in=line.units)
    rows = (
        DailyCount.objects.filter(wanted).order_by().values_list("tier", "on").annotate(n=Sum("registered"))
    )
    found: dict[int, dict[date, int]] = {line.tier.pk: {} for line in lines}
    for tier, on, n in rows:
        found[tier][on] = n
    return found


def _opens(campaign: Campaign, days: dict[date, int]) -> date | None:
    """The first day of the axis: of the window, or of the first registration where that was earlier."""
    known = [on for on in (campaign.opens_on, *days) if on is not None]
    return min(known, default=None)


def _points(by_day: dict[date, int], line: Line, first: date, last: date, *, shift: int) -> list[CurvePoint]:
    points: list[CurvePoint] = []
    total, on = 0, first
    while on <= last:
        total += by_day.get(on, 0)
        points.append((on.toordinal() + shift, Rate(total, line.registered.denominator), f"{on:%d/%m}"))
        on += timedelta(days=1)
    return points


@dataclass(frozen=True)
class PastLine:
    """A unit as it stood on a past day, with how many had registered by then."""

    unit: Unit
    name: str
    registered: int
    own: int = 0


@dataclass(frozen=True)
class PastDay:
    """A unit and what stood directly below it on a day.

    The total is the unit's own and theirs. `moved_since` organisations further down have changed their
    place after that day; their numbers stand where they belong now. `undated` have no day.
    """

    on: date
    total: PastLine
    lines: list[PastLine]
    moved_since: int
    undated: int

    @property
    def silent(self) -> int:
        """Organisations of which nobody had registered."""
        return sum(not line.registered for line in self.lines)


def past_day(unit: Unit, tier: Tier, on: date) -> PastDay:
    """What was registered by the end of the day, in the tree of that day: six queries."""
    periods = UnitPeriod.objects.filter(Q(end=None) | Q(end__gt=on), start__lte=on)
    below = {period.unit_id: period for period in periods.filter(parent=unit).select_related("unit")}
    sums = _sums(tier, {unit.pk, *below}, on)
    lines = [
        PastLine(period.unit, period.name, sums.get(pk, (0, 0))[0])
        for pk, period in sorted(below.items(), key=lambda item: item[1].unit.path)
    ]
    own = sums.get(unit.pk, (0, 0))[1]
    name = periods.filter(unit=unit).values_list("name", flat=True).first() or unit.name
    total = PastLine(unit, name, own + sum(line.registered for line in lines), own)
    return PastDay(on, total, lines, _moved_since(unit, set(below), on), _undated(unit, tier))


def _sums(tier: Tier, units: set[int], on: date) -> dict[int, tuple[int, int]]:
    """By unit: people registered by the day, with the sub-tree and of the unit itself."""
    rows: QuerySet[Any] = DailyCount.objects.filter(tier=tier, unit__in=units, on__lte=on).order_by()
    summed = rows.values_list("unit").annotate(whole=Sum("registered"), own=Sum("own_registered"))
    return {pk: (whole, own) for pk, whole, own in summed}


def _moved_since(unit: Unit, below: set[int], on: date) -> int:
    """Organisations deeper down that have another parent since."""
    moved = UnitPeriod.objects.filter(
        unit__path__startswith=unit.path, change=UnitChangeKind.MOVED, start__gt=on
    )
    return moved.exclude(unit__in=below).exclude(unit=unit).order_by().values("unit").distinct().count()


def _undated(unit: Unit, tier: Tier) -> int:
    """People registered whose day is not known."""
    whole = UnitCount.objects.filter(tier=tier, unit=unit).values_list("registered", flat=True).first()
    dated = DailyCount.objects.filter(tier=tier, unit=unit).aggregate(n=Sum("registered"))["n"]
    return max((whole or 0) - (dated or 0), 0)
