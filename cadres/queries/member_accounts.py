"""Accounts of members without a role: whose slips a person issues, and in whose name an account acts."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Exists, OuterRef, QuerySet, Value, When

from cadres.models import CadreEntry, CadreList, CadreListKind, Delegation, Member, RoleAssignment, Unit, User
from cadres.models.members import MemberQuerySet
from cadres.permissions import OPENERS, scope_of, under
from cadres.queries.accounts import AccountState, account_state
from cadres.roles import Role

# States in which a member's slip can be issued: anything but a closed account.
SLIP_STATES = tuple(state for state in AccountState if state != AccountState.CLOSED)
# Among them those in which nobody can sign in: a first slip, or one that ran out.
LACKING = (AccountState.NO_ACCOUNT, AccountState.NO_SLIP, AccountState.CODE_OVER)


@dataclass
class Reach:
    """What a person who signs in with an account can do: its roles, and the members it types for."""

    roles: list[RoleAssignment] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)

    def unit_of(self, user: User) -> Unit | None:
        """Where the account belongs: the member's unit, else that of its first role."""
        if user.member:
            return user.member.unit
        first = self.roles[0] if self.roles else None
        return (first.body.unit if first.body else first.unit) if first else None


def reaches(users: Collection[User], on: date) -> dict[int, Reach]:
    """The reach of each account on the day; the users come with their members and units."""
    found: dict[int, Reach] = defaultdict(Reach)
    for user in users:
        if user.member:
            found[user.pk].members.append(user.member)
    held = RoleAssignment.objects.on(on).filter(user__in=users).order_by("user", "start", "pk")
    for role in held.select_related("unit__parent", "body__unit__parent"):
        found[role.user_id].roles.append(role)
    typed = Delegation.objects.on(on).filter(user__in=users).select_related("member__unit")
    for delegation in typed:
        found[delegation.user_id].members.append(delegation.member)
    return found


def left_to_boards(by: User) -> QuerySet[CadreEntry]:
    """Entries of key cadres whose slips are not `by`'s to issue: the board of their list does it."""
    scope = scope_of(by)
    paths = (*scope.paths.get(Role.BOARD_OFFICER, ()), *scope.paths.get(Role.ADMINISTRATOR, ()))
    key = CadreEntry.objects.order_by().filter(cadre_list__kind=CadreListKind.KEY)
    return key.exclude(under(paths, "cadre_list__unit__"))


def left_to_boards_among(by: User, members: Iterable[Member]) -> set[int]:
    """Keys of those members who stand on such a list."""
    keys = {member.pk for member in members}
    return set(left_to_boards(by).filter(member__in=keys).values_list("member", flat=True))


def kept_members(user: User) -> MemberQuerySet:
    """Members for whom the user makes accounts (see `can_open_account`)."""
    paths = scope_of(user).paths
    own = tuple({path for role in OPENERS for path in paths.get(role, ())})
    found: MemberQuerySet = Member.objects.filter(under(own, "unit__"))
    return found


def members_with_account(user: User, *, at: datetime) -> MemberQuerySet:
    """Those members with `state` of the account, and `of_board`: left to the board of a list."""
    listed = left_to_boards(user).filter(member=OuterRef("pk"))
    return kept_members(user).annotate(
        state=account_state(at, "user__", no_account("user")), of_board=Exists(listed)
    )


def entries_with_account(listing: CadreList, *, at: datetime) -> QuerySet[CadreEntry]:
    """Who stands on a list, with `state`: how far the account of each has come."""
    entries = listing.entries.select_related("member__unit", "member__user", "unit")
    return entries.annotate(state=account_state(at, "member__user__", no_account("member__user")))


def no_account(prefix: str) -> When:
    """The case of a state: nobody has opened an account yet."""
    return When(**{prefix: None}, then=Value(AccountState.NO_ACCOUNT))
