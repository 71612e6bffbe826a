"""Whether the tree of organisations is sound."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from cadres.actions.unit_checks import check_units
from cadres.templatetags.display import number


class Command(BaseCommand):
    """Print every difference; end with an error while one is not put right."""

    help = "Compare paths with parents, periods with columns, cells with their meetings."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--fix", action="store_true", help="rebuild paths, make missing meetings")

    def handle(self, *_args: Any, **options: Any) -> None:
        differences = check_units(fix=options["fix"])
        put_right = _("put right")
        for one in differences:
            self.stdout.write(f"{one.code}: {one.what}" + (f" ({put_right})" if one.fixed else ""))
        left = sum(not one.fixed for one in differences)
        if left:
            raise CommandError(_("%(left)s differences are left") % {"left": number(left)})
        self.stdout.write(_("All organisations are sound."))
