"""Bring a roster in: read the workbook, compare it, show what it would change, then write it.

Checking writes nothing but the preview on the job. The file is read again before it is written, because
the database may have changed meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.core.files.base import ContentFile
from django.db.models import F, Q, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from cadres.actions.import_jobs import random_name
from cadres.actions.roster_apply import apply_roster
from cadres.actions.roster_match import RowProblem
from cadres.actions.roster_plan import Plan, RosterError, plan_roster
from cadres.imports.refused import cells_of, refused_workbook
from cadres.imports.roster_columns import COLUMNS
from cadres.imports.roster_preview import examples
from cadres.imports.roster_rows import parse_roster
from cadres.imports.roster_sheet import RosterSheet
from cadres.imports.unit_names import unit_kind
from cadres.imports.workbook import Problem
from cadres.jobs import JobState
from cadres.models import ImportMode, RosterImport, Unit, UnitKind, User
from cadres.permissions import can_keep_roster
from cadres.text import fold

KEPT_PROBLEMS = 500


@dataclass
class Checked:
    """A roster read and compared; nothing has been written."""

    path: Path
    sheet: RosterSheet
    plan: Plan
    problems: list[Problem] = field(default_factory=list)

    @property
    def refused(self) -> set[int]:
        """Rows that are left out, for what stands in them or for what the database says."""
        return self.sheet.refused | self.plan.refused

    def counts(self) -> dict[str, int]:
        """What would be written, in numbers."""
        return self.plan.counts() | {"refused": len(self.refused), "problems": len(self.problems)}


def check_roster(path: str | Path, host: Unit, *, as_of: date, today: date) -> Checked:
    """Read a workbook and compare it.

    Raises UploadError, WorkbookError or RosterError where nothing of it can be taken.
    """
    sheet = parse_roster(path, as_of=as_of)
    units = [(names, UnitKind(unit_kind(names))) for names in sheet.units]
    plan = plan_roster(host, sheet, units=units, as_of=as_of, today=today)
    problems = sheet.problems + [_labelled(problem, sheet.labels) for problem in plan.problems]
    return Checked(Path(path), sheet, plan, sorted(problems, key=lambda problem: problem.row))


def write_roster(
    checked: Checked, mode: ImportMode, *, by: User | None, job: RosterImport | None = None
) -> dict[str, int]:
    """Write what was checked; returns the counts. Raises RosterError for faults where none may be."""
    written = apply_roster(checked.plan, mode, faults=len(checked.problems), by=by, job=job)
    return checked.counts() | written


def preview(job: RosterImport, *, today: date) -> None:
    """Check the file of a job and keep on the job what the page shows; nothing else is written."""
    checked = check_roster(job.file.path, job.host, as_of=job.as_of, today=today)
    job.preview = {
        "counts": checked.counts(),
        "people": len(checked.sheet.lines) + len(checked.sheet.refused_lines),
        "left_out": [list(column) for column in checked.sheet.left_out],
        "stated_as_of": checked.sheet.as_of.isoformat() if checked.sheet.as_of else "",
        "examples": examples(checked.plan),
    }
    job.problems = _kept(checked.problems)
    job.save(update_fields=["preview", "problems"])


def run(job: RosterImport, *, today: date) -> None:
    """Write the file of a confirmed job; who asked must still keep the rosters of the host."""
    if job.created_by and not can_keep_roster(job.created_by, job.host):
        raise RosterError(_("You no longer keep the rosters of this organisation."))
    _refuse_two_at_once(job)
    checked = check_roster(job.file.path, job.host, as_of=job.as_of, today=today)
    job.total, job.problems = checked.plan.people, _kept(checked.problems)
    job.save(update_fields=["total", "problems"])
    job.result = write_roster(checked, ImportMode(job.mode), by=job.created_by, job=job)
    if checked.refused:
        job.refused_file.save(random_name("x.xlsx"), ContentFile(_refused_rows(checked)), save=False)
    job.save(update_fields=["result", "refused_file"])


def _refuse_two_at_once(job: RosterImport) -> None:
    """Two lists for one organisation are written one after the other: people without a card could double."""
    path = job.host.path
    others = RosterImport.objects.alias(mine=Value(path)).filter(
        Q(host__path__startswith=path) | Q(mine__startswith=F("host__path")),
        state=JobState.RUNNING,
        lease_until__gt=timezone.now(),
    )
    if others.exclude(pk=job.pk).exclude(mode=ImportMode.CHECK).exists():
        raise RosterError(
            _("Another list is being written for this organisation. Bring this one in afterwards.")
        )


def _refused_rows(checked: Checked) -> bytes:
    rows = dict(checked.sheet.refused_cells)
    if checked.plan.refused:  # the reader keeps the cells only of rows that it refused itself
        rows |= cells_of(checked.path, checked.plan.refused)
    return refused_workbook(checked.sheet.labels, rows, checked.problems)


def _labelled(problem: RowProblem, labels: Sequence[str]) -> Problem:
    """A problem of the plan under the heading that the column has in the workbook."""
    spellings = set(map(fold, COLUMNS.get(problem.field, ())))
    column = next((label for label in labels if fold(label) in spellings), "")
    return Problem(problem.row, column, problem.code, problem.message)


def _kept(problems: Sequence[Problem]) -> list[dict[str, str | int]]:
    return [
        {"row": problem.row, "column": problem.column, "message": problem.message}
        for problem in problems[:KEPT_PROBLEMS]
    ]
