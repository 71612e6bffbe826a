"""The level above asks a unit to amend a list it has sent (đề nghị chỉnh sửa danh sách)."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cadres.models import Body, BodyKind, RecordEvent, Unit, User
from cadres.outbox import note_changes
from pledges import queries
from pledges.actions import telling
from pledges.actions.acts import NotAllowedError
from pledges.models import ListRequest, SentList, Tier
from pledges.permissions import can_ask_to_amend
from pledges.states import CampaignState


def ask_to_amend(*, tier: Tier, unit: Unit, note: str, by: User, on: date) -> ListRequest:
    """Ask a unit to amend its list: the list is no longer sent until the unit sends it again.

    Twice is one request: while one is open it is the answer, whatever the second one says.
    Raises NotAllowedError without reasons, for a list that was not sent or is endorsed, and for
    one that lies on a docket before its meeting: there the meeting asks.
    """
    if not can_ask_to_amend(by, tier, unit):
        raise NotAllowedError(_("You do not ask this organisation to amend its list."))
    if not note.strip():
        raise NotAllowedError(_("Say what is to be amended."))
    if tier.campaign.state == CampaignState.CLOSED:
        raise NotAllowedError(_("The campaign is closed; nothing in it is changed any more."))
    with transaction.atomic():
        _lock_bodies(unit)
        if found := _open_request(tier, unit):
            return found
        if queries.pending_lists(tier).filter(unit=unit).exists():
            raise NotAllowedError(
                _("The list lies on a docket: ask for the amendment when the meeting is recorded.")
            )
        # One statement judges and writes: a list endorsed in the same instant is left alone.
        gone, _rows = SentList.objects.filter(tier=tier, unit=unit, endorsed_by=None).delete()
        if not gone:
            raise NotAllowedError(_why_not(tier, unit))
        return _ask(tier, unit, note.strip(), by, on)


def _lock_bodies(unit: Unit) -> None:
    """Whoever puts the list on a docket locks the body too (`building.add_lines`): one of the two waits."""
    above = Body.objects.select_for_update(of=("self",), no_key=True).filter(
        unit__path__in=unit.ancestor_paths(), kind=BodyKind.STANDING_COMMITTEE, ended_on=None
    )
    list(above.order_by("pk"))


def _open_request(tier: Tier, unit: Unit) -> ListRequest | None:
    return ListRequest.objects.filter(tier=tier, unit=unit, answered_at=None).first()


def _why_not(tier: Tier, unit: Unit) -> str:
    if SentList.objects.filter(tier=tier, unit=unit).exists():
        return _("The list has been endorsed; what a meeting decided stays.")
    return _("The list has not been sent, so there is nothing to send back.")


def _ask(tier: Tier, unit: Unit, note: str, by: User, on: date) -> ListRequest:
    try:
        with transaction.atomic():
            made = ListRequest.objects.create(tier=tier, unit=unit, on=on, by=by, note=note)
    except IntegrityError:  # the constraint listrequest_one_open: somebody else asked in the same instant
        found = _open_request(tier, unit)
        assert found is not None
        return found
    RecordEvent.objects.create(
        actor=by,
        action="list_amendment_asked",
        unit=unit,
        data={"campaign": tier.campaign.code, "tier": tier.kind, "on": on.isoformat()},
    )
    note_changes([unit.pk], campaign=tier.campaign_id)
    telling.list_asked(made)
    return made
