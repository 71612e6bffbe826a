"""Whom to call in an organisation: its own telephone and its secretary's, each change journalled."""

from django.db import transaction

from cadres.models import Member, Office, OfficeKind, RecordEvent, Unit, User


def secretary_of(unit: Unit) -> Member | None:
    """The secretary in office; where the roster names two, the one who came last."""
    offices = Office.objects.filter(unit=unit, kind=OfficeKind.SECRETARY, end=None)
    office = offices.select_related("member").order_by("-start", "-pk").first()
    return office.member if office else None


def note_telephones(
    unit: Unit, *, phone: str, secretary: Member | None, secretary_phone: str, by: User | None
) -> bool:
    """Keep both telephones, empty ones too. Returns whether anything changed; the same twice changes nothing.

    The journal tells whose telephone was noted, never the number.
    """
    with transaction.atomic():
        events = []
        if Unit.objects.filter(pk=unit.pk).exclude(phone=phone).update(phone=phone):
            events.append(RecordEvent(actor=by, action="telephone_noted", unit=unit))
        if secretary is not None:
            known = Member.objects.filter(pk=secretary.pk).exclude(phone=secretary_phone)
            if known.update(phone=secretary_phone):
                events.append(RecordEvent(actor=by, action="telephone_noted", unit=unit, member=secretary))
        RecordEvent.objects.bulk_create(events)
    return bool(events)
