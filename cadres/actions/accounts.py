"""Accounts (tài khoản) and account slips (phiếu cấp tài khoản).

A slip carries a one-time code (mã dùng một lần). The code is the account's password until its owner
chooses one; it is kept as a hash only, and nobody sees it again after the slip was printed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cadres import clock
from cadres.actions.openings import ensure_accounts, record_accounts
from cadres.actions.roles import end_roles
from cadres.codes import new_code
from cadres.models import Member, RoleAssignment, Unit, User
from cadres.permissions import can_issue_slips
from cadres.queries.accounts import may_keep
from cadres.queries.member_accounts import Reach, left_to_boards_among, reaches

VALID_DAYS = 30
CODE_LENGTH = 10
GROUP = 5


@dataclass(frozen=True)
class Slip:
    """What is printed for one person; `code` exists nowhere else."""

    user: User
    code: str = field(repr=False)
    valid_until: datetime
    unit: Unit | None = None

    @property
    def code_in_groups(self) -> str:
        """The code as it is read aloud: K7M2P-9QXRT."""
        return "-".join(self.code[start : start + GROUP] for start in range(0, len(self.code), GROUP))


@dataclass(frozen=True)
class RefusedSlip:
    """An account that got no slip, or a member who got none made, and why."""

    user: User | None
    reason: str
    member: Member | None = None

    @property
    def name(self) -> str:
        """Whose slip it would have been."""
        return self.user.display_name if self.user else str(self.member)


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
        accepted, refused, units = _judged(ids, by=by, on=on)
        for user in accepted:
            user.password = hashes[user.pk]
            user.must_set_password, user.code_expires_at = True, valid_until
        User.objects.bulk_update(accepted, ["password", "must_set_password", "code_expires_at"])
        record_accounts("slip_issued", accepted, by=by, units=units)
    slips = [Slip(user, codes[user.pk], valid_until, units[user.pk]) for user in accepted]
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
    locked = _locked().get(pk=user.pk)
    reach = reaches([locked], on)[locked.pk]
    if reason := _why_not_renew(locked, reach, _of_boards([reach], by), by=by):
        raise PermissionDenied(reason)
    end_roles(RoleAssignment.objects.filter(user=locked), by=by, on=on)
    if locked.is_active:
        locked.set_unusable_password()
        locked.is_active = locked.must_set_password = False
        locked.code_expires_at = None
        locked.save(update_fields=["password", "is_active", "must_set_password", "code_expires_at"])
        record_accounts("account_closed", [locked], by=by)


def _locked() -> QuerySet[User]:
    return User.objects.select_for_update(of=("self",), no_key=True).select_related("member__unit__parent")


def _judged(
    ids: Sequence[int], *, by: User | None, on: date
) -> tuple[list[User], list[RefusedSlip], dict[int, Unit | None]]:
    """Who gets a slip, who does not and why, and where each account belongs."""
    users = list(_locked().filter(pk__in=ids).order_by("pk"))
    reach = reaches(users, on)
    of_boards = _of_boards(reach.values(), by)
    reasons = [(user, _why_no_slip(user, reach[user.pk], of_boards, by=by)) for user in users]
    refused = [RefusedSlip(user, reason) for user, reason in reasons if reason]
    units = {user.pk: reach[user.pk].unit_of(user) for user in users}
    return [user for user, reason in reasons if not reason], refused, units


def _of_boards(found: Iterable[Reach], by: User | None) -> set[int]:
    """Of the members in whose name the accounts act, those left to another board."""
    return left_to_boards_among(by, [member for reach in found for member in reach.members]) if by else set()


def _why_no_slip(user: User, reach: Reach, of_boards: set[int], *, by: User | None) -> str | None:
    if not user.is_active:
        return _("The account is closed.")
    if not reach.roles and user.member is None:
        return _("The account holds no role; confirm the role first.")
    return _why_not_renew(user, reach, of_boards, by=by)


def _why_not_renew(user: User, reach: Reach, of_boards: set[int], *, by: User | None) -> str | None:
    """Whoever issues a slip could sign in with it: so all the account does must be his to give.

    Each role; the member whose account it is, in a unit he keeps and on no list of another board;
    and the same of each cadre for whom the account types.
    """
    if by is None:
        return None
    if by.pk == user.pk:
        return _("This is your own account; choose a new password instead.")
    for role in reach.roles:
        place = role.body.unit if role.body else role.unit
        if place is None or not may_keep(by, role.role, place):
            return _("The account also holds a role that is not yours to give.")
    for member in reach.members:
        if member.pk in of_boards:
            return left_to_board(member, user)
        if not can_issue_slips(by, member.unit):
            return _("The account belongs to an organisation outside your duties.")
    return None


def left_to_board(member: Member, user: User | None) -> str:
    """Why the slip of a key cadre, or of the account that types for one, is not printed here."""
    if user is None or user.member_id == member.pk:
        return _("A key cadre: the organisation board that keeps the list issues the slip.")
    return _("The account types for a key cadre: the organisation board issues the slip.")
