"""Corrections: a new act names the first, moves what it was about, and leaves the first as it was."""

import uuid
from datetime import timedelta

import pytest
from django.utils import translation

from cadres import clock
from cadres.models import BodyKind, RoleAssignment, UnitChange
from cadres.roles import Role
from pledges.actions import cells, dockets, register, transitions
from pledges.actions.acts import Act, NotAllowedError
from pledges.actions.corrections import correct, correctable
from pledges.actions.dockets import Decision
from pledges.actions.endorsements import build_endorsement
from pledges.actions.journal import broken_chains
from pledges.models import Authority, Docket, DocketLine, Pledge, PledgeEvent, SentList
from pledges.states import (
    CORRECTIONS,
    LIST_CORRECTIONS,
    CampaignState,
    DocketState,
    Outcome,
    PledgeStatus,
)
from tests.factories import MemberFactory, user_with
from tests.pledges.docket_scene import DAY, awaiting, conclude, meeting, scene, ward
from tests.pledges.factories import pledge_of, typed
from tests.pledges.threads import at_once

pytestmark = pytest.mark.django_db

NOTE = "Nội dung số 1: biên bản ghi nhầm."
BACK = Decision(Outcome.RETURN, "Chưa rõ sản phẩm")
NO = Decision(Outcome.REJECT, "Không thuộc thẩm quyền")


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def place(db):
    return scene()


def put_right(first, by, decisions=None, *, ref=None, note=NOTE, **changes):
    """The correcting act; decisions by pledge."""
    keys = dict(first.lines.values_list("pledge", "pk"))
    by_line = {keys[pledge.pk]: decision for pledge, decision in (decisions or {}).items()}
    return correct(
        first.pk,
        meeting=meeting(minutes=note, **changes),
        decisions=by_line,
        by=by,
        day=DAY,
        ref=ref or uuid.uuid4(),
    )


def decided(place, decision=None, **content):
    """A pledge on a docket that was concluded."""
    pledge = place.pledge(**content)
    docket = place.docket(pledge)
    decisions = {docket.lines.get().pk: decision} if decision else {}
    return pledge, conclude(docket, place.recorder, decisions)


def status(pledge):
    return Pledge.objects.get(pk=pledge.pk).status


def test_the_tables_say_what_may_follow_on_what():
    assert {before: set(after) for before, after in CORRECTIONS.items()} == {
        "pending": set(),
        "approve": {"return", "reject", "hold"},
        "return": {"approve", "reject", "hold"},
        "reject": {"approve", "return", "hold"},
        "hold": {"approve", "return", "reject"},
        "void": set(),
    }
    assert {before: set(after) for before, after in LIST_CORRECTIONS.items() if after} == {
        "approve": {"return", "hold"},
        "hold": {"approve", "return"},
    }


WRITTEN = {
    Outcome.APPROVE: Decision(Outcome.APPROVE),
    Outcome.RETURN: BACK,
    Outcome.REJECT: NO,
    Outcome.HOLD: Decision(Outcome.HOLD),
}
STANDS = {
    Outcome.APPROVE: PledgeStatus.APPROVED,
    Outcome.RETURN: PledgeStatus.RETURNED,
    Outcome.REJECT: PledgeStatus.REJECTED,
    Outcome.HOLD: PledgeStatus.SUBMITTED,
}


@pytest.mark.parametrize(
    ("before", "after"), [(before, after) for before in WRITTEN for after in sorted(CORRECTIONS[before])]
)
def test_each_outcome_may_become_each_other_and_the_pledge_follows(place, before, after):
    pledge, first = decided(place, WRITTEN[before])
    UnitChange.objects.all().delete()
    act = put_right(first, place.recorder, {pledge: WRITTEN[Outcome(after)]})
    pledge.refresh_from_db()
    assert pledge.status == STANDS[Outcome(after)]
    assert (pledge.approved_version is not None) == (after == "approve")
    event = PledgeEvent.objects.get(pledge=pledge, action="corrected")
    assert (event.docket, event.from_status, event.to_status, event.seq) == (
        act,
        STANDS[before],
        pledge.status,
        pledge.journal_seq,
    )
    assert broken_chains() == []
    assert UnitChange.objects.filter(unit=pledge.unit_id, campaign=place.campaign.pk).exists()
    assert first.lines.get().outcome == before
    assert (awaiting(place) == {pledge.pk}) == (after == "hold")


def test_the_new_act_names_the_first_and_has_its_own_meeting_and_number(place):
    pledge, first = decided(place)
    dockets.issue(first.pk, number="127-QĐ/QU", on=DAY, by=place.clerk, day=DAY)
    act = put_right(first, place.recorder, {pledge: BACK}, present=8, agreed=7)
    act.refresh_from_db()
    assert (act.corrects, act.body, act.state, act.agreed, act.minutes, act.concluded_by) == (
        first,
        place.standing,
        DocketState.CONCLUDED,
        7,
        NOTE,
        place.recorder,
    )
    assert act.title == "Đính chính: Danh mục trình"
    line, original = act.lines.get(), first.lines.get()
    assert (line.order, line.version, line.outcome, line.note) == (
        original.order,
        original.version,
        "return",
        BACK.note,
    )
    issued = dockets.issue(act.pk, number="130-QĐ/QU", on=DAY, by=place.clerk, day=DAY)
    first.refresh_from_db()
    assert (first.number, first.agreed, issued.number) == ("127-QĐ/QU", 9, "130-QĐ/QU")


def test_a_wrong_name_or_number_is_corrected_by_words_alone(place):
    pledge, first = decided(place)
    act = put_right(first, place.recorder, note="Người chủ trì: đồng chí Phó Bí thư.")
    assert (act.corrects, act.lines.count(), status(pledge)) == (first, 0, PledgeStatus.APPROVED)
    assert not PledgeEvent.objects.filter(action="corrected").exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"note": " "}, "Say what is corrected"),
        ({"on": DAY - timedelta(days=1)}, "cannot be older than the meeting it corrects"),
        ({"on": DAY + timedelta(days=1)}, "lies in the future"),
        ({"present": 5, "agreed": 5}, "5 of 11 is not more than half"),
        ({"present": 9, "agreed": 10}, "More agreed than were present"),
    ],
)
def test_a_correction_that_does_not_hold_changes_nothing(place, changes, message):
    pledge, first = decided(place)
    with pytest.raises(NotAllowedError, match=message):
        put_right(first, place.recorder, {pledge: BACK}, **changes)
    assert (Docket.objects.count(), status(pledge)) == (1, PledgeStatus.APPROVED)


@pytest.mark.parametrize(
    ("decision", "message"),
    [
        (Decision(Outcome.APPROVE), "cannot be decided instead"),
        (Decision(Outcome.VOID), "cannot be decided instead"),
        (Decision(Outcome.RETURN, " "), "Give the reasons"),
    ],
)
def test_what_cannot_be_decided_instead_is_refused(place, decision, message):
    pledge, first = decided(place)
    with pytest.raises(NotAllowedError, match=message):
        put_right(first, place.recorder, {pledge: decision})
    assert Docket.objects.count() == 1


def test_an_open_docket_is_not_corrected(place):
    docket = place.docket(place.pledge())
    with pytest.raises(NotAllowedError, match="has not been recorded yet"):
        put_right(docket, place.recorder)


def test_nothing_of_a_closed_campaign_is_corrected(place):
    pledge, first = decided(place)
    place.campaign.state = CampaignState.CLOSED
    place.campaign.save()
    with pytest.raises(NotAllowedError, match="The campaign is closed"):
        put_right(first, place.recorder, {pledge: BACK})


@pytest.mark.parametrize(
    "who", ["board", "body_member", "clerk", "inspector", "peoples_recorder", "stranger"]
)
def test_only_the_recorder_of_the_body_corrects(place, who):
    pledge, first = decided(place)
    with pytest.raises(NotAllowedError, match="You do not record what this body decides"):
        put_right(first, getattr(place, who), {pledge: BACK})


def test_a_recorder_who_lost_the_role_this_morning_corrects_nothing(place):
    pledge, first = decided(place)
    RoleAssignment.objects.filter(user=place.recorder).update(end=clock.today())
    fresh = type(place.recorder).objects.get(pk=place.recorder.pk)
    with pytest.raises(NotAllowedError, match="You do not record"):
        put_right(first, fresh, {pledge: BACK})


def test_the_same_form_twice_is_one_act(place):
    pledge, first = decided(place)
    ref = uuid.uuid4()
    acts = [put_right(first, place.recorder, {pledge: BACK}, ref=ref) for _ in range(2)]
    assert acts[0] == acts[1]
    assert PledgeEvent.objects.filter(action="corrected").count() == 1


def test_a_ref_of_another_act_is_refused(place):
    _pledge, first = decided(place)
    _other, second = decided(place)
    with pytest.raises(NotAllowedError, match="another docket"):
        put_right(first, place.recorder, ref=second.ref)


# ---- what has moved on --------------------------------------------------------------------------


def amended(place, pledge, **content):
    pledge.refresh_from_db()
    lead = pledge.lead_member
    sent = typed(
        place.tier, lead, ref=pledge.ref, revision=pledge.revision, content={"own_role": "Chủ trì"} | content
    )
    return sent, Act(by=lead.user, on=DAY)


def move_on(place, pledge, how):
    if how == "reported":
        transitions.move([pledge.pk], to=PledgeStatus.REPORTED, action="evaluated", act=Act(by=None, on=DAY))
        return
    sent, act = amended(place, pledge, title="Đã sửa")
    (register.register if how == "sent again" else register.save_draft)(sent, act=act, day=DAY)


@pytest.mark.parametrize(
    ("before", "how", "after"),
    [
        (None, "reported", BACK),
        (BACK, "sent again", Decision(Outcome.APPROVE)),
        (BACK, "being amended", Decision(Outcome.APPROVE)),
    ],
)
def test_what_has_moved_on_is_void_and_blocks_nothing(place, before, how, after):
    moved, stays = place.pledge(), place.pledge()
    docket = place.docket(moved, stays)
    lines = dict(docket.lines.values_list("pledge", "pk"))
    first = conclude(docket, place.recorder, {lines[moved.pk]: before} if before else {})
    move_on(place, moved, how)
    was = status(moved)
    act = put_right(first, place.recorder, {moved: after, stays: NO})
    assert dict(act.lines.values_list("pledge", "outcome")) == {moved.pk: "void", stays.pk: "reject"}
    assert (status(moved), status(stays)) == (was, PledgeStatus.REJECTED)
    # Where nothing else is corrected there is no act to record.
    with pytest.raises(NotAllowedError, match="followed by something else"):
        put_right(first, place.recorder, {moved: after})


def test_what_was_corrected_is_corrected_again_on_the_later_act(place):
    pledge, first = decided(place)
    second = put_right(first, place.recorder, {pledge: BACK})
    assert correctable(first) == []
    with pytest.raises(NotAllowedError, match="was corrected already"):
        put_right(first, place.recorder, {pledge: NO})
    third = put_right(second, place.recorder, {pledge: Decision(Outcome.APPROVE)})
    assert (third.corrects, third.title, status(pledge)) == (second, second.title, PledgeStatus.APPROVED)


# ---- two bodies ---------------------------------------------------------------------------------


def test_an_approval_of_two_bodies_that_one_takes_back(place):
    pledge, first = decided(place, authority=Authority.STATE)
    conclude(place.docket(pledge, body=place.peoples), place.peoples_recorder)
    assert status(pledge) == PledgeStatus.APPROVED
    act = put_right(first, place.recorder, {pledge: Decision(Outcome.HOLD)})
    assert status(pledge) == PledgeStatus.SUBMITTED
    assert (awaiting(place), awaiting(place, place.peoples)) == ({pledge.pk}, set())
    put_right(act, place.recorder, {pledge: Decision(Outcome.APPROVE)})
    assert status(pledge) == PledgeStatus.APPROVED


def test_an_approval_by_correction_still_waits_for_the_other_body(place):
    pledge, first = decided(place, BACK, authority=Authority.STATE)
    put_right(first, place.recorder, {pledge: Decision(Outcome.APPROVE)})
    assert (status(pledge), awaiting(place, place.peoples)) == (PledgeStatus.SUBMITTED, {pledge.pk})
    conclude(place.docket(pledge, body=place.peoples), place.peoples_recorder)
    assert status(pledge) == PledgeStatus.APPROVED


# ---- cells and lists ----------------------------------------------------------------------------


def test_a_cells_meeting_is_corrected_likewise(place):
    below = ward(place)
    cell = below.cell(sent=False)
    secretary = user_with(Role.CELL_SECRETARY, unit=cell)
    leads = [MemberFactory(unit=cell) for _ in range(3)]
    pledge = pledge_of(leads[0], below.tier, secretary)
    first = cells.record_meeting(
        cell=cell,
        tier=below.tier,
        meeting=meeting(present=3, agreed=3),
        decisions={},
        by=secretary,
        day=DAY,
        ref=uuid.uuid4(),
    )
    act = put_right(first, secretary, {pledge: BACK}, present=3, agreed=2)
    assert (act.body.kind, act.seats, status(pledge)) == (BodyKind.CELL_MEETING, 3, PledgeStatus.RETURNED)
    with pytest.raises(NotAllowedError, match="More were present than the cell has members"):
        put_right(act, secretary, {pledge: NO}, present=4, agreed=4)


def test_an_endorsement_of_a_list_is_taken_back(place):
    below = ward(place)
    back, held = below.cell(), below.cell()
    docket = build_endorsement(tier=below.tier, body=below.body, title="Danh sách", by=below.officer)
    first = dockets.conclude(
        docket.pk, meeting=meeting(present=9, agreed=9), decisions={}, by=below.officer, day=DAY
    )
    lines = dict(first.lines.values_list("unit", "pk"))
    wrong = {lines[back.pk]: BACK, lines[held.pk]: Decision(Outcome.HOLD)}
    act = correct(
        first.pk, meeting=meeting(minutes=NOTE), decisions=wrong, by=below.officer, day=DAY, ref=uuid.uuid4()
    )
    assert not SentList.objects.filter(unit=back).exists()
    assert SentList.objects.get(unit=held).endorsed_by is None
    # The held one is endorsed after all; the one sent back is sent again by its cell.
    again = {act.lines.get(unit=held).pk: Decision(Outcome.APPROVE)}
    last = correct(
        act.pk, meeting=meeting(minutes=NOTE), decisions=again, by=below.officer, day=DAY, ref=uuid.uuid4()
    )
    assert SentList.objects.get(unit=held).endorsed_by == last
    assert correctable(act) == []


# ---- cost and two at once -----------------------------------------------------------------------


@pytest.mark.parametrize("n", [3, 30])
def test_a_correction_costs_the_same_for_three_and_for_thirty_lines(place, n, django_assert_num_queries):
    lead = place.cadre()
    pledges = [place.pledge(lead, title=f"Việc số {i}") for i in range(n)]
    first = conclude(place.docket(*pledges), place.recorder)
    keys = dict(first.lines.values_list("pledge", "pk"))
    decisions = {keys[pledge.pk]: BACK for pledge in pledges}
    with django_assert_num_queries(28):
        correct(
            first.pk,
            meeting=meeting(minutes=NOTE),
            decisions=decisions,
            by=place.recorder,
            day=DAY,
            ref=uuid.uuid4(),
        )


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_eight_who_send_the_same_correction_record_one():
    place = scene()
    pledge, first = decided(place)
    ref = uuid.uuid4()
    act = lambda: put_right(first, place.recorder, {pledge: BACK}, ref=ref)  # noqa: E731
    answers = at_once(*[act] * 8)
    assert {answer.pk for answer in answers} == {Docket.objects.get(ref=ref).pk}
    assert PledgeEvent.objects.filter(pledge=pledge, action="corrected").count() == 1
    assert DocketLine.objects.filter(pledge=pledge).count() == 2
