"""Notices: told once an act, in the act's transaction; the bell counts what waits, the list opens it."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from cadres import notice_kinds
from cadres.actions import notices as action
from cadres.actions.notices import Notice, mark_all_read, tell
from cadres.models import Mail, Notification
from cadres.notice_kinds import Kind, Words
from cadres.queries.notices import unread_count
from tests.cadres.rosters import TODAY
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader():
    """An account with an address."""
    return UserFactory(email="doc@example.org")


@pytest.fixture
def woken(monkeypatch):
    """The messages that would go to workers."""
    sent = []
    monkeypatch.setattr(action, "wake", lambda name, *ids: sent.append((name, *ids)))
    return sent


@pytest.fixture
def reminders(monkeypatch):
    """A kind of reminder whose cause holds for the numbers in the list that is returned."""
    holds = []

    def still(user, rows, day):
        return {row.pk for row in rows if row.data["n"] in holds}

    kind = Kind(lambda data: Words(f"Reminder {data['n']}"), "reminder", still)
    monkeypatch.setattr(notice_kinds, "_kinds", lambda: {"reminder": kind})
    return holds


def told(user, key="act:1", **kwargs):
    given = {"user_id": user.pk, "kind": "some", "key": key, "path": "/mine/"}
    return Notice(**given | kwargs)


def test_an_act_is_told_once_with_one_letter(reader, woken):
    assert tell([told(reader), told(reader)]) == 1
    assert tell([told(reader), told(reader, "act:2")]) == 1
    first, second = Mail.objects.order_by("pk")
    assert [first.notification.key, second.notification.key] == ["act:1", "act:2"]
    assert first.address == "doc@example.org"
    assert woken == [("jobs.mail", first.pk), ("jobs.mail", second.pk)]


@pytest.mark.parametrize("fields", [{"email": ""}, {"wants_mail": False}, {"is_active": False}])
def test_no_letter_without_address_wish_or_open_account(reader, woken, fields):
    type(reader).objects.filter(pk=reader.pk).update(**fields)
    assert tell([told(reader)]) == 1
    assert not Mail.objects.exists()
    assert woken == []


def test_an_address_given_later_brings_no_letter_about_the_past(reader, woken):
    type(reader).objects.filter(pk=reader.pk).update(email="")
    tell([told(reader)])
    type(reader).objects.filter(pk=reader.pk).update(email="doc@example.org")
    assert tell([told(reader)]) == 0
    assert not Mail.objects.exists()


def test_a_site_without_mail_tells_on_its_pages_only(reader, woken, settings):
    settings.SENDS_MAIL = False
    assert tell([told(reader)]) == 1
    assert not Mail.objects.exists()


def test_what_is_rolled_back_was_never_told(reader):
    with transaction.atomic():
        tell([told(reader)])
        transaction.set_rollback(True)
    assert not Notification.objects.exists()


def test_nobody_is_woken_before_the_commit(reader, django_capture_on_commit_callbacks, monkeypatch):
    sent = []
    monkeypatch.setattr("cadres.wake.current_app.send_task", lambda *args, **kw: sent.append(args))
    with django_capture_on_commit_callbacks() as callbacks:
        tell([told(reader)])
        assert sent == []
    callbacks[0]()
    assert sent == [("jobs.mail",)]


def test_a_broker_that_is_down_breaks_nothing(reader, django_capture_on_commit_callbacks, monkeypatch):
    def fail(*args, **kwargs):
        raise OSError("no broker")

    monkeypatch.setattr("cadres.wake.current_app.send_task", fail)
    with django_capture_on_commit_callbacks(execute=True):
        assert tell([told(reader)]) == 1
    assert Mail.objects.get().state == "queued"


@pytest.mark.parametrize("number", [1, 3])
def test_a_set_costs_as_much_as_one(woken, django_assert_num_queries, number):
    users = [UserFactory(email="doc@example.org") for _n in range(number)]
    with django_assert_num_queries(5):  # known, written, who wants letters, letters, their keys
        assert tell([told(user) for user in users]) == number
    assert Mail.objects.count() == number
    assert len(woken) == 1


def test_the_bell_counts_what_was_not_read(reader, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert unread_count(reader, TODAY) == 0
    tell([told(reader), told(reader, "act:2"), told(UserFactory())])
    with django_assert_num_queries(1):
        assert unread_count(reader, TODAY) == 2


def test_a_reminder_is_silent_once_its_cause_is_gone(reader, reminders, django_assert_num_queries):
    tell([told(reader, f"act:{n}", kind="reminder", data={"n": n}) for n in (1, 2, 3)])
    assert unread_count(reader, TODAY) == 0
    reminders += [2, 3]
    with django_assert_num_queries(1):
        assert unread_count(reader, TODAY) == 2


@pytest.fixture
def visit(client, settings, reader):
    """The reader signed in, reading English."""
    client.force_login(reader)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def page(client):
    response = client.get(reverse("cadres:notice_list"))
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_goes_day_by_day_and_marks_what_is_new(visit, reader):
    tell([told(reader, f"act:{n}") for n in range(3)])
    Notification.objects.filter(key="act:0").update(
        at=timezone.now() - timedelta(days=1), read_at=timezone.now()
    )
    text = page(visit)
    assert text.count('class="panel told-day"') == 2
    assert text.count('class="told-new"') == 2
    assert "2 notices not read yet." in text
    assert '<span class="count" aria-hidden="true">2</span>' in text


def test_a_settled_reminder_says_so_and_is_not_new(visit, reader, reminders):
    tell([told(reader, kind="reminder", data={"n": 1})])
    assert "settled" in page(visit)
    reminders.append(1)
    text = page(visit)
    assert "settled" not in text
    assert 'class="told-new"' in text


def test_the_empty_list_says_what_will_come(visit):
    assert "No notice yet" in page(visit)


def test_pages_of_the_list(visit, reader):
    tell([told(reader, f"act:{n:02}") for n in range(31)])
    assert page(visit).count('<button class="told ') == 30
    response = visit.get(reverse("cadres:notice_list"), {"page": 2})
    assert response.content.decode().count('<button class="told ') == 1


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same(visit, reader, monkeypatch, django_assert_num_queries, number):
    monkeypatch.setattr("config.context.navigation", lambda request: None)
    tell([told(reader, f"act:{n}") for n in range(number)])
    with django_assert_num_queries(4):  # session, account, number and rows
        page(visit)


def open_url(notice):
    return reverse("cadres:notice_open", args=[notice.pk])


def test_opening_marks_read_and_goes_to_the_page(visit, reader):
    tell([told(reader)])
    notice = Notification.objects.get()
    for _twice in range(2):
        response = visit.post(open_url(notice))
        assert (response.status_code, response["Location"]) == (302, "/mine/")
    first = notice.read_at
    notice.refresh_from_db()
    assert first is None
    assert notice.read_at is not None


def test_a_path_that_leads_away_is_not_followed(visit, reader):
    tell([told(reader, path="//evil.example/")])
    assert visit.post(open_url(Notification.objects.get()))["Location"] == "/"


def test_somebody_elses_notice_is_not_there(visit):
    tell([told(UserFactory())])
    notice = Notification.objects.get()
    assert visit.post(open_url(notice)).status_code == 404
    assert Notification.objects.get().read_at is None


@pytest.mark.parametrize("name", ["cadres:notice_open", "cadres:notice_read_all"])
def test_reading_changes_nothing_by_an_address_alone(visit, reader, name):
    tell([told(reader)])
    args = [Notification.objects.get().pk] if name.endswith("open") else []
    assert visit.get(reverse(name, args=args)).status_code == 405
    assert Notification.objects.get().read_at is None


def test_all_read_stops_at_what_the_page_showed(visit, reader):
    tell([told(reader), told(UserFactory())])
    shown = Notification.objects.get(user=reader)
    tell([told(reader, "act:2")])
    response = visit.post(reverse("cadres:notice_read_all"), {"last": shown.pk})
    assert response["Location"] == reverse("cadres:notice_list")
    assert set(Notification.objects.filter(read_at=None).values_list("user", "key")) == {
        (reader.pk, "act:2"),
        (Notification.objects.exclude(user=reader).get().user_id, "act:1"),
    }
    assert mark_all_read(reader, up_to=shown.pk) == 0


@pytest.mark.parametrize("last", ["", "x", "-1", "9" * 30])
def test_all_read_without_a_number_marks_nothing(visit, reader, last):
    tell([told(reader)])
    assert visit.post(reverse("cadres:notice_read_all"), {"last": last}).status_code == 302
    assert Notification.objects.get().read_at is None


def test_a_kind_that_no_app_knows_still_reads(visit, reader):
    tell([told(reader, kind="forgotten")])
    assert "There is a new notice." in page(visit)
