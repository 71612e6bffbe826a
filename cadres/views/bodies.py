"""Bodies that decide: those of a unit, how they are called, how many seats they have."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cadres.access import person, role_required
from cadres.actions.bodies import (
    ENTERED,
    BodyError,
    committees_lacking,
    make_first_bodies,
    usual_name,
    write_body,
)
from cadres.forms.bodies import BodyForm
from cadres.models import CELL_KINDS, Body, BodyKind, Unit
from cadres.permissions import can_keep_roster, can_read_unit, scope_of
from cadres.roles import Role
from cadres.templatetags.display import number
from cadres.text import fold
from cadres.views.paging import page_of

PAGE = 30


def _unit_to_keep(request: HttpRequest, code: str) -> Unit:
    """A unit whose bodies the person keeps: 404 outside his scope, 403 inside without the right."""
    unit = get_object_or_404(Unit.objects.in_force().select_related("parent"), code=code)
    if not can_read_unit(person(request), unit):
        raise Http404
    if not can_keep_roster(person(request), unit):
        raise PermissionDenied(_("The bodies of this organisation are kept by its organisation board."))
    return unit


def _own_unit(request: HttpRequest) -> Unit:
    scope = scope_of(person(request))
    return scope.units[scope.paths[Role.BOARD_OFFICER][0]]


@role_required(Role.BOARD_OFFICER)
@require_GET
def body_list(request: HttpRequest) -> HttpResponse:
    """Bodies of a unit (?unit, else one's own), and the units below it to go on to (?q).

    Cells are shown only when looked for: their meeting is not entered.
    """
    unit = _unit_to_keep(request, request.GET["unit"]) if "unit" in request.GET else _own_unit(request)
    bodies = {body.kind: body for body in Body.objects.filter(unit=unit, ended_on=None)}
    below = Unit.objects.in_force().under(unit.path).exclude(pk=unit.pk)
    wanted = request.GET.get("q", "")
    for word in fold(wanted).split():
        below = below.filter(name_key__contains=word)
    lacking = committees_lacking(unit)
    if request.GET.get("show") == "lacking":
        below = below.filter(pk__in=lacking.values("pk"))
    elif not wanted:
        below = below.exclude(kind__in=CELL_KINDS)
    below = below.select_related("parent").prefetch_related(
        Prefetch("bodies", Body.objects.filter(ended_on=None).order_by("pk"))
    )
    context = {
        "unit": unit,
        "bodies": [(kind, bodies.get(kind)) for kind in _kinds(unit)],
        "page": page_of(below, size=PAGE, number=request.GET.get("page")),
        "lacking": lacking.count(),
        "wanted": wanted,
        "show": request.GET.get("show", ""),
    }
    return TemplateResponse(request, "cadres/body_list.html", context)


def _kinds(unit: Unit) -> list[BodyKind]:
    """The kinds of body a unit has: a cell decides in its meeting alone."""
    return [BodyKind.CELL_MEETING] if unit.is_cell else list(ENTERED)


@role_required(Role.BOARD_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def body_form(request: HttpRequest, unit: str, kind: str) -> HttpResponse:
    """Enter a body of the unit, or correct it."""
    place = _unit_to_keep(request, unit)
    if kind not in ENTERED or place.is_cell:
        raise Http404
    body = Body.objects.filter(unit=place, kind=kind, ended_on=None).first()
    initial = {"name": usual_name(place, kind)}
    if body is not None:
        initial = {"name": body.name, "symbol": body.symbol, "seats": str(body.seats or "")}
    form = BodyForm(request.POST if request.method == "POST" else None, initial=initial)
    back = f"{reverse('cadres:body_list')}?unit={place.code}"
    if form.is_valid():
        try:
            written = write_body(place, kind, form.given(), by=person(request))
        except BodyError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("%(body)s is entered.") % {"body": written.name})
            return redirect(back)
    context = {"unit": place, "kind": BodyKind(kind), "body": body, "form": form, "back": back}
    return TemplateResponse(request, "cadres/body_form.html", context)


@role_required(Role.BOARD_OFFICER)
@require_POST
def make_usual(request: HttpRequest, unit: str) -> HttpResponse:
    """Give every unit below that lacks it the body with which its kind decides."""
    place = _unit_to_keep(request, unit)
    n = make_first_bodies(place, by=person(request))
    if n:
        words = ngettext("%(n)s body is entered.", "%(n)s bodies are entered.", n)
        messages.success(request, words % {"n": number(n)})
    else:
        messages.info(request, _("No organisation below lacks its body."))
    return redirect(f"{reverse('cadres:body_list')}?unit={place.code}")
