"""Who registers in a campaign, how much, who is counted, and the route: freely in draft, fixed once open."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from cadres.models import BodyKind, CadreList, Standing, User
from pledges.actions.acts import NotAllowedError
from pledges.actions.campaign_copy import LIST_KINDS, list_of_year
from pledges.actions.campaign_edits import BEYOND
from pledges.actions.campaign_stages import DRAFTED, NOT_CLOSED, holding, record_change, why_fixed
from pledges.actions.campaigns import TIER_ORDER, Step, create_steps, create_tier, steps_of, usual_tier
from pledges.completeness import ROUTES, TIERS
from pledges.models import Authority, Campaign, Counted, StepLevel, Tier, TierKind
from pledges.states import CampaignState

MOST_STEPS = 12


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked of the people of a tier, and who makes up its rate."""

    quota_min: int
    quota_max: int | None
    counted: str
    standings: Sequence[str]
    cadre_list: CadreList | None = None


def add_tier(campaign_id: int, kind: TierKind, *, by: User) -> Tier:
    """Ask one more kind of people, with the usual quota and route; twice is once."""
    with holding(campaign_id, DRAFTED, by=by) as campaign:
        found = campaign.tiers.filter(kind=kind).first()
        if found is not None:
            return found
        tier = create_tier(campaign, BEYOND, usual_tier(kind))
        if tier.is_listed:
            tier.cadre_list = list_of_year(tier, campaign, campaign.year)
            tier.save(update_fields=["cadre_list"])
        _put_in_order(campaign)
        record_change(campaign, TIERS, by=by)
    return tier


def remove_tier(campaign_id: int, kind: str, *, by: User) -> None:
    """No longer ask a kind of people; what was suggested to them goes too. Twice is once."""
    with holding(campaign_id, DRAFTED, by=by) as campaign:
        tier = campaign.tiers.filter(kind=kind).first()
        if tier is None:
            return
        if tier.pledges.exists():
            raise NotAllowedError(_("Something is registered here already; it cannot be taken away."))
        tier.delete()
        _put_in_order(campaign)
        record_change(campaign, TIERS, by=by)


def _put_in_order(campaign: Campaign) -> None:
    """The highest tier first: a pledge follows its route and counts in those below."""
    campaign.tiers.update(order=F("order") + BEYOND)
    tiers = sorted(campaign.tiers.all(), key=lambda tier: TIER_ORDER.index(TierKind(tier.kind)))
    for order, tier in enumerate(tiers, start=1):
        Tier.objects.filter(pk=tier.pk).update(order=order)


def write_tier(campaign_id: int, kind: str, asked: Asked, *, by: User) -> Tier:
    """Write quota and who is counted. Once the campaign is open only the upper quota may change."""
    _judge_quota(asked)
    with holding(campaign_id, NOT_CLOSED, by=by) as campaign:
        tier = campaign.tiers.select_related("cadre_list").get(kind=kind)
        values = _values(tier, campaign, asked)
        changed = {name for name, value in values.items() if getattr(tier, name) != value}
        if campaign.state != CampaignState.DRAFT and changed - {"quota_max"}:
            raise NotAllowedError(why_fixed(campaign))
        if changed:
            for name in changed:
                setattr(tier, name, values[name])
            tier.save(update_fields=sorted(changed))
            record_change(campaign, TIERS, by=by)
    return tier


def _judge_quota(asked: Asked) -> None:
    if asked.quota_min < 1:
        raise NotAllowedError(_("Ask for at least one."))
    if asked.quota_max is not None and asked.quota_max < asked.quota_min:
        raise NotAllowedError(_("The most must not be less than the least."))


def _values(tier: Tier, campaign: Campaign, asked: Asked) -> dict[str, Any]:
    """What is written, once it fits the tier: a list of the host and of the tier's kind, known standings."""
    listing = asked.cadre_list if tier.is_listed else None
    if listing is not None and (listing.unit_id, listing.kind) != (
        campaign.host_id,
        LIST_KINDS[TierKind(tier.kind)],
    ):
        raise NotAllowedError(_("This list of cadres belongs to others."))
    if asked.counted not in counted_by(tier):
        raise NotAllowedError(_("Cadres are counted by their list, members by their standing."))
    standings = [one.value for one in Standing if one.value in asked.standings]
    if asked.counted == Counted.STANDINGS and not standings:
        raise NotAllowedError(_("Choose at least one standing that counts."))
    if asked.counted == Counted.CADRE_LIST and listing is None:
        raise NotAllowedError(_("Choose the list of cadres that is counted."))
    return {
        "quota_min": asked.quota_min,
        "quota_max": asked.quota_max,
        "counted": asked.counted,
        "counted_standings": standings or tier.counted_standings,
        "cadre_list": listing,
    }


def counted_by(tier: Tier) -> tuple[Counted, ...]:
    """How the people of a tier may be counted: cadres by their list, others by standing, or nobody."""
    return (Counted.CADRE_LIST if tier.is_listed else Counted.STANDINGS, Counted.NOBODY)


def write_route(campaign_id: int, kind: str, steps: Sequence[Step], *, by: User) -> Tier:
    """Write the steps of a tier's route in order, before the campaign opens."""
    for step in steps:
        if problem := step_problem(step):
            raise NotAllowedError(problem)
    if len(set(steps)) < len(steps):
        raise NotAllowedError(_("The same step stands in the route twice."))
    if len(steps) > MOST_STEPS:
        raise NotAllowedError(_("A route has at most %(most)s steps.") % {"most": MOST_STEPS})
    with holding(campaign_id, DRAFTED, by=by) as campaign:
        tier = campaign.tiers.get(kind=kind)
        if steps_of(tier) != list(steps):
            tier.steps.all().delete()
            create_steps(tier, steps)
            record_change(campaign, ROUTES, by=by)
    return tier


def step_problem(step: Step) -> str | None:
    """Why a step cannot be, or None: in the cell its meeting acts, and only there; who decides may differ."""
    if (step.level == StepLevel.CELL) != (step.body_kind == BodyKind.CELL_MEETING):
        return _("In the cell its meeting decides, and a cell meeting decides only in the cell.")
    if step.authority not in ("", *Authority.values):
        return _("This authority is not known.")
    return None
