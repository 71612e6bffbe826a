"""Numbers as they are kept, for pages of the apps below that show them (see `pledges/kept.py`)."""

from collections import Counter

from django.db.models import Value

from cadres.models import Unit
from cadres.rates import Rate
from pledges.kept import Lists
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


def lists(tier: Tier, units: list[int]) -> dict[int, Lists]:
    """By unit with its sub-tree, the cells in force and those of them that have sent their list."""
    rows = UnitCount.objects.filter(tier=tier, unit__in=units).values_list("unit", "cells", "cells_sent")
    return {unit: Lists(cells, sent) for unit, cells, sent in rows}
