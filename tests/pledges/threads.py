"""Two at once: what happens when two people press the same button in the same instant."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connections


def at_once(*acts: Callable[[], Any]) -> Sequence[Any]:
    """Run the acts in threads that start together; returns what each answered or raised."""
    answers: list[Any] = []
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> None:
        try:
            barrier.wait()
            answers.append(act())
        except Exception as error:
            answers.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
