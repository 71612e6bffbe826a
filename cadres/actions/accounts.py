"""Accounts (tài khoản) and account slips (phiếu cấp tài khoản).

A slip carries a one-time code (mã dùng một lần). The code is the account's password until its owner
chooses one; it is kept as a hash only, and nobody sees it again after the slip was printed.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cadres import clock
from cadres.actions.openings import ensure_accounts, record_accounts
from cadres.actions.roles import end_roles
from cadres.codes import new_code
from cadres.models import Member, RoleAssignment, User
from cadres.queries.accounts import may_keep

VALID_DAYS = 30
CODE_LENGTH = 10
GROUP = 5


@dataclass(frozen=True)
class Slip:
    """What is printed for one person; `code` exists nowhere else."""

    user: User
    code: str = field(repr=False)
    valid_until: datetime

    @property
    def code_in_groups(self) -> str:
        """The code as it is read aloud: K7M2P-9QXRT."""
        return "-".join(self.code[start : start + GROUP] for start in range(0, len(self.code), GROUP))


@dataclass(frozen=True)
class RefusedSlip:
    """An account that got no slip, and why."""

    user: User
    reason: str


def code_as_stored(typed: str) -> str:
    """A one-time code without the dashes, spaces and small letters with which it may be typed."""
    return "".join(char for char in typed if char.isalnum()).upper()


def create_account(*, member: Member, by: User | None) -> User:
    """The account of a member, made when there is none; it is entered with the code of a slip."""
    return ensure_accounts([member], by=by)[member.pk]


def issue_slip(*, user: User, by: User | None, valid_days: int = VALID_DAYS) -> str:
    """A new one-time code for an account. Raises PermissionDenied when `by` may not issue it."""
    slips, refused = issue_slips([user.pk], by=by, on=clock.today(), valid_days=valid_days)
    if refused:
        raise PermissionDenied(refused[0].reason)
    return slips[0].code


def issue_slips(
    user_ids: Iterable[int], *, by: User | None, on: date, valid_days: int = VALID_DAYS
) -> tuple[list[Slip], list[RefusedSlip]]:
    """New one-time codes for a set of accounts, by user name.

    The old password, an older code and all sessions of each account end at once: sessions are tied
    to the password. `on` is the day on which roles are read; the code itself lives by the real clock.
    """
    ids = sorted(set(user_ids))
    valid_until = timezone.now() + timedelta(days=valid_days)
    # Hashing is slow by design and is done before anything is locked.
    codes = {pk: new_code(CODE_LENGTH) for pk in ids}
    hashes = {pk: make_password(code) for pk, code in codes.items()}
    with transaction.atomic():
        accepted, refused = _judged(ids, by=by, on=on)
        for user in accepted:
            user.password = hashes[user.pk]
            user.must_set_password, user.code_expires_at = True, valid_until
        User.objects.bulk_update(accepted, ["password", "must_set_password", "code_expires_at"])
        record_accounts("slip_issued", accepted, by=by)
    slips = [Slip(user, codes[user.pk], valid_until) for user in accepted]
    return sorted(slips, key=lambda slip: slip.user.username), refused


def choose_password(*, user: User, password: str) -> bool:
    """Set the person's own password and end the one-time code.

    False when the account's secret changed since `user` was read, as a new slip was issued: the
    new slip then holds.
    """
    hashed = make_password(password)
    with transaction.atomic():
        changed = User.objects.filter(pk=user.pk, password=user.password).update(
            password=hashed, must_set_password=False, code_expires_at=None
        )
        if changed:
            record_accounts("password_chosen", [user], by=user)
    if changed:
        user.refresh_from_db()
    return bool(changed)


@transaction.atomic
def end_account(*, user: User, by: User | None, on: date) -> None:
    """Close an account: nobody signs in with it any more, and its roles end on the day `on`.

    Raises PermissionDenied when one of its roles is not `by`'s to take.
    """
    locked = User.objects.select_for_update(of=("self",)).select_related("member").get(pk=user.pk)
    if reason := _why_not_renew(locked, _open_roles([locked], on)[locked.pk], by=by):
        raise PermissionDenied(reason)
    end_roles(RoleAssignment.objects.filter(user=locked), by=by, on=on)
    if locked.is_active:
        locked.set_unusable_password()
        locked.is_active = locked.must_set_password = False
        locked.code_expires_at = None
        locked.save(update_fields=["password", "is_active", "must_set_password", "code_expires_at"])
        record_accounts("account_closed", [locked], by=by)


def _judged(ids: Sequence[int], *, by: User | None, on: date) -> tuple[list[User], list[RefusedSlip]]:
    locked = User.objects.select_for_update(of=("self",)).select_related("member__unit__parent")
    users = list(locked.filter(pk__in=ids).order_by("pk"))
    roles = _open_roles(users, on)
    reasons = [(user, _why_no_slip(user, roles[user.pk], by=by)) for user in users]
    refused = [RefusedSlip(user, reason) for user, reason in reasons if reason]
    return [user for user, reason in reasons if not reason], refused


def _open_roles(users: Iterable[User], on: date) -> dict[int, list[RoleAssignment]]:
    roles: dict[int, list[RoleAssignment]] = defaultdict(list)
    held = RoleAssignment.objects.on(on).filter(user__in=users).select_related("unit", "body__unit")
    for role in held:
        roles[role.user_id].append(role)
    return roles


def _why_no_slip(user: User, roles: Sequence[RoleAssignment], *, by: User | None) -> str | None:
    if not user.is_active:
        return _("The account is closed.")
    if not roles:
        return _("The account holds no role; confirm the role first.")
    return _why_not_renew(user, roles, by=by)


def _why_not_renew(user: User, roles: Sequence[RoleAssignment], *, by: User | None) -> str | None:
    """Whoever issues a slip could sign in with it: so each role of the account must be his to give."""
    if by is None:
        return None
    if by.pk == user.pk:
        return _("This is your own account; choose a new password instead.")
    for role in roles:
        place = role.body.unit if role.body else role.unit
        if place is None or not may_keep(by, role.role, place):
            return _("The account also holds a role that is not yours to give.")
    return None
