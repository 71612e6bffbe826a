"""manage.py check_journal: whether the journal still proves what it says. Exit code 1 if not."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pledges.actions.seal import problems


class Command(BaseCommand):
    """Recompute hash chains, digests of versions and the last seal; look for the triggers that guard them."""

    help = "Prove the journals: chains, tails, versions, the last seal, the triggers of append-only tables."

    def handle(self, *args: Any, **options: Any) -> None:
        found = problems(using="reader")
        for problem in found:
            self.stdout.write(problem)
        if found:
            raise CommandError(f"{len(found)} problems")
        self.stdout.write("The journal adds up; every append-only table is guarded.")
