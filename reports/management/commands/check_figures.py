"""`manage.py check_figures`: an independent recount; any difference is an error."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cadres import clock
from reports.audit import audit


class Command(BaseCommand):
    help = "Recounts the figures by plain SQL and compares them with the counts kept; writes nothing."

    def handle(self, *args: object, **options: Any) -> None:
        """Print the differences, of each tier the first; what the outbox still changes is left out."""
        result = audit(clock.today(), using="reader")
        for one in result.differences:
            self.stdout.write(str(one))
        if result.found:
            raise CommandError(f"{result.found} numbers differ.")
        self.stdout.write(f"All figures agree: {result.numbers} numbers compared.")
