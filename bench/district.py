"""A district of any size for measurements: wards, cells of 25 members, a campaign of members."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings_test")

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test.utils import setup_databases, setup_test_environment, teardown_databases  # noqa: E402

from cadres.models import Member, Membership, Unit, UnitKind, UnitPeriod  # noqa: E402
from tests.factories import START, HostFactory  # noqa: E402

IN_A_CELL = 25
CELLS_IN_A_WARD = 50
CHUNK = 5000


@contextmanager
def test_database() -> Iterator[None]:
    """A database of its own on the server of DATABASE_URL (SQLite without it), dropped in the end."""
    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        yield
    finally:
        teardown_databases(databases, verbosity=0)


def host_of(members: int, code: str = "BENCH") -> Unit:
    """A host with as many members as asked for, in full cells."""
    host = HostFactory(code=code)
    fill(host, members)
    return host


def fill(top: Unit, members: int) -> None:
    """Put wards with cells of members below a unit."""
    cells_wanted = members // IN_A_CELL
    wards = _units(top, -(-cells_wanted // CELLS_IN_A_WARD), UnitKind.GRASSROOTS_COMMITTEE, "Đảng bộ phường")
    cells: list[Unit] = []
    for ward in wards:
        n = min(CELLS_IN_A_WARD, cells_wanted - len(cells))
        cells += _units(ward, n, UnitKind.CELL, "Chi bộ số")
    for start in range(0, len(cells), CHUNK // IN_A_CELL):
        _people(cells[start : start + CHUNK // IN_A_CELL])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _units(parent: Unit, n: int, kind: UnitKind, name: str) -> list[Unit]:
    units = [
        Unit(
            code=f"{parent.pk}-{number}",
            name=f"{name} {number}",
            name_key=f"{name} {number}".lower(),
            kind=kind,
            parent=parent,
        )
        for number in range(1, n + 1)
    ]
    Unit.objects.bulk_create(units)
    for unit in units:
        unit.path = unit.path_below(parent.path)
    Unit.objects.bulk_update(units, ["path"], batch_size=500)
    UnitPeriod.objects.bulk_create(
        UnitPeriod(unit=unit, name=unit.name, kind=kind, parent=parent, start=START, change="founded")
        for unit in units
    )
    return units


def _people(cells: list[Unit]) -> None:
    members = [
        Member(family_names="Nguyễn Văn", given_name=f"An{n}", unit=cell, position=n).set_keys()
        for cell in cells
        for n in range(IN_A_CELL)
    ]
    Member.objects.bulk_create(members, batch_size=1000)
    Membership.objects.bulk_create(
        (
            Membership(
                member=member, unit=member.unit, rank=member.rank, standing=member.standing, start=START
            )
            for member in members
        ),
        batch_size=1000,
    )
