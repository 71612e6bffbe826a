"""Whether the derived data of the tree agree with the truth (the parent), and putting right what can be."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from cadres.actions.body_names import new_body
from cadres.models import CELL_KINDS, Body, BodyKind, Unit, UnitPeriod

BATCH = 500


@dataclass(frozen=True)
class Difference:
    """One thing of one unit that is not as it must be."""

    code: str
    what: str
    fixed: bool = False


def check_units(*, fix: bool = False) -> list[Difference]:
    """Compare all units: path and parent, the open period and the unit's columns, cells and their meeting.

    With `fix` paths are rebuilt and missing meetings made. A period is never invented: no one knows its day.
    """
    units = {unit.pk: unit for unit in Unit.objects.all()}
    paths, lost = _true_paths(units)
    wrong = [units[pk] for pk, path in paths.items() if units[pk].path != path]
    meetings = Body.objects.filter(kind=BodyKind.CELL_MEETING, ended_on=None)
    met = set(meetings.values_list("unit", flat=True))
    unmet = [
        unit
        for unit in units.values()
        if unit.kind in CELL_KINDS and not unit.ended_on and unit.pk not in met
    ]
    if fix:
        _fix(wrong, paths, unmet)
    return [
        *(
            Difference(unit.code, _("its path does not follow from the organisation above"), fix)
            for unit in wrong
        ),
        *(Difference(units[pk].code, _("it stands below itself")) for pk in lost),
        *(Difference(unit.code, _("the cell has no meeting to decide"), fix) for unit in unmet),
        *_wrong_periods(units),
    ]


def _true_paths(units: dict[int, Unit]) -> tuple[dict[int, str], list[int]]:
    """The path of every unit by following its parents, and the units that never reach a top."""
    children: dict[int | None, list[Unit]] = {}
    for unit in units.values():
        children.setdefault(unit.parent_id, []).append(unit)
    paths: dict[int, str] = {}
    waiting = [(unit, "") for unit in children.get(None, [])]
    while waiting:
        unit, above = waiting.pop()
        paths[unit.pk] = unit.path_below(above)
        waiting += [(child, paths[unit.pk]) for child in children.get(unit.pk, [])]
    return paths, sorted(units.keys() - paths.keys())


def _wrong_periods(units: dict[int, Unit]) -> Iterable[Difference]:
    periods = {period.unit_id: period for period in UnitPeriod.objects.filter(end=None)}
    for unit in units.values():
        period = periods.get(unit.pk)
        if unit.ended_on:
            if period:
                yield Difference(unit.code, _("it has ended, its period has not"))
        elif period is None:
            yield Difference(unit.code, _("it has no period in force"))
        elif (period.name, period.kind, period.parent_id) != (unit.name, unit.kind, unit.parent_id):
            yield Difference(unit.code, _("its period in force says something else than the organisation"))


@transaction.atomic
def _fix(wrong: list[Unit], paths: dict[int, str], unmet: list[Unit]) -> None:
    """Wrong paths are emptied first, so that no right one meets a wrong one that is still there."""
    for unit in wrong:
        unit.path = ""
    Unit.objects.bulk_update(wrong, ["path"], batch_size=BATCH)
    for unit in wrong:
        unit.path = paths[unit.pk]
    Unit.objects.bulk_update(wrong, ["path"], batch_size=BATCH)
    Body.objects.bulk_create(map(new_body, unmet), batch_size=BATCH)
