"""How figures, days and states are written on a page. No queries, no rules: format only.

Numbers follow the language of the page (vi 7.126, en 7,126); years are never grouped; days are
always dd/mm/yyyy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django import template
from django.forms import BoundField
from django.utils import timezone
from django.utils.formats import get_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cadres.rates import Rate

register = template.Library()

NO_DATA = "–"

# Status or flag -> colour of its pill; the words come from the caller, and what is not listed is grey.
PILL_TONES = {
    "returned": "amber",
    "approved": "green",
    "rejected": "red",
    "done": "green",
    "not_done": "red",
    "carried_over": "amber",
    "not_registered": "amber",
    "at_risk": "amber",
    "late": "red",
    "stuck": "red",
    "on_time": "green",
    "beyond_target": "green",
    "sent": "green",
    "adopted": "green",
    "not_sent": "amber",
    "backlog": "gold",
    "award": "gold",
    "failed": "red",
    "running": "amber",
    "open": "green",
}


@register.filter
def number(value: int | Decimal | None) -> str:
    """A count or a decimal by the language of the page: 7.126 and 88,7, or 7,126 and 88.7."""
    if value is None:
        return NO_DATA
    swap = {",": str(get_format("THOUSAND_SEPARATOR")), ".": str(get_format("DECIMAL_SEPARATOR"))}
    plain = f"{value:,}" if isinstance(value, int) else f"{value:,f}"
    return "".join(swap.get(letter, letter) for letter in plain)


@register.filter
def signed(value: int) -> str:
    """A difference with its sign: +1.200, -3, 0."""
    return f"+{number(value)}" if value > 0 else number(value)


@register.filter
def points(value: Decimal | None) -> str:
    """A difference of two shares in percentage points, signed: "+2,1 điểm %"."""
    if value is None:
        return NO_DATA
    sign = "+" if value > 0 else ""
    return _("%(points)s pp") % {"points": f"{sign}{number(value)}"}


@register.filter
def year(value: date | int | None) -> str:
    """A year, never grouped: 2024 is not 2.024. Takes a year or the day it is read from."""
    if value is None:
        return NO_DATA
    return str(value.year if isinstance(value, date) else int(value))


@register.filter
def percent(rate: Rate | None, decimals: int = 0) -> str:
    """Rate -> "94%" or "88,7%"; a dash where there is nothing to divide by."""
    value = None if rate is None else rate.percent(decimals)
    return NO_DATA if value is None else f"{number(value)}%"


@register.filter(name="rate")
def rate_text(rate: Rate | None, decimals: int = 0) -> str:
    """Rate -> "7.126/7.560 (94%)", the one way in which a share of people is written."""
    if rate is None:
        return NO_DATA
    return f"{number(rate.numerator)}/{number(rate.denominator)} ({percent(rate, decimals)})"


register.simple_tag(rate_text, name="rate")


def _height(rate: Rate | None) -> Decimal:
    """Rate -> 0 to 100 for a drawing; no data draws nothing."""
    value = None if rate is None else rate.percent(2)
    return min(max(value or Decimal(0), Decimal(0)), Decimal(100))


@register.filter
def share(rate: Rate | None) -> str:
    """Rate -> the width of its bar, "94.26%": an SVG attribute, hence with a dot in every language."""
    return f"{_height(rate):.2f}%"


@register.simple_tag
def bar(light: Rate | None, full: Rate | None = None) -> SafeString:
    """The bar of _meter.html beside figures that say the same: drawn without a template, once a row."""
    drawn = [(tone, share(rate)) for tone, rate in (("light", light), ("full", full)) if rate is not None]
    rects = format_html_join(
        "", '<rect class="meter-{}" width="{}" height="100%" />', [("track", "100%"), *drawn]
    )
    return format_html(
        '<svg class="meter" width="100%" height="10" focusable="false" aria-hidden="true">{}</svg>', rects
    )


@register.filter
def day(value: date | datetime | None) -> str:
    """A day as dd/mm/yyyy in every language (never month first); an instant gives its local day."""
    if value is None:
        return NO_DATA
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return f"{value:%d/%m/%Y}"


@register.filter
def moment(value: datetime | None) -> str:
    """An instant as "10:42 ngày 26/03/2024" (in English "10:42 on 26/03/2024")."""
    if value is None:
        return NO_DATA
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return _("%(time)s on %(day)s") % {"time": f"{local:%H:%M}", "day": day(local)}


@register.filter
def pill_tone(code: str) -> str:
    """The colour of a status or flag: green, amber, red, gold or grey."""
    return PILL_TONES.get(str(code), "grey")


@register.simple_tag
def status_pill(code: str, label: str) -> SafeString:
    """A pill in the colour of `code` with the caller's words: a colour never stands alone."""
    return format_html('<span class="pill pill-{}">{}</span>', pill_tone(code), label)


@register.filter
def field_anchor(field: BoundField) -> str:
    """The id of a form field's first control: what an error summary links to."""
    suffix = "_0" if field.use_fieldset else ""
    return f"{field.auto_id}{suffix}"


@dataclass(frozen=True)
class Tick:
    """A label on an axis, at a place of the drawing."""

    at: str
    label: str


@dataclass(frozen=True)
class EarlierLine:
    """A second line: the same days of another year; `label` says its share on the last day of this one."""

    label: str
    line: str
    rows: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True)
class Curve:
    """What _curve.html draws. All numbers are text, so that no language groups their digits."""

    width: str
    height: str
    left: str
    right: str
    base: str
    line: str
    area: str
    end_x: str
    end_y: str
    end_label: str
    levels: tuple[Tick, ...]
    days: tuple[Tick, ...]
    rows: tuple[tuple[str, str], ...]
    earlier: "EarlierLine | None" = None


@dataclass(frozen=True)
class _Plane:
    """The field of a curve: days run right from `left`, shares of 0 to 100 run up from `base`."""

    left: int
    right: int
    top: int
    base: int
    first: int
    last: int

    def x(self, at: int) -> str:
        span = max(self.last - self.first, 1)
        return f"{self.left + (self.right - self.left) * (at - self.first) / span:.1f}"

    def y(self, height: Decimal) -> str:
        return f"{self.base - (self.base - self.top) * height / 100:.1f}"


CurvePoint = tuple[int, Rate, str]


def curve_geometry(
    points: Sequence[CurvePoint],
    width: int,
    height: int,
    *,
    end: tuple[int, str] | None = None,
    earlier: tuple[str, Sequence[CurvePoint]] | None = None,
) -> Curve | None:
    """Places the points of a cumulative share in a drawing of width × height.

    A point is (day number, rate on that day, label of the day). `end` is the last day of the axis
    and its label, where the window closes later than the last point. `earlier` is the label and the
    points of another year, by the day numbers of this one. None without points.
    """
    if not points:
        return None
    first, last = points[0], points[-1]
    closes = end or (last[0], last[2])
    plane = _Plane(left=50, right=width - 14, top=26, base=height - 34, first=first[0], last=closes[0])
    line = " ".join(f"{plane.x(at)},{plane.y(_height(rate))}" for at, rate, _label in points)
    return Curve(
        width=str(width),
        height=str(height),
        left=str(plane.left),
        right=str(plane.right),
        base=str(plane.base),
        line=line,
        area=f"{plane.left},{plane.base} {line} {plane.x(last[0])},{plane.base}",
        end_x=plane.x(last[0]),
        end_y=plane.y(_height(last[1])),
        end_label=f"{last[2]}: {percent(last[1])}",
        levels=tuple(Tick(plane.y(Decimal(level)), f"{level}%") for level in (0, 50, 100)),
        days=(Tick(plane.x(first[0]), first[2]), Tick(plane.x(closes[0]), closes[1])),
        rows=tuple((label, rate_text(rate)) for _at, rate, label in points),
        earlier=_earlier(points, earlier, plane) if earlier and earlier[1] else None,
    )


def _earlier(
    points: Sequence[CurvePoint], earlier: tuple[str, Sequence[CurvePoint]], plane: _Plane
) -> EarlierLine:
    """The other year's line as far as the axis goes, and both years in the rows of the table."""
    name, others = earlier
    shown = [point for point in others if point[0] <= plane.last] or list(others[:1])
    same_day = [rate for at, rate, _label in others if at <= points[-1][0]]
    now = {at: (label, rate_text(rate)) for at, rate, label in points}
    then = {at: (label, rate_text(rate)) for at, rate, label in others}
    nothing = (NO_DATA, NO_DATA)
    return EarlierLine(
        label=f"{name}: {percent(same_day[-1] if same_day else None)}",
        line=" ".join(f"{plane.x(at)},{plane.y(_height(rate))}" for at, rate, _label in shown),
        rows=tuple((*now.get(at, nothing), *then.get(at, nothing)) for at in sorted(now | then)),
    )
