"""Everything the dashboard of a unit shows, read from the counts in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from cadres.models import Unit
from cadres.rates import Rate
from cadres.templatetags.display import Curve
from pledges.models import Campaign, Tier, TierKind
from pledges.states import CampaignState
from reports import over_time
from reports.closing_reading import closed_counts, speaking_for
from reports.figures import BY_CODE, Figure, figure_lines
from reports.highlights import Highlight, highlights
from reports.models import ClosedUnit, Closing, UnitCount
from reports.ranking import ChildRow, child_row


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
class TierLine:
    """One tier of the year in the unit: its people where they have a rate, its pledges always."""

    tier: Tier
    registered: Rate
    approved: Rate
    pledges: Rate
    people: int


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
    late: Rate
    stuck: Rate
    pledges: Rate
    completed: Rate
    people: int
    tiers: list[TierLine]
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
    return [tier for tier in all_tiers(unit) if tier.kind == TierKind.MEMBERS]


def all_tiers(unit: Unit) -> list[Tier]:
    """Every tier of such a host: the members' first, each newest first."""
    tiers = Tier.objects.select_related("campaign__host").filter(
        campaign__host__path__in=unit.ancestor_paths()
    )
    tiers = tiers.exclude(campaign__state=CampaignState.DRAFT)
    newest = tiers.order_by("-campaign__year", "campaign__code", "order")
    return sorted(newest, key=lambda tier: tier.kind != TierKind.MEMBERS)


def dashboard(unit: Unit, tier: Tier, day: date, *, below: bool = True) -> Dashboard:
    """The dashboard of a unit in a tier: four queries, one more where a year is closed, whatever the tree.

    With the units directly below, which a report needs all of; a page ranks them itself.
    """
    closing = speaking_for(tier.campaign)
    beside = _beside(unit, tier.campaign)
    if closing or below:
        rows = _closed_rows(unit, tier, closing) if closing else _rows(unit, tier)
    else:
        rows = [row for row in beside if row.tier_id == tier.pk]
    row, children = _unit_and_children(unit, rows)
    registered = BY_CODE["registered"].rate(row)
    return Dashboard(
        unit=unit,
        tier=tier,
        row=row,
        registered=registered,
        **_rates(row),
        **_numbers(row),
        children=children,
        curve=over_time.curve(over_time.Line(tier, frozenset({unit.pk}), registered), day),
        tiers=tier_lines(beside, tier.campaign.year),
        cadres=cadre_cards(beside),
        highlights=highlights(unit, tier.campaign),
        figures=counted_then(closing, figure_lines(tier, row)),
        closing=closing,
    )


def _rates(row: Any) -> dict[str, Any]:
    """The shares of a unit beside that of the registered."""
    return {
        "approved": BY_CODE["approved"].rate(row),
        "cells": BY_CODE["cells_sent"].rate(row),
        "late": BY_CODE["late"].rate(row),
        "stuck": BY_CODE["stuck"].rate(row),
        "completed": BY_CODE["completed"].rate(row),
        "pledges": Rate(row.pledges_approved, row.pledges) if row else Rate(0, 0),
    }


def _numbers(row: Any) -> dict[str, Any]:
    """Its numbers that are no shares; of a unit without counts there are none."""
    return {
        "cells_missing": row.cells_missing if row else 0,
        "not_counted": row.exempt + row.away if row else 0,
        "awaiting": row.awaiting if row else 0,
        "returned": row.returned if row else 0,
        "people": row.leads if row else 0,
        "updated_at": row.updated_at if row else None,
    }


def counted_then(closing: Closing | None, lines: list[tuple[Figure, Rate]]) -> list[tuple[Figure, Rate]]:
    """The figures that a closing has: what was not counted yet when it was made is not told by it."""
    if closing is None:
        return lines
    return [line for line in lines if closing.counts(line[0].code)]


def _rows(unit: Unit, tier: Tier) -> list[UnitCount]:
    """The unit's counts and those of the units directly below, in the order of the tree.

    One statement, hence one snapshot: the lines always add up to the total.
    """
    counts = UnitCount.objects.select_related("unit").filter(tier=tier)
    # By their keys: an "or" over both tables would read the counts of every unit.
    units = Unit.objects.filter(Q(pk=unit.pk) | Q(parent=unit))
    return list(counts.filter(unit__in=units).order_by("unit__path"))


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
    return own, [child_row(row) for row in rows if row.unit_id != unit.pk]


def _beside(unit: Unit, campaign: Campaign) -> list[Any]:
    """The unit's counts in every tier of the year, and of the key cadres in every year; closed: as closed."""
    rows = UnitCount.objects.select_related("tier__campaign").filter(
        Q(tier__kind=TierKind.KEY_CADRES) | Q(tier__campaign__year=campaign.year),
        unit=unit,
        tier__campaign__host=campaign.host_id,
    )
    rows = rows.exclude(tier__campaign__state=CampaignState.DRAFT)
    found: list[Any] = list(rows.order_by("-tier__campaign__year", "tier__campaign__code", "tier__order"))
    closed = [row.tier for row in found if row.tier.campaign.state == CampaignState.CLOSED]
    frozen = closed_counts(unit, closed)
    for tier in closed:
        if tier.pk in frozen:
            frozen[tier.pk].tier = tier
    return [frozen.get(row.tier_id, row) for row in found]


def tier_lines(rows: Iterable[Any], year: int) -> list[TierLine]:
    """The tiers of the year with something in them, never added up."""
    return [
        TierLine(
            tier=row.tier,
            registered=BY_CODE["registered"].rate(row),
            approved=BY_CODE["approved"].rate(row),
            pledges=Rate(row.pledges_approved, row.pledges),
            people=row.leads,
        )
        for row in rows
        if row.tier.campaign.year == year and (row.pledges or row.counted)
    ]


def cadre_cards(rows: Iterable[Any]) -> list[CadreCard]:
    """Key cadres' pledges in the unit by year, newest first, where there are any."""
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
        for row in rows
        if row.tier.kind == TierKind.KEY_CADRES and row.pledges
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


def ranked(rows: list[Any], sort: str) -> list[Any]:
    """Rows of a closing by the sort key of the page ("-key" descending); an unknown key is "percent"."""
    key = SORTS.get(sort.removeprefix("-"), SORTS["percent"])
    return sorted(rows, key=key, reverse=sort.startswith("-") and sort[1:] in SORTS)
