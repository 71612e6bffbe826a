"""Several consumers at once, and a consumer that dies: no count is ever lost (PostgreSQL)."""

import threading
import time
from datetime import date

import pytest
from django.db import close_old_connections, connection, transaction

from cadres.models import UnitChange
from reports import counts
from reports.audit import differences
from reports.models import UnitCount
from tests.factories import CellFactory, HostFactory, UnitFactory
from tests.reports.conftest import DAY, make_members, make_pledge, make_tier


@pytest.fixture
def district(transactional_db):
    host = HostFactory(code="TAYHO")
    ward = UnitFactory(parent=host)
    return host, make_tier(host), [CellFactory(parent=ward) for _ in range(4)]


def _in_threads(*jobs):
    failures = []

    def run(job):
        try:
            job()
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.postgres
def test_two_consumers_and_four_writers_lose_nothing(district):
    host, tier, cells = district
    people = {cell.pk: make_members(cell, 6) for cell in cells}
    counts.drain(DAY)
    writing = threading.Event()

    def write(cell):
        for member in people[cell.pk]:
            make_pledge(member, tier)

    def consume():
        while not writing.is_set():
            counts.drain(DAY)
            close_old_connections()
        counts.drain(DAY)

    def all_writers():
        _in_threads(*[lambda cell=cell: write(cell) for cell in cells])
        writing.set()

    _in_threads(all_writers, consume, consume)
    assert not UnitChange.objects.exists()
    assert UnitCount.objects.get(tier=tier, unit=host).registered == 24
    assert differences(DAY) == []


@pytest.mark.postgres
def test_a_consumer_that_dies_leaves_its_batch_to_the_next(district, monkeypatch):
    host, tier, cells = district
    make_pledge(make_members(cells[0], 1)[0], tier)

    def dies(*_args):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(counts, "roll_up", dies)
        with pytest.raises(SystemExit):
            counts.drain(DAY)
    assert UnitChange.objects.exists()
    assert not UnitCount.objects.filter(tier=tier, unit=host, registered=1).exists()
    counts.drain(DAY)
    assert UnitCount.objects.get(tier=tier, unit=host).registered == 1


@pytest.mark.celery_workers
def test_a_registration_wakes_the_worker_that_counts_it(district, celery_workers, settings):
    settings.SITE_TODAY = date(2024, 3, 26)
    host, tier, cells = district
    members = make_members(cells[0], 2)
    _wait_for(tier, host, make_pledge(members[0], tier), 1, within=10)
    _wait_for(tier, host, make_pledge(members[1], tier), 2, within=5)


def _wait_for(tier, host, _pledge, registered, *, within):
    deadline = time.monotonic() + within
    while not UnitCount.objects.filter(tier=tier, unit=host, registered=registered).exists():
        assert time.monotonic() < deadline, "the worker has not counted"
        time.sleep(0.02)


@pytest.mark.postgres
def test_the_loser_leaves_and_the_winner_looks_again(district):
    host, tier, cells = district
    make_pledge(make_members(cells[0], 1)[0], tier)
    held, over = threading.Event(), threading.Event()

    def wins():
        with transaction.atomic():
            counts.lock_consumer()
            held.set()
            assert over.wait(10)
        counts.drain(DAY)

    def loses():
        assert held.wait(10)
        try:
            assert counts.drain(DAY, waits=False) == 0
            assert UnitChange.objects.exists()
        finally:
            over.set()

    _in_threads(wins, loses)
    assert UnitCount.objects.get(tier=tier, unit=host).registered == 1
