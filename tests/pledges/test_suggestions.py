"""Suggested tasks: the board's for everybody, a committee's for its own people, row by row or pasted."""

import pytest
from django.utils import translation

from cadres.models import RecordEvent
from pledges.actions.acts import NotAllowedError
from pledges.actions.suggestions import SuggestedRow, write_suggestions
from pledges.models import Campaign, Suggestion, Theme
from pledges.states import CampaignState
from tests.pledges.campaign_scene import KEY, MEMBERS, Office, office
from tests.pledges.pages import text
from tests.pledges.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def place(db) -> Office:
    return office()


@pytest.fixture
def campaign(place):
    campaign = place.complete(MEMBERS, KEY)
    Campaign.objects.filter(pk=campaign.pk).update(state=CampaignState.OPEN)
    campaign.refresh_from_db()
    return campaign


@pytest.fixture
def tier(campaign):
    return campaign.tiers.get(kind=MEMBERS)


def page_of(campaign, unit, kind=MEMBERS):
    return f"/campaigns/{campaign.code}/suggestions/{unit.code}/?tier={kind}"


def rows(*titles, lines="", **more):
    data = {"rows": str(len(titles)), "lines": lines}
    for index, title in enumerate(titles):
        data |= {f"row-{index}-title": title, f"row-{index}-product": "", f"row-{index}-theme": ""}
    return data | more


def titles(tier, unit):
    return list(tier.suggestions.filter(unit=unit).order_by("order").values_list("title", flat=True))


# ---- the act -------------------------------------------------------------------------------------


def test_what_a_unit_suggests_is_written_in_order_and_replaced(place, tier):
    theme = tier.campaign.themes.get()
    first = [SuggestedRow(title="Một", theme=theme.pk), SuggestedRow(title="Hai", product="2")]
    write_suggestions(tier, place.host, first, by=place.board)
    write_suggestions(tier, place.host, first, by=place.board)
    assert RecordEvent.objects.filter(action="suggestions_written").count() == 1
    write_suggestions(tier, place.host, first[1:], by=place.board)
    assert titles(tier, place.host) == ["Hai"]


def test_each_unit_keeps_its_own(place, tier):
    write_suggestions(tier, place.host, [SuggestedRow(title="Quận")], by=place.board)
    write_suggestions(tier, place.ward, [SuggestedRow(title="Phường")], by=place.officer)
    write_suggestions(tier, place.ward, [], by=place.officer)
    assert (titles(tier, place.host), titles(tier, place.ward)) == (["Quận"], [])


def test_who_may_not_and_what_may_not_be_written(place, tier):
    row = [SuggestedRow(title="Một")]
    for unit, by in (
        (place.host, place.officer),
        (place.host, place.inspector),
        (place.ward, place.stranger),
        (place.cell, place.officer),
    ):
        with pytest.raises(NotAllowedError, match="do not write what"):
            write_suggestions(tier, unit, row, by=by)
    other = Theme.objects.create(campaign=place.draft(title="Khác"), order=1, title="B")
    with pytest.raises(NotAllowedError, match="another campaign"):
        write_suggestions(tier, place.host, [SuggestedRow(title="A", theme=other.pk)], by=place.board)
    with pytest.raises(NotAllowedError, match="At most 200"):
        write_suggestions(tier, place.host, row * 201, by=place.board)
    Campaign.objects.filter(pk=tier.campaign_id).update(state=CampaignState.CLOSED)
    with pytest.raises(NotAllowedError, match="is closed"):
        write_suggestions(tier, place.host, row, by=place.board)
    assert not Suggestion.objects.exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_save_at_once_leave_one_set_of_rows(place, tier):
    def write(title):
        return lambda: write_suggestions(tier, place.host, [SuggestedRow(title=title)], by=place.board)

    at_once(write("Một"), write("Hai"))
    assert titles(tier, place.host) in (["Một"], ["Hai"])


# ---- the page ------------------------------------------------------------------------------------


def test_the_page_is_refused_by_method_scope_and_role(place, campaign, tier, visit):
    url = page_of(campaign, place.host)
    assert visit(place.board).put(url).status_code == 405
    assert visit(place.stranger).post(url, rows("A")).status_code == 404
    assert visit(place.officer).post(url, rows("A")).status_code == 404
    assert visit(place.inspector).post(url, rows("A")).status_code == 403
    assert visit(place.board).post(page_of(campaign, place.ward), rows("A")).status_code == 403
    assert visit(place.board).get(page_of(campaign, place.host, "organisations")).status_code == 404
    assert not Suggestion.objects.exists()


def test_a_committee_suggests_to_its_own_once_the_campaign_is_open(place, campaign, tier, visit):
    client, url = visit(place.officer), page_of(campaign, place.ward)
    for _ in range(2):
        assert "1 task is suggested." in text(client.post(url, rows("Dọn ngõ 76"), follow=True))
    assert titles(tier, place.ward) == ["Dọn ngõ 76"]
    Campaign.objects.filter(pk=campaign.pk).update(state=CampaignState.DRAFT)
    assert client.get(url).status_code == 404


def test_rows_are_typed_taken_away_and_pasted_at_once(place, campaign, tier, visit):
    client, url = visit(place.board), page_of(campaign, place.host)
    theme = campaign.themes.get()
    pasted = "Lắp camera\t10 camera\nVận động 12 hộ; 12 hộ\n\nTrồng cây"
    data = rows("Trồng cây", "Dọn ngõ", lines=pasted) | {"row-0-theme": theme.pk, "row-1-gone": "on"}
    assert client.post(url, data).status_code == 302
    assert list(tier.suggestions.values_list("title", "product", "theme")) == [
        ("Trồng cây", "", theme.pk),
        ("Lắp camera", "10 camera", None),
        ("Vận động 12 hộ", "12 hộ", None),
    ]
    page = client.get(url)
    assert (page.context["form"].count, len(page.context["form"].rows)) == (3, 6)


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        (rows("", **{"row-0-product": "12 hộ"}), [(1, "title")]),
        (rows("A", "B" * 501), [(2, "title")]),
        (rows("A", **{"row-0-theme": "999"}), [(1, "theme")]),
        (rows(lines="A\n;12 hộ"), [(None, "lines")]),
        (rows(lines="A" * 501), [(None, "lines")]),
    ],
)
def test_what_is_wrong_is_told_by_row_and_nothing_typed_is_lost(place, campaign, tier, visit, data, wrong):
    page = visit(place.board).post(page_of(campaign, place.host), data)
    assert [(one.row, one.field.name) for one in page.context["form"].problems] == wrong
    assert "data-error-summary" in text(page)
    for value in data.values():
        assert value in text(page)
    assert not Suggestion.objects.exists()


def test_of_a_closed_campaign_nothing_is_asked(place, campaign, visit):
    Campaign.objects.filter(pk=campaign.pk).update(state=CampaignState.CLOSED)
    url = page_of(campaign, place.host)
    assert "The campaign is closed" in text(visit(place.board).get(url))
    assert "is closed" in text(visit(place.board).post(url, rows("A")))
    assert not Suggestion.objects.exists()


@pytest.mark.parametrize("n", [1, 3])
def test_the_page_costs_the_same_for_one_task_and_three(
    place, campaign, tier, visit, page_alone, n, django_assert_num_queries
):
    written = [SuggestedRow(title=f"Việc {number}") for number in range(n)]
    write_suggestions(tier, place.host, written, by=place.board)
    client = visit(place.board)
    with django_assert_num_queries(8):
        assert client.get(page_of(campaign, place.host)).context["form"].count == n
