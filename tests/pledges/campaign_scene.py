"""A district that sets a campaign up: its board, its bodies, its cadres, and what its pages are sent."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.test import Client

from cadres.models import Body, BodyKind, CadreEntry, CadreList, CadreListKind, Unit, User
from cadres.roles import Role
from pledges.actions import campaign_edits, campaigns
from pledges.models import Campaign, ListKind, TierKind
from tests.factories import CellFactory, HostFactory, MemberFactory, UnitFactory, user_with
from tests.pledges.factories import DAY

OPENS, CLOSES = date(2024, 4, 1), date(2024, 6, 30)
MEMBERS, KEY = TierKind.MEMBERS, TierKind.KEY_CADRES
STANDING, PEOPLES = BodyKind.STANDING_COMMITTEE, BodyKind.PEOPLES_COMMITTEE


@dataclass(frozen=True)
class Office:
    """A district with its ward and cell, and the accounts that may and may not set campaigns up."""

    host: Unit
    ward: Unit
    cell: Unit
    board: User
    officer: User
    inspector: User
    stranger: User

    def draft(self, *kinds: TierKind, **kwargs: Any) -> Campaign:
        """A campaign as it is begun, of members unless told."""
        given = {"year": 2024, "title": "Đợt đăng ký năm 2024"} | kwargs
        return campaigns.begin_campaign(self.host, kinds=kinds or (MEMBERS,), by=self.board, on=DAY, **given)

    def complete(self, *kinds: TierKind, **kwargs: Any) -> Campaign:
        """A campaign that lacks nothing but what its cadres need."""
        campaign = self.draft(*kinds, **kwargs)
        basics = campaign_edits.Basics(
            title=campaign.title, year=2024, opens_on=OPENS, closes_on=CLOSES, quarters={}
        )
        campaign_edits.write_basics(campaign.pk, basics, by=self.board)
        campaign_edits.write_guidance(campaign.pk, guidance="Gắn với địa bàn.", themes=["A"], by=self.board)
        campaign.refresh_from_db()
        return campaign

    def cadres(self, n: int = 1, *, year: int = 2024, kind: str = CadreListKind.KEY) -> CadreList:
        """The list of cadres of a year with so many comrades."""
        listing = CadreList.objects.create(
            unit=self.host, year=year, kind=kind, title=f"Danh sách cán bộ {year}"
        )
        for order in range(1, n + 1):
            CadreEntry.objects.create(
                cadre_list=listing,
                member=MemberFactory(unit=self.cell),
                unit=self.host,
                post_printed="Trưởng phòng",
                unit_printed=self.host.name,
                order=order,
            )
        return listing


def office() -> Office:
    """The district, its bodies entered with their seats."""
    host = HostFactory(name="Đảng bộ quận Tây Hồ", code="TAYHO")
    ward = UnitFactory(parent=host, name="Đảng bộ phường Bưởi", code="BUOI")
    for unit, kind, name in (
        (host, STANDING, "Ban Thường vụ Quận ủy Tây Hồ"),
        (host, PEOPLES, "Ủy ban nhân dân quận Tây Hồ"),
        (ward, STANDING, "Ban Thường vụ Đảng ủy phường Bưởi"),
    ):
        Body.objects.create(unit=unit, kind=kind, name=name, seats=11)
    return Office(
        host=host,
        ward=ward,
        cell=CellFactory(parent=ward),
        board=user_with(Role.BOARD_OFFICER, unit=host),
        officer=user_with(Role.GRASSROOTS_OFFICER, unit=ward),
        inspector=user_with(Role.INSPECTOR, unit=host),
        stranger=user_with(Role.BOARD_OFFICER, unit=HostFactory()),
    )


def url_of(campaign: Campaign, page: str = "edit") -> str:
    """The address of a page of a campaign."""
    return f"/campaigns/{campaign.code}/{page}/"


def save(client: Client, campaign: Campaign, section: str, **data: Any) -> HttpResponse:
    """Save a section of the page."""
    return client.post(url_of(campaign), {"section": section} | data)


def basics(**data: str) -> dict[str, str]:
    """What the first section sends."""
    usual = {"title": "Đợt năm 2024", "year": "2024", "opens_on": "1/4/2024", "closes_on": "30/6/2024"}
    return usual | data


def clarity(name: str = "5 rõ") -> Any:
    """A clarity list."""
    return campaigns.guidance_list(ListKind.CLARITY, name, [("rõ người", ("lead_member",))])
