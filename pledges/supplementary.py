"""Who registers after the window (làn bổ sung): `permissions.lane_of`, for sets of people and of tiers."""

from collections.abc import Collection
from datetime import date

from django.db.models import Exists, OuterRef

from cadres.models import Member, Membership, Unit
from cadres.models.members import MembershipQuerySet
from pledges.models import Lane, PledgeTier, Tier
from pledges.queries import without_registered
from pledges.states import REGISTERED


def arrivals(tier: Tier, cell: Unit, day: date) -> MembershipQuerySet:
    """Who stands in a cell on a day and did not when the campaign's window opened; none without a window."""
    opened = tier.campaign.opens_on
    if opened is None:
        return Membership.objects.none()
    stood = Membership.objects.on(opened).filter(unit=cell, member=OuterRef("member"))
    return Membership.objects.on(day).filter(~Exists(stood), unit=cell)


def newcomers(tier: Tier, cell: Unit, day: date) -> MembershipQuerySet:
    """Of a cell those who register in the members' tier after the window; none inside it."""
    campaign = tier.campaign
    if tier.is_listed or campaign.window_is_open(day) or not campaign.takes_late_entries(day):
        return Membership.objects.none()
    return without_registered(arrivals(tier, cell, day), tier)


def lanes_of(member: Member, tiers: Collection[Tier], day: date) -> dict[int, Lane]:
    """The lanes open to a member by key of tier, in two queries at most."""
    lanes = {tier.pk: Lane.REGULAR for tier in tiers if tier.campaign.window_is_open(day)}
    late = [tier for tier in tiers if tier.campaign.takes_late_entries(day) and tier.campaign.opens_on]
    late = [tier for tier in late if tier.pk not in lanes]
    lanes |= {tier.pk: Lane.DIRECTIVE for tier in late if tier.is_listed}
    unsure = [tier for tier in late if not tier.is_listed]
    if unsure:
        led = PledgeTier.objects.filter(tier__in=unsure, member=member, pledge__status__in=REGISTERED)
        led_in = set(led.values_list("tier_id", flat=True))
        in_cell = list(Membership.objects.filter(member=member, unit=member.unit_id))
        came = (tier for tier in unsure if not _stood(in_cell, tier))
        lanes |= {tier.pk: Lane.NEWCOMER for tier in came if tier.pk not in led_in}
    return lanes


def _stood(in_cell: list[Membership], tier: Tier) -> bool:
    """Whether one of the memberships was in force on the day the window opened."""
    opened = tier.campaign.opens_on
    return opened is not None and any(
        row.start <= opened and (row.end is None or row.end > opened) for row in in_cell
    )
