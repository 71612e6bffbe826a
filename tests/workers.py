"""Real Celery workers on the database and the broker of a test."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import redis
from django.conf import settings
from django.db import connection

_CELERY = ["celery", "--app", "config.celery", "worker", "--pool", "solo", "--loglevel", "WARNING"]
_LONGEST_START = 20.0


def database_url() -> str:
    """The address of the test's database, for the processes that a test starts."""
    database = connection.settings_dict
    user, place = f"{database['USER']}:{database['PASSWORD']}", f"{database['HOST']}:{database['PORT']}"
    return f"postgres://{user}@{place}/{database['NAME']}"


@contextmanager
def _worker(queue: str, folder: Path) -> Iterator[Path]:
    """A worker of one queue; yields the file that it touches as soon as it lives."""
    alive = folder / f"{queue}.alive"
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database_url(),
        "REDIS_URL": settings.REDIS_URL,
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "VAR_DIR": str(folder),
        "HEARTBEAT_FILE": str(alive),
    }
    command = [sys.executable, "-m", "config.child", str(os.getpid()), *_CELERY, "--queues", queue]
    with (
        (folder / f"{queue}.log").open("w") as log,
        subprocess.Popen(
            [*command, "--hostname", f"{queue}@%h"],
            env=env,
            cwd=settings.BASE_DIR,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as worker,
    ):
        try:
            yield alive
        finally:
            worker.terminate()


@contextmanager
def workers(folder: Path) -> Iterator[None]:
    """One worker for each queue, with an empty broker; what they print is kept in `folder`."""
    redis.Redis.from_url(settings.REDIS_URL).flushdb()
    with ExitStack() as stack:
        signs = [stack.enter_context(_worker(queue, folder)) for queue in ("counts", "jobs")]
        deadline = time.monotonic() + _LONGEST_START
        while not all(sign.exists() for sign in signs):
            assert time.monotonic() < deadline, f"the workers did not start, see {folder}"
            time.sleep(0.1)
        yield
