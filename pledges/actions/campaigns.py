"""Campaigns are made with all that belongs to them in one act: tiers, quotas, routes, lists in force."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from cadres.models import BodyKind, CadreList, Unit, User
from pledges.actions.acts import NotAllowedError
from pledges.models import (
    LISTED,
    Campaign,
    CampaignEvent,
    Counted,
    GuidanceItem,
    GuidanceList,
    ListKind,
    QuarterDate,
    RouteStep,
    StepLevel,
    StepMode,
    Suggestion,
    Theme,
    Tier,
    TierKind,
)
from pledges.models.campaigns import default_standings
from pledges.permissions import can_run_campaign
from pledges.states import CampaignState


@dataclass(frozen=True)
class Step:
    """One step of a route."""

    level: StepLevel
    body_kind: BodyKind
    mode: StepMode
    authority: str = ""


@dataclass(frozen=True, kw_only=True)
class SuggestedTask:
    """A task suggested to the people of a unit; `theme` is the order of a theme of the campaign."""

    unit: Unit
    order: int
    title: str
    product: str = ""
    theme: int | None = None


@dataclass(frozen=True, kw_only=True)
class TierPlan:
    """One tier with its quota, who is counted and its route in order; people count to the window's end."""

    kind: TierKind
    counted: Counted
    quota_min: int = 1
    quota_max: int | None = None
    steps: Sequence[Step] = ()
    standings: Sequence[str] = field(default_factory=default_standings)
    cadre_list: CadreList | None = None
    cutoff_on: date | None = None
    suggestions: Sequence[SuggestedTask] = ()


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
    quarters: Mapping[int, date] = field(default_factory=dict)
    copied_from: Campaign | None = None


# Members' pledges: the cell adopts, the committees above endorse lists, one line a unit.
MEMBERS_ROUTE = (
    Step(StepLevel.CELL, BodyKind.CELL_MEETING, StepMode.DECIDES),
    Step(StepLevel.GRASSROOTS, BodyKind.STANDING_COMMITTEE, StepMode.ENDORSES),
    Step(StepLevel.HOST, BodyKind.STANDING_COMMITTEE, StepMode.ENDORSES),
)
# Key cadres': the standing committee approves, matters of the State the People's Committee too.
JOINT_ROUTE = (
    Step(StepLevel.HOST, BodyKind.STANDING_COMMITTEE, StepMode.DECIDES_JOINTLY),
    Step(StepLevel.HOST, BodyKind.PEOPLES_COMMITTEE, StepMode.DECIDES_JOINTLY, "state"),
)
# Grassroots cadres': the standing committee of their grassroots committee decides.
GRASSROOTS_ROUTE = (Step(StepLevel.GRASSROOTS, BodyKind.STANDING_COMMITTEE, StepMode.DECIDES),)
READY_ROUTES: dict[str, Sequence[Step]] = {
    TierKind.KEY_CADRES: JOINT_ROUTE,
    TierKind.GRASSROOTS_CADRES: GRASSROOTS_ROUTE,
    TierKind.MEMBERS: MEMBERS_ROUTE,
}
# A pledge follows the route of its highest tier, which comes first.
TIER_ORDER = (TierKind.KEY_CADRES, TierKind.GRASSROOTS_CADRES, TierKind.MEMBERS, TierKind.ORGANISATIONS)


def begin_campaign(
    host: Unit, *, year: int, title: str, kinds: Iterable[str], by: User, on: date
) -> Campaign:
    """Begin a campaign in draft for those it asks, each with the usual route.

    The same title for the same year of the host gives the first one: a double click begins one campaign.
    """
    if not can_run_campaign(by, host):
        raise NotAllowedError(_("You do not run campaigns of this organisation."))
    asked = [kind for kind in TIER_ORDER if kind in set(kinds)]
    while True:
        found = Campaign.objects.filter(host=host, year=year, title=title).first()
        if found is not None:
            return found
        plan = CampaignPlan(
            code=free_code(asked, year),
            year=year,
            title=title,
            tiers=[usual_tier(kind) for kind in asked],
            state=CampaignState.DRAFT,
        )
        # A code taken in the same instant gives the other's campaign: look again.
        create_campaign(host, plan, by=by, on=on)


def usual_tier(kind: TierKind) -> TierPlan:
    """A tier as most years have it: members counted by standing, cadres without a rate, the usual route."""
    counted = Counted.NOBODY if kind in LISTED else Counted.STANDINGS
    return TierPlan(kind=kind, counted=counted, steps=READY_ROUTES.get(kind, ()))


def free_code(kinds: Sequence[str], year: int) -> str:
    """A code that no campaign has: DV-2025 of members, CB-2025 of cadres, DK-2025 of both; then DV-2025-2."""
    listed = [kind in LISTED for kind in kinds]
    letters = "DK" if any(listed) != all(listed) else "CB" if any(listed) else "DV"
    first = f"{letters}-{year}"
    taken = set(Campaign.objects.filter(code__startswith=first).values_list("code", flat=True))
    code, number = first, 1
    while code in taken:
        number += 1
        code = f"{first}-{number}"
    return code


def create_campaign(
    host: Unit, plan: CampaignPlan, *, by: User | None = None, on: date | None = None
) -> Campaign:
    """Make a campaign with all that belongs to it; the same code twice gives the first.

    Its history begins on the day `on`; a campaign of which no day is known has no beginning told.
    """
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
                "copied_from": plan.copied_from,
            },
        )
        if not made:
            return campaign
        if on is not None:
            CampaignEvent.objects.create(campaign=campaign, on=on, actor=by, to_state=plan.state)
        campaign.lists.set(plan.lists)
        QuarterDate.objects.bulk_create(
            QuarterDate(campaign=campaign, quarter=quarter, report_by=day)
            for quarter, day in plan.quarters.items()
        )
        themes = Theme.objects.bulk_create(
            Theme(campaign=campaign, order=order, title=title)
            for order, title in enumerate(plan.themes, start=1)
        )
        for order, tier in enumerate(plan.tiers, start=1):
            create_tier(campaign, order, tier, themes)
    return campaign


def create_tier(campaign: Campaign, order: int, plan: TierPlan, themes: Sequence[Theme] = ()) -> Tier:
    """Write one tier with its route and its suggested tasks, in the caller's transaction."""
    tier = Tier.objects.create(
        campaign=campaign,
        order=order,
        kind=plan.kind,
        quota_min=plan.quota_min,
        quota_max=plan.quota_max,
        counted=plan.counted,
        counted_standings=list(plan.standings),
        cadre_list=plan.cadre_list,
        cutoff_on=plan.cutoff_on or campaign.closes_on,
    )
    create_steps(tier, plan.steps)
    by_order = {theme.order: theme for theme in themes}
    Suggestion.objects.bulk_create(
        Suggestion(
            tier=tier,
            unit=task.unit,
            theme=by_order.get(task.theme) if task.theme else None,
            order=task.order,
            title=task.title,
            product=task.product,
        )
        for task in plan.suggestions
    )
    return tier


def create_steps(tier: Tier, steps: Iterable[Step]) -> None:
    """Write the route of a tier that has none, in the caller's transaction."""
    RouteStep.objects.bulk_create(
        RouteStep(
            tier=tier,
            order=position,
            level=step.level,
            body_kind=step.body_kind,
            mode=step.mode,
            authority=step.authority,
        )
        for position, step in enumerate(steps, start=1)
    )


def steps_of(tier: Tier) -> list[Step]:
    """The route of a tier as it stands."""
    return [
        Step(StepLevel(one.level), BodyKind(one.body_kind), StepMode(one.mode), one.authority)
        for one in tier.steps.all()
    ]


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
