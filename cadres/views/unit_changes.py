"""Organisations from day to day: how each stood, and what the organisation board founds, renames, moves."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cadres import clock
from cadres.access import person, role_required
from cadres.actions.founding import found_below
from cadres.actions.units import UnitDayError, UnitError, move_unit, rename_unit
from cadres.forms.memberships import DatedForm
from cadres.forms.units import FoundForm, RenameForm, UnderForm
from cadres.models import CELL_KINDS, Unit, UnitKind, UnitPeriod, UnitSuccession, User
from cadres.permissions import can_keep_roster, can_read_unit
from cadres.queries.changes import insides, is_kept_from_above, kept_units
from cadres.roles import Role
from cadres.text import fold

FOUND = 12
forms_of = require_http_methods(["GET", "HEAD", "POST"])


def unit_to_keep(request: HttpRequest, code: str, *, in_force: bool = True) -> Unit:
    """An organisation that the person keeps: 404 outside his scope, 403 inside without the right."""
    units = Unit.objects.in_force() if in_force else Unit.objects.all()
    unit = get_object_or_404(units.select_related("parent"), code=code)
    if not can_read_unit(person(request), unit):
        raise Http404
    if not can_keep_roster(person(request), unit):
        raise PermissionDenied(_("This organisation is kept by its organisation board."))
    return unit


@role_required(Role.BOARD_OFFICER)
@require_safe
def unit_changes(request: HttpRequest, unit: str) -> HttpResponse:
    """How it stood from day to day and by which decisions; another one is looked for by ?q."""
    place = unit_to_keep(request, unit, in_force=False)
    wanted = request.GET.get("q", "")
    found = list(kept_units(person(request), wanted)[: FOUND + 1])
    followed = UnitSuccession.objects.filter(Q(predecessor=place) | Q(successor=place))
    context = {
        "unit": place,
        "periods": UnitPeriod.objects.filter(unit=place).select_related("parent").order_by("-start"),
        "successions": followed.select_related("predecessor", "successor").order_by("-on", "pk"),
        "wanted": wanted,
        "found": found[:FOUND],
        "more": len(found) > FOUND,
        "kept_from_above": is_kept_from_above(person(request), place),
    }
    return TemplateResponse(request, "cadres/unit_changes.html", context)


@role_required(Role.BOARD_OFFICER)
@forms_of
def found_unit(request: HttpRequest, unit: str) -> HttpResponse:
    """Thành lập: a cell or a committee right below this one."""
    place = unit_to_keep(request, unit)
    if place.is_cell:
        raise Http404
    form = FoundForm(_sent(request), parent=place, today=clock.today())

    def write(given: dict[str, Any], by: User) -> Unit:
        decided = {"on": given["on"], "decision": given["document"], "by": by}
        return found_below(place, given["name"], UnitKind(given["kind"]), **decided)

    if form.is_valid():
        name = {"parent": place, "name_key": fold(form.cleaned_data["name"])}
        repeated = _repeated(request, form, Unit.objects.in_force().filter(**name).first())
        if repeated or _is_written(request, form, write, at="name"):
            return redirect("cadres:unit_changes", unit)
    return _page(request, "cadres/unit_found.html", place, form)


@role_required(Role.BOARD_OFFICER)
@forms_of
def rename(request: HttpRequest, unit: str) -> HttpResponse:
    """Đổi tên: from a day on; what was printed before keeps the old name."""
    place = unit_to_keep(request, unit)
    form = RenameForm(_sent(request), initial={"name": place.name}, today=clock.today())

    def write(given: dict[str, Any], by: User) -> Unit:
        return rename_unit(place, given["name"], on=given["on"], decision=given["document"], by=by)

    if form.is_valid():
        same = form.cleaned_data["name"] == place.name
        if same and _repeated(request, form, place):
            return redirect("cadres:unit_changes", unit)
        if same:
            form.add_error("name", _("The organisation is called so already."))
        elif _is_written(request, form, write, at="name"):
            return redirect("cadres:unit_changes", unit)
    return _page(request, "cadres/unit_rename.html", place, form)


@role_required(Role.BOARD_OFFICER)
@forms_of
def move(request: HttpRequest, unit: str) -> HttpResponse:
    """Chuyển trực thuộc: with all that stands below, under another one looked for by name."""
    place, wanted = unit_to_keep(request, unit), request.POST.get("q", "")
    committees = kept_units(person(request), wanted).exclude(kind__in=CELL_KINDS)
    above = list(committees.exclude(path__startswith=place.path)[: FOUND + 1])
    sent = None if "find" in request.POST else _sent(request)
    form = UnderForm(sent, initial=request.POST.dict(), found=above[:FOUND], today=clock.today())

    def write(given: dict[str, Any], by: User) -> Unit:
        decided = {"on": given["on"], "decision": given["document"], "by": by}
        return move_unit(place, given["chosen"], **decided)

    if form.is_valid():
        same = form.cleaned_data["chosen"].pk == place.parent_id
        if same and _repeated(request, form, place):
            return redirect("cadres:unit_changes", unit)
        if same:
            form.add_error("unit", _("The organisation stands under this one already."))
        elif _is_written(request, form, write, at="unit"):
            return redirect("cadres:unit_changes", unit)
    told = {"wanted": wanted, "more": len(above) > FOUND}
    return _page(request, "cadres/unit_move.html", place, form, **told)


def _sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _repeated(request: HttpRequest, form: DatedForm, unit: Unit | None) -> bool:
    """Whether the very same was written just before, as by a second click; tells so."""
    day = form.cleaned_data["on"]
    if unit is None or not UnitPeriod.objects.filter(unit=unit, end=None, start=day).exists():
        return False
    messages.info(request, _("This was entered already; nothing was changed."))
    return True


def _is_written(
    request: HttpRequest, form: DatedForm, write: Callable[[dict[str, Any], User], Unit], *, at: str
) -> bool:
    """Whether it stands now; else the form says why not, at the field."""
    try:
        written = write(form.cleaned_data, person(request))
    except UnitDayError as error:
        form.add_error("on", str(error))
    except UnitError as error:
        form.add_error(at, str(error))
    else:
        messages.success(request, _("Entered: %(unit)s.") % {"unit": written.name})
        return True
    return False


def _page(request: HttpRequest, template: str, unit: Unit, form: DatedForm, **more: Any) -> HttpResponse:
    """The form with what goes along: the members of a cell, else the organisations right below."""
    inside = insides([unit])[0]
    return TemplateResponse(request, template, {"unit": unit, "form": form, "inside": inside} | more)
