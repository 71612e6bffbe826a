"""The dashboard, the lists behind its numbers, the report: same figures, fixed queries, scope."""

import re
from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import strip_tags
from docx import Document

from cadres.models import Body, BodyKind, RecordEvent, Standing
from cadres.outbox import note_changes
from cadres.rates import Rate
from cadres.roles import Role
from cadres.views import paging
from pledges.actions import results, transitions
from pledges.actions.acts import Act, NotAllowedError
from pledges.models import Channel
from pledges.states import PledgeStatus
from reports import counts
from reports.models import UnitCount
from tests.factories import CellFactory, MemberFactory, UnitFactory, user_with
from tests.reports.conftest import DAY, make_cadre_tier, make_members, make_pledge

PAPER = Act(by=None, on=date(2024, 2, 10), channel=Channel.PAPER)


@pytest.fixture(autouse=True)
def _day(settings):
    settings.SITE_TODAY = DAY


@pytest.fixture
def officer(host):
    return user_with(Role.BOARD_OFFICER, unit=host)


@pytest.fixture
def district(tier, host, ward, cell):
    """17 counted in two cells of a ward and one of the host, 16 registered, 1 adopted; 2 left out."""
    members = make_members(cell, 10)
    MemberFactory(unit=cell, standing=Standing.EXEMPT)
    MemberFactory(unit=cell, standing=Standing.AWAY)
    other = CellFactory(parent=ward, name="Chi bộ số 2")
    direct = CellFactory(parent=host, name="Chi bộ Tòa án", kind="grassroots_cell")
    members += make_members(other, 4) + make_members(direct, 3)
    pledges = [make_pledge(member, tier) for member in members[1:]]
    transitions.approve([pledges[0].pk], act=PAPER)
    note_changes([cell.pk, other.pk, direct.pk])
    counts.drain(DAY)
    return tier


def text_of(response) -> str:
    return re.sub(r"\s+", " ", strip_tags(response.content.decode()))


def independent(host) -> tuple[int, int]:
    """Registered and counted by hand-written SQL that knows nothing of the application's queries."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*), COUNT(CASE WHEN EXISTS (SELECT 1 FROM pledges_pledge p"
            " WHERE p.lead_member_id = m.id"
            " AND p.status NOT IN ('draft', 'rejected', 'withdrawn')) THEN 1 END)"
            " FROM cadres_member m JOIN cadres_unit u ON u.id = m.unit_id"
            " WHERE u.path LIKE %s AND m.standing IN ('active', 'in_transfer')",
            [host.path + "%"],
        )
        counted, registered = cursor.fetchone()
    return registered, counted


def test_the_figure_is_the_same_everywhere(client, officer, host, district):
    client.force_login(officer)
    assert independent(host) == (16, 17)
    page = client.get("/units/TAYHO/")
    assert "16/17 (94%)" in text_of(page)
    summary = client.get("/units/TAYHO/summary/")
    assert "16/17 (94%)" in text_of(summary)
    sheet = openpyxl.load_workbook(BytesIO(client.get("/units/TAYHO/summary.xlsx").content)).worksheets[0]
    values = [[cell.value for cell in row] for row in sheet.iter_rows()]
    total = next(row for row in values if "Tổng cộng" in row)
    assert total[2:4] == [17, 16]
    body = [row for row in values if isinstance(row[0], int)]
    assert (sum(row[2] for row in body), sum(row[3] for row in body)) == (17, 16)
    document = Document(BytesIO(client.get("/units/TAYHO/summary.docx").content))
    words = " ".join(paragraph.text for paragraph in document.paragraphs)
    assert "16/17 (94%)" in words
    assert "tạm tính" in words + " ".join(p.text for s in document.sections for p in s.header.paragraphs)


def test_the_literal_figure_stands_in_one_element_in_both_languages(client, officer, host, ward):

    for language, literal in (("vi", "7.126/7.560 (94%)"), ("en", "7,126/7,560 (94%)")):
        with translation.override(language):
            html = render_to_string("components/_rate.html", {"rate": Rate(7126, 7560)})
        elements = re.findall(r"<(p|div|strong)\b[^>]*>(.*?)</\1>", html, re.DOTALL)
        assert literal in [re.sub(r"\s+", " ", strip_tags(inner)).strip() for _tag, inner in elements]


def test_one_more_registration_raises_the_figure(client, officer, host, district, cell):
    client.force_login(officer)
    member = next(
        m for m in cell.members.order_by("position") if m.pledges.count() == 0 and m.standing == "active"
    )
    make_pledge(member, district)
    assert counts.drain(DAY) == 1
    assert "17/17 (100%)" in text_of(client.get("/units/TAYHO/"))


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_dashboard_costs_the_same_whatever_the_tree(
    client, host, tier, item_count, django_assert_num_queries
):
    user = user_with(Role.BOARD_OFFICER, unit=host)
    cadres = make_cadre_tier(host)
    for _ in range(item_count):
        cell = CellFactory(parent=UnitFactory(parent=host))
        for member in make_members(cell, item_count):
            make_pledge(member, tier)
            _featured(make_pledge(member, cadres))
    counts.drain(DAY)
    client.force_login(user)
    client.get("/units/TAYHO/")
    with django_assert_num_queries(18):
        response = client.get("/units/TAYHO/")
    assert len(response.context_data["rows"]) == item_count
    assert len(response.context_data["data"].highlights) == min(item_count**2, 6)


def _featured(pledge) -> None:
    transitions.approve([pledge.pk], act=PAPER)
    result = results.FinalResult(outcome=PledgeStatus.DONE, text="Hoàn thành", on_time=True)
    results.record_results({pledge.pk: result}, act=PAPER)
    results.feature(pledge.pk, featured=True, by=None)


@pytest.mark.parametrize("item_count", [1, 3])
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/units/TAYHO/pledges/?campaign=DV-2024", 12),
        ("/units/TAYHO/summary/", 15),
    ],
)
def test_lists_cost_the_same_whatever_their_length(
    client, officer, host, tier, item_count, address, queries, django_assert_num_queries
):
    for _ in range(item_count):
        cell = CellFactory(parent=UnitFactory(parent=host))
        for member in make_members(cell, item_count):
            make_pledge(member, tier)
        MemberFactory(unit=cell, standing=Standing.EXEMPT)
    counts.drain(DAY)
    client.force_login(officer)
    client.get(address)
    with django_assert_num_queries(queries):
        response = client.get(address)
    assert response.status_code == 200


ADDRESSES = [
    "/units/{}/",
    "/units/{}/pledges/?campaign=DV-2024",
    "/units/{}/summary/",
    "/units/{}/summary.xlsx",
    "/units/{}/summary.docx",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_another_branch_is_not_there(client, host, district, ward, address):
    elsewhere = UnitFactory(parent=host)
    client.force_login(user_with(Role.GRASSROOTS_OFFICER, unit=elsewhere))
    assert client.get(address.format(ward.code)).status_code == 404
    assert client.get(address.format(elsewhere.code)).status_code == 200
    assert client.get(address.format("TAYHO")).status_code == 404


@pytest.mark.parametrize("address", ADDRESSES)
def test_only_get(client, officer, district, address):
    client.force_login(officer)
    assert client.post(address.format("TAYHO")).status_code == 405


def test_unknown_filters_are_not_found(client, officer, district):
    client.force_login(officer)
    assert client.get("/units/TAYHO/?campaign=DV-1999").status_code == 404
    assert client.get("/units/TAYHO/pledges/?campaign=DV-1999").status_code == 404
    assert client.get("/units/TAYHO/?sort=nonsense").status_code == 200


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 77),
        ("&status=late", 7),
        ("&status=submitted", 3),
        ("&field=x", 3),
        ("&theme=none", 3),
        ("&unit=c", 3),
    ],
)
def test_a_long_list_tells_the_number_that_is_kept(
    client, officer, host, tier, cell, monkeypatch, query, number
):
    """A field, a theme, an organisation and most statuses have none: their rows are counted."""
    monkeypatch.setattr(paging, "SHORT", 2)
    for member in make_members(cell, 3):
        pledge = make_pledge(member, tier, field="x", due_on=date(2024, 3, 1))
        if query == "&status=late":
            transitions.approve([pledge.pk], act=PAPER)
    counts.drain(DAY)
    UnitCount.objects.filter(unit=host).update(pledges=77, late=7)
    client.force_login(officer)
    page = client.get(f"/units/TAYHO/pledges/?campaign=DV-2024{query}").context_data["page"]
    assert (page.paginator.count, len(page)) == (number, 3)


def test_ranking_is_worst_first_and_sorts_by_link(client, officer, host, district, ward):
    client.force_login(officer)
    names = [row.unit.name for row in client.get("/units/TAYHO/").context_data["rows"]]
    assert names == [ward.name, "Chi bộ Tòa án"]
    rows = client.get("/units/TAYHO/?sort=-percent").context_data["rows"]
    assert [row.unit.name for row in rows] == names[::-1]
    assert [row.missing for row in client.get("/units/TAYHO/?sort=missing").context_data["rows"]] == [0, 1]


def test_a_unit_without_a_campaign_says_so(client, host):
    client.force_login(user_with(Role.BOARD_OFFICER, unit=host))
    assert "Chưa có đợt đăng ký" in text_of(client.get("/units/TAYHO/"))


def test_a_download_is_logged_without_names(client, officer, district):
    client.force_login(officer)
    client.get("/units/TAYHO/summary.xlsx")
    event = RecordEvent.objects.get(action="export_summary")
    assert event.actor == officer
    assert event.data == {"format": "xlsx", "campaign": "DV-2024", "rows": 2}


def test_only_the_board_chooses_notable_results_and_only_of_results(host, ward, cell, officer):
    tier = make_cadre_tier(host)
    pledge = make_pledge(make_members(cell, 1)[0], tier)
    with pytest.raises(NotAllowedError):
        results.feature(pledge.pk, featured=True, by=officer)
    _featured(pledge)
    with pytest.raises(NotAllowedError):
        results.feature(pledge.pk, featured=False, by=user_with(Role.GRASSROOTS_OFFICER, unit=ward))
    assert results.feature(pledge.pk, featured=False, by=officer).featured is False
    assert RecordEvent.objects.filter(action="pledge_not_featured").count() == 1


@pytest.mark.parametrize(
    ("name", "committee", "printed"),
    [
        ("Đảng bộ thành phố Hà Nội", "", "Thành ủy Hà Nội"),
        ("Đảng bộ quận Tây Hồ", "", "Quận ủy Tây Hồ"),
        ("Đảng bộ phường Bưởi", "", "Đảng ủy phường Bưởi"),
        ("Hà Nội", "Thành uỷ Hà Nội", "Thành uỷ Hà Nội"),
    ],
)
def test_the_report_goes_to_the_committee_above(
    client, officer, host, district, ward, name, committee, printed
):
    host.name = name
    host.save()
    if committee:
        Body.objects.create(unit=host, kind=BodyKind.COMMITTEE, name=committee)
    client.force_login(officer)
    document = Document(BytesIO(client.get(f"/units/{ward.code}/summary.docx").content))
    head, signature = document.tables[0].rows[0].cells[0], document.tables[1].rows[0].cells[0]
    assert [paragraph.text for paragraph in head.paragraphs][:2] == [name.upper(), ward.name.upper()]
    assert signature.paragraphs[1].text == f"- {printed} (để báo cáo),"
