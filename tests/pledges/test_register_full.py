"""The full form of key cadres: its content, its sections, a task under a separate document."""

from decimal import Decimal

import pytest
from django.urls import reverse

from cadres.roles import Role
from pledges.models import (
    GuidanceItem,
    GuidanceList,
    ListKind,
    Pledge,
    ResultKind,
    Theme,
)
from pledges.states import PledgeStatus
from tests.factories import MemberFactory, UserFactory, user_with
from tests.pledges.factories import (
    CampaignFactory,
    cell_of,
    key_cadre_tier,
)
from tests.pledges.pages import TITLE, answers, at, text


@pytest.fixture
def url(tier, lead):
    return reverse("pledges:register", args=[tier.campaign.code, lead.code])


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
            **{"partners-0-name": "Công an quận", "partners-2-name": " UBND phường "},
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
    response = visit(cadre.user).get(at("edit", Pledge.objects.get()))
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
        ({"partners-0-name": "x" * 201}, "partners"),
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
    assert [field.name for field in sections[1].fields][:2] == ["own_role", "product"]
    assert sections[1].demands == ("own_role", "product")
    shown = [field.name for section in sections for field in section.fields]
    shown += [field.name for field in response.context["stub"]]
    assert sorted(shown) == sorted(field.name for field in response.context["form"].visible_fields())


def test_what_the_clarity_list_demands_is_told(visit, cadre, full_url):
    response = visit(UserFactory(member=cadre)).post(full_url, full_answers(own_role=""))
    form, page = response.context["form"], text(response)
    assert list(form.errors) == ["own_role"]
    assert "“Rõ trách nhiệm” is not clear yet" in form.errors["own_role"][0]
    assert 'href="#id_own_role"' in page
    assert response.context["sections"][1].is_clear is False
    assert TITLE in page


def test_all_that_is_missing_is_told_at_once(visit, cadre, full_url):
    missing = full_answers(own_role="", product="", novelty="", result_kind="")
    response = visit(UserFactory(member=cadre)).post(full_url, missing)
    assert list(response.context["form"].errors) == ["novelty", "product", "result_kind", "own_role"]
    page = text(response)
    for words in (
        "Choose new, difficult or both.",
        "Write what will be there in the end, with a number where there is one.",
        "Choose how the product is measured.",
        "Please fill this in: “Rõ trách nhiệm” is not clear yet.",
    ):
        assert words in page


def test_a_draft_may_leave_open_what_the_clarity_list_demands(visit, cadre, full_url):
    visit(UserFactory(member=cadre)).post(full_url, full_answers(own_role="", draft="1"))
    assert Pledge.objects.get().status == PledgeStatus.DRAFT


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
