"""Looking for partners of a pledge while somebody types: names go by POST and come back as JSON."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cadres.access import person, signed_in
from pledges.models import Campaign
from pledges.partners import find
from pledges.permissions import can_look_for_partners
from pledges.states import CampaignState


@signed_in
@require_POST
def partners(request: HttpRequest, campaign: str) -> HttpResponse:
    """Organisations and comrades whose names hold what was typed, for who fills in the full form."""
    rows = Campaign.objects.select_related("host").exclude(state=CampaignState.DRAFT)
    found, user = get_object_or_404(rows, code=campaign), person(request)
    if not can_look_for_partners(user, found):
        raise PermissionDenied(_("Partners are looked for while the full form is filled in."))
    answers = find(request.POST.get("term", "")[:100], found, user)
    return JsonResponse(
        {"found": [{"key": one.key, "name": one.name, "note": one.note} for one in answers]},
        headers={"Cache-Control": "no-store"},
    )
