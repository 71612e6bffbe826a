"""The rows of a closing in one canonical form, their numbers and their digests.

The digest of a unit covers its own line, its own people and its own pledges; that of the closing
covers its head, its definitions and the digests of all its units. Order and form are fixed here, so
that anybody who has the rows computes the same.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from itertools import groupby
from typing import Any

from django.db.models import QuerySet

from cadres.models import CELL_KINDS, Standing
from cadres.streaming import in_pieces
from pledges.states import APPROVED, PledgeStatus
from reports.models import CLOSED_MEASURES, ClosedPerson, ClosedPledge, Closing

LINE = ("unit_id", "parent_id", "path", "name", "kind")
COUNTS = (*(f"own_{name}" for name in CLOSED_MEASURES), *CLOSED_MEASURES)
PERSON = (
    "member_id",
    "name",
    "birth_year",
    "sort_key",
    "path",
    "standing",
    "counted",
    "registered",
    "approved",
)
PLEDGE = (
    "pledge_id",
    "version_id",
    "lead_member_id",
    "lead_name",
    "partners",
    "of_own_tier",
    "path",
    "status",
    "on_time",
    "beyond_target",
    "late",
    "stuck",
)
# Counted since some closings were made: what was not there yet is not in their digests.
LATER = ("stuck",)
AT_A_TIME = 2000

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class OwnRows:
    """The people and pledges of one unit in one tier, each in the order of its key."""

    people: Rows
    pledges: Rows

    @property
    def number(self) -> int:
        """How many rows there are."""
        return len(self.people) + len(self.pledges)


class Reader:
    """Reads the rows of a tier unit by unit, in the order of the units' keys."""

    def __init__(self, closing: Closing, tier: int) -> None:
        people = ClosedPerson.objects.filter(closing=closing, tier=tier)
        pledges = ClosedPledge.objects.filter(closing=closing, tier=tier)
        self._people = _grouped(people, PERSON)
        self._pledges = _grouped(pledges, PLEDGE)

    def of(self, unit: int) -> OwnRows:
        """The rows of a unit; units are asked for in rising order, each once."""
        return OwnRows(self._people.of(unit), self._pledges.of(unit))

    @property
    def strays(self) -> int:
        """How many rows are of units that were not asked for; to be asked at the end."""
        return self._people.rest() + self._pledges.rest()


class _Groups:
    def __init__(self, rows: Iterable[dict[str, Any]]) -> None:
        self._groups = groupby(rows, key=lambda row: row["unit_id"])
        self._next: tuple[int, Rows] | None = None
        self._strays = 0
        self._step()

    def _step(self) -> None:
        found = next(self._groups, None)
        self._next = (found[0], list(found[1])) if found else None

    def of(self, unit: int) -> Rows:
        while self._next and self._next[0] < unit:
            self._strays += len(self._next[1])
            self._step()
        if self._next is None or self._next[0] != unit:
            return []
        rows = self._next[1]
        self._step()
        return rows

    def rest(self) -> int:
        while self._next:
            self._strays += len(self._next[1])
            self._step()
        return self._strays


def _grouped(rows: QuerySet[Any], columns: tuple[str, ...]) -> _Groups:
    ordered = rows.order_by("unit_id", columns[0]).values("unit_id", *columns)
    return _Groups(in_pieces(ordered, AT_A_TIME))


@dataclass(frozen=True)
class Form:
    """What the digests of a closing cover: the columns that there were when it was made."""

    counts: tuple[str, ...] = COUNTS
    pledge: tuple[str, ...] = PLEDGE


def form_of(closing: Closing) -> Form:
    """Each measure that came later is a figure as well, which the closing's definitions name or not."""
    lacking = {name for name in LATER if not closing.counts(name)}
    counts = tuple(name for name in COUNTS if name.removeprefix("own_") not in lacking)
    return Form(counts, tuple(name for name in PLEDGE if name not in lacking))


def unit_digest(tier: int, line: Mapping[str, Any], own: OwnRows, form: Form) -> str:
    """The digest of a unit: `line` has the columns of LINE and of the form's counts."""
    digest = hashlib.sha256()
    head = {"tier": tier} | {name: line[name] for name in LINE}
    digest.update(canonical([head, [line[name] for name in form.counts]]))
    for columns, rows in ((PERSON, own.people), (form.pledge, own.pledges)):
        for row in rows:
            digest.update(canonical([row[name] for name in columns]))
        digest.update(b"\n")
    return digest.hexdigest()


def closing_digest(closing: Closing, units: Iterable[tuple[int, int, str]]) -> str:
    """The digest of the whole, from (tier, unit, digest) in the order of their keys."""
    assert closing.taken_at is not None
    digest = hashlib.sha256()
    head = {
        "campaign": closing.campaign_id,
        "kind": closing.kind,
        "title": closing.title,
        "document": closing.document,
        "document_on": closing.document_on.isoformat() if closing.document_on else None,
        "day": closing.day.isoformat(),
        "taken_at": closing.taken_at.astimezone(UTC).isoformat(),
        "definitions": closing.definitions,
        "open_matters": closing.open_matters,
    }
    digest.update(canonical(head))
    for unit in units:
        digest.update(canonical(list(unit)))
    return digest.hexdigest()


def canonical(value: Any) -> bytes:
    """One JSON text for one value, ended by a new line."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode() + b"\n"


def numbers(own: OwnRows, quota: int) -> dict[str, int]:
    """The own numbers of a unit that its rows give; leads and cells are not to be had from them alone."""
    counted = [row for row in own.people if row["counted"]]
    left_out = [row for row in own.people if not row["counted"]]
    pledges = own.pledges
    done = [row for row in pledges if row["status"] == PledgeStatus.DONE]
    return {
        "counted": len(counted),
        "registered": sum(row["registered"] > 0 for row in counted),
        "approved": sum(row["approved"] > 0 for row in counted),
        "met_quota": sum(row["approved"] >= max(quota, 1) for row in counted),
        "exempt": sum(row["standing"] == Standing.EXEMPT for row in left_out),
        "away": sum(row["standing"] == Standing.AWAY for row in left_out),
        "pledges": len(pledges),
        "participations": len(pledges) + sum(row["partners"] for row in pledges),
        "awaiting": sum(_stands(row, PledgeStatus.SUBMITTED) and row["of_own_tier"] for row in pledges),
        "returned": sum(_stands(row, PledgeStatus.RETURNED) for row in pledges),
        "pledges_approved": sum(row["status"] in APPROVED for row in pledges),
        "done": len(done),
        "on_time": sum(bool(row["on_time"]) for row in done),
        "beyond_target": sum(bool(row["beyond_target"]) for row in done),
        "carried_over": sum(_stands(row, PledgeStatus.CARRIED_OVER) for row in pledges),
        "late": sum(bool(row["late"]) for row in pledges),
        "stuck": sum(bool(row["stuck"]) for row in pledges),
    }


def _stands(row: Mapping[str, Any], status: PledgeStatus) -> bool:
    return bool(row["status"] == status)


def cells_agree(line: Mapping[str, Any]) -> bool:
    """Whether the cells of a unit are as its kind and its people say."""
    cells, sent, missing = line["own_cells"], line["own_cells_sent"], line["own_cells_missing"]
    is_cell = line["kind"] in CELL_KINDS
    lacks = int(bool(cells) and line["own_counted"] > line["own_registered"])
    return cells <= is_cell and sent <= cells and missing == lacks


def lines_of(closing: Closing, tier: int) -> Iterator[dict[str, Any]]:
    """The lines of a tier in the order of the units' keys."""
    rows = closing.units.filter(tier=tier).order_by("unit_id").values(*LINE, *COUNTS, "digest")
    return in_pieces(rows, AT_A_TIME)
