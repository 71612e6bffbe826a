"""What a committee's page counts below it: cells by the state of their list, grassroots cadres."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Substr

from cadres.models import PATH_STEP, CadreEntry, Unit
from cadres.rates import Rate
from pledges import many_lists, queries
from pledges.kept import Kept
from pledges.models import PledgeTier, Tier, TierKind
from pledges.states import APPROVED, REGISTERED, CampaignState, PledgeStatus

Numbers = dict[str, dict[str, int]]


@dataclass(frozen=True)
class Below:
    """A unit directly below the host with its whole sub-tree; of a sum, all of them together."""

    cells: int = 0
    sent: int = 0
    endorsed: int = 0
    asked: int = 0
    listed: int = 0
    registered: int = 0
    approved: int = 0

    @property
    def cells_sent(self) -> Rate:
        """Cells that have sent, of all cells."""
        return Rate(self.sent, self.cells)

    @property
    def cells_endorsed(self) -> Rate:
        """Cells whose list is endorsed, of all cells."""
        return Rate(self.endorsed, self.cells)

    @property
    def cadres(self) -> Rate:
        """Grassroots cadres who have registered, of those on the frozen list."""
        return Rate(self.registered, self.listed)


def total(rows: Iterable[Below]) -> Below:
    """The sum of the rows, measure by measure."""
    rows = list(rows)
    return Below(**{name: sum(getattr(row, name) for row in rows) for name in Below.__dataclass_fields__})


def beside(tier: Tier, kind: TierKind) -> Tier | None:
    """The host's tier of another kind for the same year: of the same campaign if it has one."""
    tiers = Tier.objects.select_related("campaign__host").prefetch_related("steps")
    others = tiers.filter(
        kind=kind, campaign__host=tier.campaign.host_id, campaign__year=tier.campaign.year
    ).exclude(campaign__state=CampaignState.DRAFT)
    found = sorted(others, key=lambda one: (one.campaign_id != tier.campaign_id, one.campaign_id))
    return found[0] if found else None


def below_by_path(members: Tier, grassroots: Tier | None, unit: Unit) -> dict[str, Below]:
    """By path of each unit directly below, its figures: two queries whatever the tree."""
    step = len(unit.path) + PATH_STEP
    numbers: Numbers = {}
    cells = queries.with_list_state(queries.cells_below(unit), members)
    _add(numbers, cells.annotate(branch=Substr("path", 1, step)), _CELLS)
    _add_cadres(numbers, grassroots, unit)
    return {path: Below(**found) for path, found in numbers.items()}


def below_as_kept(
    members: Tier, grassroots: Tier | None, unit: Unit, units: Iterable[Unit], numbers: dict[int, Kept]
) -> dict[str, Below]:
    """The same where the cells are too many to be looked at: theirs as they are kept."""
    asked = many_lists.asked_by_path(members, unit)
    found: Numbers = {}
    for one in units:
        if known := numbers.get(one.pk):
            lists = {"cells": known.cells, "sent": known.sent, "endorsed": known.endorsed}
            found[one.path] = lists | {"asked": asked.get(one.path, 0)}
    _add_cadres(found, grassroots, unit)
    return {path: Below(**measures) for path, measures in found.items()}


def _add_cadres(numbers: Numbers, grassroots: Tier | None, unit: Unit) -> None:
    if grassroots is not None:
        entries = with_pledges(listed(grassroots, unit), grassroots)
        branch = Substr("unit__path", 1, len(unit.path) + PATH_STEP)
        _add(numbers, entries.annotate(branch=branch), _CADRES)


_CELLS: dict[str, Any] = {
    "cells": Count("pk"),
    "sent": Count("pk", filter=Q(list_sent=True)),
    "endorsed": Count("pk", filter=Q(list_endorsed=True)),
    "asked": Count("pk", filter=Q(list_asked=True)),
}
_CADRES: dict[str, Any] = {
    "listed": Count("pk"),
    "registered": Count("pk", filter=Q(has_registered=True)),
    "approved": Count("pk", filter=Q(has_approved=True)),
}


def _add(numbers: Numbers, rows: QuerySet[Any], measures: dict[str, Any]) -> None:
    for row in rows.order_by().values("branch").annotate(**measures):
        numbers.setdefault(row.pop("branch"), {}).update(row)


def listed(tier: Tier, unit: Unit) -> QuerySet[CadreEntry]:
    """Cadres on the tier's frozen list for the units of a sub-tree."""
    if tier.cadre_list_id is None:
        return CadreEntry.objects.none()
    return CadreEntry.objects.filter(cadre_list=tier.cadre_list_id, unit__path__startswith=unit.path)


def with_pledges(entries: QuerySet[CadreEntry], tier: Tier) -> QuerySet[Any]:
    """Entries with what the cadre leads: `has_registered`, `_submitted`, `_returned`, `_approved`."""
    led = PledgeTier.objects.filter(tier=tier, member=OuterRef("member"))
    return entries.annotate(
        has_registered=Exists(led.filter(pledge__status__in=REGISTERED)),
        has_submitted=Exists(led.filter(pledge__status=PledgeStatus.SUBMITTED)),
        has_returned=Exists(led.filter(pledge__status=PledgeStatus.RETURNED)),
        has_approved=Exists(led.filter(pledge__status__in=APPROVED)),
    )


def cadre_totals(entries: QuerySet[Any]) -> dict[str, int]:
    """How many cadres are listed, have not registered, await a decision, are to amend, are approved."""
    return entries.aggregate(
        all=Count("pk"),
        missing=Count("pk", filter=Q(has_registered=False)),
        submitted=Count("pk", filter=Q(has_submitted=True)),
        returned=Count("pk", filter=Q(has_returned=True)),
        approved=Count("pk", filter=Q(has_approved=True)),
    )
