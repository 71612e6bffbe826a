"""Everything the dashboard of a unit shows, read from the counts in a fixed number of queries."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Q

from cadres.models import Unit
from cadres.rates import Rate
from cadres.templatetags.display import Curve, curve_geometry
from pledges.models import Campaign, Progress, Tier, TierKind
from pledges.states import CampaignState
from reports.closing_reading import speaking_for
from reports.figures import BY_CODE, Figure, figure_lines
from reports.models import ClosedUnit, Closing, DailyCount, UnitCount


@dataclass(frozen=True)
class ChildRow:
    """One unit directly below, with its figures."""

    unit: Unit
    registered: Rate
    approved: Rate
    cells: Rate
    not_counted: int

    @property
    def missing(self) -> int:
        """People counted who have not registered."""
        return self.registered.rest


@dataclass(frozen=True)
class CadreCard:
    """The key cadres' pledges of one year in the unit."""

    campaign: Campaign
    tier: Tier
    pledges: int
    people: int
    completed: Rate
    carried_over: int
    awaiting: int


@dataclass(frozen=True)
class Highlight:
    """A notable result (kết quả tiêu biểu), with the years it was pending or the share reported."""

    progress: Progress
    years: int | None
    rate: Rate | None


@dataclass(frozen=True)
class Dashboard:
    """One unit in one campaign of members, and the key cadres' years beside it.

    `closing` is where the figures come from once the campaign is closed.
    """

    unit: Unit
    tier: Tier
    row: UnitCount | None
    registered: Rate
    approved: Rate
    cells: Rate
    cells_missing: int
    not_counted: int
    awaiting: int
    returned: int
    updated_at: datetime | None
    children: list[ChildRow]
    curve: Curve | None
    cadres: list[CadreCard]
    highlights: list[Highlight]
    figures: list[tuple[Figure, Rate]]
    closing: Closing | None = None

    @property
    def missing(self) -> int:
        """People counted who have not registered."""
        return self.registered.rest


def member_tiers(unit: Unit) -> list[Tier]:
    """Tiers of members whose host is the unit or stands above it, newest first."""
    tiers = Tier.objects.select_related("campaign__host").filter(
        kind=TierKind.MEMBERS, campaign__host__path__in=unit.ancestor_paths()
    )
    tiers = tiers.exclude(campaign__state=CampaignState.DRAFT)
    return list(tiers.order_by("-campaign__year", "campaign__code"))


def dashboard(unit: Unit, tier: Tier, day: date) -> Dashboard:
    """The dashboard of a unit in a tier: four queries, whatever the tree."""
    closing = speaking_for(tier.campaign)
    rows = _closed_rows(unit, tier, closing) if closing else _rows(unit, tier)
    row, children = _unit_and_children(unit, rows)
    registered = BY_CODE["registered"].rate(row)
    return Dashboard(
        unit=unit,
        tier=tier,
        row=row,
        registered=registered,
        approved=BY_CODE["approved"].rate(row),
        cells=BY_CODE["cells_sent"].rate(row),
        cells_missing=row.cells_missing if row else 0,
        not_counted=row.exempt + row.away if row else 0,
        awaiting=row.awaiting if row else 0,
        returned=row.returned if row else 0,
        updated_at=row.updated_at if row else None,
        children=children,
        curve=_curve(unit, tier, registered, day),
        cadres=cadre_cards(unit, tier.campaign),
        highlights=highlights(unit, tier.campaign),
        figures=figure_lines(tier, row),
        closing=closing,
    )


def _rows(unit: Unit, tier: Tier) -> list[UnitCount]:
    """The unit's counts and those of the units directly below, in the order of the tree.

    One statement, hence one snapshot: the lines always add up to the total.
    """
    counts = UnitCount.objects.select_related("unit").filter(tier=tier)
    return list(counts.filter(Q(unit=unit) | Q(unit__parent=unit)).order_by("unit__path"))


def _closed_rows(unit: Unit, tier: Tier, closing: Closing) -> list[Any]:
    """The same as they were closed, with the names of then."""
    counts = ClosedUnit.objects.select_related("unit").filter(closing=closing, tier=tier)
    rows = list(counts.filter(Q(unit=unit) | Q(parent=unit)).order_by("path"))
    for row in rows:
        row.unit.name = row.name
        row.updated_at = closing.taken_at  # type: ignore[attr-defined]  # as counts have it
    return rows


def _unit_and_children(unit: Unit, rows: list[Any]) -> tuple[Any, list[ChildRow]]:
    own = next((row for row in rows if row.unit_id == unit.pk), None)
    return own, [_child(row) for row in rows if row.unit_id != unit.pk]


def _child(row: UnitCount) -> ChildRow:
    return ChildRow(
        unit=row.unit,
        registered=BY_CODE["registered"].rate(row),
        approved=BY_CODE["approved"].rate(row),
        cells=BY_CODE["cells_sent"].rate(row),
        not_counted=row.exempt + row.away,
    )


def cadre_cards(unit: Unit, campaign: Campaign) -> list[CadreCard]:
    """Key cadres' pledges in the unit by year, newest first, where there are any."""
    rows = UnitCount.objects.select_related("tier__campaign").filter(
        unit=unit, tier__kind=TierKind.KEY_CADRES, tier__campaign__host=campaign.host_id, pledges__gt=0
    )
    return [
        CadreCard(
            campaign=row.tier.campaign,
            tier=row.tier,
            pledges=row.pledges,
            people=row.leads,
            completed=BY_CODE["completed"].rate(row),
            carried_over=row.carried_over,
            awaiting=row.awaiting,
        )
        for row in rows.order_by("-tier__campaign__year")
    ]


SORTS: dict[str, Any] = {
    "name": lambda row: row.unit.path,
    "registered": lambda row: row.registered.denominator,
    # Worst first; units where nobody is counted come last.
    "percent": lambda row: (
        not row.registered.denominator,
        row.registered.numerator / max(row.registered.denominator, 1),
    ),
    "missing": lambda row: row.missing,
}


def ranked(rows: list[ChildRow], sort: str) -> list[ChildRow]:
    """Rows by the sort key of the page ("-key" descending); an unknown key is "percent"."""
    key = SORTS.get(sort.removeprefix("-"), SORTS["percent"])
    return sorted(rows, key=key, reverse=sort.startswith("-") and sort[1:] in SORTS)


def _curve(unit: Unit, tier: Tier, registered: Rate, day: date) -> Curve | None:
    """The cumulative share of people registered, by day of the window."""
    days = list(
        DailyCount.objects.filter(tier=tier, unit=unit, on__lte=day)
        .order_by("on")
        .values_list("on", "registered")
    )
    if not days or not registered.denominator:
        return None
    by_day = dict(days)
    campaign = tier.campaign
    first = min(days[0][0], campaign.opens_on or days[0][0])
    points, total, on = [], 0, first
    while on <= day:
        total += by_day.get(on, 0)
        points.append((on.toordinal(), Rate(total, registered.denominator), f"{on:%d/%m}"))
        on += timedelta(days=1)
    closes = campaign.closes_on or day
    return curve_geometry(points, 400, 230, end=(max(closes, day).toordinal(), f"{max(closes, day):%d/%m}"))


def highlights(unit: Unit, campaign: Campaign, limit: int = 6) -> list[Highlight]:
    """Results of the years before that the office chose as notable, the longest backlog first."""
    final = Progress.objects.select_related("pledge__campaign", "pledge__unit").filter(
        is_final=True,
        pledge__featured=True,
        pledge__campaign__host=campaign.host_id,
        pledge__campaign__year__lt=campaign.year,
        pledge__unit__path__startswith=unit.path,
    )
    ordered = final.order_by(F("pledge__backlog_since").asc(nulls_last=True), "-sub_value", "value", "pk")
    return [_highlight(progress) for progress in ordered[:limit]]


def _highlight(progress: Progress) -> Highlight:
    since = progress.pledge.backlog_since
    whole = progress.value is not None and progress.value_of
    return Highlight(
        progress=progress,
        years=progress.pledge.campaign.year - since if since else None,
        rate=Rate(int(progress.value or 0), int(progress.value_of or 0)) if whole else None,
    )
