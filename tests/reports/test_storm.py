"""Processes do random things at once and are killed in the middle; what must hold holds (PostgreSQL)."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import ExitStack

import pytest
from django.conf import settings as site

from pledges.models import PledgeEvent
from tests.reports.world import DAY, World, make_district
from tests.workers import database_url

CROWD, KILLS, ACTS = 4, 4, 600
PATIENCE = 180  # seconds for one of them to get through, when two test processes share the machine


def _join(stack, folder, number):
    """One more of the crowd; what it prints is kept in `folder`."""
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database_url(),
        "REDIS_URL": "",
        "SITE_TODAY": DAY.isoformat(),
        "VAR_DIR": str(folder / "var"),
    }
    log = stack.enter_context((folder / f"{number}.log").open("w"))
    command = [sys.executable, "-m", "tests.reports.storm", str(ACTS)]
    one = subprocess.Popen(
        command, env=env, cwd=site.BASE_DIR, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
    )
    stack.callback(one.wait)
    stack.callback(one.kill)
    return one


def _await_acts(of_at_least):
    deadline = time.monotonic() + PATIENCE
    while PledgeEvent.objects.count() < of_at_least:
        assert time.monotonic() < deadline, "the crowd does nothing"
        time.sleep(0.05)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_crowd_that_is_killed_in_the_middle_breaks_nothing(tmp_path, settings):
    settings.SITE_TODAY = DAY
    make_district()
    world = World()
    world.everybody_registers()
    world.hold()
    chance = random.Random()
    with ExitStack() as stack:
        crowd = [_join(stack, tmp_path, number) for number in range(CROWD)]
        for number in range(KILLS):
            _await_acts(of_at_least=PledgeEvent.objects.count() + chance.randint(20, 60))
            fallen = crowd.pop(0)
            os.killpg(fallen.pid, signal.SIGKILL)
            crowd.append(_join(stack, tmp_path, CROWD + number))
        codes = [one.wait(PATIENCE) for one in crowd]
    told = "\n".join(path.read_text()[-2000:] for path in sorted(tmp_path.glob("*.log")))
    assert codes == [0] * CROWD, told
    world.hold()
    world.hold_at_the_end()
