"""How long a meeting takes to record: seconds and statements for 163 and for 1.700 lines.

    .venv/bin/python bench/conclude.py [LINES…]

A test database is made on the server of DATABASE_URL (SQLite without it) and dropped again. The bars
are 2 s for 163 lines and 5 s for 1.700; statements grow by a constant for each further 500 lines.
"""

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings_test")

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test.utils import (  # noqa: E402
    CaptureQueriesContext,
    setup_databases,
    setup_test_environment,
    teardown_databases,
)

from pledges.actions.dockets import Decision  # noqa: E402
from pledges.models import Pledge  # noqa: E402
from pledges.states import Outcome  # noqa: E402
from tests.pledges.docket_scene import Scene, conclude, scene  # noqa: E402

CADRES = 54  # who share the lines, as on the docket of 2024
DIFFERING = 12  # lines that the meeting decides otherwise, of a short list a third


def main(sizes: list[int]) -> None:
    """Print a row a size."""
    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        place = scene()
        leads = [place.cadre() for _ in range(CADRES)]
        print(f"{connection.vendor}\n{'lines':>6} {'seconds':>8} {'statements':>11}")
        for size in sizes:
            _measure(place, leads, size)
    finally:
        teardown_databases(databases, verbosity=0)


def _measure(place: Scene, leads: list, size: int) -> None:
    pledges = [place.pledge(leads[n % CADRES], title=f"Việc số {n}") for n in range(size)]
    docket = place.docket(*pledges)
    differing = min(DIFFERING, size // 3)
    lines = docket.lines.order_by("order").values_list("pk", flat=True)[:differing]
    decisions = {pk: Decision(Outcome.RETURN, "Chưa rõ kết quả, sản phẩm") for pk in lines}
    started = time.perf_counter()
    with CaptureQueriesContext(connection) as statements:
        conclude(docket, place.recorder, decisions)
    seconds = time.perf_counter() - started
    approved = Pledge.objects.filter(docket_lines__docket=docket, status="approved")
    assert approved.count() == size - differing
    print(f"{size:>6} {seconds:>8.2f} {len(statements):>11}")


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [163, 500, 1000, 1700])
