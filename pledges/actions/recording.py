"""A whole workbook of registrations taken over at once."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from pledges.actions.acts import CHUNK, Act, NotAllowedError
from pledges.actions.journal import journal_tail, write_events
from pledges.actions.parts import write_parts
from pledges.actions.register import Typed, fresh
from pledges.actions.transitions import note_pledges
from pledges.actions.versions import write_versions
from pledges.content import Parts
from pledges.models import Campaign, EventAction, Pledge, PledgeTier
from pledges.states import CampaignState, PledgeStatus


def record_many(lines: Sequence[Typed], *, act: Act) -> list[Pledge]:
    """Take over pledges that a workbook lists as registered: set-based, one journal row each.

    Lines whose `ref` is already there are left out, so twice the same file changes nothing.
    Completeness beyond a title and a deadline is not demanded: what the office did not tell
    stays unknown. Returns the pledges made, in the order of `lines`. Raises NotAllowedError for a
    campaign that is closed, and writes nothing then.
    """
    made: list[Pledge] = []
    with transaction.atomic():
        campaigns = Campaign.objects.filter(pk__in={line.tier.campaign_id for line in lines})
        if campaigns.filter(state=CampaignState.CLOSED).exists():
            raise NotAllowedError(_("The campaign is closed; nothing in it is changed any more."))
        for start in range(0, len(lines), CHUNK):
            made += _record_chunk(lines[start : start + CHUNK], act)
    return made


def _record_chunk(lines: Sequence[Typed], act: Act) -> list[Pledge]:
    known = set(Pledge.objects.filter(ref__in=[line.ref for line in lines]).values_list("ref", flat=True))
    new = [line for line in lines if line.ref not in known]
    pledges = []
    for line in new:
        pledge = fresh(line, act)
        pledge.submitted_on, pledge.submitted_at = line.on, act.at
        pledges.append(pledge)
    Pledge.objects.bulk_create(pledges, batch_size=CHUNK)
    write_parts({pledge.pk: line.parts or Parts() for pledge, line in zip(pledges, new, strict=True)})
    PledgeTier.objects.bulk_create(
        [PledgeTier(pledge=pledge, tier=pledge.tier, member_id=pledge.lead_member_id) for pledge in pledges]
    )
    write_versions(pledges, act)
    write_events(
        pledges,
        act=act,
        action=EventAction.SUBMITTED,
        to=PledgeStatus.SUBMITTED,
        versions={pledge.pk: 1 for pledge in pledges},
        days={pledge.pk: pledge.submitted_on for pledge in pledges},
        first=True,
    )
    Pledge.objects.filter(pk__in=[pledge.pk for pledge in pledges]).update(
        status=PledgeStatus.SUBMITTED, versions_made=1, **journal_tail()
    )
    note_pledges(pledges)
    return pledges
