"""Who asked for a long job is told when it is over; nobody sits before a page for minutes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from cadres import clock
from cadres.actions.notices import Notice, tell
from cadres.jobs import Job, JobState
from cadres.models import Notification

Work = TypeVar("Work", bound=Job)
# So long, in seconds, somebody watches the progress himself.
WATCHED = 10
FAILED = "job_failed"


@contextmanager
def telling_owner(job: Work, kind: str, path: str, *, always: bool = False) -> Iterator[Work | None]:
    """Run a job (`Job.running`) and tell who asked for it that it is done or was not done.

    What took no longer than one watches is not told, unless `always`. A run is told once.
    """
    began, claimed = time.monotonic(), None
    try:
        with job.running() as claimed:
            yield claimed
    finally:
        if claimed is None:
            job.refresh_from_db()  # given up, or a message that came twice
        if always or claimed is None or time.monotonic() - began > WATCHED:
            _tell(job, kind, path, given_up=claimed is None)


def _tell(job: Job, kind: str, path: str, *, given_up: bool) -> None:
    failed = job.state == JobState.FAILED
    if job.created_by_id is None or not (failed or (job.is_over and not given_up)):
        return
    told = FAILED if failed else kind
    tell([Notice(user_id=job.created_by_id, kind=told, key=_key(job, kind), path=path)])


def _key(job: Job, kind: str) -> str:
    return f"{job.task_name}:{kind}:{job.pk}"


def note_seen(job: Job, kind: str) -> None:
    """The owner has what he asked for: its notice is read."""
    told = Notification.objects.filter(user=job.created_by_id, key=_key(job, kind))
    told.filter(read_at=None).update(read_at=clock.now())
