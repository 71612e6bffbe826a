"""Tell accounts what happened (thông báo), each act once, with the letter that goes with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction

from cadres import clock
from cadres.models import Mail, Notification, User
from cadres.wake import wake

CHUNK = 500
# Letters that one message hands to a worker.
A_MESSAGE = 50


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What one account is told: `key` names the act, `data` holds codes and numbers, `path` the page."""

    user_id: int
    kind: str
    key: str
    path: str
    data: Mapping[str, Any] = field(default_factory=dict)


def tell(notices: Iterable[Notice]) -> int:
    """Write a set of notices in the caller's transaction and their letters after it; returns how many.

    Nobody is told the same act twice. Letters go to accounts that have an address and want them.
    """
    wanted = {(notice.user_id, notice.key): notice for notice in notices}
    pairs = sorted(wanted)
    told = 0
    if not pairs:
        return told
    with transaction.atomic(savepoint=False):
        for start in range(0, len(pairs), CHUNK):
            told += _tell([wanted[pair] for pair in pairs[start : start + CHUNK]])
    return told


def _tell(notices: Sequence[Notice]) -> int:
    users, keys = {notice.user_id for notice in notices}, {notice.key for notice in notices}
    of_these = Notification.objects.filter(user__in=users, key__in=keys)
    known = set(of_these.values_list("user_id", "key"))
    rows = [_row(notice) for notice in notices if (notice.user_id, notice.key) not in known]
    if not rows:
        return 0
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    if settings.SENDS_MAIL:
        _write_letters({(row.user_id, row.key) for row in rows})
    return len(rows)


def _row(notice: Notice) -> Notification:
    return Notification(
        user_id=notice.user_id,
        kind=notice.kind,
        key=notice.key,
        path=notice.path,
        data=dict(notice.data),
    )


def _write_letters(told: set[tuple[int, str]]) -> None:
    """One letter a notice just written, and a message for every fifty of them."""
    users, keys = {user for user, _key in told}, {key for _user, key in told}
    wanting = Notification.objects.filter(
        user__in=users, key__in=keys, mail=None, user__wants_mail=True, user__is_active=True
    ).exclude(user__email="")
    found = wanting.order_by("pk").values_list("pk", "user_id", "key", "user__email")
    letters = [
        Mail(notification_id=pk, address=address) for pk, user, key, address in found if (user, key) in told
    ]
    if not letters:
        return
    Mail.objects.bulk_create(letters, ignore_conflicts=True)
    of_notices = [letter.notification_id for letter in letters]
    pks = list(Mail.objects.filter(notification__in=of_notices).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(pks), A_MESSAGE):
        wake(Mail.task_name, *pks[start : start + A_MESSAGE])


def mark_read(user: User, pk: int) -> Notification | None:
    """The account's notice, read from now on; None when it is not the account's."""
    Notification.objects.filter(pk=pk, user=user, read_at=None).update(read_at=clock.now())
    return Notification.objects.filter(pk=pk, user=user).first()


def mark_all_read(user: User, *, up_to: int) -> int:
    """Mark read what the account was shown: what was told since stays unread. Returns how many."""
    return Notification.objects.filter(user=user, pk__lte=up_to, read_at=None).update(read_at=clock.now())
