"""Bring in a roster from the console, as the page does, in one step."""

import json
from argparse import ArgumentParser
from contextlib import nullcontext
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from cadres import clock
from cadres.actions.units import create_host
from cadres.imports.roster import Checked, check_roster, write_roster
from cadres.models import ImportMode, Unit
from cadres.templatetags.display import number

KEPT_PROBLEMS, SHOWN_PROBLEMS = 500, 20


class Command(BaseCommand):
    """Check a roster and write its good rows, or nothing with --dry-run."""

    help = "Bring in a roster (danh sách đảng viên) of an organisation as of a day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--host", required=True, help="code of the organisation whose list it is")
        parser.add_argument("--host-name", default="", help="creates the organisation where it is missing")
        parser.add_argument("--as-of", required=True, type=date.fromisoformat, help="YYYY-MM-DD")
        parser.add_argument(
            "--only-if-faultless", action="store_true", help="write nothing if a row is faulty"
        )
        parser.add_argument("--dry-run", action="store_true", help="check only, write nothing")
        parser.add_argument("--json", action="store_true", help="print the counts and problems as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        """A new host is created together with its list or not at all."""
        host = Unit.objects.in_force().filter(code=options["host"]).first()
        if host is None and not options["host_name"]:
            raise CommandError(
                _("There is no organisation with the code %(code)s") % {"code": options["host"]}
            )
        try:
            with nullcontext() if host else transaction.atomic():
                checked, counts = self._bring_in(host, options)
                if options["dry_run"] and host is None:
                    transaction.set_rollback(True)
        except (ValueError, OSError) as error:
            raise CommandError(str(error)) from error
        self._print(checked, counts, options)

    def _bring_in(self, host: Unit | None, options: dict[str, Any]) -> tuple[Checked, dict[str, int]]:
        as_of = options["as_of"]
        if host is None:
            host = create_host(options["host"], options["host_name"], on=as_of)
        checked = check_roster(options["file"], host, as_of=as_of, today=clock.today())
        if options["dry_run"]:
            return checked, checked.counts()
        mode = ImportMode.FAULTLESS if options["only_if_faultless"] else ImportMode.GOOD_ROWS
        return checked, write_roster(checked, mode, by=None)

    def _print(self, checked: Checked, counts: dict[str, int], options: dict[str, Any]) -> None:
        if options["json"]:
            problems = [asdict(problem) for problem in checked.problems[:KEPT_PROBLEMS]]
            answer = counts | {"problems": problems, "dry_run": options["dry_run"]}
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
            return
        for line in _summary(checked, counts, dry_run=options["dry_run"]):
            self.stdout.write(line)


def _summary(checked: Checked, counts: dict[str, int], *, dry_run: bool) -> list[str]:
    """The counts in words, the columns left out and the first problems."""
    numbers = {name: number(count) for name, count in counts.items()}
    lines = [
        _("%(created)s new, %(moved)s moved, %(changed)s changed, %(unchanged)s unchanged") % numbers,
        _("%(units_created)s organisations founded") % numbers,
        _("%(offices_started)s posts begun, %(offices_ended)s posts ended") % numbers,
        _("%(missing)s members of these cells are not in the list; they were left as they are") % numbers,
        _("%(refused)s rows refused, %(problems)s problems") % numbers,
    ]
    lines += [f"  {label}: {reason}" for label, reason in checked.sheet.left_out]
    lines += [
        "  "
        + _("row %(row)s, column “%(column)s”: %(message)s")
        % {"row": problem.row, "column": problem.column, "message": problem.message}
        for problem in checked.problems[:SHOWN_PROBLEMS]
    ]
    return [*lines, _("Nothing was written.")] if dry_run else lines
