"""Who may see and do what: roles against actions, scopes, and the marks on views."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from cadres import clock
from cadres.access import anonymous_allowed, role_required, signed_in
from cadres.models import Body, BodyKind, RoleAssignment
from cadres.permissions import (
    can_grant,
    can_issue_slips,
    can_keep_roster,
    can_read_member,
    can_read_unit,
    scope_of,
)
from cadres.queries.accounts import may_keep
from cadres.roles import BODY_ROLES, Role
from tests.cadres.offices import browser
from tests.factories import CellFactory, HostFactory, MemberFactory, UnitFactory, UserFactory, user_with

pytestmark = pytest.mark.django_db

ACTIONS = {
    "read": can_read_unit,
    "keep roster": can_keep_roster,
    "issue slips": can_issue_slips,
    "grant secretary": lambda user, unit: may_keep(user, Role.CELL_SECRETARY, unit),
    "grant officer": lambda user, unit: may_keep(user, Role.GRASSROOTS_OFFICER, unit),
    "grant administrator": lambda user, unit: may_keep(user, Role.ADMINISTRATOR, unit),
}
MAY = {
    Role.MEMBER: set(),
    Role.CELL_SECRETARY: {"read"},
    Role.GRASSROOTS_OFFICER: {"read", "issue slips", "grant secretary"},
    Role.BOARD_OFFICER: {"read", "keep roster", "issue slips", "grant secretary", "grant officer"},
    Role.BODY_MEMBER: {"read"},
    Role.RECORDER: {"read"},
    Role.INSPECTOR: {"read"},
    Role.CLERK: {"read"},
    Role.ADMINISTRATOR: {"issue slips", "grant secretary", "grant officer", "grant administrator"},
}


@pytest.fixture
def host():
    return HostFactory()


@pytest.fixture
def ward(host):
    return UnitFactory(parent=host)


def holder(role, unit):
    """An account with the role at the unit, or in a body of the unit."""
    if role in BODY_ROLES:
        body = Body.objects.create(unit=unit, kind=BodyKind.STANDING_COMMITTEE, name="Ban Thường vụ")
        return user_with(role, body=body)
    return user_with(role, unit=unit)


def test_the_table_names_every_role():
    assert set(MAY) == set(Role)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", ACTIONS)
def test_role_against_action(role, action, ward):
    user, below, elsewhere = holder(role, ward), CellFactory(parent=ward), CellFactory(parent=ward.parent)
    assert ACTIONS[action](user, below) is (action in MAY[role])
    assert ACTIONS[action](user, ward) is (action in MAY[role])
    assert ACTIONS[action](user, elsewhere) is False
    assert ACTIONS[action](user, ward.parent) is False


@pytest.mark.parametrize(
    ("start", "end", "held"),
    [
        (timedelta(0), None, True),
        (timedelta(-9), timedelta(1), True),
        (timedelta(1), None, False),
        (timedelta(-9), timedelta(0), False),
    ],
    ids=["from today", "until tomorrow", "from tomorrow", "ended today"],
)
def test_a_role_is_held_on_its_half_open_period(start, end, held, ward):
    user, today = UserFactory(), clock.today()
    RoleAssignment.objects.create(
        user=user,
        role=Role.INSPECTOR,
        unit=ward,
        start=today + start,
        end=today + end if end is not None else None,
    )
    assert can_read_unit(user, ward) is held


def test_a_closed_account_holds_nothing(ward):
    user = user_with(Role.BOARD_OFFICER, unit=ward, is_active=False)
    assert scope_of(user).readable_paths == ()
    assert not can_issue_slips(user, ward)


def test_one_reads_oneself_without_any_role_and_nobody_else():
    me, other = MemberFactory(), MemberFactory()
    user = UserFactory(member=me)
    assert can_read_member(user, me)
    assert not can_read_member(user, other)


def test_the_scope_is_read_once_a_request(ward, django_assert_num_queries):
    user = user_with(Role.INSPECTOR, unit=ward)
    with django_assert_num_queries(1):
        scope_of(user)
        can_read_unit(user, ward)
        can_grant(user, Role.CELL_SECRETARY, ward)


def test_a_path_that_only_begins_alike_is_no_sub_tree(host):
    """Paths grow by four characters a level, so a prefix is always a whole ancestor."""
    unit, sibling = UnitFactory(parent=host), UnitFactory(parent=host)
    assert len(unit.path) == len(sibling.path) == len(host.path) + 4
    assert not can_read_unit(user_with(Role.INSPECTOR, unit=unit), sibling)


def _view(request):
    return HttpResponse("in")


@pytest.mark.parametrize(
    ("mark", "access"),
    [
        (anonymous_allowed, "anonymous"),
        (signed_in, "signed in"),
        (role_required(Role.CLERK, Role.RECORDER), "role: clerk, recorder"),
    ],
)
def test_marks_pass_through_other_decorators(mark, access):
    def inside(request):
        return _view(request)

    def outside(request):
        return _view(request)

    assert require_POST(mark(inside)).access == access
    assert mark(require_POST(outside)).access == access


def test_only_what_is_open_to_everybody_needs_no_sign_in():
    assert require_POST(anonymous_allowed(lambda request: HttpResponse())).login_required is False
    assert not hasattr(signed_in(lambda request: HttpResponse()), "login_required")


def test_role_required_lets_in_whoever_holds_one_of_the_roles(rf, ward):
    view = role_required(Role.BOARD_OFFICER, Role.CLERK)(_view)
    request = rf.get("/")
    request.user = user_with(Role.CLERK, unit=ward)
    assert view(request).content == b"in"
    request.user = user_with(Role.INSPECTOR, unit=ward)
    with pytest.raises(PermissionDenied):
        view(request)


@pytest.mark.parametrize("path", ["/accounts/", "/roles/", "/slips/"])
def test_pages_of_those_who_keep_accounts_are_closed_to_other_roles(path, ward):
    for role in Role:
        status = browser(holder(role, UnitFactory(parent=ward))).get(path).status_code
        assert status == (200 if "issue slips" in MAY[role] else 403), role


def test_a_role_that_ended_is_lost_at_the_next_request(ward):
    officer = user_with(Role.BOARD_OFFICER, unit=ward)
    client = browser(officer)
    assert client.get("/slips/").status_code == 200
    officer.roles.update(end=max(clock.today(), date(2024, 1, 1)))
    assert client.get("/slips/").status_code == 403
