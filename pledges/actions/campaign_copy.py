"""A campaign copied from an earlier year: what it asks and by which route, never what was registered."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from cadres.models import CadreList, CadreListKind, User
from pledges.actions.acts import NotAllowedError
from pledges.actions.campaigns import (
    CampaignPlan,
    SuggestedTask,
    TierPlan,
    create_campaign,
    free_code,
    steps_of,
)
from pledges.models import Campaign, Counted, Tier, TierKind
from pledges.permissions import can_run_campaign
from pledges.states import CampaignState

# The kind of cadre list that a tier of cadres registers by.
LIST_KINDS = {TierKind.KEY_CADRES: CadreListKind.KEY, TierKind.GRASSROOTS_CADRES: CadreListKind.GRASSROOTS}


def shift(day: date | None, years: int) -> date | None:
    """The same day some years later; 29 February becomes the 28th where there is none."""
    if day is None:
        return None
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def copy_campaign(source: Campaign, *, year: int, by: User, on: date) -> Campaign:
    """Begin a later year's campaign from an earlier one: tiers, quotas, routes, themes, lists, suggestions.

    Its days move by the years. A frozen list of cadres stays with its year: the host's own list of the
    new year is taken if there is one, else it is missing. Twice is one copy.
    """
    if not can_run_campaign(by, source.host):
        raise NotAllowedError(_("You do not run campaigns of this organisation."))
    if year <= source.year:
        raise NotAllowedError(_("A campaign is copied into a later year."))
    while True:
        found = Campaign.objects.filter(copied_from=source, year=year).first()
        if found is not None:
            return found
        create_campaign(source.host, _plan(source, year), by=by, on=on)


def _plan(source: Campaign, year: int) -> CampaignPlan:
    years = year - source.year
    tiers = list(source.tiers.prefetch_related("steps", "suggestions__unit", "suggestions__theme"))
    quarters = source.quarters.values_list("quarter", "report_by")
    return CampaignPlan(
        code=free_code([tier.kind for tier in tiers], year),
        year=year,
        title=source.title.replace(str(source.year), str(year)),
        tiers=[_tier(tier, source, years) for tier in tiers],
        state=CampaignState.DRAFT,
        guidance=source.guidance,
        themes=list(source.themes.values_list("title", flat=True)),
        opens_on=shift(source.opens_on, years),
        closes_on=shift(source.closes_on, years),
        lists=list(source.lists.all()),
        quarters={quarter: day for quarter, on in quarters if (day := shift(on, years))},
        copied_from=source,
    )


def _tier(tier: Tier, source: Campaign, years: int) -> TierPlan:
    own_list = list_of_year(tier, source, source.year + years)
    counted = Counted(tier.counted)
    if counted == Counted.CADRE_LIST and own_list is None:
        counted = Counted.NOBODY
    return TierPlan(
        kind=TierKind(tier.kind),
        counted=counted,
        quota_min=tier.quota_min,
        quota_max=tier.quota_max,
        steps=steps_of(tier),
        standings=tier.counted_standings,
        cadre_list=own_list,
        cutoff_on=shift(tier.cutoff_on, years),
        suggestions=list(_suggestions(tier, source)),
    )


def list_of_year(tier: Tier, campaign: Campaign, year: int) -> CadreList | None:
    """The host's list of cadres of a year for the tier, if there is one."""
    kind = LIST_KINDS.get(TierKind(tier.kind))
    lists = CadreList.objects.filter(unit=campaign.host_id, year=year, kind=kind or "")
    return lists.first()


def _suggestions(tier: Tier, source: Campaign) -> Iterable[SuggestedTask]:
    """What units still in force suggested; the themes are found again by their place."""
    places = {theme: place for place, theme in enumerate(source.themes.values_list("pk", flat=True), start=1)}
    for one in tier.suggestions.all():
        if one.unit.ended_on is None:
            yield SuggestedTask(
                unit=one.unit,
                order=one.order,
                title=one.title,
                product=one.product,
                theme=places.get(one.theme_id) if one.theme_id else None,
            )
