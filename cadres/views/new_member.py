"""A new member of a cell, entered by the organisation board: admitted, or come from elsewhere."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from cadres import clock
from cadres.access import person, role_required
from cadres.actions.receiving import CardTakenError, receive
from cadres.actions.units import UnitDayError, UnitError
from cadres.forms.new_member import NewMemberForm
from cadres.models import Member, Unit
from cadres.queries.changes import namesakes
from cadres.roles import Role
from cadres.views.unit_changes import forms_of, unit_to_keep

SHOWN = 5


@role_required(Role.BOARD_OFFICER)
@forms_of
def new_member(request: HttpRequest, unit: str) -> HttpResponse:
    """Thêm đảng viên: who is called like somebody known is asked about first."""
    cell = unit_to_keep(request, unit)
    if not cell.is_cell:
        raise Http404
    form = NewMemberForm(request.POST if request.method == "POST" else None, today=clock.today())
    is_valid = form.is_valid()
    known = _known(request, form) if form.is_bound else []
    if known and is_valid and not form.cleaned_data["another"]:
        form.add_error("another", _("Somebody of this name is known. Is it the same comrade?"))
    elif is_valid and (member := _received(request, form, cell)) is not None:
        return redirect("cadres:membership", member.code)
    context = {"unit": cell, "form": form, "known": known}
    return TemplateResponse(request, "cadres/unit_member.html", context)


def _known(request: HttpRequest, form: NewMemberForm) -> list[Member]:
    data = form.cleaned_data
    if not {"code", "name", "birth_year"} <= data.keys():
        return []
    found = namesakes(person(request), " ".join(data["name"]), data["birth_year"])
    return list(found.exclude(code=data["code"])[:SHOWN])


def _received(request: HttpRequest, form: NewMemberForm, cell: Unit) -> Member | None:
    """The member who stands in the cell now; None: the form says why not."""
    member = form.member(cell)
    try:
        is_new = receive(member, on=form.day, by=person(request), document=form.cleaned_data["document"])
    except UnitDayError as error:
        form.add_error("on", str(error))
    except CardTakenError as error:
        form.add_error("card", str(error))
    except UnitError as error:
        form.add_error(None, str(error))
    else:
        words = _("%(name)s is entered in %(unit)s.") if is_new else _("This was entered already.")
        messages.success(request, words % {"name": member.name, "unit": cell.name})
        return member
    return None
