"""Guessing passwords: locked by name and address, and more loosely by name alone; nothing is kept."""

from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt

from cadres.throttle import client_address
from tests.cadres.offices import browser
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "mat-khau-thu"


@pytest.fixture(autouse=True)
def _throttled(settings):
    settings.AXES_ENABLED = True
    UserFactory(username="nguyenvanan")
    UserFactory(username="tranthibinh")


def try_as(name, password, *, address="10.0.0.1"):
    return (
        browser().post("/sign-in/", {"username": name, "password": password}, REMOTE_ADDR=address).status_code
    )


def test_the_fifth_wrong_try_locks_the_name_at_this_address_for_a_quarter_of_an_hour():
    with time_machine.travel(0) as clock:
        assert [try_as("nguyenvanan", "sai") for _ in range(5)] == [200, 200, 200, 200, 429]
        assert try_as("NguyenVanAn", PASSWORD) == 429
        assert try_as("tranthibinh", PASSWORD) == 302
        assert try_as("nguyenvanan", PASSWORD, address="10.0.0.2") == 302
        clock.shift(timedelta(minutes=14))
        assert try_as("nguyenvanan", PASSWORD) == 429
        clock.shift(timedelta(minutes=2))
        assert try_as("nguyenvanan", PASSWORD) == 302


def test_thirty_wrong_tries_from_anywhere_lock_the_name_everywhere():
    with time_machine.travel(0) as clock:
        for number in range(10):
            answers = {try_as("nguyenvanan", "sai", address=f"10.0.1.{number}") for _ in range(3)}
            assert answers == ({200} if number < 9 else {200, 429})
        assert try_as("nguyenvanan", PASSWORD, address="10.0.2.1") == 429
        assert try_as("tranthibinh", PASSWORD, address="10.0.2.1") == 302
        clock.shift(timedelta(minutes=16))
        assert try_as("nguyenvanan", PASSWORD, address="10.0.2.1") == 302


def test_signing_in_clears_the_count_of_this_address():
    for _ in range(2):
        assert [try_as("nguyenvanan", "sai") for _ in range(4)] == [200] * 4
        assert try_as("nguyenvanan", PASSWORD) == 302


def test_a_name_that_does_not_exist_is_locked_the_same_way():
    assert [try_as("khongco", "sai") for _ in range(5)] == [200, 200, 200, 200, 429]


def test_guessing_the_present_password_on_a_pc_left_open_is_locked_too():
    client = browser()
    client.post("/sign-in/", {"username": "nguyenvanan", "password": PASSWORD})
    data = {"present": "sai", "password": "hoa sen tháng sáu", "again": "hoa sen tháng sáu"}
    answers = [client.post("/password/", data).status_code for _ in range(5)]
    assert answers == [200, 200, 200, 200, 429]


def test_nothing_typed_is_kept_or_logged(caplog):
    caplog.set_level("DEBUG")
    try_as("nguyenvanan", "gan-dung-mat-khau")
    client = browser()
    client.post("/sign-in/", {"username": "nguyenvanan", "password": PASSWORD})
    client.post(
        "/password/", {"present": "sai-mot-chut", "password": "mat-khau-moi-1", "again": "mat-khau-moi-1"}
    )
    kept = " ".join(f"{attempt.post_data} {attempt.get_data}" for attempt in AccessAttempt.objects.all())
    assert AccessAttempt.objects.count() == 2
    for secret in ("gan-dung-mat-khau", PASSWORD, "sai-mot-chut", "mat-khau-moi-1"):
        assert secret not in kept
        assert secret not in caplog.text
    assert "nguyenvanan" not in caplog.text


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "1.2.3.4", "10.0.0.9"),
        (1, "", "10.0.0.9"),
        (1, "1.2.3.4", "1.2.3.4"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.8", "1.2.3.4"),
        (2, "1.2.3.4", "10.0.0.9"),
        (1, "no address", "10.0.0.9"),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_the_address_is_what_a_trusted_proxy_saw_never_what_the_caller_claims(
    rf, settings, proxies, forwarded, address
):
    settings.TRUSTED_PROXIES = proxies
    request = rf.post("/sign-in/", REMOTE_ADDR="10.0.0.9", headers={"x-forwarded-for": forwarded})
    assert client_address(request) == address
