"""Organisations are founded, renamed and moved; each change has its day and its decision.

Founding is written for a set: level by level, a handful of statements whatever the number of units.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import transaction
from django.db.models import F, Max, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat, Length, Substr
from django.utils.translation import gettext as _

from cadres.actions.body_names import committee_of, first_body, new_body
from cadres.codes import new_code
from cadres.models import (
    PATH_STEP,
    Body,
    RecordEvent,
    Unit,
    UnitChangeKind,
    UnitKind,
    UnitPeriod,
    User,
)
from cadres.outbox import note_changes
from cadres.text import clean, fold

Names = tuple[str, ...]  # names of units from below the host down
CHUNK = 500
LONGEST_PATH = 64
LONGEST_HOST_IN_CODE = 12


class UnitError(ValueError):
    """A change of the tree that cannot be; the message is for people."""


class UnitDayError(UnitError):
    """A change dated before what it would change."""

    def __init__(self, since: date) -> None:
        super().__init__(
            _("The organisation stands as it is since %(day)s; a change cannot be earlier")
            % {"day": f"{since:%d/%m/%Y}"}
        )


def lock_units(units: QuerySet[Unit]) -> dict[int, Unit]:
    """Lock organisations in the order of their keys; always before members.

    Who ends one and who brings members or organisations into it wait for each other here.
    """
    locked = units.select_for_update(of=("self",), no_key=True).order_by("pk")
    return {unit.pk: unit for unit in locked}


def lock_in_force(unit_ids: Iterable[int], *, on: date | None = None) -> None:
    """Lock the organisations that something is to be brought into, from the day `on`.

    Raises UnitError when one has ended, UnitDayError when it was founded later.
    """
    first = UnitPeriod.objects.filter(unit=OuterRef("pk")).order_by("start").values("start")[:1]
    for unit in lock_units(Unit.objects.filter(pk__in=set(unit_ids)).annotate(since=first)).values():
        if unit.ended_on is not None:
            raise UnitError(_("“%(unit)s” has ended") % {"unit": unit.name})
        since: date | None = unit.since  # type: ignore[attr-defined]  # annotated above
        if on is not None and since is not None and since > on:
            raise UnitDayError(since)


def folded(names: Names) -> Names:
    """What makes two writings of a path the same: no marks, no case."""
    return tuple(map(fold, names))


def find_units(host: Unit, paths: Iterable[Names]) -> dict[Names, Unit]:
    """The units in force that the paths below `host` name, by folded path.

    A unit is who it is by its parent and its folded name.
    """
    wanted = {folded(names[:depth]) for names in paths for depth in range(1, len(names) + 1)}
    found: dict[Names, Unit] = {}
    parents: dict[int, Names] = {host.pk: ()}
    while parents:
        children = _children(parents)
        level = {parents[unit.parent_id] + (unit.name_key,): unit for unit in children if unit.parent_id}
        level = {names: unit for names, unit in level.items() if names in wanted}
        found |= level
        parents = {unit.pk: names for names, unit in level.items()}
    return found


def _children(parents: Iterable[int]) -> list[Unit]:
    ids = sorted(parents)
    return [
        unit
        for start in range(0, len(ids), CHUNK)
        for unit in Unit.objects.in_force().filter(parent__in=ids[start : start + CHUNK])
    ]


def found_units(
    host: Unit,
    units: Iterable[tuple[Names, UnitKind]],
    *,
    on: date,
    by: User | None,
    decision: str = "",
    change: UnitChangeKind = UnitChangeKind.FOUNDED,
) -> list[Unit]:
    """Create those of the units below `host` that are not there; returns the new ones, parents first.

    A unit is given as the names on the way to it, its own last, with its kind; what stands above it
    is in the set itself or in force. Every cell gets its meeting, every committee its body.
    """
    missing = {folded(names): (clean(names[-1]), kind) for names, kind in units}
    known = {(): host} | find_units(host, missing)
    created: list[Unit] = []
    above = [known[names[:-1]].pk for names in missing if names not in known and names[:-1] in known]
    with transaction.atomic():
        lock_in_force(above)
        for depth in range(1, max(map(len, missing), default=0) + 1):
            level = {
                names: Unit(code=new_code(), name=name, name_key=names[-1], kind=kind)
                for names, (name, kind) in missing.items()
                if len(names) == depth and names not in known
            }
            for names, unit in level.items():
                if names[:-1] not in known:
                    raise UnitError(_("“%(unit)s” has no organisation above it") % {"unit": unit.name})
                unit.parent = known[names[:-1]]
            _insert(list(level.values()), prefix=host.code, on=on, decision=decision, change=change)
            known |= level
            created += level.values()
        if created:
            note_changes(unit.pk for unit in created)
            _record("units_founded", host, by=by, on=on, units=len(created))
    return created


def create_host(
    code: str,
    name: str,
    *,
    on: date,
    kind: UnitKind = UnitKind.SUPERIOR_COMMITTEE,
    parent: Unit | None = None,
    by: User | None = None,
) -> Unit:
    """Create the organisation under which a whole tree is brought in, with a code that people choose."""
    name = clean(name)
    if Unit.objects.filter(code=code).exists():
        raise UnitError(_("The code %(code)s is taken") % {"code": code})
    refuse_namesake(parent, name)
    unit = Unit(code=code, name=name, name_key=fold(name), kind=kind, parent=parent)
    unit.symbol = committee_of(name)[1]
    with transaction.atomic():
        lock_in_force([parent.pk] if parent else [])
        _insert([unit], prefix="", on=on, decision="", change=UnitChangeKind.FOUNDED)
        note_changes([unit.pk])
        _record("units_founded", unit, by=by, on=on, units=1)
    return unit


def _insert(units: Sequence[Unit], *, prefix: str, on: date, decision: str, change: UnitChangeKind) -> None:
    """Write one level. Path and code need the key: with a prefix the code becomes "PREFIX-KEY"."""
    Unit.objects.bulk_create(units, batch_size=CHUNK)
    for unit in units:
        unit.path = _within_depth(unit.path_below(unit.parent.path if unit.parent else ""))
        if prefix:
            unit.code = f"{prefix[:LONGEST_HOST_IN_CODE]}-{unit.pk}"
    Unit.objects.bulk_update(units, ["path", "code"], batch_size=CHUNK)
    UnitPeriod.objects.bulk_create(
        (_period(unit, on=on, decision=decision, change=change) for unit in units), batch_size=CHUNK
    )
    Body.objects.bulk_create(map(new_body, units), batch_size=CHUNK)


@transaction.atomic
def rename_unit(unit: Unit, name: str, *, on: date, decision: str, by: User | None) -> Unit:
    """Give a unit another name from the day `on`; bodies called after the old name follow.

    The one above is locked too: two that take one name wait for each other.
    """
    unit = lock_units(Unit.objects.filter(Q(pk=unit.pk) | Q(pk=unit.parent_id)))[unit.pk]
    name = clean(name)
    if name == unit.name:
        return unit
    if fold(name) != unit.name_key:
        refuse_namesake(unit.parent, name)
    kind, old_body = first_body(unit)
    unit.name, unit.name_key = name, fold(name)
    unit.save(update_fields=["name", "name_key"])
    Body.objects.filter(unit=unit, kind=kind, name=old_body, ended_on=None).update(name=first_body(unit)[1])
    _turn_period(unit, on=on, decision=decision, change=UnitChangeKind.RENAMED)
    note_changes([unit.pk])
    _record("unit_renamed", unit, by=by, on=on)
    return unit


@transaction.atomic
def move_unit(unit: Unit, new_parent: Unit, *, on: date, decision: str, by: User | None) -> Unit:
    """Put a unit with its whole sub-tree under another one from the day `on` (chuyển trực thuộc)."""
    sub_tree = Q(path__startswith=unit.path)
    units = lock_units(Unit.objects.filter(Q(pk__in=(unit.pk, new_parent.pk)) | sub_tree))
    unit, new_parent = units[unit.pk], units[new_parent.pk]
    if unit.parent_id == new_parent.pk:
        return unit
    if new_parent.is_under(unit):
        raise UnitError(_("An organisation cannot be put under itself or under one of its own"))
    if new_parent.is_cell or new_parent.ended_on is not None:
        raise UnitError(_("“%(unit)s” cannot have organisations below it") % {"unit": new_parent.name})
    refuse_namesake(new_parent, unit.name)
    lock_in_force([new_parent.pk], on=on)
    # Own numbers stay as they are: what stood above and what stands above it now is rolled up.
    touched = [pk for pk in (unit.pk, unit.parent_id) if pk is not None]
    unit.parent = new_parent
    unit.save(update_fields=["parent"])
    _repath(unit, unit.path_below(new_parent.path))
    _turn_period(unit, on=on, decision=decision, change=UnitChangeKind.MOVED)
    note_changes(touched)
    _record("unit_moved", unit, by=by, on=on)
    return unit


def _repath(unit: Unit, path: str) -> None:
    """Change the paths of the whole sub-tree by one UPDATE."""
    sub_tree = Unit.objects.under(unit.path)
    deepest = sub_tree.aggregate(deepest=Max(Length("path")))["deepest"]
    if deepest - len(unit.path) + len(path) > LONGEST_PATH:
        raise UnitError(_("The tree would become deeper than it may be"))
    sub_tree.update(path=Concat(Value(path), Substr(F("path"), len(unit.path) + 1)))
    unit.path = path


def _within_depth(path: str) -> str:
    if len(path) > LONGEST_PATH:
        raise UnitError(
            _("The tree would become deeper than %(levels)s levels") % {"levels": LONGEST_PATH // PATH_STEP}
        )
    return path


def _turn_period(unit: Unit, *, on: date, decision: str, change: UnitChangeKind) -> None:
    """Close the period in force and open the next one; one that began the same day is put right."""
    open_ones = UnitPeriod.objects.select_for_update(of=("self",), no_key=True)
    period = open_ones.filter(unit=unit, end=None).first()
    if period is None:
        raise UnitError(_("“%(unit)s” has ended") % {"unit": unit.name})
    if period.start > on:
        raise UnitDayError(period.start)
    if period.start == on:
        period.name, period.kind, period.parent = unit.name, unit.kind, unit.parent
        period.decision_number = decision
        period.save()
        return
    period.end = on
    period.save(update_fields=["end"])
    _period(unit, on=on, decision=decision, change=change).save()


def _period(unit: Unit, *, on: date, decision: str, change: UnitChangeKind) -> UnitPeriod:
    return UnitPeriod(
        unit=unit,
        name=unit.name,
        kind=unit.kind,
        parent=unit.parent,
        start=on,
        change=change,
        decision_number=decision,
    )


def refuse_namesake(parent: Unit | None, name: str) -> None:
    """Raise UnitError where an organisation in force right below `parent` is called so."""
    if not fold(name):
        raise UnitError(_("An organisation needs a name"))
    if Unit.objects.in_force().filter(parent=parent, name_key=fold(name)).exists():
        raise UnitError(_("There is an organisation called “%(unit)s” here already") % {"unit": name})


def _record(action: str, unit: Unit, *, by: User | None, on: date, **numbers: int) -> None:
    RecordEvent.objects.create(actor=by, action=action, unit=unit, data={"on": on.isoformat(), **numbers})
