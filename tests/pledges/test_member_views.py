"""The record of a member: within scope, with the card hidden, with the reason of who is not counted."""

import pytest
from django.urls import reverse

from cadres.models import Standing
from cadres.roles import Role
from pledges.models import Pledge
from pledges.states import PledgeStatus
from tests.factories import MemberFactory, UserFactory, user_with
from tests.pledges.factories import (
    CampaignFactory,
    cell_of,
    pledge_of,
    secretary_of,
)
from tests.pledges.pages import at, text


@pytest.fixture
def board(tier):
    return user_with(Role.BOARD_OFFICER, unit=tier.campaign.host)


def test_the_record_shows_pledges_and_hides_the_card(visit, tier, lead, own):
    lead.card_number = "12345678"
    lead.save()
    pledge_of(lead, tier, own, content={"title": "Việc của đồng chí"})
    page = text(visit(secretary_of(lead.unit)).get(reverse("pledges:member", args=[lead.code])))
    assert "Việc của đồng chí" in page
    assert "•••678" in page
    assert "12345678" not in page


@pytest.mark.parametrize(
    ("standing", "uncounted"),
    [(Standing.ACTIVE, False), (Standing.IN_TRANSFER, False), (Standing.EXEMPT, True), (Standing.AWAY, True)],
)
def test_the_record_says_who_is_not_counted(visit, tier, lead, standing, uncounted):
    member = MemberFactory(unit=lead.unit, standing=standing)
    page = text(visit(secretary_of(lead.unit)).get(reverse("pledges:member", args=[member.code])))
    assert ("not counted in the rate" in page) == uncounted


def test_who_sees_a_record(visit, tier, lead, own, board):
    url = reverse("pledges:member", args=[lead.code])
    for user in (own, secretary_of(lead.unit), board, user_with(Role.INSPECTOR, unit=lead.unit.parent)):
        assert visit(user).get(url).status_code == 200
    for user in (
        UserFactory(member=MemberFactory(unit=lead.unit)),
        secretary_of(cell_of(tier.campaign)),
        user_with(Role.BOARD_OFFICER, unit=CampaignFactory().host),
    ):
        assert visit(user).get(url).status_code == 404
    assert visit(board).get(reverse("pledges:member", args=["KHONG-CO"])).status_code == 404


def test_the_record_offers_registering_to_who_may_type(visit, tier, lead, board):
    url = reverse("pledges:member", args=[lead.code])
    register = reverse("pledges:register", args=[tier.campaign.code, lead.code])
    assert register in text(visit(secretary_of(lead.unit)).get(url))
    assert register not in text(visit(board).get(url))


def test_the_record_leads_to_what_is_to_be_amended_and_to_one_more(visit, tier, lead, own):
    pledge = pledge_of(lead, tier, own)
    secretary = visit(secretary_of(lead.unit))
    url = reverse("pledges:member", args=[lead.code])
    page = text(secretary.get(url))
    assert "Register one more task" in page
    assert "Register, 2024" not in page
    assert at("edit", pledge) not in page
    Pledge.objects.update(status=PledgeStatus.RETURNED)
    assert at("edit", pledge) in text(secretary.get(url))


@pytest.mark.parametrize("count", [1, 3])
def test_the_record_costs_the_same_whatever_is_in_it(
    visit, tier, lead, own, board, page_alone, django_assert_num_queries, count
):
    for _ in range(count):
        pledge_of(lead, tier, own)
    client = visit(board)
    client.get(reverse("pledges:member", args=[lead.code]))
    with django_assert_num_queries(10):
        client.get(reverse("pledges:member", args=[lead.code]))
