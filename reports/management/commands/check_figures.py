"""`manage.py check_figures`: an independent recount; any difference is an error."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cadres import clock
from reports import counts
from reports.audit import differences


class Command(BaseCommand):
    help = "Recounts the figures by plain SQL and compares them with the counts kept."

    def handle(self, *args: object, **options: Any) -> None:
        """Drain the outbox first; print each difference."""
        counts.drain()
        found = differences(clock.today())
        for line in found:
            self.stdout.write(line)
        if found:
            raise CommandError(f"{len(found)} numbers differ.")
        self.stdout.write("All figures agree.")
