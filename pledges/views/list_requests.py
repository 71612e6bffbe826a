"""Ask a unit to amend the list it has sent, with the reasons."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cadres import clock
from cadres.access import person, signed_in
from cadres.models import Unit, User
from cadres.permissions import can_read_unit, scope_of
from cadres.roles import Role
from pledges import queries
from pledges.actions.acts import NotAllowedError
from pledges.actions.list_requests import ask_to_amend
from pledges.forms.list_requests import ListRequestForm
from pledges.models import ListRequest, SentList, Tier, TierKind
from pledges.permissions import can_ask_to_amend
from pledges.states import CampaignState
from pledges.views.committees import lists_url


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, campaign: str, unit: str) -> HttpResponse:
    """The list that was sent, and the reasons why it is to be amended."""
    tier, place = list_for(request, campaign, unit)
    user = person(request)
    if not can_ask_to_amend(user, tier, place):
        raise PermissionDenied(_("You do not ask this organisation to amend its list."))
    back = page_awaiting(user, tier, place)
    if request.method != "POST" and not SentList.objects.filter(tier=tier, unit=place).exists():
        messages.info(request, _("This list is with the organisation; it has to be sent first."))
        return redirect(back)
    form = ListRequestForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and (asked := _ask(user, tier, place, form)):
        if asked.by_id == user.pk and asked.note == form.cleaned_data["note"].strip():
            messages.success(request, _("%(unit)s has been asked to amend its list.") % {"unit": place.name})
        else:
            messages.warning(request, _("Somebody had already asked for an amendment of this list."))
        return redirect(back)
    return TemplateResponse(
        request,
        "pledges/committee_amend.html",
        {
            "tier": tier,
            "campaign": tier.campaign,
            "unit": place,
            "form": form,
            "back": back,
            "sent": SentList.objects.filter(tier=tier, unit=place).first(),
            "adopted": queries.tier_pledges(tier)
            .approved()
            .filter(unit__path__startswith=place.path)
            .count(),
        },
    )


def list_for(request: HttpRequest, campaign: str, code: str) -> tuple[Tier, Unit]:
    """The members' tier and a unit that sends a list; 404 for strangers."""
    tiers = Tier.objects.filter(kind=TierKind.MEMBERS).exclude(campaign__state=CampaignState.DRAFT)
    tier = get_object_or_404(tiers.select_related("campaign__host"), campaign__code=campaign)
    below = Unit.objects.under(tier.campaign.host.path).exclude(pk=tier.campaign.host_id)
    unit = get_object_or_404(below.select_related("parent"), code=code)
    if not can_read_unit(person(request), unit):
        raise Http404
    return tier, unit


def _ask(user: User, tier: Tier, place: Unit, form: ListRequestForm) -> ListRequest | None:
    try:
        return ask_to_amend(tier=tier, unit=place, note=form.cleaned_data["note"], by=user, on=clock.today())
    except NotAllowedError as error:
        form.add_error(None, str(error))
        return None


def page_awaiting(user: User, tier: Tier, place: Unit) -> str:
    """The page on which the person awaits the unit's list: the host's, or that of his own committee."""
    host, scope = tier.campaign.host, scope_of(user)
    if scope.covers(Role.BOARD_OFFICER, host.path):
        if place.parent_id == host.pk:
            return lists_url(tier, host)
        return reverse("pledges:committee", args=[tier.campaign.code, host.code])
    roles = (Role.GRASSROOTS_OFFICER, Role.BOARD_OFFICER)
    held = [path for role in roles for path in scope.paths.get(role, ())]
    own = next(path for path in held if place.path.startswith(path))
    return lists_url(tier, scope.units[own])
