"""What a campaign asks is written section by section: freely in draft, after that only what may move.

After the opening the title, the guidance, further themes, a later end of the window, the quarter
dates and the upper quota may change; the rest people have already registered by.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q
from django.utils.translation import gettext as _

from cadres.models import User
from pledges.actions.acts import NotAllowedError
from pledges.actions.campaign_stages import (
    DRAFTED,
    NOT_CLOSED,
    holding,
    record_change,
    recount_everything,
)
from pledges.completeness import BASICS, GUIDANCE, LISTS, date_problems
from pledges.models import Campaign, GuidanceList, Pledge, QuarterDate, Theme
from pledges.states import CampaignState

# As long as people still register or are vetted, the window may be prolonged.
PROLONGED = (CampaignState.OPEN, CampaignState.VETTING)
# Orders are unique: a new order is written beyond the old one first.
BEYOND = 10_000


@dataclass(frozen=True, kw_only=True)
class Basics:
    """Name, year, window and the days by which the quarters are reported."""

    title: str
    year: int
    opens_on: date | None
    closes_on: date | None
    quarters: Mapping[int, date]


def write_basics(campaign_id: int, given: Basics, *, by: User) -> Campaign:
    """Write name, year, window and quarter dates. A later end counts people until then, too."""
    if not given.title:
        raise NotAllowedError(_("A campaign needs a name."))
    for problem in date_problems(given.year, given.opens_on, given.closes_on, given.quarters).values():
        raise NotAllowedError(problem)
    with holding(campaign_id, NOT_CLOSED, by=by) as campaign:
        quarters = dict(campaign.quarters.values_list("quarter", "report_by"))
        before = _basics_of(campaign, quarters)
        if before == given:
            return campaign
        if campaign.state != CampaignState.DRAFT:
            _judge_open(campaign, given)
        campaign.title, campaign.year = given.title, given.year
        campaign.opens_on, campaign.closes_on = given.opens_on, given.closes_on
        campaign.save(update_fields=["title", "year", "opens_on", "closes_on"])
        _write_quarters(campaign, given.quarters)
        if before.closes_on != given.closes_on:
            _move_cutoffs(campaign, before.closes_on)
        record_change(campaign, BASICS, by=by)
    return campaign


def _basics_of(campaign: Campaign, quarters: Mapping[int, date]) -> Basics:
    return Basics(
        title=campaign.title,
        year=campaign.year,
        opens_on=campaign.opens_on,
        closes_on=campaign.closes_on,
        quarters=quarters,
    )


def _judge_open(campaign: Campaign, given: Basics) -> None:
    if (given.year, given.opens_on) != (campaign.year, campaign.opens_on):
        raise NotAllowedError(_("The campaign is open: its year and first day can no longer be changed."))
    if given.closes_on == campaign.closes_on:
        return
    if campaign.state not in PROLONGED:
        raise NotAllowedError(_("The window can no longer be prolonged in this stage."))
    if given.closes_on is None or (campaign.closes_on and given.closes_on < campaign.closes_on):
        raise NotAllowedError(_("The window of an open campaign can only be prolonged."))


def _write_quarters(campaign: Campaign, quarters: Mapping[int, date]) -> None:
    campaign.quarters.exclude(quarter__in=quarters).delete()
    rows = [QuarterDate(campaign=campaign, quarter=quarter, report_by=on) for quarter, on in quarters.items()]
    QuarterDate.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["campaign", "quarter"], update_fields=["report_by"]
    )


def _move_cutoffs(campaign: Campaign, before: date | None) -> None:
    """Tiers that count people until the end of the window go on doing so."""
    tiers = campaign.tiers.filter(Q(cutoff_on=before) | Q(cutoff_on=None))
    moved = tiers.update(cutoff_on=campaign.closes_on)
    if moved and campaign.state != CampaignState.DRAFT:
        recount_everything(campaign)


def write_guidance(campaign_id: int, *, guidance: str, themes: Sequence[str], by: User) -> Campaign:
    """Write the guidance and its themes in order. After the opening themes are only added."""
    wanted = list(dict.fromkeys(filter(None, themes)))
    with holding(campaign_id, NOT_CLOSED, by=by) as campaign:
        known = {theme.title: theme for theme in campaign.themes.all()}
        if campaign.guidance == guidance and list(known) == wanted:
            return campaign
        gone = [theme for title, theme in known.items() if title not in wanted]
        if campaign.state != CampaignState.DRAFT and wanted[: len(known)] != list(known):
            raise NotAllowedError(_("The campaign is open: themes may be added, not taken away or renamed."))
        if Pledge.objects.filter(theme__in=gone).exists():
            raise NotAllowedError(_("A theme that registrations name cannot be taken away."))
        campaign.guidance = guidance
        campaign.save(update_fields=["guidance"])
        Theme.objects.filter(pk__in=[theme.pk for theme in gone]).delete()
        _order_themes(campaign, wanted, known)
        record_change(campaign, GUIDANCE, by=by)
    return campaign


def _order_themes(campaign: Campaign, wanted: Sequence[str], known: Mapping[str, Theme]) -> None:
    """Themes that stay keep their suggestions and registrations."""
    campaign.themes.update(order=F("order") + BEYOND)
    for order, title in enumerate(wanted, start=1):
        if title in known:
            Theme.objects.filter(pk=known[title].pk).update(order=order)
        else:
            Theme.objects.create(campaign=campaign, order=order, title=title)


def write_lists(campaign_id: int, lists: Sequence[GuidanceList], *, by: User) -> Campaign:
    """Put lists in force: one of a kind, before the campaign opens."""
    if len({one.kind for one in lists}) < len(lists):
        raise NotAllowedError(_("One list of a kind is in force at a time."))
    with holding(campaign_id, DRAFTED, by=by) as campaign:
        if set(campaign.lists.values_list("pk", flat=True)) != {one.pk for one in lists}:
            campaign.lists.set(lists)
            record_change(campaign, LISTS, by=by)
    return campaign
