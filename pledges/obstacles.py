"""Obstacles read: who sees them, who reports, asks again and removes, and with whom pledges are stuck."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import gettext as _

from cadres.models import Unit, User
from cadres.permissions import scope_of, types_for, under
from cadres.roles import Role
from pledges.models import LISTED, Obstacle, Pledge, Tier
from pledges.models.obstacles import ObstacleQuerySet
from pledges.permissions import can_type_for, can_vet
from pledges.states import CampaignState, PledgeStatus

# Who acts for an organisation that is asked: the holders of these roles at it or above it.
ACTING = (Role.CELL_SECRETARY, Role.GRASSROOTS_OFFICER, Role.BOARD_OFFICER)
# So many of those who are asked are told by name, of so many obstacles.
HOLDERS = 50
COUNTED = 10_000


def visible_obstacles(user: User) -> ObstacleQuerySet:
    """Obstacles of the pledges that the user reads, and those that an organisation of his is asked to remove.

    Who is asked reads of a pledge outside his scope what his page of the obstacle tells, not the pledge.
    """
    scope = scope_of(user)
    own = [scope.member_id] if scope.member_id else []
    acting = tuple(path for role in ACTING for path in scope.paths.get(role, ()))
    cells = scope.paths.get(Role.CELL_SECRETARY, ())
    ways = (
        Q(pledge__lead_member__in=own),
        Q(pledge__lead_member__in=types_for(user), pledge__tier__kind__in=LISTED),
        under(scope.readable_paths, "pledge__unit__"),
        under(cells, "pledge__lead_member__unit__"),
        under(acting, "asked__"),
    )
    # One after the other, each by its index: together they would be asked of every obstacle there is.
    first, *others = (Obstacle.objects.filter(way).order_by().values("pk") for way in ways)
    return Obstacle.objects.filter(pk__in=first.union(*others))


def stuck_now(obstacles: ObstacleQuerySet) -> ObstacleQuerySet:
    """Open obstacles of pledges that are approved and running: those because of which these are stuck."""
    return obstacles.open().filter(pledge__status=PledgeStatus.APPROVED)


def can_follow(user: User, pledge: Pledge) -> bool:
    """Whether the user reports obstacles of the pledge and asks again.

    Whoever may type for the lead, and the organisation board of the host; for an organisation that
    leads whoever acts for it.
    """
    if can_vet(user, pledge.campaign):
        return True
    if pledge.lead_member is not None:
        return can_type_for(user, pledge.lead_member, pledge.tier)
    return pledge.lead_unit is not None and scope_of(user).covers_any(ACTING, pledge.lead_unit.path)


def can_remove(user: User, obstacle: Obstacle) -> bool:
    """Whether the user records how the obstacle was removed: those asked, and those who may report it."""
    return is_asked(user, obstacle) or can_follow(user, obstacle.pledge)


def is_asked(user: User, obstacle: Obstacle) -> bool:
    """Whether the user acts for the organisation that is asked."""
    return obstacle.asked is not None and scope_of(user).covers_any(ACTING, obstacle.asked.path)


def why_not_stuck(pledge: Pledge) -> str | None:
    """Why the pledge cannot be stuck now, or None: only what is approved and under way is."""
    if pledge.campaign.state == CampaignState.CLOSED:
        return _("The campaign is closed; nothing in it is changed any more.")
    if pledge.status != PledgeStatus.APPROVED:
        return _("Obstacles are reported of approved tasks that are under way.")
    return None


def askable(pledge: Pledge) -> list[Unit]:
    """The organisations offered first: those above the pledge's own up to the host, the nearest first."""
    host, own = pledge.campaign.host, pledge.unit
    units = Unit.objects.in_force().filter(path__in=own.ancestor_paths(), path__startswith=host.path)
    above = units if own.pk == host.pk else units.exclude(pk=own.pk)
    return list(above.order_by("-path"))


def nearby(pledge: Pledge) -> QuerySet[Unit]:
    """Organisations that may be asked by their name: directly below the host, and beside the pledge's own."""
    beside = {pledge.campaign.host_id, pledge.unit.parent_id}
    return Unit.objects.in_force().under(pledge.campaign.host.path).filter(parent__in=beside - {None})


@dataclass(frozen=True)
class Holder:
    """One who is asked: for how many pledges, and since when the oldest obstacle stands.

    `code` is that of an organisation, empty where only a name was printed.
    """

    code: str
    name: str
    n: int
    since: date

    @property
    def key(self) -> str:
        """What stands in the address of the list: no printed name, which may be that of a person."""
        return self.code or f"={sha256(self.name.encode()).hexdigest()[:16]}"

    def days(self, day: date) -> int:
        """For how many days the oldest has stood."""
        return (day - self.since).days


def longest(obstacles: ObstacleQuerySet) -> list[int]:
    """The keys of those that have stood longest, COUNTED of them at most: no page asks for more."""
    return list(obstacles.order_by("since", "pk").values_list("pk", flat=True)[:COUNTED])


def holders(keys: Sequence[int], most: int = HOLDERS) -> list[Holder]:
    """With whom pledges are stuck by the obstacles of these keys, those who hold most first: one query.

    A pledge with two obstacles counts with both who are asked; so the lines are never added up.
    """
    counted = Obstacle.objects.filter(pk__in=keys).order_by()
    named = counted.values("asked__code", "asked__name", "asked_name")
    rows = named.annotate(n=Count("pledge", distinct=True), oldest=Min("since"))
    return [
        Holder(
            code=row["asked__code"] or "",
            name=row["asked__name"] or row["asked_name"],
            n=row["n"],
            since=row["oldest"],
        )
        for row in rows.order_by("-n", "oldest", "asked__code", "asked_name")[:most]
    ]


def held_by(obstacles: ObstacleQuerySet, holder: Holder) -> ObstacleQuerySet:
    """The obstacles of one holder."""
    if holder.code:
        return obstacles.filter(asked__code=holder.code)
    return obstacles.filter(asked=None, asked_name=holder.name)


def of_figure(tier: Tier, unit: Unit) -> ObstacleQuerySet:
    """The obstacles behind the figure: of the stuck pledges of a tier in the sub-tree of a unit."""
    return stuck_now(Obstacle.objects.all()).filter(
        pledge__in_tiers__tier=tier, pledge__unit__path__startswith=unit.path
    )
