"""The list of a docket before its meeting: lines are added, taken off, or the whole of it dissolved."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from cadres import clock
from cadres.access import person, signed_in
from cadres.templatetags.display import number
from pledges import docket_reading as reading
from pledges import queries
from pledges.actions import building
from pledges.actions.acts import NotAllowedError
from pledges.models import Docket, LineOpinion, OpinionSheet, StepMode
from pledges.permissions import can_build_for
from pledges.states import DocketState
from pledges.views.dockets import docket_for, rows_of


def _built(request: HttpRequest, ref: uuid.UUID) -> Docket:
    docket = docket_for(request, ref)
    if not can_build_for(person(request), docket.campaign, docket.body):
        raise PermissionDenied(_("You do not make dockets for this body."))
    return docket


@signed_in
@require_http_methods(["GET", "POST"])
def edit_lines(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """What stands on the list, to be ticked and taken off; what awaits the body besides."""
    docket = _built(request, ref)
    if docket.state != DocketState.OPEN:
        messages.info(request, _("The meeting has been recorded: the list is not changed any more."))
        return redirect("pledges:docket", ref=docket.ref)
    if request.method == "POST" and _take_off(request, docket):
        return redirect("pledges:docket_lines", ref=docket.ref)
    lines = reading.lines_of(docket)
    spoken = set(LineOpinion.objects.filter(sheet__docket=docket).values_list("line", flat=True))
    rows = rows_of(docket, lines, {line.pk for line in lines}, reading.beside(docket, lines, clock.today()))
    context = {
        "docket": docket,
        **rows,
        "parts": (rows.get("attention"), rows.get("groups")),
        "n_lines": len(lines),
        "n_awaiting": _awaiting(docket),
        "spoken": spoken,
        "has_sheets": OpinionSheet.objects.filter(docket=docket).exists(),
        "count_words": reading.count_words(docket.tier, lines),
    }
    return TemplateResponse(request, "pledges/docket_lines.html", context)


def _awaiting(docket: Docket) -> int:
    if docket.mode == StepMode.ENDORSES:
        return queries.lists_awaiting(docket.tier, docket.body).count()
    waiting = queries.awaiting_body(docket.tier, docket.body, docket.mode)
    return waiting.filter(queries.of_lane("", supplementary=docket.supplementary)).count()


def _take_off(request: HttpRequest, docket: Docket) -> bool:
    ticked = [
        int(pk) for pk in request.POST.getlist("line") if pk.isascii() and pk.isdigit() and len(pk) < 19
    ]
    if not ticked:
        messages.warning(request, _("Tick the lines that are to be taken off."))
        return False
    try:
        n = building.take_off(docket.pk, ticked, by=person(request))
    except NotAllowedError as error:
        messages.error(request, str(error))
        return False
    text = ngettext("%(n)s line has been taken off.", "%(n)s lines have been taken off.", n)
    messages.success(request, text % {"n": number(n)})
    return True


@signed_in
@require_POST
def add_awaiting(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Put on the list what awaits the body by now."""
    docket = _built(request, ref)
    try:
        n = building.add_awaiting(docket.pk, by=person(request))
    except NotAllowedError as error:
        messages.error(request, str(error))
        return redirect("pledges:docket", ref=docket.ref)
    text = ngettext("%(n)s line has been put on the list.", "%(n)s lines have been put on the list.", n)
    messages.success(request, text % {"n": number(n)})
    return redirect("pledges:docket_lines", ref=docket.ref)


@signed_in
@require_POST
def dissolve(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Do away with a docket that nobody has spoken on."""
    docket = _built(request, ref)
    try:
        building.dissolve(docket.pk, by=person(request))
    except NotAllowedError as error:
        messages.error(request, str(error))
        return redirect("pledges:docket", ref=docket.ref)
    messages.success(request, _("The docket has been dissolved; its lines await the body again."))
    return redirect("pledges:docket_list")
