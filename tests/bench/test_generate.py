"""The generator of `bench/`: what it writes is what the site itself would have written."""

import pytest
from django.db import connection

from bench.nation import CODE, build
from bench.shape import DAY
from cadres.actions.unit_checks import check_units
from cadres.models import Member, Unit
from pledges.actions.journal import altered_versions, broken_chains
from pledges.models import Pledge
from reports.audit import audit
from reports.models import UnitCount

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def _kept_by_the_database() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint UNION ALL "
            "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'"
        )
        return {name for (name,) in cursor.fetchall()}


def test_an_invented_organisation_is_sound():
    before, told = _kept_by_the_database(), []
    shape = build(300, told.append)
    assert (Unit.objects.count(), Member.objects.count()) == (shape.n_units, 300)
    assert audit(DAY).differences == check_units() == broken_chains() == altered_versions() == []
    host = UnitCount.objects.get(tier__campaign__code=CODE, unit__parent=None)
    assert host.pledges == Pledge.objects.filter(campaign__code=CODE).count() > host.registered > 200
    assert host.counted > host.registered > host.approved > host.done > 0
    # What was taken off for the loading is back, and the keys go on behind those given.
    assert _kept_by_the_database() == before
    assert Unit.objects.create(code="X", name="X", name_key="x", kind="cell").pk == shape.n_units + 1
