"""Every change of status: which may follow which, once and twice, with its journal and its outbox row."""

import pytest

from cadres.models import UnitChange
from pledges.actions import transitions
from pledges.actions.acts import Act
from pledges.actions.journal import broken_chains
from pledges.content import digest
from pledges.models import EventAction, Pledge, PledgeEvent, PledgeVersion
from pledges.states import APPROVED, TRANSITIONS, PledgeStatus
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

S = PledgeStatus
ALLOWED = [(start, to) for start in S for to in sorted(TRANSITIONS[start])]
FORBIDDEN = [(start, to) for start in S for to in S if to != start and to not in TRANSITIONS[start]]


@pytest.fixture
def place(db):
    tier = members_tier(CampaignFactory())
    cell = cell_of(tier.campaign)
    return tier, MemberFactory(unit=cell), secretary_of(cell)


@pytest.mark.parametrize(("start", "to"), FORBIDDEN, ids=lambda status: str(status))
def test_forbidden_move_is_refused_and_leaves_no_trace(place, start, to):
    tier, lead, by = place
    pledge = pledge_in(start, lead, tier, by)
    UnitChange.objects.all().delete()

    answer = apply(to, pledge, by)

    assert [refused.pledge_id for refused in answer.refused] == [pledge.pk]
    assert answer.refused[0].reason
    assert (answer.done, answer.unchanged) == ([], [])
    after = Pledge.objects.get(pk=pledge.pk)
    assert (after.status, after.journal_seq, after.revision) == (start, pledge.journal_seq, pledge.revision)
    assert PledgeEvent.objects.filter(pledge=pledge).count() == pledge.journal_seq
    assert not UnitChange.objects.exists()


@pytest.mark.parametrize(("start", "to"), ALLOWED, ids=lambda status: str(status))
def test_allowed_move_writes_journal_and_outbox_once(place, start, to):
    tier, lead, by = place
    pledge = pledge_in(start, lead, tier, by)
    UnitChange.objects.all().delete()

    first, second = apply(to, pledge, by), apply(to, pledge, by)

    assert [done.pk for done in first.done] == [pledge.pk]
    assert [same.pk for same in second.unchanged] == [pledge.pk]
    after = Pledge.objects.get(pk=pledge.pk)
    assert after.status == to
    assert after.journal_seq == pledge.journal_seq + 1
    assert (after.approved_version is not None) == (to in APPROVED)
    last = PledgeEvent.objects.filter(pledge=pledge).latest("seq")
    assert (last.from_status, last.to_status, last.on, last.actor) == (start, to, DAY, by)
    assert (last.seq, last.digest) == (after.journal_seq, after.journal_head)
    assert list(UnitChange.objects.values_list("unit", "campaign")) == [(lead.unit_id, tier.campaign_id)]
    assert broken_chains() == []


def test_a_set_moves_what_may_move_and_names_the_rest(place):
    tier, lead, by = place
    waiting = [pledge_of(lead, tier, by) for _ in range(3)]
    done = pledge_in(S.DONE, lead, tier, by)

    answer = transitions.approve([done.pk, *[pledge.pk for pledge in waiting]], act=Act(by=by, on=DAY))

    assert [pledge.pk for pledge in answer.done] == [pledge.pk for pledge in waiting]
    assert [refused.pledge_id for refused in answer.refused] == [done.pk]
    assert set(
        Pledge.objects.filter(pk__in=[one.pk for one in waiting]).values_list("status", flat=True)
    ) == {S.APPROVED}


@pytest.mark.parametrize("count", [1, 3])
def test_a_set_of_any_size_costs_the_same(place, django_assert_num_queries, count):
    tier, lead, by = place
    pledges = [pledge_of(lead, tier, by).pk for _ in range(count)]
    with django_assert_num_queries(7):
        transitions.approve(pledges, act=Act(by=by, on=DAY))


def test_one_outbox_row_for_a_unit_whatever_the_number_of_pledges(place):
    tier, lead, by = place
    pledges = [pledge_of(lead, tier, by) for _ in range(3)]
    UnitChange.objects.all().delete()
    transitions.approve([pledge.pk for pledge in pledges], act=Act(by=by, on=DAY))
    assert UnitChange.objects.count() == 1


def test_return_demands_reasons(place):
    tier, lead, by = place
    pledge = pledge_of(lead, tier, by)
    with pytest.raises(ValueError, match=r"."):
        transitions.return_for_amendment({pledge.pk: "  "}, act=Act(by=by, on=DAY))
    pledge.refresh_from_db()
    assert pledge.status == S.SUBMITTED


def test_the_judge_stops_a_move_that_the_table_allows(place):
    tier, lead, by = place
    pledge = pledge_of(lead, tier, by)
    answer = transitions.withdraw([pledge.pk], act=Act(by=by, on=DAY), judge=lambda _pledge: "not now")
    assert answer.refused[0].reason == "not now"
    pledge.refresh_from_db()
    assert pledge.status == S.SUBMITTED


def test_a_changed_row_of_the_journal_is_found(place):
    tier, lead, by = place
    pledge = pledge_in(S.APPROVED, lead, tier, by)
    PledgeEvent.objects.filter(pledge=pledge, action=EventAction.SUBMITTED).update(note="nothing happened")
    assert broken_chains() == [str(pledge.ref)]


def test_a_cut_off_tail_of_the_journal_is_found(place):
    tier, lead, by = place
    pledge = pledge_in(S.APPROVED, lead, tier, by)
    PledgeEvent.objects.filter(pledge=pledge).latest("seq").delete()
    assert broken_chains() != []


def test_approval_names_the_version_last_submitted(place):
    tier, lead, by = place
    pledge = pledge_in(S.RETURNED, lead, tier, by)
    apply(S.SUBMITTED, pledge, by)
    apply(S.APPROVED, pledge, by)
    pledge.refresh_from_db()
    versions = list(PledgeVersion.objects.filter(pledge=pledge))
    assert [version.no for version in versions] == [1, 2]
    assert pledge.approved_version == versions[1]
    assert all(version.digest == digest(version.content) for version in versions)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one_effect():
    tier = members_tier(CampaignFactory())
    cell = cell_of(tier.campaign)
    lead, by = MemberFactory(unit=cell), secretary_of(cell)
    pledge = pledge_of(lead, tier, by)

    def approve():
        return transitions.approve([pledge.pk], act=Act(by=by, on=DAY))

    answers = at_once(approve, approve)

    assert sorted((len(answer.done), len(answer.unchanged)) for answer in answers) == [(0, 1), (1, 0)]
    assert PledgeEvent.objects.filter(pledge=pledge, action=EventAction.APPROVED).count() == 1
    assert broken_chains() == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_approval_and_withdrawal_at_once_end_in_one_of_the_two():
    tier = members_tier(CampaignFactory())
    cell = cell_of(tier.campaign)
    lead, by = MemberFactory(unit=cell), secretary_of(cell)
    pledge = pledge_of(lead, tier, by)

    answers = at_once(lambda: apply(S.APPROVED, pledge, by), lambda: apply(S.WITHDRAWN, pledge, by))

    assert sorted((len(answer.done), len(answer.refused)) for answer in answers) == [(0, 1), (1, 0)]
    pledge.refresh_from_db()
    assert pledge.journal_seq == 3
    assert broken_chains() == []
