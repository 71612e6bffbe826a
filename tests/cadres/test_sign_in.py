"""Signing in and out, sessions that end by themselves, the own password, the demo's buttons."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as site
from django.contrib.auth.hashers import MD5PasswordHasher
from django.utils import timezone

from cadres.actions.accounts import choose_password, issue_slip
from cadres.models import RecordEvent, User
from tests.cadres.offices import browser
from tests.factories import HostFactory, UserFactory, user_with

pytestmark = pytest.mark.django_db
PASSWORD = "mat-khau-thu"
WRONG = "The user name or the password is not right."
SIGN_IN = "/sign-in/"


def sign_in(client, username, password, **more):
    return client.post(SIGN_IN, {"username": username, "password": password, **more})


def is_in(client):
    return "_auth_user_id" in client.session


@pytest.fixture
def user():
    return UserFactory(username="nguyenvanan")


@pytest.fixture
def slip():
    """A person who has just been given a slip, and its code."""
    user = user_with("cell_secretary", unit=HostFactory(), username="tranthibinh")
    return user, issue_slip(user=user, by=None)


def test_a_session_lasts_a_working_day(user):
    client = browser()
    assert sign_in(client, "nguyenvanan", PASSWORD).url == "/"
    assert not client.session.get_expire_at_browser_close()
    assert abs(client.session.get_expiry_age() - 12 * 60 * 60) < 5


def test_on_a_shared_pc_the_cookie_ends_with_the_browser(user):
    client = browser()
    sign_in(client, "nguyenvanan", PASSWORD, shared_pc="on")
    assert client.session.get_expire_at_browser_close()
    assert client.cookies["session"]["max-age"] == ""


@pytest.mark.parametrize(("shared", "stays"), [("on", False), ("", True)])
def test_an_idle_session_ends_after_a_quarter_of_an_hour_on_a_shared_pc_only(user, shared, stays):
    client = browser()
    with time_machine.travel(0) as clock:
        sign_in(client, "nguyenvanan", PASSWORD, shared_pc=shared)
        clock.shift(timedelta(seconds=site.SHARED_PC_SESSION_AGE))
        client.get("/search/")
        assert is_in(client) is stays


@pytest.mark.parametrize(("headers", "stays"), [({}, True), ({"HX-Request": "true"}, False)])
def test_use_keeps_a_shared_session_but_a_page_asking_by_itself_does_not(user, headers, stays):
    client = browser()
    with time_machine.travel(0) as clock:
        sign_in(client, "nguyenvanan", PASSWORD, shared_pc="on")
        for _ in range(3):
            clock.shift(timedelta(minutes=7))
            client.get("/search/", headers=headers)
        assert is_in(client) is stays


@pytest.mark.parametrize("typed", ["nguyenvanan", " NguyenVanAn ", "Nguyễn Văn An", "nguyênvanan"])
def test_case_marks_and_spaces_of_a_user_name_do_not_count(user, typed):
    client = browser()
    sign_in(client, typed, PASSWORD)
    assert is_in(client)


def test_no_answer_and_no_time_tells_whether_a_name_exists(user, monkeypatch):
    UserFactory(username="dadong", is_active=False)
    no_slip = UserFactory(username="chuacophieu")
    no_slip.set_unusable_password()
    no_slip.save()
    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda *args: hashed.append(1) or encode(*args), raising=True
    )
    answers = set()
    for name, password in (
        ("nguyenvanan", "sai"),
        ("khongco", "sai"),
        ("dadong", PASSWORD),
        ("chuacophieu", "!"),
    ):
        hashed.clear()
        form = sign_in(browser(), name, password).context["form"]
        answers.add((tuple(form.non_field_errors()), len(hashed)))
    assert answers == {((WRONG,), 1)}


def test_an_empty_form_says_what_is_missing_and_keeps_the_name():
    response = sign_in(browser(), "nguyenvanan", "")
    assert list(response.context["form"].errors) == ["password"]
    assert 'value="nguyenvanan"' in response.content.decode()


@pytest.mark.parametrize(
    ("target", "url"),
    [
        ("/slips/?page=2", "/slips/?page=2"),
        ("https://example.org/", "/"),
        ("//example.org/", "/"),
        ("javascript:alert(1)", "/"),
        ("slips", "/"),
        ("²", "/"),
        ("", "/"),
    ],
)
def test_after_signing_in_one_goes_on_to_a_page_of_this_site_only(user, target, url):
    client = browser()
    assert sign_in(client, "nguyenvanan", PASSWORD, next=target).url == url
    assert client.get(SIGN_IN, {"next": target}).url == url


@pytest.mark.parametrize("typed", [str, str.lower, lambda code: f" {code[:5]}-{code[5:]} "])
def test_a_code_is_taken_as_people_type_it(slip, typed):
    user, code = slip
    client = browser()
    response = sign_in(client, user.username, typed(code), next="/slips/")
    assert response.url == "/password/?next=%2Fslips%2F"
    assert client.get("/search/").url == "/password/"


def test_an_own_password_is_never_read_as_a_code(user):
    user.set_password("abcde-fghjk")
    user.save()
    client = browser()
    sign_in(client, "nguyenvanan", "ABCDEFGHJK")
    assert not is_in(client)
    sign_in(client, "nguyenvanan", "abcde-fghjk")
    assert is_in(client)


def test_an_expired_code_is_told_only_to_who_holds_it(slip):
    user, code = slip
    User.objects.update(code_expires_at=timezone.now())
    client = browser()
    [told] = sign_in(client, user.username, code).context["form"].non_field_errors()
    assert "has expired" in told
    [other] = sign_in(client, user.username, "K7M2P9QXRT").context["form"].non_field_errors()
    assert other == WRONG
    assert not is_in(client)


@pytest.mark.parametrize(("path", "told"), [("/", False), ("/slips/", True)])
def test_who_is_sent_here_from_a_page_is_told_why(path, told):
    page = browser().get(path, follow=True)
    assert ("Please sign in to go on." in page.content.decode()) is told


def test_signing_out_is_a_post(user):
    client = browser(user)
    assert client.get("/sign-out/").status_code == 405
    assert is_in(client)
    assert client.post("/sign-out/").url == SIGN_IN
    assert not is_in(client)


@pytest.mark.parametrize(
    ("path", "wrong"), [(SIGN_IN, "put"), ("/sign-in/demo/", "get"), ("/password/", "delete")]
)
def test_other_methods_are_refused(user, path, wrong):
    assert getattr(browser(user), wrong)(path).status_code == 405


@pytest.mark.parametrize(
    ("referer", "target"),
    [
        ("http://testserver/slips/?page=3", "/slips/%3Fpage%3D3"),
        ("http://testserver/slips/", "/slips/"),
        ("https://example.org/slips/", "/"),
        ("", "/"),
    ],
)
def test_a_form_sent_after_the_session_ended_leads_back_to_its_page(referer, target):
    response = browser().post("/slips/issue/", {"chosen": "1"}, headers={"referer": referer})
    assert response.url == f"{SIGN_IN}?next={target}"


def test_a_part_of_a_page_asked_for_after_the_session_ended_moves_the_whole_page():
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/slips/"}
    response = browser().get("/search/", headers=headers)
    assert response.headers["HX-Redirect"] == f"{SIGN_IN}?next=/slips/"
    assert response.content == b""


def test_choosing_a_password_ends_the_code_and_keeps_the_session(slip):
    user, code = slip
    client = browser()
    sign_in(client, user.username, code)
    data = {"password": "hoa sen tháng sáu", "again": "hoa sen tháng sáu", "next": "/search/"}
    assert client.post("/password/", data).url == "/search/"
    assert client.get("/search/").status_code == 200
    user.refresh_from_db()
    assert (user.must_set_password, user.code_expires_at) == (False, None)
    assert user.check_password("hoa sen tháng sáu")
    assert not user.check_password(code)
    assert RecordEvent.objects.filter(action="password_chosen", user=user, actor=user).count() == 1


@pytest.mark.parametrize(
    ("password", "again", "field"),
    [
        ("ngắn", "ngắn", "password"),
        ("1234567890123", "1234567890123", "password"),
        ("password123", "password123", "password"),
        ("Trần Thị Bình", "Trần Thị Bình", "password"),
        ("hoa sen tháng sáu", "hoa sen tháng bảy", "again"),
        ("", "", "password"),
    ],
    ids=["short", "figures", "common", "the user name", "not twice the same", "empty"],
)
def test_a_password_that_will_not_do_is_refused_with_the_reason(slip, password, again, field):
    user, code = slip
    client = browser()
    sign_in(client, user.username, code)
    response = client.post("/password/", {"password": password, "again": again})
    assert field in response.context["form"].errors
    user.refresh_from_db()
    assert user.check_password(code)


def test_the_code_itself_is_no_password(slip):
    user, code = slip
    client = browser()
    sign_in(client, user.username, code)
    typed = f"{code[:5]}-{code[5:]}".lower()
    response = client.post("/password/", {"password": typed, "again": typed})
    assert response.context["form"].errors["password"] == [
        "Choose a password of your own, not the code of the slip."
    ]


def test_changing_a_password_asks_for_the_present_one(user):
    client = browser(user)
    new = {"password": "hoa sen tháng sáu", "again": "hoa sen tháng sáu"}
    assert list(client.post("/password/", new).context["form"].errors) == ["present"]
    assert list(client.post("/password/", {**new, "present": "sai"}).context["form"].errors) == ["present"]
    assert client.post("/password/", {**new, "present": PASSWORD}).url == "/"
    assert User.objects.get().check_password("hoa sen tháng sáu")


def test_a_slip_issued_meanwhile_wins_over_a_password_being_chosen(slip):
    user, _old = slip
    code = issue_slip(user=User.objects.get(pk=user.pk), by=None)
    user.set_unusable_password()
    assert choose_password(user=user, password="hoa sen tháng sáu") is False
    assert User.objects.get(pk=user.pk).check_password(code)
