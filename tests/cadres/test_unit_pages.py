"""The board founds, renames and moves organisations, and reads how each stood."""

from datetime import date

import pytest
from django.utils import translation

from cadres.models import Body, BodyKind, RecordEvent, RoleAssignment, Unit, UnitKind, UnitPeriod
from cadres.roles import Role
from reports import counts
from tests.cadres.offices import browser
from tests.factories import START, CellFactory, HostFactory, MemberFactory, UnitFactory, user_with
from tests.pledges.threads import at_once
from tests.reports.conftest import make_tier

pytestmark = pytest.mark.django_db
DAY = date(2024, 3, 26)
ACTS = ("found/", "rename/", "move/")


@pytest.fixture(autouse=True)
def _day(settings):
    settings.SITE_TODAY = DAY
    with translation.override("en"):
        yield


@pytest.fixture
def host():
    return HostFactory(code="TAYHO")


@pytest.fixture
def board(host):
    return user_with(Role.BOARD_OFFICER, unit=host)


@pytest.fixture
def ward(host):
    return UnitFactory(parent=host, name="Đảng bộ phường Bưởi", code="TAYHO-1")


def url(unit, act=""):
    return f"/units/{unit.code}/changes/{act}"


FOUND = {"name": "Chi bộ  số 9", "kind": UnitKind.CELL, "on": "20/03/2024", "document": "5-QĐ/ĐU"}


def test_a_cell_is_founded_once_with_its_meeting_its_day_and_its_decision(ward, board):
    client = browser(board)
    for _ in range(2):
        assert client.post(url(ward, "found/"), FOUND).url == url(ward)
    cell = Unit.objects.get(parent=ward)
    assert (cell.name, cell.kind, cell.path) == ("Chi bộ số 9", "cell", cell.path_below(ward.path))
    period = UnitPeriod.objects.get(unit=cell)
    assert (period.start, period.decision_number) == (date(2024, 3, 20), "5-QĐ/ĐU")
    assert Body.objects.get(unit=cell).kind == BodyKind.CELL_MEETING
    assert RecordEvent.objects.get(action="units_founded").actor == board
    page = client.get(url(cell)).content.decode()
    assert "5-QĐ/ĐU" in page
    assert url(cell, "found/") not in page
    assert client.get(url(cell, "found/")).status_code == 404


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({"name": " . "}, "name", "Enter the official name"),
        ({"name": "x" * 201}, "name", "At most 200"),
        ({"name": "CHI BO SO 1"}, "name", "here already"),
        ({"kind": UnitKind.SUPERIOR_COMMITTEE}, "kind", "not one of"),
        ({"kind": ""}, "kind", "Choose the kind"),
        ({"document": " "}, "document", "Enter the number of the decision"),
        ({"on": "31/12/2023"}, "on", "since 01/01/2024"),
        ({"on": "27/03/2024"}, "on", "in the future"),
    ],
)
def test_what_cannot_be_founded_is_said_at_the_field(ward, board, data, field, words):
    CellFactory(parent=ward, name="Chi bộ số 1")
    page = browser(board).post(url(ward, "found/"), FOUND | data)
    assert words in page.context["form"].errors[field][0]
    assert page.context["form"]["name"].value() == (FOUND | data)["name"]
    assert Unit.objects.filter(parent=ward).count() == 1


def test_a_name_is_changed_from_a_day_and_twice_is_once(ward, board, host):
    client, data = browser(board), {"name": "Đảng bộ phường Bưởi mới", "on": "20/03/2024"}
    old = {"name": ward.name, "on": "20/03/2024"}
    assert "called so already" in client.post(url(ward, "rename/"), old).context["form"].errors["name"][0]
    for _ in range(2):
        assert client.post(url(ward, "rename/"), data).url == url(ward)
    UnitFactory(parent=host, name="Đảng bộ phường Yên Phụ")
    for wrong, field in (
        ({"name": "dang bo phuong yen phu"}, "name"),
        ({"name": "A", "on": "1/3/2024"}, "on"),
    ):
        assert client.post(url(ward, "rename/"), data | wrong).context["form"].errors[field]
    names = list(UnitPeriod.objects.filter(unit=ward).order_by("start").values_list("name", "end"))
    assert names == [("Đảng bộ phường Bưởi", date(2024, 3, 20)), ("Đảng bộ phường Bưởi mới", None)]
    assert RecordEvent.objects.filter(action="unit_renamed").count() == 1
    page = client.get(url(ward)).content.decode()
    assert page.index("phường Bưởi mới</span>") < page.index("phường Bưởi</span>")


def test_a_cell_comes_under_another_organisation_looked_for_by_name(ward, board, host):
    client, other = browser(board), UnitFactory(parent=host, name="Đảng bộ phường Yên Phụ")
    cell = CellFactory(parent=ward)
    MemberFactory(unit=cell)
    page = client.post(url(cell, "move/"), {"q": "yen phu", "on": "20/3/2024", "find": "1"})
    assert page.context["form"].found == [other]
    assert "20/3/2024" in page.content.decode()
    assert page.context["inside"].members == 1
    data = {"q": "yen phu", "unit": other.code, "on": "20/03/2024", "document": "7-QĐ/QU"}
    for _ in range(2):
        assert client.post(url(cell, "move/"), data).url == url(cell)
    cell.refresh_from_db()
    assert (cell.parent, cell.path) == (other, cell.path_below(other.path))
    assert UnitPeriod.objects.get(unit=cell, end=None).decision_number == "7-QĐ/QU"
    again = client.post(url(cell, "move/"), data | {"on": "21/03/2024"})
    assert "stands under this one already" in again.context["form"].errors["unit"][0]
    back = data | {"q": "buoi", "unit": ward.code, "on": "01/02/2024"}
    assert "since 20/03/2024" in client.post(url(cell, "move/"), back).context["form"].errors["on"][0]
    none = client.post(url(ward, "move/"), {"q": ward.name, "find": "1"})
    assert none.context["form"].found == []


def test_the_report_of_a_unit_and_the_list_of_a_cell_lead_here(ward, board, host):
    tier, cell = make_tier(host), CellFactory(parent=ward)
    counts.drain(DAY)
    pages = ((ward, f"/units/{ward.code}/"), (cell, f"/campaigns/{tier.campaign.code}/cells/{cell.code}/"))
    for user, leads in ((board, True), (user_with(Role.INSPECTOR, unit=host), False)):
        for unit, address in pages:
            assert (url(unit) in browser(user).get(address).content.decode()) == leads


def test_who_has_no_right_to_it_or_comes_otherwise(ward, board, host):
    narrow = user_with(Role.BOARD_OFFICER, unit=CellFactory(parent=ward))
    RoleAssignment.objects.create(user=narrow, role=Role.INSPECTOR, unit=host, start=START)
    stranger, officer = (
        user_with(Role.BOARD_OFFICER, unit=HostFactory()),
        user_with(Role.GRASSROOTS_OFFICER, unit=ward),
    )
    for user, code in ((stranger, 404), (narrow, 403), (officer, 403)):
        client = browser(user)
        assert client.get(url(ward)).status_code == code
        for act in ACTS:
            assert client.get(url(ward, act)).status_code == code
            assert client.post(url(ward, act), FOUND).status_code == code
    client = browser(board)
    assert client.post(url(ward)).status_code == 405
    for act in ACTS:
        assert client.put(url(ward, act)).status_code == 405
    Unit.objects.filter(pk=ward.pk).update(ended_on=DAY)
    assert "ended on 26/03/2024" in client.get(url(ward)).content.decode()
    for act in ACTS:
        assert client.post(url(ward, act), FOUND).status_code == 404


@pytest.mark.parametrize("n", [1, 3])
def test_the_page_costs_the_same_for_one_period_and_three(
    ward, board, n, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr("config.context.navigation", lambda request: None)
    client = browser(board)
    for month in range(2, n + 1):
        client.post(url(ward, "rename/"), {"name": f"Đảng bộ phường Bưởi {month}", "on": f"1/{month}/2024"})
        CellFactory(parent=ward)
    with django_assert_num_queries(7):
        page = client.get(url(ward), {"q": "phuong buoi"})
    assert (len(page.context["periods"]), len(page.context["found"])) == (n, n)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_found_one_cell_at_once_found_it_once(ward, board):
    clients = [browser(board) for _ in range(2)]
    answers = at_once(*[lambda one=one: one.post(url(ward, "found/"), FOUND).status_code for one in clients])
    assert set(answers) <= {200, 302}
    assert Unit.objects.filter(parent=ward).count() == 1
    names = ("Đảng bộ phường Một", "Đảng bộ phường Hai")
    wards = [UnitFactory(parent=ward.parent, name=name) for name in names]
    data = {"name": "Đảng bộ phường Ba", "on": "20/03/2024"}
    answers = at_once(
        *[lambda at=at: browser(board).post(url(at, "rename/"), data).status_code for at in wards]
    )
    assert sorted(answers) == [200, 302]
