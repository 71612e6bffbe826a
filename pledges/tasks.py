"""Tasks of the queue `jobs`: the import of registration lists."""

from celery import shared_task
from django.conf import settings
from django.utils.translation import override

from cadres import clock
from cadres.actions.import_jobs import drop_upload
from cadres.models import ImportMode
from pledges.imports import job as work
from pledges.models import PledgeImport


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
            with job.running() as claimed:
                if claimed:
                    step = work.preview if claimed.mode == ImportMode.CHECK else work.run
                    step(claimed, day=clock.today())
        finally:
            drop_upload(job)
