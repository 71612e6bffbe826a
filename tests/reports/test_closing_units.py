"""A closing opened at a unit, like the live page: figures, people, pledges, workbooks."""

import uuid
from io import BytesIO

import pytest
from django.utils import translation
from openpyxl import load_workbook

from cadres.jobs import JobState
from cadres.models import RecordEvent
from pledges.actions.acts import Act
from pledges.actions.transitions import approve
from pledges.models import Pledge
from reports.closing_check import differences
from tests.pledges.pages import text
from tests.reports.closing_pages import compared, names, opened
from tests.reports.closing_scene import District
from tests.reports.conftest import DAY, make_cadre_tier, make_pledge

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(db, settings):
    settings.SITE_TODAY = DAY
    with translation.override("en"):
        yield District()


def test_the_page_shows_figures_mark_and_units(place, visit):
    closing = place.close()
    page = text(visit(place.board).get(opened(closing, place.host)))
    assert "Provisional figures as of" in page
    for part in (">2</span>", ">/4</span>", "50%<"):
        assert part in page
    for ward in place.wards:
        assert opened(closing, ward) in page
    assert "2 cells have not sent their list" in page
    assert closing.digest in page


def test_an_official_one_names_its_document(place, visit):
    closing = place.close(official=True)
    page = text(visit(place.inspector).get(opened(closing, place.wards[0])))
    assert "Official figures" in page
    assert "12-BC/QU of 26/03/2024" in page


def test_a_unit_is_opened_by_who_reads_it(place, visit):
    closing = place.close()
    assert visit(place.officer).get(opened(closing, place.wards[0])).status_code == 200
    assert visit(place.officer).get(opened(closing, place.host)).status_code == 404
    assert visit(place.officer).get(opened(closing, place.wards[1])).status_code == 404
    for name in ("closing_unit", "closing_people", "closing_pledges", "closing_xlsx", "closing_people_xlsx"):
        assert visit(place.stranger).get(opened(closing, place.host, name)).status_code == 404
        assert visit(place.board).post(opened(closing, place.host, name)).status_code == 405


def test_a_tier_that_counts_nobody_is_closed_by_its_pledges(place, visit):
    place.tier = make_cadre_tier(place.host)
    make_pledge(place.members[0], place.tier)
    closing = place.close()
    assert (closing.state, closing.error, differences(closing)) == (JobState.DONE, "", [])
    page = text(visit(place.board).get(opened(closing, place.host)))
    assert "Registered undertakings: 1" in page
    assert "0/0" not in page
    answer = visit(place.board).get(opened(closing, place.host, "closing_people"))
    assert answer["Location"] == f"{opened(closing, place.host, 'closing_pledges')}?tier={place.tier.kind}"
    book = BytesIO(visit(place.board).get(opened(closing, place.host, "closing_xlsx")).content)
    rows = list(load_workbook(book).worksheets[0].values)
    [heads] = [row for row in rows if row[0] == "No."]
    assert heads[2:] == ("Registered undertakings", "Approved undertakings", "Done")
    page = visit(place.board).get(compared(closing, show="new_pledges"))
    assert names(page) == []
    told = {key: str(label) for key, label, _n in page.context["choices"]}
    assert told == {
        "new_pledges": "New undertakings",
        "gone_pledges": "Undertakings no longer counted",
        "changed_pledges": "Another status",
    }
    assert visit(place.board).get(compared(closing, show="newly_counted")).status_code == 404


def test_a_tier_that_counts_nobody_has_undertakings_instead_of_people(place, visit):
    place.tier = make_cadre_tier(place.host)
    make_pledge(place.members[0], place.tier)
    closing, client = place.close(), visit(place.board)
    pledges = f"{opened(closing, place.host, 'closing_pledges')}?tier={place.tier.kind}"
    for answer in (
        client.get(opened(closing, place.host, "closing_people_xlsx"), follow=True),
        client.post(opened(closing, place.host, "closing_export"), {"ref": uuid.uuid4()}, follow=True),
    ):
        assert answer.redirect_chain == [(pledges, 302)]
        assert "it has no list of people" in text(answer)
    assert not RecordEvent.objects.filter(action="export_closing").exists()


def test_what_is_not_there_is_not_found(place, visit):
    closing, client = place.close(), visit(place.board)
    assert client.get(opened(closing, place.host) + "?tier=key_cadres").status_code == 404
    assert client.get(opened(closing, place.host, "closing_people") + "?show=all").status_code == 404
    assert client.get(opened(place.ask(), place.host)).status_code == 404


@pytest.mark.parametrize(
    ("show", "n"), [("missing", 2), ("registered", 2), ("approved", 0), ("counted", 4), ("not_counted", 1)]
)
def test_the_people_are_those_of_the_number(place, visit, show, n):
    closing = place.close()
    make_pledge(place.other, place.tier)
    page = visit(place.board).get(opened(closing, place.host, "closing_people") + f"?show={show}")
    assert page.context["page"].paginator.count == n
    assert dict((key, count) for key, _label, count in page.context["choices"])[show] == n
    assert "Next page" not in text(page)


def test_a_person_is_named_as_then(place, visit):
    closing = place.close()
    then = place.members[0].name
    place.members[0].given_name = "Khác"
    place.members[0].save()
    page = text(
        visit(place.board).get(opened(closing, place.cells[0], "closing_people") + "?show=registered")
    )
    assert then in page
    assert "Khác" not in page


def test_the_pledges_stand_as_then(place, visit):
    closing = place.close()
    approve(Pledge.objects.values_list("pk", flat=True), act=Act(by=None, on=DAY))
    url = opened(closing, place.host, "closing_pledges")
    page = visit(place.board).get(url)
    assert page.context["page"].paginator.count == 2
    assert "Registered, awaiting approval" in text(page)
    assert "Next page" not in text(page)
    assert visit(place.board).get(url + "?status=approved").context["page"].paginator.count == 0


@pytest.mark.parametrize("name", ["closing_people", "closing_pledges"])
def test_a_list_costs_the_same_with_one_and_three(place, visit, django_assert_num_queries, name, monkeypatch):
    monkeypatch.setattr("config.context.navigation", lambda request: None)
    one = place.close()
    for member in (*place.members[2:], place.other):
        make_pledge(member, place.tier)
    three, client = place.close(), visit(place.board)
    for closing in (one, three):
        with django_assert_num_queries(11):
            client.get(opened(closing, place.host, name) + "?show=registered")


@pytest.mark.parametrize(("name", "rows"), [("closing_xlsx", 2), ("closing_people_xlsx", 5)])
def test_a_workbook_is_taken_out_and_logged(place, visit, name, rows):
    closing = place.close()
    response = visit(place.board).get(opened(closing, place.host, name))
    assert response["Content-Type"].endswith("spreadsheetml.sheet")
    assert RecordEvent.objects.get(action="export_closing").data["rows"] == rows
