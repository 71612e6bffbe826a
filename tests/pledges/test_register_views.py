"""The short and the full form: who may open them, what they refuse, and that nothing typed is lost."""

import uuid
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from cadres.roles import Role
from pledges.forms.register import ShortForm, periods_left
from pledges.models import (
    GuidanceItem,
    GuidanceList,
    ListKind,
    Pledge,
    PledgeEvent,
    ResultKind,
    Theme,
)
from pledges.states import CampaignState, PledgeStatus
from tests.factories import MemberFactory, UserFactory, user_with
from tests.pledges.factories import (
    CampaignFactory,
    cell_of,
    draft_of,
    key_cadre_tier,
    members_tier,
    pledge_in,
    pledge_of,
    secretary_of,
)

TITLE = "Giải quyết điểm tập kết rác tại ngõ 76"


@pytest.fixture
def tier(db):
    return members_tier(CampaignFactory())


@pytest.fixture
def lead(tier):
    return MemberFactory(unit=cell_of(tier.campaign))


@pytest.fixture
def own(lead):
    return UserFactory(member=lead)


@pytest.fixture
def url(tier, lead):
    return reverse("pledges:register", args=[tier.campaign.code, lead.code])


def answers(**kwargs):
    """The four answers as a browser sends them."""
    given = {
        "ref": str(uuid.uuid4()),
        "revision": "",
        "title": TITLE,
        "novelty": "difficult",
        "product": "Xóa 1 điểm",
        "due": "q2",
        "due_on": "",
    }
    return given | kwargs


def edit_url(pledge):
    return reverse("pledges:edit", args=[pledge.ref])


def of_pledge(pledge, **kwargs):
    return answers(ref=str(pledge.ref), revision=str(pledge.revision), **kwargs)


def text(response):
    return response.content.decode()


# ---- Who may open it ---------------------------------------------------------------------------


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


# ---- Sending -----------------------------------------------------------------------------------


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
    assert response["Location"] == reverse("pledges:cell", args=[tier.campaign.code, lead.unit.code])
    events = PledgeEvent.objects.filter(pledge__lead_member=lead)
    assert {(event.actor, event.on_behalf_of) for event in events} == {(by, lead)}


def test_a_draft_needs_only_the_task(visit, url, own):
    response = visit(own).post(url, answers(novelty="", product="", due="", draft="1"))
    pledge = Pledge.objects.get()
    assert response["Location"] == edit_url(pledge)
    assert (pledge.status, pledge.due_on) == (PledgeStatus.DRAFT, None)


def test_a_draft_is_finished_and_sent(visit, tier, lead, own):
    pledge = draft_of(lead, tier, own, content={"novelty": "", "product": "", "due_on": None})
    visit(own).post(edit_url(pledge), of_pledge(pledge))
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
    assert visit(own).post(edit_url(pledge), form).status_code == 302
    assert visit(own).post(edit_url(pledge), form).status_code == 302
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


# ---- What is wrong -----------------------------------------------------------------------------

WRONG = {
    "no task": ({"title": " "}, "title"),
    "a task that is invisible": ({"title": "\u200b\u00a0"}, "title"),
    "60,000 characters pasted": ({"title": "việc " * 12000}, "title"),
    "no kind": ({"novelty": ""}, "novelty"),
    "a kind that is none": ({"novelty": "easy"}, "novelty"),
    "no product": ({"product": ""}, "product"),
    "no deadline": ({"due": ""}, "due"),
    "a quarter that is over": ({"due": "q1"}, "due"),
    "an impossible day": ({"due": "day", "due_on": "31/02/2024"}, "due_on"),
    "a day of another year": ({"due": "day", "due_on": "30/06/2025"}, "due_on"),
    "a day that is over": ({"due": "day", "due_on": "25/03/2024"}, "due_on"),
    "no day where one is asked for": ({"due": "day", "due_on": ""}, "due_on"),
    "a quarter and a day": ({"due": "q2", "due_on": "30/09/2024"}, "due_on"),
    "a ref that is none": ({"ref": "1"}, "ref"),
}


@pytest.mark.parametrize(("wrong", "field"), WRONG.values(), ids=WRONG)
def test_wrong_input_is_said_at_its_field_and_nothing_typed_is_lost(visit, url, own, wrong, field):
    response = visit(own).post(url, answers(**wrong))
    assert response.status_code == 200
    form = response.context["form"]
    assert list(form.errors) == [field]
    typed = answers(**wrong)
    for name in ("title", "product", "due_on"):
        assert form[name].value() == typed[name]
    assert not Pledge.objects.exists()


def test_sixty_thousand_characters_are_told_with_both_numbers(visit, url, own):
    response = visit(own).post(url, answers(title="x" * 60000))
    assert "At most 2,000 characters; 60,000 were typed" in text(response)
    assert "maxlength" not in str(response.context["form"]["title"])


def test_the_impossible_day_says_why(visit, url, own):
    response = visit(own).post(url, answers(due="day", due_on="30/02/2024"))
    assert "month 2/2024 has only 29 days" in text(response)


@pytest.mark.parametrize(
    ("due", "due_on", "kept"),
    [
        ("q2", "", ("quarter", date(2024, 6, 30))),
        ("q4", "", ("quarter", date(2024, 12, 31))),
        ("year", "", ("year", date(2024, 12, 31))),
        ("day", "15/8/2024", ("day", date(2024, 8, 15))),
        ("", "15.8.2024", ("day", date(2024, 8, 15))),
    ],
)
def test_deadlines(visit, url, own, due, due_on, kept):
    visit(own).post(url, answers(due=due, due_on=due_on))
    pledge = Pledge.objects.get()
    assert (pledge.due_kind, pledge.due_on) == kept


@pytest.mark.parametrize(
    ("day", "left"),
    [
        (date(2024, 3, 26), ["q2", "q3", "q4", "year"]),
        (date(2024, 6, 30), ["q2", "q3", "q4", "year"]),
        (date(2024, 7, 1), ["q3", "q4", "year"]),
        (date(2024, 10, 1), ["q4", "year"]),
    ],
)
def test_a_quarter_that_is_over_is_not_offered(day, left):
    assert periods_left(2024, day) == left


def test_a_deadline_stated_for_the_first_quarter_is_still_offered_while_it_lasts(tier, lead, own):
    content = {"due_on": date(2024, 3, 31)}
    pledge = draft_of(lead, tier, own, content=content)
    forms = [
        ShortForm(campaign=tier.campaign, day=day, pledge=pledge)
        for day in (date(2024, 3, 31), date(2024, 4, 1))
    ]
    assert ["q1" in form.offered for form in forms] == [True, False]


def test_text_is_cleaned_at_the_door(visit, url, own):
    visit(own).post(url, answers(title="  Vận  động\u00a0hộ \r\n\r\n\r\n\r\n ngõ 5 ", product="6\u200b  đèn"))
    pledge = Pledge.objects.get()
    assert (pledge.title, pledge.product) == ("Vận động hộ\n\nngõ 5", "6 đèn")


def test_the_read_back_says_what_will_be_sent(visit, url, own):
    response = visit(own).post(url, answers(ref="x"))
    assert response.context["read_back"] == {
        "title": TITLE,
        "novelty": "a difficult task",
        "product": "Xóa 1 điểm",
        "due": "quarter II/2024",
    }


# ---- The window --------------------------------------------------------------------------------


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


def test_a_draft_left_over_is_not_sent_after_the_window(visit, tier, lead, own):
    pledge = draft_of(lead, tier, own)
    tier.campaign.closes_on = date(2024, 3, 25)
    tier.campaign.save()
    assert "Registration closed on" in text(visit(own).get(edit_url(pledge)))
    response = visit(own).post(edit_url(pledge), of_pledge(pledge))
    assert response.context["form"].non_field_errors()
    pledge.refresh_from_db()
    assert pledge.status == PledgeStatus.DRAFT


# ---- Amending ----------------------------------------------------------------------------------


def test_the_reasons_of_the_return_stand_beside_the_form(visit, tier, lead, own):
    pledge = pledge_in(PledgeStatus.RETURNED, lead, tier, own)
    response = visit(own).get(edit_url(pledge))
    assert "Chưa rõ sản phẩm" in text(response)
    assert response.context["form"]["due"].value() == "q2"


def test_an_amended_pledge_is_sent_after_the_window(visit, tier, lead, own):
    pledge = pledge_in(PledgeStatus.RETURNED, lead, tier, own)
    tier.campaign.closes_on = date(2024, 3, 25)
    tier.campaign.save()
    visit(own).post(edit_url(pledge), of_pledge(pledge, product="Xóa 1/1 điểm"))
    pledge.refresh_from_db()
    assert (pledge.status, pledge.product, pledge.versions_made) == (
        PledgeStatus.SUBMITTED,
        "Xóa 1/1 điểm",
        2,
    )


def test_a_returned_pledge_saved_for_later_stays_complete(visit, tier, lead, own):
    pledge = pledge_in(PledgeStatus.RETURNED, lead, tier, own)
    response = visit(own).post(edit_url(pledge), of_pledge(pledge, due="", draft="1"))
    assert list(response.context["form"].errors) == ["due"]


def test_a_stale_form_shows_what_the_other_saved_beside_what_was_typed(visit, tier, lead, own):
    pledge = draft_of(lead, tier, own)
    opened = of_pledge(pledge, title="Tôi nhập")
    visit(secretary_of(lead.unit)).post(edit_url(pledge), of_pledge(pledge, title="Bí thư đã lưu", draft="1"))
    response = visit(own).post(edit_url(pledge), opened)
    assert response.status_code == 200
    assert "Bí thư đã lưu" in text(response)
    assert response.context["form"]["title"].value() == "Tôi nhập"

    again = opened | {"revision": response.context["form"]["revision"].value()}
    assert visit(own).post(edit_url(pledge), again).status_code == 302
    pledge.refresh_from_db()
    assert (pledge.title, pledge.status) == ("Tôi nhập", PledgeStatus.SUBMITTED)


def test_what_has_been_sent_shows_the_pledge_instead_of_the_form(visit, tier, lead, own):
    pledge = pledge_of(lead, tier, own)
    response = visit(own).get(edit_url(pledge))
    assert response["Location"] == reverse("pledges:detail", args=[pledge.ref])


def test_what_has_been_sent_is_not_changed_by_an_old_form(visit, tier, lead, own):
    pledge = pledge_of(lead, tier, own)
    response = visit(own).post(edit_url(pledge), of_pledge(pledge))
    assert response.status_code == 200
    assert TITLE in text(response)
    pledge.refresh_from_db()
    assert pledge.title != TITLE


def test_who_may_edit(visit, tier, lead, own):
    pledge = draft_of(lead, tier, own)
    reader = user_with(Role.BOARD_OFFICER, unit=tier.campaign.host)
    assert visit(reader).get(edit_url(pledge)).status_code == 404
    assert visit(UserFactory(member=MemberFactory(unit=lead.unit))).get(edit_url(pledge)).status_code == 404
    assert visit(secretary_of(lead.unit)).get(edit_url(pledge)).status_code == 200
    returned = pledge_in(PledgeStatus.RETURNED, lead, tier, own)
    assert visit(reader).get(edit_url(returned)).status_code == 403
    assert visit(reader).post(edit_url(returned), of_pledge(returned)).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_form_costs_the_same_whatever_is_registered(
    visit, url, tier, lead, own, django_assert_num_queries, count
):
    for _ in range(count):
        pledge_of(lead, tier, own)
    client = visit(own)
    with django_assert_num_queries(6):
        client.get(url)


# ---- The full form -----------------------------------------------------------------------------


@pytest.fixture
def cadre(db):
    """A key cadre on the list of a campaign with a clarity list of two entries."""
    campaign = CampaignFactory()
    clarity = GuidanceList.objects.create(kind=ListKind.CLARITY, name="5 rõ")
    entries = (("Rõ người", ["lead_member"]), ("Rõ trách nhiệm", ["own_role", "product"]))
    for order, (label, fields) in enumerate(entries, start=1):
        GuidanceItem.objects.create(guidance_list=clarity, order=order, label=label, fields=fields)
    campaign.lists.add(clarity)
    Theme.objects.create(campaign=campaign, order=1, title="Chuyển đổi số")
    member = MemberFactory(unit=cell_of(campaign))
    key_cadre_tier(campaign, [member])
    return member


@pytest.fixture
def full_url(cadre):
    campaign = cadre.cadre_entries.get().cadre_list.tiers.get().campaign
    return reverse("pledges:register_full", args=[campaign.code, cadre.code])


def full_answers(**kwargs):
    return answers(result_kind="quantity", own_role="Chỉ đạo") | kwargs


def test_the_full_form_takes_everything(visit, cadre, full_url):
    response = visit(UserFactory(member=cadre)).post(
        full_url,
        full_answers(
            theme=str(Theme.objects.get().pk),
            field="Đất đai",
            place="Phường Bưởi",
            situation="Tồn đọng nhiều năm",
            backlog_since="2012",
            directive="27-ĐA/QU ngày 15/03/2023",
            authority="state",
            partners="Công an quận\r\n\r\n UBND phường ",
            solutions="Đối thoại",
            requests="Không",
            measure_unit="hộ",
            baseline="0",
            target="1.200,5",
            start_on="01/04/2024",
        ),
    )
    assert response["Location"] == reverse("pledges:mine")
    pledge = Pledge.objects.get()
    assert (pledge.status, pledge.unit) == (PledgeStatus.SUBMITTED, cadre.cadre_entries.get().unit)
    assert (pledge.baseline, pledge.target, pledge.backlog_since) == (Decimal(0), Decimal("1200.50"), 2012)
    assert [partner.name for partner in pledge.partners.all()] == ["Công an quận", "UBND phường"]
    assert (pledge.theme.title, pledge.result_kind) == ("Chuyển đổi số", ResultKind.QUANTITY)


def test_numbers_are_shown_again_as_an_office_writes_them(visit, cadre, full_url):
    visit(UserFactory(member=cadre)).post(full_url, full_answers(target="1.200,50", draft="1"))
    response = visit(cadre.user).get(edit_url(Pledge.objects.get()))
    assert response.context["form"]["target"].value() == "1.200,5"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"target": "88.7"}, "target"),
        ({"target": "nhiều"}, "target"),
        ({"baseline": "1.000.000.000.000"}, "baseline"),
        ({"baseline": "0,125"}, "baseline"),
        ({"backlog_since": "2025"}, "backlog_since"),
        ({"backlog_since": "mười năm"}, "backlog_since"),
        ({"start_on": "01/07/2024"}, "start_on"),
        ({"start_on": "31/04/2024"}, "start_on"),
        ({"partners": "x" * 201}, "partners"),
        ({"theme": "0"}, "theme"),
        ({"situation": "x" * 5001}, "situation"),
        ({"is_stub": "on"}, "stub_reference"),
    ],
)
def test_wrong_input_of_the_full_form(visit, cadre, full_url, wrong, field):
    response = visit(UserFactory(member=cadre)).post(full_url, full_answers(**wrong))
    assert list(response.context["form"].errors) == [field]
    assert not Pledge.objects.exists()


def test_sections_follow_the_clarity_list_and_say_what_is_answered(visit, cadre, full_url):
    response = visit(UserFactory(member=cadre)).get(full_url)
    sections = response.context["sections"]
    assert [(section.title, section.is_clear) for section in sections] == [
        ("Rõ người", True),
        ("Rõ trách nhiệm", False),
        ("Further content", None),
    ]
    assert [field.name for field in sections[1].fields] == ["own_role", "product"]
    shown = [field.name for section in sections for field in section.fields]
    assert sorted(shown) == sorted(field.name for field in response.context["form"].visible_fields())


def test_what_the_clarity_list_demands_is_told(visit, cadre, full_url):
    response = visit(UserFactory(member=cadre)).post(full_url, full_answers(own_role=""))
    assert "Rõ trách nhiệm" in response.context["form"].non_field_errors()[0]
    assert response.context["sections"][1].is_clear is False
    assert TITLE in text(response)


def test_a_task_under_a_separate_document_keeps_nothing_of_the_content(visit, cadre, full_url):
    client = visit(UserFactory(member=cadre))
    client.post(full_url, full_answers(is_stub="on", stub_reference="05-KH/QU, 02/02/2024", situation="Mật"))
    pledge = Pledge.objects.get()
    assert (pledge.status, pledge.title) == (PledgeStatus.SUBMITTED, "05-KH/QU, 02/02/2024")
    assert (pledge.situation, pledge.product, pledge.own_role, pledge.is_stub) == ("", "", "", True)


def test_the_board_types_for_a_key_cadre_and_finds_its_draft_again(visit, cadre, full_url):
    board = user_with(Role.BOARD_OFFICER, unit=cadre.cadre_entries.get().cadre_list.unit)
    response = visit(board).post(full_url, full_answers(draft="1"))
    assert visit(board).get(response["Location"]).status_code == 200


def test_who_is_not_on_the_list_is_told(visit, cadre, full_url):
    other = MemberFactory(unit=cadre.unit)
    url = full_url.replace(cadre.code, other.code)
    response = visit(UserFactory(member=other)).get(url)
    assert "not on the list" in text(response)
    assert 'name="title"' not in text(response)


def test_a_campaign_of_key_cadres_alone_opens_the_full_form(visit, cadre, full_url):
    short = full_url.removesuffix("full/")
    assert visit(UserFactory(member=cadre)).get(short)["Location"] == full_url


def test_a_campaign_of_members_has_no_full_form(visit, url, own):
    assert visit(own).get(f"{url}full/").status_code == 404
