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
from pledges.actions.carry import with_backlog
from pledges.actions.journal import follow, journal_tail, save_with_first_event, write_events
from pledges.actions.parts import files_of, parts_of, replace_parts, write_parts
from pledges.actions.transitions import lock, note_pledges, why_closed
from pledges.content import CONTENT_FIELDS, Parts, content_of, digest, search_key
from pledges.models import (
    Attachment,
    EventAction,
    GuidanceItem,
    Lane,
    Pledge,
    PledgeEvent,
    PledgeTier,
    PledgeVersion,
    Tier,
    TierKind,
)
from pledges.permissions import can_edit, lane_of, tiers_counting, why_not_register
from pledges.states import REGISTERED, TRANSITIONS, PledgeStatus

PartsAndFiles = tuple[Mapping[int, Parts], Mapping[int, list[Attachment]]]


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What came from a form or a line of a workbook for one pledge.

    `ref` is the form's UUID: a double click finds the first row. `revision` is the one the form
    was opened with (None for a new pledge). Keys of `content` are CONTENT_FIELDS.
    """

    ref: uuid.UUID
    tier: Tier
    lead: Member
    unit: Unit
    content: Mapping[str, Any]
    parts: Parts = field(default_factory=Parts)
    revision: int | None = None
    on: date | None = field(default=None)

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
        return _keep(typed, act, day)[0]


def autosave(typed: Typed, *, act: Act, day: date) -> Pledge:
    """Keep a draft while its author types; raises what `save_draft` raises.

    The journal gets one event a sitting, not one a pause in the typing. What was returned is on
    record and changes only by its author's own act, never by itself.
    """
    with transaction.atomic():
        return _keep(typed, act, day, quiet=True)[0]


def _keep(typed: Typed, act: Act, day: date, *, quiet: bool = False) -> tuple[Pledge, bool]:
    """Write under the locks of the lead and of the pledge; answers whether the pledge is new.

    The caller opens the transaction and lets no error of this one go unanswered inside it.
    """
    assert act.by is not None
    lead = (
        Member.objects.select_for_update(of=("self",), no_key=True)
        .select_related("unit")
        .get(pk=typed.lead.pk)
    )
    found = _of_form(typed)
    if found is None and (reason := why_not_register(act.by, lead, typed.tier, day)):
        raise NotAllowedError(reason)
    if quiet and found is not None and found.status == PledgeStatus.RETURNED:
        raise NotAllowedError(_("What was returned is saved only when you press the button."))
    told = typed.content
    if problem := rules.parts_problem(typed.parts, told.get("start_on"), told.get("due_on")):
        raise NotAllowedError(problem)
    content = with_backlog(told, found, ref=typed.ref, lead=lead, tier=typed.tier, by=act.by)
    typed = replace(typed, lead=lead, content=content)
    if found is None:
        return _begin(typed, act, lane_of(lead, typed.tier, day) or Lane.REGULAR), True
    return _rewrite(found, typed, act, quiet=quiet), False


def _of_form(typed: Typed) -> Pledge | None:
    """The pledge that the form is about, locked; a form opened for a new one rarely has one."""
    pledges = Pledge.objects.filter(ref=typed.ref)
    if typed.revision is None and not pledges.exists():
        return None
    pledges = pledges.select_for_update(of=("self",), no_key=True)
    return pledges.select_related("lead_member__unit", "tier__campaign__host", "campaign").first()


def _begin(typed: Typed, act: Act, lane: Lane) -> Pledge:
    pledge = fresh(typed, act)
    pledge.lane = lane
    try:
        save_with_first_event(pledge, act=act)
    except IntegrityError as error:  # the same form, sent at the same instant for somebody else
        raise NotAllowedError(_("This form belongs to another registration.")) from error
    counting = tiers_counting(typed.lead, typed.tier)
    PledgeTier.objects.bulk_create(
        PledgeTier(pledge=pledge, tier=tier, member=typed.lead) for tier in counting
    )
    write_parts({pledge.pk: typed.parts})
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


def _rewrite(pledge: Pledge, typed: Typed, act: Act, *, quiet: bool) -> Pledge:
    assert act.by is not None
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


def write_versions(pledges: Sequence[Pledge], act: Act, known: PartsAndFiles | None = None) -> None:
    """A new version of each pledge, as it stands with its parts and files."""
    parts, files = known or (parts_of(pledges), files_of(pledges))
    rows = []
    for pledge in pledges:
        content = content_of(pledge, parts[pledge.pk], files.get(pledge.pk, []))
        rows.append(
            PledgeVersion(
                pledge=pledge,
                no=pledge.versions_made + 1,
                content=content,
                digest=digest(content),
                search_key=search_key(content),
                at=act.at,
                by=act.by,
            )
        )
    PledgeVersion.objects.bulk_create(rows, batch_size=CHUNK)


def register(typed: Typed, *, act: Act, day: date) -> Pledge:
    """Save and submit in one act, as the short form does.

    Raises what `save_draft` raises, and NotAllowedError when the content is not complete.
    """
    with transaction.atomic():
        pledge, is_new = _keep(typed, act, day)
        answer = Acted()
        files = {} if is_new else files_of([pledge])
        _submit_chunk([pledge], act, answer, ({pledge.pk: typed.parts}, files))
        if answer.refused:
            raise NotAllowedError(answer.refused[0].reason)
        note_pledges(answer.done)
    return pledge
