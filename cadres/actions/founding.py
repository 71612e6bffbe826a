"""One organisation is founded right below another, by a decision."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from cadres.actions.units import UnitError, found_units, lock_in_force, refuse_namesake
from cadres.models import Unit, UnitKind, User
from cadres.text import clean


@transaction.atomic
def found_below(parent: Unit, name: str, kind: UnitKind, *, on: date, decision: str, by: User | None) -> Unit:
    """Found it from the day `on`, with its body. Raises UnitError where it cannot stand there."""
    lock_in_force([parent.pk], on=on)
    if parent.is_cell:
        raise UnitError(_("“%(unit)s” cannot have organisations below it") % {"unit": parent.name})
    refuse_namesake(parent, clean(name))
    [unit] = found_units(parent, [((name,), kind)], on=on, by=by, decision=decision)
    return unit
