"""manage.py import_pledges FILE --campaign CODE [--on DATE] [--only-if-faultless] [--json]"""

import json
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cadres import clock
from pledges.imports.run import Checked, check, write
from pledges.models import Campaign

SHOWN = 20


class Command(BaseCommand):
    """Bring a registration list into a campaign: the good rows, or all or nothing."""

    help = "Bring a workbook of pledges into a campaign. The same file twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--campaign", required=True, help="code of the campaign, for example DV-2024")
        parser.add_argument(
            "--on", type=date.fromisoformat, help="day of registration (YYYY-MM-DD) of rows that state none"
        )
        parser.add_argument(
            "--only-if-faultless", action="store_true", help="write nothing when a row has a problem"
        )
        parser.add_argument("--json", action="store_true", help="print the result for programs")

    def handle(self, *, file: Path, campaign: str, on: date | None, **options: Any) -> None:
        found = Campaign.objects.select_related("host").filter(code=campaign).first()
        if found is None:
            raise CommandError(f"There is no campaign {campaign}.")
        try:
            checked = check(file, found, day=clock.today())
        except (ValueError, OSError) as error:
            raise CommandError(str(error)) from error
        stays_out = options["only_if_faultless"] and bool(checked.problems)
        counts = (
            checked.counts() | {"created": 0, "results": 0}
            if stays_out
            else write(checked, by=None, on=on, source=file.name)
        )
        self._print(checked, counts, as_json=options["json"])
        if stays_out:
            raise CommandError("Nothing was written: the list has problems.")

    def _print(self, checked: Checked, counts: dict[str, int], *, as_json: bool) -> None:
        if as_json:
            problems = [vars(problem) for problem in checked.problems]
            self.stdout.write(json.dumps({**counts, "problems": problems}, ensure_ascii=False))
            return
        self.stdout.write(
            "{pledges} pledges of {people} people: {created} created, {unchanged} already there, "
            "{refused} refused, {results} results".format(**counts)
        )
        for problem in checked.problems[:SHOWN]:
            place = f"row {problem.row}" + (f", {problem.column}" if problem.column else "")
            self.stdout.write(f"  {place}: {problem.message}")
        if len(checked.problems) > SHOWN:
            self.stdout.write(f"  … and {len(checked.problems) - SHOWN} more")
