"""A campaign opens only when nothing is missing, and whoever sets it up is told what is."""

from datetime import date

import pytest
from django.utils import translation

from cadres.models import Body, CadreListKind
from pledges.actions import campaign_edits, campaign_tiers
from pledges.actions.acts import NotAllowedError
from pledges.actions.campaign_stages import IncompleteError, move_campaign
from pledges.completeness import date_problems, what_is_missing
from pledges.models import Counted, RouteStep
from pledges.states import CampaignState
from tests.factories import UnitFactory
from tests.pledges.campaign_scene import CLOSES, KEY, MEMBERS, PEOPLES, STANDING, Office, clarity, office
from tests.pledges.factories import DAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def place(db) -> Office:
    return office()


def open_it(campaign, by):
    return move_campaign(campaign.pk, to=CampaignState.OPEN, by=by, on=DAY)


def missing(campaign, day=DAY):
    return [(one.section, one.text) for one in what_is_missing(campaign, day)]


def test_a_campaign_just_begun_is_told_what_it_lacks_section_by_section(place):
    campaign = place.draft(MEMBERS, KEY)
    assert missing(campaign) == [
        ("basics", "The first day of the window is not set."),
        ("basics", "The last day of the window is not set."),
        ("guidance", "There is no guidance yet: neither a text nor a theme."),
        ("lists", "Cadres register by a clarity list (5 rõ, 6 rõ): none is in force."),
        ("tiers", "Key cadres: the list of cadres of 2024 is not chosen."),
    ]
    with pytest.raises(IncompleteError) as refused:
        open_it(campaign, place.board)
    assert len(refused.value.missing) == 5
    campaign.refresh_from_db()
    assert campaign.state == CampaignState.DRAFT


def test_a_complete_campaign_lacks_nothing(place):
    campaign = place.complete(MEMBERS, KEY)
    campaign_edits.write_lists(campaign.pk, [clarity()], by=place.board)
    campaign.tiers.filter(kind=KEY).update(cadre_list=place.cadres())
    assert missing(campaign) == []
    assert open_it(campaign, place.board).state == CampaignState.OPEN


def test_a_window_that_is_over_is_not_opened(place):
    campaign = place.complete()
    assert missing(campaign, CLOSES) == []
    assert missing(campaign, date(2024, 7, 1)) == [("basics", "The window was over on 30/06/2024.")]


def test_somebody_must_be_asked(place):
    campaign = place.complete()
    campaign_tiers.remove_tier(campaign.pk, MEMBERS, by=place.board)
    assert missing(campaign) == [("tiers", "Nobody is asked to register: add whom the campaign is for.")]


@pytest.mark.parametrize(
    ("n", "year", "words"),
    [
        (0, 2024, "Key cadres: nobody stands on the list of cadres yet."),
        (1, 2023, "Key cadres: the list chosen is of 2023, not of 2024."),
    ],
)
def test_the_list_of_cadres_is_of_the_year_and_not_empty(place, n, year, words):
    campaign = place.complete(KEY)
    campaign_edits.write_lists(campaign.pk, [clarity()], by=place.board)
    campaign.tiers.update(cadre_list=place.cadres(n, year=year), counted=Counted.CADRE_LIST)
    assert missing(campaign) == [("tiers", words)]


def test_grassroots_cadres_need_a_list_of_their_own(place):
    campaign = place.complete(KEY)
    listing = place.cadres(kind=CadreListKind.GRASSROOTS)
    with pytest.raises(NotAllowedError, match="belongs to others"):
        campaign_tiers.write_tier(
            campaign.pk,
            KEY,
            campaign_tiers.Asked(
                quota_min=1, quota_max=None, counted=Counted.NOBODY, standings=[], cadre_list=listing
            ),
            by=place.board,
        )


def test_the_route_decides_on_every_matter_by_bodies_that_are_there(place):
    campaign = place.complete(MEMBERS)
    tier = campaign.tiers.get()
    RouteStep.objects.filter(tier=tier).exclude(order=1).delete()
    assert missing(campaign) == []
    tier.steps.update(mode="gives_opinion")
    assert missing(campaign) == [("routes", "Party members: no step of the route decides.")]
    tier.steps.update(mode="decides", authority="state")
    assert missing(campaign) == [
        ("routes", "Party members: nobody decides on matters within the authority of: Party.")
    ]
    tier.steps.all().delete()
    assert missing(campaign) == [("routes", "Party members: there is no route yet.")]


def test_bodies_that_the_route_names_and_that_lack_are_told(place):
    campaign = place.complete(KEY)
    campaign_edits.write_lists(campaign.pk, [clarity()], by=place.board)
    campaign.tiers.update(cadre_list=place.cadres())
    Body.objects.filter(unit=place.host, kind=PEOPLES).delete()
    Body.objects.filter(unit=place.host, kind=STANDING).update(seats=None)
    assert [one for _section, one in missing(campaign)] == [
        "Key cadres: the seats of Ban Thường vụ Quận ủy Tây Hồ are not known.",
        "Key cadres: Đảng bộ quận Tây Hồ has no People's Committee in the records.",
    ]


def test_committees_below_that_lack_the_body_are_counted(place):
    campaign = place.complete()
    UnitFactory(parent=place.host)
    assert missing(campaign) == [("routes", "Party members: 1 organisation has no standing committee.")]


@pytest.mark.parametrize(
    ("opens", "closes", "quarters", "wrong"),
    [
        (date(2023, 10, 1), date(2024, 12, 31), {1: date(2024, 3, 25), 4: date(2025, 1, 30)}, set()),
        (date(2023, 9, 30), date(2025, 1, 1), {}, {"opens_on", "closes_on"}),
        (date(2024, 6, 1), date(2024, 5, 1), {}, {"closes_on"}),
        (None, None, {2: date(2024, 3, 31), 3: date(2024, 10, 31)}, {"quarter_2", "quarter_3"}),
        (None, None, {1: date(2024, 4, 20), 2: date(2024, 4, 10)}, {"quarter_2"}),
    ],
)
def test_days_that_cannot_be(opens, closes, quarters, wrong):
    assert set(date_problems(2024, opens, closes, quarters)) == wrong
