"""What a conclusion does: the outcome of each line, the pledges it moves, the lists it endorses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cadres.models import BodyKind
from pledges import queries
from pledges.actions import transitions
from pledges.actions.acts import CHUNK, Act, NotAllowedError
from pledges.actions.lists import mark_sent, settle_lists
from pledges.content import digest
from pledges.models import Docket, DocketLine, Pledge, StepMode, TierKind
from pledges.states import Outcome, PledgeStatus

# What a meeting may decide on a pledge, and on the list of a unit.
ON_PLEDGES = (Outcome.APPROVE, Outcome.RETURN, Outcome.REJECT, Outcome.HOLD)
ON_LISTS = (Outcome.APPROVE, Outcome.RETURN, Outcome.HOLD)
WITH_REASONS = (Outcome.RETURN, Outcome.REJECT)


@dataclass(frozen=True)
class Decision:
    """The outcome of one line, with the reasons where it is not an approval."""

    outcome: Outcome
    note: str = ""


def refuse_decisions(docket: Docket, decisions: Mapping[int, Decision]) -> None:
    """Raises NotAllowedError where a decision gives no reasons, or cannot be on its line."""
    about_lists = dict(docket.lines.values_list("pk", "unit_id")) if decisions else {}
    for pk, decision in decisions.items():
        if pk not in about_lists:
            raise NotAllowedError(_("A decision is on a line that does not stand on this docket."))
        if decision.outcome not in (ON_LISTS if about_lists[pk] else ON_PLEDGES):
            raise NotAllowedError(_("This cannot be decided on a line of this docket."))
        if decision.outcome in WITH_REASONS and not decision.note.strip():
            raise NotAllowedError(_("Give the reasons."))


def list_mark(lines: Iterable[DocketLine]) -> str:
    """The mark of a list: another one once a line was added, taken off, or took an amended version."""
    return digest({"lines": [[line.pk, line.version_id] for line in lines]})[:16]


def refuse_another_list(docket: Docket, seen: str | None) -> None:
    """Raises NotAllowedError where the locked docket is no longer the list with the mark `seen`.

    Whatever is said of "all the rest" is said of the lines somebody has read. None: of no page.
    """
    if seen is not None and seen != list_mark(docket.lines.order_by("order")):
        raise NotAllowedError(_("The list has been changed meanwhile. Please look again."))


def settle(docket: Docket, decisions: Mapping[int, Decision], act: Act) -> None:
    """Write the outcome of each line and move what it is about; the docket is locked.

    What a body says that only gives its opinion is written and moves nothing.
    """
    lines = list(docket.lines.select_related("version").order_by("pledge_id"))
    locked = lock_pledges([line.pledge_id for line in lines if line.pledge_id])
    for line in lines:
        decision = decisions.get(line.pk, Decision(Outcome.APPROVE))
        line.outcome, line.note = decision.outcome, decision.note
        if line.pledge_id and _moved_on(line, locked[line.pledge_id]):
            line.outcome = Outcome.VOID
    settle_lists(docket, [line for line in lines if line.unit_id])
    _write_outcomes(lines)
    if docket.mode != StepMode.GIVES_OPINION:
        _move_pledges(docket, lines, act, locked)
        _send_own_list(docket, lines, act)


def lock_pledges(pledge_ids: list[int]) -> dict[int, Pledge]:
    """The pledges by key, locked in the order of their keys."""
    locked, pledge_ids = {}, sorted(pledge_ids)
    for start in range(0, len(pledge_ids), CHUNK):
        for pledge in transitions.lock(pledge_ids[start : start + CHUNK]):
            locked[pledge.pk] = pledge
    return locked


def _moved_on(line: DocketLine, pledge: Pledge) -> bool:
    assert line.version is not None
    return pledge.status != PledgeStatus.SUBMITTED or pledge.versions_made != line.version.no


def _write_outcomes(lines: list[DocketLine]) -> None:
    for outcome in Outcome:
        chosen = [line.pk for line in lines if line.outcome == outcome and not line.note]
        for start in range(0, len(chosen), CHUNK):
            DocketLine.objects.filter(pk__in=chosen[start : start + CHUNK]).update(outcome=outcome)
    noted = [line for line in lines if line.note]
    DocketLine.objects.bulk_update(noted, ["outcome", "note"], batch_size=CHUNK)


def _move_pledges(docket: Docket, lines: list[DocketLine], act: Act, locked: dict[int, Pledge]) -> None:
    by_outcome: dict[str, dict[int, str]] = {}
    for line in lines:
        if line.pledge_id:
            by_outcome.setdefault(line.outcome, {})[line.pledge_id] = line.note
    agreed = list(by_outcome.get(Outcome.APPROVE, {}))
    transitions.approve(fully_agreed(docket, agreed), act=act, locked=locked)
    transitions.return_for_amendment(by_outcome.get(Outcome.RETURN, {}), act=act, locked=locked)
    transitions.reject(by_outcome.get(Outcome.REJECT, {}), act=act, locked=locked)


def fully_agreed(docket: Docket, pledge_ids: list[int]) -> list[int]:
    """Of the pledges this docket approved, those every deciding body of their route has approved."""
    if docket.body.kind == BodyKind.CELL_MEETING:
        return pledge_ids
    answer: list[int] = []
    for start in range(0, len(pledge_ids), CHUNK):
        chunk = pledge_ids[start : start + CHUNK]
        pledges = Pledge.objects.filter(pk__in=chunk)
        needed = queries.bodies_needed(dict(pledges.values_list("pk", "authority")), docket.tier)
        agreed = queries.bodies_agreed(pledges)
        answer += [pk for pk in chunk if agreed.get(pk, set()).issuperset(needed[pk])]
    return answer


def _send_own_list(docket: Docket, lines: list[DocketLine], act: Act) -> None:
    """With the approval of its own cadres' pledges a grassroots committee's list of them goes upwards."""
    below_host = docket.body.unit_id != docket.campaign.host_id
    if docket.tier.kind != TierKind.GRASSROOTS_CADRES or not below_host or act.on is None:
        return
    if any(line.outcome == Outcome.APPROVE for line in lines):
        mark_sent(tier=docket.tier, units=[docket.body.unit], on=act.on, by=act.by)
