"""A committee that awaits more lists than are looked at one by one: the same page, by the numbers kept."""

import pytest

from cadres.models import Unit
from cadres.outbox import note_changes
from pledges import many_lists
from pledges.actions import lists
from pledges.actions.dockets import Decision
from pledges.actions.endorsements import build_endorsement
from pledges.actions.list_requests import ask_to_amend
from pledges.states import Outcome
from reports import counts
from tests.factories import CellFactory
from tests.pledges.docket_scene import DAY, conclude, scene, ward

pytestmark = pytest.mark.django_db
STATES = ("not_sent", "asked", "sent", "endorsed", "all")


@pytest.fixture
def place(db):
    """Two wards with cells at each point of the way, and a cell directly below the host."""
    first = ward(scene(), name="Đảng bộ phường Bưởi")
    second = ward(first.scene, name="Đảng bộ phường Hoà Bình")
    back = first.cell(name="Chi bộ Trả lại")
    for _ in range(2):
        first.cell()
    docket = build_endorsement(tier=first.tier, body=first.body, title="D", by=first.officer)
    returned = docket.lines.get(unit=back)
    conclude(docket, first.officer, {returned.pk: Decision(Outcome.RETURN, "Thiếu")})
    ask_to_amend(tier=first.tier, unit=first.cell(), note="Thiếu", by=first.officer, on=DAY)
    for sent in (True, True, False):
        second.cell(sent=sent)
    lists.mark_sent(tier=first.tier, units=[CellFactory(parent=first.scene.host)], on=DAY, by=None)
    count()
    return first


def count():
    note_changes(Unit.objects.values_list("pk", flat=True))
    counts.drain(DAY)


def seen(client, unit, query=""):
    """What the page tells: rows by state, chips, headline, reminder."""
    page = f"/campaigns/DV-2024/committees/{unit.code}/?{query}"
    told = {}
    for state in STATES:
        context = client.get(f"{page}&show={state}").context
        told[state] = [(row.unit, row.state, row.below) for row in context["rows"]]
        told[f"{state} of"] = (context["page"].paginator.count, context["sum"])
    chosen = client.get(page).context["chosen"]
    return told | {"totals": chosen.totals, "show": chosen.show, "sent": chosen.sent_rate}


@pytest.mark.parametrize("few", [0, 2_000])
@pytest.mark.parametrize(
    "query", ["of=cells", "of=units", "of=cells&name=tra+lai", "of=units&sort=-endorsed"]
)
def test_the_page_of_many_tells_what_that_of_few_does(place, visit, monkeypatch, few, query):
    client, host = visit(place.scene.board), place.scene.host
    one_by_one = seen(client, host, query)
    monkeypatch.setattr(many_lists, "SHORT", 0)
    monkeypatch.setattr(many_lists, "FEW", few)
    assert seen(client, host, query) == one_by_one
    assert any(one_by_one[state] for state in STATES)


def test_a_committee_of_many_cells_is_not_put_in_another_order(place, visit, monkeypatch):
    client = visit(place.officer)
    one_by_one = seen(client, place.unit)
    assert client.get(f"/campaigns/DV-2024/committees/{place.unit.code}/").context["chosen"].sorts
    monkeypatch.setattr(many_lists, "SHORT", 0)
    assert seen(client, place.unit, "sort=registered") == one_by_one
    page = client.get(f"/campaigns/DV-2024/committees/{place.unit.code}/?sort=registered")
    assert "aria-sort" not in page.content.decode()


def test_the_reminder_names_the_last_that_are_missing(place, visit, monkeypatch):
    monkeypatch.setattr(many_lists, "SHORT", 0)
    client = visit(place.scene.recorder)
    reminder = client.get(f"/campaigns/DV-2024/committees/{place.scene.host.code}/").context["reminder"]
    assert "Chi bộ Trả lại" in reminder


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize(("query", "cost"), [("", 23), ("of=units&show=all", 19)])
def test_the_page_of_many_costs_the_same_whatever_it_lists(
    place, visit, monkeypatch, n, query, cost, django_assert_num_queries
):
    monkeypatch.setattr(many_lists, "SHORT", 0)
    for _ in range(n):
        ward(place.scene).cell(sent=False)
    count()
    client = visit(place.scene.board)
    client.get(f"/campaigns/DV-2024/committees/{place.scene.host.code}/?{query}")
    with django_assert_num_queries(cost):
        client.get(f"/campaigns/DV-2024/committees/{place.scene.host.code}/?{query}")
