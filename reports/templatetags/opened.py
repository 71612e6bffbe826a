"""Numbers that open their list: the address behind each part of a figure."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse

from cadres.models import Unit
from cadres.rates import Rate
from cadres.templatetags.display import number
from pledges.models import Tier
from reports.figures import BY_CODE, Figure, figures_of

register = template.Library()


@register.simple_tag
def opened_url(unit: Unit, tier: Tier, figure: str, part: str = "numerator", *, own: bool = False) -> str:
    """The list of a part of a figure in a unit; `own`: of what stands in the unit itself."""
    query = {"campaign": tier.campaign.code, "tier": tier.kind, "part": part}
    if own:
        query["own"] = "1"
    return f"{reverse('reports:figure', args=[unit.code, figure])}?{urlencode(query)}"


@register.inclusion_tag("components/_opened_rate.html")
def opened_rate(
    rate: Rate | None, unit: Unit, tier: Tier, figure: str, *, own: bool = False, share: bool = True
) -> dict[str, Any]:
    """ "7.126/7.560 (94%)" of which both numbers open their list; `share` False leaves the per cent out."""
    found: Figure = BY_CODE[figure]
    return {
        "rate": rate,
        "title": found.title,
        "decimals": found.decimals,
        "share": share,
        "opens": found in figures_of(tier),
        "numerator_url": opened_url(unit, tier, figure, own=own),
        "denominator_url": opened_url(unit, tier, figure, "denominator", own=own),
    }


@register.inclusion_tag("components/_opened_number.html")
def opened_number(
    value: int, unit: Unit, tier: Tier, figure: str, part: str = "numerator", *, own: bool = False
) -> dict[str, Any]:
    """A number that opens its list, where the tier has the figure."""
    opens = BY_CODE[figure] in figures_of(tier)
    url = opened_url(unit, tier, figure, part, own=own) if opens else ""
    return {"value": number(value), "url": url}


@register.simple_tag
def definition_url(figure: str) -> str:
    """The place of the definition of a figure (cách tính)."""
    return f"{reverse('reports:definitions')}#{figure}"
