"""The import as a job: the first run only looks, the confirmed one writes."""

from datetime import date

from cadres.actions.import_jobs import drop_upload
from cadres.models import ImportMode
from pledges.imports.run import Advance, Checked, check, write
from pledges.models import PledgeImport


def run_import(job: PledgeImport, *, day: date) -> None:
    """Do what is next for the import, if nobody else does it; `day` is today."""
    with job.running() as mine:
        if mine is not None:
            _run(mine, day)
    drop_upload(job)


def _run(job: PledgeImport, day: date) -> None:
    checked = check(job.file.path, job.campaign, day=day)
    job.total = len(checked.matching.matched)
    job.problems = [vars(problem) for problem in checked.problems]
    faulty = job.mode == ImportMode.FAULTLESS and bool(checked.problems)
    if job.mode == ImportMode.CHECK:
        job.preview = _preview(checked)
    elif faulty:
        job.result = checked.counts() | {"created": 0, "results": 0}
    else:
        job.save(update_fields=["total"])
        before = job.result.get("created", 0)
        counts = write(
            checked, by=job.created_by, on=job.on, source=job.file_name, advance=_advancing(job, before)
        )
        created = before + counts["created"]
        job.result = counts | {"created": created, "unchanged": counts["pledges"] - created}
    job.save(update_fields=["problems", "preview", "result", "total"])


def _advancing(job: PledgeImport, before: int) -> Advance:
    """What has been created is kept with the progress: a run that takes over adds to it."""

    def advance(done: int, created: int) -> None:
        job.result = {"created": before + created}
        job.save(update_fields=["result"])
        job.advance(done)

    return advance


def _preview(checked: Checked) -> dict[str, object]:
    return {
        **checked.counts(),
        "layout": checked.sheet.layout,
        "approves": checked.approves,
        "left_out": checked.sheet.left_out,
    }
