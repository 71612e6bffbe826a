"""Making a docket: everything of one lane that awaits a body goes on it."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cadres.access import person, role_required
from cadres.models import Body
from cadres.permissions import can_read_unit
from cadres.roles import Role
from pledges import docket_reading as reading
from pledges import queries
from pledges.actions import dockets
from pledges.actions.acts import NotAllowedError
from pledges.forms.dockets import BuildForm
from pledges.models import Docket, StepMode, Tier, TierKind
from pledges.permissions import can_build_for
from pledges.views.docket_desk import SUPPLEMENTARY, build_url, mode_asked_for
from pledges.views.dockets import FEW_LINES

TITLES = {
    (TierKind.KEY_CADRES, False): gettext_lazy("Undertakings of key cadres %(year)s"),
    (TierKind.KEY_CADRES, True): gettext_lazy("Supplementary undertakings of key cadres %(year)s"),
    (TierKind.GRASSROOTS_CADRES, False): gettext_lazy("Undertakings of grassroots cadres %(year)s"),
    (TierKind.GRASSROOTS_CADRES, True): gettext_lazy(
        "Supplementary undertakings of grassroots cadres %(year)s"
    ),
}


@role_required(Role.BOARD_OFFICER, Role.GRASSROOTS_OFFICER)
@require_http_methods(["GET", "POST"])
def build(request: HttpRequest) -> HttpResponse:
    """A docket of every pledge of a tier that awaits a body (?campaign, ?tier, ?unit, ?body).

    What was registered after the window has a docket of its own (?kind=supplementary).
    """
    tier, body = _asked_for(request)
    supplementary = request.GET.get("kind", "") == SUPPLEMENTARY
    mode = mode_asked_for(request.GET, tier, body)
    title = TITLES[TierKind(tier.kind), supplementary] % {"year": str(tier.campaign.year)}
    form = BuildForm(request.POST or None, initial={"ref": uuid.uuid4(), "title": title})
    if form.is_valid() and (docket := _build(request, form, tier, body, mode, supplementary)):
        messages.success(request, _("The docket is ready for the meeting."))
        return redirect("pledges:docket", ref=docket.ref)
    lines, n_others = reading.preview(tier, body, mode, supplementary=supplementary)
    context = {
        "form": form,
        "tier": tier,
        "body": body,
        "campaign": tier.campaign,
        "supplementary": supplementary,
        "for_opinion": mode == StepMode.GIVES_OPINION,
        "groups": reading.groups(lines, reading.posts_of(tier)),
        "n_lines": len(lines),
        "folded": len(lines) > FEW_LINES,
        "count_words": reading.count_words(tier, lines),
        "n_others": n_others,
        "others_url": build_url(tier, body, mode, supplementary=not supplementary),
    }
    return TemplateResponse(request, "pledges/docket_build.html", context)


def _asked_for(request: HttpRequest) -> tuple[Tier, Body]:
    """The tier (key cadres unless told) and the body (of the host unless told)."""
    tier = get_object_or_404(
        Tier.objects.select_related("campaign__host").prefetch_related("steps"),
        campaign__code=request.GET.get("campaign", ""),
        kind=request.GET.get("tier", TierKind.KEY_CADRES),
    )
    if not tier.is_listed:
        raise Http404
    place, bodies = request.GET.get("unit", tier.campaign.host.code), Body.objects.select_related("unit")
    body = get_object_or_404(
        bodies.filter(unit__path__startswith=tier.campaign.host.path),
        unit__code=place,
        kind=request.GET.get("body", ""),
        ended_on=None,
    )
    if not can_read_unit(person(request), body.unit):
        raise Http404
    if not can_build_for(person(request), tier.campaign, body):
        raise PermissionDenied(_("You do not make dockets for this body."))
    return tier, body


def _build(
    request: HttpRequest, form: BuildForm, tier: Tier, body: Body, mode: str, supplementary: bool
) -> Docket | None:
    waiting = queries.awaiting_body(tier, body, mode)
    try:
        return dockets.build_docket(
            tier=tier,
            body=body,
            title=form.cleaned_data["title"],
            by=person(request),
            pledge_ids=list(waiting.values_list("pk", flat=True)),
            supplementary=supplementary,
            mode=mode,
            ref=form.cleaned_data["ref"],
        )
    except NotAllowedError as error:
        form.add_error(None, str(error))
        return None
