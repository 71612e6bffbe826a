"""Diễn biến: a unit over the days of a window, beside another year, and as it stood on a past day."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from cadres import clock
from cadres.access import person, signed_in
from cadres.models import RecordEvent, Unit
from cadres.rates import Rate
from cadres.templatetags.display import Curve, moment
from cadres.text import fold
from pledges.models import Tier
from reports import over_time
from reports.dashboards import all_tiers
from reports.figures import BY_CODE, Figure, figures_of
from reports.forms.over_time import PastDayForm, YearsForm
from reports.views.cell_book import XLSX
from reports.views.dashboard import chosen_tier, unit_for
from reports.years import Comparison, Counted, Side, Tie, compare_years, older_tiers
from reports.years_book import Row, row_of, rows_of, share, write_years
from reports.years_words import rules_that_differ

PAGE = 50
SORTS: dict[str, Callable[[Row], Any]] = {
    "name": lambda row: row.place,
    "before": lambda row: share(row.before),
    "after": lambda row: share(row.after),
    "points": lambda row: row.points,
    "pledges": lambda row: row.pledges[1],
}


@dataclass(frozen=True)
class Asked:
    """What the address names: the tier, the one it is put beside, the figure, and both compared."""

    unit: Unit
    tiers: list[Tier]
    tier: Tier
    others: list[Tier]
    older: Tier | None
    figure: Figure
    found: Comparison | None

    @property
    def figures(self) -> list[Figure]:
        """The figures to choose from: where years are compared, those that both have."""
        sides = (self.found.before, self.found.after) if self.found else ()
        return [one for one in figures_of(self.tier) if all(side.counts(one) for side in sides)]


def _asked(request: HttpRequest, code: str) -> Asked | Unit:
    """What is asked for of the unit; the unit alone where it has no campaign. 404 for strangers."""
    unit = unit_for(person(request), code)
    tiers = all_tiers(unit)
    tier = chosen_tier(tiers, request.GET.get("campaign"), request.GET.get("tier"))
    if tier is None:
        return unit
    others = older_tiers(unit, tier)
    older = next((one for one in others if one.campaign.code == request.GET.get("against")), None)
    older = older or next(iter(others), None)
    found = compare_years(unit, tier, older, clock.today()) if older else None
    asked = Asked(unit, tiers, tier, others, older, figures_of(tier)[0], found)
    named = (one for one in asked.figures if one.code == request.GET.get("figure"))
    return replace(asked, figure=next(named, asked.figure))


@signed_in
@require_GET
def years(request: HttpRequest, code: str) -> HttpResponse:
    """The curve of the window, the year beside another by organisation, and what was known on a past day."""
    asked = _asked(request, code)
    if isinstance(asked, Unit):
        return TemplateResponse(request, "reports/unit_empty.html", {"unit": asked})
    context = {
        "unit": asked.unit,
        "tier": asked.tier,
        "campaign": asked.tier.campaign,
        "kinds": _kinds(asked.tiers),
        "figure": asked.figure,
        "older": asked.older,
        "found": asked.found,
        "form": _form(request, asked),
        "curve": _curve(asked),
        **_past(request, asked),
        **(_lines(request, asked.found, asked.figure) if asked.found else {}),
    }
    return TemplateResponse(request, "reports/over_time.html", context)


@signed_in
@require_GET
def years_xlsx(request: HttpRequest, code: str) -> HttpResponse:
    """Both years by organisation as a workbook, in the export log; the page where nothing is compared."""
    asked = _asked(request, code)
    if isinstance(asked, Unit) or asked.found is None or asked.older is None:
        return redirect("reports:over_time", code)
    file = BytesIO()
    rows = write_years(file, asked.unit, asked.found, asked.figure, moment(clock.now()))
    data = {"format": "xlsx", "campaign": asked.tier.campaign.code, "figure": asked.figure.code, "rows": rows}
    RecordEvent.objects.create(
        actor=person(request),
        action="export_years",
        unit=asked.unit,
        data=data | {"against": asked.older.campaign.code},
    )
    response = HttpResponse(file.getvalue(), content_type=XLSX)
    codes = f"{asked.found.before.tier.campaign.code}-{asked.tier.campaign.code}"
    response["Content-Disposition"] = f'attachment; filename="{asked.unit.code}-{codes}.xlsx"'
    response["Cache-Control"] = "no-store"
    return response


def _form(request: HttpRequest, asked: Asked) -> YearsForm:
    chosen = {"campaign": asked.tier.campaign.code, "figure": asked.figure.code}
    if asked.older:
        chosen["against"] = asked.older.campaign.code
    return YearsForm(
        request.GET.dict() | chosen,
        campaigns=[_year_choice(one) for one in asked.tiers if one.kind == asked.tier.kind],
        against=[_year_choice(one) for one in asked.others],
        figures=[(one.code, str(one.title)) for one in asked.figures] if asked.found else [],
    )


def _year_choice(tier: Tier) -> tuple[str, str]:
    return tier.campaign.code, f"{tier.campaign.year} · {tier.campaign.code}"


def _kinds(tiers: list[Tier]) -> list[Tier]:
    """The newest tier of each kind of people."""
    newest: dict[str, Tier] = {}
    for tier in tiers:
        newest.setdefault(tier.kind, tier)
    return list(newest.values())


def _curve(asked: Asked) -> Curve | None:
    """This year's curve, and the other's where both are of the same organisations."""
    found, today = asked.found, clock.today()
    if found is None:
        units = tuple(Side.of_tier(asked.tier, today).of({asked.unit.pk}).values())
        return over_time.curve(_days_of(asked.tier, units), today)
    then = _days_of(found.before.tier, found.total.before) if found.total.compared else None
    return over_time.curve(_days_of(asked.tier, found.total.after), today, then)


def _days_of(tier: Tier, units: Iterable[Counted]) -> over_time.Line:
    kept = list(units)
    rates = (BY_CODE["registered"].rate(one.row) for one in kept)
    return over_time.Line(tier, frozenset(one.unit.pk for one in kept), sum(rates, Rate(0, 0)))


def _lines(request: HttpRequest, found: Comparison, figure: Figure) -> dict[str, Any]:
    """The lines asked for, sorted, a page of them."""
    rows, n_empty = rows_of(found, figure)
    kept = rows
    for word in fold(request.GET.get("unit", "")).split():
        kept = [row for row in kept if word in fold(f"{row.line.name} {row.line.names_before}")]
    sort = request.GET.get("sort", "")
    if sort.removeprefix("-") not in SORTS:
        sort = "points"
    return {
        "total": row_of(found, found.total, figure),
        "common": row_of(found, found.common, figure)
        if any(row.line.tie != Tie.SAME for row in rows)
        else None,
        "page": Paginator(_sorted(kept, sort), PAGE).get_page(request.GET.get("page")),
        "sort": sort,
        "n_empty": n_empty,
        "apart": sum(not row.line.compared for row in rows),
        "rules": rules_that_differ(found, figure),
    }


def _sorted(rows: Iterable[Row], sort: str) -> list[Row]:
    """By the key of the page ("-key" descending), what has none last; then by the place in the tree."""
    key = SORTS[sort.removeprefix("-")]
    in_tree = sorted(rows, key=SORTS["name"])
    known = sorted((row for row in in_tree if key(row) is not None), key=key, reverse=sort.startswith("-"))
    return known + [row for row in in_tree if key(row) is None]


def _past(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """The form of the past day, and its answer where a day was asked for."""
    form = PastDayForm(request.GET if request.GET.get("on") else None, today=clock.today())
    past = over_time.past_day(asked.unit, asked.tier, form.cleaned_data["on"]) if form.is_valid() else None
    return {"past_form": form, "past": past}
