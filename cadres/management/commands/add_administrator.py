"""Make the first account of a site, or give an administrator a new code."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from cadres import clock
from cadres.actions.accounts import issue_slip
from cadres.actions.openings import record_accounts
from cadres.actions.roles import grant
from cadres.models import RoleAssignment, Unit, User
from cadres.roles import Role
from cadres.usernames import username_from


class Command(BaseCommand):
    """Nobody is above the first administrator: he is made on the server itself, by its operator."""

    help = "Creates an account with the administrator's role at a unit and prints its one-time code."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="name as shown on pages")
        parser.add_argument("--unit", required=True, metavar="CODE", help="code of the top unit")

    def handle(self, *args: Any, username: str, name: str, unit: str, **options: Any) -> None:
        place = Unit.objects.in_force().filter(code=unit).first()
        if place is None:
            raise CommandError(_("There is no unit with the code %(code)s.") % {"code": unit})
        try:
            with transaction.atomic():
                user = self._account(username_from(username), name)
                grant(user=user, role=Role.ADMINISTRATOR, unit=place, by=None, on=clock.today())
                code = issue_slip(user=user, by=None)
        except PermissionDenied as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(_("User name: %(username)s") % {"username": user.username})
        self.stdout.write(_("One-time code: %(code)s") % {"code": code})

    def _account(self, username: str, name: str) -> User:
        """A new account, or that of an administrator who lost his password; nobody else's."""
        if not username:
            raise CommandError(_("The user name needs letters or figures."))
        user = User.objects.filter(username=username).first()
        if user is None:
            user = User(username=username, display_name=name)
            user.set_unusable_password()
            user.save()
            record_accounts("account_created", [user], by=None)
        elif not RoleAssignment.objects.filter(user=user, role=Role.ADMINISTRATOR).exists():
            raise CommandError(
                _("The user name %(username)s belongs to somebody else.") % {"username": username}
            )
        return user
