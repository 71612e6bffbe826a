"""Who sits in a body: seats taken and ended, one comrade at a time."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cadres import clock
from cadres.access import person, role_required
from cadres.actions.bodies import BodyError
from cadres.actions.seats import end_seat, take_seat
from cadres.models import Body, BodyKind, BodyMember, Member
from cadres.permissions import can_keep_roster, can_read_member, can_read_unit
from cadres.queries.search import found_members
from cadres.roles import Role
from cadres.views import terms

FOUND = 20


def _body(request: HttpRequest, unit: str, kind: str) -> Body:
    """A body whose seats the person keeps: 404 outside his scope, 403 inside without the right."""
    bodies = Body.objects.exclude(kind=BodyKind.CELL_MEETING).select_related("unit")
    body = get_object_or_404(bodies, unit__code=unit, kind=kind, ended_on=None)
    if not can_read_unit(person(request), body.unit):
        raise Http404
    if not can_keep_roster(person(request), body.unit):
        raise PermissionDenied(_("The bodies of this organisation are kept by its organisation board."))
    return body


@role_required(Role.BOARD_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def seats(request: HttpRequest, unit: str, kind: str) -> HttpResponse:
    """Who holds a seat today, and a search by name for who takes one."""
    body = _body(request, unit, kind)
    if request.method == "POST":
        return terms.remember(request, "seats")
    held = BodyMember.objects.filter(body=body, end=None).select_related("member__unit")
    term, found = terms.recall(request, "seats"), list[Member]()
    if term:
        sought = found_members(person(request), term).exclude(pk__in=held.values("member"))
        found = list(sought.select_related("unit")[:FOUND])
    context = {
        "body": body,
        "unit": body.unit,
        "held": held.order_by("start", "member__sort_key", "pk"),
        "term": term,
        "found": found,
        "free": body.seats is None or held.count() < body.seats,
    }
    return TemplateResponse(request, "cadres/body_seats.html", context)


@role_required(Role.BOARD_OFFICER)
@require_POST
def take(request: HttpRequest, unit: str, kind: str) -> HttpResponse:
    """The comrade chosen takes a seat from today."""
    body = _body(request, unit, kind)
    member = get_object_or_404(Member.objects.select_related("unit"), code=request.POST.get("member", ""))
    if not can_read_member(person(request), member):
        raise Http404
    try:
        take_seat(body, member, start=clock.today(), by=person(request))
    except BodyError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(name)s holds a seat now.") % {"name": member.name})
    return redirect("cadres:body_seats", unit=unit, kind=kind)


@role_required(Role.BOARD_OFFICER)
@require_POST
def end(request: HttpRequest, unit: str, kind: str, pk: int) -> HttpResponse:
    """A seat ends today."""
    body = _body(request, unit, kind)
    seat = get_object_or_404(BodyMember.objects.select_related("member"), pk=pk, body=body)
    try:
        end_seat(seat.pk, on=clock.today(), by=person(request))
    except BodyError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The seat of %(name)s has ended.") % {"name": seat.member.name})
    return redirect("cadres:body_seats", unit=unit, kind=kind)
