"""Roles confirmed for posts, one or many at once; roles given and taken by hand."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import translation

from cadres import clock
from cadres.actions.accounts import create_account, end_account
from cadres.actions.roles import confirm_offices
from cadres.models import (
    Member,
    Office,
    OfficeKind,
    RecordEvent,
    RoleAssignment,
    Unit,
    UnitKind,
    User,
)
from cadres.roles import Role
from tests.cadres.offices import TODAY, browser, secretary
from tests.factories import (
    START,
    CellFactory,
    HostFactory,
    UnitFactory,
    user_with,
)

pytestmark = pytest.mark.django_db
CONFIRM = "/roles/confirm/"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def host():
    return HostFactory()


@pytest.fixture
def ward(host):
    return UnitFactory(parent=host)


@pytest.fixture
def officer(ward):
    return user_with(Role.GRASSROOTS_OFFICER, unit=ward)


def secretaries():
    """Roles of cell secretary: (member, unit, office, given by)."""
    held = RoleAssignment.objects.filter(role=Role.CELL_SECRETARY)
    return set(held.values_list("user__member", "unit", "office", "granted_by"))


def events(action):
    return RecordEvent.objects.filter(action=action).count()


def test_a_confirmed_post_gives_its_holder_an_account_and_the_role(ward, officer):
    office = secretary(ward)
    done, refused = confirm_offices([office.pk], by=officer, on=TODAY)
    assert (done, refused) == ([office], [])
    assert secretaries() == {(office.member_id, office.unit_id, office.pk, officer.pk)}
    role = RoleAssignment.objects.get(office=office)
    assert (role.start, role.end) == (TODAY, None)
    assert not role.user.has_usable_password()
    event = RecordEvent.objects.get(action="role_granted")
    assert (event.actor, event.user, event.member, event.unit) == (
        officer,
        role.user,
        office.member,
        office.unit,
    )
    assert event.data == {"role": "cell_secretary"}


def test_confirming_twice_is_one_effect(ward, officer):
    office = secretary(ward)
    for _ in range(2):
        done, refused = confirm_offices([office.pk, office.pk], by=officer, on=TODAY)
        assert (done, refused) == ([office], [])
    assert len(secretaries()) == events("role_granted") == events("account_created") == 1


def test_nobody_confirms_himself_while_the_others_go_through(ward, officer):
    mine, other = secretary(ward), secretary(ward)
    officer.member = mine.member
    officer.save()
    done, [refused] = confirm_offices([mine.pk, other.pk], by=officer, on=TODAY)
    assert done == [other]
    assert refused.office == mine
    assert refused.reason.startswith("Nobody confirms a role for himself")
    assert {row[0] for row in secretaries()} == {other.member_id}


def test_secretary_and_deputy_in_one_person_are_one_role(ward, officer):
    first = secretary(ward)
    second = Office.objects.create(
        member=first.member, unit=first.unit, kind=OfficeKind.DEPUTY_SECRETARY, start=START
    )
    done, refused = confirm_offices([first.pk, second.pk], by=officer, on=TODAY)
    assert (done, refused) == ([first, second], [])
    assert len(secretaries()) == 1


def test_a_person_with_posts_in_two_cells_has_one_account_and_two_roles(ward, officer):
    first, second = secretary(ward), secretary(ward)
    Office.objects.filter(pk=second.pk).update(member=first.member)
    confirm_offices([first.pk, second.pk], by=officer, on=TODAY)
    assert {unit for _member, unit, _office, _by in secretaries()} == {first.unit_id, second.unit_id}
    assert events("account_created") == 1


def not_yet(office):
    office.start = TODAY + timedelta(days=1)


def ended_today(office):
    office.end = TODAY


def committee_member(office):
    office.kind = OfficeKind.COMMITTEE_MEMBER


def in_a_ward(office):
    office.unit = office.unit.parent


def elsewhere(office):
    office.unit = CellFactory()


@pytest.mark.parametrize("change", [not_yet, ended_today, committee_member, in_a_ward, elsewhere])
def test_a_post_that_carries_no_role_is_refused_with_the_reason(ward, officer, change):
    office = secretary(ward)
    change(office)
    office.save()
    done, [refused] = confirm_offices([office.pk], by=officer, on=TODAY)
    assert done == []
    assert refused.reason
    assert secretaries() == set()
    assert User.objects.filter(member=office.member).count() == 0


def test_a_post_in_a_dissolved_cell_carries_no_role(ward, officer):
    office = secretary(ward)
    Unit.objects.filter(pk=office.unit_id).update(ended_on=TODAY)
    assert confirm_offices([office.pk], by=officer, on=TODAY)[1][0].reason == "No role rests on this post."


def test_a_closed_account_is_opened_again_by_a_new_post(ward, officer):
    office = secretary(ward)
    user = create_account(member=office.member, by=None)
    end_account(user=user, by=None, on=TODAY)
    confirm_offices([office.pk], by=officer, on=TODAY)
    user.refresh_from_db()
    assert user.is_active
    assert not user.has_usable_password()


def many_posts(ward, count):
    """Posts in as many cells, quickly."""
    cells = Unit.objects.bulk_create(
        Unit(code=f"N{n}", name=f"Chi bộ {n}", name_key=f"chi bo {n}", kind=UnitKind.CELL, parent=ward)
        for n in range(count)
    )
    for cell in cells:
        cell.path = cell.path_below(ward.path)
    Unit.objects.bulk_update(cells, ["path"])
    people = Member.objects.bulk_create(
        Member(family_names="Nguyễn Văn", given_name=f"An {n}", birth_year=1950, unit=cell).set_keys()
        for n, cell in enumerate(cells)
    )
    return Office.objects.bulk_create(
        Office(member=member, unit=member.unit, kind=OfficeKind.SECRETARY, start=START) for member in people
    )


def test_all_cells_of_a_district_are_confirmed_at_once(host):
    board = user_with(Role.BOARD_OFFICER, unit=host)
    offices = many_posts(host, 297)
    done, refused = confirm_offices([office.pk for office in offices], by=board, on=TODAY)
    assert (len(done), refused) == (297, [])
    assert len(secretaries()) == events("role_granted") == events("account_created") == 297


def test_sixty_posts_cost_as_many_statements_as_three(host, django_assert_num_queries):
    offices = many_posts(host, 63)
    for some in (offices[:3], offices[3:]):
        with django_assert_num_queries(16):
            confirm_offices([office.pk for office in some], by=None, on=TODAY)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_give_each_role_once(ward):
    offices = [secretary(ward).pk for _ in range(5)]
    start, failures = threading.Barrier(2), []

    def confirm_all():
        start.wait()
        try:
            confirm_offices(offices, by=None, on=TODAY)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=confirm_all) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(secretaries()) == events("role_granted") == events("account_created") == 5


def test_the_page_confirms_the_lines_ticked(ward, officer):
    chosen, other = secretary(ward), secretary(ward)
    response = browser(officer).post(CONFIRM, {"chosen": chosen.pk, "take": "chosen"}, follow=True)
    assert [message.message for message in response.context["messages"]] == ["1 role is confirmed."]
    assert [row.pk for row in response.context["page"]] == [other.pk]
    assert {row[2] for row in secretaries()} == {chosen.pk}


def test_the_page_confirms_all_that_match_the_term_and_says_what_it_refused(ward, officer):
    mine = secretary(ward, family_names="Lê")
    officer.member = mine.member
    officer.save()
    others = [secretary(ward, family_names="Lê") for _ in range(2)]
    secretary(ward, family_names="Trần")
    data = {"take": "all", "q": "lê", "expected": "3"}
    response = browser(officer).post(CONFIRM, data, follow=True)
    told = [message.message for message in response.context["messages"]]
    assert told[0] == "2 roles are confirmed."
    assert told[1].startswith(f"{mine.member.name}, {mine.unit.name}: Nobody confirms")
    assert {row[2] for row in secretaries()} == {office.pk for office in others}


def test_all_means_what_the_page_showed(ward, officer):
    """Posts that came in since the page was opened are not confirmed unseen; nor is a double click."""
    secretary(ward)
    client, data = browser(officer), {"take": "all", "q": "", "expected": "1"}
    late = secretary(ward)
    response = client.post(CONFIRM, data, follow=True)
    assert "has changed" in next(iter(response.context["messages"])).message
    assert secretaries() == set()
    late.delete()
    for _ in range(2):
        client.post(CONFIRM, data)
    assert len(secretaries()) == events("role_granted") == 1


def test_a_post_outside_the_scope_does_not_exist(host, ward, officer):
    mine, hers = secretary(ward), secretary(UnitFactory(parent=host))
    assert browser(officer).post(CONFIRM, {"chosen": [mine.pk, hers.pk]}).status_code == 404
    assert secretaries() == set()


def test_the_page_refuses_get_and_other_roles_and_an_empty_form(ward, officer):
    office = secretary(ward)
    assert browser(officer).get(CONFIRM).status_code == 405
    inspector = user_with(Role.INSPECTOR, unit=ward)
    assert browser(inspector).post(CONFIRM, {"chosen": office.pk}).status_code == 403
    response = browser(officer).post(CONFIRM, {"take": "chosen"}, follow=True)
    assert next(iter(response.context["messages"])).message == "Choose at least one line."
    assert secretaries() == set()


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_list_costs_the_same_for_one_post_and_for_three(
    ward, officer, item_count, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr("config.context.navigation", lambda request: None)
    for _ in range(item_count):
        secretary(ward)
    client = browser(officer)
    with django_assert_num_queries(6):
        response = client.get("/roles/")
    assert len(response.context["page"]) == item_count


def test_the_list_holds_open_posts_of_ones_cells_by_cell_and_page(host, ward, officer):
    secretary(UnitFactory(parent=host))
    confirmed = secretary(ward)
    confirm_offices([confirmed.pk], by=None, on=clock.today())
    offices = many_posts(ward, 32)
    client = browser(officer)
    page = client.get("/roles/").context
    assert [row.pk for row in page["page"]] == [office.pk for office in offices[:30]]
    assert page["without_slip"] == 1
    assert len(client.get("/roles/?page=2").context["page"]) == 2
    found = client.get(client.post("/roles/", {"q": "Chi bộ 31"}).url).context["page"]
    assert [row.pk for row in found] == [offices[31].pk]


def test_ones_own_post_is_shown_without_a_tick(ward, officer):
    mine = secretary(ward)
    officer.member = mine.member
    officer.save()
    page = browser(officer).get("/roles/").content.decode()
    assert mine.member.name in page
    assert 'name="chosen"' not in page
