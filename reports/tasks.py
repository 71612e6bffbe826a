"""Tasks of the queue `counts`: the consumer, midnight, the nightly check. In `jobs`: closings."""

import logging

from celery import shared_task
from django.conf import settings
from django.utils.translation import override

from cadres import clock
from reports import counts
from reports.actions.closings import take
from reports.audit import differences
from reports.midnight import turn_day
from reports.models import Closing

logger = logging.getLogger(__name__)


@shared_task(name="counts.consume")
def consume() -> int:
    """Consume the outbox; woken by every change and by the sweep every ten seconds."""
    return counts.drain(waits=False)


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


@shared_task(name=Closing.task_name)
def closing(pk: int) -> None:
    """Take one closing, in the language of the person who asked; twice the message is one closing."""
    job = Closing.objects.select_related("campaign__host", "created_by").filter(pk=pk).first()
    if job is None:
        return
    language = job.created_by.language if job.created_by else settings.LANGUAGE_CODE
    with override(language), job.running() as claimed:
        if claimed:
            take(claimed)
