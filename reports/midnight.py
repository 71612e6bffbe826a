"""What a new day changes by itself."""

from datetime import date

from django.db.models import F, Q

from cadres.models import Membership
from cadres.outbox import note_changes
from pledges.models import Campaign
from reports.models import UnitCount


def turn_day(day: date) -> int:
    """Put units on the outbox whose numbers judge another day than `day` and may differ by it.

    That is: units of live campaigns with an approved pledge not yet over, and units where a
    membership began or ended since the day their counts carry. Returns how many.
    """
    live = Campaign.objects.live()
    stale = UnitCount.objects.filter(tier__campaign__in=live, day__lt=day)
    by_deadline = stale.filter(own_pledges_approved__gt=F("own_done"))
    oldest = stale.order_by("day").values_list("day", flat=True).first()
    units = set(by_deadline.values_list("unit_id", flat=True))
    if oldest is not None:
        moved = Membership.objects.filter(
            Q(start__gt=oldest, start__lte=day) | Q(end__gt=oldest, end__lte=day)
        )
        units |= set(moved.values_list("unit_id", flat=True))
    note_changes(units)
    UnitCount.objects.filter(tier__campaign__in=live, day__lt=day).exclude(unit__in=units).update(day=day)
    return len(units)
