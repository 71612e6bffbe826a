"""The list of the pledges of a unit, taken out whole: at once, or written by a worker."""

import csv
import uuid
from io import BytesIO, StringIO

import openpyxl
import pytest

from cadres.jobs import JobState
from cadres.models import RecordEvent
from cadres.roles import Role
from pledges.actions import transitions
from pledges.actions.acts import Act
from pledges.models import Channel, Pledge
from pledges.states import CampaignState
from reports import long_lists
from reports.actions import exports
from reports.models import Export
from reports.views import lists
from tests.factories import HostFactory, UnitFactory, user_with
from tests.reports.conftest import DAY, make_cadre_tier, make_members, make_pledge
from tests.reports.export_scene import asked, fetched, people_of, written

PAGE = "/units/TAYHO/pledges/"
MEMBERS = "?campaign=DV-2024"
XLSX, ASK = f"{PAGE}list.xlsx{MEMBERS}", f"{PAGE}export/"


@pytest.fixture(autouse=True)
def _place(settings, tmp_path):
    settings.SITE_TODAY, settings.MEDIA_ROOT = DAY, str(tmp_path)


@pytest.fixture
def officer(client, host):
    user = user_with(Role.BOARD_OFFICER, unit=host)
    client.force_login(user)
    return user


@pytest.fixture
def people(tier, cell):
    return people_of(cell, tier)


def texts(content):
    sheet = openpyxl.load_workbook(BytesIO(content)).worksheets[0]
    return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]


def test_the_workbook_has_every_pledge_and_is_logged(client, officer, people):
    page = client.get(PAGE + MEMBERS)
    assert XLSX in page.content.decode()
    answer = client.get(XLSX)
    told = texts(answer.content)
    assert [member.name for member in people if member.name in told] == [one.name for one in people[1:]]
    assert "=1+1" in told
    assert any(text.startswith("3 dòng lúc") for text in told)
    assert (told[0], answer["Cache-Control"]) == ("Việc đăng ký", "no-store")
    event = RecordEvent.objects.get(action="export_pledges")
    assert (event.actor, event.unit) == (officer, officer.roles.get().unit)
    assert event.data == {"format": "xlsx", "campaign": "DV-2024", "tier": "members", "rows": 3}


def test_it_has_what_the_page_was_filtered_by(client, officer, people):
    pledge = Pledge.objects.first()
    act = Act(by=None, on=DAY, channel=Channel.IMPORT)
    transitions.approve([pledge.pk], act=act)
    told = texts(client.get(f"{XLSX}&status=approved").content)
    assert (told[0], told[2][:10]) == ("Việc đăng ký: đã thông qua, phê duyệt", "1 dòng lúc")
    assert RecordEvent.objects.get(action="export_pledges").data["filter"] == "approved"
    assert any(text.startswith("0 dòng lúc") for text in texts(client.get(f"{XLSX}&unit=khong").content))


def test_undertakings_of_key_cadres_are_called_that(client, officer, host, cell):
    make_pledge(make_members(cell, 1)[0], make_cadre_tier(host))
    told = texts(client.get(f"{PAGE}list.xlsx?campaign=CB-2023").content)
    assert told.count("Nội dung đăng ký") == 2


def test_a_long_one_is_written_by_a_worker(client, officer, people, monkeypatch):
    monkeypatch.setattr(lists, "AT_ONCE", 2)
    page = client.get(PAGE + MEMBERS).content.decode()
    assert (XLSX in page, f"{ASK}{MEMBERS}" in page) == (False, True)
    refused = client.get(XLSX, follow=True)
    assert refused.redirect_chain[-1][0] == PAGE + MEMBERS
    assert "quá dài" in refused.content.decode()
    export = written(asked(client, f"{MEMBERS}&status=submitted", at=ASK))
    assert (export.state, export.rows, export.total) == (JobState.DONE, 3, 3)
    assert any(text.startswith("3 dòng lúc") for text in texts(fetched(client, export)))
    told = RecordEvent.objects.filter(action__startswith="export_").order_by("pk")
    assert [(one.action, one.data["filter"]) for one in told] == [
        ("export_pledges", "submitted"),
        ("export_taken", "submitted"),
    ]
    page = client.get(f"/exports/{export.ref}/").content.decode()
    assert f"{PAGE}{MEMBERS}&amp;tier=members&amp;status=submitted" in page
    assert "Việc đăng ký: đã đăng ký" in client.get("/exports/").content.decode()


def test_what_no_sheet_holds_is_a_plain_table(client, officer, people, monkeypatch):
    monkeypatch.setattr(exports, "ROWS_A_SHEET", 2)
    export = written(asked(client, MEMBERS, at=ASK))
    rows = list(csv.reader(StringIO(fetched(client, export).decode("utf-8-sig"))))
    assert (export.form, [row[5] for row in rows[4:]]) == ("csv", ["'=1+1"] * 3)


def test_a_campaign_closed_meanwhile_is_not_written(client, officer, people, monkeypatch):
    export = asked(client, MEMBERS, at=ASK)
    monkeypatch.setattr(exports, "speaking_for", lambda _campaign: True)
    assert (written(export).state, export.file.name) == (JobState.FAILED, "")


def test_walls(client, officer, people, host):
    assert client.post(XLSX).status_code == 405
    assert client.get(ASK + MEMBERS).status_code == 405
    assert client.post(ASK + MEMBERS, {"ref": "x"}).url.startswith(f"{PAGE}{MEMBERS}")
    for user in (
        user_with(Role.BOARD_OFFICER, unit=HostFactory()),
        user_with(Role.GRASSROOTS_OFFICER, unit=UnitFactory(parent=host)),
        user_with(Role.MEMBER, unit=host),
    ):
        client.force_login(user)
        assert client.get(XLSX).status_code == 404
        assert client.post(ASK + MEMBERS, {"ref": uuid.uuid4()}).status_code == 404
    assert not Export.objects.exists()


@pytest.mark.parametrize("item_count", [1, 3])
def test_it_costs_the_same_for_one_and_three(
    client, officer, cell, tier, item_count, django_assert_num_queries
):
    for member in make_members(cell, item_count):
        make_pledge(member, tier)
    client.get(XLSX)
    with django_assert_num_queries(9):
        client.get(XLSX)


def test_a_campaign_being_drafted_has_no_list(client, officer, people, tier):
    tier.campaign.state = CampaignState.DRAFT
    tier.campaign.save()
    for address in (PAGE, f"{PAGE}list.xlsx", "/units/TAYHO/figures/registered/"):
        assert client.get(address + MEMBERS).status_code == 404
    assert client.post(ASK + MEMBERS, {"ref": uuid.uuid4()}).status_code == 404


def test_a_figure_that_is_counted_no_more_is_told(client, officer, people, monkeypatch):
    export = asked(client)
    monkeypatch.delitem(long_lists.BY_CODE, "registered")
    assert (written(export).state, export.error) == (JobState.FAILED, "Chỉ tiêu này không còn tính nữa.")
    page = client.get(f"/exports/{export.ref}/").content.decode()
    assert "không còn tính nữa" in page
    assert 'href="/units/TAYHO/"' in page
    assert "không còn tính nữa" in client.get("/exports/").content.decode()
