"""Numbers as they are kept, for pages of the apps below that show them (see `pledges/kept.py`)."""

from collections import Counter

from django.db.models import F, Q, QuerySet, Value

from cadres.models import Unit
from cadres.rates import Rate
from pledges.kept import Kept
from pledges.models import Tier
from reports.models import Facet, FacetCount, UnitCount


def people(tier: Tier, units: list[int]) -> dict[int, Rate]:
    """By unit with its sub-tree, the people who have registered of those counted, where anybody is."""
    rows = UnitCount.objects.filter(tier=tier, unit__in=units, counted__gt=0)
    found = rows.values_list("unit", "registered", "counted")
    return {unit: Rate(registered, counted) for unit, registered, counted in found}


def themes(unit: Unit, tiers: list[int]) -> dict[tuple[int, int | None], int]:
    """By tier and theme, the registered pledges of a unit with its sub-tree; under None the rest."""
    named = FacetCount.objects.filter(unit=unit, tier__in=tiers, facet=Facet.THEME)
    of_all = UnitCount.objects.filter(unit=unit, tier__in=tiers).annotate(code=Value(""))
    columns = ("tier", "code", "pledges")
    found = Counter[tuple[int, int | None]]()
    for tier, code, n in of_all.values_list(*columns).union(named.values_list(*columns), all=True):
        found[tier, int(code) if code else None] += n
        found[tier, None] -= n if code else 0
    return found


def of(tier: Tier, unit: Unit) -> Kept | None:
    """The numbers of a unit with its sub-tree."""
    return _kept(UnitCount.objects.filter(tier=tier, unit=unit)).get(unit.pk)


def of_those_below(tier: Tier, unit: Unit) -> dict[int, Kept]:
    """The same of the unit and of each directly below it."""
    return _kept(UnitCount.objects.filter(Q(unit=unit) | Q(parent=unit), tier=tier))


def not_sent(tier: Tier, unit: Unit) -> list[int]:
    """Keys of the cells below a unit that had not sent their list when they were counted."""
    rows = UnitCount.objects.filter(tier=tier, own_cells__gt=F("own_cells_sent"))
    return list(rows.filter(unit__path__startswith=unit.path).values_list("unit", flat=True))


def _kept(rows: QuerySet[UnitCount]) -> dict[int, Kept]:
    columns = ("registered", "counted", "cells", "cells_sent", "cells_endorsed")
    return {unit: Kept(Rate(n, all_), *lists) for unit, n, all_, *lists in rows.values_list("unit", *columns)}
