"""A worker that never seals an organisation of a closing: `python -m tests.reports.slow_closing PK`."""

import sys
import time
from typing import Any

import django

django.setup()

from reports.actions import closings  # noqa: E402  (models must be loaded first)
from reports.tasks import closing  # noqa: E402


def _hangs(*_args: Any) -> str:
    time.sleep(600)
    return ""


if __name__ == "__main__":
    closings.unit_digest = _hangs
    closing(int(sys.argv[1]))
