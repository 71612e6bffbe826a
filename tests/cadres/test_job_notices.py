"""Who asked for a long job is told once that it is over, and why nothing came of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cadres import tasks
from cadres.actions import job_notices
from cadres.actions.import_jobs import confirm_import
from cadres.imports import roster
from cadres.jobs import JobState
from cadres.models import ImportMode, Notification, RosterImport
from tests.cadres.rosters import BOTH

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _everything_is_long(monkeypatch):
    monkeypatch.setattr(job_notices, "WATCHED", -1)


def told(user):
    return list(Notification.objects.filter(user=user).order_by("pk").values_list("kind", "path"))


def test_checked_and_written_are_told_once_each(make_import, keeper):
    job = make_import()
    page = f"/rosters/{job.pk}/"
    for _ in range(2):
        tasks.roster_import(job.pk)
    assert told(keeper) == [("list_checked", page)]
    job.refresh_from_db()
    confirm_import(job, ImportMode.FAULTLESS, by=keeper)
    for _ in range(2):
        tasks.roster_import(job.pk)
    assert told(keeper) == [("list_checked", page), ("list_written", page)]


def test_what_one_watches_is_not_told(make_import, keeper, monkeypatch):
    monkeypatch.setattr(job_notices, "WATCHED", 60)
    tasks.roster_import(make_import().pk)
    assert told(keeper) == []


def test_nobody_is_told_of_a_job_of_nobody(make_import):
    tasks.roster_import(make_import(created_by=None).pk)
    assert not Notification.objects.exists()


def test_a_list_that_is_refused_is_told(make_import, keeper):
    job = make_import(BOTH, as_of=timezone.localdate() + timedelta(days=900))
    tasks.roster_import(job.pk)
    assert told(keeper) == [("job_failed", f"/rosters/{job.pk}/")]


def test_a_fault_is_told_and_goes_on_to_the_log(make_import, keeper, monkeypatch):
    def fails(*_args, **_kwargs):
        raise RuntimeError

    monkeypatch.setattr(roster, "preview", fails)
    job = make_import()
    with pytest.raises(RuntimeError):
        tasks.roster_import(job.pk)
    assert told(keeper) == [("job_failed", f"/rosters/{job.pk}/")]


def test_one_given_up_after_several_workers_were_lost_is_told(make_import, keeper):
    job = make_import(state=JobState.RUNNING, attempts=3, lease_until=timezone.now())
    tasks.roster_import(job.pk)
    assert RosterImport.objects.get().state == JobState.FAILED
    assert told(keeper) == [("job_failed", f"/rosters/{job.pk}/")]


def test_one_that_another_worker_has_is_not_told(make_import, keeper):
    job = make_import(state=JobState.RUNNING, lease_until=timezone.now() + timedelta(minutes=1))
    tasks.roster_import(job.pk)
    assert told(keeper) == []
