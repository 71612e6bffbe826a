"""Choosing a notable result: method, scope, role, twice."""

from datetime import date

import pytest

from cadres.models import RecordEvent
from cadres.roles import Role
from pledges.actions import results, transitions
from pledges.actions.acts import Act
from pledges.models import Channel, Pledge
from pledges.states import PledgeStatus
from tests.factories import CellFactory, HostFactory, MemberFactory, UnitFactory, user_with
from tests.reports.conftest import make_cadre_tier, make_pledge

PAPER = Act(by=None, on=date(2023, 12, 20), channel=Channel.PAPER)


@pytest.fixture
def host(db):
    return HostFactory()


@pytest.fixture
def pledge(host) -> Pledge:
    ward = UnitFactory(parent=host)
    made = make_pledge(MemberFactory(unit=CellFactory(parent=ward)), make_cadre_tier(host))
    transitions.approve([made.pk], act=PAPER)
    done = results.FinalResult(outcome=PledgeStatus.DONE, text="4/4 công trình", on_time=True)
    results.record_results({made.pk: done}, act=PAPER)
    return made


def test_the_board_chooses_a_result_once(client, host, pledge):
    client.force_login(user_with(Role.BOARD_OFFICER, unit=host))
    address = f"/pledges/{pledge.ref}/feature/"
    assert client.get(address).status_code == 405
    for _ in range(2):
        assert client.post(address, {"featured": "1"}).status_code == 302
    pledge.refresh_from_db()
    assert pledge.featured
    assert RecordEvent.objects.filter(action="pledge_featured").count() == 1
    assert "Bỏ khỏi kết quả tiêu biểu" in client.get(f"/pledges/{pledge.ref}/").content.decode()
    client.post(address, {"featured": "0"})
    pledge.refresh_from_db()
    assert not pledge.featured


def test_a_result_that_is_not_there_cannot_be_chosen(client, host, pledge):
    other = make_pledge(pledge.lead_member, pledge.tier)
    client.force_login(user_with(Role.BOARD_OFFICER, unit=host))
    response = client.post(f"/pledges/{other.ref}/feature/", {"featured": "1"}, follow=True)
    assert "Chưa ghi nhận kết quả cuối cùng" in response.content.decode()
    other.refresh_from_db()
    assert not other.featured


def test_others_choose_nothing(client, host, pledge):
    address = f"/pledges/{pledge.ref}/feature/"
    client.force_login(user_with(Role.INSPECTOR, unit=host))
    assert client.post(address, {"featured": "1"}).status_code == 403
    client.force_login(user_with(Role.BOARD_OFFICER, unit=HostFactory()))
    assert client.post(address, {"featured": "1"}).status_code == 404
    pledge.refresh_from_db()
    assert not pledge.featured
