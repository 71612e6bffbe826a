"""Seats of a body: who takes one, and until when; each change is journalled."""

from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from cadres.actions.bodies import BodyError
from cadres.models import Body, BodyKind, BodyMember, Member, RecordEvent, User


def take_seat(body: Body, member: Member, *, start: date, by: User | None) -> BodyMember:
    """A member takes a seat from the day on; one who sits there already keeps his. Twice is once.

    Raises BodyError for the meeting of a cell, where everybody sits, for a day before the end of an
    earlier seat of the same member, and where every seat the body has is taken.
    """
    if body.kind == BodyKind.CELL_MEETING:
        raise BodyError(_("The meeting of a cell comes with the cell."))
    with transaction.atomic():
        locked = Body.objects.select_for_update(of=("self",), no_key=True).get(pk=body.pk)
        seats = BodyMember.objects.filter(body=locked)
        known = seats.filter(Q(end=None) | Q(end__gt=start), member=member).first()
        if known and known.end is None:
            return known
        if known or seats.filter(member=member, start__gte=start).exists():
            raise BodyError(_("This comrade held a seat on that day already."))
        if locked.seats and seats.filter(end=None).count() >= locked.seats:
            raise BodyError(_("All %(n)s seats of the body are taken.") % {"n": locked.seats})
        seat = BodyMember.objects.create(body=locked, member=member, start=start)
        _note("seat_taken", seat, start, by)
    return seat


def end_seat(seat_id: int, *, on: date, by: User) -> BodyMember:
    """A seat ends with the day before `on`. Twice is once. Raises BodyError for a day before its start."""
    with transaction.atomic():
        seat = (
            BodyMember.objects.select_for_update(of=("self",), no_key=True)
            .select_related("body__unit")
            .get(pk=seat_id)
        )
        if seat.end is not None:
            return seat
        if on <= seat.start:
            raise BodyError(_("A seat ends after the day on which it was taken."))
        seat.end = on
        seat.save(update_fields=["end"])
        _note("seat_ended", seat, on, by)
    return seat


def _note(action: str, seat: BodyMember, on: date, by: User | None) -> None:
    RecordEvent.objects.create(
        actor=by,
        action=action,
        unit_id=seat.body.unit_id,
        data={"body": seat.body_id, "member": seat.member_id, "on": on.isoformat()},
    )
