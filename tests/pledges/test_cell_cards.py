"""One card a comrade: the round through the cell, what a card takes, and where it goes on."""

import uuid
from datetime import date

import pytest
from django.urls import reverse

from cadres.models import Standing
from cadres.roles import Role
from pledges.actions import register
from pledges.actions.acts import Act
from pledges.models import Pledge, PledgeEvent
from pledges.states import PledgeStatus
from tests.factories import MemberFactory, UserFactory, user_with
from tests.pledges.factories import (
    DAY,
    cell_of,
    draft_of,
    pledge_in,
    pledge_of,
    secretary_of,
    typed,
)
from tests.pledges.pages import TITLE, answers, of_cell, of_pledge, text


@pytest.fixture
def cell(tier):
    return cell_of(tier.campaign)


@pytest.fixture
def by(cell):
    return secretary_of(cell)


@pytest.fixture
def url(tier, cell):
    return of_cell("cell_next", tier, cell)


@pytest.fixture
def people(cell):
    return [MemberFactory(unit=cell, position=n) for n in range(1, 5)]


@pytest.fixture
def client_of(visit, by):
    return visit(by)


def card(tier, member):
    return reverse("pledges:cell_card", args=[tier.campaign.code, member.unit.code, member.code])


def after(url, member):
    return f"{url}?after={member.code}"


# The round


def test_it_goes_to_whoever_has_not_registered_in_the_cells_own_order(client_of, tier, by, people, url):
    pledge_of(people[1], tier, by)
    assert client_of.get(url)["Location"] == card(tier, people[0])
    assert client_of.get(after(url, people[0]))["Location"] == card(tier, people[2])
    pledge_of(people[0], tier, by)
    assert client_of.get(url)["Location"] == card(tier, people[2])
    assert client_of.get(after(url, people[2]))["Location"] == card(tier, people[3])


def test_a_skipped_comrade_is_not_come_back_to_before_the_end(client_of, tier, by, people, url):
    pledge_of(people[3], tier, by)
    response = client_of.get(after(url, people[2]))
    assert response.status_code == 200
    assert [one.member for one, _url in response.context["left"]] == people[:3]
    page = " ".join(text(response).split())
    assert "Registered: 1/4; 3 comrades left" in page
    assert response.context["again"] == url


def test_the_end_says_that_everybody_has_registered_and_offers_the_meeting(
    client_of, tier, cell, by, people, url
):
    for member in people:
        pledge_of(member, tier, by)
    response = client_of.get(url)
    assert (response.context["left"], response.context["again"]) == ([], "")
    assert of_cell("cell_meeting", tier, cell) in text(response)
    assert "Registered: 4/4" in text(response)


def test_exempt_comrades_and_those_who_withdrew(client_of, tier, cell, by, people, url):
    for member in people[:3]:
        pledge_of(member, tier, by)
    MemberFactory(unit=cell, standing=Standing.EXEMPT, position=9)
    pledge_in(PledgeStatus.WITHDRAWN, people[3], tier, by)
    assert client_of.get(url)["Location"] == card(tier, people[3])
    pledge_of(people[3], tier, by)
    assert client_of.get(url).status_code == 200


def test_after_the_window_nobody_is_asked_for_but_newcomers(client_of, tier, cell, people, url):
    tier.campaign.closes_on = date(2024, 3, 25)
    tier.campaign.save()
    response = client_of.get(url)
    assert response.context["left"] == []
    assert "Registration is not open on this day." in text(response)
    response = client_of.get(card(tier, people[0]))
    assert response["Location"] == of_cell("cell", tier, cell)
    newcomer = MemberFactory(unit=cell, position=9)
    newcomer.memberships.update(start=date(2024, 3, 1))
    assert client_of.get(url)["Location"] == card(tier, newcomer)


# The card


def test_a_card_says_who_it_is_and_how_far_the_round_is(client_of, tier, cell, people):
    MemberFactory(unit=cell, standing=Standing.EXEMPT, position=0)
    response = client_of.get(card(tier, people[2]))
    page = text(response)
    assert "Comrade 3/4" in page
    assert people[2].name in page
    assert response.context["skip"] == after(of_cell("cell_next", tier, cell), people[2])
    assert of_cell("cell_next", tier, cell) in page


def test_sent_it_goes_on_to_the_next(client_of, tier, cell, by, people, url):
    response = client_of.post(card(tier, people[0]), answers(), follow=True)
    assert response.redirect_chain == [(after(url, people[0]), 302), (card(tier, people[1]), 302)]
    pledge = Pledge.objects.get()
    assert (pledge.status, pledge.lead_member, pledge.unit, pledge.created_by, pledge.title) == (
        PledgeStatus.SUBMITTED,
        people[0],
        cell,
        by,
        TITLE,
    )
    assert f"The registration of {people[0].name} has been sent." in text(response)


def test_a_double_click_is_one_registration_and_goes_to_the_same_card(client_of, tier, people):
    form = answers(seen="0")
    first, second = (client_of.post(card(tier, people[0]), form) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Pledge.objects.count() == 1
    assert PledgeEvent.objects.filter(action="submitted").count() == 1


def test_kind_and_deadline_of_the_card_before_are_offered(client_of, tier, people):
    client_of.post(card(tier, people[0]), answers(novelty="both", due="q3"))
    form = client_of.get(card(tier, people[1])).context["form"]
    assert (form["novelty"].value(), form["due"].value(), form["title"].value()) == ("both", "q3", None)
    day = answers(due="day", due_on="30/09/2024")
    client_of.post(card(tier, people[1]), day)
    page = client_of.get(card(tier, people[2]))
    assert page.context["form"]["due"].value() == "day"
    assert 'value="30/09/2024"' in text(page)


def test_a_draft_of_the_comrade_is_gone_on_with_and_keeps_its_own_kind(client_of, tier, by, people):
    client_of.post(card(tier, people[0]), answers(novelty="both", due="q3"))
    draft = draft_of(people[1], tier, by, content={"title": "Việc đang nhập", "novelty": "new"})
    form = client_of.get(card(tier, people[1])).context["form"]
    assert (form["title"].value(), form["novelty"].value()) == ("Việc đang nhập", "new")
    draft.refresh_from_db()
    response = client_of.post(card(tier, people[1]), of_pledge(draft, title="Việc đã rõ"))
    assert response.status_code == 302
    draft.refresh_from_db()
    assert (draft.status, draft.title) == (PledgeStatus.SUBMITTED, "Việc đã rõ")


def test_a_draft_is_saved_incomplete_and_stays_on_its_card(client_of, tier, people):
    form = answers(draft="1", product="", due="", novelty="")
    response = client_of.post(card(tier, people[0]), form, follow=True)
    assert response.redirect_chain == [(card(tier, people[0]), 302)]
    assert Pledge.objects.get().status == PledgeStatus.DRAFT
    assert response.context["form"]["title"].value() == TITLE


def test_what_was_registered_meanwhile_is_told_before_a_second_task_is_sent(client_of, tier, by, people):
    form = answers(seen="0")
    other = pledge_of(people[0], tier, by, content={"title": "Việc đồng chí tự gửi"})
    response = client_of.post(card(tier, people[0]), form)
    page = text(response)
    assert "Something has been registered for this comrade meanwhile" in page
    assert "Việc đồng chí tự gửi" in page
    assert TITLE in page
    assert Pledge.objects.get() == other
    again = client_of.post(card(tier, people[0]), form | {"seen": response.context["seen"]})
    assert again.status_code == 302
    assert Pledge.objects.count() == 2


def test_the_card_of_somebody_registered_goes_on(client_of, tier, by, people, url):
    pledge_of(people[0], tier, by)
    response = client_of.get(card(tier, people[0]), follow=True)
    assert response.redirect_chain == [(after(url, people[0]), 302), (card(tier, people[1]), 302)]
    assert f"{people[0].name} has registered already." in text(response)


def test_two_who_type_in_one_draft_never_overwrite_each_other(client_of, tier, by, people):
    draft = draft_of(people[0], tier, by)
    stale = of_pledge(draft, title="Sửa từ điện thoại")
    newer = typed(
        tier, people[0], ref=draft.ref, revision=draft.revision, content={"title": "Sửa từ máy khác"}
    )
    register.save_draft(newer, act=Act(by=by, on=DAY), day=DAY)
    page = text(client_of.post(card(tier, people[0]), stale))
    assert "Saved elsewhere meanwhile" in page
    assert "Sửa từ điện thoại" in page
    draft.refresh_from_db()
    assert (draft.title, draft.status) == ("Sửa từ máy khác", PledgeStatus.DRAFT)


WRONG = {
    "no title": ({"title": " "}, "title"),
    "no kind": ({"novelty": ""}, "novelty"),
    "a kind that is none": ({"novelty": "x"}, "novelty"),
    "no product": ({"product": ""}, "product"),
    "no deadline": ({"due": ""}, "due"),
    "an impossible day": ({"due": "day", "due_on": "31/02/2024"}, "due_on"),
    "a day over": ({"due": "day", "due_on": "01/03/2024"}, "due_on"),
    "too long": ({"title": "x" * 2001}, "title"),
    "a broken ref": ({"ref": "x"}, "ref"),
}


@pytest.mark.parametrize(("wrong", "field"), WRONG.values(), ids=WRONG)
def test_wrong_input_is_said_and_nothing_typed_is_lost(client_of, tier, people, wrong, field):
    response = client_of.post(card(tier, people[0]), answers(**wrong))
    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    assert response.context["form"]["title"].value() == wrong.get("title", TITLE)
    assert not Pledge.objects.exists()


def test_a_form_of_somebody_elses_pledge_is_refused(client_of, tier, by, people):
    other = draft_of(people[1], tier, by)
    response = client_of.post(card(tier, people[0]), of_pledge(other))
    assert "This form belongs to another registration." in text(response)
    other.refresh_from_db()
    assert other.status == PledgeStatus.DRAFT


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_goes_through_the_cell(visit, client, tier, cell, people, url, method):
    first = card(tier, people[0])
    assert getattr(client, method)(first, answers())["Location"].startswith(reverse("cadres:sign_in"))
    for user in (secretary_of(cell_of(tier.campaign)), UserFactory(member=people[0])):
        assert getattr(visit(user), method)(first, answers()).status_code == 404
        assert visit(user).get(url).status_code == 404
    for role in (Role.GRASSROOTS_OFFICER, Role.BOARD_OFFICER, Role.INSPECTOR):
        user = user_with(role, unit=tier.campaign.host)
        assert getattr(visit(user), method)(first, answers()).status_code == 403
        assert visit(user).get(url).status_code == 403
    assert not Pledge.objects.exists()


def test_a_comrade_of_another_cell_has_no_card_here(client_of, tier, cell, url):
    stranger = MemberFactory(unit=cell_of(tier.campaign))
    here = reverse("pledges:cell_card", args=[tier.campaign.code, cell.code, stranger.code])
    assert client_of.get(here).status_code == 404
    assert client_of.post(here, answers()).status_code == 404
    assert client_of.get(f"{url}?after={stranger.code}").status_code == 404
    assert client_of.get(f"{url}?after={uuid.uuid4()}").status_code == 404


def test_other_methods_are_refused(client_of, tier, people, url):
    assert client_of.put(card(tier, people[0])).status_code == 405
    assert client_of.post(url).status_code == 405


def test_the_list_offers_the_round_while_somebody_is_missing(client_of, tier, cell, by, people, url):
    assert f'href="{url}"' in text(client_of.get(of_cell("cell", tier, cell)))
    for member in people:
        pledge_of(member, tier, by)
    assert f'href="{url}"' not in text(client_of.get(of_cell("cell", tier, cell)))


@pytest.mark.parametrize("count", [1, 3])
def test_a_card_costs_the_same_whatever_the_cell(
    client_of, tier, cell, by, page_alone, django_assert_num_queries, count
):
    for _ in range(count):
        pledge_of(MemberFactory(unit=cell), tier, by)
    member = MemberFactory(unit=cell)
    with django_assert_num_queries(13):
        client_of.get(card(tier, member))


@pytest.mark.parametrize("count", [1, 3])
def test_the_end_costs_the_same_whatever_the_cell(
    client_of, tier, cell, url, page_alone, django_assert_num_queries, count
):
    for _ in range(count):
        last = MemberFactory(unit=cell)
    with django_assert_num_queries(10):
        client_of.get(after(url, last))
