"""The page on which a campaign is set up: its sections, what each lacks, forms where it may change."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import Count

from cadres.models import Body
from pledges.actions.campaigns import READY_ROUTES, TIER_ORDER, steps_of
from pledges.completeness import SECTIONS
from pledges.forms.campaign_tiers import RouteForm, TierForm
from pledges.forms.campaigns import ASKED, BasicsForm, GuidanceForm, ListsForm
from pledges.models import Campaign, Tier, TierKind
from pledges.route_words import Names, TierWords, tier_words
from pledges.states import CampaignState
from pledges.views.campaign_stage import Lack, stage_panel


@dataclass(frozen=True)
class Section:
    """A numbered section of the page and what it lacks."""

    key: str
    number: int
    lacks: list[Lack]


@dataclass(frozen=True)
class TierPart:
    """A tier as the page shows it: in words, with its forms, and whether the usual route is another."""

    words: TierWords
    form: TierForm
    route: RouteForm
    differs: bool
    suggestions: int
    open: bool

    @property
    def tier(self) -> Tier:
        """The tier itself."""
        return self.words.tier


def edit_context(
    campaign: Campaign, day: date, failed: forms.Form | RouteForm | None = None, opened: str = ""
) -> dict[str, Any]:
    """Everything of the page; a form that could not be saved stands there as it was typed.

    `opened` is the kind of tier whose route is being changed.
    """
    panel = stage_panel(campaign, day)
    tiers = _tiers(campaign, failed, opened)
    present = {part.tier.kind for part in tiers}
    return panel | {
        "campaign": campaign,
        "days_left": campaign.days_left(day),
        "is_draft": campaign.state == CampaignState.DRAFT,
        "is_closed": campaign.state == CampaignState.CLOSED,
        "sections": {
            key: Section(key, number, [lack for lack in panel["lacks"] if lack.section == key])
            for number, key in enumerate(SECTIONS, start=1)
        },
        "basics": failed if isinstance(failed, BasicsForm) else BasicsForm(campaign=campaign),
        "guidance": failed if isinstance(failed, GuidanceForm) else GuidanceForm(campaign=campaign),
        "lists": failed if isinstance(failed, ListsForm) else ListsForm(campaign=campaign),
        "lists_in_force": list(campaign.lists.prefetch_related("items")),
        "tiers": tiers,
        "kinds_left": [kind for kind in TIER_ORDER if kind in ASKED and kind not in present],
        "failed": failed,
    }


def _tiers(campaign: Campaign, failed: forms.Form | RouteForm | None, opened: str) -> list[TierPart]:
    bodies = Body.objects.filter(unit=campaign.host, ended_on=None)
    names: Names = dict(bodies.values_list("kind", "name"))
    rows = campaign.tiers.select_related("cadre_list").prefetch_related("steps")
    parts = []
    for tier in rows.annotate(n_suggestions=Count("suggestions")):
        tier.campaign = campaign
        form, route, is_open = TierForm(tier=tier), RouteForm(tier), tier.kind == opened
        if isinstance(failed, TierForm) and failed.tier.pk == tier.pk:
            form = failed
        if isinstance(failed, RouteForm) and failed.tier.pk == tier.pk:
            route, is_open = failed, True
        words = tier_words(tier, names)
        parts.append(TierPart(words, form, route, _differs(tier), tier.n_suggestions, is_open))
    return parts


def _differs(tier: Tier) -> bool:
    ready = READY_ROUTES.get(TierKind(tier.kind), ())
    return bool(ready) and steps_of(tier) != list(ready)
