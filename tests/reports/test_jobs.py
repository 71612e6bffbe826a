"""The page of jobs: of letters only those that did not go."""

import pytest

from cadres.actions.notices import Notice, tell
from cadres.models import Mail
from cadres.roles import Role
from tests.factories import UserFactory, user_with

pytestmark = pytest.mark.django_db


def test_the_administrator_sees_letters_that_failed_and_no_others(client, host):
    user = UserFactory(email="doc@example.org")
    for n in range(2):
        tell([Notice(user_id=user.pk, kind="some", key=f"act:{n}", path="/mine/")])
    failed, waiting = Mail.objects.order_by("pk")
    failed.fail("Máy chủ thư không nhận thư này (550).")
    client.force_login(user_with(Role.ADMINISTRATOR, unit=host))
    text = client.get("/jobs/").content.decode()
    assert str(failed) in text
    assert "(550)" in text
    assert str(waiting) not in text
    assert "doc@example.org" not in text


def test_the_board_sees_none_of_them(client, host):
    user = UserFactory(email="doc@example.org")
    tell([Notice(user_id=user.pk, kind="some", key="act:1", path="/mine/")])
    Mail.objects.get().fail("x")
    client.force_login(user_with(Role.BOARD_OFFICER, unit=host))
    assert str(Mail.objects.get()) not in client.get("/jobs/").content.decode()
