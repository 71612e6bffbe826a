"""Mở số ra danh sách: every number of a figure opens the exact rows behind it, within the reader's rights."""

import uuid
from collections.abc import Callable
from functools import wraps
from io import BytesIO

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cadres import clock
from cadres.access import person, signed_in
from cadres.models import RecordEvent
from cadres.templatetags.display import moment
from cadres.views import terms
from reports.closing_lists import closed_part_address
from reports.dashboards import member_tiers
from reports.few_rows import narrowed
from reports.figures import Kind, figure_lines, figures_of, footnotes
from reports.models import UnitCount
from reports.opened import AT_ONCE, Opened, Part, is_updating, part_number, parts_of, read_leaf
from reports.opened_lines import (
    Line,
    Listed,
    lines_of,
    tells_obstacles,
    tells_why,
    title_of,
    with_names,
    write_list,
)
from reports.views.cell_book import XLSX
from reports.views.dashboard import unit_for
from reports.views.lists import any_tier

page_with_search = require_http_methods(["GET", "HEAD", "POST"])
PRINTED = 2_000
# What a new filter by organisation keeps of the address; `page` keeps the search for a person.
KEPT = ("campaign", "tier", "part", "own", "page")


def _opened(request: HttpRequest, code: str, figure: str) -> Opened:
    """What the address names; 404 for strangers and for what there is not."""
    unit = unit_for(person(request), code)
    asked = request.GET.get("campaign", "")
    tier = any_tier(unit.ancestor_paths(), asked, request.GET.get("tier", "")) if asked else None
    if tier is None:
        tier = next(iter(member_tiers(unit)), None)
    known = {} if tier is None else {one.code: one for one in figures_of(tier)}
    part = request.GET.get("part", Part.NUMERATOR)
    if tier is None or figure not in known or part not in parts_of(known[figure]):
        raise Http404
    return Opened(
        figure=known[figure],
        part=Part(part),
        tier=tier,
        unit=unit,
        day=clock.today(),
        own=request.GET.get("own") == "1",
        place=request.GET.get("unit", ""),
        term=terms.recall(request, "figure"),
    )


def opens(view: Callable[[HttpRequest, Opened], HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand the opened number to the view; of a campaign that is closed its closing opens it instead."""

    @wraps(view)
    def opening(request: HttpRequest, code: str, figure: str) -> HttpResponse:
        opened = _opened(request, code, figure)
        place = (opened.tier, opened.unit, opened.figure, opened.part)
        if address := closed_part_address(*place, own=opened.own):
            return redirect(address)
        return view(request, opened)

    return opening


@signed_in
@page_with_search
@opens
def figure(request: HttpRequest, opened: Opened) -> HttpResponse:
    """The rows of a part, page after page, with the list's own count and its time."""
    if request.method == "POST":
        return terms.remember(request, "figure")
    row = UnitCount.objects.filter(tier=opened.tier, unit=opened.unit).first()
    size = part_number(opened.figure, Part.DENOMINATOR, opened.tier, row)
    rows = with_names(opened, narrowed(opened, opened.rows(), row))
    leaf = read_leaf(opened, rows, _after(request), size)
    if leaf is None:
        raise Http404
    known = opened.number(row)
    # How long the list can be; None where only looking tells.
    most = leaf.counted if leaf.counted is not None or opened.is_filtered else known
    context = {
        **_common(opened, row),
        "lines": lines_of(opened, leaf.rows),
        "after": leaf.after,
        "first": "1" if _after(request) is not None else "",
        "counted": leaf.counted,
        "known": known,
        "updating": is_updating(opened.tier, opened.unit),
        "parts": _parts(opened, row),
        "others": figure_lines(opened.tier, row),
        "kept": [(name, request.GET.get(name)) for name in KEPT],
        "searches": opened.figure.kind != "cells",
        **_ways_out(most),
    }
    return TemplateResponse(request, "reports/figure.html", context)


def _parts(opened: Opened, row: UnitCount | None) -> list[tuple[Part, str, int | None]]:
    """The parts of the figure, each with its words and its number."""
    figure, tier = opened.figure, opened.tier
    return [
        (part, label, part_number(figure, part, tier, row, own=opened.own))
        for part, label in parts_of(figure).items()
    ]


def _ways_out(most: int | None) -> dict[str, object]:
    """How a list of at most so many rows can be taken out; of one of unknown length all ways are shown."""
    return {
        "may_print": most is None or most <= PRINTED,
        "may_write": most is None or most <= AT_ONCE,
        "is_long": most is None or most > AT_ONCE,
        "ref": uuid.uuid4(),
    }


def _after(request: HttpRequest) -> int | None:
    typed = request.GET.get("after", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else None


def _common(opened: Opened, row: UnitCount | None) -> dict[str, object]:
    return {
        "opened": opened,
        "figure": opened.figure,
        "unit": opened.unit,
        "tier": opened.tier,
        "campaign": opened.tier.campaign,
        "title": title_of(opened),
        **_columns(opened),
        "unregistered": (opened.figure.code, opened.part) == ("registered", Part.REST),
        "rate": opened.figure.rate(row, own=opened.own),
        "now": clock.now(),
    }


def _columns(opened: Opened) -> dict[str, bool]:
    """What the table asks of each of its rows, asked once."""
    kind = opened.figure.kind
    return {
        "is_people": kind == Kind.PEOPLE,
        "is_pledges": kind == Kind.PLEDGES,
        "is_cells": kind == Kind.CELLS,
        "tells_why": tells_why(opened),
        "tells_holder": tells_obstacles(opened),
    }


@signed_in
@require_GET
@opens
def figure_print(request: HttpRequest, opened: Opened) -> HttpResponse:
    """The whole list on A4, with its definition below; a line in the export log."""
    row = UnitCount.objects.filter(tier=opened.tier, unit=opened.unit).first()
    lines = _all_lines(opened, row, PRINTED)
    if lines is None:
        return _too_long(request, opened)
    _journal(request, opened, lines, "print")
    context = {
        **_common(opened, row),
        "lines": lines,
        "counted": len(lines),
        "footnotes": footnotes([opened.figure]),
    }
    return TemplateResponse(request, "reports/figure_print.html", context)


@signed_in
@require_GET
@opens
def figure_xlsx(request: HttpRequest, opened: Opened) -> HttpResponse:
    """The whole list as a workbook, named without a person's name; a line in the export log."""
    row = UnitCount.objects.filter(tier=opened.tier, unit=opened.unit).first()
    lines = _all_lines(opened, row, AT_ONCE)
    if lines is None:
        return _too_long(request, opened)
    now, file = clock.now(), BytesIO()
    write_list(file, Listed(opened, row, lines, len(lines), moment(now)))
    _journal(request, opened, lines, "xlsx")
    name = f"{opened.tier.campaign.code}-{opened.unit.code}-{opened.figure.code}-{now:%Y%m%d-%H%M}.xlsx"
    response = HttpResponse(file.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _all_lines(opened: Opened, row: UnitCount | None, most: int) -> list[Line] | None:
    """Every line of the list; None where there are more than `most`."""
    rows = list(with_names(opened, narrowed(opened, opened.rows(), row))[: most + 1])
    return None if len(rows) > most else lines_of(opened, rows)


def _too_long(request: HttpRequest, opened: Opened) -> HttpResponse:
    words = _("The list is too long for that. Have it written in the background or open it for a unit below.")
    messages.error(request, words)
    address = reverse("reports:figure", args=[opened.unit.code, opened.figure.code])
    return redirect(f"{address}?{request.GET.urlencode()}")


def _journal(request: HttpRequest, opened: Opened, lines: list[Line], form: str) -> None:
    RecordEvent.objects.create(
        actor=person(request),
        action="export_figure",
        unit=opened.unit,
        data={
            "format": form,
            "campaign": opened.tier.campaign.code,
            "tier": opened.tier.kind,
            "figure": opened.figure.code,
            "part": str(opened.part),
            "rows": len(lines),
        },
    )
