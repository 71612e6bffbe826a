"""Bring a workbook of pledges into a campaign: look at all of it first, then write whole cells at a time.

Looking writes nothing. Writing is cut into transactions of at most 500 rows, each with the progress of the
job; killed in the middle and started again it goes on where it stopped, as what is there is left as it is.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from pathlib import Path

from cadres.imports.workbook import Problem, WorkbookError
from cadres.models import User
from pledges.actions import import_pledges
from pledges.actions.acts import CHUNK, Act, NotAllowedError
from pledges.actions.register import Typed
from pledges.actions.results import record_results
from pledges.content import Parts
from pledges.imports.match import Matched, Matching, match
from pledges.imports.products import parse_product
from pledges.imports.results import final_result, result_problems, results_to_record
from pledges.imports.rows import PledgeSheet, parse_pledges
from pledges.models import Campaign, Channel, Pledge, Tier

Advance = Callable[[int, int], None]  # rows looked at, pledges created


@dataclass
class Checked:
    """A workbook looked at against the database; nothing has been written."""

    sheet: PledgeSheet
    matching: Matching
    # The list is of a past year and says what came of it: it was approved then, on paper.
    approves: bool
    problems: list[Problem] = field(default_factory=list)

    @property
    def tier(self) -> Tier:
        return self.matching.tier

    def counts(self) -> dict[str, int]:
        """What the import would do, in numbers."""
        new = len(self.matching.new)
        return {
            "pledges": len(self.matching.matched),
            "people": self.matching.people,
            "created": new,
            "unchanged": len(self.matching.matched) - new,
            "refused": len(self.matching.refused),
            "results": len(results_to_record(self.matching, approves=self.approves)),
        }


def check(path: str | Path, campaign: Campaign, *, day: date) -> Checked:
    """Look at a workbook; `day` is today. Raises UploadError, WorkbookError: nothing in it can be taken."""
    sheet = parse_pledges(path, year=campaign.year)
    matching = match(sheet, campaign, day=day)
    reports = any(line.result for line in sheet.lines)
    approves = reports and matching.tier.for_key_cadres and campaign.year < day.year
    if approves:
        try:
            import_pledges.deciding_bodies(matching.tier)
        except NotAllowedError as error:
            raise WorkbookError(str(error)) from error
    problems = matching.problems + result_problems(sheet, matching, approves=approves)
    return Checked(sheet, matching, approves, sorted(problems, key=lambda problem: problem.row))


def unobserved(_done: int, _created: int) -> None:
    """The progress of an import that nobody watches."""


def write(
    checked: Checked, *, by: User | None, on: date | None, source: str, advance: Advance = unobserved
) -> dict[str, int]:
    """Write the good rows and return the counts.

    `on` is the day of registration of lines that state none; `source` names the file. `advance` is called in
    the transaction of each chunk.
    """
    act = Act(by=by, on=None, channel=Channel.IMPORT)
    if checked.tier.for_key_cadres and checked.matching.matched:
        import_pledges.extend_cadre_list(checked.tier, _listed(checked.matching.matched), by=by)
    created = done = 0
    for chunk in chunks(checked.matching.matched):
        done += len(chunk)
        lines = [_typed(one, checked.matching, on) for one in chunk if one.pledge_id is None]
        then = _noting(advance, done, created)
        created += len(import_pledges.record_chunk(lines, act=act, then=then))
    results = _write_results(checked, by=by, source=source)
    counts = checked.counts() | {"created": created, "results": results}
    counts["unchanged"] = counts["pledges"] - created
    if created or results:
        import_pledges.note_import(checked.tier.campaign, counts, by=by)
    return counts


def _noting(advance: Advance, done: int, created: int) -> Callable[[int], None]:
    return lambda made: advance(done, created + made)


def chunks(matched: Sequence[Matched]) -> Iterator[list[Matched]]:
    """Whole units together, at most 500 rows; a unit with more rows than that is a chunk of its own."""
    chunk: list[Matched] = []
    ordered = sorted(matched, key=lambda one: one.unit.path)
    for _path, rows in groupby(ordered, key=lambda one: one.unit.path):
        unit = list(rows)
        if chunk and len(chunk) + len(unit) > CHUNK:
            yield chunk
            chunk = []
        chunk += unit
    if chunk:
        yield chunk


def _listed(matched: Sequence[Matched]) -> list[import_pledges.Listed]:
    return [
        import_pledges.Listed(
            member=one.lead, unit=one.unit, post=one.line.post, unit_printed=one.line.unit_printed
        )
        for one in matched
    ]


def _typed(one: Matched, matching: Matching, on: date | None) -> Typed:
    line, product = one.line, parse_product(one.line.product)
    return Typed(
        ref=one.ref,
        tier=matching.tier,
        lead=one.lead,
        unit=one.unit,
        content={
            "title": line.title,
            "novelty": line.novelty,
            "product": line.product,
            "due_kind": line.due_kind,
            "due_on": line.due_on,
            "backlog_since": line.backlog_since,
            "theme_id": matching.theme_of(line),
            "result_kind": product.result_kind,
            "measure_unit": product.measure_unit,
            "target": product.target,
        },
        parts=Parts.named(line.partners),
        on=line.registered_on or on,
    )


def _write_results(checked: Checked, *, by: User | None, source: str) -> int:
    """Approve what a past year had approved, then record what came of it; returns how many are new."""
    reported = results_to_record(checked.matching, approves=checked.approves)
    if not reported and not checked.approves:
        return 0
    key_of = _keys(checked.matching.matched)
    if checked.approves:
        import_pledges.approve_from_paper(checked.tier, set(key_of.values()), source=source, by=by)
    results = {key_of[one.ref]: final_result(one.line.result) for one in reported if one.line.result}
    return len(record_results(results, act=Act(by=by, on=None, channel=Channel.PAPER)).done)


def _keys(matched: Sequence[Matched]) -> dict[uuid.UUID, int]:
    """The pledge of every line, whoever wrote it."""
    keys = {one.ref: one.pledge_id for one in matched if one.pledge_id is not None}
    new = [one.ref for one in matched if one.pledge_id is None]
    for start in range(0, len(new), CHUNK):
        batch = new[start : start + CHUNK]
        keys.update(Pledge.objects.filter(ref__in=batch).values_list("ref", "pk"))
    return keys
