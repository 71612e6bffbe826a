"""The register of acts: what bodies have concluded and issued, with its corrections."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from cadres.access import person, role_required
from cadres.views.paging import open_page, page_of
from pledges import act_register
from pledges.act_register import AWAITING, CELLS, CORRECTING, NUMBERED, Wanted
from pledges.views.dockets import READERS

PAGE = 30
LABELS = {
    act_register.ALL: gettext_lazy("All acts of committees"),
    NUMBERED: gettext_lazy("With a number"),
    AWAITING: gettext_lazy("Awaiting document"),
    CORRECTING: gettext_lazy("Corrections"),
    CELLS: gettext_lazy("Meetings of cells"),
}


class ActFilterForm(forms.Form):
    """What narrows the register; it is only shown: the address is read by `Wanted`."""

    use_required_attribute = False
    show = forms.CharField(required=False, widget=forms.HiddenInput)
    sort = forms.CharField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(label=gettext_lazy("Number, or words of the title"), required=False, max_length=60)
    year = forms.CharField(
        label=gettext_lazy("Year"), required=False, widget=forms.TextInput(attrs={"class": "number"})
    )
    since = forms.CharField(
        label=gettext_lazy("Meetings from the day"),
        required=False,
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off"}),
    )
    until = forms.CharField(
        label=gettext_lazy("to the day"),
        required=False,
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off"}),
    )


@role_required(*READERS)
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """?show, ?q, ?year, ?since, ?until, ?sort, ?page."""
    user, wanted = person(request), Wanted.of(request.GET)
    totals = act_register.totals(user, wanted)
    known = totals[wanted.show]
    if known is None:
        wanted = replace(wanted, sort=act_register.NEWEST)
    rows, number = act_register.found(user, wanted), request.GET.get("page")
    page = (
        open_page(rows, size=PAGE, number=number, more_than=act_register.MOST)
        if known is None
        else page_of(rows, size=PAGE, number=number, known=known)
    )
    acts = list(page.object_list)
    outcomes = act_register.outcomes_of(acts)
    query = _query(wanted)
    context = {
        "page": page,
        "rows": [(act, outcomes.get(act.pk)) for act in acts],
        "chips": _chips(wanted, totals),
        "form": ActFilterForm(
            initial={"q": wanted.words, "sort": wanted.sort, **{k: query.get(k, "") for k in query}}
        ),
        "reset_url": f"?{urlencode({'show': wanted.show})}" if wanted.is_narrowed else "",
        "sort": wanted.sort,
        "is_long": known is None,
        "unread": wanted.unread,
        "xlsx_url": f"{reverse('reports:acts_xlsx')}?{urlencode(query)}",
    }
    return TemplateResponse(request, "pledges/act_register.html", context)


def _query(wanted: Wanted) -> dict[str, str]:
    given: dict[str, Any] = {
        "show": wanted.show,
        "q": wanted.words,
        "year": wanted.year,
        "since": wanted.since,
        "until": wanted.until,
        "sort": wanted.sort if wanted.sort != act_register.NEWEST else "",
    }
    return {name: text for name, text in given.items() if text}


def _chips(wanted: Wanted, totals: dict[str, int | None]) -> list[dict[str, object]]:
    rest = {name: text for name, text in _query(wanted).items() if name != "show"}
    return [
        {
            "label": str(label),
            "url": "?" + urlencode(({"show": show} if show else {}) | rest),
            "count": totals[show],
            "active": show == wanted.show,
        }
        for show, label in LABELS.items()
        if totals[show] != 0 or show in (wanted.show, act_register.ALL)
    ]
