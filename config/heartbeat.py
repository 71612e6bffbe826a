"""Lets a worker and beat show that they are alive, where remote control is switched off.

With HEARTBEAT_FILE set a worker touches that file every ten seconds from its main loop, which stands
still while the broker is out of reach; beat touches it whenever the broker has taken a message.
"""

from pathlib import Path
from typing import Any

from celery import Celery, bootsteps
from celery.signals import after_task_publish, beat_init

_EVERY = 10.0


class Heartbeat(bootsteps.StartStopStep):
    """The step of a worker's start that begins to touch the file."""

    requires = ("celery.worker.components:Timer",)
    file: Path

    def start(self, parent: Any) -> None:
        self.file.touch()
        parent.timer.call_repeatedly(_EVERY, self.file.touch, priority=10)


def attach(app: Celery, file: Path) -> None:
    """Make the workers and the beat of `app` touch `file`."""
    step = type("FileHeartbeat", (Heartbeat,), {"file": file})
    app.steps["worker"].add(step)

    def touch(**_: object) -> None:
        file.touch()

    def follow_beat(**_: object) -> None:
        after_task_publish.connect(touch, weak=False)

    beat_init.connect(follow_beat, weak=False)
