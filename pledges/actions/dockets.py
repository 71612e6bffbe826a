"""Approval as a collective act: conclude a docket, issue it, or record one from paper."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cadres import clock
from cadres.models import Body, BodyKind, Unit, User
from cadres.templatetags.display import number
from pledges import queries
from pledges.actions import telling
from pledges.actions.acts import Act, NotAllowedError
from pledges.actions.building import add_lines as add_lines  # callers name all of these from here
from pledges.actions.building import build_docket as build_docket
from pledges.actions.building import lock_docket as lock_docket
from pledges.actions.outcomes import Decision as Decision
from pledges.actions.outcomes import refuse_another_list, refuse_decisions, settle
from pledges.models import Campaign, Channel, Docket, Tier
from pledges.permissions import can_issue, can_record
from pledges.states import DocketState


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """What a recorder writes of a meeting; `seats` only where the body's number is not known yet."""

    on: date
    presided_by: str
    present: int
    agreed: int
    minutes: str = ""
    seats: int | None = None


def seats_of(body: Body, day: date) -> int | None:
    """Seats a majority is counted by: of a cell its voting members, else the body's number."""
    if body.kind == BodyKind.CELL_MEETING:
        return queries.voting_members(body.unit, day)
    return body.seats


def _judge_day(campaign: Campaign, on: date, day: date) -> None:
    """A meeting lies between the opening of the campaign and today.

    Not after the registrations it decides on: a secretary types after the meeting what was said there.
    """
    if on > day:
        raise NotAllowedError(_("The day of the meeting lies in the future."))
    earliest = campaign.opens_on or date(campaign.year - 1, 1, 1)
    if on < earliest:
        text = _("The meeting cannot be earlier than the campaign (%(day)s).")
        raise NotAllowedError(text % {"day": f"{earliest:%d/%m/%Y}"})


def judge_meeting(docket: Docket, meeting: Meeting, day: date) -> int:
    """The seats the majority is counted by. Raises NotAllowedError with the rule that is not kept."""
    body = docket.body
    _judge_day(docket.campaign, meeting.on, day)
    seats = seats_of(body, meeting.on) or meeting.seats
    if not seats and body.kind == BodyKind.CELL_MEETING:
        raise NotAllowedError(_("Nobody in the cell could vote on that day."))
    if not seats:
        raise NotAllowedError(_("State the number of seats of the body."))
    cell = body.unit if body.kind == BodyKind.CELL_MEETING else None
    if problem := votes_problem(cell, meeting.on, meeting.present, meeting.agreed, seats):
        raise NotAllowedError(problem[1])
    return seats


def votes_problem(
    cell: Unit | None, on: date | None, present: int, agreed: int, seats: int | None
) -> tuple[str, str] | None:
    """Why the votes of a meeting do not hold, after the name of the number that is wrong; or None.

    `cell` is the one that met, None a body of seats; what is not known yet of the day and of the
    seats is not judged.
    """
    # In a cell the exempt and the probationary attend without a vote: its limit is its members.
    if cell is not None and on is not None and seats and present > queries.cell_people(cell, on).count():
        return "present", _("More were present than the cell has members.")
    if cell is None and seats and present > seats:
        return "present", _("More were present than the body has seats.")
    if agreed > present:
        return "agreed", _("More agreed than were present.")
    if cell is not None and seats and agreed > seats:
        return "agreed", _("Only %(seats)s of the cell vote.") % {"seats": number(seats)}
    if seats and agreed * 2 <= seats:
        text = _("%(agreed)s of %(seats)s is not more than half of the body: the act does not hold.")
        return "agreed", text % {"agreed": number(agreed), "seats": number(seats)}
    return None


def conclude(
    docket_id: int,
    *,
    meeting: Meeting,
    decisions: Mapping[int, Decision],
    by: User,
    day: date,
    seen: str | None = None,
) -> Docket:
    """Record what a meeting decided: every line not named in `decisions` is approved.

    All or nothing, once: a docket already concluded is returned as it is. A line whose pledge
    moved on since the docket was built is void and blocks nothing. Pledges whose route needs a
    second body stay submitted until that body has agreed too. Raises NotAllowedError, also when the
    list is another than the one with the mark `seen`, which the page showed.
    """
    with transaction.atomic():
        docket = lock_docket(docket_id)
        if docket.state != DocketState.OPEN:
            return docket
        if not can_record(by, docket.body):
            raise NotAllowedError(_("You do not record what this body decides."))
        refuse_another_list(docket, seen)
        docket.seats = judge_meeting(docket, meeting, day)
        refuse_decisions(docket, decisions)
        act = Act(by=by, on=meeting.on, channel=Channel.MEETING, docket=docket)
        write_meeting(docket, meeting, act)
        settle(docket, decisions, act)
        telling.concluded(docket, act=act)
    return docket


def write_meeting(docket: Docket, meeting: Meeting, act: Act) -> None:
    """Save a docket as concluded by a meeting that `judge_meeting` has let pass."""
    if docket.body.seats is None and docket.body.kind != BodyKind.CELL_MEETING:
        Body.objects.filter(pk=docket.body_id).update(seats=docket.seats)
    docket.meeting_on, docket.presided_by = meeting.on, meeting.presided_by
    docket.present, docket.agreed = meeting.present, meeting.agreed
    docket.minutes, docket.concluded_by = meeting.minutes, act.by
    docket.concluded_at, docket.state = act.at, DocketState.CONCLUDED
    docket.save()


def issue(docket_id: int, *, number: str, on: date, by: User, day: date) -> Docket:
    """Give the document its number and date, once: a docket already issued is returned as it is.

    Raises NotAllowedError before the conclusion, for a date before the meeting or after `day`,
    and for a number that the body gave to another document of that date.
    """
    with transaction.atomic():
        docket = lock_docket(docket_id)
        if docket.state == DocketState.ISSUED:
            return docket
        if docket.state != DocketState.CONCLUDED:
            raise NotAllowedError(_("The meeting has not been recorded yet."))
        if not can_issue(by, docket):
            raise NotAllowedError(_("You do not issue documents of this body."))
        if docket.meeting_on and on < docket.meeting_on:
            raise NotAllowedError(_("The document cannot be older than the meeting."))
        if on > day:
            raise NotAllowedError(_("The date of the document lies in the future."))
        docket.number, docket.number_on = number, on
        docket.issued_by, docket.issued_at = by, clock.now()
        docket.state = DocketState.ISSUED
        try:
            with transaction.atomic():
                docket.save(update_fields=["number", "number_on", "issued_by", "issued_at", "state"])
        except IntegrityError as error:  # the constraint docket_number_once
            taken = _("This number has been given to another document of that day.")
            raise NotAllowedError(taken) from error
        telling.issued(docket, by=by)
    return docket


def record_from_paper(
    *,
    tier: Tier,
    body: Body,
    title: str,
    source: str,
    pledge_ids: Collection[int],
    by: User | None,
    meeting_on: date | None = None,
) -> Docket:
    """Take over an approval of the past from a paper; what the paper does not tell stays unknown."""
    with transaction.atomic():
        docket = build_docket(tier=tier, body=body, title=title, by=by, pledge_ids=pledge_ids, asks=False)
        act = Act(by=by, on=meeting_on, channel=Channel.PAPER, docket=docket)
        docket.from_paper, docket.source, docket.meeting_on = True, source, meeting_on
        docket.concluded_at = docket.issued_at = act.at
        docket.state = DocketState.ISSUED
        docket.save()
        settle(docket, {}, act)
    return docket
