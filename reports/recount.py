"""An independent recount of own numbers: plain SQL over the base tables, sharing no code with the counts.

The rows come in the order of the tree from cursors on the server, so a transaction has to be open.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from heapq import merge
from operator import itemgetter

from django.db import connections

from cadres.models import CELL_KINDS
from cadres.streaming import collation
from pledges.models import Counted, Tier
from pledges.states import APPROVED, REGISTERED
from reports.branches import Row
from reports.models import FACET_MEASURES, MEASURES, Facet

Params = dict[str, str | int | date]
Lists = dict[str, tuple[str, ...]]
DAY_MEASURES = ("registered",)

_LED = """SELECT COUNT(*) FROM pledges_pledge p JOIN pledges_pledgetier t ON t.pledge_id = p.id
    WHERE t.tier_id = %(tier)s AND t.member_id = m.member_id AND p.status IN"""

# People counted, and those of them with a registered, an approved, enough approved pledges; by unit.
_PEOPLE = f"""
SELECT unit_id, COUNT(*) AS counted, SUM(registered) AS registered,
       SUM(CASE WHEN n_approved > 0 THEN 1 ELSE 0 END) AS approved,
       SUM(CASE WHEN n_approved >= %(quota)s AND n_approved > 0 THEN 1 ELSE 0 END) AS met_quota,
       MAX(CASE WHEN registered = 0 AND is_cell = 1 THEN 1 ELSE 0 END) AS cells_missing
FROM (SELECT m.unit_id, ({_LED} %(approved)s) AS n_approved,
             CASE WHEN ({_LED} %(registered)s) > 0 THEN 1 ELSE 0 END AS registered,
             CASE WHEN u.kind IN %(cells)s AND u.ended_on IS NULL THEN 1 ELSE 0 END AS is_cell
      FROM cadres_membership m JOIN cadres_unit u ON u.id = m.unit_id AND u.path LIKE %(root)s
      WHERE m.start <= %(on)s AND (m."end" IS NULL OR m."end" > %(on)s) AND WHO) people
GROUP BY unit_id
"""  # noqa: S608  (text of our own)
_WHO = {
    Counted.STANDINGS: "m.standing IN %(standings)s",
    Counted.CADRE_LIST: """EXISTS (SELECT 1 FROM cadres_cadreentry e
        WHERE e.cadre_list_id = %(list)s AND e.member_id = m.member_id)""",
}

_LEFT_OUT = """
SELECT m.unit_id, SUM(CASE WHEN m.standing = 'exempt' THEN 1 ELSE 0 END) AS exempt,
       SUM(CASE WHEN m.standing = 'away' THEN 1 ELSE 0 END) AS away
FROM cadres_membership m JOIN cadres_unit u ON u.id = m.unit_id AND u.path LIKE %(root)s
WHERE m.start <= %(on)s AND (m."end" IS NULL OR m."end" > %(on)s) AND m.standing NOT IN %(standings)s
GROUP BY m.unit_id
"""

_FIRST = """p.lead_member_id IS NOT NULL AND NOT EXISTS
    (SELECT 1 FROM pledges_pledge q JOIN pledges_pledgetier s ON s.pledge_id = q.id
     WHERE s.tier_id = %(tier)s AND s.member_id = p.lead_member_id AND q.id < p.id AND q.status IN"""
_RESULT = "SELECT 1 FROM pledges_progress r WHERE r.pledge_id = p.id AND r.is_final"
_OBSTACLE = "SELECT 1 FROM pledges_obstacle o WHERE o.pledge_id = p.id AND o.removed_on IS NULL"

_PLEDGES = f"""
SELECT p.unit_id, COUNT(*) AS pledges,
       COUNT(*) + SUM((SELECT COUNT(*) FROM pledges_partner w WHERE w.pledge_id = p.id)) AS participations,
       SUM(CASE WHEN {_FIRST} %(registered)s) THEN 1 ELSE 0 END) AS leads,
       SUM(CASE WHEN p.status IN %(approved)s AND {_FIRST} %(approved)s) THEN 1 ELSE 0 END) AS leads_approved,
       SUM(CASE WHEN p.status = 'submitted' AND p.tier_id = %(tier)s THEN 1 ELSE 0 END) AS awaiting,
       SUM(CASE WHEN p.status = 'returned' AND p.tier_id = %(tier)s THEN 1 ELSE 0 END) AS returned,
       SUM(CASE WHEN p.status IN %(approved)s THEN 1 ELSE 0 END) AS pledges_approved,
       SUM(CASE WHEN p.status = 'done' THEN 1 ELSE 0 END) AS done,
       SUM(CASE WHEN p.status = 'done' AND EXISTS ({_RESULT} AND r.on_time) THEN 1 ELSE 0 END) AS on_time,
       SUM(CASE WHEN p.status = 'done' AND EXISTS ({_RESULT} AND r.beyond_target) THEN 1 ELSE 0 END)
           AS beyond_target,
       SUM(CASE WHEN p.status = 'carried_over' THEN 1 ELSE 0 END) AS carried_over,
       SUM(CASE WHEN p.status = 'approved' AND p.due_on < %(day)s THEN 1 ELSE 0 END) AS late,
       SUM(CASE WHEN p.status = 'approved' AND EXISTS ({_OBSTACLE}) THEN 1 ELSE 0 END) AS stuck
FROM pledges_pledge p
JOIN pledges_pledgetier t ON t.pledge_id = p.id AND t.tier_id = %(tier)s
JOIN cadres_unit u ON u.id = p.unit_id AND u.path LIKE %(root)s
WHERE p.status IN %(registered)s
GROUP BY p.unit_id
"""  # noqa: S608

_LIST = "pledges_sentlist l WHERE l.unit_id = u.id AND l.tier_id = %(tier)s"
_CELLS = f"""
SELECT u.id AS unit_id, 1 AS cells,
       (SELECT COUNT(*) FROM {_LIST}) AS cells_sent,
       (SELECT COUNT(l.endorsed_by_id) FROM {_LIST}) AS cells_endorsed
FROM cadres_unit u WHERE u.kind IN %(cells)s AND u.ended_on IS NULL AND u.path LIKE %(root)s
"""  # noqa: S608

# Pledges by what they name, a theme or a field.
_FACET = """
SELECT p.unit_id, CAST(NAMED AS VARCHAR(100)) AS code, COUNT(*) AS pledges,
       SUM(CASE WHEN p.status IN %(approved)s THEN 1 ELSE 0 END) AS pledges_approved,
       SUM(CASE WHEN p.status = 'done' THEN 1 ELSE 0 END) AS done
FROM pledges_pledge p
JOIN pledges_pledgetier t ON t.pledge_id = p.id AND t.tier_id = %(tier)s
JOIN cadres_unit u ON u.id = p.unit_id AND u.path LIKE %(root)s
WHERE p.status IN %(registered)s AND COALESCE(CAST(NAMED AS VARCHAR(100)), '') <> ''
GROUP BY p.unit_id, NAMED
"""
_NAMED = {Facet.THEME: "p.theme_id", Facet.FIELD: "p.field"}

_FIRST_DAY = """SELECT MIN(p.submitted_on) FROM pledges_pledge p
    JOIN pledges_pledgetier t ON t.pledge_id = p.id
    WHERE t.tier_id = %(tier)s AND t.member_id = m.member_id AND p.status IN %(registered)s"""

# People counted by the day of their first registration; where nobody is counted, leads by that of theirs.
_DAYS = f"""
SELECT unit_id, code, COUNT(*) AS registered
FROM (SELECT m.unit_id, ({_FIRST_DAY}) AS code
      FROM cadres_membership m JOIN cadres_unit u ON u.id = m.unit_id AND u.path LIKE %(root)s
      WHERE m.start <= %(on)s AND (m."end" IS NULL OR m."end" > %(on)s) AND WHO) people
WHERE code IS NOT NULL
GROUP BY unit_id, code
"""  # noqa: S608
_DAYS_OF_LEADS = f"""
SELECT p.unit_id, p.submitted_on AS code, COUNT(*) AS registered
FROM pledges_pledge p
JOIN pledges_pledgetier t ON t.pledge_id = p.id AND t.tier_id = %(tier)s
JOIN cadres_unit u ON u.id = p.unit_id AND u.path LIKE %(root)s
WHERE p.status IN %(registered)s AND p.submitted_on IS NOT NULL AND {_FIRST} %(registered)s)
GROUP BY p.unit_id, p.submitted_on
"""  # noqa: S608

OF_PLEDGES = (
    "pledges",
    "participations",
    "leads",
    "leads_approved",
    "awaiting",
    "returned",
    "pledges_approved",
    "done",
    "on_time",
    "beyond_target",
    "carried_over",
    "late",
    "stuck",
)


def recount(tier: Tier, day: date, using: str) -> Iterator[Row]:
    """All measures of each unit."""
    return _found(_statements(tier), MEASURES, tier, day, using)


def recount_facet(tier: Tier, facet: Facet, day: date, using: str) -> Iterator[Row]:
    """By what the pledges name: the key of a theme, or a field."""
    statement = _FACET.replace("NAMED", _NAMED[facet]), FACET_MEASURES
    return _found([statement], FACET_MEASURES, tier, day, using, "code")


def recount_days(tier: Tier, day: date, using: str) -> Iterator[Row]:
    """By the day, as 2024-02-01, of a person's first registration."""
    people = _DAYS.replace("WHO", _WHO[Counted(tier.counted)]) if tier.has_rate else _DAYS_OF_LEADS
    return _found([(people, DAY_MEASURES)], DAY_MEASURES, tier, day, using, "code")


def _statements(tier: Tier) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The statements of own numbers by unit, each with what it counts."""
    yield _PLEDGES, OF_PLEDGES
    yield _CELLS, ("cells", "cells_sent", "cells_endorsed")
    if tier.has_rate:
        people = _PEOPLE.replace("WHO", _WHO[Counted(tier.counted)])
        yield people, ("counted", "registered", "approved", "met_quota", "cells_missing")
    if tier.counted == Counted.STANDINGS:
        yield _LEFT_OUT, ("exempt", "away")


def _found(
    statements: Iterable[tuple[str, tuple[str, ...]]],
    measures: tuple[str, ...],
    tier: Tier,
    day: date,
    using: str,
    *keys: str,
) -> Iterator[Row]:
    """Rows of all statements together; what a statement does not count is nought in its rows."""
    values, lists = _parameters(tier, day)
    parts = []
    for own, names in statements:
        columns = [f"own.{name}" if name in names else "0" for name in measures]
        sql = f"""SELECT u.path, {", ".join((*(f"own.{key}" for key in keys), *columns))}
            FROM ({own}) own JOIN cadres_unit u ON u.id = own.unit_id
            ORDER BY u.path COLLATE "{collation(using)}\""""  # noqa: S608
        parts.append(_rows(sql, values, lists, using, len(keys)))
    return merge(*parts, key=itemgetter(0))


def _rows(sql: str, values: Params, lists: Lists, using: str, n_keys: int) -> Iterator[Row]:
    with connections[using].chunked_cursor() as cursor:
        cursor.execute(*_with_lists(sql, values, lists))
        for path, *row in cursor:
            yield path, "".join(map(str, row[:n_keys])), tuple(map(int, row[n_keys:]))


def _parameters(tier: Tier, day: date) -> tuple[Params, Lists]:
    values: Params = {
        "tier": tier.pk,
        "root": tier.campaign.host.path + "%",
        "day": day,
        "on": tier.counting_day(day),
        "quota": tier.quota_min,
        "list": tier.cadre_list_id or 0,
    }
    lists: Lists = {
        "registered": tuple(str(status) for status in REGISTERED),
        "approved": tuple(str(status) for status in APPROVED),
        "standings": tuple(tier.counted_standings),
        "cells": tuple(str(kind) for kind in CELL_KINDS),
    }
    return values, lists


def _with_lists(sql: str, values: Params, lists: Lists) -> tuple[str, Params]:
    """Expand the lists into as many placeholders."""
    params = dict(values)
    for name, entries in lists.items():
        marks = ", ".join(f"%({name}_{i})s" for i in range(len(entries)))
        sql = sql.replace(f"%({name})s", f"({marks or 'NULL'})")
        params |= {f"{name}_{i}": entry for i, entry in enumerate(entries)}
    return sql, params
