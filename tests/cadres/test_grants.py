"""Roles given and taken by hand, at a unit or in a body."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from cadres.actions.roles import end_role, grant
from cadres.models import Body, BodyKind, RecordEvent
from cadres.roles import Role
from tests.cadres.offices import TODAY
from tests.factories import START, HostFactory, UnitFactory, UserFactory, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def host():
    return HostFactory()


@pytest.fixture
def ward(host):
    return UnitFactory(parent=host)


@pytest.fixture
def officer(ward):
    return user_with(Role.GRASSROOTS_OFFICER, unit=ward)


def events(action):
    return RecordEvent.objects.filter(action=action).count()


def test_a_role_is_granted_once_and_journalled(host, ward):
    board, user = user_with(Role.BOARD_OFFICER, unit=host), UserFactory()
    first = grant(user=user, role=Role.CLERK, unit=ward, by=board, on=TODAY)
    assert grant(user=user, role=Role.CLERK, unit=ward, by=board, on=TODAY) == first
    assert (first.start, first.end, first.granted_by) == (TODAY, None, board)
    assert events("role_granted") == 1


def test_a_seat_in_a_body_is_granted_by_who_stands_above_its_unit(host, ward, officer):
    body = Body.objects.create(unit=ward, kind=BodyKind.COMMITTEE, name="Đảng ủy")
    user = UserFactory()
    with pytest.raises(PermissionDenied):
        grant(user=user, role=Role.RECORDER, body=body, by=officer, on=TODAY)
    board = user_with(Role.BOARD_OFFICER, unit=host)
    assert grant(user=user, role=Role.RECORDER, body=body, by=board, on=TODAY).body == body


def test_nobody_grants_himself_and_only_an_administrator_makes_administrators(host):
    board, user = user_with(Role.BOARD_OFFICER, unit=host), UserFactory()
    for who, role in ((board, Role.CLERK), (user, Role.ADMINISTRATOR)):
        with pytest.raises(PermissionDenied):
            grant(user=who, role=role, unit=host, by=board, on=TODAY)
    administrator = user_with(Role.ADMINISTRATOR, unit=host)
    assert grant(user=user, role=Role.ADMINISTRATOR, unit=host, by=administrator, on=TODAY)


@pytest.mark.parametrize("role", [Role.CLERK, Role.RECORDER])
def test_a_role_at_the_wrong_kind_of_place_is_a_fault(ward, role):
    body = Body.objects.create(unit=ward, kind=BodyKind.COMMITTEE, name="Đảng ủy")
    place = {"body": body} if role == Role.CLERK else {"unit": ward}
    with pytest.raises(ValueError, match="wrong kind of place"):
        grant(user=UserFactory(), role=role, by=None, on=TODAY, **place)


def test_a_role_is_ended_once_by_who_may_take_it(host, ward, officer):
    role = grant(user=UserFactory(), role=Role.CLERK, unit=ward, by=None, on=START)
    with pytest.raises(PermissionDenied):
        end_role(assignment=role, by=officer, on=TODAY)
    board = user_with(Role.BOARD_OFFICER, unit=host)
    for day in (TODAY, TODAY + timedelta(days=9)):
        end_role(assignment=role, by=board, on=day)
    role.refresh_from_db()
    assert role.end == TODAY
    assert events("role_ended") == 1


def test_a_role_ended_before_it_began_was_never_held(ward):
    role = grant(user=UserFactory(), role=Role.CLERK, unit=ward, by=None, on=TODAY)
    end_role(assignment=role, by=None, on=date(2024, 2, 1))
    role.refresh_from_db()
    assert (role.start, role.end) == (TODAY, TODAY)
