"""Thẩm định: what the organisation board finds, what it asks to amend, and its acts on many at once."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cadres import clock
from cadres.jobs import Job
from cadres.models import Body, Unit
from pledges.models.approval import Docket
from pledges.models.campaigns import Tier
from pledges.models.pledges import Pledge
from pledges.models.record import PledgeVersion
from pledges.states import Outcome


class ReturnReason(models.Model):
    """Lý do đề nghị chỉnh sửa: one entry of the list of a host's office; `field` is what it is about."""

    host = models.ForeignKey(Unit, models.PROTECT, related_name="return_reasons")
    order = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=200)
    field = models.CharField(max_length=30, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("host", "order", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("host", "label"), condition=Q(ended_on=None), name="returnreason_once_in_force"
            ),
        )

    def __str__(self) -> str:
        return self.label


class RoutinePhrase(models.Model):
    """Dấu hiệu việc thường xuyên: words that hint at routine work, kept folded beside as typed."""

    host = models.ForeignKey(Unit, models.PROTECT, related_name="routine_phrases")
    text = models.CharField(max_length=100)
    folded = models.CharField(max_length=100)

    class Meta:
        ordering = ("host", "text")
        constraints = (models.UniqueConstraint(fields=("host", "folded"), name="routinephrase_once"),)

    def __str__(self) -> str:
        return self.text


class Vetting(models.Model):
    """What the board proposes on one version of a pledge: one row a version, the last reading holds."""

    pledge = models.ForeignKey(Pledge, models.PROTECT, related_name="vettings")
    version = models.OneToOneField(PledgeVersion, models.PROTECT, related_name="vetting")
    proposal = models.CharField(max_length=8, choices=Outcome, default=Outcome.APPROVE)
    note = models.TextField(blank=True)
    on = models.DateField()
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("pledge_id", "-at")
        constraints = (
            models.CheckConstraint(
                condition=Q(proposal__in=[Outcome.APPROVE, Outcome.REJECT, Outcome.HOLD]),
                name="vetting_proposal_known",
            ),
            models.CheckConstraint(
                condition=Q(proposal=Outcome.APPROVE) | ~Q(note=""), name="vetting_gives_reasons"
            ),
        )

    def __str__(self) -> str:
        return f"{self.pledge_id} {self.proposal}"


class PledgeReturn(models.Model):
    """Đề nghị chỉnh sửa, bổ sung: what is asked of one version, at the desk or by a meeting. Append-only."""

    pledge = models.ForeignKey(Pledge, models.PROTECT, related_name="returns")
    version = models.ForeignKey(PledgeVersion, models.PROTECT, related_name="returns")
    docket = models.ForeignKey(Docket, models.PROTECT, null=True, blank=True, related_name="returns")
    on = models.DateField(null=True, blank=True)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("pledge_id", "-at", "-pk")

    def __str__(self) -> str:
        return f"{self.pledge_id} v{self.version_id}"


class ReturnPoint(models.Model):
    """One reason of a return, frozen as it read that day, with the field it is about. Append-only."""

    pledge_return = models.ForeignKey(PledgeReturn, models.PROTECT, related_name="points")
    order = models.PositiveSmallIntegerField()
    reason = models.ForeignKey(ReturnReason, models.PROTECT, null=True, blank=True, related_name="points")
    label = models.CharField(max_length=200)
    field = models.CharField(max_length=30, blank=True)

    class Meta:
        ordering = ("pledge_return_id", "order")
        constraints = (models.UniqueConstraint(fields=("pledge_return", "order"), name="returnpoint_order"),)

    def __str__(self) -> str:
        return self.label


class DeskAct(models.TextChoices):
    """What the desk does to many pledges at once."""

    VET = "vet", _("mark as vetted")
    RETURN = "return", _("ask for an amendment")
    DOCKET = "docket", _("put on a docket")


class DeskJob(Job):
    """One act of the desk on all that a filter found, done in the background.

    `pledges` are the keys found when it was asked for; `done` counts what was changed and `refused`
    holds [key, reason] of each that was not. Twice the same `ref` is one job.
    """

    task_name: ClassVar[str] = "jobs.desk"

    ref = models.UUIDField(unique=True, editable=False)
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="desk_jobs")
    act = models.CharField(max_length=10, choices=DeskAct)
    query = models.CharField(max_length=500, blank=True)
    pledges = models.JSONField(default=list)
    params = models.JSONField(default=dict)
    body = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="+")
    docket = models.ForeignKey(Docket, models.PROTECT, null=True, blank=True, related_name="+")
    done = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.JSONField(default=list)

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = (models.CheckConstraint(condition=Q(act__in=DeskAct.values), name="deskjob_act_known"),)

    def __str__(self) -> str:
        return str(DeskAct(self.act).label)
