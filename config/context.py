"""What every page has: the navigation of the person's roles and the day the site lives on."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from cadres import clock
from config.navigation import navigation


def site(request: HttpRequest) -> dict[str, Any]:
    """Context of every template."""
    return {
        "nav": navigation(request),
        "demo": settings.DEMO,
        "site_today_fixed": settings.SITE_TODAY,
        "today": clock.today(),
    }
