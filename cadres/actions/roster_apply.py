"""Write what a roster changes: units first, then whole cells, at most 500 rows a transaction.

Each chunk carries the progress and the lease of the job in its own transaction, so a worker that is
killed leaves whole cells behind; the next run compares again and goes on. Twice the same list writes
nothing the second time.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from cadres.actions.openings import lock_members
from cadres.actions.placements import Placement, insert_members, place
from cadres.actions.roles import end_offices
from cadres.actions.roster_plan import CellPlan, Change, Entry, Plan, RosterError
from cadres.actions.units import Names, UnitError, find_units, folded, found_units, lock_in_force
from cadres.models import (
    ImportMode,
    Member,
    Office,
    Rank,
    RecordEvent,
    RosterImport,
    Standing,
    UnitChangeKind,
    User,
)
from cadres.outbox import note_changes

CHUNK = 500
PLACE = frozenset({"unit", "rank", "standing", "membership"})
DETAILS = ("family_names", "given_name", "sort_key", "search_key", "birth_year", "card_number", "position")


@dataclass
class _Writing:
    """Who writes, of which list, for which job; and what has been written so far."""

    plan: Plan
    by: User | None
    job: RosterImport | None
    keys: Mapping[Names, int] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)

    @property
    def on(self) -> date:
        """The day from which the changes hold."""
        return self.plan.as_of

    def unit(self, names: Names) -> int:
        """The key of a cell, which may have ended since the list was compared."""
        if names not in self.keys:
            raise UnitError(_("“%(unit)s” has ended") % {"unit": names[-1]})
        return self.keys[names]


def apply_roster(
    plan: Plan, mode: ImportMode, *, faults: int, by: User | None, job: RosterImport | None = None
) -> dict[str, int]:
    """Write the plan and return the counts. `faults` is the number of all problems of the workbook.

    FAULTLESS writes nothing when there is a fault; GOOD_ROWS leaves the refused rows out. Raises RosterError.
    """
    if mode == ImportMode.CHECK:
        raise RosterError(_("The list was only checked; nothing is written"))
    if mode == ImportMode.FAULTLESS and faults:
        raise RosterError(_("The list has faults, so nothing was written"))
    writing = _Writing(plan, by, job, done=Counter(job.result if job else {}))
    _found(writing)
    in_force = find_units(plan.host, plan.cells)
    writing.keys = {names: in_force[folded(names)].pk for names in plan.cells if folded(names) in in_force}
    seen = 0
    for cells in _chunks(plan.cells.values()):
        seen += sum(len(cell.entries) for cell in cells)
        _write_chunk(writing, cells, seen)
    written = {change.value: writing.done[change] for change in Change}
    written[Change.UNCHANGED] = plan.people - sum(written.values())
    return plan.counts() | dict(writing.done) | written


@transaction.atomic
def _found(writing: _Writing) -> None:
    units = found_units(
        writing.plan.host,
        writing.plan.new_units,
        on=writing.on,
        by=writing.by,
        change=UnitChangeKind.IMPORTED,
    )
    writing.done["units_created"] += len(units)
    _save_result(writing)


def _chunks(cells: Iterable[CellPlan]) -> Iterator[list[CellPlan]]:
    """Whole cells together, at most 500 rows; a cell with more is a chunk of its own."""
    chunk: list[CellPlan] = []
    rows = 0
    for cell in cells:
        if chunk and rows + len(cell.entries) > CHUNK:
            yield chunk
            chunk, rows = [], 0
        chunk.append(cell)
        rows += len(cell.entries)
    if chunk:
        yield chunk


@transaction.atomic
def _write_chunk(writing: _Writing, cells: Sequence[CellPlan], seen: int) -> None:
    """Write some cells with the progress of the job; a chunk that changes nothing leaves no trace."""
    numbers: Counter[str] = Counter()
    if any(cell.writes for cell in cells):
        members = _write_people(writing, cells, numbers)
        _write_posts(writing, cells, members, numbers)
        data = {"as_of": writing.on.isoformat(), "import": writing.job.pk if writing.job else None, **numbers}
        RecordEvent.objects.create(
            actor=writing.by, action="roster_imported", unit=writing.plan.host, data=data
        )
    writing.done.update(numbers)
    _save_result(writing)
    if writing.job:
        writing.job.advance(seen)


def _save_result(writing: _Writing) -> None:
    """What has been written so far is kept with it: a run that takes over adds to it."""
    if writing.job:
        writing.job.result = dict(writing.done)
        writing.job.save(update_fields=["result"])


def _write_people(writing: _Writing, cells: Sequence[CellPlan], numbers: Counter[str]) -> dict[int, int]:
    """New members, new places, corrected details; returns row → key of the member."""
    unit_of = {entry.line.row: writing.unit(cell.names) for cell in cells for entry in cell.entries}
    entries = [entry for cell in cells for entry in cell.entries]
    numbers.update(entry.change.value for entry in entries if entry.change != Change.UNCHANGED)
    new = {entry.line.row: _member(entry, unit_of) for entry in entries if entry.known is None}
    old = [entry for entry in entries if entry.known and entry.differs]
    coming = [*new, *(entry.line.row for entry in old if entry.differs & PLACE)]
    lock_in_force(unit_of[row] for row in coming)
    lock_members(entry.known.pk for entry in old if entry.known)
    insert_members(list(new.values()), on=writing.on)
    placed = place([_placement(entry, unit_of) for entry in old if entry.differs & PLACE], on=writing.on)
    details = [_member(entry, unit_of).set_keys() for entry in old if entry.differs - PLACE]
    Member.objects.bulk_update(details, DETAILS, batch_size=CHUNK)
    note_changes(placed.units | {member.unit_id for member in new.values()})
    known = {entry.line.row: entry.known.pk for entry in entries if entry.known}
    return known | {row: member.pk for row, member in new.items()}


def _member(entry: Entry, unit_of: Mapping[int, int]) -> Member:
    """The member as the list has it; what an empty cell does not say stays as it was."""
    line, known = entry.line, entry.known
    member = Member(
        family_names=line.family_names,
        given_name=line.given_name,
        birth_year=line.birth_year or (known.birth_year if known else None),
        card_number=line.card_number or (known.card_number if known else None),
        position=line.position,
        unit_id=unit_of[line.row],
        rank=line.rank,
        standing=line.standing,
    )
    if known:
        member.pk = known.pk
    return member


def _placement(entry: Entry, unit_of: Mapping[int, int]) -> Placement:
    assert entry.known is not None
    line = entry.line
    return Placement(entry.known.pk, unit_of[line.row], Rank(line.rank), Standing(line.standing))


def _write_posts(
    writing: _Writing, cells: Sequence[CellPlan], members: Mapping[int, int], numbers: Counter[str]
) -> None:
    """Posts begin and end on the day of the list; roles that rest on an ended post end with it."""
    ending = [post.pk for cell in cells for post in cell.posts_to_end]
    done, _refused = end_offices(ending, by=writing.by, on=writing.on)
    starting = [
        Office(
            member_id=members[entry.line.row], unit_id=writing.keys[cell.names], kind=kind, start=writing.on
        )
        for cell in cells
        for entry, kind in cell.posts_to_start
    ]
    Office.objects.bulk_create(starting, batch_size=CHUNK)
    numbers.update(offices_ended=len(done), offices_started=len(starting))
