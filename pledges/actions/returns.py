"""What a return asks: reasons of the office's list and words of one's own, kept apart and as one text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cadres.text import fold
from pledges.actions.acts import CHUNK, Act
from pledges.models import Pledge, PledgeReturn, PledgeVersion, ReturnPoint, ReturnReason
from pledges.ready_lists import RETURN_REASONS


@dataclass(frozen=True)
class Asked:
    """Reasons of the office's list, by the words they have on it, and a note."""

    reasons: tuple[str, ...] = ()
    note: str = ""

    @property
    def text(self) -> str:
        """All of it as plain text: one reason a line, then the note."""
        return "\n".join([*self.reasons, self.note] if self.note.strip() else self.reasons)


def text_of(asked: Asked | str) -> str:
    """What is asked, as the journal keeps it."""
    return asked.text if isinstance(asked, Asked) else asked


def write_returns(pledges: Sequence[Pledge], asked: Mapping[int, Asked | str], act: Act) -> None:
    """Keep what was asked of locked pledges just returned: four statements, however many there are.

    A meeting writes plain text: a line of it that stands on the host's list is a point like one ticked.
    """
    if not pledges:
        return
    reasons = _reasons_of({pledge.campaign.host_id for pledge in pledges})
    keys = {pledge.pk for pledge in pledges}
    versions = PledgeVersion.objects.filter(pledge__in=keys).last_sent().keys_by_pledge()
    told = [
        (pledge, *_read(asked[pledge.pk], reasons[pledge.campaign.host_id]))
        for pledge in pledges
        if pledge.pk in versions
    ]
    rows = PledgeReturn.objects.bulk_create(
        [
            PledgeReturn(
                pledge=pledge,
                version_id=versions[pledge.pk],
                docket=act.docket,
                on=act.on,
                at=act.at,
                by=act.by,
                note=note,
            )
            for pledge, _points, note in told
        ],
        batch_size=CHUNK,
    )
    ReturnPoint.objects.bulk_create(
        [
            ReturnPoint(pledge_return=row, order=order, reason=reason, label=label, field=field)
            for row, (_pledge, points, _note) in zip(rows, told, strict=True)
            for order, (label, field, reason) in enumerate(points, start=1)
        ],
        batch_size=CHUNK,
    )


Point = tuple[str, str, ReturnReason | None]


def _reasons_of(hosts: set[int]) -> dict[int, dict[str, Point]]:
    """Reasons in force by host, each under its folded words; the ready ones of a host that keeps none."""
    found: dict[int, dict[str, Point]] = {}
    for reason in ReturnReason.objects.filter(host__in=hosts):
        points = found.setdefault(reason.host_id, {})
        if reason.ended_on is None:
            points[fold(reason.label)] = (reason.label, reason.field, reason)
    ready: dict[str, Point] = {fold(label): (label, field, None) for label, field in RETURN_REASONS}
    return {host: found.get(host, ready) for host in hosts}


def _read(asked: Asked | str, reasons: Mapping[str, Point]) -> tuple[list[Point], str]:
    """The points of what is asked, and the note that is left."""
    if isinstance(asked, Asked):
        return [_point(label, reasons) for label in asked.reasons], asked.note
    lines = asked.splitlines()
    listed = [line.strip().rstrip(".;") for line in lines if fold(line.strip().rstrip(".;")) in reasons]
    left = [line for line in lines if fold(line.strip().rstrip(".;")) not in reasons]
    return [_point(label, reasons) for label in dict.fromkeys(listed)], "\n".join(left).strip()


def _point(label: str, reasons: Mapping[str, Point]) -> Point:
    return reasons.get(fold(label), (label, "", None))
