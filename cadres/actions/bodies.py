"""Bodies that decide are entered and corrected; each change is journalled."""

from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from cadres.actions.body_names import first_body, new_body
from cadres.models import CELL_KINDS, Body, BodyKind, RecordEvent, Unit, UnitKind, User

MOST_SEATS = 999
CHUNK = 500
# A cell's meeting comes with the cell; every other body is entered.
ENTERED = tuple(kind for kind in BodyKind if kind != BodyKind.CELL_MEETING)


class BodyError(ValueError):
    """A body that cannot be; the message is for people."""


@dataclass(frozen=True, kw_only=True)
class BodyGiven:
    """A body as its unit calls it: official name, symbol in numbers, seats a majority is counted by."""

    name: str
    symbol: str = ""
    seats: int | None = None


def write_body(unit: Unit, kind: str, given: BodyGiven, *, by: User | None) -> Body:
    """Enter a body of a unit in force, or correct it: one of a kind a unit. The same twice changes nothing.

    Raises BodyError without a name, for less than one seat, and for the meeting of a cell.
    """
    if kind not in ENTERED:
        raise BodyError(_("The meeting of a cell comes with the cell."))
    if not given.name:
        raise BodyError(_("A body needs its official name."))
    if given.seats is not None and not 1 <= given.seats <= MOST_SEATS:
        raise BodyError(_("A body has from 1 to %(most)s seats.") % {"most": MOST_SEATS})
    with transaction.atomic():
        body, made = Body.objects.get_or_create(unit=unit, kind=kind, ended_on=None, defaults=asdict(given))
        known = BodyGiven(name=body.name, symbol=body.symbol, seats=body.seats)
        if not made and known == given:
            return body
        body.name, body.symbol, body.seats = given.name, given.symbol, given.seats
        body.save(update_fields=["name", "symbol", "seats"])
        RecordEvent.objects.create(
            actor=by,
            action="body_entered" if made else "body_corrected",
            unit=unit,
            data={"kind": kind, "seats": given.seats},
        )
    return body


def lacking_first_body(unit: Unit) -> QuerySet[Unit]:
    """Units in force below a unit that lack the body with which an organisation of their kind decides."""
    cells = Unit.objects.in_force().cells().under(unit.path).exclude(pk=unit.pk)
    return committees_lacking(unit).union(_without(cells, BodyKind.CELL_MEETING), all=True)


def committees_lacking(unit: Unit) -> QuerySet[Unit]:
    """Those that are no cells: a cell's meeting comes with it, and `check_units` sees to it.

    Each kind is asked for by itself: among all units of a nation the database then reads indexes alone.
    """
    below = Unit.objects.in_force().under(unit.path).exclude(pk=unit.pk).exclude(kind__in=CELL_KINDS)
    divisions = below.filter(kind=UnitKind.DIVISION_COMMITTEE)
    others = below.exclude(kind=UnitKind.DIVISION_COMMITTEE)
    return _without(divisions, BodyKind.COMMITTEE).union(
        _without(others, BodyKind.STANDING_COMMITTEE), all=True
    )


def _without(units: QuerySet[Unit], kind: BodyKind) -> QuerySet[Unit]:
    bodies = Body.objects.filter(unit=OuterRef("pk"), ended_on=None, kind=kind)
    return units.filter(~Exists(bodies)).order_by()


def make_first_bodies(unit: Unit, *, by: User) -> int:
    """Give every unit below that lacks it the body of its kind, called as usual; returns how many."""
    with transaction.atomic():
        lacking = list(lacking_first_body(unit))
        Body.objects.bulk_create(map(new_body, lacking), batch_size=CHUNK, ignore_conflicts=True)
        if lacking:
            RecordEvent.objects.create(
                actor=by, action="first_bodies_made", unit=unit, data={"units": len(lacking)}
            )
    return len(lacking)


def usual_name(unit: Unit, kind: str) -> str:
    """How the body of a kind is usually called; empty where usage gives no name."""
    first, name = first_body(unit)
    return name if first == kind else ""
