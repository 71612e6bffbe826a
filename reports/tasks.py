"""Tasks of the queue `counts`: the consumer, midnight, the nightly check. In `jobs`: closings, exports."""

import logging

from celery import shared_task
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from cadres import clock
from cadres.actions.job_notices import telling_owner
from reports import counts
from reports.actions.checks import check as check_figures
from reports.actions.closings import take
from reports.actions.exports import READY, drop_old, write
from reports.midnight import turn_day
from reports.models import Closing, Export

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
    """Recount independently, keep the result for its page, tell of differences (there should be none)."""
    found = check_figures(clock.today()).differences
    if found:
        logger.error("%d figures differ, the first: %s", len(found), found[0])
    return len(found)


@shared_task(name=Closing.task_name)
def closing(pk: int) -> None:
    """Take one closing, in the language of the person who asked; twice the message is one closing."""
    job = Closing.objects.select_related("campaign__host", "created_by").filter(pk=pk).first()
    if job is None:
        return
    language = job.created_by.language if job.created_by else settings.LANGUAGE_CODE
    page = reverse("reports:closing", args=[job.pk])
    with override(language), telling_owner(job, "closing_made", page) as claimed:
        if claimed:
            take(claimed)


@shared_task(name=Export.task_name)
def export(pk: int) -> None:
    """Write one list, in the language of the person who asked; twice the message is one file."""
    job = Export.objects.select_related("unit", "tier__campaign", "created_by").filter(pk=pk).first()
    if job is None:
        return
    language = job.created_by.language if job.created_by else settings.LANGUAGE_CODE
    page = reverse("reports:export", args=[job.ref])
    with override(language), telling_owner(job, READY, page, always=True) as claimed:
        if claimed:
            write(claimed)


@shared_task(name="jobs.drop_exports")
def drop_exports() -> int:
    """Drop the files of exports that have been kept long enough."""
    return drop_old(timezone.now())
