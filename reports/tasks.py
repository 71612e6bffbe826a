"""Tasks of the queue `counts`: the consumer of the outbox, midnight, the nightly check."""

import logging

from celery import shared_task

from cadres import clock
from reports import counts
from reports.audit import differences
from reports.midnight import turn_day

logger = logging.getLogger(__name__)


@shared_task(name="counts.consume")
def consume() -> int:
    """Consume the outbox; woken by every change and by the sweep every ten seconds."""
    return counts.drain()


@shared_task(name="counts.turn_day")
def midnight() -> int:
    """Recount what a new day changes: deadlines that passed, memberships that begin or end."""
    return turn_day(clock.today())


@shared_task(name="counts.check")
def check() -> int:
    """Recount independently and say in the log how many numbers differ (none should)."""
    found = differences(clock.today())
    for line in found[:50]:
        logger.error("figures differ: %s", line)
    return len(found)
