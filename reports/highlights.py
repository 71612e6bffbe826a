"""Notable results (kết quả tiêu biểu) of the years before, as the office chose them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from cadres.models import Unit
from cadres.rates import Rate
from pledges.models import Campaign, Pledge, Progress

SHOWN = 6
_TOLD = ("text", "source_note", "value", "value_of", "sub_value")


@dataclass(frozen=True)
class Highlight:
    """A notable result, with the years it was pending or the share reported."""

    pledge: Pledge
    unit_name: str
    year: int
    text: str
    source_note: str
    years: int | None
    rate: Rate | None


def highlights(unit: Unit, campaign: Campaign) -> list[Highlight]:
    """The notable results below the unit that waited longest; two queries.

    Results and units of the few that are shown only are read, however many were chosen.
    """
    earlier = Campaign.objects.filter(host=campaign.host_id, year__lt=campaign.year)
    years: dict[int, int] = dict(earlier.order_by().values_list("pk", "year"))
    if not years:
        return []
    final = Progress.objects.filter(pledge=OuterRef("pk"), is_final=True)
    found = _chosen(unit, campaign, years).annotate(
        unit_name=Subquery(Unit.objects.filter(pk=OuterRef("unit")).order_by().values("name")),
        result=Subquery(final.order_by().values(told=JSONObject(**{name: name for name in _TOLD}))),
    )
    longest = found.order_by(F("backlog_since").asc(nulls_last=True), "pk")[:SHOWN]
    return [_highlight(pledge, years[pledge.campaign_id]) for pledge in sorted(longest, key=_place)]


def _chosen(unit: Unit, campaign: Campaign, years: dict[int, int]) -> QuerySet[Pledge]:
    chosen = Pledge.objects.filter(featured=True, campaign__in=years)
    # All that the host's campaigns hold stands below it.
    return chosen if unit.pk == campaign.host_id else chosen.filter(unit__path__startswith=unit.path)


def _place(pledge: Any) -> tuple[Any, ...]:
    """The longest backlog first, then what reached more."""
    since, told = pledge.backlog_since, pledge.result
    return since is None, since or 0, -(told["sub_value"] or 0), told["value"] or 0, pledge.pk


def _highlight(pledge: Any, year: int) -> Highlight:
    told, since = pledge.result, pledge.backlog_since
    whole = told["value"] is not None and told["value_of"]
    return Highlight(
        pledge=pledge,
        unit_name=pledge.unit_name,
        year=year,
        text=told["text"],
        source_note=told["source_note"],
        years=year - since if since else None,
        rate=Rate(int(told["value"]), int(told["value_of"])) if whole else None,
    )
