"""Two at a docket, a pledge or a seat in the same instant: one effect, an answer for both, no error."""

import uuid
from collections import Counter

import pytest

from cadres.actions.bodies import BodyError
from cadres.actions.seats import take_seat
from cadres.models import Body, BodyMember
from cadres.roles import Role
from pledges.actions import building, cells, desk_jobs, dockets, opinions, register, transitions
from pledges.actions.acts import Act, Acted, NotAllowedError, StaleError
from pledges.actions.corrections import correct
from pledges.actions.dockets import Decision, Meeting
from pledges.actions.journal import broken_chains
from pledges.models import (
    DeskAct,
    DeskJob,
    Docket,
    DocketLine,
    OpinionSheet,
    Pledge,
    PledgeEvent,
    Vetting,
)
from pledges.states import DocketState, Outcome, PledgeStatus
from tests.factories import MemberFactory, user_with
from tests.pledges.desk_scene import vet
from tests.pledges.docket_scene import DAY, conclude, meeting, scene
from tests.pledges.factories import (
    CampaignFactory,
    cell_of,
    draft_of,
    members_tier,
    pledge_of,
    secretary_of,
    typed,
)
from tests.pledges.opinion_scene import says, seated
from tests.pledges.threads import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROUNDS = range(4)


@pytest.fixture(autouse=True)
def _day(on_the_day):
    """The site lives on the day of the scene."""


def kinds(answers):
    """How often which kind of answer came."""
    return Counter(type(answer).__name__ for answer in answers)


def known(answers, *allowed):
    """Nothing but what the callers are told in words."""
    wrong = [one for one in answers if isinstance(one, Exception) and not isinstance(one, allowed)]
    assert wrong == []


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_line_is_taken_off_or_decided_on(_round):
    place = scene()
    gone, stays = place.pledge(), place.pledge()
    docket = place.docket(gone, stays)
    line = docket.lines.get(pledge=gone)
    no = {line.pk: Decision(Outcome.REJECT, "Không thuộc thẩm quyền")}
    answers = at_once(
        lambda: conclude(docket, place.recorder, no),
        lambda: building.take_off(docket.pk, [line.pk], by=place.board),
    )
    known(answers, NotAllowedError)
    gone.refresh_from_db()
    there = DocketLine.objects.filter(pk=line.pk).exists()
    docket.refresh_from_db()
    if docket.state == DocketState.CONCLUDED and there:
        assert gone.status == PledgeStatus.REJECTED
    else:
        assert (gone.status, there) == (PledgeStatus.SUBMITTED, False)


@pytest.mark.parametrize("_round", ROUNDS)
def test_an_opinion_comes_before_the_conclusion_or_is_refused(_round):
    place = scene()
    docket, member = place.docket(place.pledge()), seated(place)
    answers = at_once(lambda: says(docket, member), lambda: conclude(docket, place.recorder))
    known(answers, NotAllowedError)
    refused = kinds(answers)["NotAllowedError"]
    assert OpinionSheet.objects.count() == 1 - refused


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_docket_is_dissolved_once_and_whoever_comes_second_is_told(_round):
    place = scene()
    docket = place.docket(place.pledge())
    answers = at_once(*[lambda: building.dissolve(docket.pk, by=place.board)] * 3)
    assert sorted(answers, key=str) == [False, False, True]


@pytest.mark.parametrize("_round", ROUNDS)
def test_what_is_done_with_a_docket_that_is_dissolved_is_refused(_round):
    place = scene()
    first, second = place.pledge(), place.pledge()
    docket, member = place.docket(first, second), seated(place)
    line = docket.lines.first()
    answers = at_once(
        lambda: building.dissolve(docket.pk, by=place.board),
        lambda: says(docket, member),
        lambda: conclude(docket, place.recorder),
        lambda: building.add_awaiting(docket.pk, by=place.board),
        lambda: building.take_off(docket.pk, [line.pk], by=place.board),
    )
    known(answers, NotAllowedError)
    assert not broken_chains()


def test_lines_taken_off_at_once_leave_the_last():
    place = scene()
    docket = place.docket(place.pledge(), place.pledge(), place.pledge())
    keys = list(docket.lines.values_list("pk", flat=True))
    answers = at_once(*(lambda pk=pk: building.take_off(docket.pk, [pk], by=place.board) for pk in keys))
    assert kinds(answers) == {"int": 2, "NotAllowedError": 1}
    assert docket.lines.count() == 1


def test_what_awaits_is_added_once_and_is_numbered_once():
    place = scene()
    docket = place.docket(place.pledge())
    for _ in range(3):
        place.pledge()
    answers = at_once(*[lambda: building.add_awaiting(docket.pk, by=place.board)] * 3)
    assert sorted(answers) == [0, 0, 3]
    assert sorted(docket.lines.values_list("order", flat=True)) == [1, 2, 3, 4]


@pytest.mark.parametrize("_round", ROUNDS)
def test_of_two_corrections_at_once_one_corrects_the_line(_round):
    place = scene()
    pledge = place.pledge()
    docket = conclude(place.docket(pledge), place.recorder)
    line = docket.lines.get()

    def put_right(outcome):
        return correct(
            docket.pk,
            meeting=meeting(minutes="Ghi nhầm."),
            decisions={line.pk: Decision(outcome, "Chưa rõ sản phẩm")},
            by=place.recorder,
            day=DAY,
            ref=uuid.uuid4(),
        )

    answers = at_once(lambda: put_right(Outcome.RETURN), lambda: put_right(Outcome.REJECT))
    assert kinds(answers) == {"Docket": 1, "NotAllowedError": 1}
    assert Docket.objects.filter(corrects=docket).count() == 1
    assert not broken_chains()


@pytest.mark.parametrize("act", [DeskAct.VET, DeskAct.RETURN, DeskAct.DOCKET])
def test_the_desk_acts_on_all_while_authors_withdraw(act):
    place = scene()
    pledges = [place.pledge() for _ in range(4)]
    keys = [pledge.pk for pledge in pledges]
    if act == DeskAct.DOCKET:
        vet(place, *pledges)
    wish = desk_jobs.Wish(act=act, note="Chưa rõ", body=place.standing, title="Danh mục")

    def at_the_desk():
        return desk_jobs.request_desk_job(
            ref=uuid.uuid4(), tier=place.tier, wish=wish, pledges=keys, query="", by=place.board, day=DAY
        )

    def withdraw(pledge):
        return transitions.withdraw([pledge.pk], act=Act(by=pledge.lead_member.user, on=DAY))

    answers = at_once(at_the_desk, *(lambda one=one: withdraw(one) for one in pledges[:2]))
    known(answers)
    [job] = DeskJob.objects.all()
    assert (job.progress, job.error) == (4, "")
    assert job.done + len(job.refused) == 4
    assert set(Pledge.objects.filter(pk__in=keys[:2]).values_list("status", flat=True)) == {"withdrawn"}
    assert not broken_chains()


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_finding_is_on_the_version_that_goes_to_the_meeting(_round):
    place = scene()
    pledge = place.pledge()
    answers = at_once(lambda: vet(place, pledge), lambda: place.docket(pledge))
    known(answers, NotAllowedError)
    line = DocketLine.objects.get()
    vetted = next(one for one in answers if isinstance(one, Acted)).done
    told = (line.proposal, Vetting.objects.count(), len(vetted))
    assert told in (("approve", 1, 1), ("", 0, 0)), told


def test_two_tabs_save_themselves_twenty_times():
    tier = members_tier(CampaignFactory())
    lead = MemberFactory(unit=cell_of(tier.campaign))
    own = user_with(Role.MEMBER, unit=lead.unit, member=lead)
    draft = draft_of(lead, tier, own)

    def tab(name):
        """It saves what it holds; overtaken, it takes what was saved as its base and goes on typing."""
        revision, kept = draft.revision, 0
        for n in range(20):
            content = {"title": f"{name} {n}"}
            form = typed(tier, lead, ref=draft.ref, revision=revision, content=content)
            try:
                revision = register.autosave(form, act=Act(by=own, on=DAY), day=DAY).revision
                kept += 1
            except StaleError:
                revision = Pledge.objects.get(pk=draft.pk).revision
        return kept

    before = draft.revision
    answers = at_once(lambda: tab("A"), lambda: tab("B"))
    known(answers)
    draft.refresh_from_db()
    assert draft.revision == before + sum(answers)
    assert Pledge.objects.count() == 1
    assert not broken_chains()


def test_one_form_saves_itself_and_is_sent_in_the_same_instant():
    tier = members_tier(CampaignFactory())
    lead = MemberFactory(unit=cell_of(tier.campaign))
    own = user_with(Role.MEMBER, unit=lead.unit, member=lead)
    form = typed(tier, lead)
    act = Act(by=own, on=DAY)
    answers = at_once(
        lambda: register.register(form, act=act, day=DAY),
        lambda: register.autosave(form, act=act, day=DAY),
        lambda: register.save_draft(form, act=act, day=DAY),
    )
    known(answers, StaleError, NotAllowedError)
    [pledge] = Pledge.objects.all()
    assert pledge.status == PledgeStatus.SUBMITTED
    assert not broken_chains()


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_secretaries_decide_differently_on_the_same_list(_round):
    tier = members_tier(CampaignFactory())
    cell = cell_of(tier.campaign)
    first, second = secretary_of(cell), secretary_of(cell)
    leads = [MemberFactory(unit=cell) for _ in range(3)]
    pledges = [pledge_of(lead, tier, first) for lead in leads]
    met = Meeting(on=DAY, presided_by="Bí thư", present=3, agreed=3)
    seen = {pledge.pk: 1 for pledge in pledges}

    def record(by, decision):
        return cells.record_meeting(
            cell=cell,
            tier=tier,
            meeting=met,
            decisions={pledge.pk: decision for pledge in pledges},
            by=by,
            day=DAY,
            ref=uuid.uuid4(),
            seen=seen,
        )

    answers = at_once(
        lambda: record(first, Decision(Outcome.APPROVE)),
        lambda: record(second, Decision(Outcome.REJECT, "Không phù hợp")),
    )
    assert kinds(answers) == {"Docket": 1, "NotAllowedError": 1}
    assert len(set(Pledge.objects.values_list("status", flat=True))) == 1
    assert PledgeEvent.objects.filter(action__in=("approved", "rejected")).count() == 3


def test_the_last_seat_of_a_body_is_taken_once():
    place = scene()
    Body.objects.filter(pk=place.standing.pk).update(seats=1)
    people = [MemberFactory() for _ in range(3)]
    answers = at_once(
        *(lambda one=one: take_seat(place.standing, one, start=DAY, by=place.board) for one in people)
    )
    assert kinds(answers) == {"BodyMember": 1, "BodyError": 2}
    known(answers, BodyError)
    assert BodyMember.objects.count() == 1


def test_a_number_is_given_once_whoever_presses():
    place = scene()
    docket = conclude(place.docket(place.pledge()), place.recorder)
    answers = at_once(
        *(
            lambda no=no: dockets.issue(docket.pk, number=f"{no}-QĐ/QU", on=DAY, by=place.clerk, day=DAY)
            for no in (1, 2, 3)
        )
    )
    known(answers)
    docket.refresh_from_db()
    assert {one.number for one in answers} == {docket.number}


def test_one_member_with_two_tabs_leaves_one_sheet():
    place = scene()
    docket, member = place.docket(place.pledge()), seated(place)
    no = opinions.Opinion(opinions.Stance.OBJECT, "Trùng")
    answers = at_once(lambda: says(docket, member), lambda: says(docket, member, whole=no))
    assert kinds(answers) == {"OpinionSheet": 1, "StaleError": 1}
