"""The one consumer of the outbox: recounts the own numbers of units and rolls them up.

Exactly one consumer works at a time: a transaction-level advisory lock on PostgreSQL, SQLite's
single write lock otherwise. Everybody else only appends. A batch is deleted from the outbox in the
transaction that recounts it, so a consumer killed in the middle leaves everything as it was. What a
batch costs depends on the levels of the tree, not on the units in it.
"""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from cadres import clock
from cadres.models import Unit, UnitChange
from pledges.models import Campaign, Tier
from reports.midnight import turn_day
from reports.models import DailyCount, FacetCount, UnitCount
from reports.rollup import LOCK_KEY as LOCK_KEY  # callers name both locks from here
from reports.rollup import all_levels, levels_above, roll_up, write_own, write_own_days, write_own_facets
from reports.rollup import lock_consumer as lock_consumer

BATCH = 1000


def drain(day: date | None = None, *, waits: bool = True) -> int:
    """Turn the day, then consume the outbox until it is empty; returns how many changes were consumed.

    Commands, closings and reports call it before they read. With `waits` false it leaves when another
    consumer works: that one looks again after its batch, and so finds what was written before.
    """
    day = day or clock.today()
    turn_day(day)
    consumed = 0
    # Rows that another consumer is about to delete still exist for us, so an empty outbox is drained.
    while UnitChange.objects.exists():
        batch = consume_batch(day, waits=waits)
        if batch is None:
            break
        consumed += batch
    return consumed


def consume_batch(day: date, *, waits: bool = True) -> int | None:
    """Consume one batch of changes in one transaction; None when another consumer works."""
    with transaction.atomic():
        if not lock_consumer(waits=waits):
            return None
        changes = list(UnitChange.objects.order_by("pk").values_list("pk", "unit_id", "campaign")[:BATCH])
        if not changes:
            return 0
        UnitChange.objects.filter(pk__in=[pk for pk, _unit, _campaign in changes]).delete()
        everywhere = {unit for _pk, unit, campaign in changes if campaign is None}
        for tier, units in _units_by_tier(changes, everywhere).items():
            recount(tier, units | _moved_in(tier, everywhere), day)
            _moved_out(tier, everywhere)
    return len(changes)


def _units_by_tier(
    changes: Iterable[tuple[int, int, int | None]], everywhere: set[int]
) -> dict[Tier, set[int]]:
    """Which units to recount in which tiers; a change without a campaign concerns all live ones."""
    named: dict[int, set[int]] = {}
    for _pk, unit, campaign in changes:
        if campaign is not None:
            named.setdefault(campaign, set()).add(unit)
    tiers = Tier.objects.select_related("campaign__host")
    answer: dict[Tier, set[int]] = {}
    for tier in tiers.filter(campaign__in=Campaign.objects.live()) if everywhere else []:
        answer[tier] = set(everywhere)
    for tier in tiers.filter(campaign__in=named):
        answer.setdefault(tier, set()).update(named[tier.campaign_id])
    return answer


def recount(tier: Tier, unit_ids: Iterable[int], day: date) -> None:
    """Recount the own numbers of the units, then the whole numbers of all their ancestors."""
    root = tier.campaign.host
    keys = list(set(unit_ids))
    units = Unit.objects.filter(pk__in=keys).under(root.path)
    if not write_own(tier, units, day):
        return
    write_own_days(tier, units, day)
    write_own_facets(tier, units)
    roll_up(tier, levels_above(units, root) if len(keys) <= BATCH else all_levels(root, units), day)


def rebuild(tier: Tier, day: date) -> None:
    """Recount every unit of the tier from nothing, under the consumer's lock; writers go on meanwhile."""
    root = tier.campaign.host
    with transaction.atomic():
        lock_consumer()
        UnitCount.objects.filter(tier=tier).delete()
        DailyCount.objects.filter(tier=tier).delete()
        FacetCount.objects.filter(tier=tier).delete()
        tree = Unit.objects.under(root.path)
        write_own(tier, tree, day)
        write_own_days(tier, tree, day)
        write_own_facets(tier, tree)
        # The whole of a unit with nothing below is its own, and that is written.
        roll_up(tier, all_levels(root), day)


def _counted_in(tier: Tier) -> Exists:
    return Exists(UnitCount.objects.filter(tier=tier, unit=OuterRef("pk")))


def _moved_in(tier: Tier, changed: set[int]) -> set[int]:
    """What stands below changed units that the tier has not counted yet: a branch from another host.

    A branch that moves inside the host keeps its own numbers, and only what stands above it is
    rolled up.
    """
    if not changed:
        return set()
    heads = Unit.objects.filter(
        ~_counted_in(tier), Exists(Unit.objects.filter(parent=OuterRef("pk"))), pk__in=changed
    ).under(tier.campaign.host.path)
    branches = _below(heads.order_by("path").values_list("path", flat=True))
    return set(Unit.objects.filter(branches, ~_counted_in(tier)).values_list("pk", flat=True))


def _moved_out(tier: Tier, changed: set[int]) -> None:
    """Forget the counts of a branch that has left the host."""
    left = Unit.objects.filter(_counted_in(tier), pk__in=changed).exclude(
        path__startswith=tier.campaign.host.path
    )
    paths = list(left.order_by("path").values_list("path", flat=True)) if changed else []
    if paths:
        units: QuerySet[Unit] = Unit.objects.filter(_below(paths))
        UnitCount.objects.filter(tier=tier, unit__in=units).delete()
        DailyCount.objects.filter(tier=tier, unit__in=units).delete()
        FacetCount.objects.filter(tier=tier, unit__in=units).delete()


def _below(paths: Iterable[str]) -> Q:
    """The condition "stands at or below one of the paths", which come in order."""
    condition, last = Q(pk__in=()), None
    for path in paths:
        if last is None or not path.startswith(last):
            condition, last = condition | Q(path__startswith=path), path
    return condition
