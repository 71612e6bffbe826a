"""`manage.py demo`: load the demo into an empty database, without serving it."""

import time
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cadres.models import Unit
from config import demo
from config.demo_load import load
from pledges.actions.seal import check_and_seal


class Command(BaseCommand):
    help = "Loads the demo: invented people, the organisations and totals of a district committee."

    def handle(self, *args: object, **options: Any) -> None:
        """Refused unless the database is empty: demo people must never mix with real ones."""
        if Unit.objects.exists():
            raise CommandError("The database is not empty; the demo was not loaded.")
        # The story happens on this day, whatever day the machine has.
        settings.SITE_TODAY = day = date.fromisoformat(demo.DEMO_DAY)
        started = time.monotonic()
        load(day, self.stdout.write)
        # Nobody else writes yet: all of it can be sealed at once, as after a night.
        check_and_seal(settled=timedelta())
        demo.mark()
        self.stdout.write(f"Demo loaded in {time.monotonic() - started:.1f} s.")
