"""Tasks of the queue `jobs`: the sweep that no lost message can stop, imports of rosters, letters."""

from datetime import timedelta

from celery import shared_task
from django.apps import apps
from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from cadres import clock
from cadres.actions.import_jobs import drop_old_files, drop_upload
from cadres.actions.job_notices import telling_owner
from cadres.imports import roster
from cadres.jobs import Job, JobState
from cadres.mail import deliver
from cadres.models import ImportJob, ImportMode, RosterImport
from cadres.wake import wake

TOO_LONG = timedelta(seconds=10)
AT_ONCE = 100


@shared_task(name="jobs.sweep")
def sweep() -> int:
    """Wake a worker again for jobs that lie too long or whose lease ran out; returns how many.

    Every concrete job of every app names its task in `task_name`. Files that have served are dropped.
    """
    # Rows carry the day the site lives on; a lease is real time.
    long_ago, now = clock.now() - TOO_LONG, timezone.now()
    lost = Q(state=JobState.RUNNING, lease_until__lt=now)
    woken = 0
    for model in apps.get_models():
        if issubclass(model, Job):
            lying = model.waiting(now) & Q(created_at__lt=long_ago)
            jobs = model._default_manager.filter(lying | lost).order_by("pk").values_list("pk", flat=True)
            for pk in jobs[:AT_ONCE]:
                wake(model.task_name, pk)
                woken += 1
        if issubclass(model, ImportJob):
            drop_old_files(model, at=now)
    return woken


@shared_task(name="jobs.mail")
def send_mail(*pks: int) -> None:
    """Send letters, each on its own: one that fails holds up none of the others."""
    for pk in pks:
        deliver(pk)


@shared_task(name="jobs.roster_import")
def roster_import(pk: int) -> None:
    """Check or write one roster, in the language of the person who asked."""
    job = RosterImport.objects.select_related("host", "created_by").filter(pk=pk).first()
    if job is None:
        return
    with override(job.created_by.language if job.created_by else settings.LANGUAGE_CODE):
        try:
            kind = "list_checked" if job.mode == ImportMode.CHECK else "list_written"
            with telling_owner(job, kind, reverse("cadres:roster_detail", args=[job.pk])) as claimed:
                if claimed:
                    work = roster.preview if claimed.mode == ImportMode.CHECK else roster.run
                    work(claimed, today=clock.today())
        finally:
            drop_upload(job)
