"""The outbox of a demo: only there, only for its accounts, and nothing in a letter can run."""

import uuid

import pytest
from django.urls import reverse

from cadres.actions.notices import Notice, tell
from cadres.demo_accounts import DemoAccount, offer
from cadres.mail import deliver
from cadres.models import Mail
from cadres.roles import Role
from tests.factories import HostFactory, UserFactory, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demo(settings, tmp_path):
    settings.DEMO, settings.VAR = True, tmp_path
    settings.EMAIL_BACKEND = "cadres.mail_files.FileBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    settings.ALLOWED_HOSTS = ["localhost", "testserver"]
    offer([DemoAccount("demo-bithu", "Secretary", "")])


@pytest.fixture
def reader():
    """An account of the demo."""
    return UserFactory(username="demo-bithu", email="demo-bithu@example.invalid", language="en")


@pytest.fixture
def letter(reader):
    """A letter that was handed over."""
    tell([Notice(user_id=reader.pk, kind="some", key="act:1", path="/mine/")])
    mail = Mail.objects.get()
    deliver(mail.pk)
    return mail


def get(client, user, name, *args):
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client.get(reverse(name, args=args), headers={"host": "localhost"})


def test_the_list_and_the_letter(client, reader, letter):
    text = get(client, reader, "cadres:outbox").content.decode()
    assert "You have a new notice" in text
    assert reverse("cadres:letter", args=[letter.message_id]) in text
    response = get(client, reader, "cadres:letter", letter.message_id)
    text = response.content.decode()
    assert "demo-bithu@example.invalid" in text
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in text
    assert '/mine/" rel="nofollow">' in text
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert "frame-src 'self'" in response["Content-Security-Policy"]


def test_the_page_of_a_letter_runs_nothing(client, reader, letter):
    response = get(client, reader, "cadres:letter_page", letter.message_id)
    policy = response["Content-Security-Policy"]
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in policy
    assert "frame-ancestors 'self'" in policy
    assert "unsafe" not in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "<html" in response.content.decode()


def test_letters_that_wait_or_failed_are_not_in_it(client, reader):
    tell([Notice(user_id=reader.pk, kind="some", key="act:1", path="/mine/")])
    assert "No letter yet" in get(client, reader, "cadres:outbox").content.decode()
    assert get(client, reader, "cadres:letter", Mail.objects.get().message_id).status_code == 404


def test_a_file_that_is_gone_is_told(client, reader, letter, settings):
    for file in settings.EMAIL_FILE_PATH.iterdir():
        file.unlink()
    assert "The file is gone" in get(client, reader, "cadres:outbox").content.decode()
    assert get(client, reader, "cadres:letter", letter.message_id).status_code == 404


PAGES = [("cadres:outbox", False), ("cadres:letter", True), ("cadres:letter_page", True)]


@pytest.mark.parametrize(("name", "of_letter"), PAGES)
def test_it_is_there_for_the_demo_and_the_administrator_only(
    client, reader, letter, settings, name, of_letter
):
    args = [letter.message_id] if of_letter else []
    stranger = UserFactory()
    administrator = user_with(Role.ADMINISTRATOR, unit=HostFactory())
    assert get(client, reader, name, *args).status_code == 200
    assert get(client, administrator, name, *args).status_code == 200
    assert get(client, stranger, name, *args).status_code == 404
    settings.DEMO = False
    assert get(client, reader, name, *args).status_code == 404
    assert get(client, administrator, name, *args).status_code == 404


def test_a_letter_that_does_not_exist(client, reader):
    assert get(client, reader, "cadres:letter", uuid.uuid4()).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same(client, reader, monkeypatch, django_assert_num_queries, number):
    monkeypatch.setattr("config.context.navigation", lambda request: None)
    for n in range(number):
        tell([Notice(user_id=reader.pk, kind="some", key=f"act:{n}", path="/mine/")])
    for mail in Mail.objects.all():
        deliver(mail.pk)
    client.force_login(reader)
    with django_assert_num_queries(4):  # session, account, number and rows
        client.get(reverse("cadres:outbox"), headers={"host": "localhost"})
