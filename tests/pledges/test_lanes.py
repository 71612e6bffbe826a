"""The supplementary lane: who registers after the window, by which right, and on which docket it goes."""

import uuid
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from cadres.actions.members import move_members
from cadres.models import Membership
from pledges import queries, supplementary
from pledges.actions import cells, dockets, register
from pledges.actions.acts import Act, NotAllowedError
from pledges.models import Docket, Lane, Pledge
from pledges.permissions import lane_of
from pledges.states import CampaignState, PledgeStatus
from tests.factories import MemberFactory, UserFactory
from tests.pledges.docket_scene import awaiting, conclude, meeting, scene
from tests.pledges.factories import (
    DAY,
    CampaignFactory,
    cell_of,
    draft_of,
    key_cadre_tier,
    members_tier,
    pledge_in,
    pledge_of,
    secretary_of,
    typed,
)

pytestmark = pytest.mark.django_db
OPENS, CLOSES, AFTER = date(2024, 1, 15), date(2024, 3, 31), date(2024, 4, 10)
DIRECTIVE = {"directive": "27-ĐA/QU ngày 05/04/2024"}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def came(member, on):
    """The member stands in the cell from the day `on` only."""
    Membership.objects.filter(member=member).update(start=on)
    return member


def move(campaign, **kwargs):
    for name, value in kwargs.items():
        setattr(campaign, name, value)
    campaign.save()


# ---- who: the members' tier ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("joined", "day", "lane"),
    [
        (date(2024, 1, 1), OPENS, Lane.REGULAR),
        (date(2024, 1, 1), CLOSES, Lane.REGULAR),
        (date(2024, 1, 1), AFTER, None),
        (OPENS, AFTER, None),
        (date(2024, 1, 16), CLOSES, Lane.REGULAR),
        (date(2024, 1, 16), AFTER, Lane.NEWCOMER),
        (date(2024, 4, 5), AFTER, Lane.NEWCOMER),
        (date(2024, 1, 1), date(2024, 1, 14), None),
    ],
)
def test_after_the_window_only_who_did_not_stand_in_the_cell_when_it_opened(tier, lead, joined, day, lane):
    came(lead, joined)
    assert lane_of(lead, tier, day) == lane
    assert supplementary.lanes_of(lead, [tier], day) == ({} if lane is None else {tier.pk: lane})
    new = supplementary.newcomers(tier, lead.unit, day).values_list("member", flat=True)
    assert list(new) == ([lead.pk] if lane == Lane.NEWCOMER else [])


@pytest.mark.parametrize("on", [date(2024, 2, 20), date(2024, 4, 5)], ids=["in the window", "after it"])
def test_who_moved_to_another_cell_is_new_there(tier, lead, on):
    move_members([lead], cell_of(tier.campaign), on=on, by=None)
    lead.refresh_from_db()
    assert lane_of(lead, tier, AFTER) == Lane.NEWCOMER
    assert supplementary.newcomers(tier, lead.unit, AFTER).get().member == lead


def test_who_moved_but_had_registered_before_does_not_register_again(tier, lead, own):
    pledge_of(lead, tier, own)
    move_members([lead], cell_of(tier.campaign), on=date(2024, 4, 5), by=None)
    lead.refresh_from_db()
    assert lane_of(lead, tier, AFTER) is None
    assert supplementary.lanes_of(lead, [tier], AFTER) == {}
    assert not supplementary.newcomers(tier, lead.unit, AFTER).exists()


def test_who_went_and_came_back_is_not_new(tier, lead):
    own, other = lead.unit, cell_of(tier.campaign)
    for unit, on in ((other, date(2024, 2, 1)), (own, date(2024, 4, 2))):
        move_members([lead], unit, on=on, by=None)
        lead.refresh_from_db()
    assert lane_of(lead, tier, AFTER) is None
    assert supplementary.lanes_of(lead, [tier], AFTER) == {}
    assert not supplementary.newcomers(tier, own, AFTER).exists()


@pytest.mark.parametrize(
    ("status", "lane"),
    [
        (PledgeStatus.DRAFT, Lane.NEWCOMER),
        (PledgeStatus.SUBMITTED, None),
        (PledgeStatus.RETURNED, None),
        (PledgeStatus.APPROVED, None),
        (PledgeStatus.WITHDRAWN, Lane.NEWCOMER),
        (PledgeStatus.REJECTED, Lane.NEWCOMER),
    ],
)
def test_a_newcomer_registers_until_something_of_his_is_registered(tier, lead, own, status, lane):
    came(lead, date(2024, 2, 1))
    pledge_in(status, lead, tier, own)
    assert lane_of(lead, tier, AFTER) == lane
    assert supplementary.lanes_of(lead, [tier], AFTER) == ({tier.pk: lane} if lane else {})
    assert supplementary.newcomers(tier, lead.unit, AFTER).exists() == bool(lane)


@pytest.mark.parametrize(
    ("state", "lane"),
    [
        (CampaignState.DRAFT, None),
        (CampaignState.OPEN, Lane.NEWCOMER),
        (CampaignState.VETTING, Lane.NEWCOMER),
        (CampaignState.RUNNING, Lane.NEWCOMER),
        (CampaignState.EVALUATING, None),
        (CampaignState.CLOSED, None),
    ],
)
def test_the_lane_is_open_from_the_window_to_the_evaluation(tier, lead, state, lane):
    came(lead, date(2024, 2, 1))
    move(tier.campaign, state=state)
    assert lane_of(lead, tier, AFTER) == lane
    assert supplementary.lanes_of(lead, [tier], AFTER) == ({tier.pk: lane} if lane else {})
    assert supplementary.newcomers(tier, lead.unit, AFTER).exists() == bool(lane)


def test_without_a_first_day_nobody_can_be_told_to_be_new(tier, lead):
    came(lead, date(2024, 4, 5))
    move(tier.campaign, opens_on=None)
    assert lane_of(lead, tier, AFTER) is None
    assert supplementary.lanes_of(lead, [tier], AFTER) == {}
    assert not supplementary.newcomers(tier, lead.unit, AFTER).exists()


# ---- who: the cadres' tiers ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "day", "lane"),
    [
        (CampaignState.OPEN, CLOSES, Lane.REGULAR),
        (CampaignState.OPEN, AFTER, Lane.DIRECTIVE),
        (CampaignState.VETTING, DAY, Lane.DIRECTIVE),
        (CampaignState.RUNNING, AFTER, Lane.DIRECTIVE),
        (CampaignState.EVALUATING, AFTER, None),
        (CampaignState.CLOSED, AFTER, None),
    ],
)
def test_a_cadre_registers_after_the_window_under_a_directive(state, day, lane):
    place = scene()
    cadre = place.cadre()
    move(place.campaign, state=state)
    assert lane_of(cadre, place.tier, day) == lane
    assert supplementary.lanes_of(cadre, [place.tier], day) == ({place.tier.pk: lane} if lane else {})


def test_the_lanes_of_many_tiers_are_read_in_two_queries(django_assert_num_queries):
    lead = MemberFactory()
    came(lead, date(2024, 4, 5))
    for count in (1, 3):
        tiers = [members_tier(CampaignFactory()) for _ in range(count)]
        with django_assert_num_queries(2):
            lanes = supplementary.lanes_of(lead, tiers, AFTER)
        assert lanes == {tier.pk: Lane.NEWCOMER for tier in tiers}


# ---- the action sets the lane --------------------------------------------------------------------


def late_pledge(cadre, tier, **content):
    """A cadre's pledge registered after the window."""
    given = typed(tier, cadre, content={"own_role": "Chủ trì"} | DIRECTIVE | content)
    return register.register(given, act=Act(by=cadre.user, on=AFTER), day=AFTER)


def test_a_newcomers_registration_is_marked(tier, lead, own):
    came(lead, date(2024, 4, 5))
    pledge = register.register(typed(tier, lead), act=Act(by=own, on=AFTER), day=AFTER)
    pledge.refresh_from_db()
    assert (pledge.lane, pledge.status) == (Lane.NEWCOMER, PledgeStatus.SUBMITTED)


def test_a_cadres_late_pledge_is_marked_and_names_its_directive():
    place = scene()
    pledge = late_pledge(place.cadre(), place.tier)
    pledge.refresh_from_db()
    assert (pledge.lane, pledge.directive) == (Lane.DIRECTIVE, DIRECTIVE["directive"])


def test_without_the_directive_it_is_refused_and_stays_unwritten():
    place = scene()
    with pytest.raises(NotAllowedError, match="names the new directive"):
        late_pledge(place.cadre(), place.tier, directive="")
    assert not Pledge.objects.exists()


def test_a_draft_of_the_window_sent_after_it_changes_its_lane():
    place = scene()
    cadre = place.cadre()
    draft = draft_of(cadre, place.tier, cadre.user, content=DIRECTIVE)
    assert draft.lane == Lane.REGULAR
    [sent] = register.submit([draft.pk], act=Act(by=cadre.user, on=AFTER)).done
    sent.refresh_from_db()
    assert (sent.lane, sent.status) == (Lane.DIRECTIVE, PledgeStatus.SUBMITTED)


def test_a_draft_without_a_directive_is_not_sent_after_the_window():
    place = scene()
    cadre = place.cadre()
    draft = draft_of(cadre, place.tier, cadre.user)
    [refused] = register.submit([draft.pk], act=Act(by=cadre.user, on=AFTER)).refused
    assert "names the new directive" in refused.reason
    draft.refresh_from_db()
    assert draft.status == PledgeStatus.DRAFT


def test_a_members_old_draft_is_not_sent_after_the_window(tier, lead, own):
    draft = draft_of(lead, tier, own)
    [refused] = register.submit([draft.pk], act=Act(by=own, on=AFTER)).refused
    assert refused.reason == "Registration is not open on this day."


def test_a_late_draft_sent_when_the_window_was_opened_again_is_regular():
    place = scene()
    cadre = place.cadre()
    given = typed(place.tier, cadre, content=DIRECTIVE)
    draft = register.save_draft(given, act=Act(by=cadre.user, on=AFTER), day=AFTER)
    assert draft.lane == Lane.DIRECTIVE
    move(place.campaign, closes_on=date(2024, 4, 30))
    [sent] = register.submit([draft.pk], act=Act(by=cadre.user, on=AFTER)).done
    sent.refresh_from_db()
    assert sent.lane == Lane.REGULAR


def test_what_was_returned_comes_back_in_the_lane_it_came_in(tier, lead, own):
    pledge = pledge_in(PledgeStatus.RETURNED, lead, tier, own)
    [sent] = register.submit([pledge.pk], act=Act(by=own, on=AFTER)).done
    sent.refresh_from_db()
    assert sent.lane == Lane.REGULAR


def test_a_second_draft_of_a_newcomer_is_not_sent_after_the_first(tier, lead, own):
    came(lead, date(2024, 4, 5))
    drafts = [
        register.save_draft(typed(tier, lead), act=Act(by=own, on=AFTER), day=AFTER).pk for _ in range(2)
    ]
    assert len(register.submit(drafts[:1], act=Act(by=own, on=AFTER)).done) == 1
    assert len(register.submit(drafts[1:], act=Act(by=own, on=AFTER)).refused) == 1


@pytest.mark.parametrize(
    "change",
    [{"lane": "late"}, {"lane": Lane.DIRECTIVE, "directive": ""}],
    ids=["no such lane", "no directive"],
)
def test_the_database_refuses(tier, lead, own, change):
    pledge = pledge_of(lead, tier, own)
    with pytest.raises(IntegrityError), transaction.atomic():
        Pledge.objects.filter(pk=pledge.pk).update(**change)


def test_the_database_lets_a_late_draft_and_a_stub_be_without_a_directive(tier, lead, own):
    draft = draft_of(lead, tier, own)
    Pledge.objects.filter(pk=draft.pk).update(lane=Lane.DIRECTIVE)
    stub = pledge_of(lead, tier, own)
    Pledge.objects.filter(pk=stub.pk).update(lane=Lane.DIRECTIVE, is_stub=True, stub_reference="12-CV/QU")
    assert Pledge.objects.filter(lane=Lane.DIRECTIVE).count() == 2


# ---- dockets -------------------------------------------------------------------------------------


def mixed():
    """A district with one pledge of the window and one after it, of one cadre."""
    place = scene()
    cadre = place.cadre()
    return place, place.pledge(cadre), late_pledge(cadre, place.tier)


@pytest.mark.parametrize("late", [False, True])
def test_a_docket_takes_only_its_kind(late):
    place, regular, added = mixed()
    docket = dockets.build_docket(
        tier=place.tier,
        body=place.standing,
        title="Danh mục",
        by=place.board,
        pledge_ids=[regular.pk, added.pk],
        supplementary=late,
    )
    wanted, other = (added, regular) if late else (regular, added)
    assert docket.supplementary == late
    assert [line.pledge_id for line in docket.lines.all()] == [wanted.pk]
    assert awaiting(place) == {other.pk}


def test_a_docket_of_the_wrong_kind_is_not_made():
    place, regular, _added = mixed()
    with pytest.raises(NotAllowedError, match="Nothing on the list awaits"):
        dockets.build_docket(
            tier=place.tier,
            body=place.standing,
            title="Danh mục",
            by=place.board,
            pledge_ids=[regular.pk],
            supplementary=True,
        )
    assert not Docket.objects.exists()


def test_both_kinds_are_counted_apart_and_together_they_are_what_awaits_the_body():
    place, _regular, _added = mixed()
    late_pledge(place.cadre(), place.tier)
    assert queries.awaiting_by_lane(place.tier, place.standing) == {False: 1, True: 2}
    assert queries.awaiting_body(place.tier, place.standing).count() == 3


def test_a_supplementary_docket_is_concluded_like_any_other():
    place, _regular, added = mixed()
    docket = dockets.build_docket(
        tier=place.tier,
        body=place.standing,
        title="Danh mục bổ sung",
        by=place.board,
        pledge_ids=[added.pk],
        supplementary=True,
    )
    conclude(docket, place.recorder)
    added.refresh_from_db()
    assert (added.status, added.lane) == (PledgeStatus.APPROVED, Lane.DIRECTIVE)


def test_the_cells_meeting_takes_newcomers_with_the_others(tier, lead, own):
    by = secretary_of(lead.unit)
    first = pledge_of(lead, tier, own)
    new = came(MemberFactory(unit=lead.unit), date(2024, 4, 5))
    MemberFactory(unit=lead.unit)
    act = Act(by=by, on=AFTER)
    second = register.register(typed(tier, new), act=act, day=AFTER)
    docket = cells.record_meeting(
        cell=lead.unit,
        tier=tier,
        meeting=meeting(on=AFTER, present=3, agreed=3),
        decisions={},
        by=by,
        day=AFTER,
        ref=uuid.uuid4(),
    )
    assert {line.pledge_id for line in docket.lines.all()} == {first.pk, second.pk}
    assert not docket.supplementary
    second.refresh_from_db()
    assert (second.status, second.lane) == (PledgeStatus.APPROVED, Lane.NEWCOMER)


def test_a_member_on_no_list_is_not_let_into_the_cadres_tier(tier, lead):
    key = key_cadre_tier(tier.campaign, order=1)
    own = UserFactory(member=lead)
    with pytest.raises(NotAllowedError, match="not on the list of cadres"):
        register.register(typed(key, lead, content=DIRECTIVE), act=Act(by=own, on=AFTER), day=AFTER)
