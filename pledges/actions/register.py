"""Drafts and submission by a form: begun, saved, sent."""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from cadres.models import Member, Unit
from cadres.outbox import note_changes
from pledges import rules
from pledges.actions.acts import Act, Acted, NotAllowedError, StaleError
from pledges.actions.attachments import take_off_all
from pledges.actions.beginning import New, begin
from pledges.actions.carry import with_backlog
from pledges.actions.journal import follow, journal_tail, write_events
from pledges.actions.leads import About, about, locked
from pledges.actions.parts import files_of, parts_of, replace_parts
from pledges.actions.submission import submit as submit  # callers name it from here
from pledges.actions.submission import submit_locked, why_incomplete
from pledges.actions.transitions import note_pledges, why_closed
from pledges.content import CONTENT_FIELDS, Parts, content_of
from pledges.models import (
    EventAction,
    Lane,
    Pledge,
    PledgeTier,
    Tier,
)
from pledges.permissions import can_edit, lane_of, tiers_counting, why_not_register
from pledges.states import REGISTERED, PledgeStatus

# How both databases say that a registration of this form is there; anything else that they refuse is a fault.
_TAKEN = re.compile(r"pledges_pledge[._]ref")


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What came from a form or a line of a workbook for one pledge.

    `ref` is the form's UUID: a double click finds the first row. `revision` is the one the form
    was opened with (None for a new pledge). Keys of `content` are CONTENT_FIELDS. `parts`
    None leaves them as they are. `tiers` are all of the campaign, where the caller has read them.
    """

    ref: uuid.UUID
    tier: Tier
    lead: Member
    unit: Unit
    content: Mapping[str, Any]
    parts: Parts | None = field(default_factory=Parts)
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

    `parts` are those it is to have, `had` those it has. Of a new one `about` tells what is known of its
    lead, and `lane` in which lane it goes.
    """

    typed: Typed
    parts: Parts
    had: Parts
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
    had = parts_of([found])[found.pk] if found else Parts()
    parts = had if typed.parts is None else typed.parts
    if problem := rules.parts_problem(parts, told.get("start_on"), told.get("due_on")):
        raise NotAllowedError(problem)
    content = with_backlog(told, found, ref=typed.ref, lead=lead, tier=tier, by=act.by)
    lane = (lane_of(lead, tier, day) if known else None) or Lane.REGULAR
    typed = replace(typed, lead=lead, content=content)
    return _Opened(typed=typed, parts=parts, had=had, found=found, about=known, lane=lane)


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
        begin([New(pledge=pledge, sends=sends, parts=opened.parts)], counted, act=act)
    except IntegrityError as error:
        if not _TAKEN.search(str(error)):
            raise
        # The form has been sent for somebody else.
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
    before = content_of(pledge, opened.had)
    for name, value in typed.content.items():
        setattr(pledge, name, value)
    if content_of(pledge, opened.parts) == before:
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
    if opened.parts != opened.had:
        replace_parts(pledge, opened.parts)
    if pledge.is_stub:
        take_off_all(pledge, act=act)
    if pledge.status in REGISTERED:  # a returned one counts as it stands: by theme, field and partners
        note_changes([pledge.unit_id], campaign=pledge.campaign_id)
    return pledge


def _same_sitting(pledge: Pledge, act: Act) -> bool:
    """Whether the journal ends with the same person writing on the same day: the last to write is known."""
    last = pledge.events.order_by("-seq").values_list("actor", "on").first()
    return act.by is not None and last == (act.by.pk, act.on)


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
        submit_locked([pledge], act, answer, ({pledge.pk: opened.parts}, files_of([pledge])))
        if answer.refused:
            raise NotAllowedError(answer.refused[0].reason)
        note_pledges(answer.done)
    return pledge
