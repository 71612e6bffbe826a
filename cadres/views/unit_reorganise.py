"""Mergers and splits by the organisation board: put together, looked at, then written.

Looking goes through the very action and takes it back, so nothing is shown that could not be written.
"""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from cadres import clock
from cadres.access import person, role_required
from cadres.actions.placements import TooEarlyError
from cadres.actions.reorganisations import Decided, rehearse, reorganise
from cadres.actions.units import UnitDayError, UnitError
from cadres.forms.reorganise import ReorganiseForm, named_parts
from cadres.models import Unit, UnitSuccession
from cadres.queries.changes import Inside, insides, is_kept_from_above, kept_among, kept_units
from cadres.roles import Role
from cadres.views.unit_changes import FOUND, forms_of, unit_to_keep

MOST = 40  # organisations in one decision


@role_required(Role.BOARD_OFFICER)
@forms_of
def unit_reorganise(request: HttpRequest, unit: str) -> HttpResponse:
    """Hợp nhất, sáp nhập, chia tách: who ends and who takes over, shown before it is written."""
    place = unit_to_keep(request, unit, in_force=False)
    if is_kept_from_above(person(request), place):
        raise PermissionDenied(_("What becomes of this organisation is entered by the board above it."))
    if place.ended_on is not None:
        return _ended(request, place)
    form, named = _form(request, place)
    if request.method != "POST" or "find" in request.POST or not form.is_valid():
        return _shown(request, form)
    if len(named) > MOST or set(named) - {other.code for other in form.others}:
        form.add_error("q", _("One of those chosen has ended meanwhile, or there are too many. Look again."))
        return _shown(request, form)
    if _is_entered(form):
        messages.info(request, _("This was entered already; nothing was changed."))
        return redirect("cadres:unit_changes", unit)
    ending = insides([old for old in form.cleaned_data["olds"] if old not in form.cleaned_data["news"]])
    seen = "-".join(f"{one.unit.pk}.{one.members}.{one.below}" for one in ending)
    confirmed = request.POST.get("seen") == seen
    if not _goes(form, reorganise if confirmed else rehearse, request):
        return _shown(request, form)
    if confirmed:
        messages.success(request, _("The decision is entered."))
        return redirect("cadres:unit_changes", unit)
    return _preview(request, form, ending, seen)


def _form(request: HttpRequest, place: Unit) -> tuple[ReorganiseForm, dict[str, str]]:
    """The form with those it names and those looked for; the parts it names, by code."""
    user, named = person(request), named_parts(request.POST)
    known = list(kept_among(user, list(named)[:MOST]).exclude(pk=place.pk))
    found = kept_units(user, request.POST.get("q", "")).exclude(pk__in=[place.pk, *(one.pk for one in known)])
    others = [one for one in (*known, *found[:FOUND]) if not is_kept_from_above(user, one)]
    sent = request.POST if request.method == "POST" and "find" not in request.POST else None
    form = ReorganiseForm(sent, initial=request.POST.dict(), unit=place, others=others, today=clock.today())
    return form, {code: part for code, part in named.items() if code != place.code}


def _ended(request: HttpRequest, place: Unit) -> HttpResponse:
    """A second click on the decision that ended it."""
    if request.method != "POST":
        raise Http404
    messages.info(request, _("“%(unit)s” has ended; nothing was changed.") % {"unit": place.name})
    return redirect("cadres:unit_changes", place.code)


def _is_entered(form: ReorganiseForm) -> bool:
    data = form.cleaned_data
    return UnitSuccession.objects.filter(
        predecessor__in=data["olds"],
        successor__in=data["news"],
        on=data["on"],
        decision_number=data["document"],
    ).exists()


def _goes(form: ReorganiseForm, act: Callable[..., object], request: HttpRequest) -> bool:
    """Whether the action went through; else the form says why not."""
    data = form.cleaned_data
    decided = Decided(data["on"], data["document"], by=person(request))
    try:
        act(data["olds"], data["news"], decided)
    except (UnitDayError, TooEarlyError) as error:
        form.add_error("on", str(error))
    except UnitError as error:
        form.add_error("q", str(error))
    else:
        return True
    return False


def _shown(request: HttpRequest, form: ReorganiseForm) -> HttpResponse:
    context = {"unit": form.unit, "form": form, "wanted": request.POST.get("q", "")}
    return TemplateResponse(request, "cadres/unit_reorganise.html", context)


def _preview(request: HttpRequest, form: ReorganiseForm, ending: list[Inside], seen: str) -> HttpResponse:
    """What would happen; the form goes along unseen, to be written or to be changed."""
    news = form.cleaned_data["news"]
    kept = {name: value for name, value in request.POST.items() if name in form.fields}
    context = {"unit": form.unit, "ending": ending, "news": news, "kept": kept, "seen": seen}
    context |= {"on": form.cleaned_data["on"], "document": form.cleaned_data["document"]}
    context["heir"] = news[0] if len(news) == 1 else None
    context["changed"] = "seen" in request.POST
    return TemplateResponse(request, "cadres/unit_reorganise_preview.html", context)
