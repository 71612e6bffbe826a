"""`manage.py verify_closing N`: whether a closing still is what was closed; any difference is an error."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from cadres.jobs import JobState
from reports.closing_check import differences
from reports.models import Closing


class Command(BaseCommand):
    help = "Recomputes digests, counts and sums of a closing from its own rows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("closing", type=int, help="number of the closing")

    def handle(self, *args: object, closing: int, **options: Any) -> None:
        """Print each difference; exit with 1 when there is one."""
        found = Closing.objects.filter(pk=closing, state=JobState.DONE).first()
        if found is None:
            raise CommandError(f"There is no finished closing {closing}.")
        with transaction.atomic():
            lines = differences(found)
        for line in lines:
            self.stdout.write(line)
        if lines:
            raise CommandError(f"Closing {closing}: {len(lines)} differences.")
        self.stdout.write(f"Closing {closing} agrees with its rows: {found.digest}")
