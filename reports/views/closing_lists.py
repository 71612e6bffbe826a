"""People and pledges of a closing by name, as they were."""

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from cadres.access import signed_in
from pledges.states import REGISTERED, PledgeStatus
from reports.closing_lists import (
    PEOPLE_LISTS,
    USUAL,
    how_many,
    in_places,
    of_field,
    of_part,
    of_status,
    of_theme,
    people,
    pledges,
)
from reports.closing_reading import OpenedClosing, content_of, names_of
from reports.figures import BY_CODE, Kind
from reports.opened import Part, part_number, part_title, parts_of
from reports.views.closing_units import frame, is_long, lists_of, opened

PAGE = 50


class Known(Paginator):
    """Pages of a list whose length the closing has put away, so that its rows are not counted."""

    def __init__(self, rows: QuerySet[Any], count: int) -> None:
        super().__init__(rows, PAGE)
        self.count = count


@signed_in
@require_GET
def closed_people(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """People as counted or left out, each with the numbers of pledges; without a rate, the pledges."""
    data, own = opened(request, pk, code), request.GET.get("own") == "1"
    if not data.tier.has_rate:
        return redirect(f"{reverse('reports:closing_pledges', args=[pk, code])}?tier={data.tier.kind}")
    show = request.GET.get("show", "missing")
    if show not in PEOPLE_LISTS:
        raise Http404
    rows = people(data, own=own)[show].select_related("member")
    known = how_many(data, own=own)[show]
    page = Known(rows.order_by("path", "sort_key", "pk"), known).get_page(request.GET.get("page"))
    names = names_of(data.closing, data.tier, {row.unit_id for row in page})
    context = frame(data) | {
        "own": own,
        "page": page,
        "is_long": is_long(data),
        "ref": uuid.uuid4(),
        "people": [(row, names.get(row.unit_id, "")) for row in page],
        "show": show,
        "title": PEOPLE_LISTS[show],
        "choices": lists_of(data, dict.fromkeys((*USUAL, show)), own=own),
    }
    return TemplateResponse(request, "reports/closing_people.html", context)


@signed_in
@require_GET
def closed_pledges(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Pledges as they stood: the version of then, its lead, its status; all, or a part of a figure."""
    data, own = opened(request, pk, code), request.GET.get("own") == "1"
    rows, shown = pledges(data, own=own), _part(request, data, own=own)
    if shown:
        rows = rows.filter(of_part(shown["figure"], shown["part"]))
    asked = (request.GET.get(name, "") for name in ("status", "theme", "field", "unit"))
    status, theme, field, wanted = asked
    if status == "stuck" and not data.closing.counts(status):
        raise Http404
    campaign = data.closing.campaign
    rows = rows.filter(of_status(status) & of_theme(campaign, theme) & of_field(field) & in_places(wanted))
    filtered = shown or status or theme or field or wanted
    pages = Paginator(rows, PAGE) if filtered else Known(rows, _all(data, own=own))
    page = pages.get_page(request.GET.get("page"))
    names = names_of(data.closing, data.tier, {row.unit_id for row in page})
    context = frame(data) | {
        "own": own,
        "shown": shown,
        "page": page,
        "pledges": [(row, content_of(row.version), names.get(row.unit_id, "")) for row in page],
        "status": status,
        "theme": theme,
        "field": field,
        "wanted": wanted,
        "tells_stuck": data.closing.counts("stuck"),
        "statuses": [choice for choice in PledgeStatus.choices if choice[0] in REGISTERED],
    }
    return TemplateResponse(request, "reports/closing_pledges.html", context)


def _all(data: OpenedClosing, *, own: bool) -> int:
    return int(data.total.row.own_pledges if own else data.total.row.pledges)


def _part(request: HttpRequest, data: OpenedClosing, *, own: bool) -> dict[str, Any]:
    """The part of a figure that the address asks for, with its neighbours and their numbers; empty: none."""
    if not (code := request.GET.get("figure", "")):
        return {}
    figure, part = BY_CODE.get(code), request.GET.get("part", Part.NUMERATOR)
    if (
        figure is None
        or not data.closing.counts(code)
        or figure.kind != Kind.PLEDGES
        or part not in parts_of(figure)
    ):
        raise Http404
    row = data.total.row
    return {
        "figure": figure,
        "part": Part(part),
        "title": part_title(figure, Part(part)),
        "rate": figure.rate(row, own=own),
        "choices": [
            (key, label, part_number(figure, key, data.tier, row, own=own))
            for key, label in parts_of(figure).items()
        ],
    }
