"""How soon the dashboard shows a registration while many people register at once.

    DATABASE_URL=postgres://… REDIS_URL=redis://… .venv/bin/python bench/freshness.py [SECONDS [A_SECOND]]

Four processes register by the action itself, five people of a cell an act as its secretary saves his
table, with the outbox and the message to the worker; the real counts worker counts. The number of the
host on the dashboard is read every 10 ms. A registration is as old as the time from the beginning of
its action until the number holds as many registrations as had been written by then. The bar is 1 s
for 95 of 100.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from datetime import date
from pathlib import Path

from district import host_of, test_database

from cadres import clock
from cadres.models import Member, UnitChange
from pledges.actions.acts import Act
from pledges.actions.recording import record_many
from pledges.actions.register import Typed
from pledges.models import Channel, Tier
from reports import counts
from reports.models import UnitCount
from tests.reports.conftest import make_tier
from tests.workers import database_url, workers

WRITERS = 4
MEMBERS = 7560
AN_ACT = 5
READY = 25.0
DAY = date(2024, 2, 1)


def main(seconds: float, a_second: float) -> None:
    """Print the percentiles."""
    with test_database():
        host = host_of(MEMBERS)
        tier = make_tier(host)
        counts.rebuild(tier, clock.today())  # the day that the worker judges
        with tempfile.TemporaryDirectory() as folder, workers(Path(folder)):
            begin = time.time() + READY
            crowd = [_writer(number, begin, seconds, a_second) for number in range(WRITERS)]
            seen = _watch(tier, host.pk, crowd)
            memory = _memory_of_workers()
            acts = sorted(
                (end, start) for one in crowd for start, end in json.loads(one.communicate()[0] or "[]")
            )
        assert not UnitChange.objects.exists()
        _report(acts, seen)
        print(f"peak memory of the workers: {memory}")


def _writer(number: int, begin: float, seconds: float, a_second: float) -> subprocess.Popen[str]:
    env = os.environ | {"DATABASE_URL": database_url()}
    arguments = ["--write", str(number), str(begin), str(seconds), str(a_second)]
    return subprocess.Popen(
        [sys.executable, __file__, *arguments], env=env, stdout=subprocess.PIPE, text=True
    )


def _watch(tier: Tier, host: int, crowd: list[subprocess.Popen[str]]) -> list[float]:
    """When the number of the host first held 1, 2, 3 … registrations."""
    seen: list[float] = []
    row = UnitCount.objects.filter(tier=tier, unit=host)
    while True:
        over = all(one.poll() is not None for one in crowd) and not UnitChange.objects.exists()
        registered = row.values_list("registered", flat=True).get()
        seen += [time.time()] * (registered - len(seen))
        if over:
            return seen
        time.sleep(0.01)


def _memory_of_workers() -> str:
    """The most that each worker has held, by its queue."""
    told = []
    for number in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
        process = Path("/proc") / number
        command = (process / "cmdline").read_text().split("\0")
        if "--queues" in command:
            held = int((process / "status").read_text().partition("VmHWM:")[2].split()[0])
            told.append(f"{command[command.index('--queues') + 1]} {held / 1024:.0f} MB")
    return ", ".join(sorted(told))


def _report(acts: list[tuple[float, float]], seen: list[float]) -> None:
    assert len(acts) == len(seen), (len(acts), len(seen))
    ages = sorted(at - start for at, (_end, start) in zip(seen, acts, strict=True))
    starts = [start for _end, start in acts]
    rate = len(starts) / (max(starts) - min(starts))
    cuts = statistics.quantiles(ages, n=100)
    load = os.getloadavg()[0]
    print(f"{len(ages)} registrations, {rate:.0f} a second, {os.cpu_count()} cores, load {load:.1f}")
    print(f"p50 {cuts[49]:.2f} s   p95 {cuts[94]:.2f} s   longest {ages[-1]:.2f} s")


def write(number: int, begin: float, seconds: float, a_second: float) -> None:
    """Register five people after the other five at an even pace; print when each began and ended."""
    tier = Tier.objects.select_related("campaign__host").get()
    people = list(Member.objects.select_related("unit").order_by("pk"))
    acts = [people[start : start + AN_ACT] for start in range(number * AN_ACT, len(people), WRITERS * AN_ACT)]
    pace = WRITERS * AN_ACT / a_second
    times = []
    for turn, leads in enumerate(acts[: int(seconds / pace)]):
        time.sleep(max(0.0, begin + turn * pace - time.time()))
        start = time.time()
        record_many([_typed(lead, tier) for lead in leads], act=Act(by=None, on=DAY, channel=Channel.PAPER))
        times += [(start, time.time())] * len(leads)
    print(json.dumps(times))


def _typed(lead: Member, tier: Tier) -> Typed:
    content = {
        "title": "Vận động 12 hộ phân loại rác",
        "novelty": "new",
        "product": "12/12 hộ",
        "due_kind": "day",
        "due_on": date(2024, 9, 30),
    }
    return Typed(ref=uuid.uuid4(), tier=tier, lead=lead, unit=lead.unit, on=DAY, content=content)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]:
        write(int(sys.argv[2]), *map(float, sys.argv[3:6]))
    else:
        given = [float(one) for one in sys.argv[1:3]]
        main(*given, *(30.0, 100.0)[len(given) :])
