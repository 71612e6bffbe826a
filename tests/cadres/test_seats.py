"""Seats of a body: taken, ended, and by whom."""

from datetime import date

import pytest

from cadres.actions.bodies import BodyError
from cadres.actions.seats import end_seat, take_seat
from cadres.models import Body, BodyKind, BodyMember, RecordEvent
from cadres.roles import Role
from tests.factories import CellFactory, HostFactory, MemberFactory, user_with

pytestmark = pytest.mark.django_db

DAY = date(2024, 3, 26)


@pytest.fixture
def host():
    return HostFactory(code="TAYHO")


@pytest.fixture
def body(host):
    return Body.objects.create(unit=host, kind=BodyKind.STANDING_COMMITTEE, name="Ban Thường vụ", seats=2)


@pytest.fixture
def board(host):
    return user_with(Role.BOARD_OFFICER, unit=host)


@pytest.fixture
def member(host):
    return MemberFactory(unit=CellFactory(parent=host), family_names="Trần", given_name="Khuất")


def test_a_seat_is_taken_once_and_noted(body, member, board):
    seats = [take_seat(body, member, start=DAY, by=board) for _ in range(2)]
    assert seats[0] == seats[1]
    event = RecordEvent.objects.get(action="seat_taken")
    assert (event.unit, event.data["member"], event.data["on"]) == (body.unit, member.pk, "2024-03-26")


def test_no_more_seats_than_the_body_has(body, board):
    for _ in range(2):
        take_seat(body, MemberFactory(), start=DAY, by=board)
    with pytest.raises(BodyError):
        take_seat(body, MemberFactory(), start=DAY, by=board)
    body.seats = None
    body.save()
    take_seat(body, MemberFactory(), start=DAY, by=board)


def test_a_seat_ends_once_and_may_be_taken_again_later(body, member, board):
    seat = take_seat(body, member, start=DAY, by=board)
    with pytest.raises(BodyError):
        end_seat(seat.pk, on=DAY, by=board)
    later = date(2024, 5, 1)
    assert [end_seat(seat.pk, on=later, by=board).end for _ in range(2)] == [later, later]
    with pytest.raises(BodyError):
        take_seat(body, member, start=date(2024, 4, 1), by=board)
    assert take_seat(body, member, start=later, by=board).pk != seat.pk


def test_in_the_meeting_of_a_cell_everybody_sits(member, board):
    with pytest.raises(BodyError):
        take_seat(member.unit.bodies.get(), member, start=DAY, by=board)


URL = "/bodies/TAYHO/standing_committee/seats/"


def test_the_board_gives_a_seat_and_ends_it(body, member, board, client, settings):
    settings.SITE_TODAY = DAY
    client.force_login(board)
    found = client.post(URL, {"q": "khuat"}, follow=True)
    assert list(found.context["found"]) == [member]
    assert "khuat" not in found.request["QUERY_STRING"]
    client.post(f"{URL}take/", {"member": member.code})
    seat = BodyMember.objects.get()
    assert (seat.member, seat.start, seat.end) == (member, DAY, None)
    settings.SITE_TODAY = date(2024, 4, 2)
    client.post(f"{URL}{seat.pk}/end/")
    seat.refresh_from_db()
    assert seat.end == date(2024, 4, 2)


def test_who_may_not(body, member, board, host, client, settings):
    settings.SITE_TODAY = DAY
    seat = take_seat(body, member, start=date(2024, 3, 1), by=board)
    posts = (URL, f"{URL}take/", f"{URL}{seat.pk}/end/")
    data = {"member": MemberFactory(unit=member.unit).code, "q": "x"}
    for who, code in (
        (user_with(Role.BOARD_OFFICER, unit=HostFactory()), 404),
        (user_with(Role.RECORDER, body=body), 403),
        (user_with(Role.CLERK, unit=host), 403),
    ):
        client.force_login(who)
        for url in posts:
            assert client.post(url, data).status_code == code
    client.force_login(board)
    assert client.post(f"{URL}take/", {"member": MemberFactory().code}).status_code == 404
    assert client.post(f"{URL}99999/end/").status_code == 404
    for url in posts[1:]:
        assert client.get(url).status_code == 405
    assert client.put(URL).status_code == 405
    assert BodyMember.objects.get().end is None


@pytest.mark.parametrize("n", [1, 3])
def test_the_page_costs_the_same_for_one_seat_and_three(
    body, board, client, n, monkeypatch, settings, django_assert_num_queries
):
    settings.SITE_TODAY = DAY
    monkeypatch.setattr("config.context.navigation", lambda request: None)
    body.seats = None
    body.save()
    for _ in range(n):
        take_seat(body, MemberFactory(), start=DAY, by=board)
    client.force_login(board)
    with django_assert_num_queries(5):
        assert len(client.get(URL).context["held"]) == n
