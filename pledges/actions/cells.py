"""A cell's meeting (sinh hoạt chi bộ) recorded on its registration list."""

import uuid
from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from cadres.models import Body, BodyKind, Unit, User
from pledges.actions import dockets
from pledges.actions.acts import NotAllowedError
from pledges.actions.lists import mark_sent
from pledges.models import Docket, Pledge, Tier
from pledges.permissions import can_record_cell_meeting
from pledges.states import PledgeStatus


def awaiting_in(cell: Unit, tier: Tier) -> list[int]:
    """Keys of the cell's pledges that await its meeting."""
    waiting = Pledge.objects.filter(tier=tier, unit=cell, status=PledgeStatus.SUBMITTED)
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def record_meeting(
    *,
    cell: Unit,
    tier: Tier,
    meeting: dockets.Meeting,
    decisions: Mapping[int, dockets.Decision],
    by: User,
    day: date,
    ref: uuid.UUID,
    seen: Mapping[int, int] | None = None,
) -> Docket:
    """Record that the cell adopted its list; `decisions` by pledge, the others are adopted.

    Only pledges that await the meeting are touched, and of those, where `seen` is given (the
    version shown of each pledge), only what was on the list: what was registered or amended
    since waits for the next meeting. The list is sent to the level above the same day. The same
    `ref` twice is one meeting. Raises NotAllowedError.
    """
    if not can_record_cell_meeting(by, cell):
        raise NotAllowedError(_("You do not record the meetings of this cell."))
    body = Body.objects.select_related("unit").get(unit=cell, kind=BodyKind.CELL_MEETING, ended_on=None)
    with transaction.atomic():
        docket = dockets.build_docket(
            tier=tier,
            body=body,
            title=f"Sinh hoạt chi bộ ngày {meeting.on:%d/%m/%Y}",
            by=by,
            pledge_ids=_on_the_list(awaiting_in(cell, tier), seen),
            ref=ref,
        )
        by_line = {
            line.pk: decisions[line.pledge_id]
            for line in (docket.lines.all() if decisions else ())
            if line.pledge_id and line.pledge_id in decisions
        }
        docket = dockets.conclude(docket.pk, meeting=meeting, decisions=by_line, by=by, day=day)
        mark_sent(tier=tier, units=[cell], on=meeting.on, by=by)
    return docket


def _on_the_list(waiting: list[int], seen: Mapping[int, int] | None) -> list[int]:
    """Of the waiting pledges those in the version that was on the list."""
    if seen is None:
        return waiting
    made = dict(Pledge.objects.filter(pk__in=waiting).values_list("pk", "versions_made"))
    return [pk for pk in waiting if seen.get(pk) == made[pk]]
