"""Enter a body that decides, as it is officially called, with its seats."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cadres.actions.bodies import ENTERED, BodyError, BodyGiven, write_body
from cadres.models import Unit
from cadres.text import clean


class Command(BaseCommand):
    help = "Enters or corrects a body of a unit: standing committee, People's Committee, committee …"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("unit", help="code of the unit")
        parser.add_argument("kind", choices=[kind.value for kind in ENTERED])
        parser.add_argument(
            "--name", required=True, help="official name, for example “Ban Thường vụ Quận ủy”"
        )
        parser.add_argument("--symbol", default="", help="symbol in document numbers, for example QU")
        parser.add_argument("--seats", type=int, help="number of members, by which a majority is counted")
        parser.add_argument("--place", help="place printed above the date of the unit's documents")

    def handle(self, *args: Any, unit: str, kind: str, name: str, **options: Any) -> None:
        """One body of a kind in force a unit: the same command again corrects it."""
        place = Unit.objects.in_force().filter(code=unit).first()
        if place is None:
            raise CommandError(f"There is no unit {unit}.")
        given = BodyGiven(name=clean(name), symbol=clean(options["symbol"]), seats=options["seats"])
        try:
            write_body(place, kind, given, by=None)
        except BodyError as error:
            raise CommandError(str(error)) from error
        if options["place"]:
            Unit.objects.filter(pk=place.pk).update(place=options["place"])
        self.stdout.write(f"{name} ({unit})")
