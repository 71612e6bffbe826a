"""What workers do for pledges."""

from celery import shared_task

from cadres import clock
from pledges.imports.job import run_import
from pledges.models import PledgeImport


@shared_task(name="jobs.pledge_import")
def pledge_import(pk: int) -> None:
    """Check or write a workbook of pledges; a message that comes twice finds nothing to do."""
    job = PledgeImport.objects.select_related("campaign__host", "created_by").filter(pk=pk).first()
    if job is not None:
        run_import(job, day=clock.today())
