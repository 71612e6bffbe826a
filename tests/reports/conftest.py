"""A small district: a host, a ward with cells, members, a campaign."""

import uuid
from datetime import date

import pytest

from cadres.models import Body, BodyKind, Unit
from pledges.actions.acts import Act
from pledges.actions.campaigns import MEMBERS_ROUTE, CampaignPlan, Step, TierPlan, create_campaign
from pledges.actions.recording import record_many
from pledges.actions.register import Typed
from pledges.models import Channel, Counted, Pledge, StepLevel, StepMode, Tier, TierKind
from tests.factories import CellFactory, HostFactory, MemberFactory, UnitFactory

DAY = date(2024, 3, 26)


@pytest.fixture
def host(db):
    return HostFactory(name="Đảng bộ quận Tây Hồ", code="TAYHO")


@pytest.fixture
def ward(host):
    return UnitFactory(parent=host, name="Đảng bộ phường Bưởi")


@pytest.fixture
def cell(ward):
    return CellFactory(parent=ward, name="Chi bộ số 1")


@pytest.fixture
def visit(client, settings):
    """Sign somebody in; returns the client that reads English."""

    def sign_in(user):
        client.force_login(user)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        return client

    return sign_in


@pytest.fixture
def tier(host) -> Tier:
    return make_tier(host)


def make_tier(host: Unit, code: str = "DV-2024") -> Tier:
    """A campaign of members, its window open."""
    plan = CampaignPlan(
        code=code,
        year=2024,
        title="Đảng viên đăng ký việc mới, việc khó năm 2024",
        opens_on=date(2024, 1, 15),
        closes_on=date(2024, 3, 31),
        tiers=(TierPlan(kind=TierKind.MEMBERS, counted=Counted.STANDINGS, steps=MEMBERS_ROUTE),),
    )
    return create_campaign(host, plan).tiers.get()


def make_cadre_tier(host: Unit, code: str = "CB-2023", year: int = 2023) -> Tier:
    """A campaign of key cadres decided by the standing committee alone; nobody is counted."""
    Body.objects.get_or_create(
        unit=host, kind=BodyKind.STANDING_COMMITTEE, defaults={"name": "Ban Thường vụ", "seats": 11}
    )
    step = Step(StepLevel.HOST, BodyKind.STANDING_COMMITTEE, StepMode.DECIDES)
    plan = CampaignPlan(
        code=code,
        year=year,
        title=f"Cán bộ chủ chốt năm {year}",
        tiers=(TierPlan(kind=TierKind.KEY_CADRES, counted=Counted.NOBODY, steps=(step,)),),
    )
    return create_campaign(host, plan).tiers.get()


def make_pledge(member, tier: Tier, *, on: date | None = date(2024, 2, 1), unit=None, **content) -> Pledge:
    """A registered pledge as a workbook brings it."""
    typed = Typed(
        ref=uuid.uuid4(),
        tier=tier,
        lead=member,
        unit=unit or member.unit,
        on=on,
        content={
            "title": "Vận động 12 hộ phân loại rác",
            "novelty": "new",
            "product": "12/12 hộ",
            "due_kind": "day",
            "due_on": date(tier.campaign.year, 9, 30),
        }
        | content,
    )
    [pledge] = record_many([typed], act=Act(by=None, on=on, channel=Channel.IMPORT))
    return Pledge.objects.get(pk=pledge.pk)


def make_members(cell: Unit, n: int, **kwargs) -> list:
    """n members of a cell."""
    return [MemberFactory(unit=cell, position=i, **kwargs) for i in range(n)]
