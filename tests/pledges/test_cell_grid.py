"""The cell's list typed as a table: who types, what is saved, what comes back, and that nothing is lost."""

from datetime import date

import pytest
from django.db import OperationalError
from django.urls import reverse

from cadres.models import Standing
from cadres.roles import Role
from pledges.forms.cell_grid import COLUMNS
from pledges.models import Pledge, PledgeEvent, Suggestion
from pledges.states import CampaignState, PledgeStatus
from pledges.views import cell_grid as views
from tests.factories import MemberFactory, UserFactory, user_with
from tests.pledges.factories import (
    CONTENT,
    CampaignFactory,
    cell_of,
    draft_of,
    members_tier,
    pledge_in,
    pledge_of,
    secretary_of,
)
from tests.pledges.pages import of_cell, text

TYPED = {"title": "Lắp 4 camera tại tổ 18", "novelty": "new", "product": "4 camera", "due": "quý III"}


@pytest.fixture
def cell(tier):
    return cell_of(tier.campaign)


@pytest.fixture
def by(cell):
    return secretary_of(cell)


@pytest.fixture
def url(tier, cell):
    return of_cell("cell_grid", tier, cell)


@pytest.fixture
def client_of(visit, by):
    return visit(by)


def rows_of(response):
    """The rows of the page by the member."""
    return {row.member: row for row in response.context["grid"].rows}


def sheet(response, act="draft", **more):
    """All fields of the page as a browser sends them; `more` is what is typed: title_12="…"."""
    data = {"act": act}
    for row in response.context["grid"].rows:
        if row.editable:
            data |= {f"{column}_{row.id}": row.raw[column] for column in COLUMNS}
            data[f"key_{row.id}"] = str(row.key)
    return data | more


def typed_for(member, **kwargs):
    """A complete row of a member."""
    return {f"{column}_{member.pk}": value for column, value in (TYPED | kwargs).items()}


def errors_of(response):
    """Columns in error by the member."""
    return {row.member: set(row.errors) for row in response.context["grid"].wrong}


# Who enters


def test_the_secretary_alone_types(visit, client, tier, cell, by, url):
    MemberFactory(unit=cell)
    assert client.get(url)["Location"].startswith(reverse("cadres:sign_in"))
    assert visit(by).get(url).status_code == 200
    for role in (Role.GRASSROOTS_OFFICER, Role.INSPECTOR):
        reader = visit(user_with(role, unit=cell.parent))
        assert (reader.get(url).status_code, reader.post(url).status_code) == (403, 403)


def test_strangers_find_nothing(visit, tier, cell, url):
    member = MemberFactory(unit=cell)
    strangers = (
        secretary_of(cell_of(tier.campaign)),
        UserFactory(member=member),
        user_with(Role.BOARD_OFFICER, unit=CampaignFactory().host),
    )
    for user in strangers:
        client = visit(user)
        assert (client.get(url).status_code, client.post(url, typed_for(member)).status_code) == (404, 404)
    assert not Pledge.objects.exists()


def test_other_methods_are_refused(client_of, url):
    assert client_of.put(url).status_code == 405
    assert client_of.delete(url).status_code == 405


def test_what_is_no_cell_of_an_open_campaign_is_not_found(client_of, visit, tier, cell, url):
    board = visit(user_with(Role.BOARD_OFFICER, unit=tier.campaign.host))
    assert board.get(of_cell("cell_grid", tier, cell.parent)).status_code == 404
    assert board.get(of_cell("cell_grid", members_tier(CampaignFactory()), cell)).status_code == 404
    tier.campaign.state = CampaignState.DRAFT
    tier.campaign.save()
    assert client_of.get(url).status_code == 404


def test_the_list_offers_the_table_to_the_secretary_alone(visit, tier, cell, by, url):
    MemberFactory(unit=cell)
    assert url in text(visit(by).get(of_cell("cell", tier, cell)))
    officer = user_with(Role.GRASSROOTS_OFFICER, unit=cell.parent)
    assert url not in text(visit(officer).get(of_cell("cell", tier, cell)))


# What the page shows


def test_each_person_has_one_row_in_the_cells_order(client_of, tier, cell, by, url):
    people = [MemberFactory(unit=cell, position=no) for no in (3, 1, 2)]
    exempt = MemberFactory(unit=cell, position=9, standing=Standing.EXEMPT)
    draft_of(people[0], tier, by)
    page = client_of.get(url)
    assert list(rows_of(page)) == [people[1], people[2], people[0], exempt]
    assert [row.no for row in page.context["grid"].rows] == [1, 2, 3, 4]
    assert all(row.editable for row in page.context["grid"].rows)
    assert [row.counted for row in page.context["grid"].rows] == [True, True, True, False]
    page = client_of.post(url, sheet(page, **typed_for(people[2], due="31/02/2024")))
    assert list(rows_of(page)) == [people[1], people[2], people[0], exempt]


def test_what_was_sent_is_shown_and_not_typed_in(client_of, tier, cell, by, url):
    member = MemberFactory(unit=cell)
    pledge_of(member, tier, by, content={"title": "Việc đã gửi"})
    pledge_in(PledgeStatus.APPROVED, member, tier, by)
    page = client_of.get(url)
    row = rows_of(page)[member]
    assert (row.editable, row.more, row.pledge.title) == (False, 1, "Việc đã gửi")
    assert f"title_{member.pk}" not in text(page)
    assert "and 1 task more" in text(page)


@pytest.mark.parametrize("status", [PledgeStatus.DRAFT, PledgeStatus.RETURNED])
def test_what_is_in_the_authors_hands_is_typed_in(client_of, tier, cell, by, url, status):
    member = MemberFactory(unit=cell)
    pledge_of(member, tier, by)
    pledge = pledge_in(status, member, tier, by, content={"title": "Việc đang sửa"})
    row = rows_of(client_of.get(url))[member]
    assert (row.editable, row.pledge, row.more) == (True, pledge, 1)
    assert row.raw["title"] == "Việc đang sửa"


def test_after_a_withdrawal_the_row_is_empty_again(client_of, tier, cell, by, url):
    member = MemberFactory(unit=cell)
    pledge_in(PledgeStatus.WITHDRAWN, member, tier, by)
    row = rows_of(client_of.get(url))[member]
    assert (row.editable, row.pledge, row.more) == (True, None, 0)


def test_after_the_window_only_newcomers_have_an_empty_row(client_of, tier, cell, by, url):
    member, newcomer = MemberFactory(unit=cell), MemberFactory(unit=cell)
    newcomer.memberships.update(start=date(2024, 3, 1))
    drafted = MemberFactory(unit=cell)
    draft_of(drafted, tier, by)
    tier.campaign.closes_on = date(2024, 3, 25)
    tier.campaign.save()
    page = client_of.get(url)
    shown = rows_of(page)
    assert (shown[member].editable, shown[newcomer].editable, shown[drafted].editable) == (False, True, True)
    assert "The window is over" in text(page)


def test_suggested_tasks_of_the_committees_above_are_offered(client_of, tier, cell, url):
    Suggestion.objects.create(tier=tier, unit=cell.parent, order=1, title="Phân loại rác tại nguồn")
    elsewhere = cell_of(tier.campaign).parent
    Suggestion.objects.create(tier=tier, unit=elsewhere, order=1, title="Của phường khác")
    MemberFactory(unit=cell)
    page = text(client_of.get(url))
    assert "Phân loại rác tại nguồn" in page
    assert "Của phường khác" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_whatever_its_length(
    client_of, tier, cell, by, url, page_alone, django_assert_num_queries, count
):
    for _ in range(count):
        for status in (PledgeStatus.RETURNED, PledgeStatus.SUBMITTED, PledgeStatus.DRAFT):
            pledge_in(status, MemberFactory(unit=cell), tier, by)
        MemberFactory(unit=cell)
    with django_assert_num_queries(10):
        client_of.get(url)


# Saving and sending


def test_rows_are_saved_as_drafts(client_of, cell, url):
    people = [MemberFactory(unit=cell) for _ in range(3)]
    data = sheet(client_of.get(url), **typed_for(people[0]), **typed_for(people[1], product="", due=""))
    response = client_of.post(url, data, follow=True)
    assert response.redirect_chain == [(url, 302)]
    assert "2 rows have been saved as drafts" in text(response)
    saved = Pledge.objects.order_by("pk").values_list("lead_member", "status", "title", "product", "due_on")
    assert list(saved) == [
        (people[0].pk, "draft", TYPED["title"], "4 camera", date(2024, 9, 30)),
        (people[1].pk, "draft", TYPED["title"], "", None),
    ]
    shown = rows_of(response)
    assert (shown[people[0]].raw["due"], shown[people[1]].raw["due"]) == ("quarter III/2024", "")
    assert "Still missing: Result, product, Deadline" in text(response)


def test_rows_are_sent_and_drafts_among_them(client_of, tier, cell, by, url):
    fresh, drafted, untouched = (MemberFactory(unit=cell) for _ in range(3))
    draft_of(drafted, tier, by)
    response = client_of.post(url, sheet(client_of.get(url), act="send", **typed_for(fresh)), follow=True)
    assert "2 rows have been sent to the cell" in text(response)
    assert set(Pledge.objects.values_list("lead_member", "status")) == {
        (fresh.pk, "submitted"),
        (drafted.pk, "submitted"),
    }
    assert not rows_of(response)[drafted].editable
    assert rows_of(response)[untouched].editable


def test_the_record_says_who_typed_for_whom(client_of, cell, by, url):
    member = MemberFactory(unit=cell)
    client_of.post(url, sheet(client_of.get(url), act="send", **typed_for(member)))
    events = PledgeEvent.objects.values_list("action", "actor", "on_behalf_of")
    assert set(events) == {("created", by.pk, member.pk), ("submitted", by.pk, member.pk)}


@pytest.mark.parametrize("act", ["draft", "send"])
def test_the_same_form_twice_is_one_effect(client_of, cell, url, act):
    data = sheet(client_of.get(url), act=act, **typed_for(MemberFactory(unit=cell)))
    data = sheet(client_of.get(url), act=act) | data
    first, second = client_of.post(url, data), client_of.post(url, data, follow=True)
    assert first.status_code == 302
    assert "saved already" in text(second)
    assert Pledge.objects.count() == 1


def test_good_rows_are_saved_and_bad_ones_come_back_as_typed(client_of, cell, url):
    good, dated, unfinished = (MemberFactory(unit=cell, position=no) for no in range(3))
    data = sheet(
        client_of.get(url),
        act="send",
        **typed_for(good),
        **typed_for(dated, due="31/02/2024"),
        **typed_for(unfinished, novelty="", product="  "),
    )
    response = client_of.post(url, data)
    assert response.status_code == 200
    assert errors_of(response) == {dated: {"due"}, unfinished: {"novelty", "product"}}
    assert Pledge.objects.get().lead_member == good
    page = text(response)
    assert "1 row has been sent to the cell" in page
    assert "2 rows are to be corrected" in page
    assert "month 2/2024 has only 29 days" in page
    assert f"2. {dated.name} – Deadline" in page
    shown = rows_of(response)[dated]
    assert (shown.raw["due"], shown.raw["title"], shown.bound) == ("31/02/2024", TYPED["title"], True)
    again = client_of.post(url, sheet(response, act="send", **{f"due_{dated.pk}": "quý III"}))
    assert set(errors_of(again)) == {unfinished}
    assert Pledge.objects.count() == 2


@pytest.mark.parametrize(
    ("typed", "column"),
    [
        ({"title": ""}, "title"),
        ({"title": "a" * 2001}, "title"),
        ({"product": "a" * 2001}, "product"),
        ({"novelty": "rất khó"}, "novelty"),
        ({"due": "sớm"}, "due"),
        ({"due": "30/06/2025"}, "due"),
        ({"due": "25/03/2024"}, "due"),
        ({"due": "99/99/2024"}, "due"),
    ],
)
def test_what_cannot_be_saved_even_as_a_draft(client_of, cell, url, typed, column):
    member = MemberFactory(unit=cell)
    response = client_of.post(url, sheet(client_of.get(url), **typed_for(member, **typed)))
    assert errors_of(response) == {member: {column}}
    assert not Pledge.objects.exists()


def test_a_draft_that_was_emptied_is_not_lost(client_of, tier, cell, by, url):
    draft = draft_of(MemberFactory(unit=cell), tier, by)
    member = draft.lead_member
    response = client_of.post(url, sheet(client_of.get(url), **typed_for(member, title="", product="")))
    assert errors_of(response) == {member: {"title"}}
    draft.refresh_from_db()
    assert draft.title == CONTENT["title"]


def test_kind_and_deadline_alone_are_no_row_yet(client_of, cell, url):
    member = MemberFactory(unit=cell)
    data = sheet(client_of.get(url), act="send", **typed_for(member, title="", product=""))
    assert "saved already" in text(client_of.post(url, data, follow=True))
    assert not Pledge.objects.exists()


def test_a_broken_key_drops_nothing_that_was_typed(client_of, cell, url):
    member = MemberFactory(unit=cell)
    data = sheet(client_of.get(url), **typed_for(member), **{f"key_{member.pk}": "hỏng"})
    client_of.post(url, data)
    assert Pledge.objects.get().title == TYPED["title"]


def test_people_of_other_cells_are_not_typed_for(client_of, tier, cell, url):
    MemberFactory(unit=cell)
    stranger = MemberFactory(unit=cell_of(tier.campaign))
    client_of.post(url, sheet(client_of.get(url), **typed_for(stranger)))
    assert not Pledge.objects.exists()


# Two at one list


def test_what_somebody_else_saved_is_shown_and_replaced_only_knowingly(client_of, tier, cell, by, url):
    draft = draft_of(MemberFactory(unit=cell), tier, by)
    member = draft.lead_member
    page = client_of.get(url)
    client_of.post(url, sheet(page, **typed_for(member, title="Của người thứ nhất")))
    response = client_of.post(url, sheet(page, **typed_for(member, title="Của người thứ hai")))
    row = rows_of(response)[member]
    assert (set(row.errors), row.raw["title"]) == ({""}, "Của người thứ hai")
    assert row.newer.title == "Của người thứ nhất"
    assert "Saved by somebody else: “Của người thứ nhất”" in text(response)
    client_of.post(url, sheet(response))
    draft.refresh_from_db()
    assert draft.title == "Của người thứ hai"


def test_a_row_that_nobody_touched_is_not_written_over_somebody_elses(client_of, tier, cell, by, url):
    draft = draft_of(MemberFactory(unit=cell), tier, by)
    other = MemberFactory(unit=cell)
    page = client_of.get(url)
    client_of.post(url, sheet(page, **typed_for(draft.lead_member, title="Mới hơn")))
    response = client_of.post(url, sheet(page, **typed_for(other)))
    assert response.status_code == 302
    draft.refresh_from_db()
    assert draft.title == "Mới hơn"
    response = client_of.post(url, sheet(page, act="send"), follow=True)
    assert "2 rows have been sent" in text(response)
    draft.refresh_from_db()
    assert draft.title == "Mới hơn"


def test_what_was_sent_meanwhile_shows_what_had_been_typed(client_of, tier, cell, by, url):
    member = MemberFactory(unit=cell)
    page = client_of.get(url)
    pledge_of(member, tier, by, content={"title": "Gửi ở nơi khác"})
    response = client_of.post(url, sheet(page, **typed_for(member)))
    row = rows_of(response)[member]
    assert (row.editable, row.pledge.title, set(row.errors)) == (False, "Gửi ở nơi khác", {""})
    assert f"You had typed: {TYPED['title']}" in text(response)
    assert Pledge.objects.count() == 1


def test_what_was_begun_meanwhile_is_replaced_only_knowingly(client_of, tier, cell, by, url):
    member = MemberFactory(unit=cell)
    page = client_of.get(url)
    draft = draft_of(member, tier, by, content={"title": "Nháp của người khác"})
    response = client_of.post(url, sheet(page, **typed_for(member)))
    assert rows_of(response)[member].newer == draft
    client_of.post(url, sheet(response))
    assert Pledge.objects.get().title == TYPED["title"]


def test_a_closed_window_loses_nothing_that_was_typed(client_of, tier, cell, url):
    member = MemberFactory(unit=cell)
    page = client_of.get(url)
    tier.campaign.closes_on = date(2024, 3, 25)
    tier.campaign.save()
    response = client_of.post(url, sheet(page, act="send", **typed_for(member)))
    assert errors_of(response) == {member: {""}}
    assert "Registration is not open on this day" in text(response)
    assert f"You had typed: {TYPED['title']}" in text(response)


def test_a_locked_database_is_told_and_everything_typed_is_still_there(client_of, cell, url, monkeypatch):
    member = MemberFactory(unit=cell)
    data = sheet(client_of.get(url), act="send", **typed_for(member))

    def locked(*args, **kwargs):
        raise OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(views, "save_rows", locked)
        response = client_of.post(url, data)
    assert (response.status_code, response["Retry-After"]) == (503, "10")
    assert "please try again" in text(response)
    assert rows_of(response)[member].raw == TYPED
    assert client_of.post(url, sheet(response, act="send")).status_code == 302
    assert Pledge.objects.get().status == PledgeStatus.SUBMITTED


def test_signed_out_while_typing_leads_back_to_the_table(client, url):
    response = client.post(url, {"act": "send"}, headers={"referer": f"http://testserver{url}"})
    assert response["Location"] == f"{reverse('cadres:sign_in')}?next={url}"


# One kind and one deadline for all


def test_without_a_script_kind_and_deadline_are_set_for_all_rows(client_of, tier, cell, by, url):
    first, second = MemberFactory(unit=cell), MemberFactory(unit=cell)
    drafted = MemberFactory(unit=cell)
    draft_of(drafted, tier, by)
    told = {"fill_novelty": "both", "fill_due": "cả năm"}
    data = sheet(client_of.get(url), act="fill", **told) | {f"title_{first.pk}": "Việc chưa lưu"}
    shown = rows_of(client_of.post(url, data))
    assert shown[first].raw == {"title": "Việc chưa lưu", "novelty": "both", "product": "", "due": "cả năm"}
    assert (shown[second].raw["novelty"], shown[second].raw["due"]) == ("both", "cả năm")
    assert shown[drafted].raw["novelty"] == CONTENT["novelty"]
    assert not shown[drafted].bound
    shown = rows_of(client_of.post(url, data | {"fill_over": "1"}))
    assert (shown[drafted].raw["novelty"], shown[drafted].raw["due"]) == ("both", "cả năm")
    assert Pledge.objects.get().novelty == CONTENT["novelty"]


def test_filling_leaves_what_somebody_else_changed(client_of, tier, cell, by, url):
    draft = draft_of(MemberFactory(unit=cell), tier, by)
    page = client_of.get(url)
    client_of.post(url, sheet(page, **typed_for(draft.lead_member, title="Mới hơn")))
    filled = client_of.post(url, sheet(page, act="fill", fill_novelty="both", fill_over="1"))
    assert rows_of(filled)[draft.lead_member].raw["title"] == "Mới hơn"


# Long cells


def test_a_cell_of_250_is_one_page_and_one_form(client_of, cell, url):
    people = [MemberFactory(unit=cell, position=no) for no in range(250)]
    page = client_of.get(url)
    data = sheet(page, act="send")
    for member in people:
        data |= typed_for(member)
    assert len(data) < 2000
    response = client_of.post(url, data, follow=True)
    assert "250 rows have been sent to the cell" in text(response)
    assert Pledge.objects.filter(status=PledgeStatus.SUBMITTED).count() == 250


def test_a_longer_cell_has_pages_and_each_saves_its_own(client_of, cell, url, monkeypatch):
    monkeypatch.setattr("pledges.views.grid_rows.PAGE", 2)
    people = [MemberFactory(unit=cell, position=no) for no in range(3)]
    page = client_of.get(url, {"page": 2})
    assert [(row.no, row.member) for row in page.context["grid"].rows] == [(3, people[2])]
    address = page.context["address"]
    assert address == f"{url}?page=2"
    response = client_of.post(address, sheet(page, act="send", **typed_for(people[2])))
    assert response["Location"] == address
    assert Pledge.objects.get().lead_member == people[2]
