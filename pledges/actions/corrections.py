"""Đính chính: a concluded act is never changed; a new one names it and says what holds instead."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, Subquery
from django.utils.translation import gettext as _

from cadres.models import User
from pledges import queries
from pledges.actions import telling
from pledges.actions.acts import CHUNK, Act, NotAllowedError
from pledges.actions.dockets import Decision, Meeting, judge_meeting, lock_docket, write_meeting
from pledges.actions.journal import journal_tail, write_events
from pledges.actions.lists import correct_lists
from pledges.actions.outcomes import WITH_REASONS, fully_agreed, lock_pledges
from pledges.actions.returns import write_returns
from pledges.actions.transitions import note_pledges
from pledges.models import (
    Channel,
    Docket,
    DocketLine,
    EventAction,
    Pledge,
    PledgeEvent,
    PledgeVersion,
    StepMode,
)
from pledges.permissions import can_record
from pledges.states import (
    APPROVED,
    CORRECTIONS,
    LIST_CORRECTIONS,
    STANDS_AFTER,
    CampaignState,
    DocketState,
    Outcome,
    PledgeStatus,
)

# Where a correction puts a pledge. An approval that another body has not given yet puts it on hold.
BECOMES: dict[str, PledgeStatus] = {
    Outcome.APPROVE: PledgeStatus.APPROVED,
    Outcome.RETURN: PledgeStatus.RETURNED,
    Outcome.REJECT: PledgeStatus.REJECTED,
    Outcome.HOLD: PledgeStatus.SUBMITTED,
}


def correct(
    docket_id: int,
    *,
    meeting: Meeting,
    decisions: Mapping[int, Decision],
    by: User,
    day: date,
    ref: uuid.UUID,
) -> Docket:
    """Record the act of the same body that corrects a concluded one; returns the new act.

    It has its own meeting and majority, and where the body issues documents its own number;
    `meeting.minutes` says what holds. `decisions` are on lines of the first act and may be none: a
    wrong date, number or name is corrected by the words alone. A line whose pledge has moved on
    since is void. The same `ref` twice gives the first correction. Raises NotAllowedError, also when
    nothing would be corrected.
    """
    with transaction.atomic():
        first = lock_docket(docket_id)
        if not can_record(by, first.body):
            raise NotAllowedError(_("You do not record what this body decides."))
        if made := Docket.objects.filter(ref=ref).first():
            if made.corrects_id != first.pk:
                raise NotAllowedError(_("This form belongs to another docket."))
            return made
        _judge_act(first, meeting)
        docket = _begin(first, ref, by)
        docket.seats = judge_meeting(first, meeting, day)
        act = Act(by=by, on=meeting.on, channel=Channel.MEETING, docket=docket)
        write_meeting(docket, meeting, act)
        _settle(first, docket, decisions, act)
        telling.concluded(docket, act=act)
    return docket


def why_not_correct(docket: Docket) -> str | None:
    """The reason why an act cannot be corrected now, or None."""
    if docket.state == DocketState.OPEN:
        return _("The meeting has not been recorded yet.")
    if docket.campaign.state == CampaignState.CLOSED:
        return _("The campaign is closed; nothing in it is changed any more.")
    return None


def _judge_act(first: Docket, meeting: Meeting) -> None:
    if reason := why_not_correct(first):
        raise NotAllowedError(reason)
    if not meeting.minutes.strip():
        raise NotAllowedError(_("Say what is corrected and what holds from now on."))
    if first.meeting_on and meeting.on < first.meeting_on:
        raise NotAllowedError(_("A correction cannot be older than the meeting it corrects."))


def _begin(first: Docket, ref: uuid.UUID, by: User) -> Docket:
    prefix = "Đính chính: "  # a title is in the language of the documents, whatever the page's
    title = first.title if first.title.startswith(prefix) else f"{prefix}{first.title}"
    return Docket(
        ref=ref,
        campaign=first.campaign,
        tier=first.tier,
        body=first.body,
        title=title[:200],
        mode=first.mode,
        supplementary=first.supplementary,
        corrects=first,
        created_by=by,
    )


def correctable(docket: Docket) -> list[DocketLine]:
    """Lines of an act that may be corrected yet: decided, not corrected since, and not void."""
    lines = docket.lines.select_related("version", "pledge", "unit").order_by("pledge_id", "pk")
    corrected = queries.corrected_lines(docket)
    return [line for line in lines if choices_of(line) and line.pk not in corrected]


def choices_of(line: DocketLine) -> frozenset[str]:
    """What may be written instead of what was decided on a line."""
    return (LIST_CORRECTIONS if line.unit_id else CORRECTIONS)[line.outcome]


def _settle(first: Docket, docket: Docket, decisions: Mapping[int, Decision], act: Act) -> None:
    known = {line.pk: line for line in correctable(first)}
    lines = [_corrected(docket, known.get(pk), decision) for pk, decision in decisions.items()]
    pledges = lock_pledges([line.pledge_id for line in lines if line.pledge_id])
    befores = {(line.pledge_id, line.unit_id): line.outcome for line in known.values()}
    last = _last_acts(pledges)
    for line in lines:
        before = befores[line.pledge_id, line.unit_id]
        if line.pledge_id and _moved_on(line, pledges[line.pledge_id], before, last):
            line.outcome = Outcome.VOID
    correct_lists(docket, first, [line for line in lines if line.unit_id])
    if lines and all(line.outcome == Outcome.VOID for line in lines):
        raise NotAllowedError(_("What was decided has been followed by something else; it stands as it is."))
    lines.sort(key=lambda line: line.order)
    DocketLine.objects.bulk_create(lines, batch_size=CHUNK)
    if docket.mode != StepMode.GIVES_OPINION:
        _move(docket, lines, pledges, act)


def _corrected(docket: Docket, line: DocketLine | None, decision: Decision) -> DocketLine:
    """The line of the new act about the same subject, with its number on the first."""
    if line is None:
        raise NotAllowedError(_("A line that was corrected already, or is void, cannot be corrected here."))
    if decision.outcome not in choices_of(line):
        raise NotAllowedError(_("This cannot be decided instead on a line of this docket."))
    if decision.outcome in WITH_REASONS and not decision.note.strip():
        raise NotAllowedError(_("Give the reasons."))
    return DocketLine(
        docket=docket,
        order=line.order,
        matter=line.matter,
        pledge_id=line.pledge_id,
        unit_id=line.unit_id,
        version_id=line.version_id,
        version=line.version,
        outcome=decision.outcome,
        note=decision.note,
    )


def _last_acts(pledges: Mapping[int, Pledge]) -> dict[int, str]:
    """By pledge, what its journal tells last."""
    found: dict[int, str] = {}
    keys = sorted(pledges)
    for start in range(0, len(keys), CHUNK):
        rows = PledgeEvent.objects.filter(
            pledge__in=keys[start : start + CHUNK], seq=F("pledge__journal_seq")
        )
        found |= dict(rows.order_by().values_list("pledge_id", "action"))
    return found


def _moved_on(line: DocketLine, pledge: Pledge, before: str, last: Mapping[int, str]) -> bool:
    """Whether something has followed on the outcome: another status, another version, a draft of one."""
    assert line.version is not None
    if pledge.status not in STANDS_AFTER[before] or pledge.versions_made != line.version.no:
        return True
    being_amended = last[pledge.pk] not in (EventAction.RETURNED, EventAction.CORRECTED)
    return pledge.status == PledgeStatus.RETURNED and being_amended


def _move(docket: Docket, lines: Iterable[DocketLine], pledges: Mapping[int, Pledge], act: Act) -> None:
    """Every pledge goes where the new decision puts it, with an event that names the correcting act."""
    decided = [line for line in lines if line.pledge_id and line.outcome != Outcome.VOID]
    approved = [line.pledge_id or 0 for line in decided if line.outcome == Outcome.APPROVE]
    agreed = set(fully_agreed(docket, approved))
    groups: dict[PledgeStatus, dict[int, str]] = {}
    for line in decided:
        pk = line.pledge_id or 0
        waits = line.outcome == Outcome.APPROVE and pk not in agreed
        to = PledgeStatus.SUBMITTED if waits else BECOMES[line.outcome]
        groups.setdefault(to, {})[pk] = line.note
    for to, notes in groups.items():
        _write(to, notes, pledges, act)
    asked = groups.get(PledgeStatus.RETURNED, {})
    write_returns([pledges[pk] for pk in asked], asked, act)
    note_pledges([pledges[line.pledge_id or 0] for line in decided])


def _write(to: PledgeStatus, notes: Mapping[int, str], pledges: Mapping[int, Pledge], act: Act) -> None:
    keys = sorted(notes)
    for start in range(0, len(keys), CHUNK):
        some = keys[start : start + CHUNK]
        moving = [pledges[pk] for pk in some]
        versions = {pledge.pk: pledge.versions_made for pledge in moving}
        write_events(moving, act=act, action=EventAction.CORRECTED, to=to, notes=notes, versions=versions)
        version = Subquery(PledgeVersion.objects.last_of_outer().values("pk")[:1])
        changes: dict[str, Any] = {
            "status": to,
            "approved_version": version if to in APPROVED else None,
            **journal_tail(),
        }
        Pledge.objects.filter(pk__in=some).update(**changes)
