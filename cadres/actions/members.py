"""Members are added, move between cells, change standing and rank, and leave: each for a set, by date.

Periods are half-open: who moves on a day belongs to the new cell on that day. Every call locks the units
that members come to, which must be in force (UnitError), then the members, and writes one journal row
(of a single member with its key; with the number of the paper, where one is named) and one outbox row a
unit, in one transaction.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from cadres.actions.openings import lock_members
from cadres.actions.placements import (
    Placed,
    Placement,
    TooEarlyError,
    insert_members,
    open_memberships,
    place,
)
from cadres.actions.roles import end_offices
from cadres.actions.units import lock_in_force
from cadres.models import CELL_KINDS, Member, Membership, Office, Rank, RecordEvent, Standing, Unit, User
from cadres.outbox import note_changes


@transaction.atomic
def add_members(members: Sequence[Member], *, on: date, by: User | None, document: str = "") -> list[Member]:
    """Take new people into the units they name, with their first membership from the day `on`."""
    lock_in_force((member.unit_id for member in members), on=on)
    insert_members(members, on=on)
    units = {member.unit_id for member in members}
    _note(units, "members_added", {member.pk for member in members}, on=on, by=by, document=document)
    return list(members)


@transaction.atomic
def move_members(
    members: Iterable[Member], unit: Unit, *, on: date, by: User | None, document: str = ""
) -> Placed:
    """Move members to `unit` from the day `on` (chuyển sinh hoạt đảng); their posts in the cells left end."""
    lock_in_force([unit.pk], on=on)
    placed = _place(members, unit_id=unit.pk, on=on)
    end_posts_left(placed.changed, on=on, by=by)
    _note(placed.units, "members_moved", placed.changed | placed.opened, on=on, by=by, document=document)
    return placed


@transaction.atomic
def change_standing(
    members: Iterable[Member],
    *,
    on: date,
    by: User | None,
    standing: Standing | None = None,
    rank: Rank | None = None,
    document: str = "",
) -> Placed:
    """Change how members stand (miễn sinh hoạt, tạm thời ở nơi khác) or their rank (dự bị → chính thức)."""
    placed = _place(members, standing=standing, rank=rank, on=on)
    _note(placed.units, "standing_changed", placed.changed, on=on, by=by, document=document)
    return placed


@transaction.atomic
def end_memberships(members: Iterable[Member], *, on: date, by: User | None, document: str = "") -> set[int]:
    """End the memberships of those who leave, with their posts, on the day `on`; returns who left.

    A membership that began on `on` itself never was and is removed.
    """
    ids = [member.pk for member in members]
    lock_members(ids)
    rows = open_memberships(ids)
    newest = max((row.start for row in rows), default=on)
    if newest > on:
        raise TooEarlyError(newest)
    Membership.objects.filter(pk__in=[row.pk for row in rows if row.start == on]).delete()
    Membership.objects.filter(pk__in=[row.pk for row in rows if row.start < on]).update(end=on)
    left = {row.member_id for row in rows}
    _end_posts(Office.objects.filter(member__in=left, end=None), on=on, by=by)
    _note({row.unit_id for row in rows}, "memberships_ended", left, on=on, by=by, document=document)
    return left


def end_posts_left(member_ids: Iterable[int], *, on: date, by: User | None) -> int:
    """End the posts that members hold in cells no longer their own; returns how many."""
    offices = Office.objects.filter(member__in=list(member_ids), end=None, unit__kind__in=CELL_KINDS)
    return _end_posts(offices.exclude(unit=F("member__unit")), on=on, by=by)


def _end_posts(offices: QuerySet[Office], *, on: date, by: User | None) -> int:
    starts = dict(offices.values_list("pk", "start"))
    newest = max(starts.values(), default=on)
    if newest > on:
        raise TooEarlyError(newest)
    done, _refused = end_offices(starts, by=by, on=on)
    return len(done)


def _place(
    members: Iterable[Member],
    *,
    on: date,
    unit_id: int | None = None,
    standing: Standing | None = None,
    rank: Rank | None = None,
) -> Placed:
    """Place members with what is given changed; the rest is read under the lock, not from the instances.

    Who has left is placed again only by naming a unit.
    """
    ids = [member.pk for member in members]
    lock_members(ids)
    if unit_id is None:
        ids = [row.member_id for row in open_memberships(ids)]
    return place(
        [
            Placement(
                member_id=member.pk,
                unit_id=unit_id or member.unit_id,
                rank=rank or Rank(member.rank),
                standing=standing or Standing(member.standing),
            )
            for member in Member.objects.filter(pk__in=ids)
        ],
        on=on,
    )


def _note(
    units: set[int], action: str, members: set[int], *, on: date, by: User | None, document: str = ""
) -> None:
    """One journal row, one outbox row a unit; nothing when nothing changed."""
    if not units:
        return
    note_changes(units)
    data: dict[str, Any] = {"members": len(members), "on": on.isoformat()}
    if document:
        data["document"] = document
    RecordEvent.objects.create(
        actor=by, action=action, unit_id=_only(units), member_id=_only(members), data=data
    )


def _only(keys: set[int]) -> int | None:
    return next(iter(keys)) if len(keys) == 1 else None
