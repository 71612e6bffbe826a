"""Who decides on a pledge: the grassroots committee for its own sub-tree, the host, or both in turn."""

import pytest
from django.utils import translation

from cadres.models import Body, BodyKind
from pledges import queries
from pledges.actions import dockets
from pledges.actions.acts import NotAllowedError
from pledges.actions.dockets import Decision
from pledges.models import Authority, SentList, StepLevel, StepMode
from pledges.states import Outcome, PledgeStatus
from tests.factories import CellFactory, UnitFactory
from tests.pledges.docket_scene import DAY, conclude, ward
from tests.pledges.grassroots import STANDING, grassroots

pytestmark = pytest.mark.django_db

BOTH = (
    (StepLevel.GRASSROOTS, STANDING, StepMode.DECIDES),
    (StepLevel.HOST, STANDING, StepMode.DECIDES),
)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def awaiting(tier, body):
    return set(queries.awaiting_body(tier, body).values_list("pk", flat=True))


def docket(place, *pledges, body=None, by=None):
    return dockets.build_docket(
        tier=place.tier,
        body=body or place.ward.body,
        title="Danh mục",
        by=by or place.ward.officer,
        pledge_ids=[pledge.pk for pledge in pledges],
    )


def status(pledge):
    pledge.refresh_from_db()
    return pledge.status


def test_a_committee_decides_on_the_pledges_of_its_own_list_only():
    place = grassroots()
    other = ward(place.ward.scene)
    own, foreign = place.pledge(), place.pledge(unit=other.unit)
    assert awaiting(place.tier, place.ward.body) == {own.pk}
    assert awaiting(place.tier, other.body) == {foreign.pk}
    assert awaiting(place.tier, place.ward.scene.standing) == set()
    with pytest.raises(NotAllowedError, match="Nothing on the list"):
        docket(place, foreign)


def test_its_approval_is_final_and_sends_the_list_upwards():
    place = grassroots()
    first, second = place.pledge(), place.pledge()
    concluded = conclude(docket(place, first, second), place.ward.officer)
    assert [status(first), status(second)] == [PledgeStatus.APPROVED] * 2
    sent = SentList.objects.get(tier=place.tier)
    assert (sent.unit, sent.sent_on, sent.sent_by) == (place.ward.unit, DAY, place.ward.officer)
    assert dockets.issue(concluded.pk, number="5-QĐ/ĐU", on=DAY, by=place.ward.officer, day=DAY).number


def test_a_meeting_that_approves_nothing_sends_no_list():
    place = grassroots()
    listed = docket(place, place.pledge())
    conclude(listed, place.ward.officer, {listed.lines.get().pk: Decision(Outcome.RETURN, "Chưa rõ")})
    assert not SentList.objects.filter(tier=place.tier).exists()


def test_a_unit_within_the_ward_belongs_to_the_wards_body():
    place = grassroots()
    division = UnitFactory(parent=place.ward.unit, kind="division_committee")
    pledge = place.pledge(unit=division)
    assert awaiting(place.tier, place.ward.body) == {pledge.pk}
    nearer = Body.objects.create(unit=division, kind=STANDING, name="Ban Thường vụ", seats=3)
    assert awaiting(place.tier, place.ward.body) == set()
    assert awaiting(place.tier, nearer) == {pledge.pk}
    step = place.tier.steps.first()
    assert queries.body_of(step, division) == nearer
    Body.objects.filter(pk=nearer.pk).update(ended_on=DAY)
    assert queries.body_of(step, division) == place.ward.body


def test_where_no_committee_has_the_body_the_host_decides():
    place = grassroots()
    bare = UnitFactory(parent=place.ward.scene.host)
    pledge, standing = place.pledge(unit=bare), place.ward.scene.standing
    assert awaiting(place.tier, standing) == {pledge.pk}
    assert queries.body_of(place.tier.steps.first(), bare) == standing
    listed = docket(place, pledge, body=standing, by=place.ward.scene.board)
    conclude(listed, place.ward.scene.recorder)
    assert status(pledge) == PledgeStatus.APPROVED
    assert not SentList.objects.filter(tier=place.tier).exists()


def test_a_body_of_the_same_kind_above_the_host_decides_on_nothing():
    place = grassroots()
    city = UnitFactory(kind="city_committee")
    above = Body.objects.create(unit=city, kind=STANDING, name="Ban Thường vụ Thành ủy", seats=15)
    cell = CellFactory(parent=city)
    place.pledge()
    assert awaiting(place.tier, above) == set()
    assert queries.body_of(place.tier.steps.first(), cell) is None


def test_two_bodies_of_one_kind_on_two_levels_must_both_approve():
    place = grassroots(BOTH)
    pledge, host = place.pledge(), place.ward.scene
    assert awaiting(place.tier, host.standing) == set()
    conclude(docket(place, pledge), place.ward.officer)
    assert status(pledge) == PledgeStatus.SUBMITTED
    assert awaiting(place.tier, place.ward.body) == set()
    assert awaiting(place.tier, host.standing) == {pledge.pk}
    conclude(docket(place, pledge, body=host.standing, by=host.board), host.recorder)
    assert status(pledge) == PledgeStatus.APPROVED


def test_what_the_committee_sent_back_does_not_reach_the_host():
    place = grassroots(BOTH)
    pledge = place.pledge()
    listed = docket(place, pledge)
    conclude(listed, place.ward.officer, {listed.lines.get().pk: Decision(Outcome.HOLD)})
    assert awaiting(place.tier, place.ward.scene.standing) == set()
    assert awaiting(place.tier, place.ward.body) == {pledge.pk}


def test_a_step_by_authority_and_one_for_everything_are_both_kept():
    place = grassroots(
        (
            (StepLevel.GRASSROOTS, STANDING, StepMode.DECIDES, Authority.STATE),
            (StepLevel.HOST, STANDING, StepMode.DECIDES),
        )
    )
    party, state = place.pledge(authority="party"), place.pledge(authority="state")
    host = place.ward.scene.standing
    assert awaiting(place.tier, place.ward.body) == {state.pk}
    assert awaiting(place.tier, host) == {party.pk}
    conclude(docket(place, state), place.ward.officer)
    assert awaiting(place.tier, host) == {party.pk, state.pk}


def test_the_bodies_needed_and_agreed_are_told_by_level():
    place = grassroots(BOTH)
    pledge = place.pledge()
    needed = queries.bodies_needed({pledge.pk: pledge.authority}, place.tier)
    assert needed == {pledge.pk: [("grassroots", STANDING), ("host", STANDING)]}
    conclude(docket(place, pledge), place.ward.officer)
    agreed = queries.bodies_agreed(type(pledge).objects.filter(pk=pledge.pk))
    assert agreed == {pledge.pk: {("grassroots", STANDING)}}


@pytest.mark.parametrize("kind", [BodyKind.COMMITTEE, STANDING])
def test_the_officer_records_for_the_committee_and_its_standing_committee(kind):
    place = grassroots(((StepLevel.GRASSROOTS, kind, StepMode.DECIDES),))
    body, _made = Body.objects.get_or_create(
        unit=place.ward.unit, kind=kind, defaults={"name": "Đảng ủy phường Bưởi", "seats": 11}
    )
    pledge = place.pledge()
    conclude(docket(place, pledge, body=body), place.ward.officer)
    assert status(pledge) == PledgeStatus.APPROVED


@pytest.mark.parametrize("n", [3, 30])
def test_a_conclusion_on_cadres_costs_the_same_for_three_and_for_thirty(n, django_assert_num_queries):
    place = grassroots()
    lead = place.cadre()
    listed = docket(place, *(place.pledge(lead, title=f"Việc số {i}") for i in range(n)))
    with django_assert_num_queries(40):
        conclude(listed, place.ward.officer)
