"""Where members stand: the memberships and the copies on the member, written together for a set.

Called inside a transaction by the actions that say why. They have locked the units that members come
to, before any member (`lock_in_force`); nothing here writes the journal or the outbox.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Max
from django.utils.translation import gettext as _

from cadres.actions.openings import lock_members
from cadres.models import Member, Membership, Rank, Standing

CHUNK = 500


class TooEarlyError(ValueError):
    """A change dated before what it would change; the message is for people."""

    def __init__(self, newest: date) -> None:
        self.newest = newest
        super().__init__(
            _("It would change what stands since %(newest)s only; a change cannot be earlier")
            % {"newest": f"{newest:%d/%m/%Y}"}
        )


@dataclass(frozen=True)
class Placement:
    """Where a member is to stand: unit, rank and standing."""

    member_id: int
    unit_id: int
    rank: Rank
    standing: Standing


@dataclass
class Placed:
    """What placing changed: members by what happened to them, and the units whose numbers changed."""

    opened: set[int]
    changed: set[int]
    units: set[int]


def insert_members(members: Sequence[Member], *, on: date) -> None:
    """Write new members with the membership that begins on the day `on`."""
    for member in members:
        member.set_keys()
    Member.objects.bulk_create(members, batch_size=CHUNK)
    Membership.objects.bulk_create(
        (
            Membership(
                member=member, unit_id=member.unit_id, rank=member.rank, standing=member.standing, start=on
            )
            for member in members
        ),
        batch_size=CHUNK,
    )


def place(placements: Iterable[Placement], *, on: date) -> Placed:
    """Let members stand as said from the day `on`; who stands so already is left alone.

    A membership that began on `on` itself is put right; an older one is closed and the next opened.
    Raises TooEarlyError when one of them began later. Members are locked in the order of their keys.
    """
    wanted = {placement.member_id: placement for placement in placements}
    lock_members(wanted)
    present = {row.member_id: row for row in open_memberships(wanted)}
    differing = {pk: one for pk, one in wanted.items() if not _stands(present.get(pk), one)}
    rows = [row for pk, row in present.items() if pk in differing]
    _refuse_earlier(differing.keys() - present.keys(), rows, on=on)
    units = {row.unit_id for row in rows} | {one.unit_id for one in differing.values()}
    closed, corrected = [row for row in rows if row.start < on], [row for row in rows if row.start == on]
    for row in closed:
        row.end = on
    for row in corrected:
        row.unit_id, row.rank, row.standing = _as_tuple(differing[row.member_id])
    put_right = {row.member_id for row in corrected}
    opened = [_membership(one, on) for pk, one in differing.items() if pk not in put_right]
    Membership.objects.bulk_update(closed, ["end"], batch_size=CHUNK)
    Membership.objects.bulk_update(corrected, ["unit", "rank", "standing"], batch_size=CHUNK)
    Membership.objects.bulk_create(opened, batch_size=CHUNK)
    _copy(list(differing.values()))
    return Placed(differing.keys() - present.keys(), differing.keys() & present.keys(), units)


def open_memberships(member_ids: Iterable[int]) -> list[Membership]:
    """The memberships in force without an end, of these members."""
    return list(Membership.objects.filter(member__in=list(member_ids), end=None))


def _refuse_earlier(absent: Iterable[int], rows: Iterable[Membership], *, on: date) -> None:
    """Raise TooEarlyError when a membership to be changed began, or the last one ended, after `on`."""
    last = Membership.objects.filter(member__in=list(absent)).aggregate(last=Max("end"))["last"]
    newest = max([on, *(row.start for row in rows), *([last] if last else [])])
    if newest > on:
        raise TooEarlyError(newest)


def _stands(row: Membership | None, placement: Placement) -> bool:
    return row is not None and (row.unit_id, row.rank, row.standing) == _as_tuple(placement)


def _as_tuple(placement: Placement) -> tuple[int, str, str]:
    return placement.unit_id, placement.rank, placement.standing


def _membership(placement: Placement, on: date) -> Membership:
    return Membership(
        member_id=placement.member_id,
        unit_id=placement.unit_id,
        rank=placement.rank,
        standing=placement.standing,
        start=on,
    )


def _copy(placements: Sequence[Placement]) -> None:
    """The member repeats the open membership, so that lists are one index away."""
    rows = [
        Member(pk=one.member_id, unit_id=one.unit_id, rank=one.rank, standing=one.standing)
        for one in placements
    ]
    Member.objects.bulk_update(rows, ["unit", "rank", "standing"], batch_size=CHUNK)
