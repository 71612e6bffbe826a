"""Tasks of the queue `jobs`: imports of pledges, acts of the desk, reminders, the nightly check."""

import logging

from celery import shared_task
from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from cadres import clock
from cadres.actions.import_jobs import drop_upload
from cadres.actions.job_notices import telling_owner
from cadres.models import ImportMode
from pledges.actions import desk_jobs
from pledges.actions.reminders import remind
from pledges.actions.seal import check_and_seal
from pledges.imports import job as work
from pledges.models import DeskJob, PledgeImport

logger = logging.getLogger(__name__)


@shared_task(name="jobs.pledge_import")
def pledge_import(pk: int) -> None:
    """Look at one workbook of pledges or write it, in the language of the person who asked.

    A message that comes twice finds nothing to do.
    """
    job = PledgeImport.objects.select_related("campaign__host", "created_by").filter(pk=pk).first()
    if job is None:
        return
    with override(job.created_by.language if job.created_by else settings.LANGUAGE_CODE):
        try:
            kind = "list_checked" if job.mode == ImportMode.CHECK else "list_written"
            with telling_owner(job, kind, reverse("pledges:import_detail", args=[job.pk])) as claimed:
                if claimed:
                    step = work.preview if claimed.mode == ImportMode.CHECK else work.run
                    step(claimed, day=clock.today())
        finally:
            drop_upload(job)


@shared_task(name=DeskJob.task_name)
def desk(pk: int) -> None:
    """Do one act of the desk, in the language of the person who asked; twice the message is one effect."""
    jobs = DeskJob.objects.select_related("tier__campaign__host", "body__unit", "created_by")
    job = jobs.filter(pk=pk).first()
    if job is None:
        return
    language = job.created_by.language if job.created_by else settings.LANGUAGE_CODE
    page = reverse("pledges:desk_job", args=[job.pk])
    with override(language), telling_owner(job, "desk_done", page) as claimed:
        if claimed:
            desk_jobs.run(claimed)


@shared_task(name="jobs.remind")
def send_reminders() -> int:
    """Remind those who have not acted; every morning, and twice on one morning is once."""
    return remind(clock.today())


@shared_task(name="jobs.check_journal")
def check_journal() -> int:
    """Check and seal the journals; the result stands on their page, every problem in the log."""
    found = check_and_seal()
    for line in found[:50]:
        logger.error("journal: %s", line)
    return len(found)
