"""Posts and signed-in people for the tests of accounts, slips and roles."""

from datetime import date

from django.conf import settings
from django.test import Client

from cadres.models import Member, Office, OfficeKind, Unit, User
from tests.factories import START, CellFactory, MemberFactory

TODAY = date(2024, 3, 26)


def browser(user: User | None = None) -> Client:
    """A browser that reads English; signed in as `user` when there is one."""
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    if user:
        client.force_login(user)
    return client


def secretary(
    ward: Unit, *, kind: str = OfficeKind.SECRETARY, start: date = START, **member: object
) -> Office:
    """A post in a new cell below `ward`, held by a member of that cell."""
    cell = CellFactory(parent=ward)
    person: Member = MemberFactory(unit=cell, **member)
    return Office.objects.create(member=person, unit=cell, kind=kind, start=start)
