"""Accounts of members without a role: who may issue their slips, one by one and many at once."""

import pytest
from django.utils import timezone, translation

from cadres.actions.accounts import end_account, issue_slip, issue_slips
from cadres.actions.member_slips import issue_member_slips
from cadres.actions.roles import grant
from cadres.models import (
    CadreEntry,
    CadreList,
    CadreListKind,
    Delegation,
    Membership,
    RecordEvent,
    RoleAssignment,
    Standing,
    User,
)
from cadres.roles import Role
from tests.cadres.offices import TODAY, browser
from tests.factories import (
    START,
    CellFactory,
    HostFactory,
    MemberFactory,
    UnitFactory,
    UserFactory,
    user_with,
)
from tests.pledges.threads import at_once

pytestmark = pytest.mark.django_db
ISSUE = "/slips/members/"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def host():
    return HostFactory()


@pytest.fixture
def ward(host):
    return UnitFactory(parent=host)


@pytest.fixture
def cell(ward):
    return CellFactory(parent=ward)


@pytest.fixture
def officer(ward):
    return user_with(Role.GRASSROOTS_OFFICER, unit=ward)


@pytest.fixture
def board(host):
    return user_with(Role.BOARD_OFFICER, unit=host)


def page_of(cell):
    return f"/accounts/cells/{cell.code}/"


def key_cadre(member, host):
    listing, _made = CadreList.objects.get_or_create(unit=host, year=2024, kind=CadreListKind.KEY)
    CadreEntry.objects.create(
        cadre_list=listing, member=member, unit=host, post_printed="A", unit_printed="B", order=member.pk
    )
    return member


def reasons(refused):
    return [one.reason for one in refused]


# ---- the act -------------------------------------------------------------------------------------


def test_members_get_an_account_without_a_role_and_a_code_that_opens_it(cell, officer):
    people = [MemberFactory(unit=cell) for _ in range(3)]
    slips, refused = issue_member_slips([one.pk for one in people], by=officer, on=TODAY)
    assert refused == []
    assert {slip.user.member for slip in slips} == set(people)
    assert all(slip.user.check_password(slip.code) and slip.unit == cell for slip in slips)
    assert not RoleAssignment.objects.filter(user__member__in=people).exists()
    acts = list(RecordEvent.objects.order_by("pk").values_list("action", "actor", "unit"))
    assert acts == [("account_created", officer.pk, cell.pk)] * 3 + [("slip_issued", officer.pk, cell.pk)] * 3


def test_twice_renews_the_earlier_slip_and_makes_no_second_account(cell, officer):
    member = MemberFactory(unit=cell)
    [first], _none = issue_member_slips([member.pk], by=officer, on=TODAY)
    [second], _none = issue_member_slips([member.pk, member.pk], by=officer, on=TODAY)
    user = User.objects.get(member=member)
    assert (user.check_password(first.code), user.check_password(second.code)) == (False, True)


@pytest.mark.parametrize("standing", Standing)
def test_whoever_stands_in_the_cell_may_have_one(cell, officer, standing):
    slips, _refused = issue_member_slips(
        [MemberFactory(unit=cell, standing=standing).pk], by=officer, on=TODAY
    )
    assert len(slips) == 1


def test_who_left_or_stands_elsewhere_gets_none_and_no_account_is_made(host, cell, officer):
    gone, other = MemberFactory(unit=cell), MemberFactory(unit=CellFactory(parent=UnitFactory(parent=host)))
    Membership.objects.filter(member=gone).update(end=TODAY)
    slips, refused = issue_member_slips([gone.pk, other.pk], by=officer, on=TODAY)
    assert slips == []
    assert [(one.name, one.reason) for one in refused] == [
        (gone.name, "The comrade stands in no cell any more."),
        (other.name, "The account belongs to an organisation outside your duties."),
    ]
    assert not User.objects.filter(member__in=[gone, other]).exists()


def test_closed_accounts_own_ones_and_roles_of_others_are_refused_by_name(host, cell, officer):
    closed, mighty = (UserFactory(member=MemberFactory(unit=cell)) for _ in range(2))
    end_account(user=closed, by=None, on=TODAY)
    grant(user=mighty, role=Role.BOARD_OFFICER, unit=host, by=None, on=TODAY)
    officer.member = MemberFactory(unit=cell)
    officer.save()
    wanted = [closed.member_id, mighty.member_id, officer.member_id]
    slips, refused = issue_member_slips(wanted, by=officer, on=TODAY)
    assert slips == []
    assert {one.user: one.reason for one in refused} == {
        closed: "The account is closed.",
        mighty: "The account also holds a role that is not yours to give.",
        officer: "This is your own account; choose a new password instead.",
    }


def test_a_key_cadre_gets_his_slip_from_the_board_of_the_list_only(host, cell, officer, board):
    """Whoever prints a slip could sign in with it, and only the board types for a key cadre."""
    cadre = key_cadre(MemberFactory(unit=cell), host)
    _slips, refused = issue_member_slips([cadre.pk], by=officer, on=TODAY)
    assert reasons(refused) == ["A key cadre: the organisation board that keeps the list issues the slip."]
    assert not User.objects.filter(member=cadre).exists()
    slips, _refused = issue_member_slips([cadre.pk], by=board, on=TODAY)
    assert len(slips) == 1
    _slips, refused = issue_slips([slips[0].user.pk], by=officer, on=TODAY)
    assert reasons(refused) == ["A key cadre: the organisation board that keeps the list issues the slip."]


def test_an_account_that_types_for_a_key_cadre_is_the_boards_too(host, cell, officer, board):
    assistant, cadre = MemberFactory(unit=cell), key_cadre(MemberFactory(unit=cell), host)
    user = UserFactory(member=assistant)
    Delegation.objects.create(user=user, member=cadre, start=START, end=TODAY.replace(year=2025))
    _slips, refused = issue_member_slips([assistant.pk], by=officer, on=TODAY)
    assert reasons(refused) == ["The account types for a key cadre: the organisation board issues the slip."]
    assert len(issue_member_slips([assistant.pk], by=board, on=TODAY)[0]) == 1
    Delegation.objects.update(end=TODAY)
    assert len(issue_member_slips([assistant.pk], by=officer, on=TODAY)[0]) == 1


def test_of_a_member_who_moved_the_new_committee_issues_it(host, cell, officer):
    ward = UnitFactory(parent=host)
    new = user_with(Role.GRASSROOTS_OFFICER, unit=ward)
    user = UserFactory(member=MemberFactory(unit=CellFactory(parent=ward)))
    _slips, refused = issue_slips([user.pk], by=officer, on=TODAY)
    assert reasons(refused) == ["The account belongs to an organisation outside your duties."]
    assert issue_slip(user=user, by=new)


def test_an_administrator_renews_accounts_that_exist_and_makes_none(host, cell):
    administrator = user_with(Role.ADMINISTRATOR, unit=host)
    member, user = MemberFactory(unit=cell), UserFactory(member=MemberFactory(unit=cell))
    _slips, refused = issue_member_slips([member.pk], by=administrator, on=TODAY)
    assert len(refused) == 1
    assert len(issue_slips([user.pk], by=administrator, on=TODAY)[0]) == 1
    assert browser(administrator).post("/slips/issue/", {"chosen": user.pk}).context["slips"]


def test_many_cost_as_many_statements_as_few(cell, officer, django_assert_num_queries):
    for people in ([MemberFactory(unit=cell)], [MemberFactory(unit=cell) for _ in range(4)]):
        officer.__dict__.pop("_scope", None)
        with django_assert_num_queries(23):
            issue_member_slips([one.pk for one in people], by=officer, on=TODAY)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_issue_slips_to_the_same_people_at_once_make_one_account_each(cell, officer):
    people = [MemberFactory(unit=cell) for _ in range(3)]
    keys = [one.pk for one in people]
    answers = at_once(*[lambda: issue_member_slips(keys, by=officer, on=TODAY) for _ in range(2)])
    assert [len(slips) for slips, _refused in answers] == [3, 3]
    assert User.objects.filter(member__in=people).count() == 3
    assert RecordEvent.objects.filter(action="account_created").count() == 3
    slips = [slip for printed, _refused in answers for slip in printed]
    for user in User.objects.filter(member__in=people):
        assert [slip.user == user and user.check_password(slip.code) for slip in slips].count(True) == 1


# ---- the pages -----------------------------------------------------------------------------------


def test_one_slip_from_the_record_of_a_member(cell, officer):
    member = MemberFactory(unit=cell)
    client, url = browser(officer), f"/members/{member.code}/"
    assert "Give an account" in client.get(url).content.decode()
    response = client.post(ISSUE, {"chosen": member.pk, "next": url})
    [slip] = response.context["slips"]
    page = response.content.decode()
    for part in (member.name, slip.user.username, slip.code_in_groups, cell.name, f'href="{url}"'):
        assert part in page
    assert "no-store" in response.headers["Cache-Control"]
    page = client.get(url).content.decode()
    assert "Issue the slip anew" in page
    assert "Slip issued, not used yet" in page


@pytest.mark.parametrize("role", [Role.CELL_SECRETARY, Role.INSPECTOR, Role.CLERK])
def test_who_only_reads_the_record_sees_nothing_of_the_account(cell, role):
    member = MemberFactory(unit=cell)
    response = browser(user_with(role, unit=cell)).get(f"/members/{member.code}/")
    assert response.context["keeping"] is None
    assert ISSUE not in response.content.decode()


def test_the_record_of_a_key_cadre_offers_a_slip_to_the_board_only(host, cell, officer, board):
    url = f"/members/{key_cadre(MemberFactory(unit=cell), host).code}/"
    assert ISSUE not in browser(officer).get(url).content.decode()
    assert ISSUE in browser(board).get(url).content.decode()


def test_many_chosen_from_the_list_of_a_cell_are_one_document(cell, officer):
    people = [MemberFactory(unit=cell) for _ in range(3)]
    client = browser(officer)
    response = client.post(ISSUE, {"chosen": [one.pk for one in people[:2]], "next": page_of(cell)})
    assert response.content.decode().count('class="slip"') == 2
    page = client.get(page_of(cell))
    assert [row.state for row in page.context["page"]] == ["code_waiting", "code_waiting", "no_account"]
    assert page.context["n_lacking"] == 1
    assert page.content.decode().count('name="shown"') == 1


def test_the_list_is_searched_without_marks_filtered_and_paged_in_the_cells_order(cell, officer):
    for _ in range(51):
        MemberFactory(unit=cell)
    hoa = MemberFactory(unit=cell, family_names="Phan Thị", given_name="Hòa")
    MemberFactory(given_name="Hoa")
    client, url = browser(officer), page_of(cell)
    page = client.get(url).context["page"]
    assert (len(page), page.paginator.count) == (50, 52)
    assert [row.position for row in page] == sorted(row.position for row in page)
    found = client.post(url, {"q": "phan hoa"}, follow=True)
    assert list(found.context["page"]) == [hoa]
    assert "phan" not in found.request["QUERY_STRING"]
    UserFactory(member=hoa)
    assert list(client.get(f"{url}?state=in_use").context["page"]) == [hoa]
    assert client.get(f"{url}?state=nonsense").context["page"].paginator.count == 52


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_list_costs_the_same(cell, officer, item_count, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr("config.context.navigation", lambda request: None)
    for _ in range(item_count):
        UserFactory(member=MemberFactory(unit=cell))
    client = browser(officer)
    with django_assert_num_queries(7):
        assert len(client.get(page_of(cell)).context["page"]) == item_count


def test_pages_are_refused_by_method_scope_and_role(host, ward, cell, officer):
    member = MemberFactory(unit=cell)
    client = browser(officer)
    assert client.get(ISSUE, {"chosen": member.pk}).status_code == 405
    assert client.put(page_of(cell)).status_code == 405
    assert client.get(page_of(ward)).status_code == 404  # not a cell
    stranger = browser(user_with(Role.GRASSROOTS_OFFICER, unit=UnitFactory(parent=host)))
    assert stranger.get(page_of(cell)).status_code == 404
    own = MemberFactory(unit=CellFactory(parent=ward))
    for chosen in ([MemberFactory().pk], [own.pk, MemberFactory().pk], [999_999]):
        assert client.post(ISSUE, {"chosen": chosen}).status_code == 404
    others = (Role.CELL_SECRETARY, Role.INSPECTOR, Role.CLERK, Role.ADMINISTRATOR, Role.MEMBER)
    for role in others:
        other = browser(user_with(role, unit=host))
        assert other.post(ISSUE, {"chosen": member.pk}).status_code == 403, role
        assert other.get(page_of(cell)).status_code == 403, role
    assert not RecordEvent.objects.exists()


def test_a_form_without_sense_goes_back_with_words_and_never_off_the_site(cell, officer):
    client = browser(officer)
    own, slips = page_of(cell), "/slips/"
    for back, lands in ((own, own), ("https://evil.example/", slips), ("//evil.example", slips), ("", slips)):
        for data in ({}, {"chosen": "abc"}, {"chosen": list(range(1, 60))}):
            response = client.post(ISSUE, {**data, "next": back}, follow=True)
            assert response.redirect_chain[0][0] == lands
            assert len(response.context["messages"]) == 1


def test_the_refused_are_named_beside_the_slips(host, cell, officer):
    good, cadre = MemberFactory(unit=cell), key_cadre(MemberFactory(unit=cell, given_name="Bình"), host)
    client = browser(officer)
    response = client.post(ISSUE, {"chosen": [good.pk, cadre.pk], "next": page_of(cell)})
    assert f"No slip for {cadre.name}: A key cadre" in response.content.decode()
    alone = client.post(ISSUE, {"chosen": cadre.pk, "next": page_of(cell)}, follow=True)
    assert "A key cadre" in next(iter(alone.context["messages"])).message
    row = next(row for row in alone.context["page"] if row.pk == cadre.pk)
    assert row.of_board


def test_an_account_used_is_only_renewed_when_its_line_is_ticked(cell, officer):
    used, lacking = UserFactory(member=MemberFactory(unit=cell)), MemberFactory(unit=cell)
    client = browser(officer)
    page = client.get(page_of(cell)).content.decode()
    assert f'name="chosen" value="{used.member_id}"' in page
    assert f'name="shown" value="{used.member_id}"' not in page
    assert f'name="shown" value="{lacking.pk}"' in page


def test_the_member_signs_in_with_his_slip_and_registers_for_himself(cell, officer):
    member = MemberFactory(unit=cell)
    [slip], _none = issue_member_slips([member.pk], by=officer, on=TODAY)
    assert slip.valid_until > timezone.now()
    client = browser()
    response = client.post("/sign-in/", {"username": slip.user.username, "password": slip.code_in_groups})
    assert response.url.startswith("/password/")
    new = {"password": "ba con vit vang", "again": "ba con vit vang"}
    assert client.post("/password/", new).status_code == 302
    assert client.get("/mine/").context["member"] == member
