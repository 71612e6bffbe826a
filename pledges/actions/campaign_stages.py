"""A campaign moves from stage to stage, each move with its day and its actor."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from cadres.models import RecordEvent, Unit, User
from cadres.outbox import note_changes
from pledges.actions.acts import NotAllowedError
from pledges.completeness import Missing
from pledges.completeness import what_is_missing as what_is_missing  # callers name both from here
from pledges.models import Campaign, CampaignEvent
from pledges.permissions import can_run_campaign
from pledges.states import CAMPAIGN_TRANSITIONS, ON_DOCUMENT, CampaignState

# What is closed is never changed.
NOT_CLOSED = tuple(state.value for state in CampaignState if state != CampaignState.CLOSED)
NOTE_LIMIT = 300
DRAFTED = (CampaignState.DRAFT.value,)


class IncompleteError(NotAllowedError):
    """The campaign cannot open yet; `missing` names each thing it lacks."""

    def __init__(self, missing: Sequence[Missing]) -> None:
        self.missing = missing
        super().__init__(" ".join(one.text for one in missing))


def move_campaign(
    campaign_id: int, *, to: str, by: User, on: date, note: str = "", document: str = ""
) -> Campaign:
    """Move a campaign into the stage `to` by compare-and-set; already there, nothing happens.

    `document` names the paper on which a campaign is closed or opened again; the event tells it.
    Raises NotAllowedError for who does not run it and for a stage that does not follow, and
    IncompleteError when it is opened and something is missing.
    """
    campaign = Campaign.objects.select_related("host").get(pk=campaign_id)
    if not can_run_campaign(by, campaign.host):
        raise NotAllowedError(_("You do not run campaigns of this organisation."))
    before = campaign.state
    if before == to:
        return campaign
    if to not in CAMPAIGN_TRANSITIONS[before]:
        raise NotAllowedError(_("This stage does not follow on the one the campaign is in."))
    if (before, to) in ON_DOCUMENT and not document:
        raise NotAllowedError(
            _("A campaign is closed on an official closing and opened again on a document.")
        )
    with transaction.atomic():
        moved = Campaign.objects.filter(pk=campaign_id, state=before).update(state=to)
        campaign.refresh_from_db()
        if not moved:
            return _moved_by_another(campaign, to)
        _judge_opening(campaign, before, on)
        CampaignEvent.objects.create(
            campaign=campaign,
            on=on,
            actor=by,
            from_state=before,
            to_state=to,
            note=" · ".join(filter(None, (document, note)))[:NOTE_LIMIT],
        )
        if before in (CampaignState.DRAFT, CampaignState.CLOSED):
            recount_everything(campaign)
    return campaign


def _moved_by_another(campaign: Campaign, to: str) -> Campaign:
    """The other one did the same, or something else: then this one is told."""
    if campaign.state == to:
        return campaign
    raise NotAllowedError(_("Somebody moved the campaign in the same moment. Please look at it again."))


def _judge_opening(campaign: Campaign, before: str, on: date) -> None:
    if campaign.state != CampaignState.OPEN:
        return
    if before == CampaignState.DRAFT and (missing := what_is_missing(campaign, on)):
        raise IncompleteError(missing)
    if campaign.closes_on is not None and campaign.closes_on < on:
        raise NotAllowedError(_("Prolong the window first: its last day is over."))


def recount_everything(campaign: Campaign) -> None:
    """Have the own numbers of every unit of the host counted anew: who is counted begins or has changed."""
    units = Unit.objects.under(campaign.host.path)
    note_changes(units.values_list("pk", flat=True), campaign=campaign.pk)


@contextmanager
def held(campaign_id: int, states: Sequence[str]) -> Iterator[Campaign]:
    """One transaction in which the campaign stays in one of the states.

    Not a lock taken and then judged: one UPDATE that finds the campaign in such a state, or nothing.
    Raises NotAllowedError when it is in another one.
    """
    with transaction.atomic():
        found = Campaign.objects.filter(pk=campaign_id, state__in=states).update(state=F("state"))
        campaign = Campaign.objects.select_related("host").get(pk=campaign_id)
        if not found:
            raise NotAllowedError(why_fixed(campaign))
        yield campaign


@contextmanager
def holding(campaign_id: int, states: Sequence[str], *, by: User) -> Iterator[Campaign]:
    """The same for those who run the campaign; NotAllowedError for everybody else."""
    with held(campaign_id, states) as campaign:
        if not can_run_campaign(by, campaign.host):
            raise NotAllowedError(_("You do not run campaigns of this organisation."))
        yield campaign


def why_fixed(campaign: Campaign) -> str:
    """Why something of the campaign cannot be changed in the stage it is in."""
    if campaign.state == CampaignState.CLOSED:
        return _("The campaign is closed; nothing in it is changed any more.")
    return _("The campaign is open: this can no longer be changed.")


def record_change(campaign: Campaign, section: str, *, by: User) -> None:
    """Journal which part of a campaign was changed, and in which stage; no text of it."""
    RecordEvent.objects.create(
        actor=by,
        action="campaign_changed",
        unit=campaign.host,
        data={"campaign": campaign.code, "section": section, "state": campaign.state},
    )
