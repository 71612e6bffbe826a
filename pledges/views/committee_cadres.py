"""The cadres on a grassroots committee's list: who has not registered, what goes before its body."""

import uuid
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from cadres import clock
from cadres.access import person, signed_in
from cadres.models import User
from cadres.views import terms
from pledges import committee_figures as figures
from pledges import queries
from pledges.forms.dockets import EndorseForm
from pledges.models import StepLevel, StepMode, Tier, TierKind
from pledges.permissions import can_record, can_send_list, can_type_for_list
from pledges.views.cadre_rows import CadreFilter, CadrePanel
from pledges.views.committees import committee_for, endorsing_body, may_endorse

SEARCH = "committee_cadres"


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def cadres(request: HttpRequest, campaign: str, unit: str) -> HttpResponse:
    """The list of cadres with what each has registered; ?show, ?page; a name is sent by POST."""
    tier, place = committee_for(request, campaign, unit, TierKind.GRASSROOTS_CADRES)
    if request.method == "POST":
        return terms.remember(request, SEARCH)
    prefetch_related_objects([tier], "steps")
    user, day = person(request), clock.today()
    panel = CadrePanel(user, tier, place)
    chosen = CadreFilter(panel, request.GET, terms.recall(request, SEARCH))
    is_open = tier.campaign.window_is_open(day) or tier.campaign.takes_late_entries(day)
    context = {
        "tier": tier,
        "campaign": tier.campaign,
        "unit": place,
        "panel": panel,
        "chosen": chosen,
        "page": chosen.page,
        "rows": chosen.rows(),
        "chips": chosen.chips(),
        "members": figures.beside(tier, TierKind.MEMBERS),
        "may_register": is_open and can_type_for_list(user, tier, place),
        "may_send": panel.amendment is not None and can_send_list(user, place),
        "form": EndorseForm(initial={"ref": uuid.uuid4()}),
        **_endorsement(user, tier, panel),
    }
    return TemplateResponse(request, "pledges/committee_cadres.html", context)


def _endorsement(user: User, tier: Tier, panel: CadrePanel) -> dict[str, Any]:
    """At the host, where the route ends with it: lists of cadres sent, and how many can be endorsed now."""
    ends_here = any(
        step.level == StepLevel.HOST and step.mode == StepMode.ENDORSES for step in tier.steps.all()
    )
    if not panel.is_host or not ends_here:
        return {"lists": None, "n_to_endorse": 0}
    body = endorsing_body(panel.place)
    n = 0
    if body and may_endorse(user, tier, body):
        n = queries.lists_awaiting(tier, body).count()
    return {
        "lists": queries.list_totals(queries.awaited_lists(tier, panel.place)),
        "n_to_endorse": n,
        "may_record": body is not None and can_record(user, body),
    }
