"""A list that the level above sent back is sent again."""

from datetime import date

import pytest

from cadres.roles import Role
from pledges.actions import transitions
from pledges.actions.acts import Act
from pledges.models import Channel, SentList
from tests.factories import CellFactory, HostFactory, MemberFactory, UnitFactory, user_with
from tests.reports.conftest import make_pledge, make_tier

DAY = date(2024, 3, 26)


@pytest.fixture(autouse=True)
def _day(settings):
    settings.SITE_TODAY = DAY


@pytest.fixture
def cell(db):
    return CellFactory(parent=UnitFactory(parent=HostFactory()))


@pytest.fixture
def tier(cell):
    return make_tier(cell.parent.parent)


def address(cell) -> str:
    return f"/campaigns/DV-2024/cells/{cell.code}/send/"


def adopted(cell, tier):
    pledge = make_pledge(MemberFactory(unit=cell), tier)
    transitions.approve([pledge.pk], act=Act(by=None, on=DAY, channel=Channel.PAPER))


def test_an_adopted_list_is_sent_again_once(client, cell, tier):
    adopted(cell, tier)
    client.force_login(user_with(Role.CELL_SECRETARY, unit=cell))
    page = client.get(f"/campaigns/DV-2024/cells/{cell.code}/")
    assert "Gửi lại danh sách" in page.content.decode()
    assert client.get(address(cell)).status_code == 405
    for _ in range(2):
        assert client.post(address(cell)).status_code == 302
    assert SentList.objects.get().sent_on == DAY
    assert "Gửi lại danh sách" not in client.get(f"/campaigns/DV-2024/cells/{cell.code}/").content.decode()


def test_what_awaits_a_meeting_is_not_sent(client, cell, tier):
    client.force_login(user_with(Role.CELL_SECRETARY, unit=cell))
    assert "chưa thông qua việc nào" in client.post(address(cell), follow=True).content.decode()
    adopted(cell, tier)
    make_pledge(MemberFactory(unit=cell), tier)
    assert "ghi kết quả sinh hoạt trước" in client.post(address(cell), follow=True).content.decode()
    assert not SentList.objects.exists()


def test_others_send_nothing(client, cell, tier):
    adopted(cell, tier)
    client.force_login(user_with(Role.GRASSROOTS_OFFICER, unit=cell.parent))
    assert client.post(address(cell)).status_code == 403
    client.force_login(user_with(Role.CELL_SECRETARY, unit=CellFactory()))
    assert client.post(address(cell)).status_code == 404
    assert not SentList.objects.exists()
