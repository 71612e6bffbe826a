"""Drafts and submission by a form: begun, saved, sent."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import DateField, F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from cadres.models import Member, Unit
from cadres.outbox import note_changes
from pledges import rules
from pledges.actions.acts import CHUNK, Act, Acted, NotAllowedError, Refused, StaleError
from pledges.actions.attachments import take_off_all
from pledges.actions.beginning import New, begin
from pledges.actions.carry import with_backlog
from pledges.actions.journal import follow, journal_tail, write_events
from pledges.actions.leads import About, about, locked
from pledges.actions.parts import files_of, parts_of, replace_parts
from pledges.actions.transitions import lock, note_pledges, why_closed
from pledges.actions.versions import PartsAndFiles, write_versions
from pledges.content import CONTENT_FIELDS, Parts, content_of
from pledges.models import (
    EventAction,
    GuidanceItem,
    Lane,
    Pledge,
    PledgeEvent,
    PledgeTier,
    Tier,
    TierKind,
)
from pledges.permissions import can_edit, lane_of, tiers_counting, why_not_register
from pledges.states import REGISTERED, TRANSITIONS, PledgeStatus


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What came from a form or a line of a workbook for one pledge.

    `ref` is the form's UUID: a double click finds the first row. `revision` is the one the form
    was opened with (None for a new pledge). Keys of `content` are CONTENT_FIELDS. `tiers` are all of
    the campaign, where the caller has read them.
    """

    ref: uuid.UUID
    tier: Tier
    lead: Member
    unit: Unit
    content: Mapping[str, Any]
    parts: Parts = field(default_factory=Parts)
    revision: int | None = None
    on: date | None = field(default=None)
    tiers: Sequence[Tier] = ()

    def __post_init__(self) -> None:
        """A task under a separate document has no rows of its own."""
        if self.content.get("is_stub"):
            object.__setattr__(self, "parts", Parts())


def save_draft(typed: Typed, *, act: Act, day: date) -> Pledge:
    """Begin a draft, or write into one that is in the author's hands.

    Raises NotAllowedError (window closed, no right, already sent, not to be carried over) and
    StaleError (somebody else saved since the form was opened); nothing is overwritten in either case.
    """
    with transaction.atomic():
        opened = _open(typed, act, day)
        return _begin(opened, act, sends=False) if opened.found is None else _rewrite(opened, act)


def autosave(typed: Typed, *, act: Act, day: date) -> Pledge:
    """Keep a draft while its author types; raises what `save_draft` raises.

    The journal gets one event a sitting, not one a pause in the typing. What was returned is on
    record and changes only by its author's own act, never by itself.
    """
    with transaction.atomic():
        opened = _open(typed, act, day)
        if opened.found is None:
            return _begin(opened, act, sends=False)
        if opened.found.status == PledgeStatus.RETURNED:
            raise NotAllowedError(_("What was returned is saved only when you press the button."))
        return _rewrite(opened, act, quiet=True)


@dataclass(frozen=True, kw_only=True)
class _Opened:
    """A form under the locks of its lead and of its pledge, `found` where there is one already.

    Of a new one `about` tells what is known of its lead, and `lane` in which lane it goes.
    """

    typed: Typed
    found: Pledge | None
    about: About | None
    lane: Lane


def _open(typed: Typed, act: Act, day: date) -> _Opened:
    """Lock and judge; the caller opens the transaction and lets no error go unanswered inside it."""
    assert act.by is not None
    lead, tier, told = locked(typed.lead), typed.tier, typed.content
    found = _of_form(typed.ref) if typed.revision is not None else None
    known = None if found else about(lead, tier.campaign_id, typed.ref, day)
    if known and known.has_form:
        found, known = _of_form(typed.ref), None
    if known and (reason := why_not_register(act.by, lead, tier, day, stands=known.stands)):
        raise NotAllowedError(reason)
    if problem := rules.parts_problem(typed.parts, told.get("start_on"), told.get("due_on")):
        raise NotAllowedError(problem)
    content = with_backlog(told, found, ref=typed.ref, lead=lead, tier=tier, by=act.by)
    lane = (lane_of(lead, tier, day) if known else None) or Lane.REGULAR
    return _Opened(typed=replace(typed, lead=lead, content=content), found=found, about=known, lane=lane)


def _of_form(ref: uuid.UUID) -> Pledge | None:
    """The pledge that the form is about, locked."""
    pledges = Pledge.objects.select_for_update(of=("self",), no_key=True).filter(ref=ref)
    return pledges.select_related("lead_member__unit", "tier__campaign__host", "campaign").first()


def _begin(opened: _Opened, act: Act, *, sends: bool) -> Pledge:
    typed, lane = opened.typed, opened.lane
    pledge = fresh(typed, act)
    pledge.lane = lane
    if sends and (reason := why_closed(pledge) or why_incomplete(pledge, {})):
        raise NotAllowedError(reason)
    counting = tiers_counting(typed.lead, typed.tier, typed.tiers)
    counted = [PledgeTier(pledge=pledge, tier=tier, member=typed.lead) for tier in counting]
    try:
        begin([New(pledge=pledge, sends=sends, parts=typed.parts)], counted, act=act)
    except IntegrityError as error:  # the form has been sent for somebody else
        raise NotAllowedError(_("This form belongs to another registration.")) from error
    return pledge


def fresh(typed: Typed, act: Act) -> Pledge:
    """A pledge with what was typed, not saved yet."""
    return Pledge(
        ref=typed.ref,
        campaign=typed.tier.campaign,
        tier=typed.tier,
        lead_member=typed.lead,
        unit=typed.unit,
        created_by=act.by,
        **{name: value for name, value in typed.content.items() if name in CONTENT_FIELDS},
    )


def _rewrite(opened: _Opened, act: Act, *, quiet: bool = False) -> Pledge:
    pledge, typed = opened.found, opened.typed
    assert act.by is not None
    assert pledge is not None
    if (pledge.lead_member_id, pledge.tier_id) != (typed.lead.pk, typed.tier.pk):
        raise NotAllowedError(_("This form belongs to another registration."))
    parts = parts_of([pledge])[pledge.pk]
    before = content_of(pledge, parts)
    for name, value in typed.content.items():
        setattr(pledge, name, value)
    if content_of(pledge, typed.parts) == before:
        return pledge
    if typed.revision != pledge.revision:
        raise StaleError(_("Somebody else has saved this registration since you opened it."))
    if not can_edit(act.by, pledge):
        raise NotAllowedError(_("This registration has been sent and can no longer be changed here."))
    content = {name: value for name, value in typed.content.items() if name in CONTENT_FIELDS}
    row = Pledge.objects.filter(pk=pledge.pk)
    if quiet and _same_sitting(pledge, act):
        row.update(**content, revision=F("revision") + 1)
        pledge.revision += 1
    else:
        [event] = write_events([pledge], act=act, action=EventAction.EDITED, to=PledgeStatus(pledge.status))
        row.update(**content, **journal_tail())
        follow(pledge, event)
    if typed.parts != parts:
        replace_parts(pledge, typed.parts)
    if pledge.is_stub:
        take_off_all(pledge, act=act)
    if pledge.status in REGISTERED:  # a returned one counts as it stands: by theme, field and partners
        note_changes([pledge.unit_id], campaign=pledge.campaign_id)
    return pledge


def _same_sitting(pledge: Pledge, act: Act) -> bool:
    """Whether the journal ends with the same person writing on the same day: the last to write is known."""
    last = pledge.events.order_by("-seq").values_list("actor", "on").first()
    return act.by is not None and last == (act.by.pk, act.on)


def submit(pledge_ids: Iterable[int], *, act: Act) -> Acted:
    """Submit drafts and amended pledges (đăng ký): each gets a new, immutable version.

    Refused: what is not complete by the rules or not in the author's hands. A pledge already
    submitted is left as it is.
    """
    ids = sorted(set(pledge_ids))
    answer = Acted()
    with transaction.atomic():
        for start in range(0, len(ids), CHUNK):
            _submit_chunk(lock(ids[start : start + CHUNK]), act, answer)
        note_pledges(answer.done)
    return answer


def _submit_chunk(
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


def register(typed: Typed, *, act: Act, day: date) -> Pledge:
    """Save and submit in one act, as the short form does.

    Raises what `save_draft` raises, and NotAllowedError when the content is not complete.
    """
    with transaction.atomic():
        opened = _open(typed, act, day)
        if opened.about is not None:
            pledge = _begin(opened, act, sends=True)
            note_changes({pledge.unit_id, *opened.about.units}, campaign=pledge.campaign_id)
            return pledge
        pledge, answer = _rewrite(opened, act), Acted()
        _submit_chunk([pledge], act, answer, ({pledge.pk: typed.parts}, files_of([pledge])))
        if answer.refused:
            raise NotAllowedError(answer.refused[0].reason)
        note_pledges(answer.done)
    return pledge
