"""Whether a closing still is what was closed: digests, counts from its rows, sums, definitions.

The rows are read unit by unit and compared in the database, so that a closing of a nation takes no
more memory than that of a ward; of what does not agree the first lines are told.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import connection

from pledges.states import APPROVED
from reports.closing_seal import (
    AT_A_TIME,
    Reader,
    cells_agree,
    closing_digest,
    form_of,
    lines_of,
    numbers,
    unit_digest,
)
from reports.models import CLOSED_MEASURES as MEASURES
from reports.models import Closing

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
    form = form_of(closing)
    for frozen in closing.definitions["tiers"]:
        tier = frozen["tier"]
        rows, leads = Reader(closing, tier), _leads(closing, tier)
        for line in lines_of(closing, tier):
            own = rows.of(line["unit_id"])
            digest = unit_digest(tier, line, own, form)
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
    sets = {"leads": "1 = 1", "leads_approved": _IS_APPROVED}
    return {name: _ByUnit(_rows(_LEADS.format(which), closing, tier)) for name, which in sets.items()}


# None of these statements joins: the rows are new in the transaction that verifies them first, the
# database has no statistics of them yet, and a join that is planned for a few rows would never end.
_OF_TIER = "closing_id = %(closing)s AND tier_id = %(tier)s"
_IS_APPROVED = f"status IN ({', '.join(repr(status.value) for status in APPROVED)})"
_LEADS = f"""
    SELECT unit_id, COUNT(*) FROM (
        SELECT unit_id, ROW_NUMBER() OVER (PARTITION BY lead_member_id ORDER BY pledge_id) AS place
        FROM reports_closedpledge WHERE {_OF_TIER} AND lead_member_id IS NOT NULL AND {{}}
    ) led
    WHERE place = 1 GROUP BY unit_id ORDER BY unit_id"""  # noqa: S608  (conditions, all ours)

# Whole = own + the sum of the units directly below.
_SUMS = f"""
    SELECT unit_id, {", ".join(f"SUM({name}), SUM(all_{name})" for name in MEASURES)}
    FROM (
        SELECT unit_id, 1 AS here, {", ".join(f"{name}, own_{name} AS all_{name}" for name in MEASURES)}
        FROM reports_closedunit WHERE {_OF_TIER}
        UNION ALL
        SELECT parent_id, 0, {", ".join(f"0, {name}" for name in MEASURES)}
        FROM reports_closedunit WHERE {_OF_TIER}
    ) lines
    GROUP BY unit_id
    HAVING MAX(here) = 1 AND ({" OR ".join(f"SUM({name}) <> SUM(all_{name})" for name in MEASURES)})
    ORDER BY unit_id LIMIT {MOST}"""  # noqa: S608  (names of columns, all ours)

# What stands beside a person agrees with the pledges that were put away.
_PERSONS = f"""
    SELECT member_id, SUM(registered), SUM(approved), SUM(led), SUM(led_approved)
    FROM (
        SELECT member_id, 1 AS here, registered, approved, 0 AS led, 0 AS led_approved
        FROM reports_closedperson WHERE {_OF_TIER}
        UNION ALL
        SELECT lead_member_id, 0, 0, 0, COUNT(*), SUM(CASE WHEN {_IS_APPROVED} THEN 1 ELSE 0 END)
        FROM reports_closedpledge WHERE {_OF_TIER} AND lead_member_id IS NOT NULL GROUP BY lead_member_id
    ) people
    GROUP BY member_id
    HAVING MAX(here) = 1 AND (SUM(registered) <> SUM(led) OR SUM(approved) <> SUM(led_approved))
    ORDER BY member_id LIMIT {MOST}"""  # noqa: S608  (statuses, all ours)


def _rows(sql: str, closing: Closing, tier: int) -> Iterator[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"closing": closing.pk, "tier": tier})
        while some := cursor.fetchmany(AT_A_TIME):
            yield from some


def _sums(closing: Closing, tier: int) -> Iterator[str]:
    for unit, *pairs in _rows(_SUMS, closing, tier):
        for name, told, whole in zip(MEASURES, pairs[::2], pairs[1::2], strict=True):
            if told != whole:
                yield f"tier {tier} unit {unit} {name}: {told}, own and those below {whole}"


def _persons(closing: Closing, tier: int) -> Iterator[str]:
    for member, registered, approved, *expected in _rows(_PERSONS, closing, tier):
        told = f"{registered}/{approved}, the pledges give {tuple(map(int, expected))}"
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
