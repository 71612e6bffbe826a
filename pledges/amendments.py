"""Lists that the level above asked to amend and that have not come again: who asked, when and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef

from cadres.models import Unit
from pledges.models import DocketLine, ListRequest, SentList, Tier
from pledges.states import Outcome


@dataclass(frozen=True)
class Amendment:
    """What is asked of a unit, whether by a meeting of a body or by its office between two meetings."""

    unit_id: int
    on: date | None
    who: str
    note: str


def asked_of(tier: Tier, units: Iterable[Unit]) -> dict[int, Amendment]:
    """By unit, the last amendment asked of a list that is not sent again yet: two queries for any number."""
    keys = [unit.pk for unit in units]
    sent_again = SentList.objects.filter(tier=tier, unit=OuterRef("unit"))
    lines = DocketLine.objects.filter(
        ~Exists(sent_again), docket__tier=tier, unit__in=keys, outcome=Outcome.RETURN
    )
    requests = ListRequest.objects.filter(tier=tier, unit__in=keys, answered_at=None).select_related("by")
    found = [
        (
            line.docket.concluded_at,
            Amendment(line.unit_id, line.docket.meeting_on, line.docket.body.name, line.note),
        )
        for line in lines.select_related("docket__body")
        if line.unit_id and line.docket.concluded_at
    ]
    found += [(row.at, Amendment(row.unit_id, row.on, row.by.display_name, row.note)) for row in requests]
    return {amendment.unit_id: amendment for _at, amendment in sorted(found, key=lambda pair: pair[0])}
