"""My pledges, and one pledge with its time line."""

import uuid
from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from cadres.roles import Role
from pledges.actions import dockets
from pledges.actions.dockets import Decision, Meeting
from pledges.models import (
    Authority,
    Channel,
    EventAction,
    Pledge,
    PledgeEvent,
    Progress,
)
from pledges.states import Outcome, PledgeStatus
from tests.factories import MemberFactory, UserFactory, user_with
from tests.pledges.factories import (
    DAY,
    CampaignFactory,
    apply,
    cell_of,
    draft_of,
    key_cadre_tier,
    members_tier,
    pledge_in,
    pledge_of,
    secretary_of,
)
from tests.pledges.pages import answers, at, of_pledge, text


@pytest.fixture
def board(tier):
    return user_with(Role.BOARD_OFFICER, unit=tier.campaign.host)


def test_mine_shows_what_is_to_be_done_first(visit, tier, lead, own):
    returned = pledge_in(PledgeStatus.RETURNED, lead, tier, own)
    draft = draft_of(lead, tier, own, content={"title": "Việc đang viết"})
    response = visit(own).get(reverse("pledges:mine"))
    assert [task["url"] for task in response.context["to_do"]] == [at("edit", returned), at("edit", draft)]
    assert "Chưa rõ sản phẩm" in text(response)


def test_mine_offers_an_open_campaign_until_something_is_there(visit, tier, lead, own):
    register = reverse("pledges:register", args=[tier.campaign.code, lead.code])
    response = visit(own).get(reverse("pledges:mine"))
    assert [task["url"] for task in response.context["to_do"]] == [register]
    assert "5 days left" in text(response)
    pledge_of(lead, tier, own)
    response = visit(own).get(reverse("pledges:mine"))
    assert response.context["to_do"] == []
    assert [group.more for group in response.context["groups"]] == [[register]]
    assert "Register one more task" in text(response)


def test_mine_offers_a_key_cadre_his_own_form(visit, lead, own):
    campaign = CampaignFactory(host=lead.unit.parent.parent)
    key_cadre_tier(campaign, [lead])
    key_cadre_tier(CampaignFactory(host=campaign.host, year=2023), [])
    response = visit(own).get(reverse("pledges:mine"))
    full = reverse("pledges:register_full", args=[campaign.code, lead.code])
    assert full in [task["url"] for task in response.context["to_do"]]
    assert sum("/full/" in task["url"] for task in response.context["to_do"]) == 1


def test_mine_shows_only_mine_by_campaign(visit, tier, lead, own):
    older = members_tier(
        CampaignFactory(host=tier.campaign.host, year=2023, title="Năm 2023", closes_on=date(2024, 12, 31))
    )
    pledge_of(lead, tier, own, content={"title": "Việc của tôi"})
    pledge_of(lead, older, own, content={"title": "Việc năm trước", "due_on": date(2023, 6, 30)})
    pledge_of(
        MemberFactory(unit=lead.unit), tier, secretary_of(lead.unit), content={"title": "Của người khác"}
    )
    response = visit(own).get(reverse("pledges:mine"))
    groups = response.context["groups"]
    assert [(group.campaign.year, [row.pledge.title for row in group.rows]) for group in groups] == [
        (2024, ["Việc của tôi"]),
        (2023, ["Việc năm trước"]),
    ]
    assert "Của người khác" not in text(response)


def test_an_account_without_a_member_is_told_so(visit, board):
    response = visit(board).get(reverse("pledges:mine"))
    assert response.status_code == 200
    assert "belongs to no member" in text(response)


@pytest.mark.parametrize("count", [1, 3])
def test_mine_costs_the_same_whatever_is_registered(
    visit, tier, lead, own, page_alone, django_assert_num_queries, count
):
    for _ in range(count):
        pledge_in(PledgeStatus.RETURNED, lead, tier, own)
    client = visit(own)
    with django_assert_num_queries(8):
        client.get(reverse("pledges:mine"))


def test_a_pledge_shows_content_status_and_time_line(visit, tier, lead):
    by = secretary_of(lead.unit)
    pledge = pledge_in(PledgeStatus.RETURNED, lead, tier, by, partners=["Hội Phụ nữ"])
    response = visit(by).get(at("detail", pledge))
    page = text(response)
    for words in (pledge.title, pledge.product, "quarter II/2024", "Hội Phụ nữ", "Chưa rõ sản phẩm"):
        assert words in page
    assert response.context["status"] == "Amendment asked for"
    events = response.context["events"]
    assert [event["what"] for event in events] == ["Amendment asked for", "Registered", "Draft begun"]
    assert f"on behalf of {lead.name}" in events[1]["who"]
    assert by.display_name in events[1]["who"]


def test_the_time_line_tells_the_day_it_happened_and_the_day_it_was_recorded(visit, tier, lead, own):
    pledge = pledge_of(lead, tier, own)
    events = PledgeEvent.objects.filter(pledge=pledge)
    events.filter(seq=1).update(at=datetime(2024, 3, 27, 3, 0, tzinfo=UTC))
    events.filter(seq=2).update(on=None, channel=Channel.PAPER)
    response = visit(own).get(at("detail", pledge))
    submitted, created = response.context["events"]
    assert submitted["when"].startswith("day not stated · recorded at")
    assert submitted["who"].endswith("recorded from paper")
    assert created["when"] == "26/03/2024 · recorded at 10:00 on 27/03/2024"


def test_decisions_and_who_must_still_decide(visit, db):
    campaign = CampaignFactory()
    lead = MemberFactory(unit=cell_of(campaign))
    tier, by = key_cadre_tier(campaign, [lead]), UserFactory(member=lead)
    pledge = pledge_of(lead, tier, by, content={"authority": Authority.STATE})
    standing = campaign.host.bodies.get(kind="standing_committee")
    recorder = user_with(Role.RECORDER, body=standing)
    docket = dockets.build_docket(
        tier=tier, body=standing, title="Trình", by=recorder, pledge_ids=[pledge.pk]
    )
    dockets.conclude(
        docket.pk,
        meeting=Meeting(on=DAY, presided_by="Bí thư", present=9, agreed=9),
        decisions={},
        by=recorder,
        day=DAY,
    )
    response = visit(by).get(at("detail", pledge))
    assert response.context["status"] == "Registered, awaiting approval"
    assert response.context["decisions"] == [(docket.lines.get(), PledgeStatus.APPROVED, "approved")]
    assert "meeting of 26/03/2024" in text(response)
    assert [str(body) for body in response.context["waits_for"]] == ["People's Committee"]


def test_an_open_docket_is_not_a_decision(visit, db):
    campaign = CampaignFactory()
    lead = MemberFactory(unit=cell_of(campaign))
    tier, by = key_cadre_tier(campaign, [lead]), UserFactory(member=lead)
    pledge = pledge_of(lead, tier, by)
    standing = campaign.host.bodies.get(kind="standing_committee")
    dockets.build_docket(tier=tier, body=standing, title="Trình", by=None, pledge_ids=[pledge.pk])
    assert visit(by).get(at("detail", pledge)).context["decisions"] == []


def test_results_are_shown_as_printed_with_their_figures(visit, tier, lead, own):
    pledge = pledge_in(PledgeStatus.DONE, lead, tier, own)
    Progress.objects.create(
        pledge=pledge,
        channel=Channel.PAPER,
        text="Đạt",
        value=55,
        value_of=62,
        measure_unit="nội dung",
        sub_value=8,
        sub_value_of=8,
        sub_unit="kết luận",
        on_time=True,
        outcome=PledgeStatus.DONE,
        is_final=True,
    )
    page = text(visit(own).get(at("detail", pledge)))
    assert "55/62 nội dung" in page
    assert "(8/8 kết luận)" in page
    assert "on time" in page
    assert "beyond target" not in page


def test_who_sees_a_pledge(visit, tier, lead, own, board):
    pledge, draft = pledge_of(lead, tier, own), draft_of(lead, tier, own)
    ward = user_with(Role.GRASSROOTS_OFFICER, unit=lead.unit.parent)
    for user in (own, secretary_of(lead.unit), ward, board):
        assert visit(user).get(at("detail", pledge)).status_code == 200
    for user in (ward, board):
        assert visit(user).get(at("detail", draft)).status_code == 404
    strangers = (
        UserFactory(member=MemberFactory(unit=lead.unit)),
        secretary_of(cell_of(tier.campaign)),
        user_with(Role.GRASSROOTS_OFFICER, unit=cell_of(tier.campaign).parent),
        user_with(Role.BOARD_OFFICER, unit=CampaignFactory().host),
    )
    for user in strangers:
        assert visit(user).get(at("detail", pledge)).status_code == 404
    assert visit(own).get(reverse("pledges:detail", args=[uuid.uuid4()])).status_code == 404


@pytest.mark.parametrize(
    ("status", "who", "offered"),
    [
        (PledgeStatus.DRAFT, "own", {"edit", "withdraw"}),
        (PledgeStatus.SUBMITTED, "own", {"withdraw"}),
        (PledgeStatus.RETURNED, "own", {"edit", "withdraw"}),
        (PledgeStatus.APPROVED, "own", set()),
        (PledgeStatus.WITHDRAWN, "own", set()),
        (PledgeStatus.SUBMITTED, "board", {"return"}),
        (PledgeStatus.RETURNED, "board", set()),
        (PledgeStatus.APPROVED, "board", set()),
    ],
)
def test_what_is_offered(visit, request, tier, lead, own, status, who, offered):
    pledge = pledge_in(status, lead, tier, own)
    page = text(visit(request.getfixturevalue(who)).get(at("detail", pledge)))
    assert {name for name in ("edit", "withdraw", "return") if at(name, pledge) in page} == offered


@pytest.mark.parametrize("count", [1, 3])
def test_a_pledge_costs_the_same_whatever_happened_to_it(
    visit, tier, lead, own, page_alone, django_assert_num_queries, count
):
    pledge = pledge_of(lead, tier, own)
    for _ in range(count):
        PledgeEvent.objects.create(
            pledge=pledge,
            seq=10 + PledgeEvent.objects.count(),
            at=pledge.created_at,
            actor=UserFactory(),
            on_behalf_of=lead,
            channel=Channel.WEB,
            action=EventAction.EDITED,
            to_status=pledge.status,
        )
    client = visit(own)
    with django_assert_num_queries(14):
        client.get(at("detail", pledge))


def test_a_stub_shows_its_document_and_nothing_else(visit, tier, lead, own):
    pledge = pledge_of(
        lead, tier, own, content={"is_stub": True, "stub_reference": "05-KH/QU", "title": "05-KH/QU"}
    )
    response = visit(own).get(at("detail", pledge))
    assert [fact.value for fact in response.context["facts"]] == ["05-KH/QU", "quarter II/2024"]


def test_a_decision_recorded_as_returned_shows_its_reasons(visit, tier, lead):
    by = secretary_of(lead.unit)
    pledge = pledge_of(lead, tier, by)
    body = lead.unit.bodies.get()
    docket = dockets.build_docket(tier=tier, body=body, title="Sinh hoạt", by=by, pledge_ids=[pledge.pk])
    line = docket.lines.get()
    dockets.conclude(
        docket.pk,
        meeting=Meeting(on=DAY, presided_by="Bí thư", present=1, agreed=1),
        decisions={line.pk: Decision(Outcome.RETURN, "Chưa rõ sản phẩm")},
        by=by,
        day=DAY,
    )
    response = visit(by).get(at("detail", pledge))
    decided = response.context["decisions"]
    assert [(code, words) for _line, code, words in decided] == [
        (PledgeStatus.RETURNED, "amendment asked for")
    ]
    assert response.context["events"][0]["what"] == "Amendment asked for by the cell at its meeting"


@pytest.mark.parametrize(
    ("outcome", "words", "status"),
    [
        (Outcome.APPROVE, "adopted", "Adopted by the cell"),
        (Outcome.REJECT, "not adopted", "Not adopted by the cell"),
    ],
)
def test_a_cell_adopts_where_others_approve(visit, tier, lead, outcome, words, status):
    by = secretary_of(lead.unit)
    pledge = pledge_of(lead, tier, by)
    docket = dockets.build_docket(
        tier=tier, body=lead.unit.bodies.get(), title="Sinh hoạt", by=by, pledge_ids=[pledge.pk]
    )
    dockets.conclude(
        docket.pk,
        meeting=Meeting(on=DAY, presided_by="Bí thư", present=1, agreed=1),
        decisions={docket.lines.get().pk: Decision(outcome, "Lý do")},
        by=by,
        day=DAY,
    )
    response = visit(by).get(at("detail", pledge))
    assert [row[2] for row in response.context["decisions"]] == [words]
    assert response.context["status"] == status
    assert response.context["events"][0]["what"] == f"{words.capitalize()} by the cell at its meeting"
    assert "cell's meeting of 26/03/2024" in text(response)


def test_what_was_typed_and_sent_in_one_act_is_told_once(visit, tier, lead, own):
    url = reverse("pledges:register", args=[tier.campaign.code, lead.code])
    visit(own).post(url, answers())
    pledge = Pledge.objects.get()
    events = visit(own).get(at("detail", pledge)).context["events"]
    assert [event["what"] for event in events] == ["Registered"]
    apply(PledgeStatus.RETURNED, pledge, own)
    pledge.refresh_from_db()
    visit(own).post(at("edit", pledge), of_pledge(pledge, title="Việc đã sửa"))
    events = visit(own).get(at("detail", pledge)).context["events"]
    assert [event["what"] for event in events] == [
        "Registered again, version 2",
        "Amendment asked for",
        "Registered",
    ]


def test_the_board_does_not_first_of_all_amend_what_a_key_cadre_wrote(visit, tier, lead):
    campaign = CampaignFactory(host=tier.campaign.host)
    own, board = UserFactory(member=lead), user_with(Role.BOARD_OFFICER, unit=campaign.host)
    pledge = pledge_in(PledgeStatus.RETURNED, lead, key_cadre_tier(campaign, [lead]), own)
    amend, withdraw = at("edit", pledge), at("withdraw", pledge)
    page = text(visit(board).get(at("detail", pledge)))
    assert f'<a class="btn btn-secondary" href="{amend}">' in page
    assert page.index(amend) < page.index(withdraw)
    assert f'<a class="btn btn-primary" href="{amend}">' in text(visit(own).get(at("detail", pledge)))
