"""A ward with cadres of its own tier, beside the members' tier of the same campaign."""

from dataclasses import dataclass
from typing import Any

from cadres.models import BodyKind, CadreEntry, CadreList, CadreListKind, Member, Unit
from cadres.roles import Role
from pledges.models import Counted, Pledge, RouteStep, StepLevel, StepMode, Tier, TierKind
from tests.factories import CellFactory, MemberFactory, user_with
from tests.pledges.docket_scene import Ward, scene, ward
from tests.pledges.factories import pledge_of

STANDING = BodyKind.STANDING_COMMITTEE
# The grassroots committee decides; the host endorses its list.
ROUTE = (
    (StepLevel.GRASSROOTS, STANDING, StepMode.DECIDES),
    (StepLevel.HOST, STANDING, StepMode.ENDORSES),
)


@dataclass(frozen=True)
class Grassroots:
    """The tier of grassroots cadres, and the ward of the first of them."""

    ward: Ward
    tier: Tier

    def cadre(self, unit: Unit | None = None, **kwargs: Any) -> Member:
        """A cadre on the frozen list for the unit (the ward unless told), with an account of his own."""
        unit = unit or self.ward.unit
        member = MemberFactory(unit=CellFactory(parent=self.ward.unit), **kwargs)
        user_with(Role.MEMBER, unit=member.unit, member=member)
        assert self.tier.cadre_list is not None
        order = self.tier.cadre_list.entries.count() + 1
        CadreEntry.objects.create(
            cadre_list=self.tier.cadre_list,
            member=member,
            unit=unit,
            post_printed="Phó Bí thư Đảng ủy",
            unit_printed=unit.name,
            order=order,
        )
        return member

    def pledge(self, lead: Member | None = None, *, unit: Unit | None = None, **content: Any) -> Pledge:
        """A registered pledge of a cadre, at the unit on whose list he stands."""
        lead = lead or self.cadre(unit)
        where = unit or self.ward.unit
        return pledge_of(lead, self.tier, lead.user, unit=where, content={"own_role": "Chủ trì"} | content)


def grassroots(route: Any = ROUTE) -> Grassroots:
    """A ward of the district whose campaign of members has grassroots cadres too."""
    place = ward(scene(), name="Đảng bộ phường Bưởi")
    campaign = place.tier.campaign
    listed = CadreList.objects.create(
        unit=campaign.host, year=2024, kind=CadreListKind.GRASSROOTS, title="Danh sách cán bộ cơ sở"
    )
    tier = Tier.objects.create(
        campaign=campaign,
        order=2,
        kind=TierKind.GRASSROOTS_CADRES,
        counted=Counted.CADRE_LIST,
        cadre_list=listed,
    )
    for order, (level, kind, mode, *authority) in enumerate(route, start=1):
        RouteStep.objects.create(
            tier=tier, order=order, level=level, body_kind=kind, mode=mode, authority="".join(authority)
        )
    return Grassroots(place, tier)
