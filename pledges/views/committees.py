"""Above the cells: which lists were sent, which not; endorse them; send the list upwards."""

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cadres import clock
from cadres.access import signed_in
from cadres.models import Body, BodyKind, Office, OfficeKind, Unit
from cadres.permissions import can_read_unit
from cadres.text import fold
from pledges import queries
from pledges.actions import dockets, lists
from pledges.actions.acts import NotAllowedError
from pledges.forms.dockets import BuildForm
from pledges.models import SentList, Tier, TierKind
from pledges.permissions import can_record, can_send_list
from pledges.states import DocketState

PAGE = 50


@dataclass(frozen=True)
class ListRow:
    """One unit whose list is awaited: its secretary, whether it was sent and endorsed."""

    unit: Unit
    sent: SentList | None
    secretary: Office | None
    on_docket: bool


def _committee(request: HttpRequest, campaign: str, code: str) -> tuple[Tier, Unit]:
    tier = get_object_or_404(
        Tier.objects.select_related("campaign__host"), campaign__code=campaign, kind=TierKind.MEMBERS
    )
    unit = get_object_or_404(Unit.objects.under(tier.campaign.host.path).select_related("parent"), code=code)
    if not can_read_unit(request.user, unit):
        raise Http404
    return tier, unit


def _is_host(tier: Tier, unit: Unit) -> bool:
    return tier.campaign.host_id == unit.pk


def _rows(units: list[Unit], tier: Tier) -> list[ListRow]:
    sent = {
        row.unit_id: row
        for row in SentList.objects.filter(tier=tier, unit__in=units).select_related("endorsed_by")
    }
    open_offices = Office.objects.filter(unit__in=units, end=None, kind=OfficeKind.SECRETARY)
    secretaries = {office.unit_id: office for office in open_offices.select_related("member")}
    pending = set(queries.pending_lists(tier).filter(unit__in=units).values_list("unit_id", flat=True))
    return [ListRow(unit, sent.get(unit.pk), secretaries.get(unit.pk), unit.pk in pending) for unit in units]


@signed_in
@require_GET
def sent_lists(request: HttpRequest, campaign: str, unit: str) -> HttpResponse:
    """Cells that have sent and that have not, with the secretary's telephone; ?show, ?name, ?page."""
    tier, place = _committee(request, campaign, unit)
    show = request.GET.get("show", "not_sent")
    rows = queries.awaited_lists(tier, place)
    chosen = {
        "not_sent": rows.filter(list_sent=False),
        "sent": rows.filter(list_sent=True, list_endorsed=False),
        "endorsed": rows.filter(list_endorsed=True),
        "all": rows,
    }
    if show not in chosen:
        raise Http404
    found = chosen[show]
    if wanted := fold(request.GET.get("name", "")):
        found = found.filter(name_key__contains=wanted)
    page = Paginator(found.select_related("parent").order_by("path"), PAGE).get_page(request.GET.get("page"))
    totals = queries.list_totals(rows)
    context = {
        "tier": tier,
        "campaign": tier.campaign,
        "unit": place,
        "show": show,
        "name": request.GET.get("name", ""),
        "page": page,
        "rows": _rows(list(page), tier),
        "totals": totals,
        "chips": _chips(totals),
        "own": SentList.objects.filter(tier=tier, unit=place).first(),
        "is_host": _is_host(tier, place),
        "may_endorse": can_send_list(request.user, place) or _records_host(request, tier, place),
        "may_send": not _is_host(tier, place) and can_send_list(request.user, place),
        "form": BuildForm(initial={"ref": uuid.uuid4(), "title": _title(tier)}),
    }
    return TemplateResponse(request, "pledges/committee.html", context)


def _chips(totals: dict[str, int]) -> list[tuple[str, str, int]]:
    return [
        ("not_sent", _("Not sent yet"), totals["all"] - totals["sent"]),
        ("sent", _("Sent, awaiting endorsement"), totals["sent"] - totals["endorsed"]),
        ("endorsed", _("Endorsed"), totals["endorsed"]),
        ("all", _("All"), totals["all"]),
    ]


def _records_host(request: HttpRequest, tier: Tier, place: Unit) -> bool:
    body = (
        Body.objects.filter(unit=place, kind=BodyKind.STANDING_COMMITTEE, ended_on=None)
        .select_related("unit")
        .first()
    )
    return _is_host(tier, place) and body is not None and can_record(request.user, body)


def _title(tier: Tier) -> str:
    return _("Endorsement of the registration lists %(year)s") % {"year": str(tier.campaign.year)}


@signed_in
@require_POST
def endorse(request: HttpRequest, campaign: str, unit: str) -> HttpResponse:
    """Put every list that was sent and not endorsed on a docket of the standing committee, and record it."""
    tier, place = _committee(request, campaign, unit)
    if not (can_send_list(request.user, place) or _records_host(request, tier, place)):
        raise PermissionDenied(_("You do not record what this body decides."))
    body = get_object_or_404(Body, unit=place, kind=BodyKind.STANDING_COMMITTEE, ended_on=None)
    form = BuildForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The form was not complete; please try again."))
        return redirect("pledges:committee", campaign=campaign, unit=unit)
    waiting = queries.awaited_lists(tier, place).filter(list_sent=True, list_endorsed=False)
    pending = queries.pending_lists(tier).values("unit")
    try:
        docket = dockets.build_docket(
            tier=tier,
            body=body,
            title=form.cleaned_data["title"],
            by=request.user,
            unit_ids=list(waiting.exclude(pk__in=pending).order_by("path").values_list("pk", flat=True)),
            ref=form.cleaned_data["ref"],
        )
    except NotAllowedError as error:
        messages.warning(request, str(error))
        return redirect("pledges:committee", campaign=campaign, unit=unit)
    if docket.state == DocketState.OPEN:
        return redirect("pledges:docket_conclude", ref=docket.ref)
    return redirect("pledges:docket", ref=docket.ref)


@signed_in
@require_http_methods(["POST"])
def send(request: HttpRequest, campaign: str, unit: str) -> HttpResponse:
    """Send the committee's list to the level above."""
    tier, place = _committee(request, campaign, unit)
    if not can_send_list(request.user, place):
        raise PermissionDenied(_("You do not send the list of this committee."))
    try:
        lists.send_upwards(tier=tier, unit=place, on=clock.today(), by=request.user)
    except NotAllowedError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("The list has been sent to the level above."))
    return redirect("pledges:committee", campaign=campaign, unit=unit)
