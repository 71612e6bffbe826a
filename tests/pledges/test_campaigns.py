"""Campaigns: made complete in one act; their pages tell quota, route and guidance in words."""

import re
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.html import strip_tags

from cadres.models import Body, BodyKind, CadreList
from cadres.roles import Role
from pledges.actions.campaigns import (
    MEMBERS_ROUTE,
    CampaignPlan,
    Step,
    TierPlan,
    create_campaign,
    guidance_list,
)
from pledges.models import (
    Authority,
    Campaign,
    Counted,
    GuidanceItem,
    GuidanceList,
    ListKind,
    Pledge,
    StepLevel,
    StepMode,
    Tier,
    TierKind,
)
from pledges.route_words import quota_words, tier_words
from pledges.states import CampaignState
from reports import counts
from tests.factories import CellFactory, HostFactory, MemberFactory, user_with
from tests.pledges.factories import pledge_in, secretary_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def host(db):
    host = HostFactory(name="Đảng bộ quận Tây Hồ", code="TAYHO")
    for kind, name in (
        (BodyKind.STANDING_COMMITTEE, "Ban Thường vụ Quận ủy Tây Hồ"),
        (BodyKind.PEOPLES_COMMITTEE, "Ủy ban nhân dân quận Tây Hồ"),
    ):
        Body.objects.create(unit=host, kind=kind, name=name, seats=11)
    return host


def plan(**changes):
    tier = TierPlan(kind=TierKind.MEMBERS, counted=Counted.STANDINGS, quota_max=3, steps=MEMBERS_ROUTE)
    usual = {
        "code": "DV-2024",
        "year": 2024,
        "title": "Đảng viên đăng ký năm 2024",
        "tiers": (tier,),
        "guidance": "Gắn với nhiệm vụ của chi bộ.",
        "themes": ("Vệ sinh môi trường", "Chuyển đổi số"),
        "opens_on": date(2024, 1, 15),
        "closes_on": date(2024, 3, 31),
    }
    return CampaignPlan(**usual | changes)


def cadres_plan():
    steps = (
        Step(StepLevel.HOST, BodyKind.STANDING_COMMITTEE, StepMode.DECIDES_JOINTLY),
        Step(StepLevel.HOST, BodyKind.PEOPLES_COMMITTEE, StepMode.DECIDES_JOINTLY, Authority.STATE),
    )
    tier = TierPlan(kind=TierKind.KEY_CADRES, counted=Counted.NOBODY, quota_min=2, steps=steps)
    return plan(code="CB-2024", title="Cán bộ chủ chốt năm 2024", tiers=(tier,))


def text_of(response):
    return re.sub(r"\s+", " ", strip_tags(response.content.decode()))


# ---- the act -----------------------------------------------------------------------------------


def test_a_campaign_is_made_with_all_that_belongs_to_it(host):
    clear = guidance_list(ListKind.CLARITY, "5 rõ", [("rõ người", ("lead_member",)), ("rõ việc", ("title",))])
    campaign = create_campaign(host, plan(lists=[clear]))
    assert (campaign.host, campaign.state, campaign.guidance) == (
        host,
        CampaignState.OPEN,
        "Gắn với nhiệm vụ của chi bộ.",
    )
    assert list(campaign.themes.values_list("order", "title")) == [
        (1, "Vệ sinh môi trường"),
        (2, "Chuyển đổi số"),
    ]
    tier = campaign.tiers.get()
    assert (tier.quota_min, tier.quota_max, tier.cutoff_on) == (1, 3, date(2024, 3, 31))
    assert list(tier.steps.values_list("order", "level", "body_kind", "mode")) == [
        (1, "cell", "cell_meeting", "decides"),
        (2, "grassroots", "standing_committee", "endorses"),
        (3, "host", "standing_committee", "endorses"),
    ]
    assert list(campaign.lists.get().items.values_list("label", "fields")) == [
        ("rõ người", ["lead_member"]),
        ("rõ việc", ["title"]),
    ]


def test_the_same_code_gives_the_first_campaign(host):
    first = create_campaign(host, plan())
    again = create_campaign(host, plan(title="Khác", themes=("Khác",)))
    assert again == first
    assert (Campaign.objects.count(), Tier.objects.count()) == (1, 1)
    assert first.themes.count() == 2


def test_the_same_version_of_a_list_is_kept_once(host):
    first = guidance_list(ListKind.DARE, "7 dám", [("dám nghĩ", ())])
    again = guidance_list(ListKind.DARE, "7 dám", [("dám nghĩ", ()), ("dám nói", ())])
    assert again == first
    assert (GuidanceList.objects.count(), GuidanceItem.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"opens_on": date(2024, 3, 31), "closes_on": date(2024, 1, 15)},
        {"tiers": (TierPlan(kind=TierKind.MEMBERS, counted=Counted.STANDINGS, quota_min=3, quota_max=2),)},
        {"tiers": (TierPlan(kind=TierKind.MEMBERS, counted=Counted.CADRE_LIST),)},
    ],
    ids=["window turned round", "quota turned round", "counted list not named"],
)
def test_an_impossible_campaign_is_not_made_at_all(host, changes):
    with pytest.raises(IntegrityError), transaction.atomic():
        create_campaign(host, plan(**changes))
    assert not Campaign.objects.exists()


@pytest.mark.parametrize(
    ("day", "state", "is_open"),
    [
        (date(2024, 1, 14), CampaignState.OPEN, False),
        (date(2024, 1, 15), CampaignState.OPEN, True),
        (date(2024, 3, 31), CampaignState.OPEN, True),
        (date(2024, 4, 1), CampaignState.OPEN, False),
        (date(2024, 3, 1), CampaignState.VETTING, False),
    ],
)
def test_the_window_holds_both_its_days(host, day, state, is_open):
    assert create_campaign(host, plan(state=state)).window_is_open(day) is is_open


@pytest.mark.parametrize(
    ("day", "state", "left"),
    [
        (date(2024, 3, 26), CampaignState.OPEN, 5),
        (date(2024, 3, 31), CampaignState.OPEN, 0),
        (date(2024, 4, 1), CampaignState.OPEN, None),
        (date(2024, 3, 26), CampaignState.VETTING, None),
    ],
)
def test_no_days_are_left_once_the_window_is_over_or_the_campaign_went_on(host, day, state, left):
    assert create_campaign(host, plan(state=state)).days_left(day) == left


# ---- in words ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "least", "most", "words"),
    [
        (TierKind.KEY_CADRES, 2, None, "each at least 2 undertakings"),
        (TierKind.MEMBERS, 1, None, "each at least 1 task"),
        (TierKind.MEMBERS, 1, 1, "each 1 task"),
        (TierKind.MEMBERS, 1, 3, "each 1 to 3 tasks"),
    ],
)
def test_quota_in_words(kind, least, most, words):
    assert quota_words(Tier(kind=kind, quota_min=least, quota_max=most)) == words


def test_the_route_of_members_in_words(host):
    words = tier_words(create_campaign(host, plan()).tiers.get(), {"standing_committee": "Ban Thường vụ"})
    assert words.steps == [
        "The meeting of the cell decides on each registration.",
        "The standing committee of the grassroots committee endorses the list, one line an organisation.",
        "Ban Thường vụ endorses the list, one line an organisation.",
    ]
    assert (words.joint, words.counted) == (False, "Counted are members who are active or transferring.")


def test_the_route_of_key_cadres_in_words(host):
    tier = create_campaign(host, cadres_plan()).tiers.get()
    words = tier_words(tier, {"standing_committee": "Ban Thường vụ"})
    assert words.steps == [
        "Ban Thường vụ approves.",
        "Within the authority of the State: People's Committee approves.",
    ]
    assert (words.joint, words.counted) == (True, "No rate: people and pledges are counted as they come.")
    tier.counted, tier.cadre_list = (
        Counted.CADRE_LIST,
        CadreList(unit=host, year=2024, title="Danh sách 2024"),
    )
    assert tier_words(tier, {}).counted == "Counted are the comrades on the list “Danh sách 2024”."


# ---- pages -------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 3])
def test_the_list_costs_the_same_for_one_campaign_and_three(
    host, visit, page_alone, n, django_assert_num_queries
):
    for number in range(n):
        create_campaign(host, plan(code=f"DV-{number}"))
    client = visit(user_with(Role.BOARD_OFFICER, unit=host))
    with django_assert_num_queries(6):
        assert len(client.get("/campaigns/").context["campaigns"]) == n


def test_the_list_holds_the_campaigns_in_scope_newest_first(host, visit):
    old = create_campaign(host, plan(code="DV-2023", year=2023, opens_on=None, closes_on=None))
    new = create_campaign(host, plan())
    create_campaign(HostFactory(), plan(code="KHAC"))
    response = visit(user_with(Role.INSPECTOR, unit=host)).get("/campaigns/")
    assert [campaign for campaign, _days in response.context["campaigns"]] == [new, old]
    assert "15/01/2024 – 31/03/2024 (5 days left)" in text_of(response)
    assert "no time stated" in text_of(response)


def test_who_runs_no_campaign_has_no_list(host, visit):
    for role in (Role.GRASSROOTS_OFFICER, Role.CLERK, Role.CELL_SECRETARY):
        assert visit(user_with(role, unit=host)).get("/campaigns/").status_code == 403
    board = user_with(Role.BOARD_OFFICER, unit=host)
    assert "No campaign yet" in text_of(visit(board).get("/campaigns/"))
    assert visit(board).post("/campaigns/").status_code == 405


@pytest.mark.parametrize("n", [1, 3])
def test_a_campaign_costs_the_same_with_one_of_each_and_three(
    host, visit, page_alone, n, django_assert_num_queries
):
    kinds = (TierKind.MEMBERS, TierKind.GRASSROOTS_CADRES, TierKind.ORGANISATIONS)[:n]
    tiers = [TierPlan(kind=kind, counted=Counted.STANDINGS, steps=MEMBERS_ROUTE) for kind in kinds]
    entries = [(f"mục {number}", ()) for number in range(n)]
    lists = [guidance_list(kind, "Danh sách", entries) for kind in list(ListKind)[:n]]
    create_campaign(host, plan(tiers=tiers, lists=lists, themes=["Chủ đề"] * n))
    client = visit(user_with(Role.INSPECTOR, unit=host))
    with django_assert_num_queries(12):
        assert len(client.get("/campaigns/DV-2024/").context["tiers"]) == n


def test_everybody_reads_what_is_asked_of_everybody(host, visit):
    clear = guidance_list(ListKind.CLARITY, "5 rõ", [("rõ người", ()), ("rõ việc", ())], "Quận ủy, 2024")
    create_campaign(host, plan(lists=[clear]))
    member = MemberFactory(unit=CellFactory(parent=host))
    response = visit(user_with(Role.MEMBER, unit=member.unit, member=member)).get("/campaigns/DV-2024/")
    text = text_of(response)
    for words in (
        "Gắn với nhiệm vụ của chi bộ.",
        "Vệ sinh môi trường",
        "Chuyển đổi số",
        "5 rõ Quận ủy, 2024 rõ người",
        "rõ việc",
        "each 1 to 3 tasks",
        "Ban Thường vụ Quận ủy Tây Hồ endorses the list",
        "(5 days left)",
    ):
        assert words in text
    assert "/units/TAYHO/" not in response.content.decode()


def test_the_board_goes_on_to_the_figures(host, visit):
    create_campaign(host, cadres_plan())
    response = visit(user_with(Role.BOARD_OFFICER, unit=host)).get("/campaigns/CB-2024/")
    assert "/units/TAYHO/?campaign=CB-2024" in response.content.decode()
    assert "a pledge counts as approved only when both have agreed" in text_of(response)


def test_an_unknown_campaign_and_a_wrong_method(host, visit):
    create_campaign(host, plan())
    client = visit(user_with(Role.INSPECTOR, unit=host))
    assert client.get("/campaigns/KHAC/").status_code == 404
    assert client.post("/campaigns/DV-2024/").status_code == 405


def test_the_board_reads_how_many_registrations_answer_each_theme(host, visit):
    campaign = create_campaign(host, plan())
    cell = CellFactory(parent=host)
    first, second = campaign.themes.all()
    for theme, n in ((first, 2), (None, 1)):
        for _ in range(n):
            pledge = pledge_in(
                "submitted", MemberFactory(unit=cell), campaign.tiers.get(), secretary_of(cell)
            )
            Pledge.objects.filter(pk=pledge.pk).update(theme=theme)
    counts.drain(date(2024, 3, 26))
    answers = visit(user_with(Role.INSPECTOR, unit=host)).get("/campaigns/DV-2024/").context["answers"]
    assert [(row.theme, [n for _tier, n in row.counts]) for row in answers] == [
        (first, [2]),
        (second, [0]),
        (None, [1]),
    ]
