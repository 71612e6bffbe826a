"""The day on which the site lives. Rules take a day as an argument; only the edge asks here."""

from datetime import date, datetime

from django.conf import settings
from django.utils import timezone


def today() -> date:
    """Today in Ho Chi Minh City, or the day fixed by SITE_TODAY (the demo)."""
    fixed: date | None = settings.SITE_TODAY
    return fixed or timezone.localdate()


def now() -> datetime:
    """The instant to show: the real time of day, on the day the site lives on.

    Never used for security (sessions, lock-outs, slips), which read the real clock.
    """
    instant = timezone.localtime()
    if settings.SITE_TODAY is None:
        return instant
    return datetime.combine(settings.SITE_TODAY, instant.time(), instant.tzinfo)
