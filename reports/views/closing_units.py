"""A closing opened for any unit, as the live page is: figures, people and pledges as they were."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cadres.access import person, signed_in
from cadres.jobs import JobState
from cadres.models import RecordEvent, Unit
from cadres.permissions import can_read_unit
from pledges.models import Tier, TierKind
from reports.closing_lists import PEOPLE_LISTS, USUAL, how_many
from reports.closing_reading import ClosedLine, OpenedClosing, after_the_close, definitions_of, open_unit
from reports.closing_words import mark, matter_lines
from reports.dashboards import ranked
from reports.long_lists import ClosedPeopleList
from reports.models import ClosedUnit, Closing, ClosingKind
from reports.opened import AT_ONCE
from reports.views.dashboard import unit_for
from reports.views.summary import XLSX
from reports.writers.sheet import Column, write_table


def opened(request: HttpRequest, pk: int, code: str) -> OpenedClosing:
    """The closing at a unit that the person reads: 404 for strangers and for what it does not have."""
    unit = unit_for(person(request), code)
    closing = closing_of(pk, unit)
    tier = chosen_tier(closing, request.GET.get("tier", ""))
    found = open_unit(closing, tier, unit)
    if found is None:
        raise Http404
    return found


def closing_of(pk: int, unit: Unit) -> Closing:
    """The finished closing, where the unit stands at or below its host or stood there then."""
    done = Closing.objects.select_related("campaign__host", "created_by").filter(state=JobState.DONE)
    has_unit = Exists(ClosedUnit.objects.filter(closing=OuterRef("pk"), unit=unit))
    return get_object_or_404(done.filter(has_unit), pk=pk)


def tiers_of(closing: Closing) -> list[Tier]:
    """The tiers that were closed, the members' first: that is the figure of the house."""
    keys = [frozen["tier"] for frozen in closing.definitions["tiers"]]
    found = Tier.objects.select_related("campaign__host").filter(pk__in=keys)
    return sorted(found, key=lambda tier: (tier.kind != TierKind.MEMBERS, tier.order))


def chosen_tier(closing: Closing, kind: str) -> Tier:
    """The tier asked for, or the first."""
    named = [tier for tier in tiers_of(closing) if not kind or tier.kind == kind]
    if not named:
        raise Http404
    return named[0]


@signed_in
@require_GET
def unit(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Headline, units below ranked, lists of names, what was open, how it was counted."""
    data = opened(request, pk, code)
    place, closing = data.total.unit, data.closing
    parent = data.total.row.parent
    rows: list[Any] = data.lines
    if data.tier.has_rate:
        rows = ranked(rows, request.GET.get("sort", "percent"))
    else:
        rows = [line for line in rows if line.row.pledges]
    context = frame(data) | {
        "data": data,
        "rows": rows,
        "sort": request.GET.get("sort", "percent"),
        "parent": parent if parent and can_read_unit(person(request), parent) else None,
        "tiers": tiers_of(closing),
        "matters": matter_lines(closing.campaign, closing.open_matters),
        "definitions": definitions_of(closing, data.tier),
        "others": _others(closing),
        "reads_host": can_read_unit(person(request), closing.campaign.host),
        "lists": lists_of(data, USUAL),
        "unit": place,
    }
    return TemplateResponse(request, "reports/closing_unit.html", context)


def _others(closing: Closing) -> list[Closing]:
    """Other closings of the campaign to compare with, the newest first."""
    rows = Closing.objects.filter(campaign=closing.campaign, state=JobState.DONE).exclude(pk=closing.pk)
    return list(rows.defer("definitions", "open_matters").order_by("-taken_at")[:10])


def frame(data: OpenedClosing) -> dict[str, Any]:
    """What every page of a closing at a unit shows."""
    return {
        "closing": data.closing,
        "campaign": data.closing.campaign,
        "tier": data.tier,
        "unit": data.total.unit,
        "unit_name": data.total.name,
        "mark": mark(data.closing),
        "provisional": data.closing.kind == ClosingKind.WORKING,
        "after": after_the_close(data),
    }


def lists_of(data: OpenedClosing, keys: Iterable[str], *, own: bool = False) -> list[tuple[str, Any, int]]:
    """Lists of people, each with its words and its number."""
    numbers = how_many(data, own=own)
    return [(key, PEOPLE_LISTS[key], numbers[key]) for key in keys]


@signed_in
@require_GET
def unit_xlsx(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """The units below with their total as a workbook, marked as the page is."""
    data = opened(request, pk, code)
    lines = [*data.lines] or [data.total]
    rows = [_cells(data.tier, number, line) for number, line in enumerate(lines, start=1)]
    if data.own:
        rows.append([None, _("Directly in the unit"), *_figures(data.tier, data.own, "own_")])
    columns = [
        Column(_("No."), 6, "int"),
        Column(_("Organisation"), 46),
        *(Column(label, 13, "int") for label in _labels(data.tier)),
    ]
    total = _cells(data.tier, None, data.total, _("Total"))
    return _workbook(request, data, columns, rows, total=total, what="units")


def _labels(tier: Tier) -> list[str]:
    listed = tier.is_listed
    pledges = [
        _("Registered undertakings") if listed else _("Registered pledges"),
        _("Approved undertakings") if listed else _("Approved pledges"),
        _("Done"),
    ]
    if not tier.has_rate:
        return pledges
    people = [_("Counted"), _("Registered"), _("Approved"), _("Not registered"), _("Not counted")]
    return [*people, *pledges, _("Cells that sent"), _("Cells")]


def _cells(tier: Tier, number: int | None, line: ClosedLine, name: str = "") -> list[object]:
    return [number, name or line.name, *_figures(tier, line, "")]


def _figures(tier: Tier, line: ClosedLine, prefix: str) -> list[object]:
    """Under the labels: people and cells only where people are counted."""

    def of(name: str) -> int:
        return int(getattr(line.row, prefix + name))

    pledges: list[object] = [of("pledges"), of("pledges_approved"), of("done")]
    if not tier.has_rate:
        return pledges
    missing, not_counted = of("counted") - of("registered"), of("exempt") + of("away")
    people = [of("counted"), of("registered"), of("approved"), missing, not_counted]
    return [*people, *pledges, of("cells_sent"), of("cells")]


@signed_in
@require_GET
def people_xlsx(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """One row a person, counted or not, as a workbook; of many people a worker writes it."""
    data = opened(request, pk, code)
    if not data.tier.has_rate:
        return to_pledges(request, data)
    if is_long(data):
        messages.error(request, _("The list is too long for that. Have it written in the background."))
        page = reverse("reports:closing_people", args=[pk, code])
        return redirect(f"{page}?tier={data.tier.kind}")
    file, found = BytesIO(), ClosedPeopleList(data)
    rows = found.write(file, iter, count=found.count(), plain=False)
    return _download(request, data, file, rows, what="people")


def to_pledges(request: HttpRequest, data: OpenedClosing) -> HttpResponse:
    """A tier that counts nobody has no people to list: its pledges are opened, and say so."""
    told = _("Nobody is counted in this closing, so it has no list of people: these are its undertakings.")
    messages.info(request, told)
    page = reverse("reports:closing_pledges", args=[data.closing.pk, data.total.unit.code])
    return redirect(f"{page}?tier={data.tier.kind}")


def is_long(data: OpenedClosing) -> bool:
    """Whether the people are too many to be written while one waits."""
    row = data.total.row
    return bool(row.counted + row.exempt + row.away > AT_ONCE)


def _workbook(
    request: HttpRequest,
    data: OpenedClosing,
    columns: list[Column],
    rows: Any,
    *,
    what: str,
    total: list[object] | None = None,
) -> HttpResponse:
    closing, file = data.closing, BytesIO()
    written = write_table(
        file,
        title_lines=[data.total.name, closing.campaign.title],
        columns=columns,
        rows=rows,
        total=total,
        notes=[f"{one['title']}: {one['definition']}" for one in definitions_of(closing, data.tier)],
        sheet_name=_("Closing"),
        provisional=mark(closing),
    )
    return _download(request, data, file, written, what=what)


def _download(
    request: HttpRequest, data: OpenedClosing, file: BytesIO, written: int, *, what: str
) -> HttpResponse:
    """The file, named without a person's name, and a line in the export log."""
    closing = data.closing
    RecordEvent.objects.create(
        actor=person(request),
        action="export_closing",
        unit=data.total.unit,
        data={"format": "xlsx", "campaign": closing.campaign.code, "closing": closing.pk, "rows": written},
    )
    name = f"{closing.campaign.code}-{data.total.unit.code}-{closing.pk}-{what}.xlsx"
    response = HttpResponse(file.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
