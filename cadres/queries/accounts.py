"""Which accounts, roles and posts a person keeps, and how far the account of a post has come."""

from datetime import date, datetime
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import models
from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from cadres.models import CELL_KINDS, Office, OfficeKind, RoleAssignment, Unit, User
from cadres.permissions import can_grant, scope_of, under
from cadres.roles import Role
from cadres.text import fold

KEEPERS = (Role.GRASSROOTS_OFFICER, Role.BOARD_OFFICER, Role.ADMINISTRATOR)
# Posts in a cell whose holder works as cell secretary (bí thư, phó bí thư chi bộ).
SECRETARIES = (OfficeKind.SECRETARY, OfficeKind.DEPUTY_SECRETARY)


class AccountState(models.TextChoices):
    """How far an account has come, from the post to the first own password."""

    ROLE_MISSING = "role_missing", _("Role not confirmed")
    NO_ACCOUNT = "no_account", _("No account yet")
    NO_SLIP = "no_slip", _("No slip issued yet")
    CODE_WAITING = "code_waiting", _("Slip issued, not used yet")
    CODE_OVER = "code_over", _("Slip expired unused")
    IN_USE = "in_use", _("In use")
    CLOSED = "closed", _("Account closed")


# States in which a slip can be issued: there is an open account with a role.
RENEWABLE = (AccountState.NO_SLIP, AccountState.CODE_WAITING, AccountState.CODE_OVER, AccountState.IN_USE)


def kept_paths(user: User) -> tuple[str, ...]:
    """Sub-trees whose accounts and slips the user keeps (see `can_issue_slips`)."""
    paths = scope_of(user).paths
    return tuple(sorted({path for role in KEEPERS for path in paths.get(role, ())}))


def may_keep(by: User, role: str, unit: Unit) -> bool:
    """Whether `by` may give or take `role` at `unit`, and renew the account that holds it.

    Whoever prints the slip of an account can sign in with it, so an officer must never reach
    further by a slip than by a grant.
    """
    return can_grant(by, role, unit)


def kept_accounts(user: User, on: date) -> QuerySet[User]:
    """Accounts the user may see in lists: of members or role holders in the sub-trees he keeps.

    An administrator also sees accounts that belong to nobody and hold nothing.
    """
    paths = kept_paths(user)
    roles = RoleAssignment.objects.on(on).filter(under(paths, "unit__") | under(paths, "body__unit__"))
    kept = Q(pk__in=roles.values("user")) | under(paths, "member__unit__")
    if scope_of(user).has(Role.ADMINISTRATOR):
        kept |= Q(member=None) & ~Q(pk__in=RoleAssignment.objects.on(on).values("user"))
    return User.objects.filter(kept)


def kept_posts(user: User, on: date) -> QuerySet[Office]:
    """Posts of secretary and deputy in force in cells of the sub-trees the user keeps."""
    in_force = Q(end=None) | Q(end__gt=on)
    cells = Q(unit__kind__in=CELL_KINDS, unit__ended_on=None)
    posts = Office.objects.filter(in_force, cells, kind__in=SECRETARIES, start__lte=on)
    return posts.filter(under(kept_paths(user), "unit__")).order_by("unit__path", "-kind", "pk")


def confirmed(on: date) -> Exists:
    """Whether the holder of a post has the role of cell secretary there (a condition on Office)."""
    held = RoleAssignment.objects.filter(
        Q(end=None) | Q(end__gt=on),
        user__member=OuterRef("member"),
        unit=OuterRef("unit"),
        role=Role.CELL_SECRETARY,
    )
    return Exists(held)


def open_offers(user: User, on: date) -> QuerySet[Office]:
    """Posts whose role waits to be confirmed by the user."""
    return kept_posts(user, on).filter(~confirmed(on))


def cells_without_secretary(user: User, on: date) -> QuerySet[Unit]:
    """Cells in the sub-trees the user keeps of which no secretary in force is known."""
    secretaries = Office.objects.filter(Q(end=None) | Q(end__gt=on), kind=OfficeKind.SECRETARY, start__lte=on)
    cells = Unit.objects.cells().in_force().filter(under(kept_paths(user)))
    return cells.exclude(pk__in=secretaries.values("unit")).order_by("path")


def account_state(at: datetime, prefix: str = "", *whens: When) -> Case:
    """The state of the account reached by `prefix`, after the cases `whens`."""

    def when(state: AccountState, **conditions: object) -> When:
        return When(**{f"{prefix}{field}": value for field, value in conditions.items()}, then=Value(state))

    return Case(
        *whens,
        when(AccountState.CLOSED, is_active=False),
        when(AccountState.CODE_OVER, must_set_password=True, code_expires_at__lte=at),
        when(AccountState.CODE_WAITING, must_set_password=True),
        when(AccountState.NO_SLIP, password__startswith=UNUSABLE_PASSWORD_PREFIX),
        default=Value(AccountState.IN_USE),
        output_field=CharField(),
    )


def posts_with_state(user: User, *, on: date, at: datetime) -> QuerySet[Office]:
    """Posts of cells with `state`: how far the account of the holder has come."""
    unconfirmed = When(~confirmed(on), then=Value(AccountState.ROLE_MISSING))
    return kept_posts(user, on).annotate(state=account_state(at, "member__user__", unconfirmed))


def count_by_state(rows: QuerySet[Any], *, most: int | None = None) -> dict[str, int]:
    """How many rows there are of each `state`, in one statement; with `most` of no more rows than that."""
    if most is not None:
        rows = rows.filter(pk__in=rows.order_by().values("pk")[:most])
    return dict(rows.order_by().values_list("state").annotate(n=Count("pk")))


def in_state(rows: QuerySet[Any], state: str) -> QuerySet[Any]:
    """The rows of one `state`; all of them for anything that is no state."""
    return rows.filter(state=state) if state in AccountState.values else rows


def find_posts(posts: QuerySet[Office], text: str) -> QuerySet[Office]:
    """Posts whose cell, the organisation above it, or holder is called like `text`, marks ignored."""
    posts = posts.annotate(
        found_in=Concat(
            "unit__name_key", Value(" "), "unit__parent__name_key", Value(" "), "member__search_key"
        )
    )
    for word in fold(text).split():
        posts = posts.filter(found_in__contains=word)
    return posts


def find_accounts(accounts: QuerySet[User], text: str) -> QuerySet[User]:
    """Accounts whose user name, shown name, or member is called like `text`."""
    for word in fold(text).split():
        accounts = accounts.filter(
            Q(username__contains=word)
            | Q(display_name__icontains=word)
            | Q(member__search_key__contains=word)
        )
    return accounts
