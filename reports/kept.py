"""Numbers of people as they are kept, for pages of the apps below that show them (see `reports/apps.py`)."""

from cadres.rates import Rate
from pledges.models import Tier
from reports.models import UnitCount


def people(tier: Tier, units: list[int]) -> dict[int, Rate]:
    """By unit with its sub-tree, the people who have registered of those counted, where anybody is."""
    rows = UnitCount.objects.filter(tier=tier, unit__in=units, counted__gt=0)
    found = rows.values_list("unit", "registered", "counted")
    return {unit: Rate(registered, counted) for unit, registered, counted in found}
