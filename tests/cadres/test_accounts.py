"""Accounts made, found, reopened and closed; the list of accounts; the first administrator."""

import threading
from io import StringIO

import pytest
from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone, translation

from cadres.actions.accounts import create_account, end_account, issue_slip
from cadres.actions.openings import ensure_accounts
from cadres.models import RecordEvent, User
from cadres.roles import Role
from cadres.usernames import username_from
from tests.cadres.offices import TODAY, browser
from tests.factories import CellFactory, HostFactory, MemberFactory, UnitFactory, UserFactory, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def comrade(name="An", birth_year=1960, **more):
    return MemberFactory(family_names="Nguyễn Văn", given_name=name, birth_year=birth_year, **more)


def actions():
    return list(RecordEvent.objects.order_by("pk").values_list("action", flat=True))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Nguyễn Văn An", "nguyenvanan"),
        ("Ðặng Thị Đào", "dangthidao"),
        ("Lê Quang Ân (B)", "lequanganb"),
        ("demo-bithu", "demo-bithu"),
        ("  ADMIN ", "admin"),
    ],
)
def test_a_user_name_is_the_name_without_marks_and_spaces(text, name):
    assert username_from(text) == name


def test_namesakes_get_the_year_of_birth_then_a_number_then_their_code():
    cell = CellFactory()
    people = [comrade(unit=cell) for _ in range(12)]
    made = [create_account(member=person, by=None).username for person in people]
    assert made[:4] == ["nguyenvanan", "nguyenvanan60", "nguyenvanan60-2", "nguyenvanan60-3"]
    assert made[9:] == ["nguyenvanan60-9"] + [
        f"nguyenvanan60-{person.code.lower()}" for person in people[10:]
    ]


def test_a_name_without_letters_still_gets_an_account():
    assert create_account(member=comrade("…"), by=None).username == "nguyenvan"
    odd = MemberFactory(family_names="", given_name="李")
    assert create_account(member=odd, by=None).username == "dangvien"


def test_namesakes_of_one_batch_get_different_names_and_one_event_each():
    people = [comrade(birth_year=None) for _ in range(3)]
    accounts = ensure_accounts(people, by=None)
    assert sorted(user.username for user in accounts.values()) == [
        "nguyenvanan",
        "nguyenvanan-2",
        "nguyenvanan-3",
    ]
    assert actions() == ["account_created"] * 3
    assert not any(user.has_usable_password() for user in accounts.values())


def test_asking_twice_for_an_account_finds_the_first():
    person, officer = comrade(), UserFactory()
    first = create_account(member=person, by=officer)
    assert create_account(member=person, by=officer) == first
    event = RecordEvent.objects.get()
    assert (event.action, event.actor, event.user, event.member) == (
        "account_created",
        officer,
        first,
        person,
    )


def test_many_accounts_cost_as_many_statements_as_few(django_assert_num_queries):
    for people in ([comrade()], [comrade(f"An{n}") for n in range(40)]):
        with django_assert_num_queries(8):
            ensure_accounts(people, by=None)


def test_a_user_name_taken_at_the_last_moment_is_chosen_again(monkeypatch):
    """Between looking which names are free and taking one, another office takes it."""

    def late(password):
        monkeypatch.undo()
        UserFactory(username="nguyenvanan")
        return make_password(password)

    monkeypatch.setattr("cadres.actions.openings.make_password", late)
    assert create_account(member=comrade(), by=None).username == "nguyenvanan60"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_make_one_account_each_person():
    cell = CellFactory()
    people = [comrade(unit=cell) for _ in range(5)]
    start, failures = threading.Barrier(2), []

    def open_all():
        start.wait()
        try:
            ensure_accounts(people, by=None)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=open_all) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert User.objects.count() == 5
    assert actions() == ["account_created"] * 5


def test_a_closed_account_ends_its_roles_and_sessions_and_can_be_opened_again_without_its_password():
    host = HostFactory()
    person = MemberFactory(unit=CellFactory(parent=host))
    user = user_with(Role.CELL_SECRETARY, unit=person.unit, member=person)
    client, board = browser(user), user_with(Role.BOARD_OFFICER, unit=host)
    end_account(user=user, by=board, on=TODAY)
    end_account(user=user, by=board, on=TODAY)
    assert client.get("/search/").status_code == 302
    assert user.roles.get().end == TODAY
    assert actions() == ["role_ended", "account_closed"]
    reopened = create_account(member=person, by=board)
    assert (reopened.pk, reopened.is_active, reopened.has_usable_password()) == (user.pk, True, False)
    assert actions()[-1] == "account_reopened"


def test_an_account_with_a_role_above_ones_own_is_not_ones_to_close():
    host = HostFactory()
    ward = UnitFactory(parent=host)
    above = user_with(Role.BOARD_OFFICER, unit=host)
    with pytest.raises(PermissionDenied):
        end_account(user=above, by=user_with(Role.GRASSROOTS_OFFICER, unit=ward), on=TODAY)
    above.refresh_from_db()
    assert above.is_active
    assert actions() == []


@pytest.fixture
def host():
    return HostFactory()


@pytest.fixture
def administrator(host):
    return user_with(Role.ADMINISTRATOR, unit=host)


def account(ward, family_names="Nguyễn Văn", **more):
    person = MemberFactory(unit=CellFactory(parent=ward), family_names=family_names)
    return user_with(Role.CELL_SECRETARY, unit=person.unit, member=person, **more)


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_list_costs_the_same_for_one_account_and_for_three(
    host, administrator, item_count, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr("config.context.navigation", lambda request: None)
    for _ in range(item_count):
        account(host)
    client = browser(administrator)
    with django_assert_num_queries(6):
        response = client.get("/accounts/")
    assert len(response.context["page"]) == item_count + 1


def test_the_list_shows_roles_states_and_last_sign_in(host, administrator):
    in_use = account(host, last_login=timezone.now(), display_name="Đang Dùng")
    waiting, fresh = account(host), create_account(member=MemberFactory(unit=host), by=None)
    issue_slip(user=waiting, by=None)
    page = browser(administrator).get("/accounts/")
    states = {row.pk: row.state for row in page.context["page"]}
    expected = {
        in_use.pk: "in_use",
        waiting.pk: "code_waiting",
        fresh.pk: "no_slip",
        administrator.pk: "in_use",
    }
    assert states == expected
    text = page.content.decode()
    assert "Đang Dùng" in text
    assert f"last signed in on {timezone.localdate():%d/%m/%Y}" in text
    assert [row.pk for row in browser(administrator).get("/accounts/?state=no_slip").context["page"]] == [
        fresh.pk
    ]


def test_the_list_ends_at_the_scope_of_who_looks(host):
    ward, other = UnitFactory(parent=host), UnitFactory(parent=host)
    mine, hers = account(ward), account(other)
    officer = user_with(Role.GRASSROOTS_OFFICER, unit=ward)
    shown = {row.pk for row in browser(officer).get("/accounts/").context["page"]}
    assert shown == {mine.pk, officer.pk}
    assert hers.pk not in shown


def test_only_administrators_see_accounts_that_belong_to_nobody(host, administrator):
    loose = UserFactory()
    assert loose in browser(administrator).get("/accounts/").context["page"].object_list
    board = user_with(Role.BOARD_OFFICER, unit=host)
    assert loose not in browser(board).get("/accounts/").context["page"].object_list


def test_a_term_is_sent_by_post_kept_over_pages_and_gone_with_a_fresh_visit(host, administrator):
    for number in range(32):
        account(host, username=f"nguyenvan{number:02d}")
    other = account(host, family_names="Trần Thị", username="tranthibinh")
    client = browser(administrator)
    redirected = client.post("/accounts/?state=in_use", {"q": "Nguyễn  Văn"})
    assert redirected.url == "/accounts/?state=in_use&page=1"
    assert len(client.get(redirected.url).context["page"]) == 30
    second = client.get("/accounts/?state=in_use&page=2").context
    assert [row.username for row in second["page"]] == ["nguyenvan30", "nguyenvan31"]
    assert other.username not in client.get(redirected.url).content.decode()
    assert client.get("/accounts/").context["term"] == ""


def run(*args):
    out = StringIO()
    call_command("add_administrator", *args, stdout=out)
    return out.getvalue()


def test_the_first_administrator_is_made_on_the_console_and_signs_in_with_the_printed_code(host):
    printed = run("Quản Trị", "--name", "Quản trị hệ thống", "--unit", host.code)
    code = printed.split()[-1]
    user = User.objects.get()
    assert (user.username, user.display_name) == ("quantri", "Quản trị hệ thống")
    assert (user.roles.get().role, user.roles.get().unit) == (Role.ADMINISTRATOR, host)
    client = browser()
    assert client.post("/sign-in/", {"username": "quantri", "password": code}).url.startswith("/password/")
    assert actions() == ["account_created", "role_granted", "slip_issued"]


def test_an_administrator_who_lost_the_password_gets_a_new_code_and_no_second_role(host):
    run("quantri", "--name", "Quản trị", "--unit", host.code)
    first = User.objects.get().password
    run("quantri", "--name", "Quản trị", "--unit", host.code)
    user = User.objects.get()
    assert user.password != first
    assert user.roles.count() == 1


@pytest.mark.parametrize(
    ("username", "unit"),
    [("nguyenvanan", ""), ("…", ""), ("quantri", "X9")],
    ids=["taken", "no name", "no unit"],
)
def test_the_command_refuses_in_words_and_leaves_nothing(host, username, unit):
    UserFactory(username="nguyenvanan")
    with pytest.raises(CommandError):
        run(username, "--name", "Ai đó", "--unit", unit or host.code)
    assert User.objects.count() == 1
    assert actions() == []
