"""What a browser sends to the pages of registration, and where they stand."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from cadres.models import Unit
from pledges.models import Pledge, Tier

TITLE = "Giải quyết điểm tập kết rác tại ngõ 76"


def text(response: HttpResponse) -> str:
    """The page as a reader gets it."""
    return response.content.decode()


def at(name: str, pledge: Pledge) -> str:
    """The address of a page of a pledge."""
    return reverse(f"pledges:{name}", args=[pledge.ref])


def of_cell(name: str, tier: Tier, cell: Unit) -> str:
    """The address of a page of a cell."""
    return reverse(f"pledges:{name}", args=[tier.campaign.code, cell.code])


def answers(**kwargs: Any) -> dict[str, Any]:
    """The four answers as a browser sends them."""
    given = {
        "ref": str(uuid.uuid4()),
        "revision": "",
        "title": TITLE,
        "novelty": "difficult",
        "product": "Xóa 1 điểm",
        "due": "q2",
        "due_on": "",
    }
    return given | kwargs


def of_pledge(pledge: Pledge, **kwargs: Any) -> dict[str, Any]:
    """The form of a pledge that is there already."""
    return answers(ref=str(pledge.ref), revision=str(pledge.revision), **kwargs)
