"""Lists go upwards: a cell's after its meeting, a committee's once it has endorsed its cells."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from cadres import clock
from cadres.models import Unit, User
from cadres.outbox import note_changes
from pledges.actions import telling
from pledges.actions.acts import NotAllowedError
from pledges.models import Docket, DocketLine, ListRequest, SentList, Tier
from pledges.permissions import can_record_cell_meeting, can_send_list
from pledges.queries import cell_pledges, tier_pledges
from pledges.states import Outcome


def mark_sent(*, tier: Tier, units: Sequence[Unit], on: date, by: User | None) -> list[SentList]:
    """Note that the lists of the units were sent; a list already sent is left as it is.

    What the level above asked to be amended is answered by it.
    """
    with transaction.atomic():
        known = set(SentList.objects.filter(tier=tier, unit__in=units).values_list("unit_id", flat=True))
        rows = [
            SentList(tier=tier, unit=unit, sent_on=on, sent_by=by) for unit in units if unit.pk not in known
        ]
        made = SentList.objects.bulk_create(rows, ignore_conflicts=True)
        sending = [row.unit_id for row in rows]
        requests = ListRequest.objects.filter(tier=tier, unit__in=sending, answered_at=None)
        requests.update(answered_at=clock.now())
        note_changes(sending, campaign=tier.campaign_id)
        telling.sent(tier, sending, by=by)
    return made


def send_cell_list(*, tier: Tier, cell: Unit, on: date, by: User) -> bool:
    """Send a cell's list again that the level above had sent back, once nothing on it awaits a meeting.

    Returns whether it was sent now. Raises NotAllowedError.
    """
    if not can_record_cell_meeting(by, cell):
        raise NotAllowedError(_("You do not send the list of this cell."))
    pledges = cell_pledges(cell, tier)
    if pledges.awaiting_meeting().exists():
        raise NotAllowedError(_("Some registrations await the cell's meeting; record it first."))
    if not pledges.approved().exists():
        raise NotAllowedError(_("The cell has adopted no registration yet."))
    return bool(mark_sent(tier=tier, units=[cell], on=on, by=by))


def send_upwards(*, tier: Tier, unit: Unit, on: date, by: User) -> bool:
    """A grassroots committee sends its list: the cells it has endorsed, or its own cadres it has approved.

    Returns whether it was sent now; a list already sent is left as it is. Raises NotAllowedError.
    """
    if not can_send_list(by, unit):
        raise NotAllowedError(_("You do not send the list of this committee."))
    if reason := _why_not_upwards(tier, unit):
        raise NotAllowedError(reason)
    return bool(mark_sent(tier=tier, units=[unit], on=on, by=by))


def _why_not_upwards(tier: Tier, unit: Unit) -> str | None:
    """The reason why there is nothing to send yet, or None."""
    if tier.is_listed:
        approved = tier_pledges(tier).approved().filter(unit__path__startswith=unit.path)
        return None if approved.exists() else _("No registration of a cadre has been approved yet.")
    below = SentList.objects.filter(tier=tier, unit__path__startswith=unit.path).exclude(unit=unit)
    endorsed = below.filter(endorsed_by__isnull=False).exists()
    return None if endorsed else _("No list of a cell has been endorsed yet.")


def settle_lists(docket: Docket, lines: Sequence[DocketLine]) -> None:
    """At a conclusion: approved lists are endorsed, lists to amend go back to their unit.

    A list that another docket has endorsed or sent back meanwhile is left alone and its line,
    not saved here, becomes void.
    """
    lists = SentList.objects.filter(tier=docket.tier)
    endorsed = [line.unit_id for line in lines if line.outcome == Outcome.APPROVE]
    back = [line.unit_id for line in lines if line.outcome == Outcome.RETURN]
    # One statement judges and writes: of two meetings recorded at once only one endorses a list.
    lists.filter(unit__in=endorsed, endorsed_by=None).update(endorsed_by=docket)
    settled = set(lists.filter(unit__in=endorsed, endorsed_by=docket).values_list("unit_id", flat=True))
    unsettled = lists.filter(unit__in=back, endorsed_by=None)
    settled |= set(unsettled.values_list("unit_id", flat=True))
    unsettled.delete()
    for line in lines:
        if line.outcome in (Outcome.APPROVE, Outcome.RETURN) and line.unit_id not in settled:
            line.outcome = Outcome.VOID
    note_changes(settled, campaign=docket.campaign_id)


def correct_lists(docket: Docket, first: Docket, lines: Sequence[DocketLine]) -> None:
    """What a correcting act decides on lists instead of the first; a list that has moved on is void.

    A list counts as moved on once its endorsement is no longer that of the first act.
    """
    if not lines:
        return
    units = [line.unit_id for line in lines]
    rows = SentList.objects.select_for_update(of=("self",), no_key=True).filter(
        tier=docket.tier, unit__in=units
    )
    standing = {row.unit_id: row for row in rows.order_by("pk") if row.endorsed_by_id in (None, first.pk)}
    by_outcome: dict[str, list[int]] = {}
    for line in lines:
        row = standing.get(line.unit_id or 0)
        if row is None:
            line.outcome = Outcome.VOID
        else:
            by_outcome.setdefault(line.outcome, []).append(row.pk)
    lists = SentList.objects.filter(tier=docket.tier)
    lists.filter(pk__in=by_outcome.get(Outcome.APPROVE, ())).update(endorsed_by=docket)
    lists.filter(pk__in=by_outcome.get(Outcome.HOLD, ())).update(endorsed_by=None)
    lists.filter(pk__in=by_outcome.get(Outcome.RETURN, ())).delete()
    note_changes(sorted(standing), campaign=docket.campaign_id)
