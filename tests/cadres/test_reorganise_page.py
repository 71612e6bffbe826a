"""The board enters a merger or a split: put together, looked at, written."""

from datetime import date

import pytest
from django.utils import translation

from cadres.models import Membership, RecordEvent, RoleAssignment, Unit, UnitSuccession
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
    return HostFactory(code="TAYHO")


@pytest.fixture
def board(host):
    return user_with(Role.BOARD_OFFICER, unit=host)


@pytest.fixture
def cells(host):
    """Three cells of a ward; the first has two members."""
    ward = UnitFactory(parent=host, name="Phường Bưởi")
    cells = [CellFactory(parent=ward, name=f"Chi bộ {name}") for name in ("Một", "Hai", "Ba")]
    MemberFactory.create_batch(2, unit=cells[0])
    return cells


def url(unit, act="reorganise/"):
    return f"/units/{unit.code}/changes/{act}"


def data(*, becomes="old", **more):
    return {"becomes": becomes, "on": "20/03/2024", "document": "12-QĐ/QU"} | more


def part(unit, part):
    return {f"part_{unit.code}": part}


def seen(client, unit, sent):
    return client.post(url(unit), sent).context["seen"]


def test_a_merger_is_looked_at_before_it_is_written_and_written_once(cells, board):
    old, heir, _other = cells
    client = browser(board)
    found = client.post(url(old), data(q="chi bo hai", find="1"))
    assert found.context["form"].others == [heir]
    assert 'value="12-QĐ/QU"' in found.content.decode()
    more = client.post(url(old), data(q="chi bo ba", find="1", **part(heir, "new")))
    assert more.context["form"][f"part_{heir.code}"].value() == "new"
    preview = client.post(url(old), data(**part(heir, "new")))
    [ending] = preview.context["ending"]
    assert (ending.unit, ending.members, preview.context["heir"]) == (old, 2, heir)
    assert not Unit.objects.exclude(ended_on=None).exists()
    assert not RecordEvent.objects.exists()
    sent = data(seen=preview.context["seen"], **part(heir, "new"))
    for _ in range(2):
        assert client.post(url(old), sent).url == url(old, "")
    old.refresh_from_db()
    assert old.ended_on == date(2024, 3, 20)
    assert Membership.objects.filter(unit=heir, end=None).count() == 2
    assert UnitSuccession.objects.get().decision_number == "12-QĐ/QU"
    assert RecordEvent.objects.get(action="unit_succeeded").actor == board
    assert "followed by Chi bộ Hai" in client.get(url(old, "")).content.decode()
    assert client.get(url(old)).status_code == 404


def test_what_changed_since_it_was_looked_at_is_shown_again(cells, board):
    old, heir, _other = cells
    client = browser(board)
    sent = data(**part(heir, "new"))
    sent["seen"] = seen(client, old, sent)
    MemberFactory(unit=old)
    again = client.post(url(old), sent)
    assert again.context["changed"]
    assert again.context["ending"][0].members == 3
    assert not UnitSuccession.objects.exists()


def test_one_that_stays_takes_another_in_or_is_followed_in_part(cells, board):
    gone, stays, part_of_it = cells
    client = browser(board)
    sent = data(becomes="new", **part(gone, "old"))
    sent["seen"] = seen(client, stays, sent)
    for _ in range(2):
        client.post(url(stays), sent)
    assert UnitSuccession.objects.values_list("predecessor", "successor").get() == (gone.pk, stays.pk)
    sent = data(becomes="new", **part(part_of_it, "new"))
    sent["seen"] = seen(client, stays, sent)
    for _ in range(2):
        assert client.post(url(stays), sent).status_code == 302
    assert UnitSuccession.objects.filter(predecessor=stays, successor=part_of_it).count() == 1
    assert Unit.objects.in_force().filter(pk__in=[stays.pk, part_of_it.pk]).count() == 2


@pytest.mark.parametrize(
    ("parts", "more", "field", "words"),
    [
        ({}, {}, "q", "Choose at least one"),
        ({1: "new", 2: "new"}, {}, "q", "still has 2 members"),
        ({1: "new"}, {"document": ""}, "document", "Enter the number"),
        ({1: "new"}, {"on": "01/01/2024"}, "on", "since 01/01/2024"),
        ({1: "new"}, {"on": "27/03/2024"}, "on", "in the future"),
        ({1: "new"}, {"becomes": ""}, "becomes", "required"),
        ({1: "new"}, {"part_KHAC": "old"}, "q", "has ended meanwhile"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(cells, board, parts, more, field, words):
    given = {f"part_{cells[at].code}": name for at, name in parts.items()}
    sent = data(**given) | more
    for step in ({}, {"seen": f"{cells[0].pk}.2.0"}):
        page = browser(board).post(url(cells[0]), sent | step)
        assert words in page.context["form"].errors[field][0]
        for name, value in given.items():
            assert page.context["form"][name].value() == value
    assert not UnitSuccession.objects.exists()


def test_only_the_board_above_gets_in(cells, board, host):
    cell = cells[0]
    narrow = user_with(Role.BOARD_OFFICER, unit=cells[1])
    RoleAssignment.objects.create(user=narrow, role=Role.INSPECTOR, unit=host, start=START)
    inspector, stranger = (
        user_with(Role.INSPECTOR, unit=host),
        user_with(Role.BOARD_OFFICER, unit=HostFactory()),
    )
    sent = data(**part(cells[1], "new"))
    for user, unit, code in (
        (stranger, cell, 404),
        (narrow, cell, 403),
        (narrow, cells[1], 403),
        (board, host, 403),
        (inspector, cell, 403),
    ):
        client = browser(user)
        assert client.get(url(unit)).status_code == client.post(url(unit), sent).status_code == code
    client = browser(board)
    assert client.put(url(cell)).status_code == 405
    elsewhere = data(**part(CellFactory(), "new"))
    assert client.post(url(cell), elsewhere).context["form"].errors["q"]
    assert not UnitSuccession.objects.exists()


def test_looking_at_one_and_at_three_costs_the_same(cells, board, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr("config.context.navigation", lambda request: None)
    heir = CellFactory(parent=cells[0].parent, name="Chi bộ Bốn")
    client = browser(board)
    for some in (cells[:0], cells[1:]):
        named = {name: value for one in some for name, value in part(one, "old").items()}
        with django_assert_num_queries(6):
            page = client.post(url(cells[0]), data(q="phuong buoi", find="1", **named, **part(heir, "new")))
        assert len(page.context["form"].others) == 4


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_write_one_decision_at_once_write_it_once(cells, board):
    sent = data(**part(cells[1], "new"))
    sent["seen"] = seen(browser(board), cells[0], sent)
    clients = [browser(board) for _ in range(2)]
    answers = at_once(*[lambda one=one: one.post(url(cells[0]), sent).status_code for one in clients])
    assert set(answers) <= {200, 302}
    assert UnitSuccession.objects.count() == 1
