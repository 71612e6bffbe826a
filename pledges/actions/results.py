"""Final results of a year, recorded as progress rows and as the pledge's last status."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from pledges.actions.acts import CHUNK, Act, Acted
from pledges.actions.transitions import move
from pledges.models import EventAction, Progress
from pledges.states import PledgeStatus


@dataclass(frozen=True, kw_only=True)
class FinalResult:
    """What the office reported of one pledge; None is unknown."""

    outcome: PledgeStatus
    text: str
    value: Decimal | None = None
    value_of: Decimal | None = None
    measure_unit: str = ""
    sub_value: int | None = None
    sub_value_of: int | None = None
    sub_unit: str = ""
    on_time: bool | None = None
    beyond_target: bool | None = None
    on: date | None = None


def record_results(results: Mapping[int, FinalResult], *, act: Act) -> Acted:
    """Record the final result of each pledge, once: done, not done, or carried over."""
    total = Acted()
    with transaction.atomic():
        for outcome in (PledgeStatus.DONE, PledgeStatus.NOT_DONE, PledgeStatus.CARRIED_OVER):
            ids = [pk for pk, result in results.items() if result.outcome == outcome]
            answer = move(ids, to=outcome, action=EventAction.EVALUATED, act=act)
            rows = [_row(pledge.pk, results[pledge.pk], act) for pledge in answer.done]
            Progress.objects.bulk_create(rows, batch_size=CHUNK)
            total.done += answer.done
            total.unchanged += answer.unchanged
            total.refused += answer.refused
    return total


def _row(pledge_id: int, result: FinalResult, act: Act) -> Progress:
    return Progress(
        pledge_id=pledge_id,
        at=act.at,
        on=result.on,
        by=act.by,
        channel=act.channel,
        outcome=result.outcome,
        text=result.text,
        value=result.value,
        value_of=result.value_of,
        measure_unit=result.measure_unit,
        sub_value=result.sub_value,
        sub_value_of=result.sub_value_of,
        sub_unit=result.sub_unit,
        on_time=result.on_time,
        beyond_target=result.beyond_target,
        is_final=True,
    )
