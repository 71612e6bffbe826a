"""Whether a closing still is what was closed: digests, counts from its rows, sums, definitions.

The rows are read unit by unit and compared in the database, so that a closing of a nation takes no
more memory than that of a ward; of what does not agree the first lines are told.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, Min, QuerySet

from pledges.states import APPROVED
from reports.closing_seal import (
    AT_A_TIME,
    Reader,
    cells_agree,
    closing_digest,
    lines_of,
    numbers,
    unit_digest,
)
from reports.models import MEASURES, ClosedPledge, Closing

MOST = 500  # lines told of one closing


def differences(closing: Closing, *, seen: Callable[[int], None] = lambda _rows: None) -> list[str]:
    """What does not agree, each in a line, the first MOST of them; nothing when the closing is sound.

    What is recomputed comes from the closing's own rows alone, never from what the database holds now.
    `seen` hears how many rows have been gone through.
    """
    return list(islice(_all_differences(closing, seen), MOST))


def _all_differences(closing: Closing, seen: Callable[[int], None]) -> Iterator[str]:
    found: list[str] = []
    if closing_digest(closing, _units(closing, found, seen)) != closing.digest:
        found.append("the digest of the whole differs")
    yield from found
    for frozen in closing.definitions["tiers"]:
        yield from _sums(closing, frozen["tier"])
        yield from _persons(closing, frozen["tier"])
    yield from _definitions(closing)
    yield from _beyond(closing)


def _units(closing: Closing, found: list[str], seen: Callable[[int], None]) -> Iterator[tuple[int, int, str]]:
    """The digest of each unit as its rows give it, in order; what is wrong with the unit goes to `found`."""
    for frozen in closing.definitions["tiers"]:
        tier = frozen["tier"]
        rows, leads = Reader(closing, tier), _leads(closing, tier)
        for line in lines_of(closing, tier):
            own = rows.of(line["unit_id"])
            digest = unit_digest(tier, line, own)
            expected = numbers(own, frozen["quota_min"])
            expected |= {name: by_unit.of(line["unit_id"]) for name, by_unit in leads.items()}
            if len(found) < MOST:
                found += (
                    f"tier {tier} unit {line['unit_id']}{fault}" for fault in _faults(line, digest, expected)
                )
            seen(own.number)
            yield tier, line["unit_id"], digest
        if rows.strays:
            found.append(f"tier {tier}: {rows.strays} rows of units that the closing does not have")


def _faults(line: dict[str, Any], digest: str, expected: dict[str, int]) -> Iterator[str]:
    """What is wrong with the line of a unit."""
    if digest != line["digest"]:
        yield ": the digest differs"
    for name, number in expected.items():
        if line[f"own_{name}"] != number:
            yield f" own {name}: {line[f'own_{name}']}, its rows give {number}"
    if not cells_agree(line):
        yield ": the cells do not fit its kind and its people"


class _ByUnit:
    """Numbers by unit in the order of the units' keys, asked for in that order."""

    def __init__(self, rows: Iterable[tuple[int, int]]) -> None:
        self._rows = iter(rows)
        self._next = next(self._rows, None)

    def of(self, unit: int) -> int:
        """The number of a unit; units are asked for in rising order, each once."""
        while self._next and self._next[0] < unit:
            self._next = next(self._rows, None)
        return self._next[1] if self._next and self._next[0] == unit else 0


def _leads(closing: Closing, tier: int) -> dict[str, _ByUnit]:
    """Leads by unit: each is counted where the first of his pledges is."""
    pledges = ClosedPledge.objects.filter(closing=closing, tier=tier, lead_member__isnull=False)
    sets = {"leads": pledges, "leads_approved": pledges.filter(status__in=APPROVED)}
    return {name: _by_unit(pledges, rows) for name, rows in sets.items()}


def _by_unit(pledges: QuerySet[ClosedPledge], rows: QuerySet[ClosedPledge]) -> _ByUnit:
    firsts = rows.order_by().values("lead_member").annotate(first=Min("pledge")).values("first")
    units: Any = pledges.filter(pledge__in=firsts).order_by("unit").values_list("unit")
    return _ByUnit(units.annotate(n=Count("pk")).iterator(chunk_size=AT_A_TIME))


# Whole = own + the sum of the units directly below.
_SUMS = f"""
    SELECT u.unit_id, {", ".join(f"u.{name}, u.own_{name} + COALESCE(b.{name}, 0)" for name in MEASURES)}
    FROM reports_closedunit u
    LEFT JOIN (
        SELECT parent_id, {", ".join(f"SUM({name}) AS {name}" for name in MEASURES)}
        FROM reports_closedunit WHERE closing_id = %(closing)s AND tier_id = %(tier)s GROUP BY parent_id
    ) b ON b.parent_id = u.unit_id
    WHERE u.closing_id = %(closing)s AND u.tier_id = %(tier)s
      AND ({" OR ".join(f"u.{name} <> u.own_{name} + COALESCE(b.{name}, 0)" for name in MEASURES)})
    ORDER BY u.unit_id LIMIT {MOST}"""  # noqa: S608  (names of columns, all ours)

# What stands beside a person agrees with the pledges that were put away.
_IS_APPROVED = f"status IN ({', '.join(repr(status.value) for status in APPROVED)})"
_PERSONS = f"""
    SELECT p.member_id, p.registered, p.approved, COALESCE(l.led, 0), COALESCE(l.approved, 0)
    FROM reports_closedperson p
    LEFT JOIN (
        SELECT lead_member_id, COUNT(*) AS led, SUM(CASE WHEN {_IS_APPROVED} THEN 1 ELSE 0 END) AS approved
        FROM reports_closedpledge
        WHERE closing_id = %(closing)s AND tier_id = %(tier)s AND lead_member_id IS NOT NULL
        GROUP BY lead_member_id
    ) l ON l.lead_member_id = p.member_id
    WHERE p.closing_id = %(closing)s AND p.tier_id = %(tier)s
      AND (p.registered <> COALESCE(l.led, 0) OR p.approved <> COALESCE(l.approved, 0))
    ORDER BY p.member_id LIMIT {MOST}"""  # noqa: S608  (statuses, all ours)


def _found(sql: str, closing: Closing, tier: int) -> list[tuple[int, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"closing": closing.pk, "tier": tier})
        return list(cursor.fetchall())


def _sums(closing: Closing, tier: int) -> Iterator[str]:
    for unit, *pairs in _found(_SUMS, closing, tier):
        for name, told, whole in zip(MEASURES, pairs[::2], pairs[1::2], strict=True):
            if told != whole:
                yield f"tier {tier} unit {unit} {name}: {told}, own and those below {whole}"


def _persons(closing: Closing, tier: int) -> Iterator[str]:
    for member, registered, approved, *expected in _found(_PERSONS, closing, tier):
        told = f"{registered}/{approved}, the pledges give {tuple(expected)}"
        yield f"tier {tier} member {member}: {told}"


def _definitions(closing: Closing) -> Iterator[str]:
    """Every figure was defined in every language of the site."""
    for code, figure in closing.definitions["figures"].items():
        for language, _name in settings.LANGUAGES:
            if not figure.get(language, {}).get("definition"):
                yield f"figure {code}: no definition in {language}"


def _beyond(closing: Closing) -> Iterator[str]:
    """Rows of a tier that the closing does not name."""
    known = [frozen["tier"] for frozen in closing.definitions["tiers"]]
    for rows in (closing.units, closing.people, closing.pledges):
        if strays := rows.exclude(tier__in=known).count():
            yield f"{strays} rows of tiers that the closing does not have"
