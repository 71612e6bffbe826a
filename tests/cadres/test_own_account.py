"""My account: where letters go, in which language; the journal tells that it changed, never the address."""

import pytest
from django.urls import reverse

from cadres.models import RecordEvent
from tests.factories import MemberFactory, UserFactory

pytestmark = pytest.mark.django_db
URL = "/account/"


@pytest.fixture
def user():
    """A member's account without an address."""
    return UserFactory(member=MemberFactory())


@pytest.fixture
def visit(client, settings, user):
    """The account signed in, reading English."""
    client.force_login(user)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def given(**kwargs):
    return {"email": "bithu@example.org", "wants_mail": "on", "language": "vi"} | kwargs


def test_the_page_has_the_address_the_language_and_the_way_to_the_password(visit):
    text = visit.get(URL).content.decode()
    assert 'name="email"' in text
    assert reverse("cadres:set_password") in text
    assert f'href="{URL}"' in text  # the name in the top bar leads here


def test_saving_keeps_it_and_answers_in_the_language_chosen(visit, user, settings):
    response = visit.post(URL, given(email=" BiThu@Example.ORG "))
    assert (response.status_code, response["Location"]) == (302, URL)
    user.refresh_from_db()
    assert (user.email, user.wants_mail, user.language) == ("BiThu@example.org", True, "vi")
    assert response.cookies[settings.LANGUAGE_COOKIE_NAME].value == "vi"
    assert response.cookies[settings.LANGUAGE_COOKIE_NAME]["httponly"]


def test_the_journal_tells_what_changed_and_never_the_address(visit, user):
    visit.post(URL, given())
    event = RecordEvent.objects.get()
    assert (event.action, event.actor, event.user, event.member) == (
        "own_account_changed",
        user,
        user,
        user.member,
    )
    assert event.data == {"fields": ["email"]}
    visit.post(URL, given())
    assert RecordEvent.objects.count() == 1
    visit.post(URL, given(email="", wants_mail="", language="en"))
    assert RecordEvent.objects.order_by("-pk")[0].data == {"fields": ["email", "wants_mail", "language"]}


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "bithu"},
        {"email": "bithu@"},
        {"email": "a@b.vn\nBcc: c@d.vn"},
        {"email": "x" * 250 + "@a.vn"},
        {"language": "fr"},
    ],
)
def test_what_is_no_address_is_told_and_what_was_typed_stays(visit, user, wrong):
    response = visit.post(URL, given(**wrong))
    assert response.status_code == 200
    text = response.content.decode()
    assert "error-summary" in text
    assert (
        'value="bithu' in text or "email" not in wrong or "\n" in wrong["email"] or len(wrong["email"]) > 99
    )
    user.refresh_from_db()
    assert user.email == ""
    assert not RecordEvent.objects.exists()


def test_other_methods_are_refused(visit):
    assert visit.put(URL).status_code == 405


def test_a_site_without_mail_says_so(visit, settings):
    settings.SENDS_MAIL = False
    assert "This site sends no letters" in visit.get(URL).content.decode()
