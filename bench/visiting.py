"""The visiting process of `bench/visitor.py`: orders come in as lines of JSON, answers go out so."""

import json
import resource
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import django

django.setup()

from django.db import connection, connections, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from bench.bare import TITLE  # noqa: E402
from bench.explained import explained  # noqa: E402
from bench.nation import BOARD, CODE, SECRETARIES, SECRETARY  # noqa: E402
from bench.shape import DAY  # noqa: E402
from cadres.models import Member, Unit, User  # noqa: E402
from pledges.models import Pledge, Tier  # noqa: E402
from reports import counts  # noqa: E402
from reports.own_counts import own_days, own_facets, own_rows, with_units  # noqa: E402


class Visits:
    """The people of the bench and where they go."""

    def __init__(self) -> None:
        self.tier = Tier.objects.select_related("campaign__host").get(campaign__code=CODE)
        self.board = _signed_in(BOARD)
        self.secretaries = [_signed_in(SECRETARY.format(number)) for number in range(SECRETARIES)]
        cells = list(Unit.objects.filter(roles__user__username__startswith="bi-thu-").order_by("pk"))
        # Not of the first cell, which heads every list: it stays as it was made.
        self.people = [list(Member.objects.filter(unit=cell).order_by("position")) for cell in cells[1:]]
        self.turn = 0
        host = self.tier.campaign.host.code
        figure = {name: reverse("reports:figure", args=(host, name)) for name in ("registered", "completed")}
        cell = reverse("pledges:cell", args=(CODE, cells[0].code))
        self.pages: dict[str, tuple[Client, str]] = {
            "bare": (self.board, "/bare/"),
            "dashboard": (self.board, reverse("reports:unit", args=(host,))),
            "pledges": (self.board, reverse("reports:pledges", args=(host,)) + f"?campaign={CODE}"),
            "people": (self.board, figure["registered"] + f"?campaign={CODE}"),
            "missing": (self.board, figure["registered"] + f"?campaign={CODE}&part=rest"),
            "number": (self.board, figure["completed"] + f"?campaign={CODE}&part=denominator"),
            "cell": (self.secretaries[0], cell),
            "bare cell": (self.secretaries[0], "/bare/"),
        }

    def visit(self, page: str) -> float:
        """Seconds that a page takes."""
        client, address = self.pages[page]
        began = time.perf_counter()
        response = client.get(address)
        seconds = time.perf_counter() - began
        assert response.status_code == 200, (page, response.status_code)
        return seconds

    def plan(self, page: str) -> dict[str, Any]:
        """How many statements a page asks, with the plan and the buffers of each."""
        client, address = self.pages[page]
        return self._explained(lambda: client.get(address))

    def plan_of_registering(self) -> dict[str, Any]:
        """The statements of a registration."""
        return self._explained(self.register)

    def register(self) -> float:
        """Seconds that a secretary's sending of the short form takes; one person after the other."""
        self.turn += 1
        number = self.turn % len(self.people)
        lead = self.people[number][self.turn // len(self.people) % len(self.people[number])]
        data = {
            "ref": str(uuid4()),
            "title": f"Vận động {self.turn} hộ phân loại rác",
            "novelty": "new",
            "product": f"{self.turn} hộ phân loại rác",
            "due": "q3",
        }
        address = reverse("pledges:register", args=(CODE, lead.code))
        return self._sent(self.secretaries[number + 1], address, data)

    def write(self) -> float:
        """Seconds that the bare act takes, by the same person."""
        number = self.turn % len(self.people)
        lead = self.people[number][0]
        keys = {"campaign_id": self.tier.campaign_id, "tier_id": self.tier.pk}
        data = {**keys, "lead_member_id": lead.pk, "unit_id": lead.unit_id}
        return self._sent(self.secretaries[number + 1], "/bare/write/", data)

    def tidy(self) -> int:
        """Take out what the bare act wrote, and count what was registered."""
        deleted, _by_table = Pledge.objects.filter(title=TITLE).delete()
        counts.drain(DAY)
        return deleted

    def rebuild(self) -> float:
        """Seconds of a rebuild of the tier."""
        began = time.perf_counter()
        counts.rebuild(self.tier, DAY)
        return time.perf_counter() - began

    def selects(self) -> float:
        """Seconds of the SELECTs that count the same, each as CREATE TABLE AS."""
        wanted, keys = with_units(Unit.objects.under(self.tier.campaign.host.path))
        own = {
            "rows": own_rows(self.tier, DAY),
            "days": own_days(self.tier, DAY),
            "facets": own_facets(self.tier),
        }
        began = time.perf_counter()
        with transaction.atomic(), connection.cursor() as cursor:
            for name, (rows, params) in own.items():
                columns = ", ".join("abcdef"[: 6 if name == "facets" else 3])
                table = f"CREATE TABLE bare_{name} ({columns}) AS"
                cursor.execute(f"{table} WITH {wanted} {rows}", (*keys, *params))
            seconds = time.perf_counter() - began
            transaction.set_rollback(True)
        return seconds

    def memory(self) -> float:
        """The most megabytes that this process has held."""
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    def _sent(self, client: Client, address: str, data: dict[str, Any]) -> float:
        began = time.perf_counter()
        response = client.post(address, data)
        seconds = time.perf_counter() - began
        assert response.status_code == 302, response.content.decode()
        return seconds

    def _explained(self, act: Callable[[], Any]) -> dict[str, Any]:
        asked: list[tuple[str, str, Any]] = []

        def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            asked.append((context["connection"].alias, sql, params))
            return execute(sql, params, many, context)

        with ExitStack() as stack:
            for one in connections.all():
                stack.enter_context(one.execute_wrapper(note))
            act()
        return explained(asked)


def _signed_in(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name), "django.contrib.auth.backends.ModelBackend")
    return client


def main() -> None:
    """Do what each line asks."""
    visits = Visits()
    for line in sys.stdin:
        told = json.loads(line)
        order = told.pop("order")
        print(json.dumps(getattr(visits, order)(**told)), flush=True)


if __name__ == "__main__":
    main()
