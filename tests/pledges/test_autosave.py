"""A draft that saves itself: what is kept, what is told, and that it overwrites nobody silently."""

import pytest
from django.conf import settings as site
from django.urls import reverse

from cadres.roles import Role
from pledges.actions import register
from pledges.actions.acts import Act, NotAllowedError, StaleError
from pledges.actions.journal import broken_chains
from pledges.models import EventAction, Pledge, PledgeEvent
from pledges.states import CampaignState, PledgeStatus
from tests.factories import MemberFactory, UserFactory, user_with
from tests.pledges.factories import (
    DAY,
    CampaignFactory,
    cell_of,
    draft_of,
    key_cadre_tier,
    members_tier,
    pledge_in,
    secretary_of,
    typed,
)
from tests.pledges.pages import TITLE, answers, at, of_pledge, text
from tests.pledges.threads import at_once


@pytest.fixture
def url(tier, lead):
    return reverse("pledges:autosave_new", args=[tier.campaign.code, lead.code, tier.kind])


@pytest.fixture
def form_url(tier, lead):
    return reverse("pledges:register", args=[tier.campaign.code, lead.code])


def actions_of(pledge):
    return list(PledgeEvent.objects.filter(pledge=pledge).order_by("seq").values_list("action", flat=True))


def test_the_forms_name_the_address_that_keeps_them(visit, url, form_url, tier, lead, own):
    assert f'data-autosave="{url}"' in text(visit(own).get(form_url))
    draft = draft_of(lead, tier, own)
    assert f'data-autosave="{at("autosave", draft)}"' in text(visit(own).get(at("edit", draft)))
    returned = pledge_in(PledgeStatus.RETURNED, lead, tier, own)
    assert "data-autosave=" not in text(visit(own).get(at("edit", returned)))


def test_a_title_alone_becomes_a_draft_and_the_form_goes_on_with_it(visit, url, own, lead):
    form = answers(novelty="", product="", due="")
    answer = visit(own).post(url, form).json()
    pledge = Pledge.objects.get()
    assert (pledge.title, pledge.status, pledge.lead_member) == (TITLE, PledgeStatus.DRAFT, lead)
    assert answer.pop("message").startswith("Draft saved at ")
    assert answer == {
        "revision": pledge.revision,
        "keep": f"pledge-{form['ref']}",
        "edit": at("edit", pledge),
        "autosave": at("autosave", pledge),
    }


def test_the_next_saves_follow_on_the_revision_told(visit, url, own):
    form = answers()
    for product in ("Xóa 1 điểm", "Xóa 2 điểm", "Xóa 3 điểm"):
        answer = visit(own).post(url, form | {"product": product}).json()
        form, url = form | {"revision": answer["revision"]}, answer["autosave"]
    pledge = Pledge.objects.get()
    assert (pledge.product, pledge.revision) == ("Xóa 3 điểm", answer["revision"])


def test_the_same_save_twice_is_one_draft(visit, url, own):
    form = answers()
    first, second = (visit(own).post(url, form).json() for _ in range(2))
    assert first["revision"] == second["revision"]
    assert Pledge.objects.count() == 1
    assert PledgeEvent.objects.count() == 1


def test_what_saved_itself_and_is_then_sent_is_one_pledge(visit, url, form_url, own):
    form = answers()
    answer = visit(own).post(url, form).json()
    response = visit(own).post(
        answer["edit"], form | {"revision": answer["revision"], "product": "Xóa 2 điểm"}
    )
    assert response["Location"] == reverse("pledges:mine")
    pledge = Pledge.objects.get()
    assert (pledge.status, pledge.product) == (PledgeStatus.SUBMITTED, "Xóa 2 điểm")


def test_the_page_without_a_script_sends_the_form_that_saved_itself_elsewhere(visit, url, form_url, own):
    form = answers()
    visit(own).post(url, form)
    assert visit(own).post(form_url, form)["Location"] == reverse("pledges:mine")
    assert Pledge.objects.get().status == PledgeStatus.SUBMITTED


def test_one_sitting_is_one_event_of_the_journal(tier, lead, own):
    act = Act(by=own, on=DAY)
    pledge = register.autosave(typed(tier, lead), act=act, day=DAY)
    ref, titles = pledge.ref, ("Một", "Hai", "Ba")
    for title in titles:
        more = typed(tier, lead, ref=ref, revision=pledge.revision, content={"title": title})
        pledge = register.autosave(more, act=act, day=DAY)
    assert (pledge.title, pledge.revision) == ("Ba", 4)
    assert actions_of(pledge) == [EventAction.CREATED]
    assert broken_chains() == []


def test_another_person_or_another_day_is_another_sitting(tier, lead, own):
    pledge, secretary = draft_of(lead, tier, own), secretary_of(lead.unit)
    sittings = [
        (secretary, DAY),
        (secretary, DAY),
        (own, DAY),
        (own, DAY.replace(day=27)),
        (own, DAY.replace(day=27)),
    ]
    for no, (by, day) in enumerate(sittings):
        more = typed(tier, lead, ref=pledge.ref, revision=pledge.revision, content={"title": f"Việc {no}"})
        pledge = register.autosave(more, act=Act(by=by, on=day), day=day)
    events = PledgeEvent.objects.filter(pledge=pledge).order_by("seq").values_list("action", "actor", "on")
    assert list(events)[1:] == [
        (EventAction.EDITED, secretary.pk, DAY),
        (EventAction.EDITED, own.pk, DAY),
        (EventAction.EDITED, own.pk, DAY.replace(day=27)),
    ]
    assert broken_chains() == []


def test_the_button_still_writes_its_event(tier, lead, own):
    pledge = draft_of(lead, tier, own)
    more = typed(tier, lead, ref=pledge.ref, revision=pledge.revision, content={"title": "Sửa"})
    register.save_draft(more, act=Act(by=own, on=DAY), day=DAY)
    assert actions_of(pledge) == [EventAction.CREATED, EventAction.EDITED]


def test_a_stale_save_writes_nothing_and_shows_both_texts(visit, tier, lead, own):
    pledge = draft_of(lead, tier, own)
    opened = of_pledge(pledge, title="Dọn rác tại ngõ 76")
    by = secretary_of(lead.unit)
    assert visit(by).post(at("autosave", pledge), opened | {"title": "Dọn rác tại ngõ 78"}).status_code == 200
    response = visit(own).post(at("autosave", pledge), opened)
    assert response.status_code == 409
    page = response.json()["html"]
    assert "<mark>76</mark>" in page
    assert "<mark>78</mark>" in page
    assert by.display_name in page
    pledge.refresh_from_db()
    assert pledge.title == "Dọn rác tại ngõ 78"
    assert f'data-take-mine="{pledge.revision}"' in page


def test_a_script_of_somebody_typing_is_escaped_in_the_comparison(visit, tier, lead, own):
    pledge = draft_of(lead, tier, own)
    opened = of_pledge(pledge)
    visit(secretary_of(lead.unit)).post(at("autosave", pledge), opened | {"title": "<script>x</script>"})
    page = visit(own).post(at("autosave", pledge), opened).json()["html"]
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_what_was_sent_meanwhile_is_told_and_cannot_be_replaced(visit, tier, lead, own):
    pledge = draft_of(lead, tier, own)
    opened = of_pledge(pledge, product="")
    visit(own).post(at("edit", pledge), of_pledge(pledge))
    response = visit(own).post(at("autosave", pledge), opened)
    assert response.status_code == 409
    assert "data-take-mine" not in response.json()["html"]
    pledge.refresh_from_db()
    assert (pledge.status, pledge.product) == (PledgeStatus.SUBMITTED, "Xóa 1 điểm")


def test_what_was_returned_does_not_save_itself(visit, tier, lead, own):
    pledge = pledge_in(PledgeStatus.RETURNED, lead, tier, own)
    response = visit(own).post(at("autosave", pledge), of_pledge(pledge))
    assert (response.status_code, "html" in response.json()) == (409, False)
    pledge.refresh_from_db()
    assert pledge.title != TITLE


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"title": ""}, "Write the task"),
        ({"due": "day", "due_on": "31/02/2024"}, "29"),
        ({"ref": "x"}, "out of date"),
    ],
)
def test_what_cannot_be_kept_says_which_answer_and_why(visit, url, own, wrong, words):
    response = visit(own).post(url, answers(**wrong))
    assert response.status_code == 422
    assert words in response.json()["message"]
    assert not Pledge.objects.exists()


def test_a_closed_window_keeps_no_new_draft(visit, url, tier, own):
    tier.campaign.state = CampaignState.EVALUATING
    tier.campaign.save()
    response = visit(own).post(url, answers())
    assert response.status_code == 409
    assert response.json()["message"]
    assert not Pledge.objects.exists()


def test_the_ref_of_somebody_elses_draft_changes_and_shows_nothing(visit, url, tier, lead, own):
    other = MemberFactory(unit=lead.unit)
    theirs = draft_of(other, tier, UserFactory(member=other), content={"title": "Việc riêng"})
    response = visit(own).post(url, of_pledge(theirs))
    assert response.status_code == 409
    assert "Việc riêng" not in text(response)
    theirs.refresh_from_db()
    assert theirs.title == "Việc riêng"


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_only_post(visit, url, tier, lead, own, method):
    draft = draft_of(lead, tier, own)
    for address in (url, at("autosave", draft)):
        assert getattr(visit(own), method)(address).status_code == 405


def test_strangers_find_nothing(visit, url, tier, lead, own):
    draft = draft_of(lead, tier, own)
    strangers = [UserFactory(member=MemberFactory(unit=lead.unit)), secretary_of(cell_of(tier.campaign))]
    strangers += [user_with(Role.BOARD_OFFICER, unit=CampaignFactory().host), UserFactory()]
    for user in strangers:
        assert visit(user).post(url, answers()).status_code == 404
        assert visit(user).post(at("autosave", draft), of_pledge(draft)).status_code == 404
    assert Pledge.objects.count() == 1


@pytest.mark.parametrize("role", [Role.BOARD_OFFICER, Role.INSPECTOR])
def test_who_only_reads_may_not_type(visit, url, tier, lead, own, role):
    returned = pledge_in(PledgeStatus.RETURNED, lead, tier, own)
    reader = user_with(role, unit=tier.campaign.host)
    assert visit(reader).post(url, answers()).status_code == 403
    assert visit(reader).post(at("autosave", returned), of_pledge(returned)).status_code == 403


@pytest.mark.parametrize("kind", ["organisations", "key_cadres", "khong-co"])
def test_a_tier_that_is_not_there_is_not_found(visit, tier, lead, own, kind):
    url = reverse("pledges:autosave_new", args=[tier.campaign.code, lead.code, kind])
    assert visit(own).post(url, answers()).status_code == 404


def test_signed_out_is_sent_to_the_sign_in(client, url):
    response = client.post(url, answers())
    assert response.status_code == 302
    assert response["Location"].startswith(reverse(site.LOGIN_URL))


def test_the_full_form_keeps_itself_too(visit, lead, tier, own):
    cadres = key_cadre_tier(tier.campaign, [lead])
    url = reverse("pledges:autosave_new", args=[tier.campaign.code, lead.code, cadres.kind])
    page = text(visit(own).get(reverse("pledges:register_full", args=[tier.campaign.code, lead.code])))
    assert f'data-autosave="{url}"' in page
    assert visit(own).post(url, answers(due="", novelty="", product="", place="Ngõ 76")).status_code == 200
    pledge = Pledge.objects.get()
    assert (pledge.tier, pledge.place) == (cadres, "Ngõ 76")


def test_a_save_costs_the_same_however_often_it_comes(visit, url, own, django_assert_num_queries):
    form, client = answers(), visit(own)
    answer = client.post(url, form).json()
    for title in ("Một", "Hai"):
        form = form | {"revision": answer["revision"], "title": title}
        with django_assert_num_queries(13):
            answer = client.post(answer["autosave"], form).json()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_save_at_once_do_not_overwrite_each_other(on_the_day):
    tier = members_tier(CampaignFactory())
    lead = MemberFactory(unit=cell_of(tier.campaign))
    own, by = UserFactory(member=lead), secretary_of(lead.unit)
    pledge = draft_of(lead, tier, own)

    def save(user, title):
        mine = typed(tier, lead, ref=pledge.ref, revision=pledge.revision, content={"title": title})
        return lambda: register.autosave(mine, act=Act(by=user, on=DAY), day=DAY)

    given = at_once(save(own, "Của tôi"), save(by, "Của bí thư"))
    assert [type(answer) for answer in given].count(StaleError) == 1
    assert broken_chains() == []


def test_the_action_refuses_what_was_returned(tier, lead, own):
    pledge = pledge_in(PledgeStatus.RETURNED, lead, tier, own)
    more = typed(tier, lead, ref=pledge.ref, revision=pledge.revision, content={"title": "Sửa"})
    with pytest.raises(NotAllowedError):
        register.autosave(more, act=Act(by=own, on=DAY), day=DAY)


@pytest.mark.parametrize("quota", [None, 3])
def test_sending_a_new_registration_takes_twelve_queries_and_a_savepoint(
    visit, form_url, tier, own, django_assert_num_queries, quota
):
    tier.quota_max = quota
    tier.save()
    client = visit(own)
    with django_assert_num_queries(14 if quota is None else 15):
        assert client.post(form_url, answers()).status_code == 302


def test_sending_for_a_member_takes_no_more(visit, form_url, lead, django_assert_num_queries):
    MemberFactory(unit=lead.unit)
    client = visit(secretary_of(lead.unit))
    with django_assert_num_queries(14):
        assert client.post(form_url, answers()).status_code == 302


def test_sending_what_saved_itself_takes_seventeen(visit, url, own, django_assert_num_queries):
    client, form = visit(own), answers()
    answer = client.post(url, form).json()
    with django_assert_num_queries(17):
        assert client.post(answer["edit"], form | {"revision": answer["revision"]}).status_code == 302
