"""Organisations and people that an organisation board moves, founds and ends. Reads only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from cadres.models import CELL_KINDS, Member, Office, Unit, User
from cadres.permissions import scope_of, under
from cadres.queries.search import SHORTEST
from cadres.roles import Role
from cadres.text import fold


def kept_units(user: User, text: str) -> QuerySet[Unit]:
    """Organisations in force whose rosters the user keeps (see `can_keep_roster`), by name.

    Each word of `text` stands in the name of the organisation or of the one above it; a number as a
    whole, so that "số 3" does not find the thirteenth.
    """
    units = _kept(user)
    if len(fold(text)) < SHORTEST:
        return units.none()
    for word in fold(text).split():
        is_number = word.isascii() and word.isdigit()
        how, sought = ("regex", rf"(^|\W){word}(\W|$)") if is_number else ("contains", word)
        own, above = f"name_key__{how}", f"parent__name_key__{how}"
        units = units.filter(Q(**{own: sought}) | Q(**{above: sought}))
    return units.order_by("path")


def kept_among(user: User, codes: Iterable[str]) -> QuerySet[Unit]:
    """Those of the organisations named that are in force and kept by the user."""
    return _kept(user).filter(code__in=list(codes)).order_by("path")


def is_kept_from_above(user: User, unit: Unit) -> bool:
    """Whether the organisation is the one whose board the user is: what becomes of it is decided above."""
    return unit.path in scope_of(user).paths.get(Role.BOARD_OFFICER, ())


def _kept(user: User) -> QuerySet[Unit]:
    paths = scope_of(user).paths.get(Role.BOARD_OFFICER, ())
    return Unit.objects.in_force().filter(under(paths)).select_related("parent")


def kept_cells(user: User, text: str) -> QuerySet[Unit]:
    """Cells among the organisations kept, by name."""
    return kept_units(user, text).cells()  # type: ignore[attr-defined]


def namesakes(user: User, name: str, birth_year: int | None) -> QuerySet[Member]:
    """Members the user keeps, also those who left, who may be the person: name and year."""
    paths = scope_of(user).paths.get(Role.BOARD_OFFICER, ())
    same = Member.objects.filter(under(paths, "unit__")).search(name).filter(search_key=fold(name))
    if birth_year is not None:
        same = same.filter(Q(birth_year=birth_year) | Q(birth_year=None))
    return same.select_related("unit__parent").order_by("unit__path", "pk")


def posts_of(member_id: int, *, in_cells: bool = False) -> QuerySet[Office]:
    """The posts that a member holds without an end; `in_cells`: those that end with a transfer."""
    posts = Office.objects.filter(member=member_id, end=None).select_related("unit").order_by("start", "pk")
    return posts.filter(unit__kind__in=CELL_KINDS) if in_cells else posts


@dataclass(frozen=True)
class Inside:
    """An organisation with what stands right in it: its members and the organisations below."""

    unit: Unit
    members: int
    below: int


def insides(units: Sequence[Unit]) -> list[Inside]:
    """What stands right in each of the organisations, besides one another."""
    keys = [unit.pk for unit in units]
    held = Count("memberships", filter=Q(memberships__end=None))
    people = dict(Unit.objects.filter(pk__in=keys).order_by().annotate(n=held).values_list("pk", "n"))
    children = Unit.objects.in_force().filter(parent__in=keys).exclude(pk__in=keys)
    below = dict(children.order_by().values_list("parent").annotate(n=Count("pk")))
    return [Inside(unit, people.get(unit.pk, 0), below.get(unit.pk, 0)) for unit in units]
