"""Pledge imports (nhập danh sách đăng ký)."""

from django.db import models

from cadres.models import ImportJob
from pledges.models.campaigns import Campaign


class PledgeImport(ImportJob):
    """One workbook of pledges brought into a campaign.

    `on` is the day of registration for lines that do not state one; null leaves it unknown.
    """

    task_name = "jobs.pledge_import"

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+")
    on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.file_name
