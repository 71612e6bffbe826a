"""Pages of closings: who sees what, made in one click."""

import uuid

import pytest
from django.urls import reverse
from django.utils import translation

from reports import counts
from reports.models import Closing
from tests.pledges.pages import text
from tests.reports.closing_pages import opened, page_of
from tests.reports.closing_scene import District
from tests.reports.conftest import DAY

pytestmark = pytest.mark.django_db
OFFICIAL = {"title": "Chốt số liệu quý I", "document": "12-BC/QU", "document_on": "26/3/2024"}


@pytest.fixture
def place(db, settings):
    settings.SITE_TODAY = DAY
    with translation.override("en"):
        yield District()


def test_the_list_tells_what_is_open_with_where_it_is_settled(place, visit):
    counts.drain(DAY)
    page = text(visit(place.board).get(page_of(place)))
    assert "2 cells have not sent their list" in page
    assert "2 registrations have not been decided on" in page
    assert f"/units/{place.host.code}/pledges/?campaign={place.campaign.code}&amp;tier=members" in page
    assert page.count("btn-primary") == 2  # the page's own, and the one of the dialog that confirms


def test_one_click_closes_and_leads_to_the_progress(place, visit):
    client, ref = visit(place.board), uuid.uuid4()
    for _ in range(2):
        response = client.post(page_of(place, "closing_working"), {"ref": ref})
        closing = Closing.objects.get()
        assert response.url == reverse("reports:closing", args=[closing.pk])
    page = text(client.get(response.url))
    assert "The figures are being closed" in page


def test_a_closing_done_opens_at_the_host(place, visit):
    closing = place.close()
    response = visit(place.board).get(reverse("reports:closing", args=[closing.pk]))
    assert response.url == opened(closing, place.host)


def test_one_that_failed_says_why(place, visit):
    closing = place.ask()
    closing.fail("Counts and rows do not agree.")
    page = text(visit(place.board).get(reverse("reports:closing", args=[closing.pk])))
    assert "The figures were not closed" in page
    assert "Counts and rows do not agree." in page


def test_the_progress_renews_itself_and_ends(place, visit):
    closing, client = place.ask(), visit(place.board)
    url = reverse("reports:closing_progress", args=[closing.pk])
    assert client.get(url).status_code == 302
    assert "progress-box" in text(client.get(url, headers={"HX-Request": "true"}))
    closing.fail("x")
    assert client.get(url, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_an_official_closing_asks_for_its_document(place, visit):
    client, url = visit(place.board), page_of(place, "closing_official")
    form = client.get(url).context["form"]
    ref = form["ref"].value()
    late = {"document": "", "document_on": "27/3/2024", "title": ""}
    response = client.post(url, OFFICIAL | late | {"ref": ref})
    assert response.status_code == 422
    page = text(response)
    for told in ("Enter the number of the document.", "lies in the future", "Enter a name"):
        assert told in page
    assert 'value="27/3/2024"' in page
    response = client.post(url, OFFICIAL | {"ref": ref})
    closing = Closing.objects.get()
    assert (response.status_code, closing.kind, closing.document) == (302, "official", "12-BC/QU")
    assert str(closing.ref) == str(ref)


def test_a_broken_form_is_told(place, visit):
    response = visit(place.board).post(page_of(place, "closing_working"), {"ref": "x"}, follow=True)
    assert "out of date" in text(response)
    assert not Closing.objects.exists()


@pytest.mark.parametrize("name", ["closing_working", "closing_official", "campaign_end", "campaign_reopen"])
def test_acts_are_refused_by_scope_and_role(place, visit, name):
    url = page_of(place, name)
    assert visit(place.stranger).post(url).status_code == 404
    assert visit(place.inspector).post(url).status_code == 403
    assert visit(place.officer).post(url).status_code == 403
    assert not Closing.objects.exists()


@pytest.mark.parametrize("name", ["closing_working", "campaign_end"])
def test_acts_take_only_a_post(place, visit, name):
    assert visit(place.board).get(page_of(place, name)).status_code == 405


@pytest.mark.parametrize("name", ["closing_list"])
def test_the_list_is_for_readers_of_the_host(place, visit, name):
    url = page_of(place, name)
    assert visit(place.board).post(url).status_code == 405
    assert visit(place.inspector).get(url).status_code == 200
    assert "Close provisional figures" not in text(visit(place.inspector).get(url))
    for user in (place.officer, place.stranger):
        assert visit(user).get(url).status_code == 404


def test_one_and_three_closings_cost_the_same(place, visit, django_assert_num_queries, monkeypatch):
    monkeypatch.setattr("config.context.navigation", lambda request: None)
    client = visit(place.board)
    place.close()
    with django_assert_num_queries(14):
        client.get(page_of(place))
    place.close(official=True)
    place.close(official=True)
    with django_assert_num_queries(14):
        assert text(client.get(page_of(place))).count("No. ") == 3
