"""Approval as a collective act: build a docket, conclude it, issue it, or record one from paper."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cadres import clock
from cadres.models import Body, BodyKind, User
from pledges import queries
from pledges.actions.acts import CHUNK, Act, NotAllowedError
from pledges.actions.outcomes import Decision as Decision  # callers name both from here
from pledges.actions.outcomes import refuse_decisions, settle
from pledges.models import Campaign, Channel, Docket, DocketLine, Matter, Pledge, Tier
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


def build_docket(
    *,
    tier: Tier,
    body: Body,
    title: str,
    by: User | None,
    pledge_ids: Collection[int] = (),
    unit_ids: Collection[int] = (),
    supplementary: bool = False,
    ref: uuid.UUID | None = None,
) -> Docket:
    """Put submitted pledges, or lists of units, on a body's list for a meeting.

    Above the cell what was registered after the window has a docket of its own (`supplementary`).
    Pledges and lists that do not await the body are left out; the version last submitted is the
    one decided on. The same `ref` twice gives the first docket. Raises NotAllowedError when
    nothing is left to put on it, or when the `ref` belongs to another body's docket.
    """
    with transaction.atomic():
        named = {
            "campaign": tier.campaign,
            "tier": tier,
            "body": body,
            "title": title,
            "supplementary": supplementary,
            "created_by": by,
        }
        docket, made = Docket.objects.get_or_create(ref=ref or uuid.uuid4(), defaults=named)
        if (docket.tier_id, docket.body_id) != (tier.pk, body.pk):
            raise NotAllowedError(_("This form belongs to another docket."))
        if made and not add_lines(docket, pledge_ids=pledge_ids, unit_ids=unit_ids):
            raise NotAllowedError(_("Nothing on the list awaits this body."))
    return docket


def add_lines(docket: Docket, *, pledge_ids: Collection[int] = (), unit_ids: Collection[int] = ()) -> int:
    """Append lines for pledges and lists that await the body; returns how many."""
    last = docket.lines.aggregate(last=Max("order"))["last"] or 0
    lines = [
        DocketLine(docket=docket, order=order, matter=Matter.REGISTER, pledge_id=pledge, version_id=version)
        for order, (pledge, version) in enumerate(_versions_awaiting(docket, pledge_ids), start=last + 1)
    ]
    lines += [
        DocketLine(docket=docket, order=order, matter=Matter.ENDORSE_LIST, unit_id=unit)
        for order, unit in enumerate(_lists_awaiting(docket, unit_ids), start=last + len(lines) + 1)
    ]
    return len(DocketLine.objects.bulk_create(lines, batch_size=CHUNK))


def _versions_awaiting(docket: Docket, pledge_ids: Collection[int]) -> list[tuple[int, int]]:
    """Of the pledges those that await the body, each with its version; they are locked from here on."""
    ids = sorted(set(pledge_ids))
    # Locked before they are judged: two dockets built at once never hold the same pledge.
    locked: set[int] = set()
    for start in range(0, len(ids), CHUNK):
        rows = Pledge.objects.select_for_update(of=("self",)).filter(pk__in=ids[start : start + CHUNK])
        locked.update(rows.order_by("pk").values_list("pk", flat=True))
    if not locked:
        return []
    versions = queries.versions_awaiting(docket.tier, docket.body)
    if docket.body.kind != BodyKind.CELL_MEETING:
        versions = versions.filter(queries.of_lane("pledge__", supplementary=docket.supplementary))
    found = versions.values_list("pledge_id", "pk")
    return [(pledge, version) for pledge, version in found if pledge in locked]


def _lists_awaiting(docket: Docket, unit_ids: Collection[int]) -> list[int]:
    if not unit_ids:
        return []
    # Locked before it is judged: two dockets built at once never hold the same list.
    Body.objects.select_for_update(of=("self",)).get(pk=docket.body_id)
    wanted = set(unit_ids)
    waiting = queries.lists_awaiting(docket.tier, docket.body).order_by("path")
    return [pk for pk in waiting.values_list("pk", flat=True) if pk in wanted]


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


def _judge_meeting(docket: Docket, meeting: Meeting, day: date) -> int:
    """The seats the majority is counted by. Raises NotAllowedError with the rule that is not kept."""
    body = docket.body
    _judge_day(docket.campaign, meeting.on, day)
    seats = seats_of(body, meeting.on) or meeting.seats
    if not seats and body.kind == BodyKind.CELL_MEETING:
        raise NotAllowedError(_("Nobody in the cell could vote on that day."))
    if not seats:
        raise NotAllowedError(_("State the number of seats of the body."))
    # In a cell also the exempt may attend, so only bodies of seats have a limit.
    if body.kind != BodyKind.CELL_MEETING and meeting.present > seats:
        raise NotAllowedError(_("More were present than the body has seats."))
    if body.kind == BodyKind.CELL_MEETING:
        members = queries.cell_people(body.unit, meeting.on).count()
        if meeting.present > members:
            raise NotAllowedError(_("More were present than the cell has members."))
        # The exempt and the probationary attend without a vote.
        if meeting.agreed > seats:
            raise NotAllowedError(_("Only %(seats)s of the cell vote.") % {"seats": seats})
    if meeting.agreed > meeting.present:
        raise NotAllowedError(_("More agreed than were present."))
    if meeting.agreed * 2 <= seats:
        text = _("%(agreed)s of %(seats)s is not more than half of the body: the act does not hold.")
        raise NotAllowedError(text % {"agreed": meeting.agreed, "seats": seats})
    return seats


def conclude(
    docket_id: int,
    *,
    meeting: Meeting,
    decisions: Mapping[int, Decision],
    by: User,
    day: date,
) -> Docket:
    """Record what a meeting decided: every line not named in `decisions` is approved.

    All or nothing, once: a docket already concluded is returned as it is. A line whose pledge
    moved on since the docket was built is void and blocks nothing. Pledges whose route needs a
    second body stay submitted until that body has agreed too. Raises NotAllowedError.
    """
    with transaction.atomic():
        docket = Docket.objects.select_for_update(of=("self",)).get(pk=docket_id)
        if docket.state != DocketState.OPEN:
            return docket
        if not can_record(by, docket.body):
            raise NotAllowedError(_("You do not record what this body decides."))
        docket.seats = _judge_meeting(docket, meeting, day)
        refuse_decisions(docket, decisions)
        if docket.body.seats is None and docket.body.kind != BodyKind.CELL_MEETING:
            Body.objects.filter(pk=docket.body_id).update(seats=docket.seats)
        docket.meeting_on, docket.presided_by = meeting.on, meeting.presided_by
        docket.present, docket.agreed = meeting.present, meeting.agreed
        docket.minutes, docket.concluded_by = meeting.minutes, by
        act = Act(by=by, on=meeting.on, channel=Channel.MEETING, docket=docket)
        docket.concluded_at, docket.state = act.at, DocketState.CONCLUDED
        docket.save()
        settle(docket, decisions, act)
    return docket


def issue(docket_id: int, *, number: str, on: date, by: User, day: date) -> Docket:
    """Give the document its number and date, once: a docket already issued is returned as it is.

    Raises NotAllowedError before the conclusion, for a date before the meeting or after `day`,
    and for a number that the body gave to another document of that date.
    """
    with transaction.atomic():
        docket = Docket.objects.select_for_update(of=("self",)).get(pk=docket_id)
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
                docket.save()
        except IntegrityError as error:  # the constraint docket_number_once
            taken = _("This number has been given to another document of that day.")
            raise NotAllowedError(taken) from error
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
        docket = build_docket(tier=tier, body=body, title=title, by=by, pledge_ids=pledge_ids)
        act = Act(by=by, on=meeting_on, channel=Channel.PAPER, docket=docket)
        docket.from_paper, docket.source, docket.meeting_on = True, source, meeting_on
        docket.concluded_at = docket.issued_at = act.at
        docket.state = DocketState.ISSUED
        docket.save()
        settle(docket, {}, act)
    return docket
