"""Write the journal: one event a pledge, each hashed over the one before."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date
from itertools import groupby
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Count, Exists, F, OuterRef, Subquery

from cadres.streaming import in_pieces
from pledges.actions.acts import CHUNK, Act
from pledges.content import digest
from pledges.models import EventAction, Pledge, PledgeEvent, PledgeVersion
from pledges.states import PledgeStatus

# What a lead does himself or somebody who types for him; everything else is done by an office or a body.
TYPED = (EventAction.CREATED, EventAction.EDITED, EventAction.SUBMITTED, EventAction.WITHDRAWN)


def event_payload(event: PledgeEvent, ref: str) -> dict[str, Any]:
    """What the digest of an event covers; `check_journal` recomputes it from the row."""
    return {
        "pledge": ref,
        "seq": event.seq,
        "at": event.at.astimezone(UTC).isoformat(),
        "on": event.on.isoformat() if event.on else None,
        "actor": event.actor_id,
        "on_behalf_of": event.on_behalf_of_id,
        "channel": str(event.channel),
        "action": str(event.action),
        "from": str(event.from_status),
        "to": str(event.to_status),
        "version": event.version_no,
        "docket": event.docket_id,
        "note": event.note,
        "previous": event.previous,
    }


def write_events(
    pledges: Iterable[Pledge],
    *,
    act: Act,
    action: EventAction,
    to: PledgeStatus,
    notes: Mapping[int, str] | None = None,
    versions: Mapping[int, int] | None = None,
    days: Mapping[int, date | None] | None = None,
    first: bool = False,
) -> list[PledgeEvent]:
    """Append one event to each locked pledge (its columns still as before the act).

    `days` gives the day a pledge's act happened where they differ; `first` says the pledge is
    being created: its event has no status before it.
    """
    events = []
    for pledge in pledges:
        event = _event(pledge, act, action, to)
        event.on = (days or {}).get(pledge.pk, act.on)
        event.from_status = "" if first else pledge.status
        event.version_no = (versions or {}).get(pledge.pk)
        event.note = (notes or {}).get(pledge.pk, "")
        event.digest = digest(event_payload(event, str(pledge.ref)))
        events.append(event)
    return PledgeEvent.objects.bulk_create(events, batch_size=CHUNK)


def _event(pledge: Pledge, act: Act, action: EventAction, to: PledgeStatus) -> PledgeEvent:
    own = act.by.member_id if act.by else None
    behalf = pledge.lead_member_id if act.by and pledge.lead_member_id != own else None
    return PledgeEvent(
        pledge=pledge,
        seq=pledge.journal_seq + 1,
        at=act.at,
        on=act.on,
        actor=act.by,
        on_behalf_of_id=behalf if action in TYPED else None,
        channel=act.channel,
        action=action,
        to_status=to,
        docket=act.docket,
        previous=pledge.journal_head,
    )


def append_event(
    pledge: Pledge, *, act: Act, action: EventAction, to: PledgeStatus, version: int | None = None
) -> PledgeEvent:
    """The next event of a pledge that is not saved yet, which moves onto it in memory."""
    event = _event(pledge, act, action, to)
    event.from_status = pledge.status if pledge.journal_seq else ""
    event.version_no = version
    event.digest = digest(event_payload(event, str(pledge.ref)))
    follow(pledge, event)
    pledge.status = to
    return event


def follow(pledge: Pledge, event: PledgeEvent) -> None:
    """Move a pledge in memory onto an event appended to its journal, as `journal_tail` does in its row."""
    pledge.journal_seq, pledge.journal_head = event.seq, event.digest
    pledge.revision += 1


def journal_tail() -> dict[str, Any]:
    """Update expressions that move a pledge's journal columns onto the event just appended."""
    # Without the model's order, which PostgreSQL would sort by for every single row.
    appended = PledgeEvent.objects.order_by().filter(pledge=OuterRef("pk"), seq=OuterRef("journal_seq") + 1)
    return {
        "journal_seq": F("journal_seq") + 1,
        "journal_head": Subquery(appended.values("digest")[:1]),
        "revision": F("revision") + 1,
    }


def broken_chains(*, using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Refs of pledges whose journal does not add up: a gap, a changed row, a wrong tail, no row at all."""
    events = PledgeEvent.objects.using(using).order_by("pledge_id", "seq")
    events = events.annotate(
        ref=F("pledge__ref"), tail_seq=F("pledge__journal_seq"), tail=F("pledge__journal_head")
    )
    chains = groupby(in_pieces(events, 2000), key=lambda event: event.pledge_id)
    broken = {ref for _pk, chain in chains if (ref := _broken(chain))}
    silent = Pledge.objects.using(using).filter(~Exists(PledgeEvent.objects.filter(pledge=OuterRef("pk"))))
    return sorted(broken | {str(ref) for ref in silent.values_list("ref", flat=True)})


def _broken(chain: Iterable[Any]) -> str | None:
    """The ref of the pledge when its events, annotated with its tail, do not follow on one another."""
    holds, head, seq, event = True, "", 0, None
    for event in chain:
        payload = event_payload(event, str(event.ref))
        holds = holds and event.seq == seq + 1 and event.previous == head and event.digest == digest(payload)
        seq, head = event.seq, event.digest
    assert event is not None
    return None if holds and (seq, head) == (event.tail_seq, event.tail) else str(event.ref)


def altered_versions(*, using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Refs of pledges with a version that is missing or whose content is not what its digest covers."""
    versions = PledgeVersion.objects.using(using).order_by("pk")
    rows = in_pieces(versions.values_list("pledge__ref", "content", "digest"), 2000)
    altered = {str(ref) for ref, content, known in rows if digest(content) != known}
    counted = Pledge.objects.using(using).annotate(n=Count("versions")).exclude(n=F("versions_made"))
    return sorted(altered | {str(ref) for ref in counted.order_by().values_list("ref", flat=True)})
