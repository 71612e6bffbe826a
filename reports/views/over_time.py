"""Diễn biến: a unit over the days of a window, beside another year, and as it stood on a past day."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from cadres import clock
from cadres.access import person, signed_in
from cadres.models import Unit
from cadres.rates import Rate
from cadres.templatetags.display import Curve
from cadres.text import fold
from pledges.models import Tier, TierKind
from pledges.states import CampaignState
from reports import over_time
from reports.figures import BY_CODE, Figure, figures_of
from reports.forms.over_time import PastDayForm, YearsForm
from reports.views.dashboard import unit_for
from reports.years import Comparison, Counted, Line, Side, Tie, compare_years, older_tiers, rules_that_differ

PAGE = 50
SORTS: dict[str, Callable[["Row"], Any]] = {
    "name": lambda row: row.place,
    "before": lambda row: _share(row.before),
    "after": lambda row: _share(row.after),
    "points": lambda row: (row.points is None, row.points or 0),
    "pledges": lambda row: row.pledges[1],
}


@dataclass(frozen=True)
class Row:
    """A line of the comparison in one figure, as the page shows it."""

    line: Line
    before: Rate | None
    after: Rate | None
    points: Decimal | None
    pledges: tuple[int, int]

    @property
    def more(self) -> int:
        """How many more tasks than before."""
        return self.pledges[1] - self.pledges[0]

    @property
    def place(self) -> str:
        """Where it stands in the tree, now or then."""
        return (self.line.after or self.line.before)[0].path

    @property
    def is_empty(self) -> bool:
        """Whether neither year has anything of it."""
        return not any(self.pledges) and not any(
            rate and rate.denominator for rate in (self.before, self.after)
        )


def _share(rate: Rate | None) -> tuple[bool, Decimal]:
    value = rate.percent(2) if rate else None
    return value is None, value or Decimal(0)


def _row(line: Line, figure: Figure) -> Row:
    pledges = (line.pledges(after=False), line.pledges(after=True))
    before, after = line.rate(figure, after=False), line.rate(figure, after=True)
    return Row(line, before, after, line.points(figure), pledges)


@signed_in
@require_GET
def years(request: HttpRequest, code: str) -> HttpResponse:
    """The curve of the window, the year beside another by organisation, and what was known on a past day."""
    unit = unit_for(person(request), code)
    tiers = _tiers(unit)
    tier = _chosen(tiers, request.GET.get("campaign", ""), request.GET.get("tier", ""))
    if tier is None:
        return TemplateResponse(request, "reports/unit_empty.html", {"unit": unit})
    today = clock.today()
    others = older_tiers(unit, tier)
    older = next((one for one in others if one.campaign.code == request.GET.get("against")), None)
    older = older or next(iter(others), None)
    figures = figures_of(tier)
    figure = next((one for one in figures if one.code == request.GET.get("figure")), figures[0])
    found = compare_years(unit, tier, older, today) if older else None
    chosen = {"campaign": tier.campaign.code, "figure": figure.code}
    form = YearsForm(
        request.GET.dict() | chosen | ({"against": older.campaign.code} if older else {}),
        campaigns=[_year_choice(one) for one in tiers if one.kind == tier.kind],
        against=[_year_choice(one) for one in others],
        figures=[(one.code, str(one.title)) for one in figures] if found else [],
    )
    context = {
        "unit": unit,
        "tier": tier,
        "campaign": tier.campaign,
        "kinds": _kinds(tiers),
        "figure": figure,
        "older": older,
        "found": found,
        "form": form,
        "curve": _curve(unit, tier, found, today),
        **_past(request, unit, tier, today),
        **(_lines(request, found, figure) if found else {}),
    }
    return TemplateResponse(request, "reports/over_time.html", context)


def _year_choice(tier: Tier) -> tuple[str, str]:
    return tier.campaign.code, f"{tier.campaign.year} · {tier.campaign.code}"


def _tiers(unit: Unit) -> list[Tier]:
    """Every tier in which the unit may be counted: the members' first, the newest first."""
    tiers = Tier.objects.select_related("campaign__host").filter(
        campaign__host__path__in=unit.ancestor_paths()
    )
    tiers = tiers.exclude(campaign__state=CampaignState.DRAFT)
    newest = tiers.order_by("-campaign__year", "order", "campaign__code")
    return sorted(newest, key=lambda tier: tier.kind != TierKind.MEMBERS)


def _chosen(tiers: list[Tier], campaign: str, kind: str) -> Tier | None:
    """The tier of the address, or the newest; 404 for a campaign that there is not."""
    named = [tier for tier in tiers if not campaign or tier.campaign.code == campaign]
    if campaign and not named:
        raise Http404
    return next((tier for tier in named if tier.kind == kind), next(iter(named), None))


def _kinds(tiers: list[Tier]) -> list[Tier]:
    """The newest tier of each kind of people."""
    newest: dict[str, Tier] = {}
    for tier in tiers:
        newest.setdefault(tier.kind, tier)
    return list(newest.values())


def _curve(unit: Unit, tier: Tier, found: Comparison | None, today: date) -> Curve | None:
    """This year's curve, and the other's where both are of the same organisations."""
    if found is None:
        units = tuple(Side.of_tier(tier, today).of({unit.pk}).values())
        return over_time.curve(_days_of(tier, units), today)
    then = _days_of(found.before.tier, found.total.before) if found.total.compared else None
    return over_time.curve(_days_of(tier, found.total.after), today, then)


def _days_of(tier: Tier, units: Iterable[Counted]) -> over_time.Line:
    kept = list(units)
    rates = (BY_CODE["registered"].rate(one.row) for one in kept)
    return over_time.Line(tier, frozenset(one.unit.pk for one in kept), sum(rates, Rate(0, 0)))


def _lines(request: HttpRequest, found: Comparison, figure: Figure) -> dict[str, Any]:
    """The lines asked for, sorted, a page of them."""
    every = [_row(line, figure) for line in found.lines]
    rows = [row for row in every if not row.is_empty]
    kept = rows
    for word in fold(request.GET.get("unit", "")).split():
        kept = [row for row in kept if word in fold(f"{row.line.name} {row.line.names_before}")]
    sort = request.GET.get("sort", "")
    if sort.removeprefix("-") not in SORTS:
        sort = "points"
    return {
        "total": _row(found.total, figure),
        "common": _row(found.common, figure) if any(row.line.tie != Tie.SAME for row in rows) else None,
        "page": Paginator(_sorted(kept, sort), PAGE).get_page(request.GET.get("page")),
        "sort": sort,
        "n_empty": len(every) - len(rows),
        "apart": sum(not row.line.compared for row in rows),
        "rules": rules_that_differ(found, figure),
    }


def _sorted(rows: Iterable[Row], sort: str) -> list[Row]:
    """By the key of the page ("-key" descending); by the place in the tree where that is the same."""
    in_tree = sorted(rows, key=SORTS["name"])
    return sorted(in_tree, key=SORTS[sort.removeprefix("-")], reverse=sort.startswith("-"))


def _past(request: HttpRequest, unit: Unit, tier: Tier, today: date) -> dict[str, Any]:
    """The form of the past day, and its answer where a day was asked for."""
    asked = "on" in request.GET and request.GET["on"] != ""
    form = PastDayForm(request.GET if asked else None, today=today)
    past = over_time.past_day(unit, tier, form.cleaned_data["on"]) if asked and form.is_valid() else None
    return {"past_form": form, "past": past}
