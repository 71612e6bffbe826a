"""The page of the nightly check: what was compared, what differs, how it is repaired."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from cadres.access import person, role_required
from cadres.models import Unit, User
from cadres.permissions import scope_of, under
from cadres.roles import Role
from pledges.models import TierKind
from reports.measure_words import measure_words
from reports.models import FigureCheck

SHOWN = 30
LINES = 100
READERS = (Role.BOARD_OFFICER, Role.ADMINISTRATOR, Role.INSPECTOR)


@dataclass(frozen=True)
class Line:
    """One figure that differs, in words."""

    campaign: str
    tier: str
    unit: str
    measure: str
    kept: int
    recounted: int


@role_required(*READERS)
@require_GET
def check_list(request: HttpRequest) -> HttpResponse:
    """The last result on top in words, its differences, and the checks of the nights before."""
    checks = list(FigureCheck.objects.all()[:SHOWN])
    last = checks[0] if checks else None
    context = {
        "last": last,
        "lines": _lines(last, person(request)) if last else [],
        "checks": [(check, found(check)) for check in checks],
        "found": found(last) if last else 0,
    }
    return TemplateResponse(request, "reports/checks.html", context)


def found(check: FigureCheck) -> int:
    """How many numbers differed, those included that were not kept by name."""
    return sum(one.get("more", 1) for one in check.differences)


def _lines(check: FigureCheck, user: User) -> list[Line]:
    """The differences of units the account may read; the administrator keeps the whole site."""
    named = [one for one in check.differences if "unit" in one]
    units = Unit.objects.filter(code__in={one["unit"] for one in named}) if named else Unit.objects.none()
    if not scope_of(user).has(Role.ADMINISTRATOR):
        units = units.filter(under(scope_of(user).readable_paths))
    names = dict(units.values_list("code", "name"))
    return [_line(one, names[one["unit"]]) for one in named if one["unit"] in names][:LINES]


def _line(one: dict[str, Any], unit: str) -> Line:
    kinds = dict(TierKind.choices)
    return Line(
        campaign=one["campaign"],
        tier=str(kinds.get(one["tier"], one["tier"])),
        unit=unit,
        measure=measure_words(one["measure"]),
        kept=one["kept"],
        recounted=one["recounted"],
    )
