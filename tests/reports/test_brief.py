"""The page for the secretary of the committee, and the charts by theme, field and tier: same figures."""

import re
import uuid

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from cadres.models import Body, BodyKind
from cadres.rates import Rate
from cadres.roles import Role
from config.navigation import landing
from pledges.actions import transitions
from pledges.models import Campaign, Docket, Theme
from pledges.states import CampaignState, DocketState
from reports import counts
from reports.actions.closings import request_closing
from reports.facets import FIELDS, facet_cards
from reports.models import ClosingKind, FacetCount, UnitCount
from reports.ranking import weakest
from tests.factories import CellFactory, UnitFactory, user_with
from tests.reports.closing_scene import worked
from tests.reports.conftest import DAY, make_cadre_tier, make_members, make_pledge
from tests.reports.test_facets import PAPER

BRIEF = "/units/TAYHO/brief/"


@pytest.fixture(autouse=True)
def _day(settings):
    settings.SITE_TODAY = DAY


@pytest.fixture
def standing(host):
    return Body.objects.create(unit=host, kind=BodyKind.STANDING_COMMITTEE, name="Ban Thường vụ", seats=11)


@pytest.fixture
def secretary(client, standing):
    user = user_with(Role.BODY_MEMBER, body=standing)
    client.force_login(user)
    return user


@pytest.fixture
def district(tier, host):
    """Six wards of 3 people: ward no. n has n of them registered; one task names a theme and a field."""
    theme = Theme.objects.create(campaign=tier.campaign, order=1, title="Cải cách hành chính")
    Theme.objects.create(campaign=tier.campaign, order=2, title="Môi trường")
    cells = [CellFactory(parent=UnitFactory(parent=host, name=f"Đảng bộ phường {n}")) for n in range(6)]
    for number, cell in enumerate(cells):
        for member in make_members(cell, 6)[:number]:
            named = {"theme_id": theme.pk, "field": "Đất đai"} if number % 2 else {}
            make_pledge(member, tier, **named)
    counts.rebuild(tier, DAY)
    return cells


def text_of(response) -> str:
    return re.sub(r"\s+", " ", strip_tags(response.content.decode()))


def test_a_member_of_the_standing_committee_lands_on_it(client, secretary, district):
    assert landing(secretary) == BRIEF
    response = client.get("/", follow=True)
    assert response.redirect_chain == [(BRIEF, 302)]
    assert "Trang của Bí thư" in text_of(response)


def test_without_a_campaign_he_lands_on_the_dockets(secretary):
    assert landing(secretary) == reverse("pledges:docket_list")


def test_it_says_what_the_dashboard_says(client, secretary, district):
    brief, page = client.get(BRIEF), client.get("/units/TAYHO/")
    assert "15/36 (42%)" in text_of(brief)
    for name in ("registered", "approved", "cells", "late", "tiers", "cadres", "figures"):
        assert getattr(brief.context_data["data"], name) == getattr(page.context_data["data"], name), name


def test_it_names_the_five_lowest_shares(client, secretary, tier, host, district):
    rows = client.get(BRIEF).context_data["weakest"]
    assert [row.unit.name for row in rows] == [f"Đảng bộ phường {n}" for n in range(5)]
    assert weakest(tier, host, 9)[-1].registered.numerator == 5


def test_units_without_fault_are_not_among_the_weakest(client, secretary, tier, host, cell):
    make_pledge(*make_members(cell, 1), tier)
    counts.drain(DAY)
    response = client.get(BRIEF)
    assert response.context_data["weakest"] == []
    assert "không còn ai chưa đăng ký" in text_of(response)


def test_it_shows_what_waits_for_the_bodies(client, secretary, tier, host, standing, district):
    open_one = Docket.objects.create(
        tier=tier, campaign=tier.campaign, body=standing, title="Danh mục trình tháng 3", seats=11
    )
    elsewhere = Body.objects.create(unit=district[0].parent, kind=BodyKind.COMMITTEE, name="Đảng ủy", seats=5)
    Docket.objects.create(tier=tier, campaign=tier.campaign, body=elsewhere, title="Của phường", seats=5)
    response = client.get(BRIEF)
    found = response.context_data["undecided"]
    assert (found.dockets, found.more) == ([open_one], 0)
    assert "Danh mục trình tháng 3" in text_of(response)
    assert str(open_one.ref) in response.content.decode()
    assert open_one.state == DocketState.OPEN


def test_a_cell_has_no_such_page(client, host, tier, cell):
    client.force_login(user_with(Role.BOARD_OFFICER, unit=host))
    assert client.get(f"/units/{cell.code}/brief/").status_code == 404
    assert client.get(f"{BRIEF}?campaign=DV-1999").status_code == 404
    assert client.post(BRIEF).status_code == 405


def test_an_empty_unit_says_that_nobody_is_counted(client, secretary, tier, ward):
    counts.rebuild(tier, DAY)
    assert "Chưa có ai để tính tỷ lệ" in text_of(client.get(f"/units/{ward.code}/brief/"))
    assert "Chưa có ai để tính tỷ lệ" in text_of(client.get(f"/units/{ward.code}/"))


@pytest.mark.parametrize("item_count", [1, 3])
def test_it_costs_the_same_whatever_the_tree(
    client, secretary, tier, host, standing, item_count, django_assert_num_queries
):
    cadres = make_cadre_tier(host)
    for number in range(item_count):
        for member in make_members(CellFactory(parent=UnitFactory(parent=host)), 2)[1:]:
            make_pledge(member, tier)
            make_pledge(member, cadres)
        Docket.objects.create(
            tier=tier, campaign=tier.campaign, body=standing, title=f"Danh mục {number}", seats=11
        )
    counts.drain(DAY)
    client.get(BRIEF)
    with django_assert_num_queries(16):
        response = client.get(BRIEF)
    assert len(response.context_data["weakest"]) == item_count
    assert len(response.context_data["undecided"].dockets) == item_count


def test_a_closed_year_of_key_cadres_is_told_by_its_closing(client, secretary, tier, host, cell):
    cadres = make_cadre_tier(host)
    make_pledge(*make_members(cell, 1), cadres)
    counts.drain(DAY)
    board = user_with(Role.BOARD_OFFICER, unit=host)
    document = {"document": "12-BC/QU", "document_on": DAY}
    worked(
        request_closing(
            ref=uuid.uuid4(),
            campaign=cadres.campaign,
            kind=ClosingKind.OFFICIAL,
            title="Chốt số liệu",
            by=board,
            day=DAY,
            **document,
        )
    )
    Campaign.objects.filter(pk=cadres.campaign_id).update(state=CampaignState.CLOSED)
    UnitCount.objects.filter(tier=cadres).update(pledges=7)
    [card] = client.get(BRIEF).context_data["data"].cadres
    assert (card.pledges, card.tier.campaign.state) == (1, CampaignState.CLOSED)


# ---- charts --------------------------------------------------------------------------------------


def test_every_bar_opens_as_many_tasks_as_it_says(client, secretary, tier, host, district):
    data = client.get("/units/TAYHO/").context_data
    theme, field = data["facets"]
    assert [(bar.label, bar.pledges) for bar in theme.bars] == [("Cải cách hành chính", 9), ("Môi trường", 0)]
    assert [(bar.label, bar.pledges) for bar in field.bars] == [("Đất đai", 9)]
    assert (theme.total, theme.unnamed, field.unnamed) == (15, 6, 6)
    for card in (theme, field):
        for bar in card.bars:
            assert client.get(bar.url).context_data["page"].paginator.count == bar.pledges
        assert client.get(card.unnamed_url).context_data["page"].paginator.count == card.unnamed


def test_each_chart_has_its_table_and_names_its_campaign(client, secretary, tier, district):
    html = client.get("/units/TAYHO/").content.decode()
    charts = re.findall(r'<figure class="(?:bars|curve)">.*?</figure>', html, re.DOTALL)
    assert len(charts) == 4  # curve, tiers, themes, fields
    assert all("<svg" in chart and "<details>" in chart and "<table" in chart for chart in charts)
    assert html.count(f'<p class="panel-of">{tier.campaign.title}</p>') == 5
    assert "style=" not in html


def test_what_names_nothing_is_said_and_not_drawn(client, secretary, tier, cell):
    make_pledge(*make_members(cell, 1), tier)
    Theme.objects.create(campaign=tier.campaign, order=1, title="Môi trường")
    counts.drain(DAY)
    words = text_of(client.get("/units/TAYHO/"))
    assert "chưa đăng ký nào nêu chủ đề (định hướng có 1 chủ đề)" in words
    assert "chưa đăng ký nào nêu lĩnh vực" in words


def test_fields_of_another_tier_of_the_year_name_their_campaign(client, secretary, tier, host, cell):
    cadres = make_cadre_tier(host, "CB-2024", 2024)
    pledge = make_pledge(*make_members(cell, 1), cadres, field="Đất đai")
    transitions.approve([pledge.pk], act=PAPER)
    make_pledge(*make_members(cell, 1), tier)
    counts.drain(DAY)
    data = client.get("/units/TAYHO/").context_data
    [card] = data["facets"]
    assert (card.tier, [bar.approved.numerator for bar in card.bars]) == (cadres, [1])
    lines = [(line.tier, line.pledges) for line in data["data"].tiers]
    assert lines == [(cadres, Rate(1, 1)), (tier, Rate(0, 1))]


def test_only_the_most_frequent_fields_are_drawn(
    client, secretary, tier, host, cell, django_assert_num_queries
):
    for number, member in enumerate(make_members(cell, FIELDS + 2)):
        make_pledge(member, tier, field=f"Lĩnh vực {number}")
    make_pledge(*make_members(cell, 1), tier, field="Lĩnh vực 9")
    counts.drain(DAY)
    assert FacetCount.objects.filter(unit=host).count() == FIELDS + 2
    lines = client.get("/units/TAYHO/").context_data["data"].tiers
    with django_assert_num_queries(2):
        [card] = facet_cards(host, tier, lines)
    assert (card.bars[0].label, card.bars[0].pledges, len(card.bars)) == ("Lĩnh vực 9", 2, FIELDS)
    assert (card.named, card.others, card.unnamed) == (FIELDS + 3, 2, 0)


def test_fields_without_number_are_added_up_by_the_database(
    client, secretary, tier, host, cell, monkeypatch, django_assert_num_queries
):
    for number, member in enumerate(make_members(cell, 5)):
        make_pledge(member, tier, field=f"Lĩnh vực {number}")
    counts.drain(DAY)
    lines = client.get("/units/TAYHO/").context_data["data"].tiers
    monkeypatch.setattr("reports.facets.MOST", 2)
    with django_assert_num_queries(3):
        [card] = facet_cards(host, tier, lines)
    assert (len(card.bars), card.named, card.others) == (2, 5, 3)
