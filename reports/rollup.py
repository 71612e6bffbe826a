"""Writing the counts: own numbers by one INSERT … SELECT, whole numbers by one a level, deepest first.

Only the holder of the consumer's lock writes counts. Nothing here locks a row that people write.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Length

from cadres import clock
from cadres.models import Unit
from cadres.models.units import PATH_STEP
from pledges.models import Tier
from reports.models import FACET_MEASURES, MEASURES, DailyCount, FacetCount
from reports.own_counts import own_days, own_facets, own_rows, with_units

LOCK_KEY = 7126_7560
_OWN = [f"own_{name}" for name in MEASURES]
_INTO = f"""INSERT INTO reports_unitcount
    (tier_id, unit_id, parent_id, day, updated_at, {", ".join([*_OWN, *MEASURES])})"""
_STOOD = ["parent_id", "day", "updated_at"]
_OWN_FACETS = [f"own_{name}" for name in FACET_MEASURES]
_INTO_FACETS = f"""INSERT INTO reports_facetcount
    (tier_id, unit_id, facet, code, {", ".join([*_OWN_FACETS, *FACET_MEASURES])})"""
_INTO_DAYS = 'INSERT INTO reports_dailycount (tier_id, unit_id, "on", own_registered, registered)'


def lock_consumer(*, waits: bool = True) -> bool:
    """Hold the lock of the one consumer to the end of the transaction; False when another one works.

    On SQLite a writing transaction is alone anyway.
    """
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        if waits:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_KEY])
            return True
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK_KEY])
        return bool(cursor.fetchone()[0])


def write_own(tier: Tier, units: QuerySet[Unit], day: date) -> int:
    """Count the own numbers of the units by one statement; returns how many units.

    The whole of a row that is new is its own, until it is rolled up. Units below one another are
    written side by side: they are read together.
    """
    wanted, keys = with_units(units)
    rows, params = own_rows(tier, day)
    sums = [_own_sum(name) for name in MEASURES]
    sql = f"""
        {_INTO}
        WITH {wanted}, numbers (measure, unit_id, n) AS ({rows}),
        own AS (
            SELECT wanted.id AS unit_id, wanted.parent_id, {_listed(sums)}
            FROM wanted LEFT JOIN numbers ON numbers.unit_id = wanted.id GROUP BY wanted.id, wanted.parent_id)
        SELECT %s, unit_id, parent_id, %s, %s, {_listed(MEASURES)}, {_listed(MEASURES)} FROM own WHERE 1 = 1
        ORDER BY parent_id, unit_id
        ON CONFLICT (tier_id, unit_id) DO UPDATE SET {_taking_over([*_STOOD, *_OWN])}"""  # noqa: S608  (names of our own)
    return _run(sql, (*keys, *params, tier.pk, *_now(day)))


def _own_sum(name: str) -> str:
    if name == "cells_missing":
        holds = f"{_sum('cells')} > 0 AND {_sum('counted')} > {_sum('registered')}"
        return f"CASE WHEN {holds} THEN 1 ELSE 0 END AS {name}"
    return f"{_sum(name)} AS {name}"


def _sum(name: str) -> str:
    return f"COALESCE(SUM(CASE WHEN measure = '{name}' THEN n END), 0)"


def write_own_days(tier: Tier, units: QuerySet[Unit], day: date) -> None:
    """Count the units' own people by the day of their first registration; a day that is gone is nought."""
    wanted, keys = with_units(units)
    rows, params = own_days(tier, day)
    sql = f"""
        {_INTO_DAYS}
        WITH {wanted}, days (unit_id, first_on, n) AS (
            {rows} UNION ALL
            SELECT kept.unit_id, kept."on", 0 FROM reports_dailycount kept
            WHERE kept.tier_id = %s AND kept.unit_id IN (SELECT id FROM wanted))
        SELECT %s, unit_id, first_on, SUM(n), SUM(n) FROM days WHERE 1 = 1
        GROUP BY unit_id, first_on ORDER BY unit_id, first_on
        ON CONFLICT (tier_id, unit_id, "on") DO UPDATE SET own_registered = excluded.own_registered
        WHERE reports_dailycount.own_registered <> excluded.own_registered"""  # noqa: S608  (names of our own)
    _run(sql, (*keys, *params, tier.pk, tier.pk))


def write_own_facets(tier: Tier, units: QuerySet[Unit]) -> None:
    """Count the units' own pledges by theme and by field; what nobody names any more is nought."""
    wanted, keys = with_units(units)
    rows, params = own_facets(tier)
    sums = [f"SUM({name})" for name in FACET_MEASURES]
    sql = f"""
        {_INTO_FACETS}
        WITH {wanted}, named (facet, unit_id, code, {_listed(FACET_MEASURES)}) AS (
            {rows} UNION ALL
            SELECT kept.facet, kept.unit_id, kept.code, {_listed("0" for _ in FACET_MEASURES)}
            FROM reports_facetcount kept
            WHERE kept.tier_id = %s AND kept.unit_id IN (SELECT id FROM wanted))
        SELECT %s, unit_id, facet, code, {_listed([*sums, *sums])} FROM named WHERE 1 = 1
        GROUP BY unit_id, facet, code
        ON CONFLICT (tier_id, unit_id, facet, code) DO UPDATE SET {_taking_over(_OWN_FACETS)}
        WHERE {_differing("reports_facetcount", _OWN_FACETS)}"""  # noqa: S608  (names of our own)
    _run(sql, (*keys, *params, tier.pk, tier.pk))


def roll_up(tier: Tier, levels: Iterable[QuerySet[Unit]], day: date) -> None:
    """Whole = own + the sum of the children's whole, for the units of each level; the deepest comes first."""
    for units in levels:
        _roll_up_numbers(tier, units, day)
        _roll_up_days(tier, units)
        _roll_up_facets(tier, units)


def _roll_up_numbers(tier: Tier, units: QuerySet[Unit], day: date) -> None:
    wanted, keys = with_units(units)
    sql = f"""
        {_INTO}
        WITH {wanted},
        below AS (
            SELECT child.parent_id AS unit_id, {_listed(f"SUM(count.{name}) AS {name}" for name in MEASURES)}
            FROM wanted JOIN cadres_unit child ON child.parent_id = wanted.id
            JOIN reports_unitcount count ON count.unit_id = child.id AND count.tier_id = %s
            GROUP BY child.parent_id)
        SELECT %s, wanted.id, wanted.parent_id, %s, %s,
            {_listed(f"COALESCE(mine.{name}, 0)" for name in _OWN)},
            {_listed(f"COALESCE(mine.own_{name}, 0) + COALESCE(below.{name}, 0)" for name in MEASURES)}
        FROM wanted
        LEFT JOIN reports_unitcount mine ON mine.unit_id = wanted.id AND mine.tier_id = %s
        LEFT JOIN below ON below.unit_id = wanted.id WHERE 1 = 1
        ON CONFLICT (tier_id, unit_id) DO UPDATE SET {_taking_over([*_STOOD, *MEASURES])}"""  # noqa: S608  (names of our own)
    _run(sql, (*keys, tier.pk, tier.pk, *_now(day), tier.pk))


def _roll_up_days(tier: Tier, units: QuerySet[Unit]) -> None:
    wanted, keys = with_units(units)
    sql = f"""
        {_INTO_DAYS}
        WITH {wanted}, days (unit_id, first_on, own, n) AS (
            SELECT mine.unit_id, mine."on", mine.own_registered, mine.own_registered
            FROM reports_dailycount mine
            WHERE mine.tier_id = %s AND mine.unit_id IN (SELECT id FROM wanted)
            UNION ALL
            SELECT child.parent_id, below."on", 0, below.registered
            FROM wanted JOIN cadres_unit child ON child.parent_id = wanted.id
            JOIN reports_dailycount below ON below.unit_id = child.id AND below.tier_id = %s)
        SELECT %s, unit_id, first_on, SUM(own), SUM(n) FROM days WHERE 1 = 1
        GROUP BY unit_id, first_on ORDER BY unit_id, first_on
        ON CONFLICT (tier_id, unit_id, "on") DO UPDATE SET registered = excluded.registered
        WHERE reports_dailycount.registered <> excluded.registered"""  # noqa: S608  (names of our own)
    _run(sql, (*keys, tier.pk, tier.pk, tier.pk))
    DailyCount.objects.filter(tier=tier, unit__in=units, registered=0, own_registered=0).delete()


def _roll_up_facets(tier: Tier, units: QuerySet[Unit]) -> None:
    wanted, keys = with_units(units)
    sums = [f"SUM({name})" for name in (*_OWN_FACETS, *FACET_MEASURES)]
    mine = [f"mine.own_{name}" for name in FACET_MEASURES]
    sql = f"""
        {_INTO_FACETS}
        WITH {wanted}, named (unit_id, facet, code, {_listed([*_OWN_FACETS, *FACET_MEASURES])}) AS (
            SELECT mine.unit_id, mine.facet, mine.code, {_listed([*mine, *mine])}
            FROM reports_facetcount mine
            WHERE mine.tier_id = %s AND mine.unit_id IN (SELECT id FROM wanted)
            UNION ALL
            SELECT child.parent_id, below.facet, below.code, {_listed("0" for _ in FACET_MEASURES)},
                {_listed(f"below.{name}" for name in FACET_MEASURES)}
            FROM wanted JOIN cadres_unit child ON child.parent_id = wanted.id
            JOIN reports_facetcount below ON below.unit_id = child.id AND below.tier_id = %s)
        SELECT %s, unit_id, facet, code, {_listed(sums)} FROM named WHERE 1 = 1
        GROUP BY unit_id, facet, code
        ON CONFLICT (tier_id, unit_id, facet, code) DO UPDATE SET {_taking_over(FACET_MEASURES)}
        WHERE {_differing("reports_facetcount", FACET_MEASURES)}"""  # noqa: S608  (names of our own)
    _run(sql, (*keys, tier.pk, tier.pk, tier.pk))
    FacetCount.objects.filter(tier=tier, unit__in=units, pledges=0).delete()


def levels_above(units: QuerySet[Unit], root: Unit) -> list[QuerySet[Unit]]:
    """The units and all that stands above them up to the root, level by level, the deepest first."""
    paths = {
        path[:end]
        for path in units.order_by().values_list("path", flat=True)
        for end in range(len(root.path), len(path) + 1, PATH_STEP)
    }
    by_depth: dict[int, list[int]] = {}
    for pk, path in Unit.objects.order_by().filter(path__in=paths).values_list("pk", "path"):
        by_depth.setdefault(len(path), []).append(pk)
    return [Unit.objects.filter(pk__in=by_depth[depth]) for depth in sorted(by_depth, reverse=True)]


def all_levels(root: Unit, units: QuerySet[Unit] | None = None) -> list[QuerySet[Unit]]:
    """Every unit below the root that others stand below, and `units`: for sets too large to be named."""
    tree = Unit.objects.under(root.path).annotate(depth_of=Length("path")).order_by()
    inner = Q(Exists(Unit.objects.filter(parent=OuterRef("pk"))))
    rolled = tree.filter(inner if units is None else inner | Q(pk__in=units.order_by().values("pk")))
    depths = tree.values_list("depth_of", flat=True).distinct()
    return [rolled.filter(depth_of=depth) for depth in sorted(depths, reverse=True)]


def _run(sql: str, params: tuple[Any, ...]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def _now(day: date) -> tuple[Any, Any]:
    ops = connection.ops
    return ops.adapt_datefield_value(day), ops.adapt_datetimefield_value(clock.now())


def _listed(parts: Iterable[str]) -> str:
    return ", ".join(parts)


def _taking_over(columns: Iterable[str]) -> str:
    return _listed(f"{name} = excluded.{name}" for name in columns)


def _differing(table: str, columns: Iterable[str]) -> str:
    return " OR ".join(f"{table}.{name} <> excluded.{name}" for name in columns)
