"""A closing: rows, counts and digests of one instant, made once, changed by nothing."""

import uuid

import pytest
from django.db import transaction
from django.utils import translation

from cadres.jobs import JobState
from cadres.models import RecordEvent, Standing, UnitChange
from pledges.actions.acts import Act, NotAllowedError
from pledges.actions.transitions import approve
from pledges.models import Pledge
from pledges.states import APPROVED, REGISTERED, CampaignState
from reports import counts
from reports.actions import closings
from reports.actions.campaign_closing import close_campaign, reopen_campaign
from reports.closing_check import differences
from reports.models import CLOSED_MEASURES, ClosedPerson, ClosedPledge, ClosedUnit, Closing, UnitCount
from tests.factories import MemberFactory
from tests.pledges.threads import at_once
from tests.reports.closing_scene import District, worked
from tests.reports.conftest import DAY, make_pledge

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_the_day(settings):
    settings.SITE_TODAY = DAY
    with translation.override("en"):
        yield


@pytest.fixture
def place(db):
    return District()


def line(closing, unit):
    return ClosedUnit.objects.get(closing=closing, unit=unit)


# ---- what is put away ------------------------------------------------------------------------------


def test_counts_people_and_pledges_are_put_away(place):
    closing = place.close()
    assert (closing.state, closing.error, closing.day) == (JobState.DONE, "", DAY)
    host = line(closing, place.host)
    assert (host.registered, host.counted, host.exempt, host.pledges) == (2, 4, 1, 2)
    people = ClosedPerson.objects.filter(closing=closing)
    assert people.filter(counted=True).count() == 4
    assert people.get(counted=False).standing == Standing.EXEMPT
    assert people.get(member=place.members[0]).name == place.members[0].name
    put = ClosedPledge.objects.get(closing=closing, lead_member=place.members[0])
    pledge = Pledge.objects.get(lead_member=place.members[0])
    assert (put.version.no, put.status, put.lead_name) == (1, pledge.status, place.members[0].name)
    assert closing.total == 7


def test_the_counts_put_away_are_those_kept(place):
    approve(Pledge.objects.values_list("pk", flat=True)[:1], act=Act(by=None, on=DAY))
    closing = place.close()
    for row in UnitCount.objects.filter(tier=place.tier):
        put = line(closing, row.unit)
        for name in CLOSED_MEASURES:
            assert getattr(put, name) == getattr(row, name)
            assert getattr(put, f"own_{name}") == getattr(row, f"own_{name}")
    assert line(closing, place.host).approved == 1


def test_a_query_of_its_own_finds_the_same(place):
    approve(Pledge.objects.values_list("pk", flat=True)[:1], act=Act(by=None, on=DAY))
    closing = place.close()
    people = ClosedPerson.objects.filter(closing=closing, counted=True)
    leads = Pledge.objects.filter(in_tiers__tier=place.tier)
    for name, states in (("registered", REGISTERED), ("approved", APPROVED)):
        led = set(leads.filter(status__in=states).values_list("lead_member", flat=True))
        put = set(people.filter(**{f"{name}__gt": 0}).values_list("member", flat=True))
        assert put == led
        assert getattr(line(closing, place.host), name) == len(led)


def test_what_lies_in_the_outbox_is_of_the_same_instant(place, monkeypatch):
    # A registration that comes after the outbox was drained and before the snapshot began.
    monkeypatch.setattr(closings.counts, "drain", lambda day: make_pledge(place.other, place.tier))
    closing = place.close()
    assert closing.state == JobState.DONE
    assert line(closing, place.host).registered == 3
    assert ClosedPledge.objects.filter(closing=closing).count() == 3
    assert UnitChange.objects.exists()
    assert differences(closing) == []


def test_definitions_are_kept_in_both_languages(place):
    figures = place.close().definitions["figures"]
    assert figures["registered"]["en"]["title"] == "Registered"
    assert figures["registered"]["vi"]["title"] != figures["registered"]["en"]["title"]
    assert all(figure["vi"]["definition"] and figure["version"] for figure in figures.values())


def test_what_was_open_is_kept_with_it(place):
    matters = {(one["code"], one["n"]) for one in place.close().open_matters}
    assert {("cells", 2), ("undecided", 2)} <= matters


# ---- who asks, and once ----------------------------------------------------------------------------


def test_the_same_form_twice_is_one_closing(place):
    ref = uuid.uuid4()
    first, again = place.close(ref=ref), place.close(ref=ref)
    assert first == again
    assert Closing.objects.count() == 1
    assert RecordEvent.objects.filter(action="closing_asked").count() == 1
    assert ClosedPerson.objects.count() == 5


def test_the_message_twice_is_one_closing(place):
    closing = place.close()
    digest = closing.digest
    assert worked(closing).digest == digest
    assert ClosedUnit.objects.filter(closing=closing).count() == 5


def test_only_the_board_closes(place):
    for user in (place.inspector, place.officer, place.stranger):
        with pytest.raises(NotAllowedError, match="do not run campaigns"):
            place.ask(by=user)
    assert not Closing.objects.exists()


@pytest.mark.parametrize("state", [CampaignState.DRAFT, CampaignState.CLOSED])
def test_figures_that_do_not_move_are_not_closed(place, state):
    place.move_to(state)
    with pytest.raises(NotAllowedError, match="under way"):
        place.ask()


def test_a_campaign_closed_meanwhile_fails_the_job(place):
    closing = place.ask()
    place.move_to(CampaignState.CLOSED)
    assert worked(closing).state == JobState.FAILED
    assert "under way" in closing.error
    assert not ClosedUnit.objects.exists()


def test_an_official_one_names_its_document(place):
    with pytest.raises(NotAllowedError, match="names its document"):
        place.ask(official=True, document="")
    closing = place.close(official=True)
    assert (closing.kind, closing.document, closing.state) == ("official", "12-BC/QU", JobState.DONE)


def test_the_form_of_somebody_else_is_refused(place):
    closing = place.ask()
    colleague = type(place.board).objects.get(pk=place.stranger.pk)
    place.stranger.roles.update(unit=place.host)
    with pytest.raises(NotAllowedError, match="another closing"):
        place.ask(ref=closing.ref, by=colleague)


# ---- a worker that dies ----------------------------------------------------------------------------


def test_a_worker_killed_in_the_middle_leaves_nothing_and_the_next_takes_it(place, monkeypatch):
    closing = place.ask()

    def dies(*_args):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(closings, "closing_digest", dies)
        with pytest.raises(SystemExit), transaction.atomic():
            closings.take(closing)
    for model in (ClosedUnit, ClosedPerson, ClosedPledge):
        assert not model.objects.exists()
    assert worked(closing).state == JobState.DONE
    assert differences(closing) == []


def test_one_taken_and_not_finished_is_finished_and_not_taken_again(place):
    closing = place.ask()
    closing.claim()
    closings.take(closing)
    Closing.objects.filter(pk=closing.pk).update(lease_until=None, state=JobState.QUEUED)
    digest = Closing.objects.get(pk=closing.pk).digest
    assert (worked(closing).state, closing.digest) == (JobState.DONE, digest)
    assert ClosedPerson.objects.count() == 5


def test_counts_that_do_not_agree_with_the_rows_are_not_closed(place, monkeypatch):
    counts.drain(DAY)
    UnitCount.objects.filter(unit=place.cells[0]).update(own_registered=9)
    closing = place.close()
    assert closing.state == JobState.FAILED
    assert "do not agree" in closing.error
    assert not ClosedUnit.objects.exists()


# ---- at once ---------------------------------------------------------------------------------------


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_closings_among_four_who_register_and_a_consumer_are_of_one_instant(place):
    people = [[MemberFactory(unit=cell) for _ in range(12)] for cell in place.cells * 2]
    asked = [place.ask() for _ in range(3)]

    def writes(members):
        for member in members:
            make_pledge(member, place.tier)
            approve(Pledge.objects.filter(lead_member=member).values_list("pk", flat=True), act=ACT)

    def closes():
        for one in asked:
            worked(one)

    def consumes():
        for _ in range(20):
            counts.drain(DAY)

    answers = at_once(*[lambda rows=rows: writes(rows) for rows in people], closes, consumes)
    assert answers == [None] * 6
    for one in Closing.objects.all():
        assert (one.state, one.error) == (JobState.DONE, "")
        assert differences(one) == []
    last = place.close()
    assert line(last, place.host).registered == 50


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_workers_take_one_closing_once(place):
    closing = place.ask()
    answers = at_once(*[lambda: closings.take(Closing.objects.get(pk=closing.pk)) for _ in range(2)])
    assert answers == [None, None]
    closing.refresh_from_db()
    assert differences(closing) == []
    assert ClosedPerson.objects.filter(closing=closing).count() == 5


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_one_form_sent_twice_at_once_is_one_closing(place):
    ref = uuid.uuid4()
    answers = at_once(*[lambda: place.ask(ref=ref) for _ in range(2)])
    assert answers[0] == answers[1] == Closing.objects.get()
    assert RecordEvent.objects.filter(action="closing_asked").count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_end_and_two_who_open_again_one_does(place):
    place.move_to(CampaignState.EVALUATING)
    place.close(official=True)
    campaign, given = place.campaign, {"by": place.board, "on": DAY}
    ended = at_once(*[lambda: close_campaign(campaign.pk, **given) for _ in range(2)])
    assert [answer.state for answer in ended] == ["closed", "closed"]
    paper = {"document": "15-QĐ/QU", "document_on": DAY, "reason": "Bổ sung"}
    again = at_once(*[lambda: reopen_campaign(campaign.pk, **paper, **given) for _ in range(2)])
    assert sorted(isinstance(answer, NotAllowedError) for answer in again) == [False, True]
    moves = list(campaign.events.values_list("to_state", flat=True))
    assert moves.count("closed") == moves.count("evaluating") == campaign.reopenings.count() == 1


ACT = Act(by=None, on=DAY)
