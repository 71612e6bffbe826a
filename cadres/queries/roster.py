"""What the database knows of the people and posts that a roster speaks of. Reads only."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from django.db.models import FilteredRelation, Max, Q, QuerySet

from cadres.models import Member, Membership, Office, Unit, UnitPeriod

CHUNK = 500
Key = TypeVar("Key", int, str)


@dataclass(frozen=True)
class Known:
    """A member with the open membership; who has left has no `start` but the day of the end, `left_on`."""

    pk: int
    family_names: str
    given_name: str
    birth_year: int | None
    card_number: str | None
    position: int
    unit_id: int
    unit_path: str
    unit_name: str
    parent_name: str | None
    rank: str
    standing: str
    start: date | None
    left_on: date | None = None

    @property
    def name(self) -> str:
        """Họ, đệm và tên."""
        return f"{self.family_names} {self.given_name}".strip()

    @property
    def cell(self) -> str:
        """The unit as group lines of lists write it: many wards have a "Chi bộ số 1"."""
        return " - ".join(filter(None, (self.parent_name, self.unit_name)))

    @property
    def since(self) -> date | None:
        """The day from which it stands as it does: no change can be earlier."""
        return self.start or self.left_on


@dataclass(frozen=True)
class Post:
    """A post in force without an end."""

    pk: int
    member_id: int
    unit_id: int
    kind: str
    start: date


def members_of_units(unit_ids: Iterable[int]) -> list[Known]:
    """Everybody who stands in the units now."""
    return [known for chunk in _chunks(unit_ids) for known in _known(_standing().filter(now__unit__in=chunk))]


def members_by_card(cards: Iterable[str]) -> list[Known]:
    """The holders of the cards, wherever they stand or stood."""
    found = [known for chunk in _chunks(cards) for known in _known(_standing().filter(card_number__in=chunk))]
    left = [known.pk for known in found if known.start is None]
    ends = {pk: end for chunk in _chunks(left) for pk, end in _last_ends(chunk)}
    return [replace(known, left_on=ends.get(known.pk)) for known in found]


def members_without_card(host: Unit) -> list[Known]:
    """Everybody in the sub-tree of the host who has no card yet."""
    return _known(_standing().filter(now__unit__path__startswith=host.path, card_number=None))


def posts_in(unit_ids: Iterable[int]) -> list[Post]:
    """Posts in force in the units."""
    return [post for chunk in _chunks(unit_ids) for post in _posts(Q(unit__in=chunk))]


def posts_of(member_ids: Iterable[int]) -> list[Post]:
    """Posts in force of the members, in whatever unit."""
    return [post for chunk in _chunks(member_ids) for post in _posts(Q(member__in=chunk))]


def unit_starts(unit_ids: Iterable[int]) -> list[date]:
    """The days since which the units stand as they do."""
    return [
        start
        for chunk in _chunks(unit_ids)
        for start in UnitPeriod.objects.filter(unit__in=chunk, end=None).values_list("start", flat=True)
    ]


def _standing() -> QuerySet[Any]:
    """Members with the open membership as `now`, null for those who have left."""
    return Member.objects.annotate(
        now=FilteredRelation("memberships", condition=Q(memberships__end=None))
    ).order_by()


def _known(members: QuerySet[Any]) -> list[Known]:
    rows = members.values_list(
        "pk",
        "family_names",
        "given_name",
        "birth_year",
        "card_number",
        "position",
        "unit_id",
        "unit__path",
        "unit__name",
        "unit__parent__name",
        "rank",
        "standing",
        "now__start",
    )
    return [Known(*row) for row in rows]


def _last_ends(member_ids: Sequence[int]) -> Iterable[tuple[int, date]]:
    ended = Membership.objects.filter(member__in=member_ids).order_by().values("member")
    return ended.annotate(last=Max("end")).values_list("member", "last")


def _posts(condition: Q) -> list[Post]:
    rows = Office.objects.filter(condition, end=None).order_by("pk")
    return [Post(*row) for row in rows.values_list("pk", "member_id", "unit_id", "kind", "start")]


def _chunks(values: Iterable[Key]) -> Iterator[list[Key]]:
    ordered = sorted(set(values))
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]
