"""Posts that end take their role with them the same day."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from cadres import clock
from cadres.actions.roles import confirm_offices, end_office, end_offices
from cadres.models import Office, OfficeKind, RecordEvent, RoleAssignment, User
from cadres.roles import Role
from tests.cadres.offices import TODAY, browser, secretary
from tests.factories import START, HostFactory, MemberFactory, UnitFactory, user_with

pytestmark = pytest.mark.django_db


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


@pytest.fixture
def office(ward):
    """A post in force whose role is confirmed since 01/01/2024."""
    office = secretary(ward)
    confirm_offices([office.pk], by=None, on=START)
    return office


def actions():
    return list(RecordEvent.objects.order_by("pk").values_list("action", flat=True))[2:]


def test_the_role_ends_with_the_post_and_is_lost_at_the_next_request(office, officer):
    theirs = browser(User.objects.get(member=office.member))
    assert theirs.get("/search/").context["reads_anything"]
    response = browser(officer).post(f"/offices/{office.pk}/end/", {"on": f"{clock.today():%d/%m/%Y}"})
    assert response.url == "/slips/"
    office.refresh_from_db()
    assert office.end == RoleAssignment.objects.get(office=office).end == clock.today()
    assert not theirs.get("/search/").context["reads_anything"]
    assert actions() == ["office_ended", "role_ended"]


def test_ending_twice_changes_nothing_the_second_time(office, officer):
    client = browser(officer)
    for day in ("26/03/2024", "27/03/2024"):
        client.post(f"/offices/{office.pk}/end/", {"on": day})
    office.refresh_from_db()
    assert office.end == TODAY
    assert actions() == ["office_ended", "role_ended"]
    assert "ended on 26/03/2024" in client.get(f"/offices/{office.pk}/end/").content.decode()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("31/02/2024", "month 2/2024 has only 29 days"),
        ("31/12/2023", "The post began on 01/01/2024 only."),
        ("01/01/2090", "The day lies in the future"),
        ("hôm nay", "is not a date"),
        ("", "This field is required."),
    ],
)
def test_a_day_that_cannot_be_is_answered_at_the_field(office, officer, typed, words):
    response = browser(officer).post(f"/offices/{office.pk}/end/", {"on": typed})
    assert words in response.context["form"].errors["on"][0]
    office.refresh_from_db()
    assert office.end is None
    assert actions() == []


def test_strangers_find_nothing_other_roles_are_refused_and_so_are_other_methods(host, office, officer):
    path, data = f"/offices/{office.pk}/end/", {"on": "26/03/2024"}
    stranger = user_with(Role.GRASSROOTS_OFFICER, unit=UnitFactory(parent=host))
    assert browser(stranger).post(path, data).status_code == 404
    assert browser(stranger).get(path).status_code == 404
    inspector = user_with(Role.INSPECTOR, unit=host)
    assert browser(inspector).post(path, data).status_code == 403
    assert browser(officer).put(path).status_code == 405
    office.refresh_from_db()
    assert office.end is None


def test_the_posts_of_a_committee_are_ended_from_above_it(host, ward, officer):
    committee = Office.objects.create(
        member=MemberFactory(), unit=ward, kind=OfficeKind.SECRETARY, start=START
    )
    path, data = f"/offices/{committee.pk}/end/", {"on": "26/03/2024"}
    assert browser(officer).post(path, data).status_code == 403
    assert browser(user_with(Role.BOARD_OFFICER, unit=host)).post(path, data).status_code == 302
    committee.refresh_from_db()
    assert committee.end == TODAY


def test_a_set_of_posts_ends_as_far_as_it_may(host, ward, office, officer):
    outside, late = secretary(UnitFactory(parent=host)), secretary(ward, start=TODAY + timedelta(days=1))
    done, refused = end_offices([office.pk, outside.pk, late.pk], by=officer, on=TODAY)
    assert done == [office]
    assert {(one.office, one.reason) for one in refused} == {
        (outside, "The post lies outside your duties."),
        (late, "The post began later, on 27/03/2024."),
    }


def test_a_post_over_for_longer_keeps_its_day(office):
    end_offices([office.pk], by=None, on=date(2024, 2, 1))
    with pytest.raises(PermissionDenied, match="had ended already, on 01/02/2024"):
        end_office(office=office, by=None, on=TODAY)
    office.refresh_from_db()
    assert office.end == date(2024, 2, 1)


def test_roles_given_by_hand_outlive_a_post(ward, office):
    user = User.objects.get(member=office.member)
    RoleAssignment.objects.create(user=user, role=Role.CLERK, unit=ward, start=START)
    end_office(office=office, by=None, on=TODAY)
    assert user.roles.get(end=None).role == Role.CLERK


def test_many_posts_cost_as_many_statements_as_few(ward, django_assert_num_queries):
    offices = [secretary(ward).pk for _ in range(8)]
    confirm_offices(offices, by=None, on=START)
    for some in (offices[:2], offices[2:]):
        with django_assert_num_queries(10):
            end_offices(some, by=None, on=TODAY)
