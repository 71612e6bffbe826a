"""The lists of a committee that awaits more of them than are looked at while somebody waits.

How many there are is told by the numbers kept; which they are is found from the side that is few.
"""

from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.db.models.functions import Substr

from cadres.models import PATH_STEP, Unit
from pledges import kept, queries
from pledges.kept import Kept
from pledges.models import DocketLine, ListRequest, SentList, Tier
from pledges.states import Outcome

# So many cells are looked at one by one.
SHORT = 1_000
# So many that have not sent are found by the counts; of more there is one among any few hundred cells.
FEW = 2_000


def totals(tier: Tier, unit: Unit, known: Kept) -> dict[str, int]:
    """As `queries.list_totals` tells them of the cells below the unit."""
    asked = in_state(tier, unit, "asked").count()
    return {"all": known.cells, "asked": asked, "sent": known.sent, "endorsed": known.endorsed}


def in_state(tier: Tier, unit: Unit, state: str, n: int = 0) -> QuerySet[Unit]:
    """Cells below the unit whose list stands in the state; `n`: how many of them there are."""
    cells: QuerySet[Unit] = queries.cells_below(unit)
    lists = SentList.objects.filter(tier=tier, unit=OuterRef("pk"))
    if state == "not_sent":
        # The keys themselves: the database would take a third of all cells for as few as these.
        cells = cells.filter(pk__in=kept.not_sent(tier, unit)) if n <= FEW else cells
        return cells.filter(~Exists(lists))
    if state == "asked":
        return cells.filter(~Exists(lists), pk__in=_asked(tier))
    if state == "sent":
        return cells.filter(Exists(lists.filter(endorsed_by=None)))
    if state == "endorsed":
        return cells.filter(Exists(lists.filter(endorsed_by__isnull=False)))
    return cells


def asked_by_path(tier: Tier, unit: Unit) -> dict[str, int]:
    """How many lists of cells are to be amended, by the path of the unit directly below."""
    branch = Substr("path", 1, len(unit.path) + PATH_STEP)
    rows = in_state(tier, unit, "asked").order_by().annotate(branch=branch)
    return {row["branch"]: row["n"] for row in rows.values("branch").annotate(n=Count("pk"))}


def _asked(tier: Tier) -> QuerySet[Any]:
    """Keys of the units of which an amendment was asked, whether they have sent again or not."""
    requests = ListRequest.objects.filter(tier=tier, answered_at=None).order_by()
    returned = DocketLine.objects.filter(docket__tier=tier, unit__isnull=False, outcome=Outcome.RETURN)
    return requests.values("unit").union(returned.order_by().values("unit"))
