"""Pages after the window: the form says in which lane one registers, lists offer it, dockets stay apart."""

import uuid
from datetime import date

import pytest
from django.urls import reverse

from cadres.models import Membership
from cadres.roles import Role
from pledges.actions import dockets, register, transitions
from pledges.actions.acts import Act
from pledges.models import Docket, Lane, Pledge
from pledges.states import CampaignState, PledgeStatus
from pledges.views.docket_desk import build_url, waiting_for_a_docket
from reports.annex import docket_document
from tests.factories import MemberFactory, UserFactory, user_with
from tests.pledges.docket_scene import conclude, scene
from tests.pledges.factories import (
    CampaignFactory,
    draft_of,
    key_cadre_tier,
    members_tier,
    pledge_in,
    pledge_of,
    secretary_of,
    typed,
)
from tests.pledges.grassroots import grassroots
from tests.pledges.pages import TITLE, answers, at, of_cell, of_pledge, text

pytestmark = pytest.mark.django_db
AFTER, JOINED = date(2024, 4, 10), date(2024, 4, 5)
DIRECTIVE = "27-ĐA/QU ngày 05/04/2024"


@pytest.fixture
def after(on_the_day, settings):
    """The site lives on 10/04/2024, when the window of the factories' campaigns is over."""
    settings.SITE_TODAY = AFTER


@pytest.fixture
def late_visit(visit, after):
    """Sign somebody in after the window."""
    return visit


def newcomer(unit, **kwargs):
    """A member who came to the cell after the window."""
    member = MemberFactory(unit=unit, **kwargs)
    Membership.objects.filter(member=member).update(start=JOINED)
    return member


def form_of(tier, member, *, full=False):
    name = "pledges:register_full" if full else "pledges:register"
    return reverse(name, args=[tier.campaign.code, member.code])


def full_answers(**kwargs):
    return answers(result_kind="description", own_role="Chỉ đạo") | kwargs


def late_pledge(cadre, tier, **kwargs):
    content = {"own_role": "Chủ trì", "directive": DIRECTIVE}
    given = typed(tier, cadre, content=content, **kwargs)
    return register.register(given, act=Act(by=cadre.user, on=AFTER), day=AFTER)


# ---- the form ------------------------------------------------------------------------------------


def test_inside_the_window_the_form_says_nothing_of_lanes(visit, tier, lead, own):
    response = visit(own).get(form_of(tier, lead))
    assert response.context["lane_note"] == ""
    assert "supplementary" not in text(response)


def test_a_newcomer_and_his_secretary_read_why_they_still_register(late_visit, tier, lead):
    member = newcomer(lead.unit)
    for user in (UserFactory(member=member), secretary_of(lead.unit)):
        response = late_visit(user).get(form_of(tier, member))
        assert "Registration closed on 31/03/2024. This is a supplementary registration" in text(response)
        assert 'name="title"' in text(response)


def test_a_newcomers_registration_is_sent_and_marked(late_visit, tier, lead):
    member = newcomer(lead.unit)
    client = late_visit(UserFactory(member=member))
    assert client.post(form_of(tier, member), answers()).status_code == 302
    pledge = Pledge.objects.get()
    assert (pledge.lane, pledge.status) == (Lane.NEWCOMER, PledgeStatus.SUBMITTED)
    assert "Supplementary: new in the cell" in text(client.get(at("detail", pledge)))
    assert "Supplementary: new in the cell" in text(client.get(reverse("pledges:mine")))


def test_who_stood_in_the_cell_reads_who_may_still_register(late_visit, tier, lead, own):
    response = late_visit(own).get(form_of(tier, lead))
    assert "Afterwards only comrades who are new in the cell" in text(response)
    assert 'name="title"' not in text(response)
    assert "organisation board" not in response.context["closed"]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (
            CampaignState.RUNNING,
            "at the stage “Under way”. Afterwards only comrades",
        ),
        (CampaignState.EVALUATING, "nothing new is registered now"),
        (CampaignState.CLOSED, "nothing new is registered now"),
    ],
)
def test_a_campaign_that_went_on_before_its_last_day_says_so(visit, tier, lead, own, state, words):
    tier.campaign.state = state
    tier.campaign.save()
    assert words in visit(own).get(form_of(tier, lead)).context["closed"]


def test_where_the_lane_is_open_another_rule_is_told(late_visit, tier, lead, own):
    key = key_cadre_tier(tier.campaign, order=1)
    response = late_visit(own).get(form_of(key, lead, full=True))
    assert response.context["closed"] == "This member is not on the list of cadres of the campaign."


def test_a_cadre_reads_that_a_directive_is_needed(late_visit):
    place = scene()
    cadre = place.cadre()
    response = late_visit(cadre.user).get(form_of(place.tier, cadre, full=True))
    assert "under a new directive: write its number and date" in text(response)
    assert response.context["form"].fields["directive"].demanded is True


def test_without_the_directive_the_field_says_so_and_nothing_typed_is_lost(late_visit):
    place = scene()
    cadre = place.cadre()
    client, url = late_visit(cadre.user), form_of(place.tier, cadre, full=True)
    response = client.post(url, full_answers())
    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["directive"]
    assert TITLE in text(response)
    assert not Pledge.objects.exists()
    assert client.post(url, full_answers(directive=DIRECTIVE)).status_code == 302
    assert Pledge.objects.get().lane == Lane.DIRECTIVE


def test_a_draft_needs_no_directive_yet_but_says_that_it_will(late_visit):
    place = scene()
    cadre = place.cadre()
    client = late_visit(cadre.user)
    client.post(form_of(place.tier, cadre, full=True), full_answers(draft="1"))
    draft = Pledge.objects.get()
    assert (draft.status, draft.lane) == (PledgeStatus.DRAFT, Lane.DIRECTIVE)
    assert "under a new directive" in text(client.get(at("edit", draft)))


def test_a_stub_names_its_document_instead_of_a_directive(late_visit):
    place = scene()
    cadre = place.cadre()
    data = {"is_stub": "on", "stub_reference": "12-CV/QU ngày 05/04/2024"}
    url = form_of(place.tier, cadre, full=True)
    response = late_visit(cadre.user).post(url, full_answers(**data))
    assert response.status_code == 302
    assert (Pledge.objects.get().lane, Pledge.objects.get().is_stub) == (Lane.DIRECTIVE, True)


def test_what_was_returned_is_amended_without_a_word_about_the_lane(late_visit, tier, lead, own):
    pledge = pledge_in(PledgeStatus.RETURNED, lead, tier, own)
    client = late_visit(own)
    assert client.get(at("edit", pledge)).context["lane_note"] == ""
    assert client.post(at("edit", pledge), of_pledge(pledge)).status_code == 302


def test_a_returned_late_pledge_keeps_its_directive(late_visit):
    place = scene()
    cadre = place.cadre()
    pledge = late_pledge(cadre, place.tier)
    transitions.return_for_amendment({pledge.pk: "Chưa rõ"}, act=Act(by=place.board, on=AFTER))
    pledge.refresh_from_db()
    client = late_visit(cadre.user)
    response = client.post(
        at("edit", pledge), full_answers(ref=str(pledge.ref), revision=str(pledge.revision))
    )
    assert list(response.context["form"].errors) == ["directive"]


# ---- one's own page, and the record of a member --------------------------------------------------


def test_a_newcomer_is_offered_registering_until_he_has(late_visit, tier, lead):
    member = newcomer(lead.unit)
    own = UserFactory(member=member)
    client = late_visit(own)
    [task] = client.get(reverse("pledges:mine")).context["to_do"]
    assert (task["what"], task["url"]) == ("Supplementary registration", form_of(tier, member))
    register.register(typed(tier, member), act=Act(by=own, on=AFTER), day=AFTER)
    page = client.get(reverse("pledges:mine"))
    assert page.context["to_do"] == []
    assert [(group.more, group.supplementary) for group in page.context["groups"]] == [([], [])]


def test_who_stood_in_the_cell_is_offered_nothing(late_visit, tier, lead, own):
    assert late_visit(own).get(reverse("pledges:mine")).context["to_do"] == []


def test_a_cadre_with_a_pledge_may_add_one_under_a_directive(late_visit):
    place = scene()
    cadre = place.cadre()
    place.pledge(cadre)
    page = late_visit(cadre.user).get(reverse("pledges:mine"))
    [group] = page.context["groups"]
    url = form_of(place.tier, cadre, full=True)
    assert (page.context["to_do"], group.more, group.supplementary) == ([], [], [url])
    assert "Register under a new directive" in text(page)


def test_the_record_offers_the_secretary_the_supplementary_lane(late_visit, tier, lead):
    member, by = newcomer(lead.unit), secretary_of(lead.unit)
    page = late_visit(by).get(reverse("pledges:member", args=[member.code]))
    assert "Supplementary registration, 2024" in text(page)
    page = late_visit(by).get(reverse("pledges:member", args=[lead.code]))
    assert page.context["openings"] == []


# ---- the list of the cell ------------------------------------------------------------------------


def test_the_secretary_may_register_the_newcomers_and_nobody_else(late_visit, tier, lead):
    Membership.objects.filter(member=lead).update(start=date(2024, 1, 1))
    tier.cutoff_on = None
    tier.save()
    member, by = newcomer(lead.unit), secretary_of(lead.unit)
    response = late_visit(by).get(of_cell("cell", tier, lead.unit))
    people = {one.member: (one.counted, one.may_register) for one in response.context["people"]}
    assert people == {lead: (True, False), member: (True, True)}
    assert response.context["late"] == [one for one in response.context["people"] if one.member == member]
    assert form_of(tier, member) in text(response)
    assert form_of(tier, lead) not in text(response)


def test_who_came_after_the_counting_stands_in_the_list_and_outside_the_share(late_visit, tier, lead):
    member, by = newcomer(lead.unit, position=0), secretary_of(lead.unit)
    url = of_cell("cell", tier, lead.unit)
    response = late_visit(by).get(url)
    [one] = [one for one in response.context["people"] if one.member == member]
    assert (one.counted, one.came_late, one.registered, one.may_register) == (False, True, False, True)
    assert response.context["whole"].rate.denominator == 1
    assert "came after the day of counting, not counted" in text(response)

    register.register(typed(tier, member), act=Act(by=by, on=AFTER), day=AFTER)
    response = late_visit(by).get(url)
    [one] = [one for one in response.context["people"] if one.member == member]
    assert (one.registered, one.waiting, one.may_register) == (True, True, False)
    assert response.context["whole"].rate.denominator == 1
    assert "Supplementary: new in the cell" in text(response)


def test_who_came_later_and_did_not_register_is_gone_from_the_list_at_the_end(late_visit, tier, lead):
    by, member = secretary_of(lead.unit), newcomer(lead.unit)
    other = newcomer(lead.unit)
    register.register(typed(tier, member), act=Act(by=by, on=AFTER), day=AFTER)
    tier.campaign.state = CampaignState.EVALUATING
    tier.campaign.save()
    people = late_visit(by).get(of_cell("cell", tier, lead.unit)).context["people"]
    assert {one.member for one in people} == {lead, member}
    assert other not in {one.member for one in people}


def test_a_reader_who_does_not_type_sees_no_button(late_visit, tier, lead):
    member = newcomer(lead.unit)
    inspector = user_with(Role.INSPECTOR, unit=tier.campaign.host)
    response = late_visit(inspector).get(of_cell("cell", tier, lead.unit))
    assert response.context["late"] == []
    assert form_of(tier, member) not in text(response)


@pytest.mark.parametrize("count", [1, 3])
def test_newcomers_are_read_all_at_once(late_visit, tier, lead, page_alone, django_assert_num_queries, count):
    by = secretary_of(lead.unit)
    for _ in range(count):
        newcomer(lead.unit)
        register.register(typed(tier, newcomer(lead.unit)), act=Act(by=by, on=AFTER), day=AFTER)
    client = late_visit(by)
    with django_assert_num_queries(15):
        response = client.get(of_cell("cell", tier, lead.unit))
    assert len(response.context["people"]) == 1 + 2 * count


# ---- dockets -------------------------------------------------------------------------------------


def mixed():
    place = scene()
    cadre = place.cadre()
    return place, place.pledge(cadre), late_pledge(cadre, place.tier)


def supplementary_docket(place, pledge):
    return dockets.build_docket(
        tier=place.tier,
        body=place.standing,
        title="Danh mục bổ sung",
        by=place.board,
        pledge_ids=[pledge.pk],
        supplementary=True,
    )


def test_the_desk_asks_for_a_docket_of_each_kind(late_visit):
    place, _regular, _late = mixed()
    rows = {one.url: one.title for one in waiting_for_a_docket(place.board)}
    assert set(rows) == {
        build_url(place.tier, place.standing),
        build_url(place.tier, place.standing, supplementary=True),
    }
    page = text(late_visit(place.board).get(reverse("pledges:docket_list")))
    assert "1 supplementary undertakings await" in page
    assert "Make the supplementary docket" in page


@pytest.mark.parametrize("late", [False, True])
def test_making_a_docket_shows_and_takes_only_the_kind_chosen(late_visit, late):
    place, regular, added = mixed()
    wanted = added if late else regular
    client, url = late_visit(place.board), build_url(place.tier, place.standing, supplementary=late)
    page = client.get(url)
    shown = [reading.line.pledge for group in page.context["groups"] for reading in group.readings]
    assert (shown, page.context["n_lines"], page.context["n_others"]) == ([wanted], 1, 1)
    assert build_url(place.tier, place.standing, supplementary=not late) == page.context["others_url"]
    assert ("Supplementary" in page.context["form"].initial["title"]) == late
    data = {"ref": str(uuid.uuid4()), "title": "Danh mục"}
    first, second = client.post(url, data), client.post(url, data)
    assert first["Location"] == second["Location"]
    docket = Docket.objects.get()
    assert (docket.supplementary, [line.pledge for line in docket.lines.all()]) == (late, [wanted])


def test_where_only_the_other_kind_waits_the_page_leads_there(late_visit):
    place = scene()
    late_pledge(place.cadre(), place.tier)
    client, url = late_visit(place.board), build_url(place.tier, place.standing)
    page = client.get(url)
    assert (page.context["n_lines"], page.context["n_others"]) == (0, 1)
    assert "1 supplementary undertaking goes on a docket of its own" in text(page)
    response = client.post(url, {"ref": str(uuid.uuid4()), "title": "Danh mục"})
    assert response.context["form"].non_field_errors() == ["Nothing on the list awaits this body."]
    assert not Docket.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_making_the_supplementary_docket_costs_the_same(late_visit, django_assert_num_queries, count):
    place = scene()
    for _ in range(count):
        late_pledge(place.cadre(), place.tier)
    client, url = late_visit(place.board), build_url(place.tier, place.standing, supplementary=True)
    with django_assert_num_queries(13):
        assert client.get(url).context["n_lines"] == count


def test_a_supplementary_docket_says_so_wherever_it_is_named(late_visit):
    place, _regular, added = mixed()
    docket = supplementary_docket(place, added)
    client = late_visit(place.recorder)
    for url in (reverse("pledges:docket_list"), reverse("pledges:docket", args=[docket.ref])):
        assert '<span class="pill pill-grey">Supplementary</span>' in text(client.get(url)), url
    assert f"under {DIRECTIVE}" in text(client.get(url))
    other = place.docket(Pledge.objects.exclude(pk=added.pk).get())
    page = client.get(reverse("pledges:docket", args=[other.ref]))
    assert '<span class="pill pill-grey">Supplementary</span>' not in text(page)


def test_the_paper_says_it_before_the_meeting_and_after_it(after):
    place, regular, added = mixed()
    docket = supplementary_docket(place, added)
    subject = "nội dung cán bộ chủ chốt đăng ký đảm nhận bổ sung năm 2024"
    assert docket_document(docket).annex_subject == subject
    assert docket_document(docket).groups[0].rows[0].title.endswith(f"(theo {DIRECTIVE})")
    docket = conclude(docket, place.recorder)
    assert docket_document(docket).annex_subject == subject
    assert "bổ sung" not in docket_document(place.docket(regular)).annex_subject


def test_a_ward_makes_both_dockets_of_its_cadres(late_visit):
    place = grassroots()
    cadre = place.cadre()
    place.pledge(cadre)
    late_pledge(place.cadre(), place.tier, unit=place.ward.unit)
    unit, body = place.ward.unit, place.ward.body
    url = reverse("pledges:committee_cadres", args=[place.tier.campaign.code, unit.code])
    page = text(late_visit(place.ward.officer).get(url))
    for late in (False, True):
        address = build_url(place.tier, body, supplementary=late).replace("&", "&amp;")
        assert address in page
    assert "Make the docket of 1 supplementary undertaking" in page


def test_the_board_sees_the_mark_in_its_list_of_pledges(late_visit):
    place, _regular, _added = mixed()
    url = f"{reverse('reports:pledges', args=[place.host.code])}?campaign={place.campaign.code}"
    assert text(late_visit(place.board).get(url)).count("Supplementary: new directive") == 1


def test_an_old_draft_is_finished_by_naming_its_directive(late_visit):
    place = scene()
    cadre = place.cadre()
    draft = draft_of(cadre, place.tier, cadre.user, content={"own_role": "Chủ trì"})
    client = late_visit(cadre.user)
    given = full_answers(ref=str(draft.ref), revision=str(draft.revision))
    assert list(client.post(at("edit", draft), given).context["form"].errors) == ["directive"]
    assert client.post(at("edit", draft), given | {"directive": DIRECTIVE}).status_code == 302
    draft.refresh_from_db()
    assert (draft.status, draft.lane) == (PledgeStatus.SUBMITTED, Lane.DIRECTIVE)


def test_own_pledges_cost_the_same_in_one_campaign_and_three(
    late_visit, tier, lead, page_alone, django_assert_num_queries
):
    member = newcomer(lead.unit)
    client = late_visit(UserFactory(member=member))
    with django_assert_num_queries(10):
        client.get(reverse("pledges:mine"))
    for _ in range(2):
        members_tier(CampaignFactory(host=tier.campaign.host))
    with django_assert_num_queries(10):
        assert len(client.get(reverse("pledges:mine")).context["to_do"]) == 3


def test_a_pledge_of_the_window_bears_no_mark(visit, tier, lead, own):
    pledge = pledge_of(lead, tier, own)
    assert "Supplementary" not in text(visit(own).get(at("detail", pledge)))
