"""Give somebody a role from the console: the office's first accounts, before anybody can confirm them."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from cadres import clock
from cadres.actions.accounts import issue_slip
from cadres.actions.openings import record_accounts
from cadres.actions.roles import grant
from cadres.models import Body, BodyKind, Unit, User
from cadres.roles import BODY_ROLES, Role
from cadres.usernames import username_from


class Command(BaseCommand):
    help = "Gives an account a role at a unit or in a body; makes the account where it is missing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("role", choices=[role for role in Role.values if role != Role.MEMBER])
        parser.add_argument("--unit", required=True, metavar="CODE")
        parser.add_argument("--body", choices=BodyKind.values, help="the body, for body_member and recorder")
        parser.add_argument("--name", help="name as shown on pages, for a new account")

    @transaction.atomic
    def handle(self, *args: Any, username: str, role: str, unit: str, **options: Any) -> None:
        """Prints the one-time code of an account that was made just now."""
        place = Unit.objects.in_force().filter(code=unit).first()
        if place is None:
            raise CommandError(f"There is no unit {unit}.")
        body = self._body(place, role, options["body"])
        wanted = username_from(username)
        user = User.objects.filter(username=wanted).first()
        made = user is None
        if user is None:
            if not wanted or not options["name"]:
                raise CommandError("A new account needs a user name of letters or figures and --name.")
            user = User(username=wanted, display_name=options["name"])
            user.set_unusable_password()
            user.save()
            record_accounts("account_created", [user], by=None)
        grant(
            user=user,
            role=Role(role),
            unit=None if body else place,
            body=body,
            by=None,
            on=clock.today(),
        )
        self.stdout.write(f"{wanted}: {role} ({unit})")
        if made:
            self.stdout.write(f"One-time code: {issue_slip(user=user, by=None)}")

    def _body(self, place: Unit, role: str, kind: str | None) -> Body | None:
        """The body of a role that is held in one; refused where the role and --body do not fit."""
        if (role in BODY_ROLES) != bool(kind):
            raise CommandError("--body goes with body_member and recorder, and only with them.")
        if not kind:
            return None
        body = Body.objects.filter(unit=place, kind=kind, ended_on=None).first()
        if body is None:
            raise CommandError(f"{place.code} has no {kind}; enter it with add_body first.")
        return body
