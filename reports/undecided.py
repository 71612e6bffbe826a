"""What waits for the bodies of a unit: dockets to decide, documents to issue."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F

from cadres.models import Unit, User
from pledges.models import Docket
from pledges.permissions import visible_dockets
from pledges.states import DocketState

SHOWN = 5


@dataclass(frozen=True)
class Undecided:
    """Dockets of the unit's bodies on which something is still to be done, the oldest first."""

    dockets: Sequence[Docket]
    total: int

    @property
    def more(self) -> int:
        """Those that are not shown."""
        return self.total - len(self.dockets)


def undecided(user: User, unit: Unit) -> Undecided:
    """The dockets that the user may read: open ones, then concluded ones without their document."""
    rows = visible_dockets(user).filter(body__unit=unit, state__in=(DocketState.OPEN, DocketState.CONCLUDED))
    rows = rows.filter(of_cell=False)
    found = rows.select_related("body", "campaign").annotate(n_lines=Count("lines"))
    # "open" comes behind "concluded" in the alphabet.
    ordered = found.order_by(F("state").desc(), "created_at", "pk")
    shown = list(ordered[: SHOWN + 1])
    total = len(shown) if len(shown) <= SHOWN else rows.count()
    return Undecided(shown[:SHOWN], total)
