"""Where a page of a cell stands: the members' tier of the campaign and the cell."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from cadres.access import person
from cadres.models import Office, OfficeKind, Unit
from cadres.permissions import can_read_unit
from pledges.models import Tier, TierKind
from pledges.permissions import can_type_cell_list
from pledges.states import CampaignState


def cell_place(request: HttpRequest, campaign: str, code: str) -> tuple[Tier, Unit]:
    """The members' tier and the cell; 404 outside the reader's scope."""
    tiers = Tier.objects.filter(kind=TierKind.MEMBERS).exclude(campaign__state=CampaignState.DRAFT)
    tier = get_object_or_404(tiers.select_related("campaign__host"), campaign__code=campaign)
    cells = Unit.objects.cells().under(tier.campaign.host.path).select_related("parent")
    cell = get_object_or_404(cells, code=code)
    if not can_read_unit(person(request), cell):
        raise Http404
    return tier, cell


def typed_place(request: HttpRequest, campaign: str, code: str) -> tuple[Tier, Unit]:
    """The same for whoever types the list of the cell; 403 for who only reads it."""
    tier, cell = cell_place(request, campaign, code)
    if not can_type_cell_list(person(request), cell, tier):
        raise PermissionDenied(_("You cannot register for the members of this cell."))
    return tier, cell


def secretary_name(cell: Unit) -> str:
    """The name of the cell's secretary; empty while the post is vacant."""
    secretaries = Office.objects.filter(unit=cell, kind=OfficeKind.SECRETARY, end=None)
    office = secretaries.select_related("member").first()
    return office.member.name if office else ""
