"""Accounts of assistants: made by the board for people who are members nowhere here."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from cadres.actions.assistants import UsernameTakenError, open_assistant_account
from cadres.actions.delegations import delegate
from cadres.models import CadreEntry, CadreList, RecordEvent, RoleAssignment, User
from cadres.permissions import scope_of
from cadres.roles import Role
from tests.cadres.offices import TODAY, browser
from tests.factories import CellFactory, HostFactory, MemberFactory, UnitFactory, UserFactory, user_with
from tests.pledges.threads import at_once

pytestmark = pytest.mark.django_db
NEW = "/accounts/new/"
NAME = "Nguyễn Thị Lan"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def host():
    return HostFactory()


@pytest.fixture
def board(host):
    return user_with(Role.BOARD_OFFICER, unit=host)


def opened(unit, by, username="nguyenthilan", name=NAME):
    return open_assistant_account(name=name, username=username, unit=unit, by=by, on=TODAY)


def answers(unit, **more):
    return {"name": NAME, "unit": unit.code, "username": "nguyenthilan"} | more


# ---- the act -------------------------------------------------------------------------------------


def test_an_account_belongs_to_its_unit_and_may_do_nothing(host, board):
    user = opened(host, board)
    assert (user.member, user.display_name, user.has_usable_password()) == (None, NAME, False)
    assert not scope_of(user).readable_paths
    acts = RecordEvent.objects.order_by("pk").values_list("action", "actor", "unit", "user")
    assert list(acts) == [
        ("account_created", board.pk, host.pk, user.pk),
        ("role_granted", board.pk, host.pk, user.pk),
    ]


def test_twice_is_the_same_account_until_somebody_uses_it(host, board):
    user = opened(host, board)
    assert opened(host, board) == user
    assert RecordEvent.objects.count() == 2
    for other in ({"name": "Nguyễn Thị Lân"}, {"unit": UnitFactory(parent=host)}):
        with pytest.raises(UsernameTakenError):
            opened(**{"unit": host, "by": board} | other)
    user.set_password("mat-khau-thu")
    user.save()
    with pytest.raises(UsernameTakenError):
        opened(host, board)


def test_an_account_of_a_member_is_never_taken_for_it(host, board):
    UserFactory(username="nguyenthilan", display_name=NAME, member=MemberFactory())
    with pytest.raises(UsernameTakenError):
        opened(host, board)


def test_only_the_board_of_the_unit_and_the_administrator_make_one(host, board):
    ward = UnitFactory(parent=host)
    for by in (
        user_with(Role.GRASSROOTS_OFFICER, unit=ward),
        user_with(Role.INSPECTOR, unit=host),
        user_with(Role.BOARD_OFFICER, unit=HostFactory()),
    ):
        with pytest.raises(PermissionDenied):
            opened(ward, by)
    assert not RoleAssignment.objects.filter(role=Role.MEMBER).exists()
    assert opened(ward, user_with(Role.ADMINISTRATOR, unit=host))


def test_a_key_cadre_then_delegates_to_it(host, board):
    cadre = MemberFactory(unit=CellFactory(parent=UnitFactory(parent=host)))
    listing = CadreList.objects.create(unit=host, year=2024)
    CadreEntry.objects.create(
        cadre_list=listing, member=cadre, unit=host, post_printed="A", unit_printed="B", order=1
    )
    user = opened(host, board)
    given = delegate(
        user=user, member=cadre, end=TODAY.replace(month=12), by=UserFactory(member=cadre), on=TODAY
    )
    assert given.user == user


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_make_the_same_account_at_once_make_one(host, board):
    answers = at_once(*[lambda: opened(host, board) for _ in range(2)])
    assert answers[0] == answers[1]
    assert RecordEvent.objects.filter(action="account_created").count() == 1
    assert RoleAssignment.objects.filter(role=Role.MEMBER).count() == 1


# ---- the page ------------------------------------------------------------------------------------


def test_the_user_name_is_proposed_then_the_slip_is_printed_at_once(host, board):
    UserFactory(username="nguyenthilan", display_name=NAME)
    client = browser(board)
    page = client.post(NEW, answers(host, username=""))
    form = page.context["form"]
    assert (form.initial["name"], form.initial["username"]) == (NAME, "nguyenthilan-2")
    assert not User.objects.filter(username="nguyenthilan-2").exists()
    response = client.post(NEW, answers(host, username=form.initial["username"]))
    [slip] = response.context["slips"]
    for part in (NAME, "nguyenthilan-2", slip.code_in_groups, host.name):
        assert part in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]
    [again] = client.post(NEW, answers(host, username="nguyenthilan-2")).context["slips"]
    assert again.user == slip.user
    assert User.objects.filter(display_name=NAME).count() == 2


def test_accounts_of_the_same_name_are_shown_before_one_more_is_made(host, board):
    opened(host, board)
    page = browser(board).post(NEW, answers(host, name="Nguyễn Thị Lan", username=""))
    assert [one.username for one in page.context["namesakes"]] == ["nguyenthilan"]
    assert "Is it the same person?" in page.content.decode()


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ({"name": ""}, "name"),
        ({"name": "123"}, "name"),
        ({"name": "A" * 131}, "name"),
        ({"unit": ""}, "unit"),
        ({"unit": "KHAC"}, "unit"),
        ({"username": "!!!"}, "username"),
        ({"username": "a" * 61}, "username"),
        ({"username": "taken"}, "username"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field_and_what_was_typed_stays(host, board, more, wrong):
    UserFactory(username="taken")
    given = answers(host) | more
    page = browser(board).post(NEW, given)
    assert list(page.context["form"].errors) == [wrong]
    assert page.context["form"]["name"].value() == given["name"]
    assert not RecordEvent.objects.exists()


def test_the_organisations_offered_are_the_own_one_and_those_directly_below(host, board):
    ward = UnitFactory(parent=host)
    CellFactory(parent=ward)
    HostFactory()
    form = browser(board).get(NEW).context["form"]
    assert [code for code, _name in form.fields["unit"].choices] == [host.code, ward.code]


def test_the_page_is_refused_by_method_and_role(host, board):
    assert browser(board).put(NEW).status_code == 405
    for role in (Role.GRASSROOTS_OFFICER, Role.CELL_SECRETARY, Role.INSPECTOR, Role.CLERK, Role.MEMBER):
        assert browser(user_with(role, unit=host)).post(NEW, answers(host)).status_code == 403, role
    assert browser(user_with(Role.ADMINISTRATOR, unit=host)).post(NEW, answers(host)).context["slips"]


def test_the_list_of_accounts_calls_it_an_assistant_and_renews_its_slip(host, board):
    user = opened(host, board)
    client = browser(board)
    page = client.get("/accounts/").content.decode()
    assert "Assistant" in page
    response = client.post("/slips/issue/", {"chosen": user.pk, "next": "/accounts/"})
    assert [slip.user for slip in response.context["slips"]] == [user]
    assert 'href="/accounts/"' in response.content.decode()
