"""Results that a list reports: which may be recorded, and as what."""

from django.utils.translation import gettext as _

from cadres.imports.workbook import Problem
from pledges.actions.results import FinalResult
from pledges.imports.match import Matched, Matching, column_label
from pledges.imports.rows import PledgeSheet, Result
from pledges.states import TRANSITIONS, PledgeStatus


def final_result(result: Result) -> FinalResult:
    """What the office reported, as the record takes it; unknown stays unknown."""
    return FinalResult(
        outcome=PledgeStatus(result.outcome),
        text=result.text,
        value=result.value_num,
        value_of=result.value_den,
        measure_unit=result.measure_unit,
        sub_value=result.sub_num,
        sub_value_of=result.sub_den,
        sub_unit=result.sub_unit,
        on_time=result.on_time,
        beyond_target=result.beyond,
    )


def results_to_record(matching: Matching, *, approves: bool) -> list[Matched]:
    """Lines whose result the pledge can take; `approves`: the import records the approvals of a past year."""
    return [one for one in matching.matched if one.line.result and _takes_result(one, approves=approves)]


def result_problems(sheet: PledgeSheet, matching: Matching, *, approves: bool) -> list[Problem]:
    """Results that cannot be recorded, each with the reason; their pledges are brought in all the same."""
    label = column_label(sheet, "result")
    problems = []
    for one in matching.matched:
        if one.line.result is None or one.status == one.line.result.outcome:
            continue
        if not _takes_result(one, approves=approves):
            status = PledgeStatus(one.status).label
            message = _("The pledge is “%(status)s”: this result cannot be recorded.") % {"status": status}
            problems.append(Problem(one.line.row, label, "result_not_taken", message))
    return problems


def _takes_result(one: Matched, *, approves: bool) -> bool:
    """An approved pledge takes a result; one that this import approves takes it afterwards."""
    assert one.line.result is not None
    status = one.status
    if approves and status == PledgeStatus.SUBMITTED:
        status = PledgeStatus.APPROVED
    return one.line.result.outcome in TRANSITIONS[status]
