"""The pages of a committee: where they are, what they say, who stands on them."""

import re
import uuid
from typing import Any

from django.http import HttpResponse
from django.utils.html import strip_tags

from cadres.models import Member, Office, OfficeKind, Unit
from pledges.actions.endorsements import build_endorsement
from pledges.models import Docket
from tests.factories import START, MemberFactory
from tests.pledges.docket_scene import Ward, conclude

MEETING = {"on": "26/03/2024", "presided_by": "Đồng chí Bí thư", "present": "9", "agreed": "9", "minutes": ""}


def text_of(response: HttpResponse) -> str:
    """The text of a page, its spaces as one."""
    return re.sub(r"\s+", " ", strip_tags(response.content.decode()))


def at(unit: Unit, page: str = "") -> str:
    """A page of a committee."""
    return f"/campaigns/DV-2024/committees/{unit.code}/{page}"


def ref() -> dict[str, str]:
    """What every form of these pages sends."""
    return {"ref": str(uuid.uuid4())}


def units(response: Any) -> list[Unit]:
    """The units listed."""
    return [row.unit for row in response.context["rows"]]


def secretary(cell: Unit, **member: Any) -> Member:
    """The secretary in the roster."""
    found = MemberFactory(unit=cell, **member)
    Office.objects.create(member=found, unit=cell, kind=OfficeKind.SECRETARY, start=START)
    return found


def endorsed(place: Ward) -> Docket:
    """A docket of everything sent, concluded."""
    docket = build_endorsement(tier=place.tier, body=place.body, title="Danh sách", by=place.officer)
    return conclude(docket, place.officer)
