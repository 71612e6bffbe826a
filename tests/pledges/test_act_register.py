"""The register of acts: which are in it, how it is narrowed and ordered, and the workbook."""

from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from cadres.models import RecordEvent
from cadres.roles import Role
from pledges.actions import dockets
from pledges.actions.dockets import Decision
from pledges.models import Docket
from pledges.states import Outcome
from tests.factories import user_with
from tests.pledges.docket_scene import DAY, conclude, scene, ward
from tests.pledges.pages import text
from tests.pledges.test_corrections import put_right

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(db, on_the_day):
    return scene()


def acts(response):
    return [act for act, _outcomes in response.context["rows"]]


def concluded(place, *, number=""):
    docket = conclude(place.docket(place.pledge()), place.recorder)
    if number:
        dockets.issue(docket.pk, number=number, on=DAY, by=place.clerk, day=DAY)
    return docket


def test_what_is_concluded_stands_in_it_with_how_its_lines_came_out(place, visit):
    open_docket = place.docket(place.pledge())
    returned, approved = place.pledge(), place.pledge()
    docket = place.docket(returned, approved)
    line = docket.lines.get(pledge=returned)
    conclude(docket, place.recorder, {line.pk: Decision(Outcome.RETURN, "Chưa rõ")})
    response = visit(place.clerk).get("/acts/")
    [(act, outcomes)] = response.context["rows"]
    assert (act, outcomes.approved, outcomes.returned, outcomes.rejected) == (docket, 1, 1, 0)
    assert open_docket not in acts(response)


def test_it_is_narrowed_by_kind_number_and_day(place, visit):
    numbered, waiting = concluded(place, number="127-QĐ/QU"), concluded(place)
    client = visit(place.clerk)
    assert acts(client.get("/acts/?show=numbered")) == [numbered]
    assert acts(client.get("/acts/?show=awaiting")) == [waiting]
    assert acts(client.get("/acts/?q=127")) == [numbered]
    assert acts(client.get("/acts/?q=999")) == []
    assert acts(client.get("/acts/?since=27/03/2024")) == []
    assert len(acts(client.get("/acts/?since=26/03/2024&until=26/03/2024&year=2024"))) == 2
    for nonsense in ("?since=31/02/2024", "?year=x", "?sort=x", "?show=x", "?page=99"):
        assert len(acts(client.get(f"/acts/{nonsense}"))) == 2
    assert acts(client.get("/acts/?sort=-number"))[0] == numbered
    assert "month 2/2024 has only 29 days" in text(client.get("/acts/?since=31/02/2024"))


def test_corrections_name_each_other_and_cells_stand_apart(place, visit):
    pledge = place.pledge()
    first = conclude(place.docket(pledge), place.recorder)
    dockets.issue(first.pk, number="127-QĐ/QU", on=DAY, by=place.clerk, day=DAY)
    act = put_right(first, place.recorder, {pledge: Decision(Outcome.HOLD)})
    client = visit(place.clerk)
    assert acts(client.get("/acts/?show=correcting")) == [act]
    page = text(client.get("/acts/"))
    assert "Corrected by" in page
    assert f'Corrects <a href="/dockets/{first.ref}/">127-QĐ/QU</a>' in page
    below = ward(place)
    cell = below.cell()
    body = cell.bodies.get()
    Docket.objects.create(
        campaign=below.tier.campaign,
        tier=below.tier,
        body=body,
        title="Sinh hoạt chi bộ",
        state="concluded",
        concluded_at=first.concluded_at,
        meeting_on=date(2024, 3, 1),
        seats=3,
        present=3,
        agreed=3,
    )
    assert body not in [one.body for one in acts(client.get("/acts/"))]
    assert [one.body for one in acts(client.get("/acts/?show=cells"))] == [body]


def test_who_may_read_it(place, visit):
    concluded(place)
    assert acts(visit(place.stranger).get("/acts/")) == []
    secretary = user_with(Role.CELL_SECRETARY, unit=place.cadre().unit)
    for page in ("/acts/", "/acts.xlsx"):
        assert visit(secretary).get(page).status_code == 403
        assert visit(place.clerk).post(page).status_code == 405


def test_the_workbook_holds_the_acts_looked_for(place, visit):
    numbered = concluded(place, number="127-QĐ/QU")
    concluded(place)
    response = visit(place.clerk).get("/acts.xlsx?show=numbered")
    sheet = load_workbook(BytesIO(response.content)).active
    rows = [row for row in sheet.iter_rows(values_only=True) if row[0] == 1]
    assert [(row[1], row[4], row[6], row[7]) for row in rows] == [
        ("127-QĐ/QU", numbered.body.name, "9/11", 1)
    ]
    assert RecordEvent.objects.get(action="export_acts").data == {
        "format": "xlsx",
        "rows": 1,
        "show": "numbered",
    }


@pytest.mark.parametrize("n", [1, 3])
def test_the_register_costs_the_same_for_one_and_for_three(
    place, visit, n, page_alone, django_assert_num_queries
):
    for _ in range(n):
        concluded(place)
    client = visit(place.clerk)
    with django_assert_num_queries(7):
        assert len(acts(client.get("/acts/"))) == n


def test_of_more_acts_than_are_counted_the_newest_come_first(place, visit, monkeypatch):
    monkeypatch.setattr("pledges.act_register.MOST", 2)
    many = [concluded(place, number=f"{number}-QĐ/QU") for number in (1, 2, 3)]
    response = visit(place.clerk).get("/acts/?sort=number")
    assert acts(response) == many[::-1]
    assert [chip["count"] for chip in response.context["chips"]] == [None, None]
    assert "aria-sort" not in text(response)
