"""Numbers that open their list: the address behind each part of a figure."""

from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html

from cadres.models import Unit
from cadres.rates import Rate
from cadres.templatetags.display import NO_DATA, number, percent
from pledges.models import Tier
from reports.figures import BY_CODE, Figure, figures_of

register = template.Library()


@register.simple_tag
def opened_url(unit: Unit, tier: Tier, figure: str, part: str = "numerator", *, own: bool = False) -> str:
    """The list of a part of a figure in a unit; `own`: of what stands in the unit itself."""
    return _list_of(unit, tier, figure, own=own) + part


def _list_of(unit: Unit, tier: Tier, figure: str, *, own: bool) -> str:
    """The address of all parts of a figure, as far as they are the same."""
    query = {"campaign": tier.campaign.code, "tier": tier.kind, **({"own": "1"} if own else {})}
    return f"{reverse('reports:figure', args=[unit.code, figure])}?{urlencode(query)}&part="


# A number that opens its list. Written here and not in a template: a ranking has three of them a line.
_OPENED = '<a class="opened" href="{}">{}</a>'


@register.simple_tag
def opened_rate(
    rate: Rate | None, unit: Unit, tier: Tier, figure: str, *, own: bool = False, share: bool = True
) -> str:
    """ "7.126/7.560 (94%)" of which both numbers open their list; `share` False leaves the per cent out."""
    if rate is None or not rate.denominator:
        return NO_DATA
    found: Figure = BY_CODE[figure]
    numbers = number(rate.numerator), number(rate.denominator)
    told = f" ({percent(rate, found.decimals)})" if share else ""
    if found not in figures_of(tier):
        return f"{numbers[0]}/{numbers[1]}{told}"
    url = _list_of(unit, tier, figure, own=own)
    return format_html(
        f"{_OPENED}/{_OPENED}{{}}", url + "numerator", numbers[0], url + "denominator", numbers[1], told
    )


@register.simple_tag
def opened_number(
    value: int, unit: Unit, tier: Tier, figure: str, part: str = "numerator", *, own: bool = False
) -> str:
    """A number that opens its list, where the tier has the figure."""
    if BY_CODE[figure] not in figures_of(tier):
        return number(value)
    return format_html(_OPENED, opened_url(unit, tier, figure, part, own=own), number(value))


@register.simple_tag
def pledges_url(unit: Unit, tier: Tier) -> str:
    """The list of the pledges of a unit in a tier."""
    query = {"campaign": tier.campaign.code, "tier": tier.kind}
    return f"{reverse('reports:pledges', args=[unit.code])}?{urlencode(query)}"


@register.simple_tag
def definition_url(figure: str) -> str:
    """The place of the definition of a figure (cách tính)."""
    return f"{reverse('reports:definitions')}#{figure}"
