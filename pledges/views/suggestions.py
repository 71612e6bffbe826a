"""Tasks that a committee suggests to the people of a tier: the board's for all, a committee's for its own."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from cadres.access import person, role_required
from cadres.models import Unit
from cadres.permissions import can_read_unit
from cadres.roles import Role
from cadres.templatetags.display import number
from pledges.actions.acts import NotAllowedError
from pledges.actions.suggestions import write_suggestions
from pledges.forms.suggestions import SuggestionsForm
from pledges.models import Campaign, Suggestion, Tier, TierKind
from pledges.permissions import can_suggest
from pledges.states import CampaignState


@role_required(Role.BOARD_OFFICER, Role.GRASSROOTS_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def suggestions(request: HttpRequest, campaign: str, unit: str) -> HttpResponse:
    """What the unit suggests to one tier (?tier), row by row, with a box to paste into."""
    found, place = _campaign_for(request, campaign, unit)
    tiers = list(found.tiers.exclude(kind=TierKind.ORGANISATIONS))
    tier = _chosen(tiers, request.GET.get("tier", ""))
    tier.campaign = found
    url = reverse("pledges:suggestions", args=[found.code, place.code])
    rows = list(Suggestion.objects.filter(tier=tier, unit=place).order_by("order"))
    form = SuggestionsForm(rows, list(found.themes.all()), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _write(request, tier, place, form):
        return redirect(f"{url}?tier={tier.kind}")
    context = {
        "campaign": found,
        "unit": place,
        "tier": tier,
        "form": form,
        "chips": [
            {"label": one.get_kind_display(), "url": f"{url}?tier={one.kind}", "active": one.pk == tier.pk}
            for one in tiers
        ],
        "of_host": place.pk == found.host_id,
        "is_closed": found.state == CampaignState.CLOSED,
    }
    return TemplateResponse(request, "pledges/suggestions.html", context)


def _chosen(tiers: list[Tier], kind: str) -> Tier:
    """The tier asked for, else the members'."""
    if not kind:
        kind = TierKind.MEMBERS if any(one.kind == TierKind.MEMBERS for one in tiers) else ""
    for tier in tiers:
        if kind in ("", tier.kind):
            return tier
    raise Http404


def _campaign_for(request: HttpRequest, campaign: str, unit: str) -> tuple[Campaign, Unit]:
    """404 outside one's scope and, below the host, of a campaign still in draft; 403 for other readers."""
    user = person(request)
    found = get_object_or_404(Campaign.objects.select_related("host"), code=campaign)
    place = get_object_or_404(Unit.objects.in_force().under(found.host.path), code=unit)
    if not can_read_unit(user, place):
        raise Http404
    if found.state == CampaignState.DRAFT and not can_read_unit(user, found.host):
        raise Http404
    if not can_suggest(user, found, place):
        raise PermissionDenied(_("You do not write what this organisation suggests."))
    return found, place


def _write(request: HttpRequest, tier: Tier, unit: Unit, form: SuggestionsForm) -> bool:
    try:
        written = write_suggestions(tier, unit, form.tasks(), by=person(request))
    except NotAllowedError as error:
        messages.error(request, str(error))
        return False
    words = ngettext("%(n)s task is suggested.", "%(n)s tasks are suggested.", len(written))
    messages.success(request, words % {"n": number(len(written))})
    return True
