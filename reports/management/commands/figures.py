"""`manage.py figures`: the figures of a unit in a campaign, as people or programs read them."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cadres import clock
from cadres.models import Unit
from cadres.templatetags.display import rate_text as rate
from pledges.models import Campaign, Tier
from reports import counts
from reports.figures import figures_of
from reports.models import UnitCount


class Command(BaseCommand):
    help = "Prints the figures of a unit (default: the host) in a campaign."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--campaign", required=True)
        parser.add_argument("--unit")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: object, campaign: str, unit: str | None, **options: Any) -> None:
        """Drain the outbox, then read the counts; an unknown code is an error."""
        counts.drain()
        found = Campaign.objects.filter(code=campaign).select_related("host").first()
        if found is None:
            raise CommandError(f"There is no campaign {campaign}.")
        place = Unit.objects.filter(code=unit).first() if unit else found.host
        if place is None or not place.is_under(found.host):
            raise CommandError(f"There is no unit {unit} below {found.host.code}.")
        data = _figures(found, place)
        if options["json"]:
            self.stdout.write(json.dumps(data, ensure_ascii=False, indent=2))
            return
        for line in _lines(found, place, data):
            self.stdout.write(line)


def _counts(campaign: Campaign, unit: Unit) -> tuple[Tier, UnitCount | None]:
    """The first tier of the campaign, and the unit's counts in it."""
    tier = campaign.tiers.select_related("campaign").order_by("order")[0]
    return tier, UnitCount.objects.filter(tier=tier, unit=unit).first()


def _figures(campaign: Campaign, unit: Unit) -> dict[str, Any]:
    tier, row = _counts(campaign, unit)
    figures = {}
    for figure in figures_of(tier):
        value = figure.rate(row)
        percent = value.percent(figure.decimals)
        figures[figure.code] = {
            "numerator": value.numerator,
            "denominator": value.denominator,
            "percent": None if percent is None else float(percent),
        }
    return {
        "campaign": campaign.code,
        "unit": unit.code,
        "as_of": clock.today().isoformat(),
        "figures": figures,
        "counts": {
            "pledges": row.pledges if row else 0,
            "participations": row.participations if row else 0,
            "people": row.leads if row else 0,
        },
    }


def _lines(campaign: Campaign, unit: Unit, data: dict[str, Any]) -> list[str]:
    tier, row = _counts(campaign, unit)
    lines = [f"{campaign.title} · {unit.name} · {clock.today():%d/%m/%Y}"]
    lines += [f"{figure.title}: {rate(figure.rate(row), figure.decimals)}" for figure in figures_of(tier)]
    totals = data["counts"]
    lines.append(f"{totals['pledges']} / {totals['participations']} / {totals['people']}")
    return lines
