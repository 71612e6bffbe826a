"""Counts kept by one consumer from the outbox: dashboards read these rows and nothing else."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cadres.models import Unit
from pledges.models import Tier

# Every measure stands twice in a row: own_<name> (the unit itself) and <name> (with its sub-tree).
MEASURES = (
    "counted",  # people counted (mẫu số)
    "registered",  # counted people leading a registered pledge
    "approved",  # counted people leading an approved pledge
    "met_quota",  # counted people with at least quota_min approved pledges
    "exempt",  # people not counted: exempt
    "away",  # people not counted: away
    "leads",  # people leading a registered pledge, counted or not
    "leads_approved",  # people leading an approved pledge, counted or not
    "pledges",  # registered pledges
    "participations",  # leads and partners of registered pledges
    "awaiting",  # pledges waiting for a meeting
    "returned",  # pledges returned for amendment
    "pledges_approved",  # approved pledges
    "done",  # done
    "on_time",  # done on time
    "beyond_target",  # done beyond target
    "carried_over",  # carried over to next year
    "late",  # approved, past due, not done on `day`
    "stuck",  # approved, with an obstacle that nobody has removed
    "cells",  # cells in force
    "cells_sent",  # cells that sent their list
    "cells_missing",  # cells where somebody counted has not registered
    "cells_endorsed",  # cells whose list the level above has endorsed
)
# Of no figure, but of the pages of lists: closings do not have it.
CLOSED_MEASURES = tuple(name for name in MEASURES if name != "cells_endorsed")


def _count() -> "models.PositiveIntegerField[int, int]":
    return models.PositiveIntegerField(default=0)


class UnitCount(models.Model):
    """The numbers of one unit in one tier; whole = own + the sum of the children's whole.

    Rolls up to the campaign's host and stops there. `day` is the day on which people and
    deadlines were judged. `parent` is what stood above the unit when it was counted, so that the
    units below another are found, ranked and counted within these rows.
    """

    # Without an index of its own: the constraint begins with it.
    tier = models.ForeignKey(Tier, models.CASCADE, related_name="unit_counts", db_index=False)
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="counts")
    parent = models.ForeignKey(Unit, models.CASCADE, null=True, related_name="+", db_index=False)
    day = models.DateField()
    updated_at = models.DateTimeField()

    own_counted = _count()
    own_registered = _count()
    own_approved = _count()
    own_met_quota = _count()
    own_exempt = _count()
    own_away = _count()
    own_leads = _count()
    own_leads_approved = _count()
    own_pledges = _count()
    own_participations = _count()
    own_awaiting = _count()
    own_returned = _count()
    own_pledges_approved = _count()
    own_done = _count()
    own_on_time = _count()
    own_beyond_target = _count()
    own_carried_over = _count()
    own_late = _count()
    own_stuck = _count()
    own_cells = _count()
    own_cells_sent = _count()
    own_cells_missing = _count()
    own_cells_endorsed = _count()

    counted = _count()
    registered = _count()
    approved = _count()
    met_quota = _count()
    exempt = _count()
    away = _count()
    leads = _count()
    leads_approved = _count()
    pledges = _count()
    participations = _count()
    awaiting = _count()
    returned = _count()
    pledges_approved = _count()
    done = _count()
    on_time = _count()
    beyond_target = _count()
    carried_over = _count()
    late = _count()
    stuck = _count()
    cells = _count()
    cells_sent = _count()
    cells_missing = _count()
    cells_endorsed = _count()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("tier", "unit"), name="unitcount_once"),)
        indexes = (
            models.Index(fields=("tier", "parent"), name="unitcount_siblings"),
            models.Index(
                fields=("tier", "unit"),
                condition=Q(own_cells__gt=F("own_cells_sent")),
                name="unitcount_not_sent",
            ),
        )

    def __str__(self) -> str:
        return f"{self.tier_id}/{self.unit_id}"


class DailyCount(models.Model):
    """People of a unit whose first registration in a tier happened on a day: the curve.

    A registration whose day the paper does not tell is on no day of the curve.
    """

    # Without indexes of their own: they are asked for together, and a rebuild writes millions of rows.
    tier = models.ForeignKey(Tier, models.CASCADE, related_name="daily_counts", db_index=False)
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="daily_counts", db_index=False)
    on = models.DateField()
    own_registered = _count()
    registered = _count()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("tier", "unit", "on"), name="dailycount_once"),)

    def __str__(self) -> str:
        return f"{self.tier_id}/{self.unit_id} {self.on}"


class Facet(models.TextChoices):
    """What the pledges of a tier are told apart by."""

    THEME = "theme", _("Theme of the guidance")
    FIELD = "field", _("Field of work")


# What is counted of each theme and of each field.
FACET_MEASURES = ("pledges", "pledges_approved", "done")


class FacetCount(models.Model):
    """Registered pledges of a unit that answer a theme or belong to a field: own, and with the sub-tree.

    `code` is the key of the theme, or the field as it was written. What names none has no row: it is
    the rest of `UnitCount.pledges`. Nought has no row either.
    """

    # As of days.
    tier = models.ForeignKey(Tier, models.CASCADE, related_name="facet_counts", db_index=False)
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="facet_counts", db_index=False)
    facet = models.CharField(max_length=5, choices=Facet)
    code = models.CharField(max_length=100)
    own_pledges = _count()
    own_pledges_approved = _count()
    own_done = _count()
    pledges = _count()
    pledges_approved = _count()
    done = _count()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("tier", "unit", "facet", "code"), name="facetcount_once"),
        )

    def __str__(self) -> str:
        return f"{self.tier_id}/{self.unit_id} {self.facet} {self.code}"
