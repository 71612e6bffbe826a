"""Where members stand: the memberships and the copies on the member, written together for a set.

Called inside a transaction by the actions that say why; nothing here writes the journal or the outbox.
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
    refuse_earlier(wanted.keys() - present.keys(), present.values(), wanted, on=on)
    closed: list[Membership] = []
    corrected: list[Membership] = []
    opened: list[Membership] = []
    result = Placed(set(), set(), set())
    for pk, placement in wanted.items():
        row = present.get(pk)
        if row and (row.unit_id, row.rank, row.standing) == _as_tuple(placement):
            continue
        result.units |= {placement.unit_id, *([row.unit_id] if row else [])}
        (result.changed if row else result.opened).add(pk)
        if row and row.start == on:
            row.unit_id, row.rank, row.standing = _as_tuple(placement)
            corrected.append(row)
            continue
        if row:
            row.end = on
            closed.append(row)
        opened.append(_membership(placement, on))
    Membership.objects.bulk_update(closed, ["end"], batch_size=CHUNK)
    Membership.objects.bulk_update(corrected, ["unit", "rank", "standing"], batch_size=CHUNK)
    Membership.objects.bulk_create(opened, batch_size=CHUNK)
    _copy([wanted[pk] for pk in result.opened | result.changed])
    return result


def open_memberships(member_ids: Iterable[int]) -> list[Membership]:
    """The memberships in force without an end, of these members."""
    return list(Membership.objects.filter(member__in=list(member_ids), end=None))


def refuse_earlier(
    absent: Iterable[int],
    present: Iterable[Membership],
    wanted: dict[int, Placement],
    *,
    on: date,
) -> None:
    """Raise TooEarlyError when a membership to be changed began, or the last one ended, after `on`."""
    days = [
        row.start
        for row in present
        if (row.unit_id, row.rank, row.standing) != _as_tuple(wanted[row.member_id])
    ]
    last = Membership.objects.filter(member__in=list(absent)).aggregate(last=Max("end"))["last"]
    newest = max([*days, *([last] if last else [])], default=on)
    if newest > on:
        raise TooEarlyError(newest)


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
