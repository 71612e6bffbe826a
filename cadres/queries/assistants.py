"""Accounts of assistants, who are members nowhere here: where one can belong, and names still free."""

from datetime import date
from itertools import count

from django.db.models import Q, QuerySet

from cadres.models import Unit, User
from cadres.permissions import scope_of
from cadres.queries.accounts import kept_accounts
from cadres.roles import Role
from cadres.text import fold
from cadres.usernames import stem

MAKERS = (Role.BOARD_OFFICER, Role.ADMINISTRATOR)
NAMED = 5


def homes(user: User) -> QuerySet[Unit]:
    """Where an assistant's account can belong: the user's organisations and those directly below them.

    Deeper ones have a board of their own, which makes its accounts itself.
    """
    paths = scope_of(user).paths
    own = {path for role in MAKERS for path in paths.get(role, ())}
    return Unit.objects.in_force().filter(Q(path__in=own) | Q(parent__path__in=own)).order_by("path")


def free_username(name: str) -> str:
    """What to call an account of this name: the name itself, else the first number still free."""
    base = stem(name)
    taken = set(User.objects.filter(username__startswith=base).values_list("username", flat=True))
    numbered = (f"{base}-{number}" for number in count(2))
    return base if base not in taken else next(name for name in numbered if name not in taken)


def namesakes(user: User, name: str, on: date) -> list[User]:
    """Accounts the user keeps that are called exactly so, marks and case ignored."""
    found = kept_accounts(user, on).filter(username__startswith=stem(name)).select_related("member__unit")
    return [one for one in found.order_by("username") if fold(one.display_name) == fold(name)][:NAMED]
