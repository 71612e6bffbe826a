"""Note whom to call about a list that has not come."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cadres.access import person, signed_in
from cadres.actions.contacts import note_telephones, secretary_of
from pledges.forms.telephones import TelephonesForm
from pledges.permissions import can_keep_telephones
from pledges.views.list_requests import list_for, page_awaiting


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def telephones(request: HttpRequest, campaign: str, unit: str) -> HttpResponse:
    """The telephones of a unit that sends a list, and of its secretary."""
    tier, place = list_for(request, campaign, unit)
    user = person(request)
    if not can_keep_telephones(user, place):
        raise PermissionDenied(_("You do not note the telephones of this organisation."))
    back, secretary = page_awaiting(user, tier, place), secretary_of(place)
    data = request.POST if request.method == "POST" else None
    form = TelephonesForm(data, unit=place, secretary=secretary)
    if form.is_valid():
        note_telephones(
            place,
            phone=form.cleaned_data["phone"],
            secretary=secretary,
            secretary_phone=form.cleaned_data.get("secretary_phone", ""),
            by=user,
        )
        messages.success(request, _("The telephones of %(unit)s have been noted.") % {"unit": place.name})
        return redirect(back)
    context = {"tier": tier, "campaign": tier.campaign, "unit": place, "form": form, "back": back}
    return TemplateResponse(request, "pledges/committee_telephones.html", context)
