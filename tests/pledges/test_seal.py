"""The nightly check and the seal: what a chain cannot show, a chain written anew or a record that is gone."""

from datetime import date, timedelta

import pytest

from cadres import clock
from cadres.models import RecordEvent
from pledges import tasks
from pledges.actions import seal
from pledges.actions.journal import broken_chains, event_payload
from pledges.content import digest
from pledges.models import Pledge, PledgeEvent
from tests.pledges.factories import pledge_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def unguarded(monkeypatch):
    """The tests' database has no triggers; that is not what these tests ask."""
    monkeypatch.setattr(seal, "missing_guards", list)


@pytest.fixture
def recorded(tier, lead, own, unguarded):
    """A pledge and a record, both written an hour ago."""
    pledge = pledge_of(lead, tier, own)
    RecordEvent.objects.create(actor=own, action="role_granted", user=own, data={"role": "member"})
    long_ago = clock.now() - timedelta(hours=1)
    RecordEvent.objects.update(at=long_ago)
    PledgeEvent.objects.update(at=long_ago)
    rewrite(pledge)
    return pledge


def rewrite(pledge, **changes):
    """Write the whole chain of a pledge anew, so that it adds up again."""
    seq, head = 0, ""
    for event in PledgeEvent.objects.filter(pledge=pledge).order_by("seq"):
        for name, value in changes.items():
            setattr(event, name, value)
        event.previous = head
        event.digest = digest(event_payload(event, str(pledge.ref)))
        event.save()
        seq, head = event.seq, event.digest
    Pledge.objects.filter(pk=pledge.pk).update(journal_seq=seq, journal_head=head)


def test_the_night_checks_keeps_the_result_and_seals(recorded):
    assert tasks.check_journal() == 0
    checked = RecordEvent.objects.get(action="journal_checked")
    sealed = RecordEvent.objects.get(action="journal_sealed")
    assert checked.data == {"problems": 0, "pledges": 1, "events": 2, "records": 1}
    assert (sealed.data["pledges"], sealed.data["previous"], len(sealed.data["digest"])) == (1, "", 64)
    assert sealed.data["last_event"] == PledgeEvent.objects.latest("pk").pk


def test_each_seal_covers_the_one_before(recorded):
    first = seal.seal()
    RecordEvent.objects.filter(pk=first.pk).update(at=clock.now() - timedelta(minutes=30))
    second = seal.seal()
    assert second.data["previous"] == first.data["digest"]
    assert second.data["digest"] != first.data["digest"]
    assert second.data["last_record"] == first.pk
    assert seal.problems() == []


def test_what_was_recorded_since_breaks_no_seal(recorded, tier, lead, own):
    seal.seal()
    pledge_of(lead, tier, own)
    RecordEvent.objects.create(action="role_ended")
    assert seal.problems() == []


def test_what_may_still_be_being_written_is_not_sealed(recorded, tier, lead, own):
    before = PledgeEvent.objects.latest("pk").pk
    pledge_of(lead, tier, own)
    assert seal.seal().data["last_event"] == before


def _another_day(pledge):
    rewrite(pledge, on=date(2023, 1, 1))


def _shorter(pledge):
    PledgeEvent.objects.filter(pledge=pledge).order_by("-seq")[0].delete()
    rewrite(pledge)


def _another_record(pledge):
    RecordEvent.objects.filter(action="role_granted").update(data={"role": "clerk"})


def _one_record_less(pledge):
    RecordEvent.objects.filter(action="role_granted").delete()


@pytest.mark.parametrize("tamper", [_another_day, _shorter, _another_record, _one_record_less])
def test_the_seal_shows_what_no_chain_shows(recorded, tamper):
    seal.seal()
    tamper(recorded)
    assert broken_chains() == []
    [problem] = seal.problems()
    assert problem.startswith("the journals are no longer what was sealed at ")


def test_what_does_not_add_up_is_kept_logged_and_not_sealed(recorded, caplog):
    Pledge.objects.update(journal_head="")
    assert tasks.check_journal() == 1
    assert RecordEvent.objects.get(action="journal_checked").data["problems"] == 1
    assert not RecordEvent.objects.filter(action="journal_sealed").exists()
    assert str(recorded.ref) in caplog.text


def test_a_journal_without_rows_adds_up_and_needs_no_seal(unguarded):
    assert seal.check_and_seal() == []
    assert not RecordEvent.objects.filter(action="journal_sealed").exists()
    assert seal.check_and_seal(settled=timedelta()) == []
    assert RecordEvent.objects.filter(action="journal_sealed").count() == 1
