"""Sending: a pledge in its author's hands becomes a registration, with a new, immutable version."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import DateField, F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from cadres.models import Member
from pledges import rules
from pledges.actions.acts import CHUNK, Act, Acted, Refused
from pledges.actions.journal import follow, journal_tail, write_events
from pledges.actions.transitions import lock, note_pledges, why_closed
from pledges.actions.versions import PartsAndFiles, write_versions
from pledges.models import EventAction, GuidanceItem, Lane, Pledge, PledgeEvent, TierKind
from pledges.permissions import can_edit, lane_of
from pledges.states import TRANSITIONS, PledgeStatus


def submit(pledge_ids: Iterable[int], *, act: Act) -> Acted:
    """Submit drafts and amended pledges (đăng ký): each gets a new, immutable version.

    Refused: what is not complete by the rules or not in the author's hands. A pledge already
    submitted is left as it is.
    """
    ids = sorted(set(pledge_ids))
    answer = Acted()
    with transaction.atomic():
        for start in range(0, len(ids), CHUNK):
            submit_locked(lock(ids[start : start + CHUNK]), act, answer)
        note_pledges(answer.done)
    return answer


def submit_locked(
    pledges: Iterable[Pledge], act: Act, answer: Acted, known: PartsAndFiles | None = None
) -> None:
    """Submit locked pledges; `known` where the caller has read their parts and files already."""
    going: list[Pledge] = []
    clarity: dict[int, list[GuidanceItem]] = {}
    for pledge in pledges:
        if pledge.status == PledgeStatus.SUBMITTED:
            answer.unchanged.append(pledge)
        elif reason := _why_not_submit(pledge, clarity, act):
            answer.refused.append(Refused(pledge.pk, reason))
        else:
            going.append(pledge)
    write_versions(going, act, known)
    versions = {pledge.pk: pledge.versions_made + 1 for pledge in going}
    events = write_events(
        going, act=act, action=EventAction.SUBMITTED, to=PledgeStatus.SUBMITTED, versions=versions
    )
    Pledge.objects.filter(pk__in=[pledge.pk for pledge in going]).update(
        status=PledgeStatus.SUBMITTED,
        versions_made=F("versions_made") + 1,
        # An amended pledge keeps the day it was registered on; the journal has the day it came again.
        submitted_on=Coalesce("submitted_on", Value(act.on, DateField())),
        # A member's pledge is registered where he stands; a key cadre's at the unit of the list.
        unit=Coalesce(Subquery(_unit_of_lead()), F("unit")),
        submitted_at=act.at,
        **journal_tail(),
    )
    for pledge, event in zip(going, events, strict=True):
        _mark_submitted(pledge, event, act)
    answer.done.extend(going)


def _mark_submitted(pledge: Pledge, event: PledgeEvent, act: Act) -> None:
    """The pledge in memory as its row is now."""
    pledge.status, pledge.submitted_at = PledgeStatus.SUBMITTED, act.at
    pledge.versions_made += 1
    pledge.submitted_on = pledge.submitted_on or act.on
    if pledge.tier.kind == TierKind.MEMBERS and pledge.lead_member is not None:
        pledge.unit = pledge.lead_member.unit
    follow(pledge, event)


def _unit_of_lead() -> Any:
    """The lead's unit today, for pledges of the members' tier only."""
    own = Member.objects.order_by().filter(pledges=OuterRef("pk"), pledges__tier__kind=TierKind.MEMBERS)
    return own.values("unit")[:1]


def _why_not_submit(pledge: Pledge, clarity: dict[int, list[GuidanceItem]], act: Act) -> str | None:
    if closed := why_closed(pledge):
        return closed
    if PledgeStatus.SUBMITTED not in TRANSITIONS[pledge.status]:
        return _("The pledge is “%(status)s”.") % {"status": pledge.get_status_display()}
    if act.by is not None and not can_edit(act.by, pledge):
        return _("You cannot register for this member.")
    if pledge.status == PledgeStatus.DRAFT and act.on and (late := _why_late(pledge, act.on)):
        return late
    return why_incomplete(pledge, clarity)


def why_incomplete(pledge: Pledge, clarity: dict[int, list[GuidanceItem]]) -> str | None:
    """Why a pledge cannot be sent as it stands, or None; `clarity` keeps the lists read, by campaign."""
    if pledge.campaign_id not in clarity:
        gated = pledge.tier.is_listed
        clarity[pledge.campaign_id] = rules.clarity_items(pledge.campaign) if gated else []
    return rules.why_incomplete(pledge, clarity[pledge.campaign_id], year=pledge.campaign.year)


def _why_late(pledge: Pledge, day: date) -> str | None:
    """A draft is sent in the lane that is open on the day, whichever it was begun in."""
    if pledge.campaign.window_is_open(day):
        lane = Lane.REGULAR
    else:
        assert pledge.lead_member is not None
        found = lane_of(pledge.lead_member, pledge.tier, day)
        if found is None:
            return _("Registration is not open on this day.")
        lane = found
    if lane != pledge.lane:
        Pledge.objects.filter(pk=pledge.pk).update(lane=lane)
        pledge.lane = lane
    return None
