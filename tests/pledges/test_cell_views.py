"""The cell's registration list, and the list on paper."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from cadres.models import Rank, Standing
from cadres.roles import Role
from pledges.models import (
    SentList,
)
from pledges.states import CampaignState, PledgeStatus
from tests.factories import MemberFactory, UserFactory, user_with
from tests.pledges.factories import (
    CampaignFactory,
    cell_of,
    draft_of,
    members_tier,
    pledge_in,
    pledge_of,
    secretary_of,
)
from tests.pledges.pages import of_cell, text


@pytest.fixture
def cell(tier):
    return cell_of(tier.campaign)


@pytest.fixture
def by(cell):
    return secretary_of(cell)


def test_the_headline_is_the_share_of_counted_people(visit, tier, cell, by):
    people = [MemberFactory(unit=cell) for _ in range(3)]
    exempt = MemberFactory(unit=cell, standing=Standing.EXEMPT)
    pledge_of(people[0], tier, by)
    pledge_of(people[0], tier, by)
    pledge_in(PledgeStatus.REJECTED, people[1], tier, by)
    draft_of(people[2], tier, by)
    pledge_of(exempt, tier, by)
    response = visit(by).get(of_cell("cell", tier, cell))
    whole = response.context["whole"]
    assert (whole.rate.numerator, whole.rate.denominator) == (1, 3)
    assert "1/3 (33%)" in strip_tags(text(response))
    assert "2 comrades have not registered" in text(response)
    assert "exempt from work and activities (not counted in the rate)" in text(response)


def test_the_committee_above_goes_on_to_the_accounts_of_the_members(visit, tier, cell, by):
    officer = user_with(Role.GRASSROOTS_OFFICER, unit=cell.parent)
    accounts = reverse("cadres:cell_accounts", args=[cell.code])
    assert accounts in text(visit(officer).get(of_cell("cell", tier, cell)))
    assert accounts not in text(visit(by).get(of_cell("cell", tier, cell)))


def test_people_stand_in_the_cells_own_order(visit, tier, cell, by):
    last = MemberFactory(unit=cell, given_name="An", position=3)
    first = MemberFactory(unit=cell, given_name="Yến", position=1)
    pledge_of(last, tier, by)
    people = visit(by).get(of_cell("cell", tier, cell)).context["people"]
    assert [person.member for person in people] == [first, last]


def test_filters_are_kept_in_the_address_and_count_people(visit, tier, cell, by):
    people = [MemberFactory(unit=cell, position=n) for n in range(5)]
    for person, status in zip(people, ("submitted", "returned", "approved", "draft"), strict=False):
        pledge_in(PledgeStatus(status), person, tier, by)
    client, url = visit(by), of_cell("cell", tier, cell)
    shown = {
        show: [person.member for person in client.get(url, {"show": show}).context["people"]]
        for show in ("missing", "waiting", "returned", "adopted", "all")
    }
    assert shown == {
        "missing": [people[3], people[4]],
        "waiting": [people[0]],
        "returned": [people[1]],
        "adopted": [people[2]],
        "all": people,
    }
    chips = client.get(url, {"show": "missing"}).context["chips"]
    assert [(chip["count"], chip["active"]) for chip in chips] == [
        (2, True),
        (1, False),
        (1, False),
        (1, False),
        (5, False),
    ]
    assert client.get(url, {"show": "something"}).status_code == 404


def test_the_filter_says_people_where_the_button_counts_more_tasks(visit, tier, cell, by):
    member = MemberFactory(unit=cell)
    client, url = visit(by), of_cell("cell", tier, cell)
    pledge_of(member, tier, by)
    chip = client.get(url).context["chips"][1]
    assert (chip["label"], chip["count"]) == ("Awaiting the meeting", 1)
    pledge_of(member, tier, by)
    response = client.get(url)
    chip = response.context["chips"][1]
    assert (chip["label"], chip["count"]) == ("Awaiting the meeting: 1 comrade", None)
    assert "Record the meeting (2 tasks waiting)" in text(response)


def test_each_person_is_shown_in_words(visit, tier, cell, by):
    member = MemberFactory(unit=cell, rank=Rank.PROBATIONARY, birth_year=1990)
    pledge_in(PledgeStatus.RETURNED, member, tier, by)
    pledge_of(MemberFactory(unit=cell), tier, by, content={"title": "Việc chờ chi bộ"})
    page = text(visit(by).get(of_cell("cell", tier, cell)))
    for words in (
        member.name,
        "probationary",
        "Amendment asked for",
        "Chưa rõ sản phẩm",
        "Việc chờ chi bộ",
        "Registered, awaiting the cell",
    ):
        assert words in page


def test_withdrawn_registrations_are_not_on_the_list(visit, tier, cell, by):
    member = MemberFactory(unit=cell)
    pledge_in(PledgeStatus.WITHDRAWN, member, tier, by)
    people = visit(by).get(of_cell("cell", tier, cell)).context["people"]
    assert [(person.missing, person.lines) for person in people] == [(True, [])]


def test_the_secretary_is_offered_to_register_amend_and_record(visit, tier, cell, by):
    member, other = MemberFactory(unit=cell), MemberFactory(unit=cell)
    draft, waiting = draft_of(member, tier, by), pledge_of(MemberFactory(unit=cell), tier, by)
    page = text(visit(by).get(of_cell("cell", tier, cell)))
    assert reverse("pledges:register", args=[tier.campaign.code, other.code]) in page
    assert reverse("pledges:edit", args=[draft.ref]) in page
    assert reverse("pledges:edit", args=[waiting.ref]) not in page
    assert of_cell("cell_meeting", tier, cell) in page
    assert "Record the meeting (1 task waiting)" in page


def test_a_reader_sees_no_drafts_and_is_offered_nothing(visit, tier, cell, by):
    member = MemberFactory(unit=cell)
    draft_of(member, tier, by, content={"title": "Bản nháp riêng"})
    pledge_of(MemberFactory(unit=cell), tier, by)
    for role in (Role.GRASSROOTS_OFFICER, Role.INSPECTOR):
        page = text(visit(user_with(role, unit=cell.parent)).get(of_cell("cell", tier, cell)))
        assert "Bản nháp riêng" not in page
        assert of_cell("cell_meeting", tier, cell) not in page
        assert reverse("pledges:register", args=[tier.campaign.code, member.code]) not in page


def test_after_the_window_nobody_new_is_registered(visit, tier, cell, by):
    member = MemberFactory(unit=cell)
    tier.campaign.closes_on = date(2024, 3, 25)
    tier.campaign.save()
    page = text(visit(by).get(of_cell("cell", tier, cell)))
    assert reverse("pledges:register", args=[tier.campaign.code, member.code]) not in page


def test_the_page_says_whether_the_list_was_sent(visit, tier, cell, by):
    url = of_cell("cell", tier, cell)
    assert "List not sent yet" in text(visit(by).get(url))
    SentList.objects.create(tier=tier, unit=cell, sent_on=date(2024, 3, 20))
    assert "Sent 20/03/2024" in text(visit(by).get(url))


@pytest.mark.parametrize("name", ["cell", "cell_print"])
def test_who_sees_the_list(visit, client, tier, cell, by, name):
    url = of_cell(name, tier, cell)
    assert client.get(url)["Location"].startswith(reverse("cadres:sign_in"))
    for user in (by, user_with(Role.GRASSROOTS_OFFICER, unit=cell.parent)):
        assert visit(user).get(url).status_code == 200
    strangers = (
        secretary_of(cell_of(tier.campaign)),
        UserFactory(member=MemberFactory(unit=cell)),
        user_with(Role.BOARD_OFFICER, unit=CampaignFactory().host),
    )
    for user in strangers:
        assert visit(user).get(url).status_code == 404
    assert visit(by).post(url).status_code == 405


def test_what_is_no_cell_of_the_campaign_is_not_found(visit, tier, cell):
    board = user_with(Role.BOARD_OFFICER, unit=tier.campaign.host)
    assert visit(board).get(of_cell("cell", tier, cell.parent)).status_code == 404
    elsewhere = CampaignFactory()
    assert visit(board).get(of_cell("cell", members_tier(elsewhere), cell)).status_code == 404
    tier.campaign.state = CampaignState.DRAFT
    tier.campaign.save()
    assert visit(board).get(of_cell("cell", tier, cell)).status_code == 404


def test_after_the_cut_off_the_list_is_that_of_the_cut_off(visit, tier, cell, by, settings):
    stayed, left = MemberFactory(unit=cell), MemberFactory(unit=cell)
    left.memberships.update(end=date(2024, 4, 10))
    settings.SITE_TODAY = date(2024, 5, 1)
    people = visit(by).get(of_cell("cell", tier, cell)).context["people"]
    assert {person.member for person in people} == {stayed, left}


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [("cell", 13), ("cell_print", 12)])
def test_the_list_costs_the_same_whatever_its_length(
    visit, tier, cell, by, page_alone, django_assert_num_queries, name, queries, count
):
    for _ in range(count):
        member = MemberFactory(unit=cell)
        for status in (PledgeStatus.RETURNED, PledgeStatus.SUBMITTED):
            pledge_in(status, member, tier, by)
        MemberFactory(unit=cell, standing=Standing.AWAY)
    client = visit(by)
    with django_assert_num_queries(queries):
        client.get(of_cell(name, tier, cell))


def test_paper_shows_who_awaits_the_meeting_who_is_missing_and_no_drafts(visit, tier, cell, by):
    member, missing = MemberFactory(unit=cell), MemberFactory(unit=cell)
    pledge_of(member, tier, by, content={"title": "Việc trên giấy"})
    draft_of(missing, tier, by, content={"title": "Bản nháp"})
    adopted = pledge_in(PledgeStatus.APPROVED, MemberFactory(unit=cell), tier, by)
    page = text(visit(by).get(of_cell("cell_print", tier, cell)))
    for name in (member.family_names, "Việc trên giấy", missing.name):
        assert name in page
    for name in ("Bản nháp", adopted.lead_member.name):
        assert name not in page
