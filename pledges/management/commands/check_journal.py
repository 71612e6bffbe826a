"""manage.py check_journal: whether the journal still proves what it says. Exit code 1 if not."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from cadres.guards import missing_guards
from pledges.actions.journal import altered_versions, broken_chains


class Command(BaseCommand):
    """Recompute every hash chain and every version's digest, and look for the triggers that guard them."""

    help = "Prove the journal: chains, tails, versions, and the triggers of append-only tables."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic(using="reader"):  # one snapshot: what is being written now is no fault
            broken, altered = broken_chains(using="reader"), altered_versions(using="reader")
        problems = [f"journal of pledge {ref} does not add up" for ref in broken]
        problems += [f"a version of pledge {ref} was altered or is missing" for ref in altered]
        problems += [f"table {table} has no guard against changes" for table in missing_guards()]
        for problem in problems:
            self.stdout.write(problem)
        if problems:
            raise CommandError(f"{len(problems)} problems")
        self.stdout.write("The journal adds up; every append-only table is guarded.")
