"""A short list in a large tree: only the units that have a row of it are looked through.

Who is still missing on the last days of a campaign, among millions who are not. The numbers kept lead
there level by level; what the outbox still changes is looked through as well.
"""

from typing import Any

from django.db.models import F, Q, QuerySet

from cadres.models import UnitChange
from reports.figures import Figure, Kind
from reports.models import UnitCount
from reports.opened import Opened, Part, part_number

# A part of so many rows at most is found so, in a figure of more than so many.
FEW = 200
LARGE = 10_000


def narrowed(opened: Opened, rows: QuerySet[Any], row: UnitCount | None) -> QuerySet[Any]:
    """The rows of the part, of the units that have any where they are few; `row`: the numbers of its unit."""
    # Numbers of another day do not lead to what this one brought: a deadline that passed, a member who came.
    if row is None or row.day != opened.day or not _is_short(opened, row):
        return rows
    units = _with_rows(opened, row)
    waiting = UnitChange.objects.filter(unit__path__startswith=opened.unit.path)
    changing = list(waiting.values_list("unit", flat=True).distinct()[: FEW + 1])
    if len(changing) > FEW:
        return rows
    return rows.filter(**{"pk__in" if opened.figure.kind == Kind.CELLS else "unit__in": {*units, *changing}})


def _is_short(opened: Opened, row: UnitCount) -> bool:
    if opened.own or opened.part not in (Part.NUMERATOR, Part.REST):
        return False
    known, size = opened.number(row), part_number(opened.figure, Part.DENOMINATOR, opened.tier, row)
    return known is not None and known <= FEW and size is not None and size > LARGE


def _with_rows(opened: Opened, row: UnitCount) -> set[int]:
    """Keys of the units with own rows of the part: from the top down, past all that have none."""
    figure, part = opened.figure, opened.part
    units = {row.unit_id} if _size(figure, part, own=row) else set()
    level = [row.unit_id]
    while level:
        below = UnitCount.objects.filter(_condition(figure, part), tier=opened.tier, parent__in=level)
        found = list(below)
        units |= {one.unit_id for one in found if _size(figure, part, own=one)}
        level = [one.unit_id for one in found]
    return units


def _condition(figure: Figure, part: Part) -> Q:
    if part == Part.NUMERATOR:
        return Q(**{f"{figure.numerator}__gt": 0})
    return Q(**{f"{figure.denominator}__gt": F(figure.numerator)})


def _size(figure: Figure, part: Part, *, own: UnitCount) -> int:
    rate = figure.rate(own, own=True)
    return rate.numerator if part == Part.NUMERATOR else rate.rest
