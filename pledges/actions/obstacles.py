"""Obstacles (vướng mắc): report what stands in the way, ask again, record that it was removed.

The lock of the pledge guards its obstacles. The journal of the pledge names who was asked, never what
stands in the way or how it was removed.
"""

import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadres.models import Unit
from cadres.outbox import note_changes
from pledges.actions import telling
from pledges.actions.acts import CHUNK, Act, Acted, NotAllowedError, Refused
from pledges.actions.journal import journal_tail, write_events
from pledges.actions.transitions import lock, why_closed
from pledges.models import EventAction, Obstacle, Pledge
from pledges.obstacles import can_follow, can_remove, why_not_stuck
from pledges.states import PledgeStatus

NOT_OF_THE_LEAD = gettext_lazy(
    "Obstacles are reported and asked about by the lead, by who enters for him, or by the board."
)


@dataclass(frozen=True, kw_only=True)
class Reported:
    """What stands in the way of a pledge; asked is a unit of the host's tree, or a name as printed.

    `ref` is the UUID of the form: a double click finds the first row.
    """

    text: str
    since: date
    asked: Unit | None = None
    asked_name: str = ""
    ref: uuid.UUID


def report(reported: Mapping[int, Reported], *, act: Act) -> Acted:
    """Report one obstacle of each pledge, given by its key; the one who is asked hears of it.

    Only what is approved and runs can be stuck. The same form twice is one obstacle.
    """
    assert act.on is not None
    ids, answer = sorted(reported), Acted()
    with transaction.atomic():
        for start in range(0, len(ids), CHUNK):
            _report_chunk(lock(ids[start : start + CHUNK]), reported, act, answer)
        _note(answer.done)
    return answer


def _report_chunk(pledges: list[Pledge], reported: Mapping[int, Reported], act: Act, answer: Acted) -> None:
    refs = [reported[pledge.pk].ref for pledge in pledges]
    known = dict(Obstacle.objects.filter(ref__in=refs).values_list("ref", "pledge_id"))
    going = []
    for pledge in pledges:
        one = reported[pledge.pk]
        if known.get(one.ref) == pledge.pk:
            answer.unchanged.append(pledge)
        elif one.ref in known:
            answer.refused.append(Refused(pledge.pk, _("This form belongs to another registration.")))
        elif reason := why_not_report(pledge, one, act):
            answer.refused.append(Refused(pledge.pk, reason))
        else:
            going.append(pledge)
    made = _write([_row(pledge, reported[pledge.pk], act) for pledge in going])
    answer.done.extend(_journal(made, EventAction.OBSTRUCTED, act))
    telling.asked_to_remove(made, act=act)


def why_not_report(pledge: Pledge, one: Reported, act: Act) -> str | None:
    """Why the obstacle cannot be reported now, or None."""
    if act.by is not None and not can_follow(act.by, pledge):
        return str(NOT_OF_THE_LEAD)
    if reason := why_not_stuck(pledge):
        return reason
    if act.on is not None and one.since > act.on:
        return _("The day on which it began cannot lie ahead.")
    outside = one.asked is not None and (one.asked.ended_on or not one.asked.is_under(pledge.campaign.host))
    return _("Only an organisation of the campaign's own tree can be chosen.") if outside else None


def _row(pledge: Pledge, one: Reported, act: Act) -> Obstacle:
    assert act.on is not None
    return Obstacle(
        ref=one.ref,
        pledge=pledge,
        text=one.text,
        asked=one.asked,
        asked_name=one.asked_name,
        since=one.since,
        reported_on=act.on,
        last_asked_on=act.on,
        at=act.at,
        by=act.by,
    )


def _write(rows: list[Obstacle]) -> list[Obstacle]:
    try:
        with transaction.atomic():
            return Obstacle.objects.bulk_create(rows, batch_size=CHUNK)
    except IntegrityError as error:
        taken = Obstacle.objects.filter(ref__in=[row.ref for row in rows]).exists()
        if not taken:
            raise
        # The same form, sent at the same instant for another pledge.
        raise NotAllowedError(_("This form belongs to another registration.")) from error


def ask_again(obstacle_ids: Collection[int], *, act: Act) -> Acted:
    """Ask those who hold the obstacles once more; about one obstacle once a day."""
    assert act.on is not None
    answer = Acted()
    with transaction.atomic():
        for going in _going(obstacle_ids, _ASKING, act, answer):
            keys = [one.pk for one in going]
            times = F("asked_times") + 1
            Obstacle.objects.filter(pk__in=keys).update(asked_times=times, last_asked_on=act.on)
            for one in going:
                one.asked_times += 1
            answer.done.extend(_journal(going, EventAction.ASKED_AGAIN, act))
            telling.asked_to_remove(going, act=act)
    return answer


def remove(how: Mapping[int, str], *, act: Act) -> Acted:
    """Record how each obstacle, given by its key, was removed; the lead hears of it.

    Also of a pledge that is over in the meantime, as long as its campaign is not closed. What was
    removed stays as it was recorded first. Raises ValueError where nothing is said.
    """
    assert act.on is not None
    if not all(text.strip() for text in how.values()):
        raise ValueError(_("Say how it was removed."))
    answer = Acted()
    with transaction.atomic():
        for going in _going(how, _REMOVING, act, answer):
            for one in going:
                one.removed_on, one.removed_at, one.removed_by, one.how = act.on, act.at, act.by, how[one.pk]
            Obstacle.objects.bulk_update(going, ["removed_on", "removed_at", "removed_by", "how"])
            answer.done.extend(_journal(going, EventAction.UNBLOCKED, act))
            telling.unblocked(going, act=act)
        _note(answer.done)
    return answer


@dataclass(frozen=True)
class _Rule:
    """Who may, when it has been done already, and what forbids it; asked of an obstacle under the lock."""

    may: Callable[[Obstacle, Act], str | None]
    already: Callable[[Obstacle, Act], bool]
    why_not: Callable[[Obstacle, Act], str | None]


def _why_no_asker(obstacle: Obstacle, act: Act) -> str | None:
    allowed = act.by is None or can_follow(act.by, obstacle.pledge)
    return None if allowed else str(NOT_OF_THE_LEAD)


def _why_not_ask(obstacle: Obstacle, _act: Act) -> str | None:
    if not obstacle.is_open:
        return _("This obstacle has been removed.")
    if obstacle.asked and obstacle.asked.ended_on:
        return _("This organisation has ended: report the obstacle to the one that follows it.")
    return why_not_stuck(obstacle.pledge)


def _why_no_remover(obstacle: Obstacle, act: Act) -> str | None:
    allowed = act.by is None or can_remove(act.by, obstacle)
    return None if allowed else _("Who is asked records that it was removed, or the side of the lead.")


def _why_not_remove(obstacle: Obstacle, act: Act) -> str | None:
    if act.on is not None and act.on < obstacle.since:
        return _("It cannot have been removed before it began.")
    return why_closed(obstacle.pledge)


_ASKING = _Rule(
    _why_no_asker, lambda one, act: bool(act.on and one.is_open and one.last_asked_on >= act.on), _why_not_ask
)
_REMOVING = _Rule(_why_no_remover, lambda one, _act: not one.is_open, _why_not_remove)


def _going(keys: Iterable[int], rule: _Rule, act: Act, answer: Acted) -> Iterator[list[Obstacle]]:
    """The obstacles that go on, set by set, read under the locks of their pledges; others are answered."""
    wanted = Obstacle.objects.filter(pk__in=list(keys))
    ids = sorted(set(wanted.order_by().values_list("pledge_id", flat=True)))
    for start in range(0, len(ids), CHUNK):
        pledges = {pledge.pk: pledge for pledge in lock(ids[start : start + CHUNK])}
        rows = wanted.filter(pledge__in=pledges).select_related("asked").order_by("pledge_id", "pk")
        going = []
        for one in rows:
            one.pledge = pledges[one.pledge_id]
            if _passes(one, rule, act, answer):
                going.append(one)
        yield going


def _passes(one: Obstacle, rule: _Rule, act: Act, answer: Acted) -> bool:
    reason = rule.may(one, act)
    if reason is None and rule.already(one, act):
        answer.unchanged.append(one.pledge)
        return False
    if reason := reason or rule.why_not(one, act):
        answer.refused.append(Refused(one.pledge_id, reason))
    return reason is None


def _journal(obstacles: Iterable[Obstacle], action: EventAction, act: Act) -> list[Pledge]:
    """One event a pledge with the names of those who are asked; answers the pledges."""
    pledges, names = {}, dict[int, list[str]]()
    for one in obstacles:
        pledges[one.pledge_id] = one.pledge
        names.setdefault(one.pledge_id, []).append(one.holder)
    notes = {pk: "; ".join(dict.fromkeys(asked)) for pk, asked in names.items()}
    for status in {PledgeStatus(pledge.status) for pledge in pledges.values()}:
        some = [pledge for pledge in pledges.values() if pledge.status == status]
        write_events(some, act=act, action=action, to=status, notes=notes)
    Pledge.objects.filter(pk__in=pledges).update(**journal_tail())
    return list(pledges.values())


def _note(pledges: Iterable[Pledge]) -> None:
    """Whether a pledge is stuck counts at its unit alone."""
    units: dict[int, set[int]] = {}
    for pledge in pledges:
        units.setdefault(pledge.campaign_id, set()).add(pledge.unit_id)
    for campaign, changed in units.items():
        note_changes(changed, campaign=campaign)
