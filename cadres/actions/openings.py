"""Accounts made for members, many at once; without a slip they cannot be entered."""

from collections.abc import Iterable, Mapping, Sequence

from django.contrib.auth.hashers import make_password
from django.db import transaction

from cadres.models import Member, RecordEvent, Unit, User
from cadres.usernames import username_choices

# Two people who open accounts at once may pick one user name; the loser picks again.
TRIES = 4


def lock_members(member_ids: Iterable[int]) -> None:
    """Lock members in the order of their keys: accounts and roles of a person change one by one."""
    list(
        Member.objects.select_for_update(no_key=True)
        .filter(pk__in=list(member_ids))
        .order_by("pk")
        .values_list("pk")
    )


@transaction.atomic
def ensure_accounts(members: Iterable[Member], *, by: User | None) -> dict[int, User]:
    """The account of each member by the member's key: found, opened again, or newly made.

    A new or reopened account has no password at all: an account slip gives the first one.
    """
    wanted = {member.pk: member for member in members}
    lock_members(wanted)
    accounts = _accounts_of(wanted)
    _reopen([user for user in accounts.values() if not user.is_active], by=by)
    made = [member for pk, member in wanted.items() if pk not in accounts]
    for _try in range(TRIES):
        missing = [member for member in made if member.pk not in accounts]
        if not missing:
            break
        _make(missing)
        accounts |= _accounts_of([member.pk for member in missing])
    record_accounts("account_created", [accounts[member.pk] for member in made], by=by)
    return accounts


def record_accounts(
    action: str, users: Iterable[User], *, by: User | None, units: Mapping[int, Unit | None] | None = None
) -> None:
    """Journal what was done to accounts: never a code, a hash or a name.

    `units`: where accounts belong; else it is the unit of the member.
    """
    RecordEvent.objects.bulk_create(
        RecordEvent(
            actor=by,
            action=action,
            unit=units.get(user.pk) if units else (user.member.unit if user.member else None),
            member_id=user.member_id,
            user=user,
        )
        for user in users
    )


def _accounts_of(member_ids: Iterable[int]) -> dict[int, User]:
    users = User.objects.filter(member__in=list(member_ids)).select_related("member__unit")
    return {user.member_id: user for user in users if user.member_id is not None}


def _make(members: Sequence[Member]) -> None:
    """Insert what the constraints let through; a name taken meanwhile is left out and tried again."""
    choices = {member.pk: list(username_choices(member)) for member in members}
    every = [name for names in choices.values() for name in names]
    taken = set(User.objects.filter(username__in=every).values_list("username", flat=True))
    rows = []
    for member in members:
        username = next(name for name in choices[member.pk] if name not in taken)
        taken.add(username)
        rows.append(
            User(username=username, display_name=member.name, member=member, password=make_password(None))
        )
    User.objects.bulk_create(rows, ignore_conflicts=True)


def _reopen(users: Sequence[User], *, by: User | None) -> None:
    if not users:
        return
    User.objects.filter(pk__in=[user.pk for user in users]).update(is_active=True)
    for user in users:
        user.is_active = True
    record_accounts("account_reopened", users, by=by)
