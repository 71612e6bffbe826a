"""Typing delegated to an assistant (ủy quyền nhập liệu): given, prolonged, ended; each is journalled.

Written under the lock of the cadre, so that two at once are one. `by` is None only on the server's
own console.
"""

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from cadres import clock
from cadres.actions.openings import lock_members
from cadres.models import Delegation, Member, RecordEvent, User
from cadres.permissions import can_delegate
from cadres.queries.delegations import reachable_accounts

LONGEST = timedelta(days=366)


class DelegationError(ValueError):
    """Why this cannot be delegated, told to the person."""


@transaction.atomic
def delegate(*, user: User, member: Member, end: date, by: User | None, on: date) -> Delegation:
    """Let `user` type for `member` from the day `on` until before `end`; given already, it is prolonged.

    An earlier end than the one in force changes nothing: only `end_delegation` shortens. Raises
    PermissionDenied when it is not `by`'s to give, DelegationError for a wrong account or end.
    """
    lock_members([member.pk])
    if by is not None and not can_delegate(by, member):
        raise PermissionDenied(_("The typing for this comrade is not yours to delegate."))
    if problem := _problem(user, member, end, by, on):
        raise DelegationError(problem)
    rows = Delegation.objects.filter(user=user, member=member)
    # One that was ended on this very day is taken up again.
    known = rows.on(on).first() or rows.filter(start=on).first()
    if known is None:
        given = Delegation.objects.create(
            user=user, member=member, start=on, end=end, granted_by=by, granted_at=clock.now()
        )
        _note("delegation_given", given, by)
        return given
    if known.end < end:
        known.end, known.granted_by, known.granted_at = end, by, clock.now()
        known.save(update_fields=["end", "granted_by", "granted_at"])
        _note("delegation_prolonged", known, by)
    return known


@transaction.atomic
def end_delegation(*, delegation: Delegation, by: User | None, on: date) -> None:
    """End it at once; twice is once. Raises PermissionDenied when it is not `by`'s to take."""
    lock_members([delegation.member_id])
    if by is not None and not can_delegate(by, delegation.member):
        raise PermissionDenied(_("This delegation is not yours to end."))
    delegation.refresh_from_db()
    if delegation.end > on:
        delegation.end = max(on, delegation.start)
        delegation.save(update_fields=["end"])
        _note("delegation_ended", delegation, by)


def _problem(user: User, member: Member, end: date, by: User | None, on: date) -> str | None:
    if user.member_id == member.pk or (by is not None and by.pk == user.pk):
        return _("Nobody types for himself or herself by delegation.")
    if not user.is_active:
        return _("The account is closed.")
    if by is not None and not reachable_accounts(by, member, on).filter(pk=user.pk).exists():
        return _("This account does not belong to the organisation.")
    if end <= on:
        return _("The last day lies in the past.")
    if end - on > LONGEST:
        return _("A delegation lasts a year at most; it can be prolonged later.")
    return None


def _note(action: str, row: Delegation, by: User | None) -> None:
    RecordEvent.objects.create(
        actor=by,
        action=action,
        unit_id=row.member.unit_id,
        member=row.member,
        user=row.user,
        data={"from": row.start.isoformat(), "until": row.end.isoformat()},
    )
