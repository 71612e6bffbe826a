"""Lists go upwards: sent once, endorsed in one meeting, sent back with reasons, sent on."""

import uuid

import pytest
from django.utils import translation

from cadres.models import Unit, UnitChange
from cadres.outbox import note_changes
from cadres.roles import Role
from pledges import amendments, queries
from pledges.actions import dockets, lists
from pledges.actions.acts import NotAllowedError
from pledges.actions.corrections import correct
from pledges.actions.dockets import Decision
from pledges.actions.endorsements import build_endorsement
from pledges.committee_figures import below_by_path
from pledges.models import Docket, SentList
from pledges.states import DocketState, Outcome
from reports import counts
from reports.audit import differences
from reports.models import UnitCount
from tests.factories import CellFactory, MemberFactory, UnitFactory, user_with
from tests.pledges.docket_scene import DAY, conclude, meeting, scene, ward
from tests.pledges.factories import pledge_in, secretary_of
from tests.pledges.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def place(db):
    return ward(scene(), name="Đảng bộ phường Bưởi")


def endorsement(place, **kwargs):
    named = {"tier": place.tier, "body": place.body, "title": "Thông qua danh sách", "by": place.officer}
    return build_endorsement(**named | kwargs)


def state(unit):
    """Sent on, and the docket that endorsed it; None when it was not sent."""
    return SentList.objects.filter(unit=unit).values_list("sent_on", "endorsed_by").first()


def units_of(docket):
    return [line.unit for line in docket.lines.order_by("order")]


# ---- sent --------------------------------------------------------------------------------------


def test_a_list_is_sent_once_and_told_to_the_counts(place):
    cell = place.cell(sent=False)
    UnitChange.objects.all().delete()
    for _ in range(2):
        lists.mark_sent(tier=place.tier, units=[cell], on=DAY, by=place.officer)
    assert SentList.objects.filter(unit=cell).count() == 1
    assert list(UnitChange.objects.values_list("unit", "campaign")) == [(cell.pk, place.tier.campaign_id)]


@pytest.mark.parametrize("n", [3, 30])
def test_sending_costs_the_same_for_three_and_for_thirty(place, n, django_assert_num_queries):
    cells = [place.cell(sent=False) for _ in range(n)]
    with django_assert_num_queries(11):
        lists.mark_sent(tier=place.tier, units=cells, on=DAY, by=None)


# ---- endorsed ----------------------------------------------------------------------------------


def test_one_docket_holds_every_list_that_awaits(place):
    first, second = place.cell(), place.cell()
    place.cell(sent=False)
    ward(place.scene).cell()
    docket = endorsement(place)
    assert units_of(docket) == [first, second]
    assert (docket.body, docket.state) == (place.body, DocketState.OPEN)


def test_a_list_sent_later_joins_the_docket_before_its_meeting(place):
    first = place.cell()
    docket = endorsement(place)
    later = place.cell()
    again = endorsement(place)
    assert again == docket
    assert units_of(docket) == [first, later]
    assert [line.order for line in docket.lines.all()] == [1, 2]


def test_the_same_ref_after_the_meeting_gives_the_concluded_docket(place):
    place.cell()
    ref = uuid.uuid4()
    docket = endorsement(place, ref=ref)
    conclude(docket, place.officer)
    assert endorsement(place, ref=ref) == docket
    assert Docket.objects.filter(body=place.body).count() == 1


def test_no_list_no_docket(place):
    place.cell(sent=False)
    with pytest.raises(NotAllowedError, match="Nothing on the list awaits"):
        endorsement(place)
    assert not Docket.objects.filter(body=place.body).exists()


def test_the_meeting_endorses_every_list(place):
    cells = [place.cell(), place.cell()]
    docket = conclude(endorsement(place), place.officer)
    assert [state(cell) for cell in cells] == [(DAY, docket.pk)] * 2
    assert queries.list_totals(queries.awaited_lists(place.tier, place.unit)) == {
        "all": 2,
        "asked": 0,
        "sent": 2,
        "endorsed": 2,
    }


def test_a_list_to_amend_goes_back_with_its_reasons_and_comes_again(place):
    stays, back = place.cell(), place.cell()
    docket = endorsement(place)
    line = docket.lines.get(unit=back)
    UnitChange.objects.all().delete()
    conclude(docket, place.officer, {line.pk: Decision(Outcome.RETURN, "Thiếu 3 đồng chí")})
    assert (state(stays), state(back)) == ((DAY, docket.pk), None)
    assert list(UnitChange.objects.values_list("unit", flat=True)) == [stays.pk, back.pk]
    [asked] = amendments.asked_of(place.tier, [stays, back]).values()
    assert asked == amendments.Amendment(back.pk, DAY, place.body.name, "Thiếu 3 đồng chí")
    lists.mark_sent(tier=place.tier, units=[back], on=DAY, by=None)
    assert amendments.asked_of(place.tier, [stays, back]) == {}
    assert units_of(endorsement(place)) == [back]


def test_a_list_held_over_awaits_the_next_meeting(place):
    cell = place.cell()
    docket = endorsement(place)
    conclude(docket, place.officer, {docket.lines.get().pk: Decision(Outcome.HOLD)})
    assert state(cell) == (DAY, None)
    assert units_of(endorsement(place)) == [cell]


def test_a_list_cannot_be_rejected_and_a_return_gives_reasons(place):
    place.cell()
    docket = endorsement(place)
    line = docket.lines.get()
    with pytest.raises(NotAllowedError, match="cannot be decided"):
        conclude(docket, place.officer, {line.pk: Decision(Outcome.REJECT, "Thôi")})
    with pytest.raises(NotAllowedError, match="Give the reasons"):
        conclude(docket, place.officer, {line.pk: Decision(Outcome.RETURN)})
    docket.refresh_from_db()
    assert docket.state == DocketState.OPEN


@pytest.mark.parametrize("outcome", [Outcome.APPROVE, Outcome.RETURN])
def test_a_list_that_another_docket_settled_is_void_and_blocks_nothing(place, outcome):
    fresh, settled = place.cell(), place.cell()
    docket = endorsement(place)
    other = Docket.objects.create(
        campaign=place.tier.campaign, tier=place.tier, body=place.body, title="Danh mục khác"
    )
    SentList.objects.filter(unit=settled).update(endorsed_by=other)
    line = docket.lines.get(unit=settled)
    conclude(docket, place.officer, {line.pk: Decision(outcome, "Thiếu")})
    line.refresh_from_db()
    assert line.outcome == Outcome.VOID
    assert (state(settled), state(fresh)) == ((DAY, other.pk), (DAY, docket.pk))


@pytest.mark.parametrize("n", [3, 30])
def test_endorsing_costs_the_same_for_three_and_for_thirty(place, n, django_assert_num_queries):
    cells = [place.cell() for _ in range(n)]
    docket = endorsement(place)
    back = docket.lines.get(unit=cells[0])
    with django_assert_num_queries(21):
        conclude(docket, place.officer, {back.pk: Decision(Outcome.RETURN, "Thiếu")})


@pytest.mark.parametrize("who", ["another ward's officer", "board", "cell secretary"])
def test_only_the_officer_of_the_committee_records_its_meeting(place, who):
    cell = place.cell()
    docket = endorsement(place)
    others = {
        "another ward's officer": ward(place.scene).officer,
        "board": place.scene.board,
        "cell secretary": secretary_of(cell),
    }
    with pytest.raises(NotAllowedError, match="You do not record"):
        conclude(docket, others[who])
    assert state(cell) == (DAY, None)


def test_the_host_awaits_one_list_a_unit_directly_below(place):
    direct = CellFactory(parent=place.scene.host)
    cell = place.cell()
    lists.mark_sent(tier=place.tier, units=[direct, place.unit], on=DAY, by=None)
    docket = dockets.build_docket(
        tier=place.tier,
        body=place.scene.standing,
        title="Danh sách",
        by=place.scene.board,
        unit_ids=[direct.pk, place.unit.pk, cell.pk],
    )
    assert set(units_of(docket)) == {direct, place.unit}
    conclude(docket, place.scene.recorder)
    assert (state(direct), state(place.unit), state(cell)) == (
        (DAY, docket.pk),
        (DAY, docket.pk),
        (DAY, None),
    )


# ---- sent on -----------------------------------------------------------------------------------


def send(place, by=None):
    return lists.send_upwards(tier=place.tier, unit=place.unit, on=DAY, by=by or place.officer)


def test_a_committee_sends_its_list_once(place):
    place.cell()
    conclude(endorsement(place), place.officer)
    assert (send(place), send(place)) == (True, False)
    assert SentList.objects.filter(unit=place.unit).count() == 1


def test_nothing_endorsed_nothing_sent(place):
    place.cell()
    with pytest.raises(NotAllowedError, match="No list of a cell has been endorsed yet"):
        send(place)
    assert state(place.unit) is None


@pytest.mark.parametrize("who", ["another ward's officer", "board", "cell secretary"])
def test_only_the_officer_of_the_committee_sends(place, who):
    cell = place.cell()
    conclude(endorsement(place), place.officer)
    others = {
        "another ward's officer": ward(place.scene).officer,
        "board": place.scene.board,
        "cell secretary": secretary_of(cell),
    }
    with pytest.raises(NotAllowedError, match="You do not send the list"):
        send(place, by=others[who])


# ---- figures of the page -----------------------------------------------------------------------


def test_cells_and_approved_pledges_are_told_by_unit_directly_below(place):
    host, tier = place.scene.host, place.tier
    sent, missing = place.cell(), place.cell(sent=False)
    division = UnitFactory(parent=place.unit, kind="division_committee")
    deep = CellFactory(parent=division)
    direct = CellFactory(parent=host)
    for cell, status in ((sent, "approved"), (deep, "approved"), (deep, "submitted"), (direct, "approved")):
        pledge_in(status, MemberFactory(unit=cell), tier, secretary_of(cell))
    below = below_by_path(tier, None, host)
    assert {path: (one.sent, one.cells) for path, one in below.items()} == {
        place.unit.path: (1, 3),
        direct.path: (0, 1),
    }
    assert queries.approved_by_path(tier, host, directly_below=True) == {place.unit.path: 2, direct.path: 1}
    assert queries.approved_by_path(tier, place.unit, directly_below=False) == {sent.path: 1, deep.path: 1}
    assert set(queries.awaited_lists(tier, place.unit)) == {sent, missing, deep}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_meetings_at_once_endorse_a_list_once():
    place = ward(scene())
    cell = place.cell()
    first = endorsement(place)
    second = Docket.objects.create(
        campaign=place.tier.campaign, tier=place.tier, body=place.body, title="Danh mục khác"
    )
    second.lines.create(order=1, matter="endorse_list", unit=cell)
    other = user_with(Role.GRASSROOTS_OFFICER, unit=place.unit)
    at_once(lambda: conclude(first, place.officer), lambda: conclude(second, other))
    outcomes = {line.docket_id: line.outcome for line in [*first.lines.all(), *second.lines.all()]}
    assert sorted(outcomes.values()) == [Outcome.APPROVE, Outcome.VOID]
    assert outcomes[SentList.objects.get(unit=cell).endorsed_by_id] == Outcome.APPROVE


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_send_at_once_send_one_list():
    place = ward(scene())
    place.cell()
    conclude(endorsement(place), place.officer)
    other = user_with(Role.GRASSROOTS_OFFICER, unit=place.unit)
    answers = at_once(lambda: send(place), lambda: send(place, by=other))
    assert all(isinstance(answer, bool) for answer in answers)
    assert SentList.objects.filter(unit=place.unit).count() == 1


def test_endorsed_lists_are_counted_as_they_are_endorsed_and_held_over(place):
    cells = [place.cell(), place.cell(), place.cell(sent=False)]
    docket = build_endorsement(tier=place.tier, body=place.body, title="Danh sách", by=place.officer)
    conclude(docket, place.officer)
    note_changes(Unit.objects.values_list("pk", flat=True))
    counts.drain(DAY)
    of_host = UnitCount.objects.filter(tier=place.tier, unit=place.scene.host)
    assert of_host.values_list("cells_sent", "cells_endorsed").get() == (2, 2)
    assert differences(DAY) == []
    note_changes([place.cell().pk])
    second = build_endorsement(tier=place.tier, body=place.body, title="Tiếp", by=place.officer)
    conclude(second, place.officer)
    counts.drain(DAY)
    assert of_host.values_list("cells_sent", "cells_endorsed").get() == (3, 3)
    line = docket.lines.get(unit=cells[0])
    correct(
        docket.pk,
        meeting=meeting(minutes="Chi bộ chưa đủ hồ sơ."),
        decisions={line.pk: Decision(Outcome.HOLD)},
        by=place.officer,
        day=DAY,
        ref=uuid.uuid4(),
    )
    counts.drain(DAY)
    assert of_host.values_list("cells_sent", "cells_endorsed").get() == (3, 2)
    assert differences(DAY) == []
