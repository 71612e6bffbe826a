"""The one consumer of the outbox: recounts the own numbers of units and rolls them up.

Exactly one consumer works at a time: a transaction-level advisory lock on PostgreSQL, SQLite's
single write lock otherwise. Everybody else only appends. A batch is deleted from the outbox in the
transaction that recounts it, so a consumer killed in the middle leaves everything as it was.
"""

from collections.abc import Iterable
from datetime import date

from django.db import connection, transaction
from django.db.models import Sum

from cadres import clock
from cadres.models import Unit, UnitChange
from pledges.models import Campaign, Tier
from reports.models import MEASURES, DailyCount, UnitCount
from reports.own_counts import own_daily, own_numbers

BATCH = 1000
_LOCK_KEY = 7126_7560


def drain(day: date | None = None) -> int:
    """Consume the outbox until it is empty; returns how many changes were consumed.

    Commands, closings and reports call it before they read.
    """
    consumed = 0
    # Rows that another consumer is about to delete still exist for us, so an empty outbox is drained.
    while UnitChange.objects.exists():
        consumed += consume_batch(day or clock.today())
    return consumed


def consume_batch(day: date) -> int:
    """Consume one batch of changes in one transaction; 0 when there was none."""
    with transaction.atomic():
        lock_consumer()
        changes = list(UnitChange.objects.order_by("pk").values_list("pk", "unit_id", "campaign")[:BATCH])
        if not changes:
            return 0
        UnitChange.objects.filter(pk__in=[pk for pk, _unit, _campaign in changes]).delete()
        for tier, units in _units_by_tier(changes).items():
            recount(tier, units, day)
    return len(changes)


def lock_consumer() -> None:
    """Wait until no other consumer works; held to the end of the transaction."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK_KEY])


def _units_by_tier(changes: Iterable[tuple[int, int, int | None]]) -> dict[Tier, set[int]]:
    """Which units to recount in which tiers; a change without a campaign concerns all live ones."""
    named: dict[int | None, set[int]] = {}
    for _pk, unit, campaign in changes:
        named.setdefault(campaign, set()).add(unit)
    everywhere = named.pop(None, set())
    tiers = Tier.objects.select_related("campaign__host")
    answer: dict[Tier, set[int]] = {}
    for tier in tiers.filter(campaign__in=Campaign.objects.live()) if everywhere else []:
        answer[tier] = set(everywhere)
    for tier in tiers.filter(campaign__in=[key for key in named if key is not None]):
        answer.setdefault(tier, set()).update(named[tier.campaign_id])
    return answer


def recount(tier: Tier, unit_ids: Iterable[int], day: date) -> None:
    """Recount the own numbers of the units, then the whole numbers of all their ancestors."""
    root = tier.campaign.host
    units = list(Unit.objects.filter(pk__in=set(unit_ids)).under(root.path))
    if not units:
        return
    _write_own(tier, units, day)
    _write_own_days(tier, units, day)
    paths = {path for unit in units for path in unit.ancestor_paths() if path.startswith(root.path)}
    _roll_up(tier, paths, day)


def rebuild(tier: Tier, day: date) -> None:
    """Recount every unit of the tier from nothing, under the consumer's lock."""
    with transaction.atomic():
        lock_consumer()
        UnitCount.objects.filter(tier=tier).delete()
        DailyCount.objects.filter(tier=tier).delete()
        recount(tier, Unit.objects.under(tier.campaign.host.path).values_list("pk", flat=True), day)


def _write_own(tier: Tier, units: list[Unit], day: date) -> None:
    numbers = own_numbers(tier, units, day)
    now = clock.now()
    rows = [
        UnitCount(
            tier=tier,
            unit=unit,
            day=day,
            updated_at=now,
            **{f"own_{name}": numbers.get(unit.pk, {}).get(name, 0) for name in MEASURES},
        )
        for unit in units
    ]
    UnitCount.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["tier", "unit"],
        update_fields=["day", "updated_at", *(f"own_{name}" for name in MEASURES)],
        batch_size=500,
    )


def _write_own_days(tier: Tier, units: list[Unit], day: date) -> None:
    DailyCount.objects.filter(tier=tier, unit__in=units).update(own_registered=0)
    rows = [
        DailyCount(tier=tier, unit_id=unit, on=on, own_registered=n)
        for unit, on, n in own_daily(tier, units, day)
    ]
    DailyCount.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["tier", "unit", "on"],
        update_fields=["own_registered"],
        batch_size=500,
    )


def _roll_up(tier: Tier, paths: set[str], day: date) -> None:
    """Whole = own + the sum of the children's whole, deepest level first."""
    for depth in sorted({len(path) for path in paths}, reverse=True):
        level = [path for path in paths if len(path) == depth]
        for start in range(0, len(level), 400):
            _roll_up_units(tier, list(Unit.objects.filter(path__in=level[start : start + 400])), day)


def _roll_up_units(tier: Tier, units: list[Unit], day: date) -> None:
    keys = [unit.pk for unit in units]
    own = {row.unit_id: row for row in UnitCount.objects.filter(tier=tier, unit__in=keys)}
    below = {
        row["unit__parent"]: row
        for row in UnitCount.objects.filter(tier=tier, unit__parent__in=keys)
        .order_by()
        .values("unit__parent")
        .annotate(**{f"sum_{name}": Sum(name) for name in MEASURES})
    }
    now, rows = clock.now(), []
    for unit in units:
        row = own.get(unit.pk) or UnitCount(tier=tier, unit=unit)
        row.day, row.updated_at = day, now
        children = below.get(unit.pk, {})
        for name in MEASURES:
            setattr(row, name, getattr(row, f"own_{name}") + children.get(f"sum_{name}", 0))
        row.pk = None
        rows.append(row)
    UnitCount.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["tier", "unit"],
        update_fields=["day", "updated_at", *MEASURES],
        batch_size=500,
    )
    _roll_up_days(tier, keys)


def _roll_up_days(tier: Tier, keys: list[int]) -> None:
    whole: dict[tuple[int, date], int] = {}
    own: dict[tuple[int, date], int] = {}
    for unit, on, n in DailyCount.objects.filter(tier=tier, unit__in=keys).values_list(
        "unit_id", "on", "own_registered"
    ):
        own[unit, on] = whole[unit, on] = n
    below = (
        DailyCount.objects.filter(tier=tier, unit__parent__in=keys)
        .order_by()
        .values_list("unit__parent", "on")
        .annotate(n=Sum("registered"))
    )
    for unit, on, n in below:
        whole[unit, on] = own.get((unit, on), 0) + n
    rows = [
        DailyCount(tier=tier, unit_id=unit, on=on, own_registered=own.get((unit, on), 0), registered=n)
        for (unit, on), n in whole.items()
    ]
    DailyCount.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["tier", "unit", "on"],
        update_fields=["registered"],
        batch_size=500,
    )
    DailyCount.objects.filter(tier=tier, unit__in=keys, registered=0, own_registered=0).delete()
