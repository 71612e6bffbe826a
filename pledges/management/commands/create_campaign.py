"""Open a campaign from the console, complete with its tier and route."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cadres import clock
from cadres.models import BodyKind, Unit
from pledges.actions.campaigns import MEMBERS_ROUTE, CampaignPlan, Step, TierPlan, create_campaign
from pledges.models import Campaign, Counted, StepLevel, StepMode, TierKind
from pledges.states import CampaignState

KINDS = (TierKind.MEMBERS.value, TierKind.KEY_CADRES.value)
_STANDING = Step(StepLevel.HOST, BodyKind.STANDING_COMMITTEE, StepMode.DECIDES_JOINTLY)
_PEOPLES = Step(StepLevel.HOST, BodyKind.PEOPLES_COMMITTEE, StepMode.DECIDES_JOINTLY)


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
        members = options["kind"] == TierKind.MEMBERS
        tier = TierPlan(
            kind=TierKind(options["kind"]),
            counted=Counted.STANDINGS if members else Counted.NOBODY,
            quota_min=options["quota_min"],
            quota_max=options["quota_max"],
            steps=MEMBERS_ROUTE if members else (_STANDING, _PEOPLES),
        )
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
