"""One new member is entered by hand: admitted, or come from elsewhere."""

from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cadres.actions.members import add_members
from cadres.actions.units import UnitError, lock_in_force
from cadres.models import Member, User


class CardTakenError(ValueError):
    """The card number is somebody else's; the message is for people and names nobody."""

    def __init__(self) -> None:
        super().__init__(_("This card number belongs to another member already."))


@transaction.atomic
def receive(member: Member, *, on: date, by: User | None, document: str = "") -> bool:
    """Enter the member as the last of his cell; False where his code was entered before.

    Raises UnitError where the cell cannot take him on that day, CardTakenError.
    """
    lock_in_force([member.unit_id], on=on)
    if not member.unit.is_cell:
        raise UnitError(_("Members stand in cells."))
    if Member.objects.filter(code=member.code).exists():
        return False
    if member.card_number and Member.objects.filter(card_number=member.card_number).exists():
        raise CardTakenError
    last = Member.objects.filter(unit=member.unit_id).aggregate(last=Max("position"))["last"]
    member.position = 0 if last is None else last + 1
    try:
        with transaction.atomic():
            add_members([member], on=on, by=by, document=document)
    except IntegrityError as error:  # the card was entered elsewhere in the same moment
        raise CardTakenError from error
    return True
