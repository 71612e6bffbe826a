"""A district whose figures are closed: who may, how it is asked for, and the worker that does it."""

import uuid
from datetime import date
from typing import Any

from cadres.models import Standing, Unit, User
from cadres.outbox import note_changes
from cadres.roles import Role
from pledges.models import Campaign, Tier
from pledges.states import CampaignState
from reports.actions.closings import request_closing
from reports.models import Closing, ClosingKind
from reports.tasks import closing as work
from tests.factories import CellFactory, HostFactory, MemberFactory, UnitFactory, user_with
from tests.reports.conftest import DAY, make_members, make_pledge, make_tier


class District:
    """Two wards, a cell each; in the first cell four people, one of them exempt, in the second one."""

    def __init__(self) -> None:
        self.host: Unit = HostFactory(name="Đảng bộ quận Tây Hồ", code="TAYHO")
        self.wards = [UnitFactory(parent=self.host, name=f"Đảng bộ phường {name}") for name in "AB"]
        self.cells = [CellFactory(parent=ward, name="Chi bộ số 1") for ward in self.wards]
        self.tier: Tier = make_tier(self.host)
        self.members = make_members(self.cells[0], 3)
        self.exempt = MemberFactory(unit=self.cells[0], standing=Standing.EXEMPT)
        self.other = MemberFactory(unit=self.cells[1])
        self.board: User = user_with(Role.BOARD_OFFICER, unit=self.host, language="en")
        self.inspector: User = user_with(Role.INSPECTOR, unit=self.host)
        self.officer: User = user_with(Role.GRASSROOTS_OFFICER, unit=self.wards[0])
        self.stranger: User = user_with(Role.BOARD_OFFICER, unit=HostFactory())
        for member in self.members[:2]:
            make_pledge(member, self.tier)
        note_changes(Unit.objects.values_list("pk", flat=True))

    @property
    def campaign(self) -> Campaign:
        """The campaign of members, as it stands now."""
        return Campaign.objects.select_related("host").get(pk=self.tier.campaign_id)

    def move_to(self, state: CampaignState) -> None:
        """Put the campaign into a stage."""
        Campaign.objects.filter(pk=self.tier.campaign_id).update(state=state)

    def ask(self, *, official: bool = False, **kwargs: Any) -> Closing:
        """A closing as it is asked for."""
        given = {"ref": uuid.uuid4(), "by": self.board, "day": DAY, "title": "Chốt số liệu", **kwargs}
        if official:
            given = {"document": "12-BC/QU", "document_on": date(2024, 3, 26)} | given
        kind = ClosingKind.OFFICIAL if official else ClosingKind.WORKING
        return request_closing(campaign=self.campaign, kind=kind, **given)

    def close(self, *, official: bool = False, **kwargs: Any) -> Closing:
        """A closing as its worker leaves it."""
        return worked(self.ask(official=official, **kwargs))


def worked(closing: Closing) -> Closing:
    """What the worker makes of it."""
    work(closing.pk)
    closing.refresh_from_db()
    return closing
