"""Final results of a year, recorded as progress rows and as the pledge's last status."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from cadres.models import RecordEvent, User
from pledges.actions.acts import CHUNK, Act, Acted, NotAllowedError
from pledges.actions.transitions import lock, move
from pledges.models import EventAction, Pledge, Progress
from pledges.permissions import can_vet
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


def feature(pledge_id: int, *, featured: bool, by: User | None) -> Pledge:
    """Choose a pledge with a final result as a notable one (kết quả tiêu biểu), or no longer.

    Raises NotAllowedError without a final result, or when `by` is not of the organisation board.
    """
    with transaction.atomic():
        [pledge] = lock([pledge_id])
        if by is not None and not can_vet(by, pledge.campaign):
            raise NotAllowedError(_("Notable results are chosen by the organisation board."))
        if featured and not pledge.progress.filter(is_final=True).exists():
            raise NotAllowedError(_("No final result has been recorded yet."))
        if pledge.featured != featured:
            Pledge.objects.filter(pk=pledge_id).update(featured=featured)
            pledge.featured = featured
            action = "pledge_featured" if featured else "pledge_not_featured"
            RecordEvent.objects.create(
                actor=by, action=action, unit=pledge.unit, data={"ref": str(pledge.ref)}
            )
    return pledge
