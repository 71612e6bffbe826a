"""What an account has been told and has not read."""

from datetime import date

from django.db.models import QuerySet

from cadres.models import Notification, User
from cadres.notice_kinds import settled

# Beyond it the bell says "99+".
MOST = 100


def notices_of(user: User) -> QuerySet[Notification]:
    """Everything the account was told, the last first."""
    return Notification.objects.filter(user=user).order_by("-at", "-pk")


def unread_count(user: User, day: date) -> int:
    """How many notices wait, `MOST` at most; a reminder whose cause is gone waits no longer."""
    rows = list(notices_of(user).filter(read_at=None).only("kind", "data")[:MOST])
    return len(rows) - len(settled(user, rows, day)) if rows else 0
