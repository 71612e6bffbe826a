"""`manage.py rebuild_figures`: recount everything from nothing."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from cadres import clock
from pledges.models import Tier
from reports import counts


class Command(BaseCommand):
    help = "Recounts all figures of the campaigns that are not closed (or of one campaign)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--campaign")

    def handle(self, *args: object, campaign: str | None, **options: Any) -> None:
        """Under the consumer's lock, tier by tier."""
        tiers = Tier.objects.select_related("campaign__host").exclude(campaign__state="closed")
        if campaign:
            tiers = tiers.filter(campaign__code=campaign)
        for tier in tiers:
            counts.rebuild(tier, clock.today())
            self.stdout.write(f"{tier.campaign.code} {tier.kind}: recounted")
