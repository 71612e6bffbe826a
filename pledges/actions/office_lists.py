"""Lists the host's office keeps for its desk: reasons of returns, signs of routine work."""

from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cadres.models import Unit, User
from cadres.text import fold
from pledges.actions.acts import NotAllowedError
from pledges.models import ReturnReason, RoutinePhrase
from pledges.permissions import can_keep_office_lists
from pledges.ready_lists import RETURN_REASONS, ROUTINE_PHRASES


def keep_ready_lists(host: Unit) -> None:
    """Give a host that keeps no list of its own the ready ones; once, whoever asks first."""
    if ReturnReason.objects.filter(host=host).exists():
        return
    with transaction.atomic():
        ReturnReason.objects.bulk_create(
            [
                ReturnReason(host=host, order=order, label=label, field=field)
                for order, (label, field) in enumerate(RETURN_REASONS, start=1)
            ],
            ignore_conflicts=True,
        )
        RoutinePhrase.objects.bulk_create(
            [RoutinePhrase(host=host, text=text, folded=fold(text)) for text in ROUTINE_PHRASES],
            ignore_conflicts=True,
        )


def add_reason(host: Unit, *, label: str, field: str, by: User) -> ReturnReason:
    """Add a reason to the list; one that is in force already is left as it is."""
    _judge(host, by)
    with transaction.atomic():
        keep_ready_lists(host)
        for reason in ReturnReason.objects.filter(host=host, ended_on=None):
            if fold(reason.label) == fold(label):
                return reason
        last = ReturnReason.objects.filter(host=host).aggregate(last=Max("order"))["last"] or 0
        try:
            with transaction.atomic():
                return ReturnReason.objects.create(host=host, order=last + 1, label=label, field=field)
        except IntegrityError:  # added in the same instant
            return ReturnReason.objects.get(host=host, label=label, ended_on=None)


def end_reason(host: Unit, *, label: str, on: date, by: User) -> None:
    """Take a reason off the list: it is offered no more, and stays where it was given."""
    _judge(host, by)
    with transaction.atomic():
        keep_ready_lists(host)
        ReturnReason.objects.filter(host=host, label=label, ended_on=None).update(ended_on=on)


def add_phrase(host: Unit, *, text: str, by: User) -> None:
    """Add a sign of routine work; the same words, whatever their marks, are one."""
    _judge(host, by)
    with transaction.atomic():
        keep_ready_lists(host)
        RoutinePhrase.objects.bulk_create(
            [RoutinePhrase(host=host, text=text, folded=fold(text))], ignore_conflicts=True
        )


def drop_phrase(host: Unit, *, text: str, by: User) -> None:
    """Take a sign of routine work off the list."""
    _judge(host, by)
    with transaction.atomic():
        keep_ready_lists(host)
        RoutinePhrase.objects.filter(host=host, folded=fold(text)).delete()


def _judge(host: Unit, by: User) -> None:
    if not can_keep_office_lists(by, host):
        raise NotAllowedError(_("The lists are kept by the organisation board."))
