"""An approved task of a member in a ward of a district, and everybody who has a part in its obstacles."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from cadres.models import Member, Unit, User
from cadres.roles import Role
from pledges.actions import obstacles
from pledges.actions.acts import Act, Acted
from pledges.models import Obstacle, Pledge, Tier
from pledges.states import PledgeStatus
from tests.factories import CellFactory, HostFactory, MemberFactory, UnitFactory, UserFactory, user_with
from tests.pledges.factories import DAY, CampaignFactory, members_tier, pledge_in

TEXT = "Chưa có mặt bằng để đặt điểm tập kết rác mới."
HOW = "Phường đã bố trí 60 m² tại ngõ 76."


@dataclass(frozen=True)
class Scene:
    """The ward stands below the host beside another ward; the task is led by a member of its cell."""

    tier: Tier
    pledge: Pledge
    own: User
    secretary: User
    officer: User
    board: User
    beside: User
    inspector: User
    stranger: User

    @property
    def lead(self) -> Member:
        """Who leads the task."""
        assert self.pledge.lead_member is not None
        return self.pledge.lead_member

    @property
    def ward(self) -> Unit:
        """The ward of the lead's cell."""
        assert self.lead.unit.parent is not None
        return self.lead.unit.parent

    def report(self, pledge: Pledge | None = None, *, by: User | None = None, **changes: Any) -> Acted:
        """Report an obstacle, by the lead unless told otherwise; the ward is asked."""
        act = Act(by=by or self.own, on=DAY)
        return obstacles.report({(pledge or self.pledge).pk: told(self, **changes)}, act=act)

    def stuck(self, pledge: Pledge | None = None, *, by: User | None = None, **changes: Any) -> Obstacle:
        """An obstacle that has been reported."""
        assert self.report(pledge, by=by, **changes).refused == []
        return Obstacle.objects.filter(pledge=pledge or self.pledge).latest("pk")

    def another(self) -> Pledge:
        """One more approved task in the same cell."""
        return pledge_in(PledgeStatus.APPROVED, MemberFactory(unit=self.lead.unit), self.tier, self.secretary)


def told(place: Scene, **changes: Any) -> obstacles.Reported:
    """What a form says."""
    usual = {"ref": uuid.uuid4(), "text": TEXT, "since": date(2024, 3, 1), "asked": place.ward}
    return obstacles.Reported(**usual | changes)


def scene() -> Scene:
    """Build it on 26/03/2024."""
    host = HostFactory(name="Đảng bộ quận Tây Hồ", code="TAYHO")
    tier = members_tier(CampaignFactory(host=host, code="DV-2024"))
    ward = UnitFactory(parent=host, name="Đảng bộ phường Bưởi")
    beside = UnitFactory(parent=host, name="Đảng bộ phường Nhật Tân")
    cell = CellFactory(parent=ward)
    lead, secretary = MemberFactory(unit=cell), user_with(Role.CELL_SECRETARY, unit=cell)
    own = UserFactory(member=lead)
    return Scene(
        tier=tier,
        pledge=pledge_in(PledgeStatus.APPROVED, lead, tier, own),
        own=own,
        secretary=secretary,
        officer=user_with(Role.GRASSROOTS_OFFICER, unit=ward),
        board=user_with(Role.BOARD_OFFICER, unit=host),
        beside=user_with(Role.GRASSROOTS_OFFICER, unit=beside),
        inspector=user_with(Role.INSPECTOR, unit=host),
        stranger=user_with(Role.BOARD_OFFICER, unit=HostFactory()),
    )
