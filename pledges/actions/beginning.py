"""New pledges with all that begins with them: journal, tiers, parts, and a version where they are sent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pledges.actions.acts import CHUNK, Act
from pledges.actions.journal import append_event
from pledges.actions.parts import write_parts
from pledges.actions.versions import next_version
from pledges.content import Parts
from pledges.models import EventAction, Pledge, PledgeEvent, PledgeTier, PledgeVersion, TierKind
from pledges.states import PledgeStatus


@dataclass(frozen=True, kw_only=True)
class New:
    """A pledge that is not saved yet, as a draft; `sends` submits it in the same act."""

    pledge: Pledge
    sends: bool
    parts: Parts = field(default_factory=Parts)


def begin(new: Sequence[New], counted: Iterable[PledgeTier], *, act: Act) -> None:
    """Write new pledges and the tiers they are `counted` in, each row as it is in the end.

    A statement a table for all of them. Who calls has judged them under the locks of their leads.
    """
    events: list[PledgeEvent] = []
    versions: list[PledgeVersion] = []
    for one in new:
        events.append(append_event(one.pledge, act=act, action=EventAction.CREATED, to=PledgeStatus.DRAFT))
        if one.sends:
            versions.append(next_version(one.pledge, one.parts, (), act))
            events.append(_sent(one.pledge, act))
    pledges = Pledge.objects.bulk_create([one.pledge for one in new], batch_size=CHUNK)
    PledgeEvent.objects.bulk_create(events, batch_size=CHUNK)
    PledgeTier.objects.bulk_create(counted, batch_size=CHUNK)
    write_parts({pledge.pk: one.parts for pledge, one in zip(pledges, new, strict=True)})
    PledgeVersion.objects.bulk_create(versions, batch_size=CHUNK)


def _sent(pledge: Pledge, act: Act) -> PledgeEvent:
    pledge.versions_made += 1
    pledge.submitted_on, pledge.submitted_at = act.on, act.at
    if pledge.tier.kind == TierKind.MEMBERS and pledge.lead_member is not None:
        pledge.unit = pledge.lead_member.unit  # a member's pledge is registered where he stands
    return append_event(
        pledge,
        act=act,
        action=EventAction.SUBMITTED,
        to=PledgeStatus.SUBMITTED,
        version=pledge.versions_made,
    )
