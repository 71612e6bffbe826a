"""How far a closing is, seen while its one transaction is open; and a worker killed in the middle of it."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings as site
from django.core.management import call_command
from django.db import OperationalError, connection
from django.urls import reverse
from django.utils import timezone, translation

from cadres.jobs import JobState
from pledges.models import Pledge
from reports import counts
from reports.closing_progress import COST, Teller
from reports.models import ClosedPerson, ClosedPledge, ClosedUnit, Closing, ClosingStage, Stage
from tests.pledges.pages import text
from tests.reports.closing_scene import District, worked
from tests.reports.conftest import DAY
from tests.workers import database_url

PATIENCE = 60  # seconds for a process to come into the middle, when two test processes share the machine
ROWS = 7  # five people and two pledges


@pytest.fixture
def place(db, settings):
    settings.SITE_TODAY = DAY
    with translation.override("en"):
        yield District()


@pytest.fixture
def board(place, client, settings):
    client.force_login(place.board)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def progress_of(closing):
    return reverse("reports:closing_progress", args=[closing.pk])


def test_every_row_goes_through_every_stage_once(place, monkeypatch):
    seen = {}

    def rows(teller, count):
        seen[teller._stage] = seen.get(teller._stage, 0) + count

    monkeypatch.setattr(Teller, "rows", rows)
    assert place.close().state == JobState.DONE
    assert seen == dict.fromkeys(COST, ROWS)


def test_the_share_is_of_the_rows_the_counts_tell_of(place):
    counts.drain(DAY)
    stage = ClosingStage.objects.get(closing=place.close())
    if connection.vendor == "postgresql":
        assert (stage.stage, stage.total) == (Stage.COUNTING, ROWS * sum(COST.values()))
    else:
        assert (stage.stage, stage.done, stage.total) == (Stage.COUNTING, 0, 0)


@pytest.mark.parametrize(
    ("done", "total", "told"),
    [(14, 56, ["25%", 'value="25"']), (80, 56, ["99%"]), (0, 56, []), (0, 0, [])],
)
def test_a_page_tells_stage_share_and_time(place, board, done, total, told):
    closing = place.ask()
    began = timezone.now() - timedelta(seconds=75)
    given = {"tier": place.tier, "done": done, "total": total, "began_at": began}
    ClosingStage.objects.create(closing=closing, stage=Stage.SEALING, **given)
    page = text(board.get(progress_of(closing), headers={"HX-Request": "true"}))
    assert "Each organisation is being sealed · Party members · begun 75 seconds ago." in page
    for part in told:
        assert part in page
    assert told or ("%" not in page and "value=" not in page)


def test_a_closing_is_made_though_nobody_hears_how_far_it_is(place, caplog):
    class Deaf:
        def cursor(self):
            raise OperationalError

    teller = Teller(place.ask(), Deaf())
    teller.begin(Stage.PUTTING)
    teller.rows(1)
    assert caplog.text.count("cannot be told") == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_leaves_nothing_and_the_job_is_resumed(place, board, tmp_path):
    counts.drain(DAY)
    closing = place.ask()
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database_url(),
        "REDIS_URL": "",
        "SITE_TODAY": DAY.isoformat(),
        "VAR_DIR": str(tmp_path / "var"),
    }
    command = [sys.executable, "-m", "tests.reports.slow_closing", str(closing.pk)]
    with (
        (tmp_path / "log").open("w") as log,
        subprocess.Popen(
            command, env=env, cwd=site.BASE_DIR, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        ) as worker,
    ):
        try:
            _await_middle(closing, tmp_path)
            page = text(board.get(progress_of(closing), headers={"HX-Request": "true"}))
        finally:
            os.killpg(worker.pid, signal.SIGKILL)
    assert "25%" in page
    assert "Each organisation is being sealed" in page
    for model in (ClosedUnit, ClosedPerson, ClosedPledge):
        assert not model.objects.exists()
    closing.refresh_from_db()
    assert (closing.state, closing.attempts, closing.taken_at) == (JobState.RUNNING, 1, None)
    assert worked(closing).state == JobState.RUNNING  # its lease has not run out
    Closing.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert (worked(closing).state, closing.error, closing.attempts) == (JobState.DONE, "", 2)
    assert (Closing.objects.count(), ClosedPerson.objects.count()) == (1, 5)
    assert ClosedPledge.objects.count() == Pledge.objects.count()
    out = StringIO()
    call_command("verify_closing", str(closing.pk), stdout=out)
    assert closing.digest in out.getvalue()


def _await_middle(closing, folder):
    """Until the worker has put rows away in its open transaction and seals them."""
    deadline = time.monotonic() + PATIENCE
    while not ClosingStage.objects.filter(closing=closing, stage=Stage.SEALING).exists():
        assert time.monotonic() < deadline, (folder / "log").read_text()
        time.sleep(0.05)
