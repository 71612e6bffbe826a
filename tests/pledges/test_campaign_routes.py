"""Routes are data: written step by step until the campaign opens; then only little of it may change."""

import pytest
from django.utils import translation

from cadres.models import BodyKind
from pledges.models import Campaign, StepLevel, StepMode
from pledges.states import CampaignState
from tests.pledges.campaign_scene import CLOSES, KEY, MEMBERS, OPENS, Office, office, save, url_of
from tests.pledges.pages import text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def place(db) -> Office:
    return office()


@pytest.fixture
def board(place, visit):
    return visit(place.board)


def rows(*steps):
    data = {"members-rows": str(len(steps))}
    for index, (level, body_kind, mode, authority) in enumerate(steps):
        names = {"level": level, "body_kind": body_kind, "mode": mode, "authority": authority}
        data |= {f"members-{index}-{name}": value for name, value in names.items()}
    return data


CELL = (StepLevel.CELL, BodyKind.CELL_MEETING, StepMode.DECIDES, "")
WARD = (StepLevel.GRASSROOTS, BodyKind.STANDING_COMMITTEE, StepMode.ENDORSES, "")
BOARD = (StepLevel.HOST, BodyKind.ORGANISATION_BOARD, StepMode.GIVES_OPINION, "state")


def steps_now(campaign):
    return list(campaign.tiers.get().steps.values_list("level", "body_kind", "mode", "authority"))


@pytest.mark.parametrize(
    ("do", "stands"),
    [
        ("save", [CELL, WARD, BOARD]),
        ("up-2", [CELL, BOARD, WARD]),
        ("down-0", [WARD, CELL, BOARD]),
        ("remove-1", [CELL, BOARD]),
        ("remove-99", [CELL, WARD, BOARD]),
    ],
)
def test_a_route_is_written_moved_and_shortened(place, board, do, stands):
    campaign = place.draft()
    for _ in range(1 if do.startswith(("up", "down", "remove-1")) else 2):
        save(board, campaign, "routes", kind=MEMBERS, do=do, **rows(CELL, WARD, BOARD))
    assert steps_now(campaign) == [tuple(map(str, step)) for step in stands]


def test_the_usual_route_comes_back(place, board):
    campaign = place.draft()
    usual = steps_now(campaign)
    save(board, campaign, "routes", kind=MEMBERS, do="save", **rows(CELL))
    assert len(steps_now(campaign)) == 1
    save(board, campaign, "routes", kind=MEMBERS, do="ready")
    assert steps_now(campaign) == usual


def test_a_wrong_step_is_told_in_its_row_and_nothing_typed_is_lost(place, board):
    campaign = place.draft()
    before = steps_now(campaign)
    wrong = (StepLevel.CELL, BodyKind.STANDING_COMMITTEE, StepMode.DECIDES, "")
    page = save(board, campaign, "routes", kind=MEMBERS, do="save", **rows(CELL, wrong, ("host", "", "", "")))
    route = page.context["tiers"][0].route
    assert [(one.row, one.field.name) for one in route.problems] == [
        (2, "body_kind"),
        (3, "body_kind"),
        (3, "mode"),
    ]
    assert "data-error-summary" in text(page)
    assert steps_now(campaign) == before
    page = save(board, campaign, "routes", kind=MEMBERS, do="save", **rows(CELL, CELL))
    assert page.context["tiers"][0].route.refusal == "The same step stands in the route twice."


# ---- once it is open -----------------------------------------------------------------------------


@pytest.fixture
def opened(place):
    campaign = place.complete()
    Campaign.objects.filter(pk=campaign.pk).update(state=CampaignState.OPEN)
    campaign.refresh_from_db()
    return campaign


@pytest.mark.parametrize(("closes", "is_later"), [("31/7/2024", True), ("31/5/2024", False), ("", False)])
def test_the_window_is_only_prolonged(opened, board, closes, is_later):
    data = {"title": opened.title, "closes_on": closes, "opens_on": "1/1/2024", "year": "2023"}
    page = save(board, opened, "basics", **data)
    assert (page.status_code == 302) == is_later
    opened.refresh_from_db()
    assert (opened.closes_on > CLOSES, opened.opens_on, opened.year) == (is_later, OPENS, 2024)
    assert (opened.tiers.get().cutoff_on == opened.closes_on) is True


def test_themes_are_only_added_and_the_upper_quota_alone_changes(opened, board):
    save(board, opened, "guidance", guidance="Mới", themes="B\nA")
    assert list(opened.themes.values_list("title", flat=True)) == ["A", "B"]
    data = {"members-quota_min": "5", "members-quota_max": "7", "members-counted": "nobody"}
    save(board, opened, "tiers", kind=MEMBERS, do="save", **data)
    tier = opened.tiers.get()
    assert (tier.quota_min, tier.quota_max, tier.counted) == (1, 7, "standings")


@pytest.mark.parametrize(
    "data",
    [
        {"section": "tiers", "kind": KEY, "do": "add"},
        {"section": "tiers", "kind": MEMBERS, "do": "remove"},
        {"section": "routes", "kind": MEMBERS, "do": "save"} | rows(CELL),
        {"section": "lists", "clarity": "6 rõ"},
    ],
    ids=["another tier", "no tier", "route", "lists"],
)
def test_what_people_have_registered_by_is_fixed(opened, board, data):
    before = (list(opened.tiers.values_list("kind", flat=True)), steps_now(opened))
    page = board.post(url_of(opened), data, follow=True)
    assert "The campaign is open: this can no longer be changed." in text(page)
    assert (list(opened.tiers.values_list("kind", flat=True)), steps_now(opened)) == before
    assert not opened.lists.exists()
