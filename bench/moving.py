"""What sets cost: a unit of 100.000 members moves, 1.000 units change, everything is recounted and checked.

    DATABASE_URL=postgres://… .venv/bin/python bench/moving.py [MEMBERS]

Half of the members have registered. The rebuild is compared with the bare SELECTs that count the same
rows; the bar is twice as long. A move should take seconds, with the outbox it fills.
"""

import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from district import fill, host_of, test_database
from django.db import connection, transaction

from cadres import clock
from cadres.actions.units import move_unit
from cadres.models import Unit, UnitChange, UnitKind
from cadres.outbox import note_changes
from pledges.models import Pledge, Tier
from reports import counts
from reports.audit import audit
from reports.models import UnitCount
from reports.own_counts import own_days, own_rows, with_units
from tests.factories import UnitFactory
from tests.reports.conftest import make_tier

DAY = date(2024, 3, 26)


def main(members: int) -> None:
    """Print a line a measurement."""
    with test_database():
        host = host_of(1000)
        big = UnitFactory(parent=host, kind=UnitKind.SUPERIOR_COMMITTEE, code="BIG")
        other = UnitFactory(parent=host, kind=UnitKind.SUPERIOR_COMMITTEE, code="OTHER")
        fill(big, members)
        tier = make_tier(host)
        _register_half(tier)
        units = Unit.objects.under(host.path).count()
        print(f"{connection.vendor}: {members} members in a unit that moves, {units} units in all")
        bare = _timed("bare SELECTs", lambda: _bare(tier, host))
        rebuilt = _timed("rebuild", lambda: counts.rebuild(tier, DAY))
        print(f"{'':>24} {rebuilt / bare:.1f} times the SELECTs")
        _timed("check", lambda: _agrees())
        _timed("move", lambda: move_unit(big, other, on=DAY, decision="1-QĐ/QU", by=None))
        print(f"{'':>24} {UnitChange.objects.count()} rows in the outbox")
        _timed("outbox of the move", lambda: counts.drain(DAY))
        assert UnitCount.objects.get(tier=tier, unit=other).counted == members
        note_changes(Unit.objects.cells().values_list("pk", flat=True)[: counts.BATCH])
        _timed("1000 units change", lambda: counts.drain(DAY))
        _agrees()


def _timed(what: str, work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    seconds = time.perf_counter() - started
    print(f"{what:>24} {seconds:.2f} s")
    return seconds


def _agrees() -> None:
    assert audit(DAY).differences == []


def _bare(tier: Tier, host: Unit) -> None:
    """Count what a rebuild counts, and write nothing."""
    wanted, keys = with_units(Unit.objects.under(host.path))
    with connection.cursor() as cursor:
        for rows, params in (own_rows(tier, DAY), own_days(tier, DAY)):
            cursor.execute(f"WITH {wanted} {rows}", (*keys, *params))
            cursor.fetchall()


def _register_half(tier: Tier) -> None:
    """Rows of registered pledges as the counts read them; bodies of text and journal are left out."""
    with transaction.atomic(), connection.cursor() as cursor:
        model = Pledge(campaign=tier.campaign, tier=tier, lead_member_id=1, unit_id=1, title="Việc")
        model.status, model.submitted_on, model.novelty = "submitted", date(2024, 2, 1), "new"
        model.product, model.due_on, model.versions_made = "Xong", date(2024, 9, 30), 1
        model.submitted_at = clock.now()
        fields = [field for field in Pledge._meta.concrete_fields if not field.primary_key]
        fixed = ("lead_member_id", "unit_id", "ref")
        names = [field.column for field in fields]
        values = [
            field.get_db_prep_save(getattr(model, field.attname), connection)
            for field in fields
            if field.column not in fixed
        ]
        own = {"lead_member_id": "m.id", "unit_id": "m.unit_id", "ref": _REF[connection.vendor]}
        columns = ", ".join(f'"{name}"' for name in names)
        marks = ", ".join(own.get(name, "%s") for name in names)
        cursor.execute(
            f"INSERT INTO pledges_pledge ({columns}) SELECT {marks} "  # noqa: S608  (names of our own)
            "FROM cadres_member m WHERE m.id = m.id / 2 * 2",
            values,
        )
        cursor.execute(
            "INSERT INTO pledges_pledgetier (pledge_id, tier_id, member_id) "
            "SELECT id, tier_id, lead_member_id FROM pledges_pledge"
        )
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")


_REF = {"postgresql": "gen_random_uuid()", "sqlite": "lower(hex(randomblob(16)))"}

if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
