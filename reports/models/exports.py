"""Kết xuất: a list too long to be written while one waits, written by a worker and kept for a time."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cadres.jobs import Job
from cadres.models import Unit
from pledges.models import Tier


class ExportForm(models.TextChoices):
    """A workbook; a plain table where there are more rows than a sheet of Excel has."""

    XLSX = "xlsx", _("Excel workbook")
    CSV = "csv", _("table (CSV)")


class Export(Job):
    """The list behind a number, asked for by one person and handed out to nobody else.

    `wanted` names the list as its address does; the worker asks again whether the person may read it.
    The file lies under a random name and goes after a time.
    """

    task_name: ClassVar[str] = "jobs.export"

    ref = models.UUIDField(unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="+")
    wanted = models.JSONField(default=dict)
    form = models.CharField(max_length=4, choices=ExportForm, default=ExportForm.XLSX)
    file = models.FileField(upload_to="exports/%Y/%m", blank=True)
    rows = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(condition=Q(form__in=ExportForm.values), name="export_form_known"),
        )

    def __str__(self) -> str:
        return str(_("List of %(unit)s") % {"unit": self.unit.name})
