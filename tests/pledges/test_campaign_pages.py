"""The one page on which a campaign is set up: each section rightly and wrongly, and who may enter it."""

import pytest
from django.utils import translation

from cadres.models import CadreListKind, RecordEvent
from cadres.roles import Role
from pledges.models import Campaign, ListKind, TierKind
from tests.factories import HostFactory, user_with
from tests.pledges.campaign_scene import (
    CLOSES,
    KEY,
    MEMBERS,
    OPENS,
    Office,
    basics,
    clarity,
    office,
    save,
    url_of,
)
from tests.pledges.pages import text

pytestmark = pytest.mark.django_db
GRASSROOTS = TierKind.GRASSROOTS_CADRES


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


def begun(**data):
    return {"title": "Đợt năm 2024", "year": "2024", "kinds": [MEMBERS]} | data


# ---- beginning one -------------------------------------------------------------------------------


def test_a_campaign_begins_as_a_draft_with_the_usual_routes(place, board):
    response = board.post("/campaigns/new/", begun(kinds=[MEMBERS, KEY]))
    campaign = Campaign.objects.get()
    assert response["Location"] == url_of(campaign)
    assert (campaign.code, campaign.state, campaign.host) == ("DK-2024", "draft", place.host)
    assert list(campaign.tiers.values_list("kind", flat=True)) == [KEY, MEMBERS]
    assert all(tier.steps.exists() for tier in campaign.tiers.all())
    assert campaign.events.get().actor == place.board


def test_the_same_beginning_twice_is_one(board):
    first, second = board.post("/campaigns/new/", begun()), board.post("/campaigns/new/", begun())
    assert first["Location"] == second["Location"]
    assert Campaign.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({"title": ""}, ["title"]),
        ({"title": "A" * 201}, ["title"]),
        ({"year": "24"}, ["year"]),
        ({"year": "²⁰²⁴"}, ["year"]),
        ({"kinds": []}, ["kinds"]),
        ({"kinds": [TierKind.ORGANISATIONS]}, ["kinds"]),
        ({"title": "", "year": "", "kinds": []}, ["title", "year", "kinds"]),
    ],
)
def test_a_beginning_that_cannot_be_is_told_beside_its_fields(board, data, wrong):
    response = board.post("/campaigns/new/", begun(**data))
    assert list(response.context["form"].errors) == wrong
    assert "data-error-summary" in text(response)
    assert not Campaign.objects.exists()


def test_who_runs_campaigns_of_several_organisations_names_the_one(visit):
    one, other = HostFactory(code="MOT"), HostFactory(code="HAI")
    user = user_with(Role.BOARD_OFFICER, unit=one)
    user.roles.create(role=Role.BOARD_OFFICER, unit=other, start="2024-01-01")
    client = visit(user)
    assert list(client.post("/campaigns/new/", begun()).context["form"].errors) == ["host"]
    assert client.post("/campaigns/new/", begun(host="HAI")).status_code == 302
    assert Campaign.objects.get().host == other


@pytest.mark.parametrize("url", ["/campaigns/new/", "/campaigns/copy/"])
def test_only_a_board_begins_campaigns(place, visit, url):
    assert visit(place.inspector).post(url, begun()).status_code == 403
    assert visit(place.board).put(url).status_code == 405
    assert not Campaign.objects.exists()


# ---- the page ------------------------------------------------------------------------------------


def test_the_page_is_refused_by_method_scope_and_role(place, visit):
    campaign = place.draft()
    data = {"section": "basics"} | basics(title="Khác")
    assert visit(place.board).put(url_of(campaign)).status_code == 405
    assert visit(place.stranger).post(url_of(campaign), data).status_code == 404
    assert visit(place.inspector).post(url_of(campaign), data).status_code == 403
    campaign.refresh_from_db()
    assert campaign.title == "Đợt đăng ký năm 2024"


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"section": "khác"},
        {"section": "tiers", "kind": "khác"},
        {"section": "tiers", "kind": GRASSROOTS, "do": "save"},
        {"section": "routes", "kind": GRASSROOTS},
    ],
)
def test_what_no_form_of_the_page_sends_is_refused(place, board, data):
    assert board.post(url_of(place.draft()), data).status_code == 400


@pytest.mark.parametrize("kinds", [(MEMBERS,), (MEMBERS, KEY, GRASSROOTS)])
def test_the_page_costs_little_more_for_more_tiers(
    place, board, page_alone, kinds, django_assert_num_queries
):
    campaign = place.draft(*kinds)
    with django_assert_num_queries(COST[len(kinds)]):
        assert len(board.get(url_of(campaign)).context["tiers"]) == len(kinds)


# A campaign has one, two or three tiers; each reads its list of cadres and what its bodies lack.
COST = {1: 22, 3: 28}


def test_days_and_name_are_saved_and_said_to_be(place, board):
    campaign = place.draft()
    response = save(board, campaign, "basics", **basics(quarter_1="31/3/2024", quarter_4="15/1/2025"))
    assert response["Location"].endswith("?saved=basics&kind=#basics")
    campaign.refresh_from_db()
    assert (campaign.title, campaign.opens_on, campaign.closes_on) == ("Đợt năm 2024", OPENS, CLOSES)
    assert campaign.tiers.get().cutoff_on == CLOSES
    assert sorted(campaign.quarters.values_list("quarter", flat=True)) == [1, 4]
    page = board.get(response["Location"])
    assert '<span class="pill pill-green" role="status" data-message="success">Saved</span>' in text(page)
    save(board, campaign, "basics", **basics(quarter_1="31/3/2024", quarter_4="15/1/2025"))
    assert RecordEvent.objects.filter(action="campaign_changed").count() == 1


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({"opens_on": "31/4/2024"}, ["opens_on"]),
        ({"closes_on": "1/3/2024"}, ["closes_on"]),
        ({"opens_on": "1/4/2022", "closes_on": "1/4/2026"}, ["opens_on", "closes_on"]),
        ({"quarter_2": "1/1/2024"}, ["quarter_2"]),
        ({"year": "2025"}, ["opens_on", "closes_on"]),
        ({"title": " "}, ["title"]),
    ],
)
def test_wrong_days_stay_as_typed(place, board, data, wrong):
    campaign = place.draft()
    page = save(board, campaign, "basics", **basics(**data))
    assert sorted(page.context["basics"].errors) == sorted(wrong)
    for value in data.values():
        assert f'value="{value.strip()}"' in text(page) or not value.strip()
    campaign.refresh_from_db()
    assert campaign.opens_on is None


def test_guidance_and_themes_are_saved_in_order_each_once(place, board):
    campaign = place.draft()
    save(board, campaign, "guidance", guidance="Gắn với địa bàn.", themes="Môi trường\n\nSố hóa\nMôi trường")
    assert list(campaign.themes.values_list("title", flat=True)) == ["Môi trường", "Số hóa"]
    kept = campaign.themes.get(title="Số hóa").pk
    save(board, campaign, "guidance", guidance="", themes="Số hóa\nMôi trường\nAn ninh")
    assert list(campaign.themes.values_list("title", flat=True)) == ["Số hóa", "Môi trường", "An ninh"]
    assert campaign.themes.get(title="Số hóa").pk == kept
    page = save(board, campaign, "guidance", guidance="", themes="A" * 301)
    assert list(page.context["guidance"].errors) == ["themes"]


def test_lists_are_put_in_force_one_of_a_kind(place, board):
    campaign = place.draft()
    known = clarity()
    save(board, campaign, "lists", clarity=known.pk, dare="7 dám", four_good="")
    assert set(campaign.lists.values_list("kind", flat=True)) == {ListKind.CLARITY, ListKind.DARE}
    save(board, campaign, "lists", clarity="6 rõ", dare="", four_good="")
    assert campaign.lists.get().name == "6 rõ"
    page = save(board, campaign, "lists", clarity="9 rõ")
    assert list(page.context["lists"].errors) == ["clarity"]


def test_tiers_are_added_and_taken_out_once(place, board):
    campaign = place.draft()
    listing = place.cadres()
    for _ in range(2):
        save(board, campaign, "tiers", kind=KEY, do="add")
    assert list(campaign.tiers.values_list("kind", "order", "cadre_list")) == [
        (KEY, 1, listing.pk),
        (MEMBERS, 2, None),
    ]
    for _ in range(2):
        save(board, campaign, "tiers", kind=MEMBERS, do="remove")
    assert campaign.tiers.get().kind == KEY


def test_quota_and_who_is_counted(place, board):
    campaign = place.draft()
    given = {"members-quota_min": "2", "members-quota_max": "3", "members-counted": "standings"}
    data = given | {"members-standings": ["active", "away"]}
    save(board, campaign, "tiers", kind=MEMBERS, do="save", **data)
    tier = campaign.tiers.get()
    assert (tier.quota_min, tier.quota_max, tier.counted_standings) == (2, 3, ["active", "away"])
    wrong = given | {"members-quota_min": "4", "members-standings": []}
    page = save(board, campaign, "tiers", kind=MEMBERS, do="save", **wrong)
    [part] = page.context["tiers"]
    assert sorted(part.form.errors) == ["quota_max", "standings"]
    wrong = data | {"members-quota_min": "0", "members-quota_max": "100", "members-counted": "cadre_list"}
    page = save(board, campaign, "tiers", kind=MEMBERS, do="save", **wrong)
    assert sorted(page.context["tiers"][0].form.errors) == ["counted", "quota_max", "quota_min"]


def test_cadres_are_counted_by_a_list_of_their_own_kind(place, board):
    campaign = place.draft(KEY)
    own, other = place.cadres(), place.cadres(kind=CadreListKind.GRASSROOTS)
    data = {"key_cadres-quota_min": "2", "key_cadres-quota_max": "", "key_cadres-counted": "cadre_list"}
    for value in ("", other.pk):
        page = save(board, campaign, "tiers", kind=KEY, do="save", **data, **{"key_cadres-cadre_list": value})
        assert "cadre_list" in page.context["tiers"][0].form.errors
    save(board, campaign, "tiers", kind=KEY, do="save", **data, **{"key_cadres-cadre_list": own.pk})
    tier = campaign.tiers.get()
    assert (tier.cadre_list, tier.counted, tier.has_rate) == (own, "cadre_list", True)
