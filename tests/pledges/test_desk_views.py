"""Withdrawing a registration, and asking for an amendment from the page of a pledge."""

import pytest
from django.urls import reverse

from cadres.roles import Role
from pledges.models import (
    EventAction,
    PledgeEvent,
)
from pledges.states import PledgeStatus
from tests.factories import user_with
from tests.pledges.factories import (
    DAY,
    CampaignFactory,
    cell_of,
    pledge_in,
    pledge_of,
    secretary_of,
)
from tests.pledges.pages import at, text


@pytest.fixture
def board(tier):
    return user_with(Role.BOARD_OFFICER, unit=tier.campaign.host)


@pytest.mark.parametrize("status", [PledgeStatus.DRAFT, PledgeStatus.SUBMITTED, PledgeStatus.RETURNED])
def test_a_registration_is_withdrawn_after_a_question(visit, tier, lead, own, status):
    pledge = pledge_in(status, lead, tier, own)
    asked = visit(own).get(at("withdraw", pledge))
    assert pledge.title in text(asked)
    pledge.refresh_from_db()
    assert pledge.status == status
    response = visit(own).post(at("withdraw", pledge), follow=True)
    assert "has been withdrawn" in text(response)
    pledge.refresh_from_db()
    assert pledge.status == PledgeStatus.WITHDRAWN


def test_withdrawing_twice_is_one_effect(visit, tier, lead, own):
    pledge = pledge_of(lead, tier, own)
    for _ in range(2):
        assert visit(own).post(at("withdraw", pledge)).status_code == 302
    assert PledgeEvent.objects.filter(action=EventAction.WITHDRAWN).count() == 1


def test_what_was_adopted_is_not_withdrawn(visit, tier, lead, own):
    pledge = pledge_in(PledgeStatus.APPROVED, lead, tier, own)
    assert visit(own).get(at("withdraw", pledge))["Location"] == at("detail", pledge)
    visit(own).post(at("withdraw", pledge))
    pledge.refresh_from_db()
    assert pledge.status == PledgeStatus.APPROVED


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_may_withdraw(visit, tier, lead, own, board, method):
    pledge = pledge_of(lead, tier, own)
    url = at("withdraw", pledge)
    assert getattr(visit(secretary_of(cell_of(tier.campaign))), method)(url).status_code == 404
    assert getattr(visit(board), method)(url).status_code == 403
    pledge.refresh_from_db()
    assert pledge.status == PledgeStatus.SUBMITTED
    assert getattr(visit(secretary_of(lead.unit)), method)(url).status_code in (200, 302)


def test_the_board_asks_for_an_amendment_with_reasons(visit, tier, lead, own, board):
    pledge = pledge_of(lead, tier, own)
    assert pledge.title in text(visit(board).get(at("return", pledge)))
    visit(board).post(at("return", pledge), {"note": "Chưa rõ thời hạn"})
    pledge.refresh_from_db()
    assert pledge.status == PledgeStatus.RETURNED
    event = PledgeEvent.objects.filter(pledge=pledge).latest("seq")
    assert (event.note, event.actor, event.on, event.docket) == ("Chưa rõ thời hạn", board, DAY, None)


@pytest.mark.parametrize("reasons", ["", "  ", "x" * 2001], ids=["none", "blank", "too long"])
def test_reasons_are_needed_and_kept(visit, tier, lead, own, board, reasons):
    pledge = pledge_of(lead, tier, own)
    response = visit(board).post(at("return", pledge), {"note": reasons})
    assert response.status_code == 200
    assert response.context["form"]["note"].value() == reasons
    pledge.refresh_from_db()
    assert pledge.status == PledgeStatus.SUBMITTED


def test_asking_twice_is_one_effect(visit, tier, lead, own, board):
    pledge = pledge_of(lead, tier, own)
    for _ in range(2):
        assert visit(board).post(at("return", pledge), {"note": "Chưa rõ"}).status_code == 302
    assert PledgeEvent.objects.filter(action=EventAction.RETURNED).count() == 1


def test_what_was_decided_meanwhile_keeps_the_reasons_on_the_page(visit, tier, lead, own, board):
    pledge = pledge_in(PledgeStatus.APPROVED, lead, tier, own)
    assert visit(board).get(at("return", pledge))["Location"] == at("detail", pledge)
    response = visit(board).post(at("return", pledge), {"note": "Chưa rõ thời hạn"})
    assert response.context["form"].non_field_errors()
    assert "Chưa rõ thời hạn" in text(response)
    pledge.refresh_from_db()
    assert pledge.status == PledgeStatus.APPROVED


@pytest.mark.parametrize("method", ["get", "post"])
def test_only_the_board_asks_at_the_desk(visit, tier, lead, own, method):
    pledge = pledge_of(lead, tier, own)
    for user in (own, secretary_of(lead.unit), user_with(Role.GRASSROOTS_OFFICER, unit=lead.unit.parent)):
        assert getattr(visit(user), method)(at("return", pledge), {"note": "x"}).status_code == 403
    stranger = user_with(Role.BOARD_OFFICER, unit=CampaignFactory().host)
    assert getattr(visit(stranger), method)(at("return", pledge), {"note": "x"}).status_code == 404
    pledge.refresh_from_db()
    assert pledge.status == PledgeStatus.SUBMITTED


@pytest.mark.parametrize("name", ["detail", "withdraw", "return"])
def test_signed_out_and_wrong_methods(visit, client, tier, lead, own, name):
    pledge = pledge_of(lead, tier, own)
    assert client.get(at(name, pledge))["Location"].startswith(reverse("cadres:sign_in"))
    assert visit(own).put(at(name, pledge)).status_code == 405
    if name == "detail":
        assert visit(own).post(at(name, pledge)).status_code == 405
