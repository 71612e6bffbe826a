"""What a new day changes by itself: deadlines that pass, memberships that begin or end."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from cadres.models import Membership, Unit
from pledges import queries
from pledges.models import Campaign, Tier
from reports.models import UnitCount
from reports.rollup import all_levels, lock_consumer, roll_up, write_own, write_own_days


def turn_day(day: date) -> int:
    """Let the counts of every live campaign judge `day`; returns how many units were recounted.

    The row of the host carries the oldest day of its tier, so a day that was missed is made up for.
    Counts of a later day are counted anew; one day ahead is a process that midnight has passed already.
    """
    hosts = UnitCount.objects.filter(tier__campaign__in=Campaign.objects.live())
    hosts = hosts.filter(_of_another_day(day), unit=F("tier__campaign__host"))
    stale = list(hosts.order_by("tier").values_list("tier", flat=True))
    tiers = Tier.objects.select_related("campaign__host")
    return sum(_turn(tier, day) for tier in tiers.filter(pk__in=stale)) if stale else 0


def _of_another_day(day: date) -> Q:
    return Q(day__lt=day) | Q(day__gt=day + timedelta(days=1))


@transaction.atomic
def _turn(tier: Tier, day: date) -> int:
    lock_consumer()
    host = UnitCount.objects.filter(_of_another_day(day), tier=tier, unit=tier.campaign.host_id).first()
    if host is None:
        return 0
    is_earlier = host.day < day
    tree = Unit.objects.under(tier.campaign.host.path)
    units = changed_by_day(tier, host.day, day) if is_earlier else tree
    recounted = write_own(tier, units, day)
    if recounted:
        write_own_days(tier, units, day)
        roll_up(tier, all_levels(tier.campaign.host, units), day)
    UnitCount.objects.filter(tier=tier).exclude(day=day).update(day=day)
    return recounted


def changed_by_day(tier: Tier, since: date, day: date) -> QuerySet[Unit]:
    """Units of the tier whose own numbers differ on `day` from those of `since` by the day alone."""
    old, new = tier.counting_day(since), tier.counting_day(day)
    overdue = queries.late(queries.tier_pledges(tier), day).filter(due_on__gte=since)
    moved = Membership.objects.filter(Q(start__gt=old, start__lte=new) | Q(end__gt=old, end__lte=new))
    return Unit.objects.under(tier.campaign.host.path).filter(
        Q(pk__in=overdue.order_by().values("unit")) | Q(pk__in=moved.order_by().values("unit"))
    )
