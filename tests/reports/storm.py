"""One of a crowd that acts on the same district in the same moment: `python -m tests.reports.storm ACTS`.

The district is the one in the database that DATABASE_URL names. Nothing is undone at the end: the
test that started the crowd looks at what it left behind. It goes on until so many acts are in the journal.
"""

import os
import sys
from typing import Any

import django
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

django.setup()

from pledges.models import Pledge, PledgeEvent  # noqa: E402  (models must be loaded first)
from pledges.states import FINAL  # noqa: E402
from reports import counts  # noqa: E402
from tests.reports.test_machine import Office  # noqa: E402
from tests.reports.world import DAY, World  # noqa: E402


class Crowded(World):
    """All reach for the same few pledges, so that they get into each other's way."""

    def pledge(self, which: int, **wanted: Any) -> Pledge | None:
        rows = Pledge.objects.filter(**wanted).exclude(status__in=FINAL).order_by("-pk")[:4]
        keys = list(rows.values_list("pk", flat=True))
        return Pledge.objects.get(pk=keys[which % len(keys)]) if keys else None


class Crowd(Office):
    """The same acts by the same people; only what holds whoever else acts is asked of them."""

    alone = False

    def __init__(self) -> None:
        RuleBasedStateMachine.__init__(self)
        self.world = Crowded()

    def begins_in_the_middle(self) -> None:
        """It begins where the others have come to."""

    def teardown(self) -> None:
        """What was done stays; hypothesis would walk on, so the process ends by itself."""
        if PledgeEvent.objects.count() >= int(sys.argv[1]):
            os._exit(0)

    def holds(self) -> None:
        """Judged once the crowd has gone."""

    @rule()
    def figures_are_counted(self) -> None:
        counts.drain(DAY)


if __name__ == "__main__":
    once = settings(
        max_examples=10_000,
        stateful_step_count=50,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Crowd, settings=once)
