"""Bodies that decide: entered with name, symbol and seats, or all at once under the usual names."""

import pytest
from django.utils import translation

from cadres.actions.bodies import BodyError, BodyGiven, lacking_first_body, make_first_bodies, write_body
from cadres.models import Body, BodyKind, RecordEvent, UnitKind
from cadres.roles import Role
from tests.factories import CellFactory, HostFactory, UnitFactory, user_with
from tests.pledges.pages import text
from tests.pledges.threads import at_once

pytestmark = pytest.mark.django_db
STANDING = BodyKind.STANDING_COMMITTEE
NAME = "Ban Thường vụ Quận ủy Tây Hồ"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def host(db):
    return HostFactory(name="Đảng bộ quận Tây Hồ", code="TAYHO")


@pytest.fixture
def board(host):
    return user_with(Role.BOARD_OFFICER, unit=host)


@pytest.fixture
def visit(client, settings):
    """Sign somebody in; returns the client that reads English."""

    def sign_in(user):
        client.force_login(user)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        return client

    return sign_in


def url_of(unit, kind=STANDING):
    return f"/bodies/{unit.code}/{kind}/"


def given(**data):
    return {"name": NAME, "symbol": "QU", "seats": "11"} | data


def test_a_body_is_entered_and_corrected_once_each(host, board):
    write_body(host, STANDING, BodyGiven(name=NAME), by=board)
    for _ in range(2):
        write_body(host, STANDING, BodyGiven(name=NAME, symbol="QU", seats=11), by=board)
    body = Body.objects.get(unit=host)
    assert (body.name, body.symbol, body.seats) == (NAME, "QU", 11)
    assert list(RecordEvent.objects.order_by("pk").values_list("action", flat=True)) == [
        "body_entered",
        "body_corrected",
    ]


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        (BodyKind.CELL_MEETING, BodyGiven(name="A"), "comes with the cell"),
        (STANDING, BodyGiven(name=""), "official name"),
        (STANDING, BodyGiven(name="A", seats=0), "from 1 to 999"),
        (STANDING, BodyGiven(name="A", seats=1000), "from 1 to 999"),
    ],
)
def test_a_body_that_cannot_be_is_not_entered(host, board, kind, body, words):
    with pytest.raises(BodyError, match=words):
        write_body(host, kind, body, by=board)
    assert not Body.objects.exists()


def test_every_unit_below_gets_the_body_of_its_kind_once(host, board):
    ward = UnitFactory(parent=host, name="Đảng bộ phường Bưởi")
    division = UnitFactory(parent=ward, kind=UnitKind.DIVISION_COMMITTEE, name="Đảng bộ bộ phận 1")
    CellFactory(parent=division)
    bare = UnitFactory(parent=ward, kind=UnitKind.CELL)
    assert set(lacking_first_body(host)) == {ward, division, bare}
    assert (make_first_bodies(host, by=board), make_first_bodies(host, by=board)) == (3, 0)
    assert list(Body.objects.filter(unit__in=(ward, division, bare)).values_list("kind", "name")) == [
        ("standing_committee", "Ban Thường vụ Đảng ủy phường Bưởi"),
        ("committee", "Ban Chấp hành Đảng bộ bộ phận 1"),
        ("cell_meeting", bare.name),
    ]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_enter_a_body_at_once_enter_one(host, board):
    def enter():
        return write_body(host, STANDING, BodyGiven(name=NAME, seats=11), by=board)

    assert len({body.pk for body in at_once(enter, enter)}) == 1
    assert Body.objects.filter(unit=host).count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_enter_the_usual_bodies_at_once_enter_each_once(host, board):
    ward = UnitFactory(parent=host)
    at_once(*[lambda: make_first_bodies(host, by=board) for _ in range(2)])
    assert Body.objects.filter(unit=ward).count() == 1


# ---- the pages -----------------------------------------------------------------------------------


def test_pages_are_refused_by_method_scope_and_role(host, board, visit):
    stranger = user_with(Role.BOARD_OFFICER, unit=HostFactory())
    inspector = user_with(Role.INSPECTOR, unit=host)
    usual = f"/bodies/{host.code}/usual/"
    for url in (url_of(host), usual):
        assert visit(stranger).post(url, given()).status_code == 404
        assert visit(inspector).post(url, given()).status_code == 403
        assert visit(board).put(url).status_code == 405
    assert visit(stranger).get(f"/bodies/?unit={host.code}").status_code == 404
    assert visit(board).post("/bodies/").status_code == 405
    assert visit(board).get(usual).status_code == 405
    assert not Body.objects.exists()


def test_a_body_is_entered_from_the_page_twice_is_once(host, board, visit):
    client = visit(board)
    assert client.get(url_of(host)).context["form"].initial == {"name": NAME}
    for _ in range(2):
        page = client.post(url_of(host), given(), follow=True)
        assert f"{NAME} is entered." in text(page)
    assert Body.objects.get().seats == 11
    assert client.get(url_of(host)).context["form"].initial["seats"] == "11"
    client.post(url_of(host), given(seats=""))
    assert Body.objects.get().seats is None


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({"name": " "}, "name"),
        ({"name": "A" * 201}, "name"),
        ({"symbol": "A" * 21}, "symbol"),
        ({"seats": "0"}, "seats"),
        ({"seats": "mười"}, "seats"),
    ],
)
def test_a_wrong_body_is_told_beside_its_field_and_stays_as_typed(host, board, visit, data, wrong):
    page = visit(board).post(url_of(host), given(**data))
    assert list(page.context["form"].errors) == [wrong]
    assert "data-error-summary" in text(page)
    assert f'value="{data[wrong].strip()}"' in text(page) or not data[wrong].strip()
    assert not Body.objects.exists()


@pytest.mark.parametrize("kind", [BodyKind.CELL_MEETING, "khac"])
def test_what_is_not_entered_has_no_page(host, board, visit, kind):
    assert visit(board).get(url_of(host, kind)).status_code == 404
    assert visit(board).get(url_of(CellFactory(parent=host))).status_code == 404


def test_committees_below_are_listed_with_their_bodies_cells_only_when_looked_for(host, board, visit):
    ward = UnitFactory(parent=host, name="Đảng bộ phường Bưởi")
    write_body(ward, STANDING, BodyGiven(name="Ban Thường vụ Đảng ủy phường Bưởi", seats=9), by=board)
    cell = CellFactory(parent=ward, name="Chi bộ số 7")
    client = visit(board)
    page = client.get("/bodies/")
    assert list(page.context["page"]) == [ward]
    assert "Ban Thường vụ Đảng ủy phường Bưởi · 9 seats" in text(page)
    assert list(client.get(f"/bodies/?unit={host.code}&q=chi bo so 7").context["page"]) == [cell]
    assert list(client.get(f"/bodies/?unit={host.code}&q=khong co").context["page"]) == []
    assert "by its members" in text(client.get(f"/bodies/?unit={cell.code}"))


def test_who_lacks_a_body_is_counted_listed_and_helped(host, board, visit):
    ward = UnitFactory(parent=host)
    client = visit(board)
    page = client.get("/bodies/?unit=TAYHO&show=lacking")
    assert (page.context["lacking"], list(page.context["page"])) == (1, [ward])
    url = f"/bodies/{host.code}/usual/"
    assert "1 body is entered." in text(client.post(url, follow=True))
    assert "No organisation below lacks its body." in text(client.post(url, follow=True))


@pytest.mark.parametrize("n", [1, 3])
def test_the_list_costs_the_same_for_one_unit_and_three(
    host, board, visit, n, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr("config.context.navigation", lambda request: None)
    for _ in range(n):
        write_body(UnitFactory(parent=host), STANDING, BodyGiven(name="Ban Thường vụ"), by=board)
    client = visit(board)
    with django_assert_num_queries(8):
        assert len(client.get("/bodies/").context["page"]) == n
