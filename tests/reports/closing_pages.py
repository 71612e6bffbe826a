"""Where the pages of closings are, and what they say."""

import re
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import strip_tags

from cadres.models import Unit
from reports.models import Closing
from tests.reports.closing_scene import District


def page_of(place: District, name: str = "closing_list") -> str:
    """A page of the campaign."""
    return reverse(f"reports:{name}", args=[place.campaign.code])


def opened(closing: Closing, unit: Unit, name: str = "closing_unit") -> str:
    """A page of a closing at a unit."""
    return reverse(f"reports:{name}", args=[closing.pk, unit.code])


def compared(closing: Closing, other: int | str = "now", **query: str) -> str:
    """The comparison of a closing."""
    url = reverse("reports:closing_compare", args=[closing.pk, other])
    return url + "?" + "&".join(f"{name}={value}" for name, value in query.items())


def plain(page: str) -> str:
    """The text of a page, its spaces as one."""
    return re.sub(r"\s+", " ", strip_tags(page))


def names(page: Any) -> list[str]:
    """Whom a list names."""
    return [row.name for row in page.context["names"]]


def pledges_of(place: District, **query: str) -> str:
    """The list of pledges of the host."""
    url = reverse("reports:pledges", args=[place.host.code])
    return url + "?" + urlencode({"campaign": place.campaign.code, "tier": "members"} | query)
