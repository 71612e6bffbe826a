"""Which organisations followed which: what two years beside each other are matched by."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from cadres.models import UnitSuccession

Link = tuple[int, int]  # predecessor, successor


def linked(units: Iterable[int], *, after: date, until: date) -> set[Link]:
    """Every succession of the days (after, until] that ties one of the units, over others if need be.

    One query a generation, whatever the number of units.
    """
    known: set[int] = set()
    found: set[Link] = set()
    edge = set(units)
    while edge:
        rows = UnitSuccession.objects.filter(
            Q(predecessor__in=edge) | Q(successor__in=edge), on__gt=after, on__lte=until
        )
        found |= set(rows.order_by().values_list("predecessor_id", "successor_id"))
        known |= edge
        edge = {pk for link in found for pk in link} - known
    return found
