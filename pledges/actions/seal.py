"""The nightly check of the journals and their seal (niêm phong): one digest over every head.

A chain shows that one of its rows was changed; only the seal shows a chain that was written anew as
a whole, or a row of the journal of records that is gone. Each seal covers the one before.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, timedelta
from itertools import groupby
from typing import Any

from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import Max
from django.utils import timezone

from cadres import clock
from cadres.guards import missing_guards
from cadres.models import RecordEvent
from cadres.streaming import in_pieces
from pledges.actions.journal import altered_versions, broken_chains
from pledges.content import digest
from pledges.models import Pledge, PledgeEvent

SEALED, CHECKED = "journal_sealed", "journal_checked"
# A transaction that writes events ends well before: what is sealed does not grow rows behind the seal.
SETTLED = timedelta(minutes=15)


def problems(*, using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """What does not add up, a line each: chains, versions, the last seal, guards of the tables."""
    with transaction.atomic(using=using):  # one snapshot: what is being written now is no fault
        found = [f"journal of pledge {ref} does not add up" for ref in broken_chains(using=using)]
        altered = altered_versions(using=using)
        found += [f"a version of pledge {ref} was altered or is missing" for ref in altered]
        found += _broken_seal(using)
    return found + [f"table {table} has no guard against changes" for table in missing_guards()]


def check_and_seal(*, settled: timedelta = SETTLED) -> list[str]:
    """Check as every night and keep the result; a journal that adds up is sealed. Returns the problems."""
    found = problems(using="reader")
    data = {
        "problems": len(found),
        "pledges": Pledge.objects.count(),
        "events": PledgeEvent.objects.count(),
        "records": RecordEvent.objects.count(),
    }
    RecordEvent.objects.create(action=CHECKED, data=data)
    if not found:
        seal(settled=settled)
    return found


def seal(*, settled: timedelta = SETTLED) -> RecordEvent | None:
    """Seal everything recorded longer ago than `settled`; None while there is nothing."""
    until, last = clock.now() - settled, last_seal()
    data: dict[str, Any] = {
        "last_event": PledgeEvent.objects.filter(at__lte=until).aggregate(pk=Max("pk"))["pk"] or 0,
        "last_record": RecordEvent.objects.filter(at__lte=until).aggregate(pk=Max("pk"))["pk"] or 0,
        "previous": last.data["digest"] if last else "",
    }
    if not (data["last_event"] or data["last_record"]):
        return None
    data["digest"], data["pledges"] = _digest(data, DEFAULT_DB_ALIAS)
    return RecordEvent.objects.create(action=SEALED, data=data)


def last_seal(*, using: str = DEFAULT_DB_ALIAS) -> RecordEvent | None:
    """The seal written last."""
    return RecordEvent.objects.using(using).filter(action=SEALED).order_by("-pk").first()


def _broken_seal(using: str) -> list[str]:
    last = last_seal(using=using)
    if last is None or _digest(last.data, using)[0] == last.data["digest"]:
        return []
    return [f"the journals are no longer what was sealed at {timezone.localtime(last.at):%d/%m/%Y %H:%M}"]


def _digest(data: dict[str, Any], using: str) -> tuple[str, int]:
    """The digest over heads and records up to what `data` names, and how many pledges it covers."""
    whole, pledges = hashlib.sha256(str(data["previous"]).encode()), 0
    for ref, seq, head in _heads(int(data["last_event"]), using):
        whole.update(f"\n{ref} {seq} {head}".encode())
        pledges += 1
    for line in _records(int(data["last_record"]), using):
        whole.update(f"\n{line}".encode())
    return whole.hexdigest(), pledges


def _heads(last: int, using: str) -> Iterator[tuple[str, int, str]]:
    """Of each pledge the last event up to the row `last`."""
    events = PledgeEvent.objects.using(using).filter(pk__lte=last).order_by("pledge_id", "seq")
    rows = in_pieces(events.values_list("pledge__ref", "seq", "digest"), 2000)
    for _ref, chain in groupby(rows, key=lambda row: row[0]):
        *_before, (ref, seq, head) = chain
        yield str(ref), seq, head


def _records(last: int, using: str) -> Iterator[str]:
    """The digest of each row of the journal of records up to the row `last`."""
    events = RecordEvent.objects.using(using).filter(pk__lte=last).order_by("pk")
    for event in in_pieces(events, 2000):
        yield digest(
            {
                "row": event.pk,
                "at": event.at.astimezone(UTC).isoformat(),
                "actor": event.actor_id,
                "action": event.action,
                "unit": event.unit_id,
                "member": event.member_id,
                "user": event.user_id,
                "data": event.data,
            }
        )
