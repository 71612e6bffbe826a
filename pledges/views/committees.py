"""Above the cells: which lists were sent, which not; endorse them; send the list upwards."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cadres import clock
from cadres.access import person, signed_in
from cadres.models import Body, BodyKind, Unit
from cadres.permissions import can_read_unit
from pledges.actions import lists
from pledges.actions.acts import NotAllowedError
from pledges.actions.endorsements import build_endorsement
from pledges.forms.dockets import EndorseForm
from pledges.models import SentList, Tier, TierKind
from pledges.permissions import can_build_docket, can_record, can_send_list
from pledges.states import DocketState
from pledges.views.committee_rows import UNITS, ListFilter


def _committee(request: HttpRequest, campaign: str, code: str) -> tuple[Tier, Unit]:
    """The members' tier and a unit that awaits lists; 404 for strangers and for cells."""
    tier = get_object_or_404(
        Tier.objects.select_related("campaign__host"), campaign__code=campaign, kind=TierKind.MEMBERS
    )
    host = tier.campaign.host
    unit = host if code == host.code else get_object_or_404(Unit.objects.under(host.path), code=code)
    if unit.is_cell or not can_read_unit(person(request), unit):
        raise Http404
    return tier, unit


def _body(place: Unit) -> Body | None:
    """The standing committee that endorses the lists sent to the unit."""
    bodies = Body.objects.filter(unit=place, kind=BodyKind.STANDING_COMMITTEE, ended_on=None)
    return bodies.select_related("unit").first()


def _may_endorse(request: HttpRequest, tier: Tier, place: Unit, body: Body | None) -> bool:
    """Whoever records what the body decides; the board builds the docket for the host's body."""
    user = person(request)
    if body is None:
        return False
    builds = place.pk == tier.campaign.host_id and can_build_docket(user, tier.campaign)
    return builds or can_record(user, body)


@signed_in
@require_GET
def sent_lists(request: HttpRequest, campaign: str, unit: str) -> HttpResponse:
    """Lists sent and not sent, with the secretary's telephone; ?of, ?show, ?name, ?page."""
    tier, place = _committee(request, campaign, unit)
    chosen = ListFilter(tier, place, request.GET)
    body = _body(place)
    user, rows = person(request), chosen.table()
    own = None if chosen.is_host else _own_list(tier, place)
    context = {
        "tier": tier,
        "campaign": tier.campaign,
        "unit": place,
        "chosen": chosen,
        "page": chosen.page,
        "rows": rows,
        "has_cells": any(row.cells for row in rows),
        "own": own,
        "own_return": None if own else chosen.to_amend.get(place.pk),
        "may_record": body is not None and can_record(user, body),
        "may_send": own is None
        and bool(chosen.totals["endorsed"])
        and place.parent_id == tier.campaign.host_id
        and can_send_list(user, place),
        "form": EndorseForm(initial={"ref": uuid.uuid4()}),
        **_to_endorse(request, chosen, body),
    }
    return TemplateResponse(request, "pledges/committee.html", context)


def _own_list(tier: Tier, place: Unit) -> SentList | None:
    """The committee's own list, once it was sent upwards."""
    return SentList.objects.filter(tier=tier, unit=place).select_related("endorsed_by__body").first()


def _to_endorse(request: HttpRequest, chosen: ListFilter, body: Body | None) -> dict[str, Any]:
    """The docket that awaits its meeting, and how many lists the person can take to one now."""
    if chosen.is_host and chosen.of != UNITS:
        return {"open_docket": None, "n_to_endorse": 0}
    n = 0
    if body and _may_endorse(request, chosen.tier, chosen.place, body):
        n = chosen.totals["sent"]
        # What lies on the docket already waits for its recorder only.
        if not can_record(person(request), body):
            n -= len(chosen.pending)
    return {"open_docket": next(iter(chosen.pending.values()), None), "n_to_endorse": n}


@signed_in
@require_POST
def endorse(request: HttpRequest, campaign: str, unit: str) -> HttpResponse:
    """Put every list that awaits the standing committee on one docket of it, and go on to record it."""
    tier, place = _committee(request, campaign, unit)
    body = _body(place)
    if body is None or not _may_endorse(request, tier, place, body):
        raise PermissionDenied(_("You do not record what this body decides."))
    form = EndorseForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The page was not complete when it was sent; please try again."))
        return redirect("pledges:committee", campaign=campaign, unit=unit)
    title = _("Endorsement of the registration lists %(year)s") % {"year": str(tier.campaign.year)}
    try:
        docket = build_endorsement(
            tier=tier, body=body, title=title, by=person(request), ref=form.cleaned_data["ref"]
        )
    except NotAllowedError as error:
        messages.warning(request, str(error))
        return redirect(_lists_of(tier, place))
    if docket.state == DocketState.OPEN and can_record(person(request), body):
        return redirect("pledges:docket_conclude", ref=docket.ref)
    return redirect("pledges:docket", ref=docket.ref)


@signed_in
@require_POST
def send(request: HttpRequest, campaign: str, unit: str) -> HttpResponse:
    """Send the committee's list to the level above."""
    tier, place = _committee(request, campaign, unit)
    if place.parent_id != tier.campaign.host_id or not can_send_list(person(request), place):
        raise PermissionDenied(_("You do not send the list of this committee."))
    try:
        sent = lists.send_upwards(tier=tier, unit=place, on=clock.today(), by=person(request))
    except NotAllowedError as error:
        messages.warning(request, str(error))
    else:
        if sent:
            messages.success(request, _("The list has been sent to the level above."))
        else:
            messages.info(request, _("The list had already been sent."))
    return redirect("pledges:committee", campaign=campaign, unit=unit)


def _lists_of(tier: Tier, place: Unit) -> str:
    """The page of the lists that the unit's body endorses."""
    query = f"?of={UNITS}" if place.pk == tier.campaign.host_id else ""
    return reverse("pledges:committee", args=[tier.campaign.code, place.code]) + query
