"""Who has not acted yet: whom a reminder is for, and whether its cause still holds.

The same question is asked when a reminder is written, when its letter goes, and each time the bell
is shown: so it falls silent the moment the person has acted.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from cadres.models import Member, Notification, Unit, User
from pledges import queries
from pledges.models import Campaign, Docket, Obstacle, OpinionSheet, PledgeTier, Tier, TierKind
from pledges.obstacles import stuck_now
from pledges.states import REGISTERED, CampaignState, DocketState


def open_tiers(day: date, codes: Iterable[str] | None = None) -> list[Tier]:
    """Tiers in which people register on a day, the highest of each campaign first; of the campaigns named."""
    campaigns = Campaign.objects.filter(
        Q(opens_on=None) | Q(opens_on__lte=day), state=CampaignState.OPEN, closes_on__gte=day
    )
    if codes is not None:
        campaigns = campaigns.filter(code__in=set(codes))
    tiers = Tier.objects.filter(campaign__in=campaigns).exclude(kind=TierKind.ORGANISATIONS)
    return list(tiers.select_related("campaign__host").order_by("campaign", "order"))


def unregistered(tier: Tier, day: date) -> QuerySet[Member]:
    """Who belongs to the tier and leads nothing registered in it."""
    led = PledgeTier.objects.filter(tier=tier, member=OuterRef("pk"), pledge__status__in=REGISTERED)
    people = Member.objects.filter(~Exists(led))
    if tier.is_listed:
        return people.filter(cadre_entries__cadre_list=tier.cadre_list_id)
    return people.filter(pk__in=queries.counted_people(tier, day).values("member"))


def cells_behind(tier: Tier, day: date, codes: Iterable[str] | None = None) -> dict[Unit, int]:
    """Cells that have not sent their list or in which members are missing, with the number of these."""
    cells = queries.with_list_state(Unit.objects.filter(pk__in=queries.cells_of(tier).values("pk")), tier)
    if codes is not None:
        cells = cells.filter(code__in=set(codes))
    people = queries.without_registered(queries.counted_people(tier, day), tier).filter(unit__in=cells)
    rows = people.order_by().values_list("unit").annotate(n=Count("pk"))
    missing: dict[int, int] = dict(rows)
    found = {cell: missing.get(cell.pk, 0) for cell in cells}
    return {cell: n for cell, n in found.items() if n or not cell.list_sent}  # type: ignore[attr-defined]


def undecided_dockets() -> QuerySet[Docket]:
    """Dockets that await the opinions of a body's members."""
    return Docket.objects.filter(state=DocketState.OPEN).filter(of_cell=False)


def unnumbered_dockets() -> QuerySet[Docket]:
    """Concluded dockets whose document awaits its number; a cell's minutes need none."""
    return Docket.objects.filter(state=DocketState.CONCLUDED).filter(of_cell=False)


def registrations(user: User, notices: Sequence[Notification], day: date) -> set[int]:
    """Reminders to register that still hold: the window is open and the person leads nothing in it."""
    tiers = open_tiers(day, [notice.data["campaign"] for notice in notices])
    own = Member.objects.filter(user=user).values("pk")
    behind = {tier.campaign.code for tier in tiers if unregistered(tier, day).filter(pk__in=own).exists()}
    return {notice.pk for notice in notices if notice.data["campaign"] in behind}


def cells(user: User, notices: Sequence[Notification], day: date) -> set[int]:
    """Reminders to a cell's secretary that still hold."""
    codes = [notice.data["unit"] for notice in notices]
    tiers = open_tiers(day, [notice.data["campaign"] for notice in notices])
    behind = {
        (tier.campaign.code, cell.code)
        for tier in tiers
        if tier.kind == TierKind.MEMBERS
        for cell in cells_behind(tier, day, codes)
    }
    return {notice.pk for notice in notices if (notice.data["campaign"], notice.data["unit"]) in behind}


def opinions(user: User, notices: Sequence[Notification], day: date) -> set[int]:
    """Requests for an opinion that still hold: the docket is open and the member has not spoken."""
    spoken = OpinionSheet.objects.filter(docket=OuterRef("pk"), member=user.member_id)
    return _of_dockets(notices, undecided_dockets().filter(~Exists(spoken)))


def numbers(user: User, notices: Sequence[Notification], day: date) -> set[int]:
    """Documents that still await their number."""
    return _of_dockets(notices, unnumbered_dockets())


def obstacles(user: User, notices: Sequence[Notification], day: date) -> set[int]:
    """Requests to remove an obstacle that still stands in the way of a task under way."""
    refs = [notice.data["obstacle"] for notice in notices]
    rows = stuck_now(Obstacle.objects.filter(ref__in=refs)).values_list("ref", flat=True)
    still = {str(ref) for ref in rows}
    return {notice.pk for notice in notices if notice.data["obstacle"] in still}


def _of_dockets(notices: Sequence[Notification], dockets: QuerySet[Docket]) -> set[int]:
    refs = [notice.data["docket"] for notice in notices]
    still = {str(ref) for ref in dockets.filter(ref__in=refs).values_list("ref", flat=True)}
    return {notice.pk for notice in notices if notice.data["docket"] in still}
