"""Open a campaign from the console, complete with its tier and route."""

from argparse import ArgumentParser
from dataclasses import replace
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cadres import clock
from cadres.models import Unit
from pledges.actions.campaigns import CampaignPlan, create_campaign, usual_tier
from pledges.models import Campaign, TierKind
from pledges.states import CampaignState

KINDS = (TierKind.MEMBERS.value, TierKind.KEY_CADRES.value)


class Command(BaseCommand):
    help = "Opens a campaign of members (cells adopt) or of key cadres (two bodies approve)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help="for example DV-2025")
        parser.add_argument("--host", required=True, help="code of the unit that asks for the registrations")
        parser.add_argument("--kind", required=True, choices=KINDS)
        parser.add_argument("--year", required=True, type=int)
        parser.add_argument("--title", required=True)
        parser.add_argument("--opens", type=date.fromisoformat, help="first day of the window (YYYY-MM-DD)")
        parser.add_argument("--closes", type=date.fromisoformat, help="last day of the window")
        parser.add_argument("--quota-min", type=int, default=1)
        parser.add_argument("--quota-max", type=int)
        parser.add_argument("--past", action="store_true", help="a year taken over from paper: no window")

    def handle(self, *args: Any, code: str, host: str, **options: Any) -> None:
        """A code that exists, an unknown host and days in the wrong order are refused."""
        unit = Unit.objects.in_force().filter(code=host).first()
        if unit is None:
            raise CommandError(f"There is no unit {host}.")
        if Campaign.objects.filter(code=code).exists():
            raise CommandError(f"There is a campaign {code} already.")
        opens, closes = options["opens"], options["closes"]
        if opens and closes and closes < opens:
            raise CommandError("The window closes before it opens.")
        usual = usual_tier(TierKind(options["kind"]))
        tier = replace(usual, quota_min=options["quota_min"], quota_max=options["quota_max"])
        plan = CampaignPlan(
            code=code,
            year=options["year"],
            title=options["title"],
            tiers=(tier,),
            state=CampaignState.EVALUATING if options["past"] else CampaignState.OPEN,
            opens_on=opens,
            closes_on=closes,
        )
        create_campaign(unit, plan, on=clock.today())
        self.stdout.write(f"{code}: {plan.title}")
