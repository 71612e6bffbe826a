"""The end of a campaign on its official closing, and what its pages show afterwards."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from cadres.models import RecordEvent
from pledges.actions.acts import Act
from pledges.actions.transitions import approve
from pledges.models import Pledge
from pledges.states import CampaignState
from reports import counts
from reports.actions.campaign_closing import close_campaign, reopen_campaign
from tests.factories import CellFactory, MemberFactory
from tests.pledges.pages import text
from tests.reports.closing_pages import compared, names, opened, page_of, plain, pledges_of
from tests.reports.closing_scene import District
from tests.reports.conftest import DAY, make_pledge

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(db, settings):
    settings.SITE_TODAY = DAY
    with translation.override("en"):
        yield District()


def test_a_campaign_ends_on_its_official_closing_only(place, visit):
    place.move_to(CampaignState.EVALUATING)
    client = visit(place.board)
    place.close()
    page = client.post(page_of(place, "campaign_end"), follow=True)
    assert "Close the figures officially first" in text(page)
    assert place.campaign.state == CampaignState.EVALUATING
    closing = place.close(official=True)
    make_pledge(place.other, place.tier)  # after the close, so in none of its figures
    counts.drain(DAY)
    for _ in range(2):
        page = client.post(page_of(place, "campaign_end"), follow=True)
    assert "The campaign is closed." in text(page)
    event = place.campaign.events.get(to_state="closed")
    assert (event.actor, event.note) == (place.board, "12-BC/QU, 26/03/2024")
    response = client.get(reverse("reports:unit", args=[place.host.code]))
    assert response.url == opened(closing, place.host)
    page = client.get(reverse("reports:summary", args=[place.host.code]))
    assert page.context["report"].total.registered.numerator == 2
    assert "12-BC/QU of 26/03/2024" in text(page)
    for figure, part, name, n in (
        ("registered", "numerator", "people", 2),
        ("registered", "rest", "people", 2),
        ("approved", "numerator", "people", 0),
        ("approved", "left_out", "people", 1),
        ("approved", "rest", "people", 4),
        ("met_quota", "rest", "people", 4),
        ("completed", "numerator", "pledges", 0),
        ("late", "left_out", "pledges", 2),
    ):
        for address in ("figure", "figure_print", "figure_xlsx"):
            url = reverse(f"reports:{address}", args=[place.host.code, figure])
            page = client.get(f"{url}?campaign={place.campaign.code}&tier=members&part={part}", follow=True)
            assert page.redirect_chain[0][0].startswith(opened(closing, place.host, f"closing_{name}"))
            assert page.context["page"].paginator.count == len(page.context[name]) == n
    assert not RecordEvent.objects.filter(action="export_figure").exists()


@pytest.fixture
def ended(place):
    """The campaign closed on its official closing; one more had registered in between, one was approved."""
    place.move_to(CampaignState.EVALUATING)
    approve(Pledge.objects.values_list("pk", flat=True)[:1], act=Act(by=None, on=DAY))
    closing = place.close(official=True)
    make_pledge(place.other, place.tier)
    counts.drain(DAY)
    close_campaign(place.campaign.pk, by=place.board, on=DAY)
    return closing


@pytest.mark.parametrize(
    ("query", "n"),
    [
        ({}, 2),
        ({"status": "approved"}, 1),
        ({"status": "late"}, 0),
        ({"theme": "none"}, 2),
        ({"theme": "1"}, 0),
        ({"field": "none"}, 2),
        ({"field": "Đất đai"}, 0),
        ({"unit": "chi bo so 1"}, 2),
        ({"unit": "khong co"}, 0),
    ],
)
def test_the_list_of_pledges_of_a_closed_campaign_is_the_closing_s(place, visit, ended, query, n):
    page = visit(place.board).get(pledges_of(place, **query), follow=True)
    assert page.redirect_chain[0][0].startswith(opened(ended, place.host, "closing_pledges"))
    assert page.context["page"].paginator.count == len(page.context["pledges"]) == n


def test_the_unit_itself_is_opened_in_the_closing_too(place, visit, ended):
    url = reverse("reports:figure", args=[place.wards[0].code, "registered"])
    page = visit(place.board).get(f"{url}?campaign={place.campaign.code}&part=denominator&own=1", follow=True)
    assert page.context["page"].paginator.count == len(page.context["people"]) == 0
    assert "directly in the unit" in text(page)


def test_what_came_after_the_close_is_told_as_that(place, visit, ended):
    client = visit(place.board)
    for page in (
        client.get(pledges_of(place), follow=True),
        client.get(reverse("reports:unit", args=[place.host.code]), follow=True),
    ):
        told = text(page)
        assert "After the close: Registered +1 · Counted 0 · Registered pledges +1 · Done 0" in plain(told)
        assert compared(ended, unit=place.host.code).replace("&", "&amp;") in told
    MemberFactory(unit=place.cells[0])  # who came once the campaign was over is no difference of it
    type(place.other).objects.filter(pk=place.other.pk).update(given_name="Sau")
    place.other.memberships.update(end=DAY + timedelta(days=9))
    page = client.get(compared(ended, show="newly_registered"))
    place.other.refresh_from_db()
    assert names(page) == [place.other.name]
    assert "The end of the campaign, 26/03/2024" in text(page)


def test_an_opened_campaign_reads_live_again(place, visit, ended):
    given = {"document": "15-QĐ/QU", "document_on": DAY, "reason": "Bổ sung", "by": place.board, "on": DAY}
    reopen_campaign(place.campaign.pk, **given)
    page = visit(place.board).get(pledges_of(place))
    assert (page.status_code, page.context["page"].paginator.count) == (200, 3)


@pytest.mark.parametrize("part", ["numerator", "denominator", "rest", "left_out"])
def test_parts_of_a_figure_of_pledges_are_opened_in_a_closing(place, visit, part):
    approve(Pledge.objects.values_list("pk", flat=True)[:1], act=Act(by=None, on=DAY))
    closing = place.close()
    url = opened(closing, place.host, "closing_pledges") + f"?figure=late&part={part}"
    page = visit(place.board).get(url)
    n = {"numerator": 0, "denominator": 1, "rest": 1, "left_out": 1}[part]
    assert page.context["page"].paginator.count == n
    assert {key: number for key, _label, number in page.context["shown"]["choices"]}[part] == n


@pytest.mark.parametrize("query", ["figure=registered", "figure=pending", "figure=late&part=all"])
def test_parts_that_a_closing_does_not_have_are_not_found(place, visit, query):
    url = opened(place.close(), place.host, "closing_pledges")
    assert visit(place.board).get(f"{url}?{query}").status_code == 404


def test_no_campaign_under_way_is_ended(place, visit):
    place.close(official=True)
    page = visit(place.board).post(page_of(place, "campaign_end"), follow=True)
    assert "does not follow" in text(page)
    assert place.campaign.state == CampaignState.OPEN


def test_it_opens_again_on_a_document_and_needs_a_new_closing(place, visit):
    place.move_to(CampaignState.EVALUATING)
    place.close(official=True)
    client, url = visit(place.board), page_of(place, "campaign_reopen")
    client.post(page_of(place, "campaign_end"))
    response = client.post(url, {"document": "", "document_on": "26/3/2024", "reason": ""})
    assert response.status_code == 422
    assert "Enter the reason." in text(response)
    assert place.campaign.state == CampaignState.CLOSED
    given = {"document": "15-QĐ/QU", "document_on": "26/3/2024", "reason": "Bổ sung chi bộ sót"}
    page = client.post(url, given, follow=True)
    assert "open again for its year-end evaluation" in text(page)
    assert "Bổ sung chi bộ sót" in text(page)
    assert "is not closed" in text(client.post(url, given, follow=True))
    assert place.campaign.reopenings.count() == 1
    event = place.campaign.events.get(to_state="evaluating")
    assert event.note == "15-QĐ/QU, 26/03/2024 · Bổ sung chi bộ sót"
    page = client.post(page_of(place, "campaign_end"), follow=True)
    assert "Close the figures officially first" in text(page)
    place.close(official=True)
    client.post(page_of(place, "campaign_end"))
    assert place.campaign.state == CampaignState.CLOSED


def test_who_was_founded_after_a_close_has_a_page_that_says_so(place, visit, ended):
    new = CellFactory(parent=place.wards[0])
    page = visit(place.board).get(reverse("reports:unit", args=[new.code]), follow=True)
    assert page.status_code == 200
    assert "No campaign yet" in text(page)
