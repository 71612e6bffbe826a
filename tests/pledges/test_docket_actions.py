"""Dockets: what goes on one, what a conclusion does, who may, and that twice is once."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from cadres.models import UnitChange
from cadres.permissions import scope_of
from cadres.roles import Role
from pledges.actions import dockets, register, transitions
from pledges.actions.acts import Act, NotAllowedError
from pledges.actions.dockets import Decision
from pledges.models import Authority, Docket, DocketLine, Pledge, PledgeEvent
from pledges.states import DocketState, Outcome, PledgeStatus
from tests.factories import user_with
from tests.pledges.docket_scene import DAY, awaiting, conclude, meeting, scene, ward
from tests.pledges.factories import typed
from tests.pledges.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def place(db):
    return scene()


def status(pledge):
    return Pledge.objects.get(pk=pledge.pk).status


def line_of(docket, pledge):
    return docket.lines.get(pledge=pledge)


def amend(pledge, **content):
    """Asked for at the desk, amended and sent again: another version."""
    transitions.return_for_amendment({pledge.pk: "Chưa rõ"}, act=Act(by=None, on=DAY))
    pledge.refresh_from_db()
    lead = pledge.lead_member
    sent = typed(
        pledge.tier,
        lead,
        ref=pledge.ref,
        revision=pledge.revision,
        content={"own_role": "Chủ trì", "title": "Đã sửa"} | content,
    )
    return register.register(sent, act=Act(by=lead.user, on=DAY), day=DAY)


# ---- building ----------------------------------------------------------------------------------


def test_lines_hold_the_version_last_sent_in_the_order_of_the_list_of_cadres(place):
    first, second = place.cadre(), place.cadre()
    later, early, also = place.pledge(second), place.pledge(first), place.pledge(second)
    amended = amend(early)
    docket = place.docket(also, later, amended)
    lines = list(docket.lines.order_by("order"))
    assert [line.pledge for line in lines] == [early, later, also]
    assert [line.order for line in lines] == [1, 2, 3]
    assert [line.version.no for line in lines] == [2, 1, 1]
    assert {line.outcome for line in lines} == {Outcome.PENDING}


def test_what_does_not_await_the_body_is_left_out(place):
    awaited, taken, returned = place.pledge(), place.pledge(), place.pledge()
    place.docket(taken)
    transitions.return_for_amendment({returned.pk: "Chưa rõ"}, act=Act(by=None, on=DAY))
    docket = place.docket(awaited, taken, returned)
    assert [line.pledge for line in docket.lines.all()] == [awaited]


def test_nothing_to_decide_makes_no_docket(place):
    pledge = place.pledge()
    place.docket(pledge)
    with pytest.raises(NotAllowedError, match="Nothing on the list awaits this body"):
        place.docket(pledge)
    assert Docket.objects.count() == 1


def test_the_same_ref_gives_the_first_docket(place):
    ref, pledge, other = uuid.uuid4(), place.pledge(), place.pledge()
    named = {"tier": place.tier, "body": place.standing, "title": "Danh mục", "by": place.board, "ref": ref}
    first = dockets.build_docket(pledge_ids=[pledge.pk], **named)
    again = dockets.build_docket(pledge_ids=[pledge.pk, other.pk], **named)
    assert again == first
    assert [line.pledge for line in first.lines.all()] == [pledge]


def test_a_ref_of_another_bodys_docket_is_refused(place):
    first = place.docket(place.pledge())
    with pytest.raises(NotAllowedError, match="another docket"):
        dockets.build_docket(
            tier=place.tier, body=place.peoples, title="Danh mục", by=place.board, ref=first.ref
        )


def test_a_pledge_amended_since_goes_on_another_docket(place):
    pledge = place.pledge()
    place.docket(pledge)
    assert awaiting(place) == set()
    amend(pledge)
    assert awaiting(place) == {pledge.pk}


# ---- the meeting -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"agreed": 5, "present": 9}, "5 of 11 is not more than half"),
        ({"agreed": 10, "present": 9}, "More agreed than were present"),
        ({"agreed": 9, "present": 12}, "More were present than the body has seats"),
        ({"on": DAY + timedelta(days=1)}, "lies in the future"),
    ],
    ids=["no majority", "more than present", "more than seats", "tomorrow"],
)
def test_a_meeting_that_does_not_hold_changes_nothing(place, changes, message):
    pledge = place.pledge()
    docket = place.docket(pledge)
    with pytest.raises(NotAllowedError, match=message):
        dockets.conclude(docket.pk, meeting=meeting(**changes), decisions={}, by=place.recorder, day=DAY)
    docket.refresh_from_db()
    assert (docket.state, docket.meeting_on, docket.agreed) == (DocketState.OPEN, None, None)
    assert line_of(docket, pledge).outcome == Outcome.PENDING
    assert status(pledge) == PledgeStatus.SUBMITTED


def test_six_of_eleven_is_a_majority(place):
    docket = place.docket(place.pledge())
    concluded = dockets.conclude(
        docket.pk, meeting=meeting(present=6, agreed=6), decisions={}, by=place.recorder, day=DAY
    )
    assert (concluded.state, concluded.seats, concluded.agreed) == (DocketState.CONCLUDED, 11, 6)


def test_seats_are_asked_once_and_known_from_then_on(place):
    place.standing.seats = None
    place.standing.save()
    first, second = place.docket(place.pledge()), place.docket(place.pledge())
    with pytest.raises(NotAllowedError, match="State the number of seats"):
        conclude(first, place.recorder)
    dockets.conclude(first.pk, meeting=meeting(seats=13), decisions={}, by=place.recorder, day=DAY)
    place.standing.refresh_from_db()
    assert place.standing.seats == 13
    # The number a later form states is not asked any more.
    dockets.conclude(second.pk, meeting=meeting(seats=10), decisions={}, by=place.recorder, day=DAY)
    second.refresh_from_db()
    assert second.seats == 13


@pytest.mark.parametrize(
    "who", ["board", "body_member", "clerk", "inspector", "peoples_recorder", "stranger"]
)
def test_only_the_recorder_of_the_body_records_it(place, who):
    pledge = place.pledge()
    docket = place.docket(pledge)
    with pytest.raises(NotAllowedError, match="You do not record what this body decides"):
        conclude(docket, getattr(place, who))
    assert status(pledge) == PledgeStatus.SUBMITTED


# ---- what a conclusion does --------------------------------------------------------------------


def test_every_line_not_named_is_approved_with_all_its_rows(place):
    pledge = place.pledge()
    docket = place.docket(pledge)
    UnitChange.objects.all().delete()
    conclude(docket, place.recorder)
    docket.refresh_from_db()
    pledge.refresh_from_db()
    assert (docket.state, docket.meeting_on, docket.concluded_by) == (
        DocketState.CONCLUDED,
        DAY,
        place.recorder,
    )
    assert line_of(docket, pledge).outcome == Outcome.APPROVE
    assert (pledge.status, pledge.approved_version.no) == (PledgeStatus.APPROVED, 1)
    event = PledgeEvent.objects.get(pledge=pledge, action="approved")
    assert (event.docket, event.on, event.actor, event.channel) == (docket, DAY, place.recorder, "meeting")
    assert list(UnitChange.objects.values_list("unit", "campaign")) == [(pledge.unit_id, place.campaign.pk)]


def test_each_line_has_its_own_outcome_and_reasons(place):
    approved, returned, rejected, held = (place.pledge() for _ in range(4))
    docket = place.docket(approved, returned, rejected, held)
    decisions = {
        line_of(docket, returned).pk: Decision(Outcome.RETURN, "Chưa rõ sản phẩm"),
        line_of(docket, rejected).pk: Decision(Outcome.REJECT, "Không thuộc thẩm quyền"),
        line_of(docket, held).pk: Decision(Outcome.HOLD),
    }
    conclude(docket, place.recorder, decisions)
    outcomes = dict(docket.lines.values_list("pledge", "outcome"))
    assert outcomes == {
        approved.pk: "approve",
        returned.pk: "return",
        rejected.pk: "reject",
        held.pk: "hold",
    }
    assert [status(one) for one in (approved, returned, rejected, held)] == [
        "approved",
        "returned",
        "rejected",
        "submitted",
    ]
    assert line_of(docket, returned).note == "Chưa rõ sản phẩm"
    assert PledgeEvent.objects.get(pledge=returned, action="returned").note == "Chưa rõ sản phẩm"
    assert PledgeEvent.objects.get(pledge=rejected, action="rejected").note == "Không thuộc thẩm quyền"
    assert awaiting(place) == {held.pk}


@pytest.mark.parametrize("outcome", [Outcome.RETURN, Outcome.REJECT])
def test_reasons_are_demanded_and_all_or_nothing_holds(place, outcome):
    approved, other = place.pledge(), place.pledge()
    docket = place.docket(approved, other)
    with pytest.raises(NotAllowedError, match="Give the reasons"):
        conclude(docket, place.recorder, {line_of(docket, other).pk: Decision(outcome, " ")})
    docket.refresh_from_db()
    assert docket.state == DocketState.OPEN
    assert status(approved) == PledgeStatus.SUBMITTED


@pytest.mark.parametrize("outcome", [Outcome.VOID, Outcome.PENDING])
def test_a_recorder_cannot_write_what_no_meeting_decides(place, outcome):
    docket = place.docket(place.pledge())
    with pytest.raises(NotAllowedError, match="cannot be decided"):
        conclude(docket, place.recorder, {docket.lines.get().pk: Decision(outcome, "x")})


def test_a_decision_on_a_line_of_another_docket_is_refused(place):
    docket, other = place.docket(place.pledge()), place.docket(place.pledge())
    with pytest.raises(NotAllowedError, match="does not stand on this docket"):
        conclude(docket, place.recorder, {other.lines.get().pk: Decision(Outcome.HOLD)})


def test_the_database_wants_reasons_for_a_return(place):
    line = place.docket(place.pledge()).lines.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        DocketLine.objects.filter(pk=line.pk).update(outcome=Outcome.RETURN, note="")


@pytest.mark.parametrize("moved", ["amended", "returned", "withdrawn"])
def test_a_line_whose_pledge_moved_on_is_void_and_blocks_nothing(place, moved):
    stays, goes = place.pledge(), place.pledge()
    docket = place.docket(stays, goes)
    act = Act(by=None, on=DAY)
    if moved == "amended":
        amend(goes)
    elif moved == "returned":
        transitions.return_for_amendment({goes.pk: "Chưa rõ"}, act=act)
    else:
        transitions.withdraw([goes.pk], act=act)
    before = status(goes)
    conclude(docket, place.recorder)
    assert (status(stays), status(goes)) == (PledgeStatus.APPROVED, before)
    assert line_of(docket, goes).outcome == Outcome.VOID
    assert not PledgeEvent.objects.filter(pledge=goes, docket=docket).exists()


def test_concluded_twice_is_concluded_once(place):
    pledge = place.pledge()
    docket = place.docket(pledge)
    first = conclude(docket, place.recorder)
    again = conclude(docket, place.recorder, {docket.lines.get().pk: Decision(Outcome.REJECT, "Thôi")})
    assert again.concluded_at == first.concluded_at
    assert status(pledge) == PledgeStatus.APPROVED
    assert PledgeEvent.objects.filter(pledge=pledge, action="approved").count() == 1


# ---- two bodies --------------------------------------------------------------------------------


def test_two_bodies_are_two_acts(place):
    pledge = place.pledge(authority=Authority.STATE)
    docket = place.docket(pledge)
    conclude(docket, place.recorder)
    assert (status(pledge), line_of(docket, pledge).outcome) == (PledgeStatus.SUBMITTED, Outcome.APPROVE)
    assert not PledgeEvent.objects.filter(pledge=pledge, action="approved").exists()
    assert (awaiting(place), awaiting(place, place.peoples)) == (set(), {pledge.pk})
    conclude(place.docket(pledge, body=place.peoples), place.peoples_recorder)
    assert status(pledge) == PledgeStatus.APPROVED
    assert PledgeEvent.objects.filter(pledge=pledge, action="approved").count() == 1


def test_the_order_of_the_two_bodies_does_not_matter(place):
    pledge = place.pledge(authority=Authority.STATE)
    conclude(place.docket(pledge, body=place.peoples), place.peoples_recorder)
    assert status(pledge) == PledgeStatus.SUBMITTED
    conclude(place.docket(pledge), place.recorder)
    assert status(pledge) == PledgeStatus.APPROVED


@pytest.mark.parametrize("authority", [Authority.PARTY, ""])
def test_a_matter_of_the_party_needs_one_body(place, authority):
    pledge = place.pledge(authority=authority)
    assert awaiting(place, place.peoples) == set()
    conclude(place.docket(pledge), place.recorder)
    assert status(pledge) == PledgeStatus.APPROVED


def test_what_the_second_body_sends_back_awaits_both_again(place):
    pledge = place.pledge(authority=Authority.STATE)
    conclude(place.docket(pledge), place.recorder)
    second = place.docket(pledge, body=place.peoples)
    line = second.lines.get()
    conclude(second, place.peoples_recorder, {line.pk: Decision(Outcome.RETURN, "Chưa rõ")})
    assert (awaiting(place), awaiting(place, place.peoples)) == (set(), set())
    pledge.refresh_from_db()
    lead = pledge.lead_member
    content = {"own_role": "Chủ trì", "title": "Đã sửa", "authority": Authority.STATE}
    sent = typed(place.tier, lead, ref=pledge.ref, revision=pledge.revision, content=content)
    register.register(sent, act=Act(by=lead.user, on=DAY), day=DAY)
    assert (awaiting(place), awaiting(place, place.peoples)) == ({pledge.pk}, {pledge.pk})


def test_a_body_of_another_unit_of_the_same_kind_is_awaited_by_nothing(place):
    place.pledge()
    assert awaiting(place, ward(place).body) == set()


# ---- cost and two at once ----------------------------------------------------------------------


@pytest.mark.parametrize("n", [3, 30])
def test_a_conclusion_costs_the_same_for_three_and_for_thirty_lines(place, n, django_assert_num_queries):
    lead = place.cadre()
    pledges = [place.pledge(lead, title=f"Việc số {i}") for i in range(n)]
    docket = place.docket(*pledges)
    back, held = (line_of(docket, pledge).pk for pledge in pledges[:2])
    decisions = {back: Decision(Outcome.RETURN, "Chưa rõ"), held: Decision(Outcome.HOLD)}
    with django_assert_num_queries(42):
        conclude(docket, place.recorder, decisions)


def test_the_statements_of_a_conclusion_grow_by_a_constant_for_each_further_chunk(place, monkeypatch):
    """Of 500 lines in life, of ten here."""
    for module in ("outcomes", "transitions", "journal", "building", "returns"):
        monkeypatch.setattr(f"pledges.actions.{module}.CHUNK", 10)
    lead, statements = place.cadre(), []
    scope_of(place.recorder)  # read once a request
    for n in (10, 20, 30):
        docket = place.docket(*(place.pledge(lead, title=f"Việc số {n}/{i}") for i in range(n)))
        with CaptureQueriesContext(connection) as captured:
            conclude(docket, place.recorder)
        statements.append(len(captured))
    assert statements[2] - statements[1] == statements[1] - statements[0] <= 12


@pytest.mark.parametrize("n", [3, 30])
def test_building_costs_the_same_for_three_and_for_thirty_lines(place, n, django_assert_num_queries):
    lead = place.cadre()
    pledges = [place.pledge(lead, title=f"Việc số {i}") for i in range(n)]
    with django_assert_num_queries(17):
        place.docket(*pledges)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_recorders_at_once_conclude_once():
    place = scene()
    other = user_with(Role.RECORDER, body=place.standing)
    pledge = place.pledge()
    docket = place.docket(pledge)
    reject = {docket.lines.get().pk: Decision(Outcome.REJECT, "Thôi")}
    answers = at_once(lambda: conclude(docket, place.recorder), lambda: conclude(docket, other, reject))
    docket.refresh_from_db()
    expected = "approved" if docket.concluded_by == place.recorder else "rejected"
    assert [answer.concluded_by for answer in answers] == [docket.concluded_by] * 2
    assert status(pledge) == expected
    assert PledgeEvent.objects.filter(pledge=pledge, action__in=("approved", "rejected")).count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_eight_recorders_at_once_have_one_effect():
    place = scene()
    pledges = [place.pledge() for _ in range(3)]
    docket = place.docket(*pledges)
    recorders = [place.recorder, *(user_with(Role.RECORDER, body=place.standing) for _ in range(7))]
    answers = at_once(*(lambda by=by: conclude(docket, by) for by in recorders))
    docket.refresh_from_db()
    assert [answer.concluded_by for answer in answers] == [docket.concluded_by] * 8
    events = PledgeEvent.objects.filter(docket=docket)
    assert sorted(events.values_list("pledge", "action")) == sorted((one.pk, "approved") for one in pledges)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_dockets_built_at_once_never_hold_the_same_pledge():
    place = scene()
    pledge = place.pledge()
    answers = at_once(lambda: place.docket(pledge), lambda: place.docket(pledge))
    assert sorted(type(answer).__name__ for answer in answers) == ["Docket", "NotAllowedError"]
    assert DocketLine.objects.filter(pledge=pledge).count() == 1
