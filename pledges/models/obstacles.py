"""Vướng mắc: what stands in the way of a pledge, who is asked to remove it, and since when."""

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cadres import clock
from cadres.models import Unit
from pledges.models.pledges import Pledge

TEXT_LIMIT = 1000
NAME_LIMIT = 200


class ObstacleQuerySet(models.QuerySet["Obstacle"]):
    """Words for sets of obstacles."""

    def open(self) -> "ObstacleQuerySet":
        """Not removed yet, whatever has become of the pledge."""
        return self.filter(removed_on=None)


class Obstacle(models.Model):
    """One obstacle. The clock runs from `since` against the one who is asked, not against the lead.

    Asked is a unit of the host's tree or, outside of it, a name as printed. Reporting asks for the
    first time; `asked_times` counts that too. A row is never deleted; once removed it never changes.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    pledge = models.ForeignKey(Pledge, models.PROTECT, related_name="obstacles")
    text = models.TextField()
    asked = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="obstacles_asked")
    asked_name = models.CharField(max_length=NAME_LIMIT, blank=True)
    since = models.DateField()
    reported_on = models.DateField()
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    asked_times = models.PositiveSmallIntegerField(default=1)
    last_asked_on = models.DateField()
    removed_on = models.DateField(null=True, blank=True)
    how = models.TextField(blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ObstacleQuerySet.as_manager()

    class Meta:
        ordering = ("since", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(asked__isnull=False, asked_name="") | (Q(asked=None) & ~Q(asked_name="")),
                name="obstacle_asks_exactly_one",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="obstacle_says_what"),
            models.CheckConstraint(
                condition=Q(reported_on__gte=F("since"), last_asked_on__gte=F("reported_on")),
                name="obstacle_days_in_order",
            ),
            models.CheckConstraint(condition=Q(asked_times__gte=1), name="obstacle_asked_once_at_least"),
            models.CheckConstraint(
                condition=Q(removed_on=None, removed_at=None, removed_by=None, how="")
                | (Q(removed_on__gte=F("since"), removed_at__isnull=False) & ~Q(how="")),
                name="obstacle_removed_says_how",
            ),
        )
        indexes = (
            # A few of millions of pledges: figure, list and "with whom" begin here.
            models.Index(fields=("pledge",), condition=Q(removed_on=None), name="obstacle_open"),
            models.Index(fields=("since", "id"), condition=Q(removed_on=None), name="obstacle_longest"),
        )

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def holder(self) -> str:
        """The name of the one who is asked."""
        return self.asked.name if self.asked else self.asked_name

    @property
    def is_open(self) -> bool:
        """Whether it still stands."""
        return self.removed_on is None

    def days(self, day: date) -> int:
        """For how many days it has stood on `day`, or stood until it was removed."""
        return ((self.removed_on or day) - self.since).days
