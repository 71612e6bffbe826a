"""An import is asked for, confirmed once, and its files are dropped when they have served.

An uploaded workbook may hold more of a person than is kept, citizen numbers too: it lies under a random
name, is never served, and goes with the end of the import.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import PurePath
from uuid import uuid4

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cadres.jobs import JobState
from cadres.models import ImportJob, ImportMode, RecordEvent, RosterImport, Unit, User
from cadres.text import clean
from cadres.wake import wake

UNCONFIRMED = timedelta(days=7)
REFUSED_ROWS = timedelta(days=30)
LONGEST_FILE_NAME = 200


class ConfirmError(ValueError):
    """A confirmation that cannot be; the message is for people."""


def random_name(file_name: str) -> str:
    """A name for a file in the store: nothing of the office's own name but its ending."""
    return f"{uuid4().hex}{PurePath(file_name).suffix.lower()}"


@transaction.atomic
def request_roster_import(*, host: Unit, file: UploadedFile, as_of: date, by: User | None) -> RosterImport:
    """Keep an uploaded roster and have it checked; nothing of it is written."""
    name = clean(PurePath(file.name or "").name)
    file.name = random_name(name)
    job = RosterImport.objects.create(
        host=host, file=file, file_name=name[-LONGEST_FILE_NAME:], as_of=as_of, created_by=by
    )
    wake(RosterImport.task_name, job.pk)
    return job


def confirm_import(job: ImportJob, mode: ImportMode, *, by: User | None) -> bool:
    """Queue a checked import to be written; False when somebody has confirmed it already.

    Raises ConfirmError where FAULTLESS is asked for a list with faults, or the file has gone.
    """
    if mode == ImportMode.CHECK:
        raise ConfirmError(_("Choose how the list is to be written."))
    if mode == ImportMode.FAULTLESS and job.problems:
        raise ConfirmError(
            _("The list has faults, so nothing was written. Correct it and bring it in again.")
        )
    checked = type(job)._default_manager.filter(pk=job.pk, mode=ImportMode.CHECK, state=JobState.DONE)
    if checked.filter(file="").exists():
        raise ConfirmError(_("The file was kept for seven days only. Bring it in again."))
    confirmed = checked.update(
        mode=mode,
        state=JobState.QUEUED,
        created_by=by,
        attempts=0,
        progress=0,
        total=0,
        lease_until=None,
        finished_at=None,
    )
    if confirmed:
        wake(job.task_name, job.pk)
    return bool(confirmed)


def drop_upload(job: ImportJob) -> None:
    """Delete the uploaded workbook once the import is over; one that was only checked waits for a yes."""
    waits = job.mode == ImportMode.CHECK and job.state == JobState.DONE
    if job.is_over and job.file and not waits:
        _drop([job], "file")


def drop_old_files(model: type[ImportJob], *, at: datetime) -> None:
    """Delete uploads nobody confirmed for a week or a failure left behind, and refused rows after a month."""
    over = Q(state__in=(JobState.DONE, JobState.FAILED))
    waiting = Q(mode=ImportMode.CHECK, state=JobState.DONE, finished_at__gt=at - UNCONFIRMED)
    jobs: QuerySet[ImportJob] = model._default_manager.filter(over)
    _drop(jobs.exclude(waiting).exclude(file=""), "file")
    _drop(jobs.filter(finished_at__lt=at - REFUSED_ROWS).exclude(refused_file=""), "refused_file")


def _drop(jobs: Iterable[ImportJob], field: str) -> None:
    for job in jobs:
        getattr(job, field).delete(save=False)
        type(job)._default_manager.filter(pk=job.pk).update(**{field: ""})


def note_refused_taken(job: RosterImport, *, by: User) -> None:
    """Journal that somebody took out the workbook of refused rows: it holds names."""
    data = {"import": job.pk, "rows": job.result.get("refused", 0)}
    RecordEvent.objects.create(actor=by, action="roster_refused_taken", unit=job.host, data=data)
