"""Vetting: what the board proposes on a version; asked for an amendment, point by point."""

import pytest
from django.utils import translation

from pledges import desk
from pledges.actions import office_lists, transitions, vetting
from pledges.actions.acts import Act
from pledges.actions.dockets import Decision
from pledges.actions.journal import broken_chains
from pledges.actions.returns import Asked
from pledges.models import EventAction, PledgeEvent, PledgeReturn, ReturnPoint, ReturnReason, Vetting
from pledges.ready_lists import RETURN_REASONS
from pledges.states import CampaignState, Outcome, PledgeStatus
from tests.pledges.desk_scene import DUE, HOLD, PRODUCT, ask, send_again, vet
from tests.pledges.docket_scene import DAY, conclude, scene
from tests.pledges.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(db):
    with translation.override("en"):
        yield scene()


def shown(place):
    return desk.totals(desk.at_desk(place.tier))


def test_vetting_is_a_row_a_version_and_an_event(place):
    pledge = place.pledge()
    assert [one.pk for one in vet(place, pledge).done] == [pledge.pk]
    row = Vetting.objects.get()
    assert (row.version.no, row.proposal, row.on, row.by) == (1, Outcome.APPROVE, DAY, place.board)
    event = PledgeEvent.objects.filter(pledge=pledge).latest("seq")
    assert (event.action, event.version_no, event.to_status) == (
        EventAction.VETTED,
        1,
        PledgeStatus.SUBMITTED,
    )
    assert broken_chains() == []


def test_the_last_reading_holds_and_the_same_twice_is_one_effect(place):
    pledge = place.pledge()
    vet(place, pledge)
    assert vet(place, pledge).unchanged
    vet(place, pledge, finding=HOLD)
    row = Vetting.objects.get()
    assert (row.proposal, row.note) == (Outcome.HOLD, HOLD.note)
    events = PledgeEvent.objects.filter(action=EventAction.VETTED).order_by("seq")
    assert [event.note for event in events] == ["", "Proposed to be held over: Chờ ý kiến Sở"]


@pytest.mark.parametrize("proposal", [Outcome.HOLD, Outcome.REJECT])
def test_what_is_not_proposed_for_approval_gives_reasons(proposal):
    with pytest.raises(ValueError, match=r"reasons|lý do"):
        vetting.Finding(proposal, "  ")


@pytest.mark.parametrize("outcome", [Outcome.RETURN, Outcome.VOID, Outcome.PENDING])
def test_only_three_things_are_proposed(outcome):
    with pytest.raises(ValueError, match=r"proposed|đề nghị"):
        vetting.Finding(outcome, "x")


def test_what_cannot_be_vetted_is_refused_with_the_reason_and_the_rest_goes_on(place):
    good, lying, returned, stale = (place.pledge() for _ in range(4))
    place.docket(lying)
    ask(place, returned, note="Chưa rõ")
    act = Act(by=place.board, on=DAY)
    keys = [one.pk for one in (good, lying, returned, stale)]
    answer = vetting.vet(keys, vetting.Finding(), act=act, versions={stale.pk: 7})
    assert [one.pk for one in answer.done] == [good.pk]
    reasons = {one.pledge_id: one.reason for one in answer.refused}
    assert "lies on the docket “Danh mục trình”" in reasons[lying.pk]
    assert "Amendment asked for" in reasons[returned.pk]
    assert "sent again since you opened it" in reasons[stale.pk]


@pytest.mark.parametrize("who", ["recorder", "inspector", "clerk", "stranger"])
def test_only_the_board_of_the_host_vets(place, who):
    pledge = place.pledge()
    assert vet(place, pledge, by=getattr(place, who)).refused
    assert ask(place, pledge, note="x", by=getattr(place, who)).refused
    pledge.refresh_from_db()
    assert (pledge.status, Vetting.objects.count(), PledgeReturn.objects.count()) == ("submitted", 0, 0)


def test_nothing_is_vetted_in_a_closed_campaign(place):
    pledge = place.pledge()
    type(place.campaign).objects.update(state=CampaignState.CLOSED)
    assert "closed" in vet(place, pledge).refused[0].reason


@pytest.mark.parametrize("n", [1, 3])
def test_vetting_costs_the_same_for_one_and_for_three(place, n, django_assert_num_queries):
    pledges = [place.pledge() for _ in range(n)]
    vet(place, place.pledge())  # who may is read once a person
    with django_assert_num_queries(10):
        vet(place, *pledges)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_vet_at_once_and_one_row_is_there():
    place = scene()
    pledge = place.pledge()
    at_once(lambda: vet(place, pledge), lambda: vet(place, pledge))
    assert Vetting.objects.count() == 1
    assert PledgeEvent.objects.filter(action=EventAction.VETTED).count() == 1


# ---- asked for an amendment --------------------------------------------------------------------


def test_a_return_at_the_desk_keeps_its_points_and_the_journal_their_text(place):
    pledge = place.pledge()
    ask(place, pledge, PRODUCT, DUE, note="Ghi rõ số hộ.")
    row = PledgeReturn.objects.get()
    assert (row.version.no, row.note, row.by, row.docket, row.on) == (
        1,
        "Ghi rõ số hộ.",
        place.board,
        None,
        DAY,
    )
    points = list(row.points.values_list("label", "field", "reason__label"))
    assert points == [(PRODUCT, "product", PRODUCT), (DUE, "due_on", DUE)]
    event = PledgeEvent.objects.filter(pledge=pledge).latest("seq")
    assert event.note == f"{PRODUCT}\n{DUE}\nGhi rõ số hộ."
    pledge.refresh_from_db()
    assert pledge.status == PledgeStatus.RETURNED


def test_the_first_return_makes_the_ready_list_the_hosts_own_once(place):
    for _ in range(2):
        ask(place, place.pledge(), PRODUCT)
    assert ReturnReason.objects.filter(host=place.host).count() == len(RETURN_REASONS)


def test_a_meeting_returns_by_the_same_door_and_its_lines_become_points(place):
    office_lists.keep_ready_lists(place.host)
    pledge = place.pledge()
    docket = place.docket(pledge)
    note = f"{PRODUCT.upper()}.\nBổ sung mốc quý III"
    conclude(docket, place.recorder, {docket.lines.get().pk: Decision(Outcome.RETURN, note)})
    row = PledgeReturn.objects.get()
    assert (row.docket, row.note, row.by) == (docket, "Bổ sung mốc quý III", place.recorder)
    assert list(row.points.values_list("label", "field")) == [(PRODUCT, "product")]
    assert PledgeEvent.objects.filter(action=EventAction.RETURNED).get().note == note


def test_words_that_are_not_on_the_list_stay_a_note(place):
    pledge = place.pledge()
    transitions.return_for_amendment({pledge.pk: "Chưa rõ"}, act=Act(by=None, on=DAY))
    assert (PledgeReturn.objects.get().note, ReturnPoint.objects.count()) == ("Chưa rõ", 0)


def test_what_is_refused_leaves_no_return(place):
    pledge = place.pledge()
    ask(place, pledge, note="một")
    answer = ask(place, pledge, note="hai")
    assert [one.pk for one in answer.unchanged] == [pledge.pk]
    assert PledgeReturn.objects.get().note == "một"


def test_nothing_asked_is_no_return(place):
    with pytest.raises(ValueError, match="amended"):
        vetting.ask_to_amend([place.pledge().pk], Asked((), "  "), act=Act(by=place.board, on=DAY))


@pytest.mark.parametrize("n", [1, 3])
def test_a_return_costs_the_same_for_one_and_for_three(place, n, django_assert_num_queries):
    pledges = [place.pledge().pk for _ in range(n)]
    ask(place, place.pledge(), PRODUCT)
    act = Act(by=place.board, on=DAY)
    with django_assert_num_queries(24):
        vetting.ask_to_amend(pledges, Asked((PRODUCT,), ""), act=act)


# ---- which part of the desk --------------------------------------------------------------------


def test_a_pledge_on_its_way_over_the_desk(place):
    pledge = place.pledge()
    assert shown(place) == {"to_vet": 1, "again": 0, "vetted": 0, "returned": 0, "all": 1}
    ask(place, pledge, PRODUCT)
    assert shown(place) == {"to_vet": 0, "again": 0, "vetted": 0, "returned": 1, "all": 1}
    pledge = send_again(pledge, product="26 hộ")
    assert shown(place) == {"to_vet": 1, "again": 1, "vetted": 0, "returned": 0, "all": 1}
    vet(place, pledge)
    assert shown(place) == {"to_vet": 0, "again": 0, "vetted": 1, "returned": 0, "all": 1}
    docket = place.docket(pledge)
    assert shown(place) == {"to_vet": 0, "again": 0, "vetted": 0, "returned": 0, "all": 1}
    conclude(docket, place.recorder, {docket.lines.get().pk: Decision(Outcome.HOLD)})
    assert shown(place)["vetted"] == 1
    assert PledgeReturn.objects.count() == 1  # history stays


def test_a_new_version_is_to_be_vetted_again(place):
    pledge = place.pledge()
    vet(place, pledge)
    ask(place, pledge, note="Thêm mốc")
    send_again(pledge)
    assert shown(place)["to_vet"] == 1
    assert Vetting.objects.get().version.no == 1
