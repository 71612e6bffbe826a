"""Health, language and the front door."""

import pytest

from cadres.roles import Role
from tests.factories import HostFactory, UserFactory, user_with


@pytest.mark.django_db
def test_health_answers_without_signing_in(client):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")
    assert client.post("/healthz").status_code == 405


@pytest.mark.django_db
def test_pages_are_vietnamese_whatever_the_browser_prefers(client):
    page = client.get("/sign-in/", headers={"accept-language": "en-GB"})
    assert page["Content-Language"] == "vi"
    assert 'lang="vi"' in page.content.decode()


@pytest.mark.django_db
def test_english_is_one_click_away_and_kept(client):
    user = UserFactory()
    client.force_login(user)
    assert client.get("/language/").status_code == 405
    assert client.post("/language/", {"language": "en", "next": "/mine/"})["Location"] == "/mine/"
    assert 'lang="en"' in client.get("/password/").content.decode()
    user.refresh_from_db()
    assert user.language == "en"
    client.post("/language/", {"language": "xx"})
    user.refresh_from_db()
    assert user.language == "en"


@pytest.mark.django_db
def test_the_language_form_does_not_lead_to_another_site(client):
    response = client.post("/language/", {"language": "en", "next": "https://example.org/"})
    assert "example.org" not in response["Location"]


@pytest.mark.django_db
def test_somebody_without_any_role_lands_on_his_own_tasks(client):
    client.force_login(UserFactory())
    assert client.get("/")["Location"] == "/mine/"


@pytest.mark.django_db
def test_a_board_officer_lands_on_the_dashboard(client):
    host = HostFactory(code="TAYHO")
    client.force_login(user_with(Role.BOARD_OFFICER, unit=host))
    assert client.get("/")["Location"] == "/units/TAYHO/"
