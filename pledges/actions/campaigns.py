"""Campaigns are made complete in one act: tiers, quotas, routes, lists in force."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from cadres.models import BodyKind, Unit
from pledges.models import (
    Campaign,
    Counted,
    GuidanceItem,
    GuidanceList,
    ListKind,
    RouteStep,
    StepLevel,
    StepMode,
    Theme,
    Tier,
    TierKind,
)
from pledges.states import CampaignState


@dataclass(frozen=True)
class Step:
    """One step of a route."""

    level: StepLevel
    body_kind: BodyKind
    mode: StepMode
    authority: str = ""


@dataclass(frozen=True, kw_only=True)
class TierPlan:
    """One tier with its quota, who is counted and its route in order."""

    kind: TierKind
    counted: Counted
    quota_min: int = 1
    quota_max: int | None = None
    steps: Sequence[Step] = ()


@dataclass(frozen=True, kw_only=True)
class CampaignPlan:
    """Everything a campaign needs; the window is null for one taken over from paper."""

    code: str
    year: int
    title: str
    tiers: Sequence[TierPlan]
    state: CampaignState = CampaignState.OPEN
    guidance: str = ""
    themes: Sequence[str] = ()
    opens_on: date | None = None
    closes_on: date | None = None
    lists: Sequence[GuidanceList] = field(default_factory=tuple)


# Members' pledges: the cell adopts, the committees above endorse lists, one line a unit.
MEMBERS_ROUTE = (
    Step(StepLevel.CELL, BodyKind.CELL_MEETING, StepMode.DECIDES),
    Step(StepLevel.GRASSROOTS, BodyKind.STANDING_COMMITTEE, StepMode.ENDORSES),
    Step(StepLevel.HOST, BodyKind.STANDING_COMMITTEE, StepMode.ENDORSES),
)


def create_campaign(host: Unit, plan: CampaignPlan) -> Campaign:
    """Make a campaign with all that belongs to it; the same code twice gives the first."""
    with transaction.atomic():
        campaign, made = Campaign.objects.get_or_create(
            code=plan.code,
            defaults={
                "host": host,
                "year": plan.year,
                "title": plan.title,
                "guidance": plan.guidance,
                "opens_on": plan.opens_on,
                "closes_on": plan.closes_on,
                "state": plan.state,
            },
        )
        if not made:
            return campaign
        campaign.lists.set(plan.lists)
        for order, title in enumerate(plan.themes, start=1):
            Theme.objects.create(campaign=campaign, order=order, title=title)
        for order, tier in enumerate(plan.tiers, start=1):
            _create_tier(campaign, order, tier)
    return campaign


def _create_tier(campaign: Campaign, order: int, plan: TierPlan) -> Tier:
    tier = Tier.objects.create(
        campaign=campaign,
        order=order,
        kind=plan.kind,
        quota_min=plan.quota_min,
        quota_max=plan.quota_max,
        counted=plan.counted,
        cutoff_on=campaign.closes_on,
    )
    RouteStep.objects.bulk_create(
        RouteStep(
            tier=tier,
            order=position,
            level=step.level,
            body_kind=step.body_kind,
            mode=step.mode,
            authority=step.authority,
        )
        for position, step in enumerate(plan.steps, start=1)
    )
    return tier


def guidance_list(
    kind: ListKind, name: str, items: Sequence[tuple[str, Sequence[str]]], source: str = ""
) -> GuidanceList:
    """One version of a list (5 rõ, 7 dám, 4 tốt) with its entries and the fields each demands."""
    with transaction.atomic():
        found, made = GuidanceList.objects.get_or_create(kind=kind, name=name, defaults={"source": source})
        if made:
            GuidanceItem.objects.bulk_create(
                GuidanceItem(guidance_list=found, order=order, label=label, fields=list(fields))
                for order, (label, fields) in enumerate(items, start=1)
            )
    return found
