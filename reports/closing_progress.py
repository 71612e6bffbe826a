"""How far a closing is, told outside the one transaction that makes it.

What a transaction writes is seen at its end only. On PostgreSQL a second connection commits the stage
and its share as the work goes on. SQLite has one writer at a time: there the stage before the
transaction is all that is told, and the page says since when the work goes on.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import closing as closed
from contextlib import contextmanager

from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from pledges.models import Tier
from reports.models import Closing, ClosingStage, Stage, UnitCount

logger = logging.getLogger(__name__)

# What a row costs in each stage, as measured: put away by one statement, sealed, verified.
COST = {Stage.PUTTING: 2, Stage.SEALING: 3, Stage.VERIFYING: 3}
EVERY = 0.5  # seconds between two reports of one stage
_TELL = "UPDATE reports_closingstage SET stage = %s, tier_id = %s, done = %s WHERE closing_id = %s"


class Teller:
    """Tells the stage and the rows done; without a connection of its own it keeps them to itself."""

    def __init__(self, closing: Closing, apart: BaseDatabaseWrapper | None) -> None:
        self._closing, self._apart = closing, apart
        self._stage = Stage.COUNTING
        self._tier: int | None = None
        self._done, self._told_at = 0, 0.0

    def restart(self) -> None:
        """The transaction begins, or begins again after somebody was quicker."""
        self._done = 0

    def begin(self, stage: Stage, tier: int | None = None) -> None:
        """A stage begins, of a tier where it works tier by tier."""
        self._stage, self._tier = stage, tier
        self._tell()

    def rows(self, count: int) -> None:
        """So many rows more went through the stage."""
        self._done += count * COST[self._stage]
        if time.monotonic() - self._told_at > EVERY:
            self._tell()

    def _tell(self) -> None:
        self._told_at = time.monotonic()
        if self._apart is None:
            return
        try:
            with self._apart.cursor() as cursor:
                cursor.execute(_TELL, [self._stage, self._tier, self._done, self._closing.pk])
        except DatabaseError:
            # A closing is not given up because nobody hears how far it is.
            logger.exception("the progress of closing %s cannot be told", self._closing.pk)
            self._apart = None


@contextmanager
def telling(closing: Closing) -> Iterator[Teller]:
    """Tell of a closing while the block makes it; call before its transaction begins."""
    ClosingStage.objects.update_or_create(
        closing=closing,
        defaults={
            "stage": Stage.COUNTING,
            "tier": None,
            "done": 0,
            "total": expected_rows(closing) * sum(COST.values()),
            "began_at": timezone.now(),
        },
    )
    if connection.vendor != "postgresql":
        ClosingStage.objects.filter(closing=closing).update(total=0)
        yield Teller(closing, None)
        return
    with closed(connection.copy()) as apart:
        yield Teller(closing, apart)


def expected_rows(closing: Closing) -> int:
    """How many people and pledges there are to put away, by the counts."""
    tiers = Tier.objects.filter(campaign=closing.campaign_id)
    counts = UnitCount.objects.filter(tier__in=tiers, unit=closing.campaign.host_id)
    rows = counts.values_list("counted", "exempt", "away", "pledges")
    return sum(sum(row) for row in rows)
