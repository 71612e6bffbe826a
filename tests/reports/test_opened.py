"""A number opens the exact rows behind it: within the rights of the reader, by pages, on paper, in Excel."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest

from cadres.models import RecordEvent, Standing
from cadres.outbox import note_changes
from cadres.roles import Role
from pledges.models import SentList
from pledges.states import CampaignState
from reports import counts, opened
from reports.views import figures
from tests.factories import CellFactory, MemberFactory, UnitFactory, user_with
from tests.reports.conftest import DAY, make_cadre_tier, make_members, make_pledge

LIST = "/units/TAYHO/figures/registered/"


@pytest.fixture(autouse=True)
def _day(settings):
    settings.SITE_TODAY = DAY


@pytest.fixture
def officer(client, host):
    user = user_with(Role.BOARD_OFFICER, unit=host)
    client.force_login(user)
    return user


@pytest.fixture
def people(tier, host, cell):
    """Four counted, three of them registered; one exempt and one away."""
    members = make_members(cell, 4)
    for member in members[1:]:
        make_pledge(member, tier)
    MemberFactory(unit=cell, standing=Standing.EXEMPT, given_name="Miễn")
    MemberFactory(unit=cell, standing=Standing.AWAY, given_name="Vắng")
    note_changes([cell.pk])
    counts.drain(DAY)
    return members


def names(response) -> list[str]:
    return [line.person.given_name for line in response.context_data["lines"]]


def test_each_part_is_its_rows_with_its_own_count(client, officer, people):
    parts = {
        part: client.get(LIST, {"part": part}).context_data
        for part in ("numerator", "rest", "denominator", "left_out")
    }
    assert {part: data["counted"] for part, data in parts.items()} == {
        "numerator": 3,
        "rest": 1,
        "denominator": 4,
        "left_out": 2,
    }
    assert all(data["counted"] == data["known"] == len(data["lines"]) for data in parts.values())
    assert parts["rest"]["lines"][0].person == people[0]
    assert {line.reason for line in parts["left_out"]["lines"]} == {
        "miễn công tác và sinh hoạt đảng",
        "sinh hoạt tạm thời ở nơi khác",
    }
    assert [len(line.pledges) for line in parts["numerator"]["lines"]] == [1, 1, 1]


def test_cells_open_with_the_day_of_their_list(client, officer, people, tier, cell, ward):
    SentList.objects.create(tier=tier, unit=cell, sent_on=date(2024, 3, 1))
    CellFactory(parent=ward)
    counts.rebuild(tier, DAY)
    sent = client.get("/units/TAYHO/figures/cells_sent/").context_data
    assert [(line.unit, line.sent_on) for line in sent["lines"]] == [(cell, date(2024, 3, 1))]
    assert client.get("/units/TAYHO/figures/cells_sent/?part=rest").context_data["counted"] == 1


def test_the_unit_itself_is_opened_without_what_stands_below(client, officer, people, host, tier):
    direct = MemberFactory(unit=host)
    counts.rebuild(tier, DAY)
    own = client.get(LIST, {"part": "denominator", "own": "1"}).context_data
    assert [line.person for line in own["lines"]] == [direct]
    assert own["known"] == 1
    assert client.get(LIST, {"part": "denominator"}).context_data["known"] == 5


def test_pages_follow_one_another_without_gap_or_repetition(client, officer, people, monkeypatch):
    monkeypatch.setattr(opened, "PAGE", 2)
    first = client.get(LIST, {"part": "denominator"})
    second = client.get(LIST, {"part": "denominator", "after": first.context_data["after"]})
    assert names(first) + names(second) == [member.given_name for member in people]
    assert (first.context_data["counted"], second.context_data["after"]) == (4, None)
    assert client.get(LIST, {"after": "123456"}).status_code == 404
    assert client.get(LIST, {"after": "x"}).status_code == 200


def test_a_long_list_is_not_counted_but_named_by_the_counts(client, officer, people, monkeypatch):
    monkeypatch.setattr(opened, "PAGE", 2)
    monkeypatch.setattr(opened, "BOUNDED", 3)
    monkeypatch.setattr(figures, "AT_ONCE", 3)
    data = client.get(LIST, {"part": "denominator"}).context_data
    assert (data["counted"], data["known"], data["may_write"], data["is_long"]) == (None, 4, False, True)
    assert "/figures/registered/export/" in client.get(LIST, {"part": "denominator"}).content.decode()


def test_a_name_is_looked_for_by_post_and_never_stands_in_the_address(client, officer, people):
    wanted = people[2].given_name
    answer = client.post(f"{LIST}?part=denominator&after=5", {"q": wanted})
    assert answer.status_code == 302
    assert answer.url == f"{LIST}?part=denominator&page=1"
    assert names(client.get(answer.url)) == [wanted]
    assert len(names(client.get(f"{LIST}?part=denominator"))) == 4


def test_the_organisation_is_looked_for_in_the_address(client, officer, people, tier, ward):
    MemberFactory(unit=CellFactory(parent=ward, name="Chi bộ Đồng Cổ"))
    counts.rebuild(tier, DAY)
    data = client.get(LIST, {"part": "denominator", "unit": "dong co"}).context_data
    assert [line.unit.name for line in data["lines"]] == ["Chi bộ Đồng Cổ"]
    assert data["known"] == 5


def test_what_waits_for_the_consumer_is_said(client, officer, people, cell):
    words = "đang cập nhật"
    assert words not in client.get(LIST).content.decode()
    note_changes([cell.pk])
    assert words in client.get(LIST).content.decode()


def test_the_workbook_holds_the_rows_the_count_and_the_definition(client, officer, people):
    answer = client.get(f"{LIST}list.xlsx?part=rest")
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).worksheets[0]
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert people[0].name in texts
    assert people[1].name not in texts
    assert any(text.startswith("1 dòng lúc") for text in texts)
    assert any("3/4 (75%)" in text for text in texts)
    assert texts[-2].startswith("Đã đăng ký (cách tính, lần 1): ")
    assert texts[-1].startswith("Không tính: đảng viên ")
    event = RecordEvent.objects.get(action="export_figure")
    assert event.data == {
        "format": "xlsx",
        "campaign": "DV-2024",
        "tier": "members",
        "figure": "registered",
        "part": "rest",
        "rows": 1,
    }


def test_paper_holds_the_whole_list_with_its_definition(client, officer, people):
    page = client.get(f"{LIST}print/?part=left_out").content.decode()
    assert "Miễn" in page
    assert "Vắng" in page
    assert "cách tính, lần 1" in page
    assert RecordEvent.objects.get(action="export_figure").data["format"] == "print"


@pytest.mark.parametrize("kind", ["print/", "list.xlsx"])
def test_what_is_too_long_is_not_taken_out(client, officer, people, monkeypatch, kind):
    monkeypatch.setattr(figures, "PRINTED", 2)
    monkeypatch.setattr(figures, "AT_ONCE", 2)
    answer = client.get(f"{LIST}{kind}?part=denominator")
    assert (answer.status_code, answer.url) == (302, f"{LIST}?part=denominator")
    assert not RecordEvent.objects.exists()


@pytest.mark.parametrize("item_count", [1, 3])
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("registered/?part=numerator", 13),
        ("registered/?part=left_out", 13),
        ("met_quota/?part=rest", 13),
        ("late/?part=denominator", 12),
        ("cells_sent/?part=rest", 12),
        ("registered/print/", 13),
    ],
)
def test_a_list_costs_the_same_whatever_its_length(
    client, officer, host, tier, item_count, address, queries, django_assert_num_queries
):
    for _ in range(item_count):
        cell = CellFactory(parent=UnitFactory(parent=host))
        for member in make_members(cell, item_count):
            make_pledge(member, tier)
        MemberFactory(unit=cell, standing=Standing.EXEMPT)
    counts.drain(DAY)
    client.get(f"/units/TAYHO/figures/{address}")
    with django_assert_num_queries(queries):
        response = client.get(f"/units/TAYHO/figures/{address}")
    assert response.status_code == 200


ADDRESSES = ["", "print/", "list.xlsx"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_another_branch_is_not_there(client, host, people, ward, address):
    elsewhere = UnitFactory(parent=host)
    client.force_login(user_with(Role.GRASSROOTS_OFFICER, unit=elsewhere))
    assert client.get(f"/units/{elsewhere.code}/figures/registered/{address}").status_code == 200
    for code in (ward.code, "TAYHO", "NO-SUCH"):
        assert client.get(f"/units/{code}/figures/registered/{address}").status_code == 404
    assert client.post(f"/units/{ward.code}/figures/registered/", {"q": "An"}).status_code == 404


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ADMINISTRATOR])
def test_who_reads_no_figures_opens_none(client, host, people, role):
    client.force_login(user_with(role, unit=host))
    assert client.get(LIST).status_code == 404


def test_a_ward_sees_nobody_of_another_branch(client, host, people, ward):
    stranger = MemberFactory(unit=CellFactory(parent=UnitFactory(parent=host)), given_name="Xuyên")
    client.force_login(user_with(Role.GRASSROOTS_OFFICER, unit=ward))
    page = client.get(f"/units/{ward.code}/figures/registered/?part=denominator").content.decode()
    assert stranger.code not in page
    assert "Xuyên" not in page


@pytest.mark.parametrize("address", ["print/", "list.xlsx"])
def test_what_is_taken_out_is_only_got(client, officer, people, address):
    assert client.post(f"{LIST}{address}").status_code == 405


def test_what_there_is_not_is_not_found(client, officer, people, host, tier):
    for query in ({"part": "all"}, {"campaign": "DV-1999"}, {"campaign": "DV-2024", "tier": "organisations"}):
        assert client.get(LIST, query).status_code == 404
    assert client.get("/units/TAYHO/figures/pending/").status_code == 404
    assert client.get("/units/TAYHO/figures/cells_sent/?part=left_out").status_code == 404
    make_cadre_tier(host)
    assert client.get(LIST, {"campaign": "CB-2023"}).status_code == 404
    assert client.get("/units/TAYHO/figures/completed/", {"campaign": "CB-2023"}).status_code == 200
    tier.campaign.state = CampaignState.DRAFT
    tier.campaign.save()
    assert client.get(LIST, {"campaign": "DV-2024"}).status_code == 404


def test_a_tier_that_counts_nobody_links_to_no_list_of_people(client, officer, people, tier):
    tier.counted = "nobody"
    tier.save()
    counts.rebuild(tier, DAY)
    for page in ("/units/TAYHO/", "/units/TAYHO/summary/"):
        html = client.get(page).content.decode()
        assert "/figures/registered/" not in html
    assert client.get(LIST).status_code == 404
