"""The board enters a new member of a cell by hand."""

from datetime import date

import pytest
from django.utils import translation

from cadres.models import Member, RecordEvent, RoleAssignment, UnitChange
from cadres.roles import Role
from tests.cadres.offices import browser
from tests.factories import START, CellFactory, HostFactory, MemberFactory, UnitFactory, user_with
from tests.pledges.threads import at_once

pytestmark = pytest.mark.django_db
DAY = date(2024, 3, 26)


@pytest.fixture(autouse=True)
def _day(settings):
    settings.SITE_TODAY = DAY
    with translation.override("en"):
        yield


@pytest.fixture
def host():
    return HostFactory()


@pytest.fixture
def board(host):
    return user_with(Role.BOARD_OFFICER, unit=host)


@pytest.fixture
def cell(host):
    return CellFactory(parent=UnitFactory(parent=host))


def url(unit):
    return f"/units/{unit.code}/changes/member/"


PERSON = {
    "code": "ABCD2345",
    "name": "Trần Thị  Hoà",
    "birth_year": "19/05/1990",
    "card": "12 345678",
    "rank": "probationary",
    "on": "20/03/2024",
    "document": "8-QĐ/QU",
}


def test_somebody_admitted_stands_in_the_cell_once_last_and_from_the_day(cell, board):
    MemberFactory(unit=cell, position=4)
    UnitChange.objects.all().delete()
    client = browser(board)
    assert client.get(url(cell)).context["form"]["code"].value()
    for _ in range(2):
        assert client.post(url(cell), PERSON).url == "/members/ABCD2345/membership/"
    member = Member.objects.get(code="ABCD2345")
    assert (member.name, member.birth_year, member.card_number) == ("Trần Thị Hoà", 1990, "12345678")
    assert (member.unit, member.position, member.search_key) == (cell, 5, "tran thi hoa")
    row = member.memberships.get()
    assert (row.unit, row.rank, row.standing, row.start) == (
        cell,
        "probationary",
        "active",
        date(2024, 3, 20),
    )
    event = RecordEvent.objects.get(action="members_added")
    assert (event.member, event.data["document"]) == (member, "8-QĐ/QU")
    assert UnitChange.objects.get().unit == cell


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({"name": ""}, "name", "Enter the full name."),
        ({"name": "Hoà"}, "name", "family name and given name"),
        ({"name": "x " * 90}, "name", "too long"),
        ({"birth_year": ""}, "birth_year", "Enter the year of birth"),
        ({"birth_year": "2020"}, "birth_year", "not a plausible"),
        ({"card": "1" * 21}, "card", "too long"),
        ({"card": "00000099"}, "card", "belongs to another member"),
        ({"rank": ""}, "rank", "required"),
        ({"on": "31/12/2023"}, "on", "since 01/01/2024"),
        ({"on": "27/03/2024"}, "on", "in the future"),
        ({"code": "x"}, "code", "could not be read"),
    ],
)
def test_what_cannot_be_is_said_at_the_field_and_nothing_typed_is_lost(cell, board, data, field, words):
    MemberFactory(card_number="00000099")
    page = browser(board).post(url(cell), PERSON | data)
    assert words in page.context["form"].errors[field][0]
    assert page.context["form"]["document"].value() == "8-QĐ/QU"
    assert Member.objects.count() == 1


def test_who_is_called_like_somebody_known_is_asked_about_first(cell, board, host):
    known = MemberFactory(
        family_names="Trần Thị", given_name="Hòa", birth_year=1990, unit=CellFactory(parent=host)
    )
    MemberFactory(family_names="Trần Thị", given_name="Hòa", birth_year=1990)
    client = browser(board)
    page = client.post(url(cell), PERSON)
    assert page.context["known"] == [known]
    assert "same comrade" in page.context["form"].errors["another"][0]
    assert f"/members/{known.code}/membership/" in page.content.decode()
    assert not Member.objects.filter(unit=cell).exists()
    kept = client.post(url(cell), PERSON | {"another": "on", "on": ""}).context
    assert kept["known"] == [known]
    assert kept["form"]["another"].value()
    assert client.post(url(cell), PERSON | {"birth_year": "1991"}).status_code == 302
    again = PERSON | {"code": "ABCD2346", "card": "", "another": "on"}
    assert client.post(url(cell), again).status_code == 302
    assert Member.objects.get(code="ABCD2346").card_number is None


def test_only_the_board_gets_in_and_only_to_cells(cell, board, host):
    narrow = user_with(Role.BOARD_OFFICER, unit=CellFactory(parent=host))
    RoleAssignment.objects.create(user=narrow, role=Role.INSPECTOR, unit=host, start=START)
    for user, unit, code in (
        (user_with(Role.BOARD_OFFICER, unit=HostFactory()), cell, 404),
        (narrow, cell, 403),
        (user_with(Role.CELL_SECRETARY, unit=cell), cell, 403),
        (board, cell.parent, 404),
    ):
        client = browser(user)
        assert client.get(url(unit)).status_code == client.post(url(unit), PERSON).status_code == code
    assert browser(board).put(url(cell)).status_code == 405
    assert not Member.objects.exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_send_at_once_enter_one_person_and_one_card(cell, board):
    other = CellFactory(parent=cell.parent)
    sent = ((cell, {}), (cell, {}), (other, {"code": "ABCD2346", "name": "Lê An"}))
    clients = [browser(board) for _ in sent]
    acts = [
        lambda client=client, unit=unit, more=more: client.post(url(unit), PERSON | more).status_code
        for client, (unit, more) in zip(clients, sent, strict=True)
    ]
    assert set(at_once(*acts)) <= {200, 302}
    assert Member.objects.filter(card_number="12345678").count() == 1
    assert Member.objects.count() == 1
