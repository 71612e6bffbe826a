"""Letters: in the reader's language, with nothing private in the subject, retried, and never twice."""

from datetime import timedelta
from smtplib import (
    SMTPDataError,
    SMTPRecipientsRefused,
    SMTPServerDisconnected,
)

import pytest
from django.core import mail as post
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone, translation

from cadres import notice_kinds, tasks
from cadres.actions.notices import Notice, tell
from cadres.jobs import JobState
from cadres.mail import deliver
from cadres.mail_files import FileBackend, part_of, read_letter
from cadres.models import Mail, User
from cadres.models.notices import DELAYS
from cadres.notice_kinds import Kind, Words
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
NAME, TITLE = "Nguyễn <b>Bí</b> Thư", "Có 2 việc & 3 <đề nghị>"


class Post(EmailBackend):
    """A server that answers as the test says: `connects` and `takes` raise what they hold."""

    connects = takes = None

    def open(self):
        if Post.connects:
            raise Post.connects

    def send_messages(self, messages):
        if Post.takes:
            raise Post.takes
        return super().send_messages(messages)


@pytest.fixture(autouse=True)
def _server(settings, monkeypatch):
    settings.EMAIL_BACKEND = "tests.cadres.test_mail.Post"
    settings.SITE_URL = "https://viec.example.org/"
    settings.DEFAULT_FROM_EMAIL = "no-reply@viec.example.org"
    monkeypatch.setattr(Post, "connects", None)
    monkeypatch.setattr(Post, "takes", None)
    kind = Kind(lambda data: Words(TITLE, "Xem <trang>", "Mở trang"), "đề nghị chỉnh sửa")
    monkeypatch.setattr(notice_kinds, "_kinds", lambda: {"some": kind})


@pytest.fixture
def letter():
    """A letter that waits, to an account that reads Vietnamese."""
    user = UserFactory(display_name=NAME, email="doc@example.org")
    tell([Notice(user_id=user.pk, kind="some", key="act:1", path="/mine/")])
    return Mail.objects.get()


def state(letter):
    letter.refresh_from_db()
    return letter.state


def test_a_letter_is_text_and_html_with_a_link(letter):
    deliver(letter.pk)
    [sent] = post.outbox
    assert sent.to == ["doc@example.org"]
    assert sent.from_email == "no-reply@viec.example.org"
    assert "Kính gửi" in sent.body
    assert TITLE in sent.body
    assert "https://viec.example.org/mine/" in sent.body
    [(page, kind)] = sent.alternatives
    assert kind == "text/html"
    assert "Có 2 việc &amp; 3 &lt;đề nghị&gt;" in page
    assert 'href="https://viec.example.org/mine/"' in page
    assert not any(word in page for word in ("<img", "<script", "<link", "<style", "style="))
    assert sent.extra_headers["Message-ID"] == f"<{letter.message_id}@viec.example.org>"
    assert state(letter) == JobState.DONE
    assert letter.sending_at is not None


def test_the_subject_says_nothing_about_anybody(letter):
    deliver(letter.pk)
    subject = post.outbox[0].subject
    assert subject == "Đồng chí có thông báo mới trên hệ thống việc mới, việc khó: đề nghị chỉnh sửa"
    assert NAME not in subject
    assert not any(sign.isdigit() for sign in subject)


def test_the_letter_speaks_the_readers_language(letter):
    User.objects.update(language="en")
    with translation.override("vi"):
        deliver(letter.pk)
    assert post.outbox[0].subject.startswith("You have a new notice")
    assert "Dear comrade" in post.outbox[0].body


@pytest.mark.parametrize("times", [2, 3])
def test_a_letter_goes_once(letter, times):
    for _time in range(times):
        tasks.send_mail(letter.pk)
    assert len(post.outbox) == 1


def test_one_that_fails_holds_up_none_of_the_others(letter):
    tasks.send_mail(letter.pk + 1000, letter.pk)
    assert len(post.outbox) == 1


@pytest.mark.parametrize(
    ("where", "error"),
    [
        ("connects", ConnectionRefusedError()),
        ("connects", SMTPServerDisconnected("closed")),
        ("takes", SMTPDataError(451, b"later")),
        ("takes", SMTPRecipientsRefused({"doc@example.org": (450, b"busy")})),
    ],
)
def test_what_was_not_accepted_is_tried_again_later_each_time_later(letter, monkeypatch, where, error):
    monkeypatch.setattr(Post, where, error)
    for delay in DELAYS:
        deliver(letter.pk)
        assert (state(letter), letter.sending_at) == (JobState.QUEUED, None)
        wait = letter.lease_until - timezone.now()
        assert delay - timedelta(seconds=5) < wait <= delay
        deliver(letter.pk)  # before its time nothing happens
        assert state(letter) == JobState.QUEUED
        Mail.objects.update(lease_until=timezone.now())
    deliver(letter.pk)
    assert state(letter) == JobState.FAILED
    assert "doc@example.org" not in letter.error
    assert post.outbox == []


def test_a_letter_that_was_put_off_goes_in_the_end(letter, monkeypatch):
    monkeypatch.setattr(Post, "connects", TimeoutError())
    deliver(letter.pk)
    monkeypatch.setattr(Post, "connects", None)
    Mail.objects.update(lease_until=timezone.now())
    deliver(letter.pk)
    assert (state(letter), letter.error, len(post.outbox)) == (JobState.DONE, "", 1)


@pytest.mark.parametrize(
    "error", [SMTPDataError(550, b"no"), SMTPRecipientsRefused({"doc@example.org": (550, b"unknown")})]
)
def test_what_is_refused_for_good_is_failed(letter, monkeypatch, error):
    monkeypatch.setattr(Post, "takes", error)
    deliver(letter.pk)
    assert state(letter) == JobState.FAILED
    assert "550" in letter.error
    assert "doc@example.org" not in letter.error


@pytest.mark.parametrize("error", [SMTPServerDisconnected("gone"), TimeoutError(), ConnectionResetError()])
def test_a_line_that_breaks_while_sending_is_never_tried_again(letter, monkeypatch, error):
    monkeypatch.setattr(Post, "takes", error)
    deliver(letter.pk)
    assert state(letter) == JobState.FAILED
    monkeypatch.setattr(Post, "takes", None)
    Mail.objects.update(lease_until=timezone.now() - timedelta(hours=1))
    deliver(letter.pk)
    assert post.outbox == []


class Killed(BaseException):
    """What ends a worker without a word."""


@pytest.mark.parametrize("sent", [True, False])
def test_a_worker_that_dies_while_sending_leaves_it_unknown_and_failed(letter, monkeypatch, sent):
    def send(self, messages):
        if sent:
            EmailBackend.send_messages(self, messages)
        raise Killed

    monkeypatch.setattr(Post, "send_messages", send)
    with pytest.raises(Killed):
        deliver(letter.pk)
    assert state(letter) == JobState.RUNNING
    assert letter.sending_at is not None
    monkeypatch.undo()
    Mail.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    deliver(letter.pk)
    assert state(letter) == JobState.FAILED
    assert letter.error
    assert len(post.outbox) == sent


def test_a_worker_that_dies_before_sending_is_made_up_for(letter, monkeypatch):
    def die(mail):
        raise Killed

    monkeypatch.setattr("cadres.mail.compose", die)
    with pytest.raises(Killed):
        deliver(letter.pk)
    monkeypatch.undo()
    Post.connects = Post.takes = None
    deliver(letter.pk)  # the lease still holds
    assert post.outbox == []
    Mail.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    deliver(letter.pk)
    assert state(letter) == JobState.DONE


def test_a_slow_worker_that_lost_its_lease_does_not_send(letter):
    slow = Mail.objects.get()
    assert slow.claim()
    Mail.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert Mail.objects.get().claim()
    assert not slow.begin_sending("doc@example.org")


def test_a_mistake_in_the_words_fails_the_letter_aloud(letter, monkeypatch):
    monkeypatch.setattr(notice_kinds, "_kinds", lambda: {"some": Kind(lambda data: data["missing"], "kind")})
    with pytest.raises(KeyError):
        deliver(letter.pk)
    assert state(letter) == JobState.FAILED


@pytest.mark.parametrize("fields", [{"email": ""}, {"wants_mail": False}, {"is_active": False}])
def test_it_is_judged_again_when_it_goes(letter, fields):
    User.objects.update(**fields)
    deliver(letter.pk)
    assert (state(letter), letter.sending_at, post.outbox) == (JobState.DONE, None, [])


def test_it_goes_to_the_address_of_the_moment(letter):
    User.objects.update(email="moi@example.org")
    deliver(letter.pk)
    assert post.outbox[0].to == ["moi@example.org"]
    assert Mail.objects.get().address == "moi@example.org"


def test_a_reminder_whose_cause_is_gone_is_not_sent(letter, monkeypatch):
    gone = Kind(lambda data: Words("x"), "x", lambda user, rows, day: set())
    monkeypatch.setattr(notice_kinds, "_kinds", lambda: {"some": gone})
    deliver(letter.pk)
    assert (state(letter), post.outbox) == (JobState.DONE, [])


def test_the_sweep_wakes_letters_whose_time_has_come(letter, monkeypatch):
    woken = []
    monkeypatch.setattr(tasks, "wake", lambda name, *ids: woken.append((name, *ids)))
    long_ago = timezone.now() - timedelta(minutes=1)
    Mail.objects.update(created_at=long_ago, lease_until=timezone.now() + timedelta(minutes=1))
    assert tasks.sweep() == 0
    Mail.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert tasks.sweep() == 1
    assert woken == [("jobs.mail", letter.pk)]


def test_the_post_of_a_demo_is_a_file_and_refuses_a_second_one(letter, settings, tmp_path):
    settings.EMAIL_BACKEND = "cadres.mail_files.FileBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    deliver(letter.pk)
    read = read_letter(letter.message_id)
    assert TITLE in part_of(read, "plain")
    assert "<html" in part_of(read, "html")
    assert read["To"] == "doc@example.org"
    Mail.objects.update(state=JobState.QUEUED, sending_at=None, lease_until=None)
    deliver(letter.pk)
    assert state(letter) == JobState.FAILED
    assert len(list((tmp_path / "mail").iterdir())) == 1
    assert FileBackend().send_messages([]) == 0
