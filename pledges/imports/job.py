"""The import as a job: the first run only looks, the confirmed one writes.

The file is looked at again before it is written, because the database may have changed meanwhile.
"""

from collections.abc import Sequence
from datetime import date

from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.translation import gettext as _

from cadres.actions.import_jobs import random_name
from cadres.imports.refused import cells_of, refused_workbook
from cadres.imports.workbook import Problem, WorkbookError
from cadres.jobs import JobState
from cadres.models import ImportMode
from pledges.imports.columns import COLUMNS, REQUIRED
from pledges.imports.run import Advance, Checked, check, write
from pledges.models import PledgeImport
from pledges.permissions import can_import_pledges

KEPT_PROBLEMS = 500


def preview(job: PledgeImport, *, day: date) -> None:
    """Look at the file and keep on the job what the page shows; nothing else is written. `day` is today."""
    checked = check(job.file.path, job.campaign, day=day)
    job.preview = {
        "counts": _counts(checked),
        "approves": checked.approves,
        "left_out": [list(column) for column in checked.sheet.left_out],
    }
    job.problems = _kept(checked.problems)
    job.save(update_fields=["preview", "problems"])


def run(job: PledgeImport, *, day: date) -> None:
    """Write the file of a confirmed job; who asked must still have the right to. Raises WorkbookError."""
    if job.created_by and not can_import_pledges(job.created_by, job.campaign):
        raise WorkbookError(_("You do not bring in lists for this campaign."))
    _refuse_two_at_once(job)
    checked = check(job.file.path, job.campaign, day=day)
    job.total, job.problems = len(checked.matching.matched), _kept(checked.problems)
    job.save(update_fields=["total", "problems"])
    if job.mode == ImportMode.FAULTLESS and checked.problems:
        raise WorkbookError(_("The list has faults, so nothing was written"))
    before = job.result.get("created", 0)
    written = write(
        checked, by=job.created_by, on=job.on, source=job.file_name, advance=_advancing(job, before)
    )
    created = before + written["created"]
    changed = {"created": created, "unchanged": written["pledges"] - created, "results": written["results"]}
    job.result = _counts(checked) | changed
    if checked.matching.refused:
        job.refused_file.save(random_name("x.xlsx"), ContentFile(_refused_rows(job, checked)), save=False)
    job.save(update_fields=["result", "refused_file"])


def _advancing(job: PledgeImport, before: int) -> Advance:
    """What has been created is kept with the progress: a run that takes over adds to it."""

    def advance(done: int, created: int) -> None:
        job.result = {"created": before + created}
        job.save(update_fields=["result"])
        job.advance(done)

    return advance


def _refuse_two_at_once(job: PledgeImport) -> None:
    """Two lists of one campaign are written one after the other: approvals of the past could double."""
    others = PledgeImport.objects.filter(
        campaign=job.campaign, state=JobState.RUNNING, lease_until__gt=timezone.now()
    )
    if others.exclude(pk=job.pk).exclude(mode=ImportMode.CHECK).exists():
        raise WorkbookError(
            _("Another list is being written for this campaign. Bring this one in afterwards.")
        )


def _refused_rows(job: PledgeImport, checked: Checked) -> bytes:
    rows = cells_of(job.file.path, checked.matching.refused, columns=COLUMNS, required=REQUIRED)
    return refused_workbook(checked.sheet.labels, rows, checked.problems, columns=COLUMNS)


def _counts(checked: Checked) -> dict[str, int]:
    return checked.counts() | {"problems": len(checked.problems)}


def _kept(problems: Sequence[Problem]) -> list[dict[str, str | int]]:
    return [
        {"row": problem.row, "column": problem.column, "message": problem.message}
        for problem in problems[:KEPT_PROBLEMS]
    ]
