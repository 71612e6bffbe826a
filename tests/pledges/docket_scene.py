"""A district whose standing committee decides on key cadres, with everybody who has a part in it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from cadres.models import Body, BodyKind, Member, Unit, User
from cadres.roles import Role
from pledges import queries
from pledges.actions import dockets, lists
from pledges.models import Campaign, Docket, Pledge, Tier, TierKind
from tests.factories import CellFactory, HostFactory, MemberFactory, UnitFactory, user_with
from tests.pledges.factories import CampaignFactory, key_cadre_tier, members_tier, pledge_of

DAY = date(2024, 3, 26)
SEATS = 11


@dataclass(frozen=True)
class Scene:
    """The host, its bodies, one account a role, and a stranger from another district."""

    campaign: Campaign
    tier: Tier
    standing: Body
    peoples: Body
    board: User
    recorder: User
    peoples_recorder: User
    clerk: User
    body_member: User
    inspector: User
    stranger: User

    @property
    def host(self) -> Unit:
        """The district."""
        return self.campaign.host

    def cadre(self, **kwargs: Any) -> Member:
        """A key cadre with an account of his own, on the frozen list."""
        member = MemberFactory(unit=CellFactory(parent=self.host), **kwargs)
        user_with(Role.MEMBER, unit=member.unit, member=member)
        assert self.tier.cadre_list is not None
        order = self.tier.cadre_list.entries.count() + 1
        self.tier.cadre_list.entries.create(
            member=member, unit=self.host, post_printed="Bí thư Đảng ủy", unit_printed="Phường", order=order
        )
        return member

    def pledge(self, lead: Member | None = None, **content: Any) -> Pledge:
        """A registered pledge of a key cadre."""
        lead = lead or self.cadre()
        return pledge_of(lead, self.tier, lead.user, content={"own_role": "Chủ trì"} | content)

    def docket(self, *pledges: Pledge, body: Body | None = None) -> Docket:
        """A docket with the pledges, before its meeting."""
        return dockets.build_docket(
            tier=self.tier,
            body=body or self.standing,
            title="Danh mục trình",
            by=self.board,
            pledge_ids=[pledge.pk for pledge in pledges],
        )


def scene() -> Scene:
    """The district on an open campaign of key cadres."""
    host = HostFactory(name="Đảng bộ quận Tây Hồ", code="TAYHO", place="Tây Hồ")
    campaign = CampaignFactory(host=host, code="CB-2024", title="Cán bộ chủ chốt năm 2024")
    tier = key_cadre_tier(campaign)
    standing = Body.objects.get(unit=host, kind=BodyKind.STANDING_COMMITTEE)
    peoples = Body.objects.get(unit=host, kind=BodyKind.PEOPLES_COMMITTEE)
    Body.objects.filter(pk=standing.pk).update(name="Ban Thường vụ Quận ủy Tây Hồ")
    Body.objects.filter(pk=peoples.pk).update(name="Ủy ban nhân dân quận Tây Hồ")
    standing.refresh_from_db()
    peoples.refresh_from_db()
    return Scene(
        campaign=campaign,
        tier=tier,
        standing=standing,
        peoples=peoples,
        board=user_with(Role.BOARD_OFFICER, unit=host),
        recorder=user_with(Role.RECORDER, body=standing),
        peoples_recorder=user_with(Role.RECORDER, body=peoples),
        clerk=user_with(Role.CLERK, unit=host),
        body_member=user_with(Role.BODY_MEMBER, body=standing),
        inspector=user_with(Role.INSPECTOR, unit=host),
        stranger=user_with(Role.BOARD_OFFICER, unit=HostFactory()),
    )


def meeting(**changes: Any) -> dockets.Meeting:
    """A meeting at which nine of eleven agreed."""
    usual = {"on": DAY, "presided_by": "Đồng chí Bí thư", "present": 9, "agreed": 9}
    return dockets.Meeting(**usual | changes)


def conclude(docket: Docket, by: User, decisions: dict[int, dockets.Decision] | None = None) -> Docket:
    """The meeting recorded, all approved but for the decisions."""
    return dockets.conclude(docket.pk, meeting=meeting(), decisions=decisions or {}, by=by, day=DAY)


@dataclass(frozen=True)
class Ward:
    """A grassroots committee with its standing committee and officer, in the members' tier."""

    scene: Scene
    tier: Tier
    unit: Unit
    body: Body
    officer: User

    def cell(self, *, sent: bool = True, **kwargs: Any) -> Unit:
        """A cell of the ward, its list sent."""
        cell = CellFactory(parent=self.unit, **kwargs)
        if sent:
            lists.mark_sent(tier=self.tier, units=[cell], on=DAY, by=None)
        return cell


def ward(place: Scene, **kwargs: Any) -> Ward:
    """A ward of the district."""
    campaign = Campaign.objects.filter(host=place.host, code="DV-2024").first()
    if campaign is None:
        campaign = CampaignFactory(host=place.host, code="DV-2024")
        members_tier(campaign)
    unit = UnitFactory(parent=place.host, **kwargs)
    body = Body.objects.create(
        unit=unit, kind=BodyKind.STANDING_COMMITTEE, name=f"Ban Thường vụ {unit.name}", seats=SEATS
    )
    members = campaign.tiers.get(kind=TierKind.MEMBERS)
    return Ward(place, members, unit, body, user_with(Role.GRASSROOTS_OFFICER, unit=unit))


def awaiting(place: Scene, body: Body | None = None) -> set[int]:
    """Keys of the pledges that await the body."""
    return set(queries.awaiting_body(place.tier, body or place.standing).values_list("pk", flat=True))
