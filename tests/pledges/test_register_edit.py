"""Going on with a draft, amending what was returned, and a form that somebody overtook."""

from datetime import date

import pytest
from django.urls import reverse

from cadres.roles import Role
from pledges.states import PledgeStatus
from tests.factories import MemberFactory, UserFactory, user_with
from tests.pledges.factories import (
    draft_of,
    pledge_in,
    pledge_of,
    secretary_of,
)
from tests.pledges.pages import TITLE, at, of_pledge, text


@pytest.fixture
def url(tier, lead):
    return reverse("pledges:register", args=[tier.campaign.code, lead.code])


def test_the_reasons_of_the_return_stand_beside_the_form(visit, tier, lead, own):
    pledge = pledge_in(PledgeStatus.RETURNED, lead, tier, own)
    response = visit(own).get(at("edit", pledge))
    assert "Chưa rõ sản phẩm" in text(response)
    assert response.context["form"]["due"].value() == "q2"


def test_a_return_that_names_nobody_leaves_the_name_out(visit, tier, lead, own):
    pledge = pledge_in(PledgeStatus.RETURNED, lead, tier, own)
    pledge.events.filter(action="returned").update(actor=None)
    pledge.returns.update(by=None)
    page = text(visit(own).get(at("edit", pledge)))
    assert "None" not in page
    assert '<p class="small soft mb-0">26/03/2024</p>' in page


def test_the_secretary_is_told_that_the_amended_words_were_sent(visit, tier, lead, own):
    pledge = pledge_in(PledgeStatus.RETURNED, lead, tier, own)
    by = secretary_of(lead.unit)
    response = visit(by).post(at("edit", pledge), of_pledge(pledge, product="Xóa 1/1 điểm"), follow=True)
    assert f"The amended registration of {lead.name} has been sent." in text(response)


def test_an_amended_pledge_is_sent_after_the_window(visit, tier, lead, own):
    pledge = pledge_in(PledgeStatus.RETURNED, lead, tier, own)
    tier.campaign.closes_on = date(2024, 3, 25)
    tier.campaign.save()
    visit(own).post(at("edit", pledge), of_pledge(pledge, product="Xóa 1/1 điểm"))
    pledge.refresh_from_db()
    assert (pledge.status, pledge.product, pledge.versions_made) == (
        PledgeStatus.SUBMITTED,
        "Xóa 1/1 điểm",
        2,
    )


def test_a_returned_pledge_saved_for_later_stays_complete(visit, tier, lead, own):
    pledge = pledge_in(PledgeStatus.RETURNED, lead, tier, own)
    response = visit(own).post(at("edit", pledge), of_pledge(pledge, due="", draft="1"))
    assert list(response.context["form"].errors) == ["due"]


def test_a_stale_form_shows_what_the_other_saved_beside_what_was_typed(visit, tier, lead, own):
    pledge = draft_of(lead, tier, own)
    opened = of_pledge(pledge, title="Tôi nhập")
    visit(secretary_of(lead.unit)).post(
        at("edit", pledge), of_pledge(pledge, title="Bí thư đã lưu", draft="1")
    )
    response = visit(own).post(at("edit", pledge), opened)
    assert response.status_code == 200
    assert "Bí thư đã lưu" in text(response)
    assert response.context["form"]["title"].value() == "Tôi nhập"

    again = opened | {"revision": response.context["form"]["revision"].value()}
    assert visit(own).post(at("edit", pledge), again).status_code == 302
    pledge.refresh_from_db()
    assert (pledge.title, pledge.status) == ("Tôi nhập", PledgeStatus.SUBMITTED)


def test_what_has_been_sent_shows_the_pledge_instead_of_the_form(visit, tier, lead, own):
    pledge = pledge_of(lead, tier, own)
    response = visit(own).get(at("edit", pledge))
    assert response["Location"] == reverse("pledges:detail", args=[pledge.ref])


def test_what_has_been_sent_is_not_changed_by_an_old_form(visit, tier, lead, own):
    pledge = pledge_of(lead, tier, own)
    response = visit(own).post(at("edit", pledge), of_pledge(pledge))
    assert response.status_code == 200
    assert TITLE in text(response)
    pledge.refresh_from_db()
    assert pledge.title != TITLE


def test_who_may_edit(visit, tier, lead, own):
    pledge = draft_of(lead, tier, own)
    reader = user_with(Role.BOARD_OFFICER, unit=tier.campaign.host)
    assert visit(reader).get(at("edit", pledge)).status_code == 404
    assert visit(UserFactory(member=MemberFactory(unit=lead.unit))).get(at("edit", pledge)).status_code == 404
    assert visit(secretary_of(lead.unit)).get(at("edit", pledge)).status_code == 200
    returned = pledge_in(PledgeStatus.RETURNED, lead, tier, own)
    assert visit(reader).get(at("edit", returned)).status_code == 403
    assert visit(reader).post(at("edit", returned), of_pledge(returned)).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_form_costs_the_same_whatever_is_registered(
    visit, url, tier, lead, own, page_alone, django_assert_num_queries, count
):
    for _ in range(count):
        pledge_of(lead, tier, own)
    client = visit(own)
    with django_assert_num_queries(9):
        client.get(url)
