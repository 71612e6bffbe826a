"""Roster imports (nhập danh sách đảng viên)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cadres.jobs import Job
from cadres.models.units import Unit


class ImportMode(models.TextChoices):
    """What an import writes: nothing (preview), all or nothing, or the good rows now."""

    CHECK = "check", _("check only, write nothing")
    FAULTLESS = "faultless", _("only if faultless")
    GOOD_ROWS = "good_rows", _("good rows now")


class ImportJob(Job):
    """What every import of a workbook has: the file, its preview, its problems, its result."""

    file = models.FileField(upload_to="imports/%Y/%m")
    file_name = models.CharField(max_length=200)
    mode = models.CharField(max_length=10, choices=ImportMode, default=ImportMode.CHECK)
    preview = models.JSONField(default=dict, blank=True)
    problems = models.JSONField(default=list, blank=True)
    result = models.JSONField(default=dict, blank=True)
    refused_file = models.FileField(upload_to="imports/%Y/%m", blank=True)

    class Meta:
        abstract = True


class RosterImport(ImportJob):
    """One roster workbook brought in for a host as of a day.

    It is created with mode CHECK: the worker fills `preview` and `problems` and writes nothing
    else. Confirming sets the mode to FAULTLESS or GOOD_ROWS and queues it again.
    """

    task_name = "jobs.roster_import"

    host = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    as_of = models.DateField()

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.file_name
