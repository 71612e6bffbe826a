"""Who hears of what was done: leads, those who registered for them, committees, clerks; never the actor."""

import uuid
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from cadres.models import Delegation, Mail, Notification
from cadres.notice_kinds import words_of
from cadres.roles import Role
from pledges.actions import dockets, lists, telling, transitions
from pledges.actions.acts import Act
from pledges.actions.cells import record_meeting
from pledges.actions.corrections import correct
from pledges.actions.dockets import Decision
from pledges.actions.endorsements import build_endorsement
from pledges.actions.list_requests import ask_to_amend
from pledges.models import Channel
from pledges.states import Outcome, PledgeStatus
from tests.factories import MemberFactory, UserFactory, user_with
from tests.pledges.docket_scene import DAY, conclude, meeting, scene, ward
from tests.pledges.factories import pledge_in, secretary_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(on_the_day):
    with translation.override("en"):
        yield


@pytest.fixture
def place(db):
    return scene()


def forget():
    """Begin anew: what building the scene told is of no interest."""
    Notification.objects.all().delete()


def told(kind):
    """Who was told of the kind, each with the page."""
    return {row.user: row.path for row in Notification.objects.filter(kind=kind).select_related("user")}


def give_back(*pledges, by=None, **kwargs):
    act = Act(by=by, on=DAY, **kwargs)
    return transitions.return_for_amendment({pledge.pk: "Chưa rõ sản phẩm" for pledge in pledges}, act=act)


def of_members(place):
    """A ward's cell with two secretaries and the members' tier."""
    there = ward(place)
    cell = there.cell(sent=False)
    return there.tier, cell, secretary_of(cell), secretary_of(cell)


# ---- returned at the desk ----------------------------------------------------------------------


def test_the_lead_hears_of_a_return_and_lands_on_the_pledge(place):
    pledge = place.pledge()
    give_back(pledge, by=place.board)
    notice = Notification.objects.get(kind="amend_asked")
    assert notice.user == pledge.lead_member.user
    assert notice.path == reverse("pledges:detail", args=[pledge.ref])
    assert notice.data == {"n": 1}
    assert words_of(notice).title == "An amendment is asked for to 1 registration."


def test_twice_the_same_return_is_told_once(place):
    pledge = place.pledge()
    give_back(pledge, by=place.board)
    give_back(pledge, by=place.board)
    assert Notification.objects.filter(kind="amend_asked").count() == 1


def test_several_returns_of_one_act_are_one_notice_with_their_number(place):
    lead = place.cadre()
    pledges = [place.pledge(lead, title=f"Việc {n}") for n in range(3)]
    give_back(*pledges, by=place.board)
    notice = Notification.objects.get(kind="amend_asked")
    assert (notice.data, notice.path) == ({"n": 3}, reverse("pledges:mine"))


def test_the_next_return_is_told_again(place):
    pledge = place.pledge()
    for _time in range(2):
        transitions.move([pledge.pk], to=PledgeStatus.SUBMITTED, action="submitted", act=Act(by=None, on=DAY))
        give_back(pledge, by=place.board)
    assert Notification.objects.filter(kind="amend_asked").count() == 2


def test_an_assistant_hears_of_it_too_while_he_types(place):
    pledge = place.pledge()
    assistant, former = UserFactory(), UserFactory()
    for user, start in ((assistant, DAY), (former, DAY - timedelta(days=30))):
        Delegation.objects.create(
            user=user, member=pledge.lead_member, start=start, end=start + timedelta(days=20)
        )
    give_back(pledge, by=place.board)
    assert set(told("amend_asked")) == {pledge.lead_member.user, assistant}


def test_for_a_member_without_account_the_secretaries_of_his_cell_hear_of_it(place):
    tier, cell, one, two = of_members(place)
    pledge = pledge_in(PledgeStatus.SUBMITTED, MemberFactory(unit=cell), tier, one)
    give_back(pledge, by=place.board)
    assert set(told("amend_asked")) == {one, two}


def test_of_several_in_a_cell_the_secretary_lands_on_its_list(place):
    tier, cell, one, _two = of_members(place)
    pledges = [pledge_in(PledgeStatus.SUBMITTED, MemberFactory(unit=cell), tier, one) for _n in range(2)]
    give_back(*pledges, by=place.board)
    assert told("amend_asked")[one] == reverse("pledges:cell", args=[tier.campaign.code, cell.code])


def test_for_a_cadre_without_account_whoever_registered_hears_of_it(place):
    lead = place.cadre()
    lead.user.roles.all().delete()
    lead.user.delete()
    typist = user_with(Role.BOARD_OFFICER, unit=place.host)
    pledge = pledge_in(PledgeStatus.SUBMITTED, lead, place.tier, typist, content={"own_role": "Chủ trì"})
    give_back(pledge, by=place.board)
    assert set(told("amend_asked")) == {typist}


def test_nobody_is_told_of_his_own_act_nor_an_account_that_is_closed(place):
    tier, cell, one, two = of_members(place)
    type(two).objects.filter(pk=two.pk).update(is_active=False)
    pledge = pledge_in(PledgeStatus.SUBMITTED, MemberFactory(unit=cell), tier, one)
    give_back(pledge, by=one)
    assert told("amend_asked") == {}


def test_what_is_rolled_back_was_not_told(place):
    pledge = place.pledge()
    with transaction.atomic():
        give_back(pledge, by=place.board)
        transaction.set_rollback(True)
    assert not Notification.objects.exists()


# ---- decided at a meeting ----------------------------------------------------------------------


def test_leads_hear_what_the_meeting_decided_each_with_his_counts(place):
    one, two = place.cadre(), place.cadre()
    pledges = [place.pledge(one, title="Việc một"), place.pledge(one, title="Việc hai"), place.pledge(two)]
    docket = place.docket(*pledges)
    lines = {line.pledge_id: line.pk for line in docket.lines.all()}
    conclude(docket, place.recorder, {lines[pledges[1].pk]: Decision(Outcome.RETURN, "Chưa rõ")})
    of_one = Notification.objects.get(user=one.user, kind="decided")
    of_two = Notification.objects.get(user=two.user, kind="decided")
    assert of_one.data == {"outcomes": {"approve": 1, "return": 1}, "cell": False}
    assert (of_one.path, of_two.path) == (
        reverse("pledges:mine"),
        reverse("pledges:detail", args=[pledges[2].ref]),
    )
    assert "Chưa rõ" not in str(of_one.data)
    assert words_of(of_one).title == "A meeting has decided on 2 registrations."
    assert words_of(of_two).detail == "Approved: 1."
    assert not Notification.objects.filter(kind="amend_asked").exists()  # it is told once


def test_the_clerk_hears_that_a_document_awaits_its_number(place):
    docket = place.docket(place.pledge())
    conclude(docket, place.recorder)
    assert told("awaits_number") == {place.clerk: reverse("pledges:docket", args=[docket.ref])}


def test_leads_hear_that_the_document_was_issued(place):
    pledge = place.pledge()
    docket = place.docket(pledge)
    conclude(docket, place.recorder)
    for _twice in range(2):
        dockets.issue(docket.pk, number="12-QĐ/QU", on=DAY, by=place.clerk, day=DAY)
    notice = Notification.objects.get(kind="issued")
    assert notice.user == pledge.lead_member.user
    assert words_of(notice).detail == "Number 12-QĐ/QU of 26/03/2024."


def test_members_of_the_body_are_asked_for_their_opinion(place):
    docket = place.docket(place.pledge())
    assert told("docket_opened") == {place.body_member: reverse("pledges:docket", args=[docket.ref])}


def test_what_is_taken_over_from_paper_tells_nobody(place):
    pledge = place.pledge()
    dockets.record_from_paper(
        tier=place.tier,
        body=place.standing,
        title="Biên bản",
        source="bb.pdf",
        pledge_ids=[pledge.pk],
        by=place.board,
    )
    assert not Notification.objects.exists()


def test_a_correction_is_told_as_one(place):
    pledge = place.pledge()
    docket = place.docket(pledge)
    conclude(docket, place.recorder)
    forget()
    line = docket.lines.get()
    correct(
        docket.pk,
        meeting=meeting(minutes="Đính chính: chưa thông qua"),
        decisions={line.pk: Decision(Outcome.RETURN, "Chưa rõ sản phẩm")},
        by=place.recorder,
        day=DAY,
        ref=uuid.uuid4(),
    )
    notice = Notification.objects.get(user=pledge.lead_member.user)
    assert (notice.kind, notice.data["outcomes"]) == ("corrected", {"return": 1})


def test_a_cell_says_adopted_and_asks_no_clerk(place):
    tier, cell, one, _two = of_members(place)
    lead = MemberFactory(unit=cell)
    own = UserFactory(member=lead)
    pledge_in(PledgeStatus.SUBMITTED, lead, tier, own)
    for _n in range(2):
        MemberFactory(unit=cell)
    forget()
    record_meeting(
        cell=cell,
        tier=tier,
        meeting=meeting(present=3, agreed=3),
        decisions={},
        by=one,
        day=DAY,
        ref=uuid.uuid4(),
    )
    assert words_of(Notification.objects.get(kind="decided", user=own)).detail == "Adopted: 1."
    assert told("awaits_number") == told("docket_opened") == {}


# ---- lists -------------------------------------------------------------------------------------


def test_the_committee_hears_that_a_cell_has_sent_its_list(place):
    there = ward(place)
    cell = there.cell()
    url = reverse("pledges:committee", args=[there.tier.campaign.code, there.unit.code])
    assert told("list_sent") == {there.officer: url}
    lists.mark_sent(tier=there.tier, units=[cell], on=DAY, by=None)
    assert Notification.objects.count() == 1


def test_the_board_hears_that_a_committee_has_sent_its_list(place):
    there = ward(place)
    lists.mark_sent(tier=there.tier, units=[there.unit], on=DAY, by=there.officer)
    assert set(told("list_sent")) == {place.board}


def test_secretaries_hear_that_their_list_is_to_be_amended_and_again_next_time(place):
    there = ward(place)
    cell = there.cell()
    secretary, other = secretary_of(cell), secretary_of(there.cell())
    for _twice in range(2):
        ask_to_amend(tier=there.tier, unit=cell, note="Còn thiếu", by=there.officer, on=DAY)
        lists.mark_sent(tier=there.tier, units=[cell], on=DAY, by=secretary)
    found = Notification.objects.filter(kind="list_amend")
    assert [row.user for row in found] == [secretary, secretary]
    assert not found.filter(user=other).exists()
    assert found[0].path == reverse("pledges:cell", args=[there.tier.campaign.code, cell.code])
    assert "Còn thiếu" not in str(found[0].data)
    assert Notification.objects.filter(kind="list_sent", user=there.officer).count() == 4


def test_a_meeting_that_returns_a_list_tells_its_unit(place):
    there = ward(place)
    cell, other = there.cell(), there.cell()
    secretary, untouched = secretary_of(cell), secretary_of(other)
    docket = build_endorsement(tier=there.tier, body=there.body, title="Danh sách", by=there.officer)
    line = docket.lines.get(unit=cell)
    conclude(docket, there.officer, {line.pk: Decision(Outcome.RETURN, "Còn thiếu")})
    assert set(told("list_amend")) == {secretary}
    assert untouched not in told("list_amend")


# ---- letters and cost --------------------------------------------------------------------------


def test_letters_go_with_it_to_those_who_have_an_address(place):
    with_mail, without = place.cadre(), place.cadre()
    type(with_mail.user).objects.filter(pk=with_mail.user.pk).update(email="cb@example.org")
    give_back(place.pledge(with_mail), place.pledge(without), by=place.board)
    assert [mail.address for mail in Mail.objects.all()] == ["cb@example.org"]


@pytest.mark.parametrize("n", [1, 3])
def test_a_return_costs_the_same_however_many(place, n, django_assert_num_queries):
    pledges = [place.pledge() for _n in range(n)]
    orphan = MemberFactory(unit=ward(place).cell(sent=False))
    pledges.append(pledge_in(PledgeStatus.SUBMITTED, orphan, ward(place).tier, secretary_of(orphan.unit)))
    forget()
    act = Act(by=place.board, on=DAY, channel=Channel.WEB)
    with django_assert_num_queries(7):  # pledges, accounts, assistants, secretaries; known, written, letters
        telling.returned(pledges, act=act)
    assert Notification.objects.count() == n + 1
