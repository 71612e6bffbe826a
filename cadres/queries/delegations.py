"""Who types for key cadres: delegations a person keeps, and accounts to which typing may be delegated."""

from datetime import date

from django.db.models import Q, QuerySet

from cadres.models import CadreEntry, CadreList, Delegation, Member, RoleAssignment, User
from cadres.models.members import MemberQuerySet
from cadres.permissions import scope_of, under
from cadres.queries.accounts import find_accounts
from cadres.queries.search import SHORTEST
from cadres.roles import Role
from cadres.text import fold
from cadres.usernames import username_from


def kept_cadres(user: User) -> MemberQuerySet:
    """Cadres on lists of the organisations whose board the user is."""
    lists = CadreList.objects.filter(under(_boards(user), "unit__"))
    listed = CadreEntry.objects.order_by().filter(cadre_list__in=lists.order_by().values("pk"))
    found: MemberQuerySet = Member.objects.filter(pk__in=listed.values("member"))
    return found


def kept_delegations(user: User, on: date) -> QuerySet[Delegation]:
    """Delegations in force for those cadres, by the cadre's name."""
    rows = Delegation.objects.on(on).filter(member__in=kept_cadres(user).order_by().values("pk"))
    return with_names(rows).order_by("member__sort_key", "member", "end", "pk")


def delegations_for(member: Member, on: date) -> QuerySet[Delegation]:
    """Who types for the member on the day, the first to end first."""
    return with_names(Delegation.objects.on(on).filter(member=member)).order_by("end", "pk")


def with_names(rows: QuerySet[Delegation]) -> QuerySet[Delegation]:
    """Together with the names a list shows."""
    return rows.select_related("member__unit", "user__member__unit", "granted_by")


def reachable_accounts(by: User, member: Member, on: date) -> QuerySet[User]:
    """Open accounts to which `by` may delegate the typing for the member.

    Of the organisation whose list he stands on, with all below it; never his own nor the giver's.
    """
    lists = CadreList.objects.filter(entries__member=member).order_by()
    return _accounts(tuple(set(lists.values_list("unit__path", flat=True))), by, member, on)


def found_assistants(by: User, member: Member, text: str, on: date) -> QuerySet[User]:
    """Among them those called like `text`, marks ignored; a whole user name is always found.

    A cadre finds by name people of the organisation at which he counts and of the one above his
    cell; who keeps the list finds everybody.
    """
    reachable = reachable_accounts(by, member, on)
    if len(fold(text)) < SHORTEST:
        return reachable.none()
    near = reachable
    if scope_of(by).member_id == member.pk:
        own = member.unit.parent or member.unit
        entries = CadreEntry.objects.order_by().filter(member=member)
        paths = {own.path, *entries.values_list("unit__path", flat=True)} | set(scope_of(by).readable_paths)
        near = reachable & _accounts(tuple(paths), by, member, on)
    named = find_accounts(near, text).order_by().values("pk")
    found = reachable.filter(Q(pk__in=named) | Q(username=username_from(text)))
    return found.select_related("member__unit").order_by("display_name", "pk")


def _accounts(paths: tuple[str, ...], by: User, member: Member, on: date) -> QuerySet[User]:
    roles = RoleAssignment.objects.order_by().on(on)
    holders = roles.filter(under(paths, "unit__") | under(paths, "body__unit__")).values("user")
    within = Q(pk__in=holders) | under(paths, "member__unit__")
    return User.objects.filter(within, is_active=True).exclude(Q(pk=by.pk) | Q(member=member.pk))


def _boards(user: User) -> tuple[str, ...]:
    return scope_of(user).paths.get(Role.BOARD_OFFICER, ())
