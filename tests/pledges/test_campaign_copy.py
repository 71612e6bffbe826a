"""Last year's campaign copied: what it asks and by which route, never its people or its registrations."""

from datetime import date

import pytest
from django.utils import translation

from pledges.actions import campaign_edits, campaign_tiers, suggestions
from pledges.actions.acts import NotAllowedError
from pledges.actions.campaign_copy import copy_campaign, shift
from pledges.actions.campaigns import steps_of
from pledges.actions.suggestions import SuggestedRow
from pledges.models import Campaign, Counted, TierKind
from tests.pledges.campaign_scene import CLOSES, KEY, MEMBERS, Office, clarity, office, url_of
from tests.pledges.factories import DAY
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
def source(place):
    """A campaign of 2024 of members and key cadres with everything that can be copied."""
    campaign = place.complete(MEMBERS, KEY)
    basics = campaign_edits.Basics(
        title=campaign.title,
        year=2024,
        opens_on=date(2024, 2, 29),
        closes_on=CLOSES,
        quarters={1: date(2024, 4, 15)},
    )
    campaign_edits.write_basics(campaign.pk, basics, by=place.board)
    campaign_edits.write_lists(campaign.pk, [clarity()], by=place.board)
    asked = campaign_tiers.Asked(
        quota_min=2,
        quota_max=4,
        counted=Counted.CADRE_LIST,
        standings=[],
        cadre_list=place.cadres(),
    )
    campaign_tiers.write_tier(campaign.pk, KEY, asked, by=place.board)
    tier = campaign.tiers.get(kind=MEMBERS)
    theme = campaign.themes.get().pk
    for unit, by in ((place.host, place.board), (place.ward, place.officer)):
        row = SuggestedRow(title=f"Việc của {unit.code}", product="1", theme=theme)
        suggestions.write_suggestions(tier, unit, [row], by=by)
    campaign.refresh_from_db()
    return campaign


def copied(source, place, year=2025):
    return copy_campaign(source, year=year, by=place.board, on=DAY)


def test_what_is_asked_comes_over_and_the_days_move_by_the_years(source, place):
    copy = copied(source, place)
    assert (copy.state, copy.year, copy.copied_from, copy.guidance) == (
        "draft",
        2025,
        source,
        "Gắn với địa bàn.",
    )
    assert (copy.code, copy.title) == ("DK-2025", "Đợt đăng ký năm 2025")
    assert (copy.opens_on, copy.closes_on) == (date(2025, 2, 28), date(2025, 6, 30))
    assert dict(copy.quarters.values_list("quarter", "report_by")) == {1: date(2025, 4, 15)}
    assert list(copy.lists.all()) == list(source.lists.all())
    assert list(copy.themes.values_list("title", flat=True)) == ["A"]
    for tier in source.tiers.all():
        other = copy.tiers.get(kind=tier.kind)
        assert steps_of(other) == steps_of(tier)
        assert (other.quota_min, other.quota_max) == (tier.quota_min, tier.quota_max)


def test_suggested_tasks_keep_their_theme_and_go_with_units_that_ended(source, place):
    type(place.ward).objects.filter(pk=place.ward.pk).update(ended_on=date(2024, 12, 31))
    copy = copied(source, place)
    [task] = copy.tiers.get(kind=TierKind.MEMBERS).suggestions.all()
    assert (task.title, task.theme.campaign, task.theme.title) == ("Việc của TAYHO", copy, "A")


def test_a_frozen_list_of_cadres_stays_with_its_year(source, place):
    tier = copied(source, place).tiers.get(kind=KEY)
    assert (tier.cadre_list, tier.counted) == (None, Counted.NOBODY)
    listing = place.cadres(year=2026)
    tier = copied(source, place, 2026).tiers.get(kind=KEY)
    assert (tier.cadre_list, tier.counted) == (listing, Counted.CADRE_LIST)


def test_twice_is_one_copy_a_year(source, place):
    assert copied(source, place) == copied(source, place)
    assert copied(source, place, 2026).year == 2026
    assert Campaign.objects.count() == 3


def test_only_the_board_copies_and_only_forward(source, place):
    with pytest.raises(NotAllowedError, match="do not run campaigns"):
        copy_campaign(source, year=2025, by=place.inspector, on=DAY)
    for year in (2023, 2024):
        with pytest.raises(NotAllowedError, match="a later year"):
            copied(source, place, year)
    assert Campaign.objects.count() == 1


@pytest.mark.parametrize(
    ("day", "years", "moved"),
    [
        (None, 1, None),
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2024, 12, 31), 1, date(2025, 12, 31)),
    ],
)
def test_the_same_day_some_years_later(day, years, moved):
    assert shift(day, years) == moved


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_copy_at_once_make_one_copy(source, place):
    answers = at_once(*[lambda: copied(source, place) for _ in range(2)])
    assert answers[0] == answers[1]
    assert Campaign.objects.filter(copied_from=source).count() == 1


# ---- the page ------------------------------------------------------------------------------------


def test_the_page_copies_and_leads_to_what_is_missing(source, place, visit):
    client = visit(place.board)
    page = client.get(f"/campaigns/copy/?from={source.code}")
    assert page.context["form"].initial == {"source": source.code, "year": 2025}
    for _ in range(2):
        response = client.post("/campaigns/copy/", {"source": source.code, "year": "2025"}, follow=True)
    copy = Campaign.objects.get(copied_from=source)
    assert response.redirect_chain[-1][0] == url_of(copy)
    assert "the list of cadres of 2025 is not chosen" in text(response)


@pytest.mark.parametrize(
    ("data", "wrong"),
    [({"year": "2024"}, "year"), ({"year": "sang năm"}, "year"), ({"source": ""}, "source")],
)
def test_what_cannot_be_copied_is_told_beside_its_field(source, place, visit, data, wrong):
    given = {"source": source.code, "year": "2025"} | data
    assert list(visit(place.board).post("/campaigns/copy/", given).context["form"].errors) == [wrong]


def test_a_stranger_does_not_see_what_could_be_copied(source, place, visit):
    client = visit(place.stranger)
    assert "There is no campaign to copy yet" in text(client.get("/campaigns/copy/"))
    response = client.post("/campaigns/copy/", {"source": source.code, "year": "2025"})
    assert list(response.context["form"].errors) == ["source"]
    assert Campaign.objects.count() == 1
