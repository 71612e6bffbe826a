"""Organisations and people that an organisation board moves, founds and ends. Reads only."""

from django.db.models import Q, QuerySet

from cadres.models import CELL_KINDS, Office, Unit, User
from cadres.permissions import scope_of, under
from cadres.queries.search import SHORTEST
from cadres.roles import Role
from cadres.text import fold


def kept_units(user: User, text: str) -> QuerySet[Unit]:
    """Organisations in force whose rosters the user keeps (see `can_keep_roster`), by name.

    Each word of `text` stands in the name of the organisation or of the one above it.
    """
    paths = scope_of(user).paths.get(Role.BOARD_OFFICER, ())
    units = Unit.objects.in_force().filter(under(paths)).select_related("parent")
    if len(fold(text)) < SHORTEST:
        return units.none()
    for word in fold(text).split():
        units = units.filter(Q(name_key__contains=word) | Q(parent__name_key__contains=word))
    return units.order_by("path")


def kept_cells(user: User, text: str) -> QuerySet[Unit]:
    """Cells among the organisations kept, by name."""
    return kept_units(user, text).cells()  # type: ignore[attr-defined]


def posts_of(member_id: int, *, in_cells: bool = False) -> QuerySet[Office]:
    """The posts that a member holds without an end; `in_cells`: those that end with a transfer."""
    posts = Office.objects.filter(member=member_id, end=None).select_related("unit").order_by("start", "pk")
    return posts.filter(unit__kind__in=CELL_KINDS) if in_cells else posts
