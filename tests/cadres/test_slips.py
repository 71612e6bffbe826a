"""Account slips: who may issue which, what ends with a new one, and that the code stays on paper."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone, translation

from cadres.actions.accounts import Slip, end_account, issue_slip, issue_slips
from cadres.actions.roles import confirm_offices, grant
from cadres.codes import new_code
from cadres.models import Body, BodyKind, Office, OfficeKind, RecordEvent, User
from cadres.roles import Role
from tests.cadres.offices import TODAY, browser, secretary
from tests.factories import CellFactory, HostFactory, UnitFactory, UserFactory, user_with

pytestmark = pytest.mark.django_db
ISSUE = "/slips/issue/"


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
    """The office of a grassroots committee, which prints the slips of its cells."""
    return user_with(Role.GRASSROOTS_OFFICER, unit=ward)


def confirmed(ward, **member):
    """The account of a cell secretary whose role is confirmed; it has no slip yet."""
    office = secretary(ward, **member)
    confirm_offices([office.pk], by=None, on=TODAY)
    return User.objects.get(member=office.member)


def code_on(response):
    [slip] = response.context["slips"]
    return slip.code


def events():
    return list(RecordEvent.objects.filter(action="slip_issued"))


def test_a_slip_is_printed_at_once_with_all_a_person_needs(ward, officer):
    user = confirmed(ward, family_names="Trần Thị", given_name="Bình", birth_year=1951)
    response = browser(officer).post(ISSUE, {"chosen": user.pk})
    page, code = response.content.decode(), code_on(response)
    for part in ("Trần Thị Bình", "tranthibinh", f"{code[:5]}-{code[5:]}", user.member.unit.name, ward.name):
        assert part in page
    assert f"{timezone.localdate() + timedelta(days=30):%d/%m/%Y}" in page
    assert "http://testserver/" in page
    assert 'src="data:image/svg+xml' in page
    assert "no-store" in response.headers["Cache-Control"]
    assert "style=" not in page
    user.refresh_from_db()
    assert user.check_password(code)
    assert user.must_set_password
    [event] = events()
    assert (event.actor, event.user, event.unit, event.member) == (
        officer,
        user,
        user.member.unit,
        user.member,
    )


def test_a_new_slip_ends_the_old_code_the_password_and_every_session(ward, officer):
    user = confirmed(ward)
    client = browser(officer)
    first = code_on(client.post(ISSUE, {"chosen": user.pk}))
    user.refresh_from_db()
    theirs = browser(user)
    assert theirs.get("/search/").url == "/password/"
    second = code_on(client.post(ISSUE, {"chosen": user.pk}))
    assert theirs.get("/search/").url.startswith("/sign-in/")
    user.refresh_from_db()
    assert user.check_password(second)
    assert not user.check_password(first)
    assert len(events()) == 2


def test_the_code_lives_by_the_real_clock_also_on_a_demo(ward, settings):
    settings.SITE_TODAY = TODAY
    user = confirmed(ward)
    with time_machine.travel("2026-11-23 09:00Z"):
        code = issue_slip(user=user, by=None, valid_days=7)
    user.refresh_from_db()
    assert f"{user.code_expires_at:%Y-%m-%d}" == "2026-11-30"
    with time_machine.travel("2026-12-01 09:00Z"):
        response = browser().post("/sign-in/", {"username": user.username, "password": code})
    assert response.context["form"].has_error("__all__", "code_over")


@pytest.mark.parametrize(("fixed", "said"), [(None, 0), (TODAY, 1)])
def test_a_site_of_another_day_says_that_the_slip_ends_by_the_real_one(ward, officer, settings, fixed, said):
    user, settings.SITE_TODAY = confirmed(ward), fixed
    page = browser(officer).post(ISSUE, {"chosen": user.pk}).content.decode()
    assert page.count("slip-clock") == said


def test_neither_code_nor_hash_nor_name_leaves_the_slip(ward, officer, caplog):
    user = confirmed(ward, given_name="Đặcbiệt")
    caplog.set_level("DEBUG")
    code = code_on(browser(officer).post(ISSUE, {"chosen": user.pk}))
    user.refresh_from_db()
    data = " ".join(str(event.data) for event in RecordEvent.objects.all())
    for secret in (code, user.password, "Đặcbiệt"):
        assert secret not in data
        assert secret not in caplog.text
    assert code not in repr(Slip(user, code, timezone.now()))


def test_a_code_is_ten_figures_and_letters_that_nobody_mistakes():
    codes = {new_code(10) for _ in range(200)}
    assert len(codes) == 200
    assert not set("".join(codes)) & set("01OIL")


def test_many_slips_come_two_on_a_page_in_the_order_of_their_names(ward, officer):
    users = [confirmed(ward, given_name=name) for name in ("Yên", "Bình", "An")]
    response = browser(officer).post(ISSUE, {"take": "shown", "shown": [user.pk for user in users]})
    assert [slip.user.username for slip in response.context["slips"]] == [
        "nguyenvanan",
        "nguyenvanbinh",
        "nguyenvanyen",
    ]
    assert response.content.decode().count('class="slip"') == 3


def test_one_statement_each_however_many_slips(ward, django_assert_num_queries):
    users = [confirmed(ward).pk for _ in range(4)]
    for some in (users[:1], users):
        with django_assert_num_queries(7):
            issue_slips(some, by=None, on=TODAY)


def test_get_is_refused_and_issues_nothing(ward, officer):
    user = confirmed(ward)
    assert browser(officer).get(ISSUE, {"chosen": user.pk}).status_code == 405
    assert events() == []


def test_an_account_outside_the_scope_does_not_exist(host, ward, officer):
    mine, hers = confirmed(ward), confirmed(UnitFactory(parent=host))
    for chosen in ([hers.pk], [mine.pk, hers.pk], [999_999]):
        assert browser(officer).post(ISSUE, {"chosen": chosen}).status_code == 404
    assert events() == []


@pytest.mark.parametrize("role", [Role.CELL_SECRETARY, Role.INSPECTOR, Role.CLERK, Role.MEMBER])
def test_other_roles_may_not_issue_slips(ward, role):
    user = confirmed(ward)
    assert browser(user_with(role, unit=ward)).post(ISSUE, {"chosen": user.pk}).status_code == 403
    assert events() == []


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Choose at least one line."),
        ({"take": "shown"}, "Choose at least one line."),
        ({"chosen": "abc"}, "The list could not be read"),
        ({"chosen": "1" * 30 + "²"}, "The list could not be read"),
        ({"chosen": list(range(1, 60))}, "The list could not be read"),
        ({"take": "all"}, "Select a valid choice"),
    ],
)
def test_a_form_without_sense_is_answered_in_words(officer, data, words):
    response = browser(officer).post(ISSUE, data, follow=True)
    [message] = response.context["messages"]
    assert message.message.startswith(words)
    assert events() == []


def test_a_slip_never_reaches_further_than_a_grant(host, ward, officer):
    """Whoever prints a slip could sign in with it: an officer must not become a board officer."""
    user = confirmed(ward)
    body = Body.objects.create(unit=host, kind=BodyKind.STANDING_COMMITTEE, name="Ban Thường vụ")
    for role, place in ((Role.BOARD_OFFICER, {"unit": host}), (Role.RECORDER, {"body": body})):
        held = grant(user=user, role=role, by=None, on=TODAY, **place)
        _slips, [refused] = issue_slips([user.pk], by=officer, on=TODAY)
        assert refused.reason == "The account also holds a role that is not yours to give."
        held.delete()
    slips, refused = issue_slips([user.pk], by=officer, on=TODAY)
    assert (len(slips), refused) == (1, [])


def test_a_board_officer_renews_officers_but_never_an_administrator(host, ward, officer):
    board, administrator = (user_with(role, unit=host) for role in (Role.BOARD_OFFICER, Role.ADMINISTRATOR))
    assert issue_slip(user=officer, by=board)
    with pytest.raises(PermissionDenied):
        issue_slip(user=administrator, by=board)
    assert issue_slip(user=board, by=administrator)


def test_refused_lines_are_named_while_the_others_go_through(ward, officer):
    good, bad = confirmed(ward, given_name="An"), confirmed(ward, given_name="Bình")
    end_account(user=bad, by=None, on=TODAY)
    client = browser(officer)
    response = client.post(ISSUE, {"chosen": [good.pk, bad.pk, officer.pk]})
    assert [slip.user for slip in response.context["slips"]] == [good]
    assert {(one.user, one.reason) for one in response.context["refused"]} == {
        (bad, "The account is closed."),
        (officer, "This is your own account; choose a new password instead."),
    }
    alone = client.post(ISSUE, {"chosen": bad.pk}, follow=True)
    assert "The account is closed." in next(iter(alone.context["messages"])).message
    assert [event.user for event in events()] == [good]


@pytest.mark.parametrize("told", ["slips", "-1", "https://example.org/", "//example.org/"])
def test_the_way_back_is_a_page_of_this_site(ward, officer, told):
    response = browser(officer).post(ISSUE, {"chosen": "", "next": told})
    assert response.url == "/slips/"


def test_an_account_of_nobody_without_a_role_gets_no_slip():
    with pytest.raises(PermissionDenied, match="confirm the role first"):
        issue_slip(user=UserFactory(), by=None)


def test_a_closed_account_gets_no_slip(ward):
    user = UserFactory(is_active=False)
    grant(user=user, role=Role.INSPECTOR, unit=ward, by=None, on=TODAY)
    with pytest.raises(PermissionDenied, match="closed"):
        issue_slip(user=user, by=None)


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_list_costs_the_same_for_one_cell_and_for_three(
    ward, officer, item_count, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr("config.context.navigation", lambda request: None)
    for _ in range(item_count):
        confirmed(ward)
    client = browser(officer)
    with django_assert_num_queries(7):
        response = client.get("/slips/")
    assert len(response.context["page"]) == item_count


def test_the_list_says_how_far_each_secretary_has_come(host, ward, officer):
    unconfirmed, fresh = secretary(ward), confirmed(ward)
    waiting, expired, in_use = confirmed(ward), confirmed(ward), confirmed(ward)
    issue_slips([waiting.pk, expired.pk], by=None, on=TODAY)
    User.objects.filter(pk=expired.pk).update(code_expires_at=timezone.now())
    in_use.set_password("mat-khau-thu")
    in_use.save()
    secretary(UnitFactory(parent=host))
    client = browser(officer)
    response = client.get("/slips/")
    assert {row.member_id: row.state for row in response.context["page"]} == {
        unconfirmed.member_id: "role_missing",
        fresh.member_id: "no_slip",
        waiting.member_id: "code_waiting",
        expired.member_id: "code_over",
        in_use.member_id: "in_use",
    }
    offered = response.content.decode().count('name="chosen"')
    assert offered == 4  # not the one whose role waits
    [only] = client.get("/slips/?state=code_over").context["page"]
    assert only.member_id == expired.member_id
    assert len(client.get("/slips/?state=nonsense").context["page"]) == 5


def test_the_list_is_searched_by_cell_by_the_organisation_above_and_by_name(host):
    buoi, other = UnitFactory(parent=host, name="Đảng bộ phường Bưởi"), UnitFactory(parent=host)
    first = secretary(buoi, family_names="Trần", given_name="Đức")
    second = secretary(other, family_names="Lê", given_name="Hoà")
    client = browser(user_with(Role.BOARD_OFFICER, unit=host))
    for term, expected in (("buoi", first), ("duc buoi", first), ("hoa", second), (second.unit.name, second)):
        page = client.get(client.post("/slips/", {"q": term}).url).context["page"]
        assert [row.pk for row in page] == [expected.pk], term
    assert list(client.get(client.post("/slips/", {"q": "zzz"}).url).context["page"]) == []


def test_posts_that_ended_and_cells_that_ended_are_gone_and_secretaries_missing_are_named(ward, officer):
    secretary(ward)
    over, gone = secretary(ward), secretary(ward)
    Office.objects.filter(pk=over.pk).update(end=TODAY)
    gone.unit.ended_on = TODAY
    gone.unit.save()
    deputy_only = secretary(ward, kind=OfficeKind.DEPUTY_SECRETARY)
    empty = CellFactory(parent=ward)
    context = browser(officer).get("/slips/").context
    assert len(context["page"]) == 2
    assert set(context["nobody"]) == {over.unit, deputy_only.unit, empty}
