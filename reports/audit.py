"""An independent recount: plain SQL over the base tables, sharing no code with the counts."""

from datetime import date

from django.db import connections

from pledges.models import Tier
from pledges.states import APPROVED, REGISTERED
from reports.models import UnitCount

Params = dict[str, str | int | date]

# People counted, and those of them with a registered and an approved pledge, by sub-tree.
_PEOPLE = """
SELECT a.id,
       COUNT(*) AS counted,
       SUM(CASE WHEN EXISTS (SELECT 1 FROM pledges_pledge p JOIN pledges_pledgetier t ON t.pledge_id = p.id
            WHERE t.tier_id = %(tier)s AND t.member_id = m.member_id AND p.status IN %(registered)s)
           THEN 1 ELSE 0 END) AS registered,
       SUM(CASE WHEN EXISTS (SELECT 1 FROM pledges_pledge p JOIN pledges_pledgetier t ON t.pledge_id = p.id
            WHERE t.tier_id = %(tier)s AND t.member_id = m.member_id AND p.status IN %(approved)s)
           THEN 1 ELSE 0 END) AS approved
FROM cadres_membership m
JOIN cadres_unit u ON u.id = m.unit_id
JOIN cadres_unit a ON u.path LIKE a.path || '%%' AND a.path LIKE %(root)s
WHERE m.start <= %(day)s AND (m."end" IS NULL OR m."end" > %(day)s) AND m.standing IN %(standings)s
GROUP BY a.id
"""

_PLEDGES = """
SELECT a.id, COUNT(*) AS pledges,
       SUM(CASE WHEN p.status IN %(approved)s THEN 1 ELSE 0 END) AS pledges_approved,
       SUM(CASE WHEN p.status = 'done' THEN 1 ELSE 0 END) AS done,
       SUM(CASE WHEN p.lead_member_id IS NOT NULL AND NOT EXISTS
            (SELECT 1 FROM pledges_pledge q JOIN pledges_pledgetier s ON s.pledge_id = q.id
             WHERE s.tier_id = %(tier)s AND s.member_id = p.lead_member_id AND q.id < p.id
               AND q.status IN %(registered)s) THEN 1 ELSE 0 END) AS leads
FROM pledges_pledge p
JOIN pledges_pledgetier t ON t.pledge_id = p.id AND t.tier_id = %(tier)s
JOIN cadres_unit u ON u.id = p.unit_id
JOIN cadres_unit a ON u.path LIKE a.path || '%%' AND a.path LIKE %(root)s
WHERE p.status IN %(registered)s
GROUP BY a.id
"""


def differences(day: date) -> list[str]:
    """Every number of a live campaign's counts that the independent recount does not give."""
    found = []
    for tier in Tier.objects.select_related("campaign__host").exclude(
        campaign__state__in=("draft", "closed")
    ):
        stored = {row.unit_id: row for row in UnitCount.objects.filter(tier=tier)}
        for unit, name, expected in _recount(tier, day):
            row = stored.get(unit)
            actual = getattr(row, name) if row else 0
            if actual != expected:
                found.append(f"tier {tier.pk} unit {unit} {name}: {actual}, recounted {expected}")
    return found


def _recount(tier: Tier, day: date) -> list[tuple[int, str, int]]:
    values: Params = {
        "tier": tier.pk,
        "root": tier.campaign.host.path + "%",
        "day": tier.counting_day(day),
    }
    lists = {
        "registered": tuple(str(status) for status in REGISTERED),
        "approved": tuple(str(status) for status in APPROVED),
        "standings": tuple(tier.counted_standings),
    }
    numbers = _run(_PLEDGES, values, lists)
    if tier.has_rate:
        numbers += _run(_PEOPLE, values, lists)
    return numbers


def _run(sql: str, values: Params, lists: dict[str, tuple[str, ...]]) -> list[tuple[int, str, int]]:
    """Rows (unit, measure, number); the lists are expanded into as many placeholders."""
    params = dict(values)
    for name, entries in lists.items():
        marks = ", ".join(f"%({name}_{i})s" for i in range(len(entries)))
        sql = sql.replace(f"%({name})s", f"({marks})")
        params |= {f"{name}_{i}": entry for i, entry in enumerate(entries)}
    with connections["default"].cursor() as cursor:
        cursor.execute(sql, params)
        names = [column[0] for column in cursor.description]
        return [
            (row[0], name, int(number or 0))
            for row in cursor.fetchall()
            for name, number in zip(names[1:], row[1:], strict=True)
        ]
