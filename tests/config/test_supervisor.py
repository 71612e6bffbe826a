"""`manage.py up` for real: all processes start, come back when they die, and none is left behind."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection

from config.health import web_answers
from tests.workers import database_url

# Seconds: for all processes to start, and for all of them to be gone.
STARTED, GONE = 60.0, 10.0
PROCESSES = ("gunicorn", "--queues counts", "--queues jobs", "beat")


def _until(true: Callable[[], bool], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Site:
    """A site started by `manage.py up` in a folder of its own, with its processes."""

    def __init__(self, var: Path, env: dict[str, str], *arguments: str) -> None:
        self.env = env
        self.port = _free_port()
        self.output = var / "output"
        command = [
            sys.executable,
            str(settings.BASE_DIR / "manage.py"),
            "up",
            "--port",
            str(self.port),
            *arguments,
        ]
        with self.output.open("w") as output:
            # From another folder, as somebody would who gives the full path.
            self.process = subprocess.Popen(
                command, env=env, cwd=var, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
            )

    def processes(self) -> dict[int, str]:
        """Pid and command line of everything that belongs to this site's supervisor, living or dead."""
        listing = subprocess.run(
            ["ps", "-A", "-ww", "-o", "pid=,stat=,args="], capture_output=True, text=True, check=True
        )
        rows = [line.split(None, 2) for line in listing.stdout.splitlines()]
        mine = f"config.child {self.process.pid} "
        return {int(pid): args for pid, stat, args in rows if mine in args and not stat.startswith("Z")}

    def pid_of(self, name: str) -> int:
        """The first process, hence the parent, among those whose command line names `name`; 0 for none."""
        return min((pid for pid, args in self.processes().items() if name in args), default=0)

    def is_complete(self) -> bool:
        """Whether each of the processes lives and the web answers."""
        lines = list(self.processes().values())
        return all(any(name in line for line in lines) for name in PROCESSES) and web_answers(self.port)

    def has_other(self, name: str, *, than: int) -> bool:
        """Whether the site is complete again, with a new process in the place of a killed one."""
        # It may have been seen complete just before the last worker of a killed parent goes.
        return self.is_complete() and self.pid_of(name) not in (0, than)

    def start(self) -> "Site":
        _until(lambda: self.is_complete() or self.process.poll() is not None, STARTED, "the site answers")
        assert self.process.poll() is None, self.output.read_text()
        return self

    def shell(self, code: str) -> None:
        """Run `code` in a process of its own on the database of this site."""
        imports = "from cadres.models import Unit, UnitChange; from cadres.outbox import note_changes"
        command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "--command"]
        code = f"{imports}; from tests.factories import UnitFactory; {code}"
        subprocess.run([*command, code], env=self.env, cwd=settings.BASE_DIR, check=True)


def waiting(var: Path) -> int:
    """How many changes wait for the consumer in the database of a site."""
    with closing(sqlite3.connect(var / "db.sqlite3")) as database:
        return database.execute("SELECT count(*) FROM cadres_unitchange").fetchone()[0]


@contextmanager
def _site(var: Path, *arguments: str, **more: str) -> Iterator[Site]:
    hidden = ("DATABASE_URL", "REDIS_URL", "SITE_TODAY", "DEMO", "DJANGO_SETTINGS_MODULE")
    env = {name: value for name, value in os.environ.items() if name not in hidden}
    site = Site(var, env | {"VAR_DIR": str(var), "APP_ENV_READY": "1"} | more, *arguments)
    try:
        yield site
    finally:
        for pid in [site.process.pid, *site.processes()]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        site.process.wait(5)


def test_up_serves_brings_back_what_dies_and_ends_without_a_trace(tmp_path):
    with _site(tmp_path, "--empty") as site:
        site.start()
        _until(lambda: "Ctrl-C ends the site" in site.output.read_text(), 5, "the address is printed")
        assert f"http://127.0.0.1:{site.port}/" in site.output.read_text()
        assert "add_administrator" in site.output.read_text()

        for name in ("gunicorn", "--queues counts"):
            killed = site.pid_of(name)
            os.kill(killed, signal.SIGKILL)
            _until(lambda: site.has_other(name, than=killed), 20, f"{name} runs again")  # noqa: B023

        site.process.send_signal(signal.SIGTERM)
        assert site.process.wait(GONE) == 0
        assert site.processes() == {}
        assert not web_answers(site.port)
        assert (tmp_path / "log" / "web.log").exists()


def test_killed_supervisor_leaves_no_orphan(tmp_path):
    with _site(tmp_path, "--empty") as site:
        site.start()
        site.process.kill()
        site.process.wait()
        _until(lambda: site.processes() == {}, GONE, "all children are gone")


def test_scheduled_and_woken_work_is_really_done_without_redis(tmp_path):
    with _site(tmp_path, "--empty") as site:
        site.start()
        # One change whose message woke the worker, one whose message was lost: beat finds that one.
        site.shell("note_changes([UnitFactory().pk])")
        _until(lambda: waiting(tmp_path) == 0, 5, "the woken worker has consumed the change")
        site.shell("UnitChange.objects.create(unit=Unit.objects.get())")
        _until(lambda: waiting(tmp_path) == 0, 15, "the scheduled task has consumed the change")


def test_port_in_use_is_told_and_nothing_starts(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        with _site(tmp_path, "--empty", "--port", port) as site:
            assert site.process.wait(STARTED) == 1
            assert f"127.0.0.1:{port} cannot be used" in site.output.read_text()
            assert not (tmp_path / "db.sqlite3").exists()


@pytest.fixture
def spare_database(transactional_db):
    """A database of its own on the server of the tests."""
    name = f"up_{uuid4().hex[:8]}"
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    yield f"{database_url().rpartition('/')[0]}/{name}"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.celery_workers
def test_same_command_runs_on_postgresql_and_redis(tmp_path, spare_database):
    with _site(tmp_path, "--empty", DATABASE_URL=spare_database, REDIS_URL=settings.REDIS_URL) as site:
        site.start()
        assert not (tmp_path / "db.sqlite3").exists()
        assert not (tmp_path / "broker").exists()
        site.process.send_signal(signal.SIGTERM)
        assert site.process.wait(GONE) == 0
        assert site.processes() == {}
