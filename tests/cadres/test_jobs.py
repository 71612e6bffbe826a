"""Jobs: one claim wins, a lease runs out, the sweep wakes again, files go when they have served."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone, translation

from cadres import tasks
from cadres.actions import import_jobs
from cadres.jobs import LEASE, MAX_ATTEMPTS, JobState
from cadres.models import RosterImport

pytestmark = pytest.mark.django_db
DONE, FAILED, QUEUED, RUNNING = JobState.DONE, JobState.FAILED, JobState.QUEUED, JobState.RUNNING


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def woken(monkeypatch):
    """What the sweep or an action would wake."""
    sent = []
    for module in (tasks, import_jobs):
        monkeypatch.setattr(module, "wake", lambda name, *ids: sent.append((name, *ids)))
    return sent


def test_only_one_of_two_claims_wins(make_import):
    job = make_import()
    other = RosterImport.objects.get(pk=job.pk)
    assert job.claim()
    assert not other.claim()
    assert (job.state, job.attempts) == (RUNNING, 1)
    assert timezone.now() < job.lease_until <= timezone.now() + LEASE


def test_a_lease_that_ran_out_may_be_claimed_again_but_not_for_ever(make_import):
    job = make_import()
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert job.claim()
        assert job.attempts == attempt
        assert not job.claim()
        RosterImport.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert not job.claim()
    job.refresh_from_db()
    assert (job.state, job.error) == (FAILED, "Given up after several attempts.")
    assert job.finished_at is not None


@pytest.mark.parametrize("state", [DONE, FAILED])
def test_what_is_over_is_never_claimed(make_import, state):
    assert not make_import(state=state).claim()


def test_progress_prolongs_the_lease(make_import):
    job = make_import()
    job.claim()
    RosterImport.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    job.advance(7)
    job.refresh_from_db()
    assert (job.progress, job.lease_until > timezone.now()) == (7, True)


def test_the_sweep_wakes_what_lies_too_long_or_lost_its_worker(make_import, woken):
    now = timezone.now()
    old = {"created_at": now - timedelta(seconds=11)}
    lying = make_import(**old)
    lost = make_import(**old, state=RUNNING, lease_until=now - timedelta(seconds=1))
    make_import()  # queued just now
    make_import(**old, state=RUNNING, lease_until=now + timedelta(minutes=1))
    make_import(**old, state=DONE)
    make_import(**old, state=FAILED)
    assert tasks.sweep() == 2
    assert woken == [("jobs.roster_import", lying.pk), ("jobs.roster_import", lost.pk)]


def test_the_sweep_drops_files_that_have_served(make_import):
    now = timezone.now()
    week, month = import_jobs.UNCONFIRMED, import_jobs.REFUSED_ROWS
    fresh = make_import(state=DONE, finished_at=now)
    forgotten = make_import(state=DONE, finished_at=now - week - timedelta(seconds=1))
    crashed = make_import(state=FAILED, finished_at=now)
    written = make_import(state=DONE, finished_at=now - month - timedelta(seconds=1), mode="good_rows")
    written.refused_file.save("refused.xlsx", ContentFile(b"rows"))
    kept = make_import(state=DONE, finished_at=now - month + timedelta(hours=1), mode="good_rows")
    kept.refused_file.save("refused.xlsx", ContentFile(b"rows"))
    running = make_import(state=RUNNING, lease_until=now + LEASE)
    paths = [job.file.path for job in (forgotten, crashed, written)] + [written.refused_file.path]
    tasks.sweep()
    with_file = {job.pk for job in RosterImport.objects.all() if job.file}
    assert with_file == {fresh.pk, running.pk}
    assert {job.pk for job in RosterImport.objects.all() if job.refused_file} == {kept.pk}
    storage = fresh.file.storage
    assert not any(storage.exists(path) for path in paths)
    assert storage.exists(fresh.file.path)
