"""Two closings, or one and what holds now: what changed, by unit and down to the names.

Both sides answer the same questions with QuerySets that name a `member` or a `pledge`, so a list is a
set taken out of another by the database, never rows carried over one by one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from cadres.models import Unit
from cadres.models.members import MembershipQuerySet
from cadres.rates import Rate
from pledges import queries
from pledges.models import PledgeTier, Tier
from reports.figures import BY_CODE
from reports.models import ClosedPerson, ClosedPledge, ClosedUnit, Closing, UnitCount

PEOPLE = ("newly_counted", "no_longer_counted", "newly_registered", "no_longer_registered")


@dataclass(frozen=True)
class Frozen:
    """One side of a comparison: a closing, from the unit at `path` downwards."""

    closing: Closing
    tier: Tier
    path: str
    status = "status"

    def counted(self) -> QuerySet[Any]:
        """People counted."""
        return ClosedPerson.objects.filter(closing=self.closing, tier=self.tier, counted=True)

    def registered(self) -> QuerySet[Any]:
        """People counted who lead a registered pledge."""
        return self.counted().filter(registered__gt=0)

    def pledges(self) -> QuerySet[Any]:
        """Registered pledges."""
        return ClosedPledge.objects.filter(closing=self.closing, tier=self.tier)

    def below(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the sub-tree at `path`, in order."""
        order = "sort_key" if rows.model is ClosedPerson else "pledge"
        return rows.filter(path__startswith=self.path).order_by("path", order, "pk")

    def lines(self, unit: Unit) -> QuerySet[Any]:
        """The counts of a unit and of those directly below it."""
        rows = ClosedUnit.objects.filter(closing=self.closing, tier=self.tier)
        return rows.filter(Q(unit=unit) | Q(parent=unit)).select_related("unit").order_by("path")


@dataclass(frozen=True)
class Live:
    """The other side: what the database holds now, from the unit at `path` downwards."""

    tier: Tier
    day: date
    path: str
    status = "pledge__status"

    def counted(self) -> MembershipQuerySet:
        """People counted."""
        return queries.counted_people(self.tier, self.day)

    def registered(self) -> QuerySet[Any]:
        """People counted who lead a registered pledge."""
        return queries.with_registered(self.counted(), self.tier)

    def pledges(self) -> QuerySet[Any]:
        """Registered pledges."""
        return PledgeTier.objects.filter(
            tier=self.tier, pledge__in=queries.tier_pledges(self.tier).registered()
        )

    def below(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the sub-tree at `path`, in order."""
        of_pledges = rows.model is PledgeTier
        place = "pledge__unit__path" if of_pledges else "unit__path"
        order = "pledge" if of_pledges else "member__sort_key"
        return rows.filter(**{f"{place}__startswith": self.path}).order_by(place, order, "pk")

    def lines(self, unit: Unit) -> QuerySet[Any]:
        """The counts of a unit and of those directly below it."""
        rows = UnitCount.objects.filter(tier=self.tier).select_related("unit")
        units = Unit.objects.filter(Q(pk=unit.pk) | Q(parent=unit))
        return rows.filter(unit__in=units).order_by("unit__path")


Side = Frozen | Live


def _without(rows: QuerySet[Any], others: QuerySet[Any], key: str) -> QuerySet[Any]:
    return rows.filter(~Exists(others.order_by().filter(**{key: OuterRef(key)})))


def changes(before: Side, after: Side) -> dict[str, QuerySet[Any]]:
    """Each list of what changed in a sub-tree; what is gone is told as it stood before."""
    added_pledges = _without(after.pledges(), before.pledges(), "pledge")
    gone_pledges = _without(before.pledges(), after.pledges(), "pledge")
    return {
        "newly_counted": after.below(_without(after.counted(), before.counted(), "member")),
        "no_longer_counted": before.below(_without(before.counted(), after.counted(), "member")),
        "newly_registered": after.below(_without(after.registered(), before.registered(), "member")),
        "no_longer_registered": before.below(_without(before.registered(), after.registered(), "member")),
        "new_pledges": after.below(added_pledges),
        "gone_pledges": before.below(gone_pledges),
        "changed_pledges": after.below(_changed(before, after)),
    }


def _changed(before: Side, after: Side) -> QuerySet[Any]:
    """Pledges on both sides whose status is another, with `status_before` and `status_after`."""
    was = before.pledges().order_by().filter(pledge=OuterRef("pledge")).values(before.status)[:1]
    rows = after.pledges().annotate(status_before=Subquery(was), status_after=F(after.status))
    return rows.filter(status_before__isnull=False).exclude(status_before=F("status_after"))


@dataclass(frozen=True)
class Difference:
    """A unit on both sides; a side on which it did not stand has no numbers."""

    unit: Unit
    name: str
    before: Rate
    after: Rate
    pledges_before: int
    pledges_after: int

    @property
    def registered(self) -> int:
        """How many more registered."""
        return self.after.numerator - self.before.numerator

    @property
    def counted(self) -> int:
        """How many more are counted."""
        return self.after.denominator - self.before.denominator

    @property
    def pledges(self) -> int:
        """How many more pledges are registered."""
        return self.pledges_after - self.pledges_before

    @property
    def largest(self) -> int:
        """How many people or pledges there are on the larger side."""
        people = max(self.before.denominator, self.after.denominator)
        return max(people, self.pledges_before, self.pledges_after)

    @property
    def changed(self) -> bool:
        """Whether one of its numbers is another."""
        return self.before != self.after or self.pledges != 0


def by_unit(before: Side, after: Side, unit: Unit) -> tuple[Difference | None, list[Difference]]:
    """The unit itself and those below it on either side, in the order of the tree: two queries."""
    was = {row.unit_id: row for row in before.lines(unit)}
    now = {row.unit_id: row for row in after.lines(unit)}
    keys = sorted({*was, *now}, key=lambda key: (now.get(key) or was[key]).unit.path)
    found = dict(_differences(keys, was, now))
    return found.get(unit.pk), [one for key, one in found.items() if key != unit.pk]


def _differences(
    keys: list[int], was: dict[int, Any], now: dict[int, Any]
) -> Iterator[tuple[int, Difference]]:
    figure = BY_CODE["registered"]
    for key in keys:
        row = now.get(key) or was[key]
        name = row.name if isinstance(row, ClosedUnit) else row.unit.name
        before, after = was.get(key), now.get(key)
        yield (
            key,
            Difference(
                row.unit,
                name,
                figure.rate(before),
                figure.rate(after),
                before.pledges if before else 0,
                after.pledges if after else 0,
            ),
        )
