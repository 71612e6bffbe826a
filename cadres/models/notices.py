"""What an account is told: one row in the list behind the bell, and the e-mail that goes with it."""

import uuid
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cadres import clock
from cadres.jobs import LEASE, Job, JobState
from cadres.models.accounts import User

# How long a letter waits after the first, second … attempt at which the server took nothing.
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))


class Notification(models.Model):
    """Thông báo: one thing that an account is told, written in the transaction of the act itself.

    `key` names the act, so that nobody is told the same thing twice. `data` holds codes and numbers
    from which the words are made in the reader's language, never a name or the text of a pledge.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    data = models.JSONField(default=dict)
    path = models.CharField(max_length=300)
    at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-at", "-pk")
        constraints = (models.UniqueConstraint(fields=("user", "key"), name="notification_told_once"),)
        indexes = (
            models.Index(fields=("user", "-at"), name="notification_of_user"),
            models.Index(fields=("user",), condition=Q(read_at=None), name="notification_unread"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.user_id}"


class Mail(Job):
    """Thư điện tử of a notification: a job of its own, sent after the commit and retried.

    `sending_at` is written before the letter is handed over. A worker that dies in between leaves it
    set: whether the letter went is then unknown, and it is never sent a second time.
    """

    task_name: ClassVar[str] = "jobs.mail"
    most_attempts: ClassVar[int] = len(DELAYS) + 1

    notification = models.OneToOneField(Notification, models.CASCADE, related_name="mail")
    address = models.EmailField()
    message_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sending_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return _("Letter of notice %(no)s") % {"no": self.notification_id}

    @classmethod
    def waiting(cls, now: datetime) -> Q:
        """Letters not tried yet, and letters put off whose time has come (`lease_until`)."""
        due = Q(lease_until=None) | Q(lease_until__lte=now)
        return due & Q(state=JobState.QUEUED)

    def claim(self) -> bool:
        """As of any job; but a letter that a lost worker was handing over is failed, never sent again."""
        now = timezone.now()
        lost = Q(state=JobState.RUNNING, lease_until__lt=now, sending_at__isnull=False)
        if Mail.objects.filter(lost, pk=self.pk).update(
            state=JobState.FAILED, finished_at=now, error=str(_("It is not known whether the letter went."))
        ):
            return False
        return super().claim()

    def begin_sending(self, address: str) -> bool:
        """Note, committed, that the letter is being handed over; False when another worker has it now."""
        now = timezone.now()
        mine = Mail.objects.filter(
            pk=self.pk, state=JobState.RUNNING, attempts=self.attempts, sending_at=None
        )
        taken = mine.update(address=address, sending_at=now, lease_until=now + LEASE)
        if taken:
            self.address, self.sending_at = address, now
        return bool(taken)

    def put_off(self, reason: str) -> None:
        """Nothing was accepted: back to the queue, each time for longer; failed after the last attempt."""
        self.sending_at = None
        if self.attempts >= self.most_attempts:
            self.save(update_fields=["sending_at"])
            self.fail(reason)
            return
        self.state, self.error = JobState.QUEUED, reason
        self.lease_until = timezone.now() + DELAYS[self.attempts - 1]
        self.save(update_fields=["state", "sending_at", "lease_until", "error"])
