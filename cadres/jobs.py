"""A job is a row; a message only wakes a worker, so no broker can lose work."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres import clock

LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 3


class JobState(models.TextChoices):
    """Where a job stands."""

    QUEUED = "queued", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("finished")
    FAILED = "failed", _("failed")


class Job(models.Model):
    """Work done in the background: state, lease, attempts, progress, error."""

    task_name: ClassVar[str]  # the task that does the work; every concrete job names its own
    most_attempts: ClassVar[int] = MAX_ATTEMPTS

    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED, db_index=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    progress = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @classmethod
    def waiting(cls, now: datetime) -> Q:
        """Which rows nobody has taken yet and a worker may take at `now`."""
        return Q(state=JobState.QUEUED)

    def claim(self) -> bool:
        """Take the job by compare-and-set; False when another worker has it or it is over.

        A job whose lease ran out may be taken again; after `most_attempts` it is failed instead.
        """
        now = timezone.now()
        free = self.waiting(now) | Q(state=JobState.RUNNING, lease_until__lt=now)
        mine = type(self)._base_manager.filter(free, pk=self.pk)
        if mine.filter(attempts__gte=self.most_attempts).update(
            state=JobState.FAILED, finished_at=now, error=str(_("Given up after several attempts."))
        ):
            return False
        taken = mine.update(state=JobState.RUNNING, lease_until=now + LEASE, attempts=F("attempts") + 1)
        if taken:
            self.refresh_from_db()
        return bool(taken)

    def advance(self, progress: int) -> None:
        """Write progress and prolong the lease, in the transaction of the chunk just done."""
        self.progress = progress
        self.lease_until = timezone.now() + LEASE
        self.save(update_fields=["progress", "lease_until"])

    def finish(self) -> None:
        """Mark the job done."""
        self.state, self.finished_at, self.error = JobState.DONE, timezone.now(), ""
        self.save(update_fields=["state", "finished_at", "error", "progress", "total"])

    def fail(self, message: str) -> None:
        """Mark the job failed with a message for the person who asked."""
        self.state, self.finished_at, self.error = JobState.FAILED, timezone.now(), message
        self.save(update_fields=["state", "finished_at", "error"])

    @contextmanager
    def running(self) -> Iterator[Self | None]:
        """Claim the job, run the block, finish; yields None when there is nothing to do.

        A ValueError is an answer for the person and fails the job; anything else is a fault: the
        job fails with a plain sentence and the exception goes on to the worker's log.
        """
        if not self.claim():
            yield None
            return
        try:
            yield self
        except ValueError as error:
            self.fail(str(error))
        except Exception:
            self.fail(str(_("An unexpected error; the administrator has been told.")))
            raise
        else:
            self.finish()

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in (JobState.DONE, JobState.FAILED)
