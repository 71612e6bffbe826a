"""Keeps the processes of the embedded site running: starts them, starts them again, ends them all.

Each child leads a session of its own, so that Ctrl-C reaches only the supervisor and the children
are told one by one: a signal to a whole group can leave a Celery worker waiting for ever.
"""

import logging
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from logging.handlers import RotatingFileHandler
from pathlib import Path

# Seconds: the loop's step, the pauses before a restart, the life after which a child counts as
# healthy again, and the time that all children together get to end.
STEP = 0.2
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
HEALTHY = 20.0
GRACE = 4.0
LOG_BYTES = 5 * 1024 * 1024

_SERIOUS = re.compile(r"\b(ERROR|CRITICAL)\b")


@dataclass
class Child:
    """One process: its module with arguments, and how its last start went."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[str] | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE
    due: float = 0.0
    log: logging.Logger = field(default_factory=lambda: logging.Logger("child"))


class Supervisor:
    """The children of one site. `say` prints a line for the operator."""

    def __init__(
        self,
        commands: Mapping[str, Sequence[str]],
        *,
        env: Mapping[str, str],
        logs: Path,
        say: Callable[[str], None],
    ) -> None:
        self.children = [Child(name, command) for name, command in commands.items()]
        self.env = dict(env)
        self.logs = logs
        self.say = say
        self.stopping = False

    def run(self, *, is_ready: Callable[[], bool], on_ready: Callable[[], None]) -> None:
        """Run the children until a signal asks to stop; return when none of them is left."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            # What is ignored on purpose, as under nohup, stays ignored.
            if signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._ask_to_stop)
        self._open_logs()
        ready = False
        try:
            while not self.stopping:
                for child in self.children:
                    self._tend(child)
                if not ready and is_ready():
                    ready = True
                    on_ready()
                time.sleep(STEP)
        finally:
            self._end_all()

    def _ask_to_stop(self, _number: int, _frame: object) -> None:
        self.stopping = True

    def _open_logs(self) -> None:
        self.logs.mkdir(parents=True, exist_ok=True)
        for child in self.children:
            handler = RotatingFileHandler(self._log_file(child), maxBytes=LOG_BYTES, backupCount=2)
            child.log.addHandler(handler)

    def _log_file(self, child: Child) -> Path:
        return self.logs / f"{child.name}.log"

    def _tend(self, child: Child) -> None:
        """Start a child that is due; notice one that died and set the time of its next start."""
        now = time.monotonic()
        if child.process is None:
            if now >= child.due:
                self._start(child)
            return
        code = child.process.poll()
        if code is None:
            return
        _kill_group(child.process)
        child.pause = FIRST_PAUSE if now - child.started > HEALTHY else min(child.pause * 2, LONGEST_PAUSE)
        child.process, child.due = None, now + child.pause
        self.say(f"{child.name} ended ({code}), starts again in {child.pause:g} s: {self._log_file(child)}")

    def _start(self, child: Child) -> None:
        child.process = subprocess.Popen(
            [sys.executable, "-m", "config.child", str(os.getpid()), *child.command],
            env=self.env,
            cwd=Path(__file__).resolve().parent.parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        child.started = time.monotonic()
        threading.Thread(target=self._relay, args=(child, child.process), daemon=True).start()

    def _relay(self, child: Child, process: subprocess.Popen[str]) -> None:
        """Everything the child prints goes to its log, the serious lines to the terminal as well."""
        assert process.stdout is not None
        for line in process.stdout:
            child.log.warning(line.rstrip("\n"))
            if _SERIOUS.search(line):
                self.say(f"{child.name} | {line.rstrip()}")

    def _end_all(self) -> None:
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + GRACE
        for process in running:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                pass
            _kill_group(process)


def _kill_group(process: subprocess.Popen[str]) -> None:
    """End what the child left of its group, and the child itself if it still runs."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()
