"""Organisations end and others follow them by a decision: mergers and splits (hợp nhất, chia tách)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cadres.actions.members import move_members
from cadres.actions.openings import lock_members
from cadres.actions.roles import end_roles
from cadres.actions.units import UnitDayError, UnitError, lock_units, move_unit
from cadres.models import (
    Body,
    Member,
    Membership,
    RecordEvent,
    RoleAssignment,
    Unit,
    UnitPeriod,
    UnitSuccession,
    User,
)
from cadres.outbox import note_changes
from cadres.permissions import under
from cadres.text import clean


@dataclass(frozen=True)
class Decided:
    """The day from which it holds, the number of the decision, who entered it."""

    on: date
    decision: str
    by: User | None


@transaction.atomic
def reorganise(olds: Sequence[Unit], successors: Sequence[Unit], decided: Decided) -> list[UnitSuccession]:
    """Let `successors` follow `olds`; an old one that is among the successors itself goes on standing.

    With one successor, what still stands in the others goes to it: organisations below, and members
    where both are cells. With several, it is decided member by member first, so nothing may be left.
    Raises UnitError and changes nothing where that does not hold.
    """
    if not clean(decided.decision):
        raise UnitError(_("A merger or a split needs the number of its decision"))
    units = _locked(olds, successors)
    ending = [units[unit.pk] for unit in olds if unit not in successors]
    lock_members(Membership.objects.filter(unit__in=ending, end=None).values_list("member", flat=True))
    pairs = [(units[old.pk], units[new.pk]) for old in olds for new in successors if old != new]
    if not pairs or any(unit.ended_on is not None for unit in units.values()):
        raise UnitError(_("Only organisations in force can follow one another"))
    known = UnitSuccession.objects.filter(on=decided.on, predecessor__in=units).values_list(
        "predecessor", "successor"
    )
    if {(old.pk, new.pk) for old, new in pairs} & set(known):
        raise UnitError(_("This was entered for the day already"))
    # What stands deeper hands over first, before what it stands in takes it along.
    for unit in sorted(ending, key=lambda unit: unit.path, reverse=True):
        _hand_over(unit, successors, decided)
        _end(unit, decided)
    made = UnitSuccession.objects.bulk_create(
        UnitSuccession(predecessor=old, successor=new, on=decided.on, decision_number=clean(decided.decision))
        for old, new in pairs
    )
    note_changes([pk for unit in units.values() for pk in (unit.pk, unit.parent_id) if pk is not None])
    _record(ending, successors, decided)
    return made


def _locked(olds: Sequence[Unit], successors: Sequence[Unit]) -> dict[int, Unit]:
    """The units of the decision, locked with all that stands below those that end."""
    keys = {unit.pk for unit in (*olds, *successors)}
    moving = under(tuple(unit.path for unit in olds if unit not in successors))
    locked = lock_units(Unit.objects.filter(Q(pk__in=keys) | moving))
    return {pk: unit for pk, unit in locked.items() if pk in keys}


def _hand_over(unit: Unit, successors: Sequence[Unit], decided: Decided) -> None:
    """What still stands in the unit goes to its only successor, or is refused."""
    children = list(Unit.objects.in_force().filter(parent=unit))
    members = Member.objects.filter(memberships__unit=unit, memberships__end=None)
    if len(successors) == 1:
        heir = successors[0]
        for child in children:
            move_unit(child, heir, on=decided.on, decision=decided.decision, by=decided.by)
        if unit.is_cell and heir.is_cell:
            move_members(members, heir, on=decided.on, by=decided.by)
            return
        children = []
    if children:
        raise UnitError(_("“%(unit)s” still has organisations below it") % {"unit": unit.name})
    if left := members.count():
        words = ngettext(
            "“%(unit)s” still has %(n)s member: move them first",
            "“%(unit)s” still has %(n)s members: move them first",
            left,
        )
        raise UnitError(words % {"unit": unit.name, "n": left})


def _end(unit: Unit, decided: Decided) -> None:
    """The unit, its period, its bodies and the roles held there end on the day."""
    period = UnitPeriod.objects.get(unit=unit, end=None)
    if period.start >= decided.on:
        raise UnitDayError(period.start)
    UnitPeriod.objects.filter(pk=period.pk).update(end=decided.on)
    Unit.objects.filter(pk=unit.pk).update(ended_on=decided.on)
    Body.objects.filter(unit=unit, ended_on=None).update(ended_on=decided.on)
    for roles in (RoleAssignment.objects.filter(unit=unit), RoleAssignment.objects.filter(body__unit=unit)):
        end_roles(roles, by=decided.by, on=decided.on)


def _record(ending: Sequence[Unit], successors: Sequence[Unit], decided: Decided) -> None:
    for unit in successors:
        data = {"on": decided.on.isoformat(), "ended": len(ending), "successors": len(successors)}
        RecordEvent.objects.create(actor=decided.by, action="unit_succeeded", unit=unit, data=data)


def rehearse(olds: Sequence[Unit], successors: Sequence[Unit], decided: Decided) -> None:
    """Raise what `reorganise` would raise; all that it writes is taken back."""
    with transaction.atomic():
        reorganise(olds, successors, decided)
        transaction.set_rollback(True)
