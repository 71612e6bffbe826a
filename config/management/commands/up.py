"""`manage.py up`: the whole site on this machine, with one command."""

import fcntl
import os
import socket
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from cadres.models import Unit, User
from config import demo
from config.health import web_answers
from config.supervisor import Supervisor

# Words of the operator are English; the two lines that a visitor of the demo reads are in both languages.
VISITOR = "Mở địa chỉ này và chọn một vai trò · Open this address and choose a role"
NOBODY = (
    "Nobody can sign in yet. Bring in a roster (import_roster), then make the first account:\n"
    "  python3 manage.py add_administrator USERNAME --name NAME --unit CODE"
)
LOOPBACK = ("127.0.0.1", "localhost", "::1")

_CELERY = ("celery", "--app", "config.celery")
_ALONE = ("--pool", "solo", "--without-gossip", "--without-mingle", "--without-heartbeat")
_QUIET = ("--loglevel", "WARNING")


class Command(BaseCommand):
    help = "Brings the database up to date and runs the site: web, two workers, beat. Ctrl-C ends it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: %(default)s)")
        parser.add_argument("--empty", action="store_true", help="do not load the demo")

    def handle(self, *args: object, host: str, port: int, empty: bool, **options: Any) -> None:
        """Prepare the database, then run the processes until a signal ends them."""
        with self._only_one():
            _check_port(host, port)
            try:
                self._prepare(empty=empty)
            except KeyboardInterrupt:
                raise CommandError("Stopped before the site was started.", returncode=130) from None
            connections.close_all()
            supervisor = Supervisor(
                _commands(host, port),
                env=self._environment(host, port),
                logs=settings.VAR / "log",
                say=self._say,
            )
            supervisor.run(
                is_ready=lambda: web_answers(port, _reachable(host)), on_ready=lambda: self._greet(host, port)
            )
        self._say("The site has stopped.")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _only_one(self) -> IO[str]:
        """The lock of this var/ folder: two beats on one schedule file would stop each other."""
        lock = (settings.VAR / "up.lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(f"The site already runs with {settings.VAR}. End it first.") from None
        return lock

    def _prepare(self, *, empty: bool) -> None:
        """Migrate; an empty database gets the demo unless that was declined."""
        self._say("Bringing the database up to date …")
        call_command("migrate", interactive=False, verbosity=0)
        if User.objects.exists() or Unit.objects.exists():
            return
        demo.unmark()
        if not empty:
            self._say("Loading the demo …")
            # A process of its own: the site does not carry the memory of the loading afterwards.
            command = [sys.executable, "-m", "config.child", str(os.getpid()), "django", "demo"]
            env = os.environ | {"SITE_TODAY": demo.DEMO_DAY}
            if subprocess.run(command, env=env, cwd=settings.BASE_DIR, check=False).returncode:
                raise CommandError("The demo could not be loaded.")

    def _environment(self, host: str, port: int) -> Mapping[str, str]:
        """The environment of the children; on the demo's database the demo's day and sign-in buttons."""
        fixed = {"SITE_URL": f"http://{_reachable(host, in_url=True)}:{port}/"}
        if not demo.is_marked():
            return fixed | os.environ
        fixed["SITE_TODAY"] = demo.DEMO_DAY
        if host in LOOPBACK:
            fixed["DEMO"] = "True"
        else:
            self._say("The demo's sign-in buttons are only offered on 127.0.0.1.")
        return fixed | os.environ

    def _greet(self, host: str, port: int) -> None:
        self._say(f"\n  http://{_reachable(host, in_url=True)}:{port}/\n")
        if demo.is_marked() and host in LOOPBACK:
            self._say(f"  {VISITOR}\n")
        elif not User.objects.exists():
            self._say(f"  {NOBODY}\n")
        connections.close_all()
        self._say("  Ctrl-C ends the site.")


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # As gunicorn does it: connections of a site that just ended do not block the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            reason = f"{host}:{port} cannot be used ({problem.strerror})."
            raise CommandError(f"{reason} Choose another: python3 manage.py up --port {port + 1}") from None


def _reachable(host: str, *, in_url: bool = False) -> str:
    """The address under which this machine itself finds the site."""
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (a key, not an address)
    return f"[{name}]" if in_url and ":" in name else name


def _commands(host: str, port: int) -> Mapping[str, tuple[str, ...]]:
    """The four processes: module and arguments of each."""
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    web = ("gunicorn", "config.wsgi", "--bind", bind, "--worker-class", "gthread", "--threads", "4")
    schedule = str(settings.CELERY_BEAT_SCHEDULE_FILENAME)
    return {
        "web": (*web, "--graceful-timeout", "3", "--no-control-socket", "--log-level", "warning"),
        "counts": (*_CELERY, "worker", *_ALONE, *_QUIET, "--queues", "counts", "--hostname", "counts@%h"),
        "jobs": (*_CELERY, "worker", *_ALONE, *_QUIET, "--queues", "jobs", "--hostname", "jobs@%h"),
        "beat": (*_CELERY, "beat", *_QUIET, "--pidfile=", "--schedule", schedule),
    }
