"""One door for every change of status: a set of pledges, locked, judged, moved, journalled."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Subquery
from django.utils.translation import gettext as _

from cadres.outbox import note_changes
from pledges.actions import telling
from pledges.actions.acts import CHUNK, Act, Acted, Refused
from pledges.actions.journal import journal_tail, write_events
from pledges.actions.leads import stood_and_led
from pledges.actions.returns import Asked, text_of, write_returns
from pledges.models import EventAction, Pledge, PledgeVersion
from pledges.states import APPROVED, TRANSITIONS, CampaignState, PledgeStatus

Judge = Callable[[Pledge], str | None]
Locked = Mapping[int, Pledge]


def lock(pledge_ids: Iterable[int]) -> list[Pledge]:
    """The pledges, locked in the order of their keys; call inside a transaction."""
    rows = Pledge.objects.select_for_update(of=("self",), no_key=True)
    rows = rows.select_related("lead_member__unit", "tier", "campaign")
    return list(rows.filter(pk__in=list(pledge_ids)).order_by("pk"))


def note_pledges(pledges: Iterable[Pledge]) -> None:
    """Put on the outbox every unit whose own numbers depend on the pledges.

    The unit of each pledge; all units where its lead ever stood; those of his other pledges in the campaign.
    """
    by_campaign: dict[int, list[Pledge]] = {}
    for pledge in pledges:
        by_campaign.setdefault(pledge.campaign_id, []).append(pledge)
    for campaign, changed in by_campaign.items():
        units = {pledge.unit_id for pledge in changed}
        leads = sorted({pledge.lead_member_id for pledge in changed if pledge.lead_member_id})
        for start in range(0, len(leads), CHUNK):
            some = leads[start : start + CHUNK]
            stood, led = stood_and_led(some, campaign)
            units |= {unit for (unit,) in stood.values_list("unit_id").union(led.values_list("unit_id"))}
        note_changes(units, campaign=campaign)


def why_closed(pledge: Pledge) -> str | None:
    """What is closed is never changed: the sentence that says so, or None."""
    if pledge.campaign.state == CampaignState.CLOSED:
        return _("The campaign is closed; nothing in it is changed any more.")
    return None


def _judge(pledge: Pledge, to: PledgeStatus, judge: Judge | None) -> str | None:
    if closed := why_closed(pledge):
        return closed
    if to not in TRANSITIONS[pledge.status]:
        return _("The pledge is “%(status)s”.") % {"status": pledge.get_status_display()}
    return judge(pledge) if judge else None


def move(
    pledge_ids: Iterable[int],
    *,
    to: PledgeStatus,
    action: EventAction,
    act: Act,
    notes: Mapping[int, str] | None = None,
    judge: Judge | None = None,
    extra: Mapping[str, Any] | None = None,
    locked: Locked | None = None,
) -> Acted:
    """Move a set of pledges to the status `to`, as far as each may.

    A pledge already there is left as it is: twice the same call is one effect. `judge` answers
    the reason why a locked pledge may not move, or None. The caller decides whether a refusal
    undoes everything (raise inside its own transaction) or the rest goes on. `locked`: where the caller
    has locked the pledges in its transaction already, they as `lock` gives them.
    """
    ids = sorted(set(pledge_ids))
    answer = Acted()
    if not ids:  # a docket on which nothing is rejected, say: not even a savepoint
        return answer
    with transaction.atomic():
        for start in range(0, len(ids), CHUNK):
            some = ids[start : start + CHUNK]
            pledges = lock(some) if locked is None else [locked[pk] for pk in some]
            _move_chunk(pledges, to, action, act, notes, judge, extra, answer)
        note_pledges(answer.done)
    return answer


def _move_chunk(
    pledges: list[Pledge],
    to: PledgeStatus,
    action: EventAction,
    act: Act,
    notes: Mapping[int, str] | None,
    judge: Judge | None,
    extra: Mapping[str, Any] | None,
    answer: Acted,
) -> None:
    moving = []
    for pledge in pledges:
        if pledge.status == to:
            answer.unchanged.append(pledge)
        elif reason := _judge(pledge, to, judge):
            answer.refused.append(Refused(pledge.pk, reason))
        else:
            moving.append(pledge)
    versions = {pledge.pk: pledge.versions_made for pledge in moving if pledge.versions_made}
    write_events(moving, act=act, action=action, to=to, notes=notes, versions=versions)
    changes: dict[str, Any] = {"status": to, **journal_tail(), **(extra or {})}
    if to in APPROVED and any(pledge.status not in APPROVED for pledge in moving):
        changes["approved_version"] = Subquery(PledgeVersion.objects.last_of_outer().values("pk")[:1])
    Pledge.objects.filter(pk__in=[pledge.pk for pledge in moving]).update(**changes)
    for pledge in moving:
        pledge.status = to
    answer.done.extend(moving)


def approve(
    pledge_ids: Iterable[int], *, act: Act, judge: Judge | None = None, locked: Locked | None = None
) -> Acted:
    """Approve (thông qua, phê duyệt) the version last submitted."""
    to, action = PledgeStatus.APPROVED, EventAction.APPROVED
    return move(pledge_ids, to=to, action=action, act=act, judge=judge, locked=locked)


def return_for_amendment(
    asked: Mapping[int, Asked | str], *, act: Act, judge: Judge | None = None, locked: Locked | None = None
) -> Acted:
    """Ask for an amendment (đề nghị chỉnh sửa, bổ sung): the one door, for the desk and for meetings.

    What is asked is kept point by point beside the version it is asked of, and as text in the journal.
    Raises ValueError where nothing is said.
    """
    notes = {pk: text_of(one) for pk, one in asked.items()}
    if not all(note.strip() for note in notes.values()):
        raise ValueError(_("Say what is to be amended."))
    if not asked:
        return Acted()
    to, action = PledgeStatus.RETURNED, EventAction.RETURNED
    with transaction.atomic():
        answer = move(notes, to=to, action=action, act=act, notes=notes, judge=judge, locked=locked)
        write_returns(answer.done, asked, act)
        telling.returned(answer.done, act=act)
    return answer


def reject(
    reasons: Mapping[int, str], *, act: Act, judge: Judge | None = None, locked: Locked | None = None
) -> Acted:
    """Do not approve (không phê duyệt): final."""
    to, action = PledgeStatus.REJECTED, EventAction.REJECTED
    return move(reasons, to=to, action=action, act=act, notes=reasons, judge=judge, locked=locked)


def withdraw(pledge_ids: Iterable[int], *, act: Act, judge: Judge | None = None) -> Acted:
    """Withdraw a registration (rút đăng ký) that no meeting has approved yet: final."""
    return move(pledge_ids, to=PledgeStatus.WITHDRAWN, action=EventAction.WITHDRAWN, act=act, judge=judge)
