"""Journal of people, roles, lists and exports (nhật ký, nhật ký kết xuất)."""

from django.db import models

from cadres import clock
from cadres.models.accounts import User
from cadres.models.members import Member
from cadres.models.units import Unit


class RecordEvent(models.Model):
    """One thing that was done to a person, a role, a list, or taken out as a file. Append-only.

    `data` holds codes and numbers, never a name, a card or the text of a pledge.
    """

    at = models.DateTimeField(default=clock.now, db_index=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    action = models.CharField(max_length=40, db_index=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.action} {self.at:%d/%m/%Y %H:%M}"


class UnitChange(models.Model):
    """Outbox of counts: the own numbers of `unit` may have changed.

    `campaign` is the key of a campaign (an app above, hence no foreign key), or null for every
    campaign that is not closed. Written in the transaction of the change itself.
    """

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    campaign = models.BigIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.unit_id}/{self.campaign}"
