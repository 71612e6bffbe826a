"""Pages of closings: who sees what, made in one click, opened like the live page, compared by name."""

import re
import uuid
from datetime import timedelta
from io import BytesIO
from urllib.parse import urlencode

import pytest
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags
from openpyxl import load_workbook

from cadres.actions.members import change_standing
from cadres.jobs import JobState
from cadres.models import Membership, RecordEvent, Standing
from pledges.actions.acts import Act
from pledges.actions.transitions import approve
from pledges.models import Pledge, PledgeTier
from pledges.states import CampaignState
from reports import counts
from reports.actions.campaign_closing import close_campaign, reopen_campaign
from reports.closing_check import differences
from reports.models import ClosedPerson, ClosedPledge, Closing
from reports.views import closing_compare
from tests.factories import CellFactory, MemberFactory
from tests.pledges.pages import text
from tests.reports.closing_scene import District
from tests.reports.conftest import DAY, make_cadre_tier, make_pledge, make_tier

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(db, settings):
    settings.SITE_TODAY = DAY
    with translation.override("en"):
        yield District()


@pytest.fixture
def visit(client, settings):
    def sign_in(user):
        client.force_login(user)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        return client

    return sign_in


def page_of(place, name="closing_list"):
    return reverse(f"reports:{name}", args=[place.campaign.code])


def opened(closing, unit, name="closing_unit"):
    return reverse(f"reports:{name}", args=[closing.pk, unit.code])


def compared(closing, other="now", **query):
    url = reverse("reports:closing_compare", args=[closing.pk, other])
    return url + "?" + "&".join(f"{name}={value}" for name, value in query.items())


def plain(page):
    return re.sub(r"\s+", " ", strip_tags(page))


OFFICIAL = {"title": "Chốt số liệu quý I", "document": "12-BC/QU", "document_on": "26/3/2024"}


# ---- the list and the making ---------------------------------------------------------------------


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


# ---- opened like the live page -------------------------------------------------------------------


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


# ---- compared ------------------------------------------------------------------------------------


def names(page):
    return [row.name for row in page.context["names"]]


def test_late_entries_are_told_by_name(place, visit):
    closing = place.close()
    make_pledge(place.other, place.tier)
    client = visit(place.board)
    page = client.get(compared(closing, show="newly_registered"))
    assert names(page) == [place.other.name]
    assert "After the closing" in text(page)
    assert (page.context["total"].before.numerator, page.context["total"].after.numerator) == (2, 3)
    [row] = page.context["rows"]
    assert (row.unit, row.registered, row.counted) == (place.wards[1], 1, 0)
    page = client.get(compared(closing, show="new_pledges"))
    assert names(page) == [place.other.name]


def test_each_list_of_two_closings_is_told_by_name(place, visit):
    first = place.close()
    make_pledge(place.other, place.tier)
    newcomer = MemberFactory(unit=place.cells[1])
    change_standing([place.members[0]], standing=Standing.EXEMPT, on=DAY, by=place.board)
    approve(
        Pledge.objects.filter(lead_member=place.members[1]).values_list("pk", flat=True),
        act=Act(by=None, on=DAY),
    )
    counts.drain(DAY)
    later = place.close()
    make_pledge(newcomer, place.tier)
    expected = {
        "newly_counted": [newcomer.name],
        "no_longer_counted": [place.members[0].name],
        "newly_registered": [place.other.name],
        "no_longer_registered": [place.members[0].name],
        "new_pledges": [place.other.name],
        "gone_pledges": [],
        "changed_pledges": [place.members[1].name],
    }
    client = visit(place.board)
    for show, found in expected.items():
        for url in (compared(first, later.pk, show=show), compared(later, first.pk, show=show)):
            assert names(client.get(url)) == found
    page = text(client.get(compared(first, later.pk, show="changed_pledges")))
    assert "Registered, awaiting approval → Approved" in page


def test_a_comparison_is_of_the_unit_asked_for(place, visit):
    closing = place.close()
    make_pledge(place.other, place.tier)
    client = visit(place.officer)
    page = client.get(compared(closing, unit=place.wards[0].code))
    assert page.context["nothing"]
    assert client.get(compared(closing)).status_code == 404
    assert client.get(compared(closing, unit=place.wards[1].code)).status_code == 404
    assert visit(place.stranger).get(compared(closing)).status_code == 404
    assert visit(place.board).post(compared(closing)).status_code == 405
    for other in ("heaven", "99999"):
        assert visit(place.board).get(compared(closing, other)).status_code == 404
    assert visit(place.board).get(compared(closing, show="all")).status_code == 404


def test_closings_of_other_campaigns_are_not_compared(place, visit):
    closing = place.close()
    place.tier = make_tier(place.host, "DV-2025")
    other = place.close()
    assert other.state == JobState.DONE
    assert visit(place.board).get(compared(closing, other.pk)).status_code == 404


def test_a_comparison_costs_the_same_with_one_and_three(place, visit, django_assert_num_queries, monkeypatch):
    monkeypatch.setattr("config.context.navigation", lambda request: None)
    closing, client = place.close(), visit(place.board)
    for n in (1, 2):
        for member in [MemberFactory(unit=place.cells[1]) for _ in range(n)]:
            make_pledge(member, place.tier)
        counts.drain(DAY)
        for show in ("newly_registered", "new_pledges"):
            with django_assert_num_queries(22):
                assert len(names(client.get(compared(closing, show=show)))) == (1 if n == 1 else 3)


def test_a_comparison_reads_a_page_of_names_and_counts_the_others(place, visit, monkeypatch):
    closing = place.close()
    for member in [MemberFactory(unit=place.cells[1]) for _ in range(9)]:
        make_pledge(member, place.tier)
    monkeypatch.setattr(closing_compare, "PAGE", 2)
    held, fetch = [], QuerySet._fetch_all

    def fetching(rows):
        fetch(rows)
        if rows.model in (Membership, Pledge, PledgeTier, ClosedPerson, ClosedPledge):
            held.append(len(rows._result_cache))

    client = visit(place.board)
    monkeypatch.setattr(QuerySet, "_fetch_all", fetching)
    for show, n in (("newly_registered", 9), ("new_pledges", 9)):
        page = client.get(compared(closing, show=show))
        assert page.context["page"].paginator.count == n
    assert max(held) == 2


def test_names_of_a_nation_are_listed_below_it(place, visit, monkeypatch):
    closing = place.close()
    make_pledge(place.other, place.tier)
    client = visit(place.board)
    monkeypatch.setattr(closing_compare, "NAMED", 3)
    page = client.get(compared(closing, show="newly_registered"))
    assert "The names are listed for an organisation below" in text(page)
    assert (page.context["total"].registered, page.context.get("names")) == (1, None)
    assert names(client.get(compared(closing, show="newly_registered", unit=place.wards[1].code))) == [
        place.other.name
    ]


# ---- the end of the campaign ---------------------------------------------------------------------


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


def pledges_of(place, **query):
    url = reverse("reports:pledges", args=[place.host.code])
    return url + "?" + urlencode({"campaign": place.campaign.code, "tier": "members"} | query)


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
