"""Members added, moved, changed, ended: memberships by date and the copies on the member in step."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection
from django.utils import translation

from cadres.actions.members import add_members, change_standing, end_memberships, move_members
from cadres.actions.placements import TooEarlyError
from cadres.models import Member, Membership, Office, OfficeKind, Rank, RecordEvent, Standing, UnitChange
from tests.factories import START, CellFactory, HostFactory, MemberFactory, user_with

pytestmark = pytest.mark.django_db
SPRING, SUMMER = date(2024, 3, 1), date(2024, 6, 1)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def cells():
    ward = HostFactory()
    return CellFactory(parent=ward), CellFactory(parent=ward)


@pytest.fixture
def officer(cells):
    return user_with("board_officer", unit=cells[0].parent)


def rows(member):
    found = Membership.objects.filter(member=member)
    return list(found.values_list("unit", "rank", "standing", "start", "end"))


def copies(member):
    return Member.objects.values_list("unit", "rank", "standing").get(pk=member.pk)


def outbox():
    return set(UnitChange.objects.values_list("unit", flat=True))


def events():
    return list(RecordEvent.objects.order_by("pk").values_list("action", "data__members"))


def test_added_members_stand_in_their_cell_with_keys_and_a_first_membership(cells, officer):
    first, second = cells
    new = [
        Member(family_names="Nguyễn Văn", given_name="Đức", unit=first, rank=Rank.PROBATIONARY),
        Member(family_names="Lê", given_name="Hoà", unit=second, standing=Standing.EXEMPT),
    ]
    duc, hoa = add_members(new, on=SPRING, by=officer)
    assert rows(duc) == [(first.pk, "probationary", "active", SPRING, None)]
    assert rows(hoa) == [(second.pk, "official", "exempt", SPRING, None)]
    assert list(Member.objects.search("nguyen duc")) == [duc]
    assert outbox() == {first.pk, second.pk}
    assert events() == [("members_added", 2)]
    assert RecordEvent.objects.get().actor == officer


def test_a_move_closes_one_membership_and_opens_the_next_on_the_same_day(cells, officer):
    first, second = cells
    member = MemberFactory(unit=first, standing=Standing.EXEMPT)
    post = Office.objects.create(member=member, unit=first, kind=OfficeKind.SECRETARY, start=START)
    higher = Office.objects.create(member=member, unit=first.parent, kind=OfficeKind.SECRETARY, start=START)
    placed = move_members([member], second, on=SPRING, by=officer)
    assert placed.changed == {member.pk}
    assert rows(member) == [
        (first.pk, "official", "exempt", START, SPRING),
        (second.pk, "official", "exempt", SPRING, None),
    ]
    assert copies(member) == (second.pk, "official", "exempt")
    assert outbox() == {first.pk, second.pk}
    assert ("members_moved", 1) in events()
    post.refresh_from_db()
    higher.refresh_from_db()
    assert (post.end, higher.end) == (SPRING, None)


def test_twice_the_same_move_is_one_move(cells, officer):
    member = MemberFactory(unit=cells[0])
    for _time in range(2):
        move_members([member], cells[1], on=SPRING, by=officer)
    assert len(rows(member)) == 2
    assert events() == [("members_moved", 1)]
    assert UnitChange.objects.count() == 2


def test_a_change_on_the_first_day_of_a_membership_puts_it_right(cells, officer):
    member = MemberFactory(unit=cells[0])
    move_members([member], cells[1], on=START, by=officer)
    assert rows(member) == [(cells[1].pk, "official", "active", START, None)]
    assert copies(member) == (cells[1].pk, "official", "active")


def test_standing_and_rank_change_by_date(cells, officer):
    member = MemberFactory(unit=cells[0], rank=Rank.PROBATIONARY)
    change_standing([member], rank=Rank.OFFICIAL, on=SPRING, by=officer)
    change_standing([member], standing=Standing.AWAY, on=SUMMER, by=officer)
    unit = cells[0].pk
    assert rows(member) == [
        (unit, "probationary", "active", START, SPRING),
        (unit, "official", "active", SPRING, SUMMER),
        (unit, "official", "away", SUMMER, None),
    ]
    assert copies(member) == (unit, "official", "away")
    assert events() == [("standing_changed", 1), ("standing_changed", 1)]


def test_what_the_instance_says_is_not_trusted(cells, officer):
    """The rank is read under the lock, not from an instance that another request left behind."""
    stale = MemberFactory(unit=cells[0], rank=Rank.PROBATIONARY)
    change_standing([Member.objects.get(pk=stale.pk)], rank=Rank.OFFICIAL, on=SPRING, by=officer)
    move_members([stale], cells[1], on=SUMMER, by=officer)
    assert copies(stale) == (cells[1].pk, "official", "active")


def test_leaving_ends_membership_and_posts(cells, officer):
    leaves, never_was = MemberFactory(unit=cells[0]), MemberFactory(unit=cells[0])
    move_members([never_was], cells[1], on=SPRING, by=officer)
    post = Office.objects.create(member=leaves, unit=cells[0], kind=OfficeKind.SECRETARY, start=START)
    assert end_memberships([leaves, never_was], on=SPRING, by=officer) == {leaves.pk, never_was.pk}
    assert rows(leaves) == [(cells[0].pk, "official", "active", START, SPRING)]
    assert rows(never_was) == [(cells[0].pk, "official", "active", START, SPRING)]
    post.refresh_from_db()
    assert post.end == SPRING
    assert ("memberships_ended", 2) in events()
    assert end_memberships([leaves], on=SUMMER, by=officer) == set()


def test_who_has_left_comes_back_only_by_a_place(cells, officer):
    member = MemberFactory(unit=cells[0])
    end_memberships([member], on=SPRING, by=officer)
    change_standing([member], standing=Standing.EXEMPT, on=SUMMER, by=officer)
    assert len(rows(member)) == 1
    with pytest.raises(TooEarlyError):
        move_members([member], cells[1], on=START, by=officer)
    move_members([member], cells[1], on=SPRING, by=officer)
    assert rows(member)[1] == (cells[1].pk, "official", "active", SPRING, None)


@pytest.mark.parametrize(
    "change",
    [
        lambda member, cell: move_members([member], cell, on=SPRING, by=None),
        lambda member, cell: change_standing([member], standing=Standing.EXEMPT, on=SPRING, by=None),
        lambda member, cell: end_memberships([member], on=SPRING, by=None),
    ],
)
def test_a_change_before_what_it_changes_is_refused_and_names_the_day(cells, change):
    member, other = MemberFactory(unit=cells[0]), MemberFactory(unit=cells[0])
    move_members([member], cells[1], on=SUMMER, by=None)
    before = rows(member), rows(other), events()
    with pytest.raises(TooEarlyError, match="01/06/2024") as refusal:
        change(member, cells[0])
    assert refusal.value.newest == SUMMER
    assert (rows(member), rows(other), events()) == before


def test_a_post_that_began_later_refuses_the_end(cells):
    member = MemberFactory(unit=cells[0])
    Office.objects.create(member=member, unit=cells[0], kind=OfficeKind.SECRETARY, start=SUMMER)
    with pytest.raises(TooEarlyError, match="01/06/2024"):
        end_memberships([member], on=SPRING, by=None)
    assert rows(member)[0][-1] is None


def test_moving_many_costs_what_moving_one_costs(cells, django_assert_num_queries):
    for number in (1, 3):
        members = MemberFactory.create_batch(number, unit=cells[0])
        with django_assert_num_queries(13):
            move_members(members, cells[1], on=SPRING, by=None)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_officers_who_move_one_member_at_once_make_one_move():
    ward = HostFactory()
    cell, other = CellFactory(parent=ward), CellFactory(parent=ward)
    member = MemberFactory(unit=cell)
    ready = Barrier(2)

    def move():
        try:
            ready.wait(timeout=10)
            return move_members([member], other, on=SPRING, by=None).changed
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        changed = [future.result() for future in (pool.submit(move), pool.submit(move))]
    assert sorted(changed, key=len) == [set(), {member.pk}]
    assert len(rows(member)) == 2
    assert events() == [("members_moved", 1)]
