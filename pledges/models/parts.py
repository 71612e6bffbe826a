"""What belongs to a pledge in rows of its own: partners, milestones, sub-targets, files."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cadres import clock
from cadres.models import Member, Unit
from pledges.models.pledges import Pledge


class Partner(models.Model):
    """Phối hợp: who works with the lead, as printed, and as a member or unit where known."""

    pledge = models.ForeignKey(Pledge, models.CASCADE, related_name="partners")
    order = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("pledge_id", "order")
        constraints = (models.UniqueConstraint(fields=("pledge", "order"), name="partner_order"),)

    def __str__(self) -> str:
        return self.name


class Milestone(models.Model):
    """Mốc tiến độ: what is to be reached by a day on the way to the product."""

    pledge = models.ForeignKey(Pledge, models.CASCADE, related_name="milestones")
    order = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    text = models.CharField(max_length=300)

    class Meta:
        ordering = ("pledge_id", "order")
        constraints = (models.UniqueConstraint(fields=("pledge", "order"), name="milestone_order"),)

    def __str__(self) -> str:
        return self.text


class SubTarget(models.Model):
    """Mục tiêu thành phần: one of several products under a pledge, such as each of 8 conclusions."""

    pledge = models.ForeignKey(Pledge, models.CASCADE, related_name="sub_targets")
    order = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)
    target = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    measure_unit = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ("pledge_id", "order")
        constraints = (models.UniqueConstraint(fields=("pledge", "order"), name="subtarget_order"),)

    def __str__(self) -> str:
        return self.text


class AttachmentKind(models.TextChoices):
    """What a file with a pledge is."""

    DOCUMENT = "document", _("document")
    SLIP = "slip", _("scan of the signed registration slip")


class Attachment(models.Model):
    """Tệp kèm theo: a file with a pledge. Taken off, it is kept as long as a version names it."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    pledge = models.ForeignKey(Pledge, models.PROTECT, related_name="attachments")
    kind = models.CharField(max_length=10, choices=AttachmentKind, default=AttachmentKind.DOCUMENT)
    file = models.FileField(upload_to="attachments/%Y/%m")
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("pledge_id", "at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("pledge", "digest"),
                condition=Q(removed_at=None),
                name="attachment_same_file_once",
            ),
        )

    def __str__(self) -> str:
        return self.name
