"""Enter a merger or a split of organisations, by its decision."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cadres.actions.reorganisations import Decided, reorganise
from cadres.actions.units import UnitError
from cadres.models import Unit


class Command(BaseCommand):
    help = (
        "Lets organisations follow others. With one successor, what is left of the old ones goes to it; "
        "with several, members are moved first. An organisation named on both sides goes on standing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--old", nargs="+", required=True, help="codes of those that are followed")
        parser.add_argument("--new", nargs="+", required=True, help="codes of those that follow")
        parser.add_argument("--on", type=date.fromisoformat, required=True, help="first day, YYYY-MM-DD")
        parser.add_argument("--decision", required=True, help="number of the decision")

    def handle(self, *args: Any, old: list[str], new: list[str], **options: Any) -> None:
        """All or nothing."""
        decided = Decided(options["on"], options["decision"], by=None)
        try:
            made = reorganise(_units(old), _units(new), decided)
        except UnitError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{len(made)} successions")


def _units(codes: list[str]) -> list[Unit]:
    found = {unit.code: unit for unit in Unit.objects.filter(code__in=codes)}
    if unknown := sorted(set(codes) - set(found)):
        raise CommandError(f"There is no unit {', '.join(unknown)}.")
    return [found[code] for code in dict.fromkeys(codes)]
