"""A campaign is closed on its official closing, and opened again only on a document."""

from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from cadres.models import User
from cadres.templatetags.display import day as shown
from pledges.actions.acts import NotAllowedError
from pledges.actions.campaign_stages import move_campaign
from pledges.models import Campaign
from pledges.permissions import can_run_campaign
from pledges.states import CampaignState
from reports.closing_reading import last_official
from reports.models import CampaignReopening, Closing


def close_campaign(campaign_id: int, *, by: User, on: date) -> Campaign:
    """Close a campaign on its last official closing; closed already, nothing happens.

    Raises NotAllowedError without the right, without such a closing, or from another stage.
    """
    campaign = Campaign.objects.select_related("host").get(pk=campaign_id)
    if not can_run_campaign(by, campaign.host):
        raise NotAllowedError(_("You do not run campaigns of this organisation."))
    closing = last_official(campaign)
    if closing is None:
        raise NotAllowedError(_("Close the figures officially first; the campaign is closed on that."))
    return move_campaign(campaign_id, to=CampaignState.CLOSED, by=by, on=on, document=_named(closing))


def _named(closing: Closing) -> str:
    assert closing.document_on is not None
    return f"{closing.document}, {shown(closing.document_on)}"


def reopen_campaign(
    campaign_id: int, *, document: str, document_on: date, reason: str, by: User, on: date
) -> Campaign:
    """Open a closed campaign again, on a document and with its reason.

    Raises NotAllowedError without the right, and for a campaign that is not closed: of two who do it
    at once one does.
    """
    campaign = Campaign.objects.select_related("host").get(pk=campaign_id)
    if not can_run_campaign(by, campaign.host):
        raise NotAllowedError(_("You do not run campaigns of this organisation."))
    with transaction.atomic():
        # Finds it closed and keeps it so to the end of the transaction, or finds nothing.
        closed = Campaign.objects.filter(pk=campaign_id, state=CampaignState.CLOSED)
        if not closed.update(state=F("state")):
            raise NotAllowedError(_("The campaign is not closed."))
        CampaignReopening.objects.create(
            campaign=campaign, document=document, document_on=document_on, reason=reason, by=by
        )
        named = f"{document}, {shown(document_on)}"
        return move_campaign(
            campaign_id, to=CampaignState.EVALUATING, by=by, on=on, note=reason, document=named
        )
