"""Looking for people and organisations: mark-free, inside one's scope, and never in an address."""

import pytest
from django.db import connection

from cadres.models import Member
from cadres.queries.search import found_members, found_units
from cadres.roles import Role
from tests.cadres.offices import browser
from tests.factories import CellFactory, HostFactory, MemberFactory, UnitFactory, UserFactory, user_with

pytestmark = pytest.mark.django_db
SEARCH = "/search/"


@pytest.fixture
def host():
    return HostFactory(name="Đảng bộ quận Tây Hồ")


@pytest.fixture
def ward(host):
    return UnitFactory(parent=host, name="Đảng bộ phường Bưởi")


@pytest.fixture
def board(host):
    return user_with(Role.BOARD_OFFICER, unit=host)


def person(full, unit, **more):
    family_names, _space, given_name = full.rpartition(" ")
    return MemberFactory(family_names=family_names, given_name=given_name, unit=unit, **more)


def look_for(client, term):
    """The first page of results, as a person gets there."""
    return client.get(client.post(SEARCH, {"q": term}).url)


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("nguyen duc", ["Nguyễn Đức Hòa"]),
        ("NGUYỄN ĐỨC", ["Nguyễn Đức Hòa"]),
        ("Hoà", ["Nguyễn Đức Hòa", "Lê Thị Hoa", "Hoàng Văn Ba"]),
        ("hoa duc", ["Nguyễn Đức Hòa"]),
        ("duc hoa nguyen le", []),
    ],
)
def test_marks_case_and_the_order_of_words_do_not_count(host, board, term, found):
    cell = CellFactory(parent=host)
    for name in ("Hoàng Văn Ba", "Lê Thị Hoa", "Nguyễn Đức Hòa"):
        person(name, cell)
    assert sorted(member.name for member in found_members(board, term)) == sorted(found)


def test_given_names_come_first_and_among_them_the_very_marks(host, board):
    cell = CellFactory(parent=host)
    for name in ("Hoàng Văn Ba", "Lê Thị Hoa", "Trần Hòa Bình", "Phạm Văn Hòa"):
        person(name, cell)
    assert [member.name for member in found_members(board, "hòa")] == [
        "Phạm Văn Hòa",
        "Lê Thị Hoa",
        "Trần Hòa Bình",
        "Hoàng Văn Ba",
    ]


def test_a_code_or_the_whole_card_number_finds_one_person_and_a_part_of_it_nobody(host, board):
    member = person("Trần Thị Bình", CellFactory(parent=host), card_number="01234567", code="K7M2P9QX")
    for term in ("01234567", " 01234567 ", "K7M2P9QX", "k7m2p9qx"):
        assert list(found_members(board, term)) == [member]
    for term in ("0123456", "1234567", "K7M2"):
        assert list(found_members(board, term)) == []


@pytest.mark.parametrize("term", ["", " ", "h", "  ạ ", "%", "_"])
def test_too_little_to_look_for_finds_nobody(host, board, term):
    person("Hà Thị H", CellFactory(parent=host))
    assert list(found_members(board, term)) == []
    assert list(found_units(board, term)) == []


@pytest.mark.parametrize("term", ["%%", "__", "' OR 1=1 --", "\\\\"])
def test_signs_of_the_database_are_only_letters(host, board, term):
    person("Hà Thị Hoa", CellFactory(parent=host))
    assert list(found_members(board, term)) == []


def test_nobody_outside_the_scope_ever_appears(host, ward):
    mine = person("Nguyễn Văn Hòa", CellFactory(parent=ward), card_number="11111111")
    hers = person("Nguyễn Văn Hòa", CellFactory(parent=host), card_number="22222222")
    officer = user_with(Role.GRASSROOTS_OFFICER, unit=ward)
    client = browser(officer)
    for term in ("hoa", "nguyen van hoa", "22222222", hers.code):
        response = look_for(client, term)
        assert hers not in response.context["page"].object_list
        assert hers.unit.name not in response.content.decode()
    assert list(look_for(client, "11111111").context["page"]) == [mine]


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.MEMBER])
def test_who_reads_no_list_finds_nobody_and_is_told_so(host, role):
    person("Nguyễn Văn Hòa", CellFactory(parent=host))
    response = look_for(browser(user_with(role, unit=host)), "hoa")
    assert list(response.context["page"]) == []
    assert "Your role reads no list of members." in response.content.decode()


def test_each_result_shows_cell_and_birth_year_and_a_masked_card(host, ward, board):
    member = person("Nguyễn Văn Hòa", CellFactory(parent=ward), birth_year=1951, card_number="01234567")
    page = look_for(browser(board), "hoa").content.decode()
    for part in (member.name, "1951", member.unit.name, ward.name, "•••567"):
        assert part in page
    assert "01234567" not in page


def test_organisations_are_found_by_name_and_those_that_ended_are_not(host, ward, board):
    cell = CellFactory(parent=ward, name="Chi bộ Trường Mầm non Bưởi")
    CellFactory(parent=ward, name="Chi bộ Chợ Bưởi", ended_on="2024-01-01")
    assert list(found_units(board, "buoi")) == [ward, cell]
    assert list(found_units(board, "mam non buoi")) == [cell]
    assert list(found_units(UserFactory(), "buoi")) == []
    page = look_for(browser(board), "mầm non").content.decode()
    assert cell.name in page


def test_the_term_never_stands_in_an_address(host, board):
    client = browser(board)
    response = client.post(SEARCH, {"q": "Nguyễn Văn Hòa"})
    assert response.url == "/search/?page=1"
    page = client.get("/search/?page=1")
    assert page.context["term"] == "Nguyễn Văn Hòa"
    forms = [line for line in page.content.decode().splitlines() if "<form" in line]
    assert forms
    assert all('method="post"' in form or 'method="dialog"' in form for form in forms)
    assert client.get("/search/?q=hoa").context["term"] == ""
    assert client.get(SEARCH).context["term"] == ""


def test_a_pasted_novel_is_cut(host, board):
    assert len(look_for(browser(board), "hoa " * 20_000).context["term"]) == 100


def test_pages_go_on_with_the_same_term(host, board):
    cell = CellFactory(parent=host)
    for number in range(31):
        person(f"Nguyễn Văn Hòa{number}", cell)
    person("Trần Thị Bình", cell)
    client = browser(board)
    assert len(look_for(client, "hoa").context["page"]) == 30
    assert len(client.get("/search/?page=2").context["page"]) == 1


def test_put_is_refused_and_nobody_searches_without_signing_in(board):
    assert browser(board).put(SEARCH).status_code == 405
    assert browser().post(SEARCH, {"q": "hoa"}).url.startswith("/sign-in/")


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_page_costs_the_same_for_one_hit_and_for_three(
    host, board, item_count, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr("config.context.navigation", lambda request: None)
    for number in range(item_count):
        person("Nguyễn Văn Hòa", CellFactory(parent=host, name=f"Chi bộ Hoà Bình {number}"))
    client = browser(board)
    client.post(SEARCH, {"q": "hoa"})
    with django_assert_num_queries(7):
        response = client.get("/search/?page=1")
    assert len(response.context["page"]) == len(response.context["units"]) == item_count


@pytest.mark.postgres
def test_a_part_of_a_name_is_found_by_an_index():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "member_names" in Member.objects.search("van an").order_by().explain()
