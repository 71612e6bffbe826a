"""What follows a conclusion: number and date of its document; and acts recorded from paper."""

from datetime import date

import pytest
from django.utils import translation

from pledges.actions import dockets
from pledges.actions.acts import NotAllowedError
from pledges.models import Authority, Docket, Pledge, PledgeEvent
from pledges.states import DocketState, PledgeStatus
from tests.pledges.docket_scene import DAY, conclude, scene
from tests.pledges.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def place(db):
    return scene()


def status(pledge):
    return Pledge.objects.get(pk=pledge.pk).status


# ---- number and date ---------------------------------------------------------------------------


def issue(docket, by, *, number="127-QĐ/QU", on=DAY):
    return dockets.issue(docket.pk, number=number, on=on, by=by, day=DAY)


def test_a_document_is_issued_once(place):
    docket = conclude(place.docket(place.pledge()), place.recorder)
    first = issue(docket, place.clerk)
    again = issue(docket, place.clerk, number="128-QĐ/QU")
    assert (first.state, first.number, first.number_on, first.issued_by) == (
        DocketState.ISSUED,
        "127-QĐ/QU",
        DAY,
        place.clerk,
    )
    assert (again.number, again.issued_at) == ("127-QĐ/QU", first.issued_at)


def test_no_number_before_the_conclusion(place):
    docket = place.docket(place.pledge())
    with pytest.raises(NotAllowedError, match="has not been recorded yet"):
        issue(docket, place.clerk)


@pytest.mark.parametrize("who", ["board", "recorder", "body_member", "inspector", "stranger"])
def test_only_the_clerk_issues(place, who):
    docket = conclude(place.docket(place.pledge()), place.recorder)
    with pytest.raises(NotAllowedError, match="You do not issue documents"):
        issue(docket, getattr(place, who))


@pytest.mark.parametrize(
    ("on", "message"),
    [(date(2024, 3, 25), "cannot be older than the meeting"), (date(2024, 3, 27), "lies in the future")],
)
def test_the_date_lies_between_the_meeting_and_today(place, on, message):
    docket = conclude(place.docket(place.pledge()), place.recorder)
    with pytest.raises(NotAllowedError, match=message):
        issue(docket, place.clerk, on=on)
    docket.refresh_from_db()
    assert docket.state == DocketState.CONCLUDED


def test_one_number_a_body_and_day(place):
    first, second = (conclude(place.docket(place.pledge()), place.recorder) for _ in range(2))
    issue(first, place.clerk)
    with pytest.raises(NotAllowedError, match="has been given to another document"):
        issue(second, place.clerk)
    assert issue(second, place.clerk, number="128-QĐ/QU").number == "128-QĐ/QU"


# ---- from paper --------------------------------------------------------------------------------


def from_paper(place, pledge, *, body=None, **kwargs):
    return dockets.record_from_paper(
        tier=place.tier,
        body=body or place.standing,
        title="Phê duyệt năm 2024",
        source="danh-sach.xlsx",
        pledge_ids=[pledge.pk],
        by=None,
        **kwargs,
    )


def test_from_paper_what_is_not_told_stays_unknown(place):
    pledge = place.pledge()
    docket = from_paper(place, pledge)
    docket.refresh_from_db()
    assert (docket.from_paper, docket.source, docket.state) == (True, "danh-sach.xlsx", DocketState.ISSUED)
    unknown = (docket.meeting_on, docket.seats, docket.present, docket.agreed, docket.number_on)
    assert (unknown, docket.number, docket.presided_by) == ((None,) * 5, "", "")
    assert status(pledge) == PledgeStatus.APPROVED
    event = PledgeEvent.objects.get(pledge=pledge, action="approved")
    assert (event.on, event.channel, event.docket) == (None, "paper", docket)


def test_from_paper_two_bodies_are_two_acts(place):
    pledge = place.pledge(authority=Authority.STATE)
    from_paper(place, pledge)
    assert status(pledge) == PledgeStatus.SUBMITTED
    from_paper(place, pledge, body=place.peoples, meeting_on=date(2024, 3, 20))
    assert status(pledge) == PledgeStatus.APPROVED
    assert PledgeEvent.objects.get(pledge=pledge, action="approved").on == date(2024, 3, 20)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_one_number_given_to_two_documents_at_once():
    place = scene()
    both = [conclude(place.docket(place.pledge()), place.recorder) for _ in range(2)]
    answers = at_once(*(lambda docket=docket: issue(docket, place.clerk) for docket in both))
    assert sorted(type(answer).__name__ for answer in answers) == ["Docket", "NotAllowedError"]
    assert Docket.objects.filter(number="127-QĐ/QU").count() == 1
