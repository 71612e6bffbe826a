"""The short form: who may open it, sending, the window, amending, and that nothing typed is lost."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from cadres.models import Standing
from cadres.roles import Role
from pledges.models import (
    Pledge,
    PledgeEvent,
)
from pledges.states import CampaignState, PledgeStatus
from reports import counts
from reports.models import DailyCount
from tests.factories import MemberFactory, UserFactory, user_with
from tests.pledges.factories import (
    CampaignFactory,
    cell_of,
    draft_of,
    members_tier,
    pledge_of,
    secretary_of,
)
from tests.pledges.pages import TITLE, answers, at, of_pledge, text


@pytest.fixture
def url(tier, lead):
    return reverse("pledges:register", args=[tier.campaign.code, lead.code])


def test_the_member_and_his_secretary_see_the_four_questions(visit, url, own, lead):
    for user in (own, secretary_of(lead.unit)):
        response = visit(user).get(url)
        assert response.status_code == 200
        assert list(response.context["form"].fields) == [
            "ref",
            "revision",
            "title",
            "novelty",
            "product",
            "due",
            "due_on",
            "theme",
        ]
        assert lead.name in text(response)


def test_signed_out_leads_to_the_sign_in_and_back(client, url):
    for response in (
        client.get(url),
        client.post(url, answers(), headers={"referer": f"http://testserver{url}"}),
    ):
        assert response.status_code == 302
        assert response["Location"] == f"{reverse('cadres:sign_in')}?next={url}"
    assert not Pledge.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_strangers_find_nothing(visit, url, tier, lead, method):
    neighbour = UserFactory(member=MemberFactory(unit=lead.unit))
    elsewhere = secretary_of(cell_of(tier.campaign))
    other_host = user_with(Role.BOARD_OFFICER, unit=CampaignFactory().host)
    for user in (neighbour, elsewhere, other_host, UserFactory()):
        assert getattr(visit(user), method)(url, answers()).status_code == 404
    assert not Pledge.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", [Role.BOARD_OFFICER, Role.GRASSROOTS_OFFICER, Role.INSPECTOR])
def test_who_only_reads_may_not_type(visit, url, tier, method, role):
    client = visit(user_with(role, unit=tier.campaign.host))
    assert getattr(client, method)(url, answers()).status_code == 403
    assert not Pledge.objects.exists()


def test_other_methods_are_refused(visit, url, own):
    assert visit(own).put(url).status_code == 405
    assert visit(own).delete(url).status_code == 405


@pytest.mark.parametrize("name", ["campaign", "member"])
def test_what_does_not_exist_is_not_found(visit, tier, lead, own, name):
    codes = {"campaign": tier.campaign.code, "member": lead.code} | {name: "KHONG-CO"}
    assert visit(own).get(reverse("pledges:register", kwargs=codes)).status_code == 404


def test_a_campaign_in_preparation_is_not_shown(visit, url, tier, own):
    tier.campaign.state = CampaignState.DRAFT
    tier.campaign.save()
    assert visit(own).get(url).status_code == 404


def test_a_campaign_of_another_host_is_not_found(visit, lead, own):
    elsewhere = members_tier(CampaignFactory())
    url = reverse("pledges:register", args=[elsewhere.campaign.code, lead.code])
    assert visit(own).get(url).status_code == 404


def test_the_member_sends_to_the_cell(visit, url, own, lead):
    response = visit(own).post(url, answers(), follow=True)
    assert response.redirect_chain == [(reverse("pledges:mine"), 302)]
    assert "Sent to the cell" in text(response)
    pledge = Pledge.objects.get()
    assert (pledge.title, pledge.novelty, pledge.status) == (TITLE, "difficult", PledgeStatus.SUBMITTED)
    assert (pledge.due_kind, pledge.due_on) == ("quarter", date(2024, 6, 30))
    assert (pledge.unit, pledge.lead_member) == (lead.unit, lead)


def test_the_secretary_registers_for_a_member_and_the_record_says_so(visit, url, tier, lead):
    by = secretary_of(lead.unit)
    response = visit(by).post(url, answers())
    cell = reverse("pledges:cell", args=[tier.campaign.code, lead.unit.code])
    assert response["Location"] == f"{cell}?sent=1"
    events = PledgeEvent.objects.filter(pledge__lead_member=lead)
    assert {(event.actor, event.on_behalf_of) for event in events} == {(by, lead)}


def test_the_secretary_goes_on_with_the_next_who_is_missing(visit, url, tier, lead):
    second, first = (MemberFactory(unit=lead.unit, position=n) for n in (9, 8))
    MemberFactory(unit=lead.unit, position=1, standing=Standing.EXEMPT)
    by = secretary_of(lead.unit)
    cell = reverse("pledges:cell", args=[tier.campaign.code, lead.unit.code])
    response = visit(by).post(url, answers(), follow=True)
    assert response.redirect_chain == [(f"{cell}?sent=1", 302)]
    assert [one.member for one in response.context["people"]] == [first, second]
    page = text(response)
    assert f"The registration of {lead.name} has been sent. Entered by: {by.display_name}." in page
    following = reverse("pledges:register", args=[tier.campaign.code, first.code])
    assert f'<a href="{following}">Next: register for comrade {first.name}</a>' in page
    pledge_of(first, tier, by)
    pledge_of(second, tier, by)
    response = visit(by).post(url, answers(), follow=True)
    assert response.context["show"] == "all"
    assert "Next: register" not in text(response)


def test_a_name_in_the_message_is_escaped(visit, url, lead):
    MemberFactory(unit=lead.unit, given_name="<b>An</b>")
    page = text(visit(secretary_of(lead.unit)).post(url, answers(), follow=True))
    assert "register for comrade Nguyễn Văn &lt;b&gt;An&lt;/b&gt;</a>" in page


def test_a_draft_needs_only_the_task(visit, url, own):
    response = visit(own).post(url, answers(novelty="", product="", due="", draft="1"))
    pledge = Pledge.objects.get()
    assert response["Location"] == at("edit", pledge)
    assert (pledge.status, pledge.due_on) == (PledgeStatus.DRAFT, None)


def test_a_draft_is_finished_and_sent(visit, tier, lead, own):
    pledge = draft_of(lead, tier, own, content={"novelty": "", "product": "", "due_on": None})
    visit(own).post(at("edit", pledge), of_pledge(pledge))
    pledge.refresh_from_db()
    assert (pledge.status, pledge.title, pledge.product) == (PledgeStatus.SUBMITTED, TITLE, "Xóa 1 điểm")


def test_a_double_click_is_one_pledge(visit, url, own):
    form = answers()
    first, second = visit(own).post(url, form), visit(own).post(url, form)
    assert first["Location"] == second["Location"]
    assert Pledge.objects.count() == 1
    assert PledgeEvent.objects.count() == 2


def test_a_form_of_a_sent_pledge_sent_again_is_one_effect(visit, tier, lead, own):
    pledge = draft_of(lead, tier, own)
    form = of_pledge(pledge)
    assert visit(own).post(at("edit", pledge), form).status_code == 302
    assert visit(own).post(at("edit", pledge), form).status_code == 302
    pledge.refresh_from_db()
    assert (pledge.status, pledge.versions_made) == (PledgeStatus.SUBMITTED, 1)


def test_the_ref_of_somebody_elses_pledge_is_refused_and_shows_nothing_of_it(visit, url, tier, lead, own):
    other = MemberFactory(unit=lead.unit)
    theirs = draft_of(other, tier, UserFactory(member=other), content={"title": "Việc riêng của người khác"})
    response = visit(own).post(url, of_pledge(theirs))
    assert response.status_code == 200
    assert "another registration" in text(response)
    assert "Việc riêng của người khác" not in text(response)
    assert TITLE in text(response)


def test_too_many_warns_and_blocks_nothing(visit, url, tier, lead, own):
    tier.quota_max = 1
    tier.save()
    pledge_of(lead, tier, own)
    response = visit(own).post(url, answers(), follow=True)
    assert Pledge.objects.count() == 2
    assert "at most 1" in text(response)


def test_what_is_registered_already_stands_above_the_form(visit, url, tier, lead, own):
    pledge_of(lead, tier, own, content={"title": "Việc đã đăng ký"})
    assert "Việc đã đăng ký" in text(visit(own).get(url))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"closes_on": date(2024, 3, 25)}, "Registration closed on 25/03/2024"),
        ({"opens_on": date(2024, 3, 27)}, "Registration opens on 27/03/2024"),
        ({"state": CampaignState.RUNNING}, "Under way"),
    ],
    ids=["over", "not yet", "another stage"],
)
def test_a_closed_window_says_why_and_shows_no_form(visit, url, tier, own, change, words):
    for name, value in change.items():
        setattr(tier.campaign, name, value)
    tier.campaign.save()
    response = visit(own).get(url)
    assert response.status_code == 200
    assert words in text(response)
    assert 'name="title"' not in text(response)


def test_a_window_that_closes_while_somebody_types_keeps_what_was_typed(visit, url, tier, own):
    tier.campaign.closes_on = date(2024, 3, 25)
    tier.campaign.save()
    response = visit(own).post(url, answers())
    assert response.status_code == 200
    assert TITLE in text(response)
    assert response.context["form"].non_field_errors()
    assert not Pledge.objects.exists()


@pytest.mark.parametrize(
    ("instant", "on"),
    [
        ("2024-01-14 23:59:59.999999+07:00", None),
        ("2024-01-15 00:00:00+07:00", date(2024, 1, 15)),
        ("2024-02-29 23:59:59+07:00", date(2024, 2, 29)),
        ("2024-03-31 23:59:59+07:00", date(2024, 3, 31)),
        ("2024-03-31 16:59:59.999999+00:00", date(2024, 3, 31)),
        ("2024-04-01 00:00:00+07:00", None),
        ("2024-03-31 17:00:00+00:00", None),
    ],
)
def test_the_window_ends_with_the_last_second_of_its_last_day(client, url, tier, own, instant, on):
    with time_machine.travel(instant, tick=False):
        client.force_login(own)
        response = client.post(url, answers())
        counts.drain()
    assert response.status_code == (302 if on else 200)
    assert [pledge.submitted_on for pledge in Pledge.objects.all()] == ([on] if on else [])
    curve = DailyCount.objects.filter(tier=tier, unit=tier.campaign.host)
    assert list(curve.values_list("on", "registered")) == ([(on, 1)] if on else [])


def test_a_draft_left_over_is_not_sent_after_the_window(visit, tier, lead, own):
    pledge = draft_of(lead, tier, own)
    tier.campaign.closes_on = date(2024, 3, 25)
    tier.campaign.save()
    assert "Registration closed on" in text(visit(own).get(at("edit", pledge)))
    response = visit(own).post(at("edit", pledge), of_pledge(pledge))
    assert response.context["form"].non_field_errors()
    pledge.refresh_from_db()
    assert pledge.status == PledgeStatus.DRAFT
