"""The board moves a member, changes his standing and takes him off the list, page by page."""

from datetime import date

import pytest
from django.utils import translation

from cadres.models import (
    Body,
    BodyKind,
    BodyMember,
    Member,
    Office,
    OfficeKind,
    RecordEvent,
    RoleAssignment,
    Unit,
    UnitPeriod,
    User,
)
from cadres.roles import Role
from tests.cadres.offices import browser
from tests.factories import (
    START,
    CellFactory,
    HostFactory,
    MemberFactory,
    UnitFactory,
    UserFactory,
    user_with,
)
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
    return CellFactory(parent=UnitFactory(parent=host, name="Phường Bưởi"), name="Chi bộ số 7")


@pytest.fixture
def member(host):
    return MemberFactory(unit=CellFactory(parent=host, name="Chi bộ cũ"))


def url(member, act=""):
    return f"/members/{member.code}/membership/{act}"


def sent(client, member, act, **data):
    """What the page shows, filled in and sent."""
    seen = client.get(url(member, act)).context["seen"]
    return client.post(url(member, act), {"seen": seen, "on": "20/03/2024"} | data)


def stands(member):
    return list(member.memberships.order_by("start").values_list("unit", "standing", "start", "end"))


def test_the_board_looks_for_a_cell_and_moves_a_member_there(member, cell, board):
    CellFactory(parent=cell.parent, name="Chi bộ số 17")
    old, client = member.unit, browser(board)
    post = Office.objects.create(member=member, unit=old, kind=OfficeKind.SECRETARY, start=START)
    page = client.post(
        url(member, "move/"), {"q": "so 7 buoi", "on": "20/3/2024", "document": "5", "find": "1"}
    )
    assert [code for code, _label in page.context["form"].fields["unit"].choices] == [cell.code]
    words = page.content.decode()
    assert 'value="20/3/2024"' in words
    assert "The post ends: secretary, Chi bộ cũ" in words
    assert stands(member) == [(old.pk, "active", START, None)]
    answer = sent(client, member, "move/", q="so 7 buoi", unit=cell.code, document="5-QĐ/ĐU")
    assert answer.url == url(member)
    moved = date(2024, 3, 20)
    assert stands(member) == [(old.pk, "active", START, moved), (cell.pk, "active", moved, None)]
    post.refresh_from_db()
    assert post.end == moved
    event = RecordEvent.objects.get(action="members_moved")
    assert (event.member, event.data["document"], event.actor) == (member, "5-QĐ/ĐU", board)
    assert "Chi bộ số 7" in client.get(url(member)).content.decode()


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({"on": "31/12/2023"}, "on", "since 01/01/2024"),
        ({"on": "27/03/2024"}, "on", "lies in the future"),
        ({"on": "31/02/2024"}, "on", "only 29 days"),
        ({"on": ""}, "on", "The day is missing."),
        ({"document": "1" * 61}, "document", "At most 60"),
        ({"unit": ""}, "unit", "Choose one of those found"),
        ({"unit": "KHAC"}, "unit", "It is not among those found"),
        ({"q": "khong co", "unit": ""}, "q", "Look for it by its name"),
        ({"q": "chi bo cu", "unit": "own"}, "unit", "in this cell already"),
        ({"seen": "0"}, "__all__", "changed this meanwhile"),
    ],
)
def test_what_cannot_be_is_said_at_the_field_and_nothing_typed_is_lost(
    member, cell, board, data, field, words
):
    given = {"q": "buoi 7", "unit": cell.code, "document": "9-QĐ/ĐU"} | data
    if given["unit"] == "own":
        given["unit"] = member.unit.code
    page = sent(browser(board), member, "move/", **given)
    assert words in page.context["form"].errors[field][0]
    assert page.context["form"]["document"].value() == given["document"]
    assert len(stands(member)) == 1


def test_a_cell_that_has_ended_or_of_another_district_is_not_come_to(member, cell, board):
    Unit.objects.filter(pk=cell.pk).update(ended_on=DAY)
    elsewhere = CellFactory(name="Chi bộ số 7")
    for one in (cell, elsewhere):
        page = sent(browser(board), member, "move/", q="buoi 7", unit=one.code)
        assert "has ended" in page.context["form"].errors["unit"][0]
    assert len(stands(member)) == 1


def test_nobody_comes_to_a_cell_before_it_was_founded(member, cell, board):
    UnitPeriod.objects.filter(unit=cell).update(start=date(2024, 3, 22))
    page = sent(browser(board), member, "move/", q="buoi 7", unit=cell.code)
    assert "since 22/03/2024" in page.context["form"].errors["on"][0]
    assert len(stands(member)) == 1


def test_rank_and_standing_change_from_the_day_and_twice_is_once(member, board):
    client = browser(board)
    page = sent(client, member, "standing/", rank="official", standing="active")
    assert "stands like this already" in page.context["form"].errors["__all__"][0]
    old = client.get(url(member, "standing/")).context["seen"]
    data = {"seen": old, "on": "20/03/2024", "rank": "official", "standing": "exempt"}
    for _ in range(2):
        assert client.post(url(member, "standing/"), data).url == url(member)
    data["standing"] = "away"
    late = client.post(url(member, "standing/"), data)
    assert "changed this meanwhile" in late.context["form"].errors["__all__"][0]
    assert [row[1] for row in stands(member)] == ["active", "exempt"]
    assert RecordEvent.objects.filter(action="standing_changed").count() == 1


def test_who_leaves_keeps_no_post_no_account_and_may_come_again(member, cell, board):
    client, account = browser(board), UserFactory(member=member)
    RoleAssignment.objects.create(user=account, role=Role.CLERK, unit=member.unit, start=START)
    Office.objects.create(member=member, unit=member.unit, kind=OfficeKind.SECRETARY, start=START)
    body = Body.objects.create(
        unit=cell.parent, kind=BodyKind.STANDING_COMMITTEE, name="Ban Thường vụ", seats=9
    )
    BodyMember.objects.create(body=body, member=member, start=START)
    page = sent(client, member, "leave/", on="31/12/2023")
    assert page.context["form"].errors["on"]
    assert f"/bodies/{cell.parent.code}/standing_committee/seats/" in page.content.decode()
    assert sent(client, member, "leave/", close_account="on").url == url(member)
    assert client.post(url(member, "leave/"), {"on": "21/03/2024"}).url == url(member)
    left = date(2024, 3, 20)
    assert stands(member)[0][3] == Office.objects.get().end == left
    account.refresh_from_db()
    assert not account.is_active
    assert account.roles.get().end == left
    assert client.post(url(member, "standing/"), {}).status_code == 200
    assert "nothing is left to do here" in client.get(url(member, "standing/")).content.decode()
    assert "no longer on the list" in client.get(url(member)).content.decode()
    sent(client, member, "move/", q="buoi 7", unit=cell.code, on="22/03/2024")
    assert stands(member)[1][0] == cell.pk


def test_an_account_whose_roles_are_not_the_boards_keeps_the_member(member, board, host):
    administrator = user_with(Role.ADMINISTRATOR, unit=UnitFactory(), member=member)
    page = sent(browser(board), member, "leave/", close_account="on")
    assert page.context["form"].errors["close_account"]
    assert stands(member)[0][3] is None
    assert sent(browser(board), member, "leave/").status_code == 302
    assert User.objects.get(pk=administrator.pk).is_active


def test_only_the_board_of_the_member_gets_in(member, cell, board, host):
    stranger = user_with(Role.BOARD_OFFICER, unit=HostFactory())
    narrow = user_with(Role.BOARD_OFFICER, unit=cell)
    RoleAssignment.objects.create(user=narrow, role=Role.INSPECTOR, unit=host, start=START)
    inspector = user_with(Role.INSPECTOR, unit=host)
    for user, code in ((stranger, 404), (narrow, 403), (inspector, 403)):
        client = browser(user)
        assert client.get(url(member)).status_code == code
        for act in ("move/", "standing/", "leave/"):
            assert client.get(url(member, act)).status_code == code
            assert client.post(url(member, act), {"on": "20/03/2024"}).status_code == code
    client = browser(board)
    assert client.post(url(member)).status_code == 405
    for act in ("move/", "standing/", "leave/"):
        assert client.put(url(member, act)).status_code == 405
    assert len(stands(member)) == 1
    assert url(member) in client.get(f"/members/{member.code}/").content.decode()
    assert url(member) not in browser(inspector).get(f"/members/{member.code}/").content.decode()


@pytest.mark.parametrize("n", [1, 3])
def test_the_page_costs_the_same_for_one_row_and_three(
    member, cell, board, n, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr("config.context.navigation", lambda request: None)
    client = browser(board)
    for month in range(2, n + 1):
        sent(
            client,
            member,
            "standing/",
            rank="official",
            standing=["away", "exempt"][month % 2],
            on=f"01/{month:02d}/2024",
        )
        CellFactory(parent=cell.parent, name=f"Chi bộ số 7 khu {month}")
    with django_assert_num_queries(6):
        assert len(client.get(url(member)).context["rows"]) == n
    with django_assert_num_queries(7):
        found = client.post(url(member, "move/"), {"q": "buoi 7", "find": "1"}).context["form"].found
    assert len(found) == n


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_move_a_member_at_once_make_one_move(member, cell, board):
    data = {"q": "buoi 7", "unit": cell.code, "on": "20/03/2024"}
    clients = [browser(board) for _ in range(2)]
    data["seen"] = clients[0].get(url(member, "move/")).context["seen"]
    answers = at_once(*[lambda one=one: one.post(url(member, "move/"), data).status_code for one in clients])
    assert set(answers) == {302}
    assert [row[0] for row in stands(Member.objects.get())] == [member.unit_id, cell.pk]
    assert RecordEvent.objects.filter(action="members_moved").count() == 1
