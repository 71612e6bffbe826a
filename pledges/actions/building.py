"""A docket before its meeting: built from what awaits the body, added to, taken off, dissolved."""

import uuid
from collections.abc import Collection
from itertools import count

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cadres.models import Body, BodyKind, User
from pledges import queries
from pledges.actions import telling
from pledges.actions.acts import CHUNK, NotAllowedError
from pledges.models import (
    DeskJob,
    Docket,
    DocketLine,
    LineOpinion,
    Matter,
    OpinionSheet,
    Pledge,
    StepMode,
    Tier,
    Vetting,
)
from pledges.permissions import can_build_for
from pledges.states import DocketState


def build_docket(
    *,
    tier: Tier,
    body: Body,
    title: str,
    by: User | None,
    pledge_ids: Collection[int] = (),
    unit_ids: Collection[int] = (),
    supplementary: bool = False,
    mode: str | None = None,
    ref: uuid.UUID | None = None,
    asks: bool = True,
) -> Docket:
    """Put submitted pledges, or lists of units, on a body's list for a meeting.

    `mode` is what the body does with them, by the route unless told. Above the cell what was
    registered after the window has a docket of its own (`supplementary`). Pledges and lists that do
    not await the body are left out; the version last submitted is the one spoken on. The same `ref`
    twice gives the first docket. Raises NotAllowedError when nothing is left to put on it, or when
    the `ref` belongs to another body's docket. `asks`: its members are told that it awaits their opinions.
    """
    with transaction.atomic():
        mode = StepMode.ENDORSES if unit_ids else mode or queries.mode_of(tier, body)
        named = {
            "campaign": tier.campaign,
            "tier": tier,
            "body": body,
            "title": title,
            "supplementary": supplementary,
            "mode": mode,
            "created_by": by,
        }
        docket, made = Docket.objects.get_or_create(ref=ref or uuid.uuid4(), defaults=named)
        if (docket.tier_id, docket.body_id) != (tier.pk, body.pk):
            raise NotAllowedError(_("This form belongs to another docket."))
        if made and not add_lines(docket, pledge_ids=pledge_ids, unit_ids=unit_ids, is_new=True):
            raise NotAllowedError(_("Nothing on the list awaits this body."))
        if made and asks:
            telling.opened(docket, by=by)
    return docket


def add_lines(
    docket: Docket,
    *,
    pledge_ids: Collection[int] = (),
    unit_ids: Collection[int] = (),
    is_new: bool = False,
) -> int:
    """Append lines for pledges and lists that await the body; returns how many.

    A pledge that stands on the docket already, in the version it had before an amendment, keeps its
    line and what was said of it; the line takes the new version. `is_new`: it has no line yet.
    """
    versions = _versions_awaiting(docket, pledge_ids)
    is_cell = docket.body.kind == BodyKind.CELL_MEETING  # whose list no board has vetted
    proposals = {} if is_cell else _proposals(list(versions.values()))
    amended = [] if is_new else list(docket.lines.filter(pledge__in=versions))
    for line in amended:
        version = versions.pop(line.pledge_id or 0)
        line.version_id, (line.proposal, line.proposal_note) = version, proposals.get(version, ("", ""))
    DocketLine.objects.bulk_update(amended, ["version", "proposal", "proposal_note"], batch_size=CHUNK)
    last = None if is_new else docket.lines.aggregate(last=Max("order"))["last"]
    numbers = count((last or 0) + 1)
    lines = [
        _line(docket, next(numbers), pledge, version, *proposals.get(version, ("", "")))
        for pledge, version in versions.items()
    ]
    lines += [
        DocketLine(docket=docket, order=next(numbers), matter=Matter.ENDORSE_LIST, unit_id=unit)
        for unit in _lists_awaiting(docket, unit_ids)
    ]
    return len(DocketLine.objects.bulk_create(lines, batch_size=CHUNK)) + len(amended)


def _line(docket: Docket, order: int, pledge: int, version: int, proposal: str, note: str) -> DocketLine:
    return DocketLine(
        docket=docket,
        order=order,
        matter=Matter.REGISTER,
        pledge_id=pledge,
        version_id=version,
        proposal=proposal,
        proposal_note=note,
    )


def _proposals(version_ids: list[int]) -> dict[int, tuple[str, str]]:
    """By version, what the organisation board proposes on it, with its reasons."""
    found: dict[int, tuple[str, str]] = {}
    for start in range(0, len(version_ids), CHUNK):
        rows = Vetting.objects.filter(version__in=version_ids[start : start + CHUNK])
        found |= {
            version: (proposal, note)
            for version, proposal, note in rows.order_by().values_list("version", "proposal", "note")
        }
    return found


def _versions_awaiting(docket: Docket, pledge_ids: Collection[int]) -> dict[int, int]:
    """Of the pledges those that await the body, each with its version; they are locked from here on."""
    ids = sorted(set(pledge_ids))
    # Locked before they are judged: two dockets built at once never hold the same pledge.
    locked: set[int] = set()
    for start in range(0, len(ids), CHUNK):
        rows = Pledge.objects.select_for_update(of=("self",), no_key=True).filter(
            pk__in=ids[start : start + CHUNK]
        )
        locked.update(rows.order_by("pk").values_list("pk", flat=True))
    if not locked:
        return {}
    versions = queries.versions_awaiting(docket.tier, docket.body, docket.mode)
    if docket.body.kind != BodyKind.CELL_MEETING:
        versions = versions.filter(queries.of_lane("pledge__", supplementary=docket.supplementary))
    found = versions.values_list("pledge_id", "pk")
    return {pledge: version for pledge, version in found if pledge in locked}


def _lists_awaiting(docket: Docket, unit_ids: Collection[int]) -> list[int]:
    if not unit_ids:
        return []
    # Locked before it is judged: two dockets built at once never hold the same list.
    Body.objects.select_for_update(of=("self",), no_key=True).get(pk=docket.body_id)
    wanted = set(unit_ids)
    waiting = queries.lists_awaiting(docket.tier, docket.body).order_by("path")
    return [pk for pk in waiting.values_list("pk", flat=True) if pk in wanted]


def lock_docket(docket_id: int) -> Docket:
    """The docket, locked; call inside a transaction. Raises NotAllowedError once it was dissolved."""
    rows = Docket.objects.select_for_update(of=("self",), no_key=True)
    related = rows.select_related("campaign__host", "tier__campaign__host", "body__unit")
    docket = related.filter(pk=docket_id).first()
    if docket is None:
        raise NotAllowedError(_("The docket has been dissolved meanwhile."))
    return docket


def _open_docket(docket_id: int, by: User) -> Docket:
    """The docket, locked. Raises NotAllowedError once it was concluded, and to who does not build it."""
    docket = lock_docket(docket_id)
    if not can_build_for(by, docket.campaign, docket.body):
        raise NotAllowedError(_("You do not make dockets for this body."))
    if docket.state != DocketState.OPEN:
        raise NotAllowedError(_("The meeting has been recorded: the list is not changed any more."))
    return docket


def add_awaiting(docket_id: int, *, by: User) -> int:
    """Put on an open docket everything that awaits its body by now; returns how many lines. Twice is once.

    Raises NotAllowedError.
    """
    with transaction.atomic():
        docket = _open_docket(docket_id, by)
        if docket.mode == StepMode.ENDORSES:
            lists = queries.lists_awaiting(docket.tier, docket.body)
            return add_lines(docket, unit_ids=list(lists.values_list("pk", flat=True)))
        waiting = queries.awaiting_body(docket.tier, docket.body, docket.mode)
        return add_lines(docket, pledge_ids=list(waiting.values_list("pk", flat=True)))


def take_off(docket_id: int, line_ids: Collection[int], *, by: User) -> int:
    """Take lines off an open docket: what they are about awaits the body again. Returns how many.

    A line on which a member has given an opinion of its own stays for the meeting; so does the last
    line, which only `dissolve` takes away. The numbers of the other lines stay as they are. Raises
    NotAllowedError.
    """
    with transaction.atomic():
        docket = _open_docket(docket_id, by)
        lines = docket.lines.filter(pk__in=line_ids)
        if LineOpinion.objects.filter(line__in=lines).exists():
            raise NotAllowedError(_("Members have given their opinion on this line: the meeting decides."))
        if not docket.lines.exclude(pk__in=line_ids).exists():
            raise NotAllowedError(_("This is the last line: dissolve the docket instead."))
        return lines.delete()[0]


def dissolve(docket_id: int, *, by: User) -> bool:
    """Do away with a docket that nobody has spoken on: its lines await the body again. Twice is once.

    Returns whether it was there. Raises NotAllowedError.
    """
    with transaction.atomic():
        # Whoever comes second waits here until the first has done away with it.
        if not Docket.objects.select_for_update(no_key=True).filter(pk=docket_id).first():
            return False
        docket = _open_docket(docket_id, by)
        if OpinionSheet.objects.filter(docket=docket).exists():
            raise NotAllowedError(_("Members have given their opinion: the meeting decides."))
        DeskJob.objects.filter(docket=docket).update(docket=None)
        docket.lines.all().delete()
        docket.delete()
    return True
