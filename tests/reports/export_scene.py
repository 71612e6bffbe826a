"""Lists of a small district, asked for and written: four counted, three of them registered; one exempt."""

import uuid
from typing import Any

from cadres.models import Member, Standing, Unit
from cadres.outbox import note_changes
from pledges.models import Tier
from reports import counts
from reports.models import Export
from reports.tasks import export as work
from tests.factories import MemberFactory
from tests.reports.conftest import DAY, make_members, make_pledge

ASK = "/units/TAYHO/figures/registered/export/"


def people_of(cell: Unit, tier: Tier) -> list[Member]:
    """Four who are counted, all but the first registered; one exempt."""
    members = make_members(cell, 4)
    for member in members[1:]:
        make_pledge(member, tier, title="=1+1")
    MemberFactory(unit=cell, standing=Standing.EXEMPT)
    note_changes([cell.pk])
    counts.drain(DAY)
    return members


def asked(client: Any, query: str = "?part=denominator", *, at: str = ASK, **given: Any) -> Export:
    """An export as a page asks for it."""
    answer = client.post(at + query, {"ref": uuid.uuid4()} | given)
    assert answer.status_code == 302
    return Export.objects.get(ref=answer.url.split("/")[2])


def written(export: Export) -> Export:
    """The export as its worker leaves it."""
    work(export.pk)
    export.refresh_from_db()
    return export


def fetched(client: Any, export: Export) -> bytes:
    """Its file, as its owner takes it."""
    answer = client.get(f"/exports/{export.ref}/file/")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)
