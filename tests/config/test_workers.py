"""Celery on PostgreSQL and Redis, with the workers of production and not with a stand-in."""

import time

import pytest

from cadres.models import Unit, UnitChange
from cadres.outbox import note_changes
from tests.factories import UnitFactory

pytestmark = pytest.mark.celery_workers


def test_change_wakes_the_worker_that_consumes_it(celery_workers):
    units: list[Unit] = UnitFactory.create_batch(2)
    note_changes(unit.pk for unit in units)
    deadline = time.monotonic() + 10
    while UnitChange.objects.exists():
        assert time.monotonic() < deadline, "the worker has not consumed the outbox"
        time.sleep(0.05)
