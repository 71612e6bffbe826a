"""An independent recount: plain SQL over the base tables, sharing no code with the counts."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from django.db import connections, transaction

from cadres.models import CELL_KINDS, PATH_STEP, Unit, UnitChange
from pledges.models import Counted, Theme, Tier
from pledges.states import APPROVED, REGISTERED
from reports.models import FACET_MEASURES, MEASURES, Facet, FacetCount, UnitCount

Params = dict[str, str | int | date]
Lists = dict[str, tuple[str, ...]]
Numbers = tuple[int, ...]
Named = dict[tuple[int, str], Numbers]

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
       SUM(CASE WHEN p.status = 'approved' AND p.due_on < %(day)s THEN 1 ELSE 0 END) AS late
FROM pledges_pledge p
JOIN pledges_pledgetier t ON t.pledge_id = p.id AND t.tier_id = %(tier)s
JOIN cadres_unit u ON u.id = p.unit_id AND u.path LIKE %(root)s
WHERE p.status IN %(registered)s
GROUP BY p.unit_id
"""  # noqa: S608

_CELLS = """
SELECT u.id AS unit_id, 1 AS cells,
       (SELECT COUNT(*) FROM pledges_sentlist l WHERE l.unit_id = u.id AND l.tier_id = %(tier)s) AS cells_sent
FROM cadres_unit u WHERE u.kind IN %(cells)s AND u.ended_on IS NULL AND u.path LIKE %(root)s
"""

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
)
_NONE: Numbers = (0,) * len(MEASURES)
_DEPTHS = " UNION ALL ".join(f"SELECT {length} AS length" for length in range(PATH_STEP, 65, PATH_STEP))


@dataclass(frozen=True)
class Difference:
    """A number of the counts that the recount does not give, told in codes."""

    campaign: str
    tier: str
    unit: str
    measure: str
    kept: int
    recounted: int

    def __str__(self) -> str:
        where = f"{self.campaign} {self.tier} {self.unit}"
        return f"{where} {self.measure}: {self.kept}, recounted {self.recounted}"

    def codes(self) -> dict[str, Any]:
        """As it is kept with the result of a check."""
        return asdict(self)


@dataclass
class Audit:
    """How many numbers were compared and which of them differ; what the outbox still changes is left out."""

    numbers: int = 0
    differences: list[Difference] = field(default_factory=list)


def differences(day: date) -> list[Difference]:
    """Every number of a live campaign's counts that the independent recount does not give."""
    return audit(day).differences


def audit(day: date, *, using: str = "default") -> Audit:
    """Recount the live campaigns and compare, in one snapshot of the alias."""
    result = Audit()
    with transaction.atomic(using=using):
        moving = _moving_paths(using)
        tiers = Tier.objects.using(using).select_related("campaign__host")
        for tier in tiers.exclude(campaign__state__in=("draft", "closed")).order_by("pk"):
            _compare(tier, day, using, moving, result)
    return result


def _moving_paths(using: str) -> set[str]:
    """Paths of the units whose numbers the outbox still changes, with all that stands above them."""
    waiting = UnitChange.objects.using(using).values_list("unit__path", flat=True).distinct()
    return {path[:end] for path in waiting for end in range(PATH_STEP, len(path) + 1, PATH_STEP)}


def _compare(tier: Tier, day: date, using: str, moving: set[str], result: Audit) -> None:
    judged = _day_of(tier, day, using)
    kept = _kept(tier, using)
    paths = {unit: path for unit, (path, _numbers) in kept.items()}
    numbers = {(unit, ""): numbers for unit, (_path, numbers) in kept.items()}
    counted = {(unit, ""): numbers for unit, numbers in _recount(tier, judged, using).items()}
    measured: list[tuple[tuple[str, ...], Named, Named]] = [(MEASURES, numbers, counted)]
    for facet in Facet:
        measured.append((FACET_MEASURES, *_by_name(tier, facet, judged, using)))
    found: list[tuple[int, str, int, int]] = []
    for names, left, right in measured:
        for key in left.keys() | right.keys():
            if paths.get(key[0], "") not in moving:
                found += _differing(key, names, left.get(key), right.get(key))
                result.numbers += len(names)
    codes = dict(Unit.objects.using(using).filter(pk__in={one[0] for one in found}).values_list("pk", "code"))
    result.differences += [
        Difference(tier.campaign.code, tier.kind, codes[unit], measure, a, b)
        for unit, measure, a, b in sorted(found)
    ]


def _differing(
    key: tuple[int, str], names: tuple[str, ...], kept: Numbers | None, recounted: Numbers | None
) -> list[tuple[int, str, int, int]]:
    unit, named = key
    none = (0,) * len(names)
    pairs = zip(names, kept or none, recounted or none, strict=True)
    return [(unit, f"{name}{named}", a, b) for name, a, b in pairs if a != b]


def _by_name(tier: Tier, facet: Facet, day: date, using: str) -> tuple[Named, Named]:
    """What is kept and what the recount gives, by unit and by ":theme:2" or ":field:Đất đai"."""
    orders = {str(pk): str(order) for pk, order in Theme.objects.using(using).values_list("pk", "order")}

    def told(code: str) -> str:
        return f":{facet}:{orders.get(code, code) if facet == Facet.THEME else code}"

    rows = FacetCount.objects.using(using).filter(tier=tier, facet=facet).order_by()
    kept = {
        (unit, told(code)): tuple(numbers)
        for unit, code, *numbers in rows.values_list("unit_id", "code", *FACET_MEASURES)
    }
    own = _FACET.replace("NAMED", _NAMED[facet])
    found = _rows(_rolled_up(own, FACET_MEASURES, "o.code"), *_parameters(tier, day), using)
    return kept, {(unit, told(code)): tuple(map(int, numbers)) for unit, code, *numbers in found}


def _day_of(tier: Tier, day: date, using: str) -> date:
    """The day that the tier's counts judge, which the row of its host carries."""
    host = UnitCount.objects.using(using).filter(tier=tier, unit=tier.campaign.host_id)
    return host.values_list("day", flat=True).first() or day


def _kept(tier: Tier, using: str) -> dict[int, tuple[str, Numbers]]:
    rows = UnitCount.objects.using(using).filter(tier=tier).order_by()
    values = rows.values_list("unit_id", "unit__path", *MEASURES).iterator(chunk_size=5000)
    return {unit: (path, tuple(numbers)) for unit, path, *numbers in values}


def _recount(tier: Tier, day: date, using: str) -> dict[int, Numbers]:
    counted: dict[int, list[int]] = {}
    places = {name: place for place, name in enumerate(MEASURES)}
    for unit, name, number in _run(tier, day, using):
        counted.setdefault(unit, list(_NONE))[places[name]] = number
    return {unit: tuple(numbers) for unit, numbers in counted.items()}


def _run(tier: Tier, day: date, using: str) -> Iterator[tuple[int, str, int]]:
    values, lists = _parameters(tier, day)
    for own, names in _statements(tier):
        for unit, *numbers in _rows(_rolled_up(own, names), values, lists, using):
            for name, number in zip(names, numbers, strict=True):
                yield unit, name, int(number)


def _rows(sql: str, values: Params, lists: Lists, using: str) -> Iterator[tuple[Any, ...]]:
    with connections[using].cursor() as cursor:
        cursor.execute(*_with_lists(sql, values, lists))
        yield from cursor


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


def _statements(tier: Tier) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The statements of own numbers by unit, each with what it counts."""
    yield _PLEDGES, OF_PLEDGES
    yield _CELLS, ("cells", "cells_sent")
    if tier.has_rate:
        people = _PEOPLE.replace("WHO", _WHO[Counted(tier.counted)])
        yield people, ("counted", "registered", "approved", "met_quota", "cells_missing")
    if tier.counted == Counted.STANDINGS:
        yield _LEFT_OUT, ("exempt", "away")


def _rolled_up(own: str, names: tuple[str, ...], *keys: str) -> str:
    """The sums of each sub-tree: a unit's own rows are added to every unit that stands above it."""
    by = ", ".join(("above.id", *keys))
    sums = ", ".join(f"SUM(o.{name})" for name in names)
    return f"""
        SELECT {by}, {sums} FROM ({own}) o JOIN cadres_unit u ON u.id = o.unit_id
        JOIN ({_DEPTHS}) depths ON depths.length <= LENGTH(u.path)
        JOIN cadres_unit above ON above.path = SUBSTR(u.path, 1, depths.length) AND above.path LIKE %(root)s
        GROUP BY {by}"""  # noqa: S608


def _with_lists(sql: str, values: Params, lists: Lists) -> tuple[str, Params]:
    """Expand the lists into as many placeholders."""
    params = dict(values)
    for name, entries in lists.items():
        marks = ", ".join(f"%({name}_{i})s" for i in range(len(entries)))
        sql = sql.replace(f"%({name})s", f"({marks or 'NULL'})")
        params |= {f"{name}_{i}": entry for i, entry in enumerate(entries)}
    return sql, params
