"""A cell's meeting: what it decides, once; the majority; the list that goes upwards."""

import uuid
from datetime import date

import pytest

from cadres.models import Rank, Standing, UnitChange
from pledges.actions import cells
from pledges.actions.acts import NotAllowedError
from pledges.actions.dockets import Decision, Meeting
from pledges.actions.journal import broken_chains
from pledges.models import Channel, Docket, EventAction, PledgeEvent, SentList
from pledges.states import DocketState, Outcome, PledgeStatus
from tests.factories import MemberFactory
from tests.pledges.factories import (
    DAY,
    CampaignFactory,
    apply,
    cell_of,
    members_tier,
    pledge_in,
    pledge_of,
    secretary_of,
)
from tests.pledges.threads import at_once


@pytest.fixture
def cell(tier):
    return cell_of(tier.campaign)


@pytest.fixture
def by(cell):
    return secretary_of(cell)


def record(cell, tier, by, *, decisions=(), ref=None, seen=None, **meeting):
    told = Meeting(**{"on": DAY, "presided_by": "Nguyễn Ngọc An", "present": 3, "agreed": 3} | meeting)
    return cells.record_meeting(
        cell=cell,
        tier=tier,
        meeting=told,
        decisions=dict(decisions),
        by=by,
        day=DAY,
        ref=ref or uuid.uuid4(),
        seen=seen,
    )


def three(cell, tier, by):
    return [pledge_of(MemberFactory(unit=cell), tier, by) for _ in range(3)]


def statuses(pledges):
    for pledge in pledges:
        pledge.refresh_from_db()
    return [pledge.status for pledge in pledges]


def test_a_meeting_decides_each_line_and_adopts_the_rest(tier, cell, by):
    pledges = three(cell, tier, by)
    decisions = {
        pledges[0].pk: Decision(Outcome.RETURN, "Chưa rõ sản phẩm"),
        pledges[1].pk: Decision(Outcome.REJECT, "Không thuộc thẩm quyền"),
    }

    docket = record(cell, tier, by, decisions=decisions)

    assert statuses(pledges) == [PledgeStatus.RETURNED, PledgeStatus.REJECTED, PledgeStatus.APPROVED]
    assert (docket.state, docket.seats, docket.present, docket.agreed) == (DocketState.CONCLUDED, 3, 3, 3)
    assert [line.outcome for line in docket.lines.order_by("order")] == ["return", "reject", "approve"]
    event = PledgeEvent.objects.get(pledge=pledges[0], action=EventAction.RETURNED)
    assert (event.on, event.channel, event.docket, event.note) == (
        DAY,
        Channel.MEETING,
        docket,
        "Chưa rõ sản phẩm",
    )
    assert broken_chains() == []


def test_the_list_is_sent_with_the_first_meeting_and_only_once(tier, cell, by):
    three(cell, tier, by)
    record(cell, tier, by, on=date(2024, 3, 20))
    three(cell, tier, by)
    record(cell, tier, by, on=DAY, present=6, agreed=6)
    sent = SentList.objects.get(tier=tier, unit=cell)
    assert (sent.sent_on, sent.sent_by) == (date(2024, 3, 20), by)


def test_a_meeting_writes_the_outbox_of_its_cell(tier, cell, by):
    three(cell, tier, by)
    UnitChange.objects.all().delete()
    record(cell, tier, by)
    assert set(UnitChange.objects.values_list("unit", "campaign")) == {(cell.pk, tier.campaign_id)}


def test_pledges_of_another_cell_are_not_touched(tier, cell, by):
    elsewhere = cell_of(tier.campaign)
    other = pledge_of(MemberFactory(unit=elsewhere), tier, secretary_of(elsewhere))
    three(cell, tier, by)
    record(cell, tier, by, decisions={other.pk: Decision(Outcome.REJECT, "Khác")})
    other.refresh_from_db()
    assert other.status == PledgeStatus.SUBMITTED


def test_what_was_registered_after_the_list_was_made_waits(tier, cell, by):
    pledges = three(cell, tier, by)
    seen = {pledge.pk: pledge.versions_made for pledge in pledges}
    late = pledge_of(MemberFactory(unit=cell), tier, by)
    record(cell, tier, by, seen=seen)
    assert statuses([*pledges, late]) == [PledgeStatus.APPROVED] * 3 + [PledgeStatus.SUBMITTED]


def test_what_was_amended_after_the_list_was_made_waits(tier, cell, by):
    pledges = three(cell, tier, by)
    seen = {pledge.pk: pledge.versions_made for pledge in pledges}
    apply(PledgeStatus.RETURNED, pledges[0], by)
    apply(PledgeStatus.SUBMITTED, pledges[0], by)
    record(cell, tier, by, seen=seen)
    assert statuses(pledges) == [PledgeStatus.SUBMITTED, PledgeStatus.APPROVED, PledgeStatus.APPROVED]


def test_twice_the_same_form_is_one_meeting(tier, cell, by):
    three(cell, tier, by)
    ref = uuid.uuid4()
    first, second = record(cell, tier, by, ref=ref), record(cell, tier, by, ref=ref)
    assert first == second
    assert Docket.objects.count() == 1
    assert PledgeEvent.objects.filter(action=EventAction.APPROVED).count() == 3


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same_form", [True, False], ids=["double click", "two secretaries"])
def test_two_meetings_at_once_approve_each_pledge_once(same_form):
    tier = members_tier(CampaignFactory())
    cell = cell_of(tier.campaign)
    by = secretary_of(cell)
    three(cell, tier, by)
    ref = uuid.uuid4()

    def click():
        return record(cell, tier, by, ref=ref if same_form else None)

    answers = at_once(click, click)

    failed = [answer for answer in answers if not isinstance(answer, Docket)]
    assert all(isinstance(answer, NotAllowedError) for answer in failed)
    assert not (same_form and failed)
    assert PledgeEvent.objects.filter(action=EventAction.APPROVED).count() == 3
    assert SentList.objects.count() == 1
    assert broken_chains() == []


@pytest.mark.parametrize(
    "meeting",
    [
        {"on": date(2024, 3, 27)},
        {"present": 3, "agreed": 1},
        {"present": 1, "agreed": 2},
        {"present": 0, "agreed": 0},
    ],
    ids=["a day to come", "no majority", "more agreed than present", "nobody"],
)
def test_a_meeting_that_does_not_hold_changes_nothing(tier, cell, by, meeting):
    pledges = three(cell, tier, by)
    with pytest.raises(NotAllowedError):
        record(cell, tier, by, **meeting)
    assert set(statuses(pledges)) == {PledgeStatus.SUBMITTED}
    assert not Docket.objects.exists()
    assert not SentList.objects.exists()


def test_the_majority_is_of_official_members_who_are_not_exempt_nor_away(tier, cell, by):
    three(cell, tier, by)
    MemberFactory(unit=cell, standing=Standing.EXEMPT)
    MemberFactory(unit=cell, standing=Standing.AWAY)
    MemberFactory(unit=cell, rank=Rank.PROBATIONARY)
    assert record(cell, tier, by, present=2, agreed=2).seats == 3


def test_the_exempt_attend_and_do_not_vote(tier, cell, by):
    three(cell, tier, by)
    MemberFactory(unit=cell, standing=Standing.EXEMPT)
    with pytest.raises(NotAllowedError, match="chỉ có 3 đảng viên"):
        record(cell, tier, by, present=4, agreed=4)
    assert record(cell, tier, by, present=4, agreed=3).present == 4


def test_half_is_no_majority(tier, cell, by):
    three(cell, tier, by)
    MemberFactory(unit=cell)
    with pytest.raises(NotAllowedError):
        record(cell, tier, by, present=4, agreed=2)


def test_a_meeting_with_nothing_to_decide_is_refused(tier, cell, by):
    pledge_in(PledgeStatus.RETURNED, MemberFactory(unit=cell), tier, by)
    with pytest.raises(NotAllowedError):
        record(cell, tier, by)
    assert not Docket.objects.exists()


@pytest.mark.parametrize("n", [3, 30])
def test_a_meeting_that_adopts_all_costs_the_same_for_three_and_for_thirty(
    tier, cell, by, n, django_assert_num_queries
):
    for _ in range(n):
        pledge_of(MemberFactory(unit=cell), tier, by)
    with django_assert_num_queries(41):
        record(cell, tier, by, present=n, agreed=n)


def test_only_the_secretary_of_the_cell_records_its_meeting(tier, cell, by):
    pledges = three(cell, tier, by)
    with pytest.raises(NotAllowedError):
        record(cell, tier, secretary_of(cell_of(tier.campaign)))
    assert set(statuses(pledges)) == {PledgeStatus.SUBMITTED}
