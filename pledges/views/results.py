"""Results of a year: which of them the office tells as notable."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cadres.access import person, signed_in
from pledges.actions import results
from pledges.actions.acts import NotAllowedError
from pledges.permissions import can_vet, visible_pledges


@signed_in
@require_POST
def feature(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Choose a result as notable (featured=1), or no longer (featured=0)."""
    user = person(request)
    pledge = get_object_or_404(visible_pledges(user).select_related("campaign__host"), ref=ref)
    if not can_vet(user, pledge.campaign):
        raise PermissionDenied(_("Notable results are chosen by the organisation board."))
    featured = request.POST.get("featured") == "1"
    try:
        results.feature(pledge.pk, featured=featured, by=user)
    except NotAllowedError as error:
        messages.warning(request, str(error))
    else:
        told = _("Told among the notable results.") if featured else _("No longer among the notable results.")
        messages.success(request, told)
    return redirect("pledges:detail", ref=ref)
