"""Accounts for people who are members nowhere here, so that a key cadre can let them type for him."""

from datetime import date

from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from cadres.actions.openings import record_accounts
from cadres.actions.roles import grant
from cadres.models import RoleAssignment, Unit, User
from cadres.queries.accounts import may_keep
from cadres.roles import Role


class UsernameTakenError(ValueError):
    """The user name belongs to another account."""


@transaction.atomic
def open_assistant_account(*, name: str, username: str, unit: Unit, by: User | None, on: date) -> User:
    """An account called `name` that belongs to `unit` and may do nothing until typing is delegated to it.

    Where it belongs is said by the role of a member there, which gives no right by itself. Twice the
    same call finds the first account, as long as nobody uses it. Raises PermissionDenied when the unit
    is not `by`'s to keep, UsernameTakenError for a user name in use.
    """
    if by is not None and not may_keep(by, Role.MEMBER, unit):
        raise PermissionDenied(_("The account belongs to an organisation outside your duties."))
    user, made = User.objects.get_or_create(
        username=username, defaults={"display_name": name, "password": make_password(None)}
    )
    if not made:
        if not _is_the_same(user, name, unit, on):
            raise UsernameTakenError(_("This user name is taken already."))
        return user
    record_accounts("account_created", [user], by=by, units={user.pk: unit})
    grant(user=user, role=Role.MEMBER, by=by, on=on, unit=unit)
    return user


def _is_the_same(user: User, name: str, unit: Unit, on: date) -> bool:
    """Whether this very account was asked for before and waits for its first password."""
    waits = user.is_active and (user.must_set_password or not user.has_usable_password())
    held = RoleAssignment.objects.on(on).filter(user=user, role=Role.MEMBER, unit=unit)
    return waits and user.member_id is None and user.display_name == name and held.exists()
