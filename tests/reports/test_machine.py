"""Random sequences of acts by everybody, right or not: whatever they do, what must hold holds.

An act that a rule forbids raises or refuses and changes nothing; it is a step like any other.
"""

import os
import uuid
from datetime import date
from typing import ClassVar

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from cadres.actions.members import change_standing, move_members
from cadres.models import Member, Standing
from pledges import queries
from pledges.actions import cells, dockets, endorsements, lists, register, results, transitions
from pledges.models import Pledge, Stance
from pledges.permissions import can_type_for, can_vet, can_withdraw
from pledges.states import DocketState, Outcome, PledgeStatus
from tests.reports.machine_desk import SOME, VOTES, WHO, DeskActs
from tests.reports.world import DAY, REASON, World, act, decisions, make_district

# Five thousand steps in CI; a tenth of the time at a desk.
EXAMPLES, STEPS = (50 if os.environ.get("CI") else 10), 100
PLACES = (PledgeStatus.DRAFT, PledgeStatus.SUBMITTED, PledgeStatus.RETURNED, PledgeStatus.APPROVED)
ENDS = (PledgeStatus.REJECTED, PledgeStatus.WITHDRAWN, PledgeStatus.DONE, PledgeStatus.NOT_DONE)
EVERYWHERE = {*map(str, (*PLACES, *ENDS, *DocketState)), "endorsed", "vetted", "corrected", "opinion"}
OUTCOMES = st.lists(
    st.sampled_from([Outcome.APPROVE, Outcome.RETURN, Outcome.REJECT, Outcome.HOLD]), max_size=4
)


class Office(DeskActs, RuleBasedStateMachine):
    """The acts; each is tried by whoever should do it, now and then by anybody at all."""

    reached: ClassVar[set[str]] = set()
    # Whether nobody else acts in the same moment, so that an act can be judged by itself.
    alone = True

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        make_district()
        self.world = World()
        self.world.everybody_registers()

    @initialize(begun=st.sampled_from([0, 0, 1, 2, 3]))
    def begins_in_the_middle(self, begun):
        """What an office does first is done already: the cells met, the wards endorsed, the host decided."""
        for stage in (self.world.cells_meet, self.world.wards_endorse, self.world.host_decides)[:begun]:
            stage()

    def teardown(self) -> None:
        try:
            self.reached.update(self.world.reached())
            self.world.hold_at_the_end()
        finally:
            # An example leaves nothing behind for the next one.
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    @invariant()
    def holds(self) -> None:
        self.world.hold()

    @rule(who=WHO, member=SOME, key=st.booleans(), title=st.sampled_from("AB"))
    def begins_a_draft(self, who, member, key, title):
        lead = Member.objects.get(pk=self.world.members[member % 6].pk)
        user = self.world.user(who, lead.user)
        typed = self.world.typed(lead, key=key, title=title, ref=uuid.uuid4(), revision=None)
        before = lead.pledges.count()
        self.attempt(lambda: register.save_draft(typed, act=act(user), day=DAY))
        if self.alone and not can_type_for(user, lead, typed.tier):
            assert lead.pledges.count() == before

    @rule(which=SOME, who=WHO, stale=st.booleans(), title=st.sampled_from("CD"))
    def edits(self, which, who, stale, title):
        pledge = self.world.pledge(which)
        if pledge is None:
            return
        revision = pledge.revision - 1 if stale else pledge.revision
        key = pledge.tier_id == self.world.key.pk
        typed = self.world.typed(pledge.lead_member, key=key, title=title, ref=pledge.ref, revision=revision)
        user = self.world.user(who, pledge.lead_member.user)
        self.attempt(lambda: register.save_draft(typed, act=act(user), day=DAY))
        if self.alone and stale:
            pledge.refresh_from_db()
            assert pledge.revision == revision + 1

    @rule(which=SOME, who=WHO)
    def submits(self, which, who):
        pledge = self.world.pledge(which)
        if pledge:
            register.submit([pledge.pk], act=act(self.world.user(who, pledge.lead_member.user)))

    @rule(which=SOME, who=WHO)
    def withdraws(self, which, who):
        pledge = self.world.pledge(which)
        if pledge is None:
            return
        user = self.world.user(who, pledge.lead_member.user)
        judge = lambda locked: None if can_withdraw(user, locked) else "no right"  # noqa: E731
        transitions.withdraw([pledge.pk], act=act(user), judge=judge)

    @rule(which=SOME, who=WHO)
    def returns_at_the_desk(self, which, who):
        pledge, user = self.world.pledge(which), self.world.user(who, self.world.board)
        if pledge:
            judge = lambda locked: None if can_vet(user, locked.campaign) else "no right"  # noqa: E731
            transitions.return_for_amendment({pledge.pk: REASON}, act=act(user), judge=judge)

    @rule(where=SOME, who=WHO, outcomes=OUTCOMES, counted=VOTES)
    def cell_meets(self, where, who, outcomes, counted):
        world = self.world
        cell = world.cells[where % 2]
        user = world.user(who, world.secretaries[where % 2])
        said = decisions(cells.awaiting_in(cell, world.tier), outcomes)
        self.attempt(
            lambda: cells.record_meeting(
                cell=cell,
                tier=world.tier,
                meeting=world.meeting(cell.bodies.get(), counted),
                decisions=said,
                by=user,
                day=DAY,
                ref=uuid.uuid4(),
            )
        )

    @rule(where=SOME, who=WHO)
    def list_is_put_before_a_body(self, where, who):
        world = self.world
        body = [*world.ward_bodies, world.standing][where % 3]
        self.attempt(
            lambda: endorsements.build_endorsement(
                tier=world.tier, body=body, title="Danh sách", by=world.user(who, world.board)
            )
        )

    @rule(where=SOME, who=WHO)
    def ward_sends(self, where, who):
        world = self.world
        user = world.user(who, world.officers[where % 2])
        unit = world.wards[where % 2]
        self.attempt(lambda: lists.send_upwards(tier=world.tier, unit=unit, on=DAY, by=user))

    @rule(where=SOME, who=WHO)
    def cell_sends_again(self, where, who):
        world = self.world
        cell = world.cells[where % 2]
        self.attempt(
            lambda: lists.send_cell_list(
                tier=world.tier, cell=cell, on=DAY, by=world.user(who, world.secretaries[where % 2])
            )
        )

    @rule(where=SOME, who=WHO)
    def cadres_are_put_before_a_body(self, where, who):
        world = self.world
        body = world.bodies[where % 2]
        waiting = list(queries.awaiting_body(world.key, body).values_list("pk", flat=True))
        self.attempt(
            lambda: dockets.build_docket(
                tier=world.key, body=body, title="Trình", by=world.user(who, world.board), pledge_ids=waiting
            )
        )

    @rule(which=SOME, who=WHO, outcomes=OUTCOMES, counted=VOTES)
    def body_concludes(self, which, who, outcomes, counted):
        docket = self.world.docket(which, state=DocketState.OPEN)
        if docket is None:
            return
        lines = list(docket.lines.order_by("order").values_list("pk", flat=True))
        said = decisions(lines, outcomes)
        user = self.world.user(who, self.world.recorder(docket))
        conclude = lambda: dockets.conclude(  # noqa: E731
            docket.pk, meeting=self.world.meeting(docket.body, counted), decisions=said, by=user, day=DAY
        )
        self.attempt(conclude)
        self.attempt(conclude)

    @rule(which=SOME, who=WHO, number=st.sampled_from(["1-TB/QU", "2-TB/QU"]))
    def clerk_issues(self, which, who, number):
        docket = self.world.docket(which, state=DocketState.CONCLUDED)
        if docket:
            user = self.world.user(who, self.world.clerk)
            self.attempt(lambda: dockets.issue(docket.pk, number=number, on=DAY, by=user, day=DAY))

    @rule(which=SOME, outcome=st.sampled_from([PledgeStatus.DONE, PledgeStatus.NOT_DONE]))
    def result_is_recorded(self, which, outcome):
        pledge = self.world.pledge(which, status=PledgeStatus.APPROVED)
        if pledge:
            result = results.FinalResult(outcome=outcome, text="Đã xong")
            results.record_results({pledge.pk: result}, act=act(self.world.board))

    @rule(which=SOME, where=SOME, on=st.dates(date(2024, 3, 1), DAY))
    def member_moves(self, which, where, on):
        member = Member.objects.get(pk=self.world.members[which % 6].pk)
        self.attempt(lambda: move_members([member], self.world.cells[where % 2], on=on, by=None))

    @rule(which=SOME, standing=st.sampled_from([Standing.ACTIVE, Standing.EXEMPT, Standing.AWAY]))
    def member_changes_standing(self, which, standing):
        member = Member.objects.get(pk=self.world.members[which % 6].pk)
        self.attempt(lambda: change_standing([member], standing=standing, on=DAY, by=None))


@pytest.mark.django_db
def test_whatever_people_do_the_rules_hold(settings):
    settings.SITE_TODAY = DAY
    run_state_machine_as_test(Office, settings=MANY)
    # The walk says nothing where nobody gets anywhere; how far it gets is a matter of chance.
    assert Office.reached >= {str(PledgeStatus.SUBMITTED)}


def go_everywhere(office: Office) -> None:
    """The acts of one year in their order, some of them refused by a body or taken back."""
    office.begins_a_draft(None, 2, key=False, title="A")
    office.begins_a_draft(None, 3, key=False, title="B")
    office.withdraws(Pledge.objects.count() - 1, None)
    office.board_vets(0, None, Outcome.APPROVE, stale=False)
    office.cell_meets(0, None, [Outcome.APPROVE, Outcome.RETURN, Outcome.REJECT], None)
    office.cell_meets(1, None, [], None)
    for ward in range(2):
        office.list_is_put_before_a_body(ward, None)
        office.body_concludes(0, None, [], None)
        office.ward_sends(ward, None)
    for body in range(2):
        office.cadres_are_put_before_a_body(body, None)
        office.member_gives_an_opinion(
            2 + body, 0, None, Stance.AGREE, Stance.AGREE, paper=False, stale=False
        )
        office.body_concludes(0, None, [], None)
    office.clerk_issues(0, None, "1-TB/QU")
    office.act_is_corrected(0, None, None, 0, 1)
    office.result_is_recorded(0, PledgeStatus.DONE)
    office.result_is_recorded(0, PledgeStatus.NOT_DONE)
    office.begins_a_draft(None, 0, key=True, title="B")
    office.submits(Pledge.objects.count() - 1, None)
    office.cadres_are_put_before_a_body(0, None)


@pytest.mark.django_db
def test_the_acts_of_the_walk_lead_everywhere(settings):
    """What chance may miss is reached here on purpose, by the same acts and by whoever should do them."""
    settings.SITE_TODAY = DAY
    office = Office()
    try:
        go_everywhere(office)
        office.holds()
        office.world.hold_at_the_end()
        assert office.world.reached() >= EVERYWHERE
    finally:
        transaction.set_rollback(True)
        office.undone.__exit__(None, None, None)


MANY = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
