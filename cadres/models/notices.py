"""What an account is told: one row in the list behind the bell, and the e-mail that goes with it."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from cadres import clock
from cadres.jobs import Job
from cadres.models.accounts import User


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

    notification = models.OneToOneField(Notification, models.CASCADE, related_name="mail")
    address = models.EmailField()
    message_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sending_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return f"{self.notification_id} {self.state}"
