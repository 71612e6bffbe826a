"""The time line of a pledge: returns with their reasons, vetting, corrections, and on whose behalf."""

import uuid

import pytest
from django.utils import translation

from pledges.actions import register, transitions
from pledges.actions.acts import Act
from pledges.actions.corrections import correct
from pledges.actions.dockets import Decision
from pledges.models import EventAction, Pledge, PledgeEvent
from pledges.states import Outcome, PledgeStatus
from pledges.views.pledge_rows import events_of
from tests.pledges.docket_scene import DAY, conclude, meeting, scene
from tests.pledges.factories import draft_of, secretary_of, typed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(on_the_day):
    with translation.override("en"):
        yield


def told(pledge: Pledge) -> list[tuple[str, str]]:
    """What and with which reasons, the last first."""
    events = PledgeEvent.objects.filter(pledge=pledge).order_by("-seq")
    events = events.select_related("actor", "on_behalf_of", "docket__body")
    return [(event["what"], event["note"]) for event in events_of(events)]


def test_a_return_gives_its_reasons():
    place = scene()
    pledge = place.pledge()
    transitions.return_for_amendment({pledge.pk: "Chưa rõ sản phẩm"}, act=Act(by=place.board, on=DAY))
    assert told(pledge)[0] == ("Amendment asked for", "Chưa rõ sản phẩm")


def test_vetting_and_a_correction_are_told_with_the_body():
    place = scene()
    pledge = place.pledge()
    docket = place.docket(pledge)
    conclude(docket, place.recorder)
    correct(
        docket.pk,
        meeting=meeting(minutes="Đính chính"),
        decisions={docket.lines.get().pk: Decision(Outcome.RETURN, "Chưa rõ sản phẩm")},
        by=place.recorder,
        day=DAY,
        ref=uuid.uuid4(),
    )
    what, note = told(pledge)[0]
    assert what == "Decision corrected by a new act by Ban Thường vụ Quận ủy Tây Hồ"
    assert note == "Chưa rõ sản phẩm"
    assert told(pledge)[1][0] == "Approved by Ban Thường vụ Quận ủy Tây Hồ"


@pytest.mark.parametrize("action", ["created", "edited", "submitted", "withdrawn"])
def test_whatever_was_typed_for_the_lead_says_on_whose_behalf(tier, lead, action):
    secretary = secretary_of(lead.unit)
    pledge = draft_of(lead, tier, secretary)
    content = {"title": "Việc khác"}
    again = typed(tier, lead, ref=pledge.ref, content=content, revision=pledge.revision)
    register.save_draft(again, act=Act(by=secretary, on=DAY), day=DAY)
    register.submit([pledge.pk], act=Act(by=secretary, on=DAY))
    transitions.withdraw([pledge.pk], act=Act(by=secretary, on=DAY))
    event = PledgeEvent.objects.get(pledge=pledge, action=action)
    assert event.on_behalf_of == lead


def test_what_an_office_or_the_lead_himself_does_is_on_nobodys_behalf(tier, lead, own):
    pledge = draft_of(lead, tier, own)
    register.submit([pledge.pk], act=Act(by=own, on=DAY))
    transitions.return_for_amendment({pledge.pk: "Chưa rõ"}, act=Act(by=secretary_of(lead.unit), on=DAY))
    assert PledgeStatus(Pledge.objects.get().status) == PledgeStatus.RETURNED
    assert not PledgeEvent.objects.exclude(on_behalf_of=None).exists()
    assert PledgeEvent.objects.latest("seq").action == EventAction.RETURNED
