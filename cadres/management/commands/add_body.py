"""Enter a body that decides, as it is officially called, with its seats."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cadres.models import Body, BodyKind, Unit


class Command(BaseCommand):
    help = "Enters or corrects a body of a unit: standing committee, People's Committee, committee …"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("unit", help="code of the unit")
        parser.add_argument(
            "kind", choices=[kind for kind in BodyKind.values if kind != BodyKind.CELL_MEETING]
        )
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
        if options["seats"] is not None and options["seats"] < 1:
            raise CommandError("A body has at least one seat.")
        Body.objects.update_or_create(
            unit=place,
            kind=kind,
            ended_on=None,
            defaults={"name": name, "symbol": options["symbol"], "seats": options["seats"]},
        )
        if options["place"]:
            Unit.objects.filter(pk=place.pk).update(place=options["place"])
        self.stdout.write(f"{name} ({unit})")
