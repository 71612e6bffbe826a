"""Two at once: the same act told twice, the same letter claimed by two workers."""

import pytest

from cadres.actions.notices import Notice, mark_read, tell
from cadres.mail import deliver
from cadres.models import Mail, Notification
from tests.factories import UserFactory
from tests.pledges.threads import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def readers():
    """Three accounts with an address."""
    return [UserFactory(email=f"doc{n}@example.org") for n in range(3)]


def notices(users):
    return [Notice(user_id=user.pk, kind="some", key="act:1", path="/mine/") for user in users]


def test_the_same_act_told_twice_at_once_is_told_once(readers):
    answers = at_once(*[lambda: tell(notices(readers))] * 2, lambda: tell(notices(reversed(readers))))
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert (Notification.objects.count(), Mail.objects.count()) == (3, 3)


def test_two_workers_send_a_letter_once(readers, settings, tmp_path):
    settings.EMAIL_BACKEND = "cadres.mail_files.FileBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    tell(notices(readers))
    pks = list(Mail.objects.values_list("pk", flat=True))
    at_once(*[lambda: [deliver(pk) for pk in pks]] * 3)
    assert set(Mail.objects.values_list("state", flat=True)) == {"done"}
    assert len(list(tmp_path.iterdir())) == 3


def test_a_notice_opened_twice_at_once_is_read_once(readers):
    tell(notices(readers[:1]))
    notice = Notification.objects.get()
    answers = at_once(*[lambda: mark_read(readers[0], notice.pk)] * 2)
    assert {answer.pk for answer in answers} == {notice.pk}
    assert Notification.objects.get().read_at is not None
