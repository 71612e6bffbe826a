"""Pages on which a meeting is recorded and its document issued; who may, what is kept, what a page costs."""

import re

import pytest
from django.utils.html import strip_tags

from cadres.models import Body, BodyKind
from cadres.roles import Role
from pledges.actions import transitions
from pledges.actions.acts import Act
from pledges.models import Docket, Pledge
from pledges.states import DocketState, PledgeStatus
from tests.factories import HostFactory, user_with
from tests.pledges.docket_scene import DAY, conclude, scene

pytestmark = pytest.mark.django_db

MEETING = {"on": "26/03/2024", "presided_by": "Đồng chí Bí thư", "present": "9", "agreed": "9", "minutes": ""}
ISSUED = {"number": "127-QĐ/QU", "on": "26/03/2024"}


@pytest.fixture
def place(db):
    return scene()


def text_of(response):
    return re.sub(r"\s+", " ", strip_tags(response.content.decode()))


def at(docket, page=""):
    return f"/dockets/{docket.ref}/{page}"


def status(pledge):
    return Pledge.objects.get(pk=pledge.pk).status


# ---- conclude ----------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 3])
def test_the_form_costs_the_same_with_one_line_and_three(place, visit, n, django_assert_num_queries):
    docket = place.docket(*(place.pledge() for _ in range(n)))
    client = visit(place.recorder)
    with django_assert_num_queries(20):
        assert client.get(at(docket, "conclude/")).context["n_lines"] == n


def test_left_as_it_is_everything_is_approved(place, visit):
    pledges = [place.pledge(), place.pledge()]
    docket = place.docket(*pledges)
    response = visit(place.recorder).post(at(docket, "conclude/"), MEETING, follow=True)
    assert "The conclusion has been recorded." in text_of(response)
    assert "9 of 11 (9 present)" in text_of(response)
    assert [status(pledge) for pledge in pledges] == [PledgeStatus.APPROVED] * 2
    docket.refresh_from_db()
    assert (docket.concluded_by, docket.presided_by, docket.meeting_on) == (
        place.recorder,
        "Đồng chí Bí thư",
        DAY,
    )


def test_all_approved_except_line_by_line(place, visit):
    approved, returned, rejected, held = (place.pledge() for _ in range(4))
    docket = place.docket(approved, returned, rejected, held)
    lines = {line.pledge: line.pk for line in docket.lines.select_related("pledge")}
    typed = {
        f"outcome-{lines[returned]}": "return",
        f"note-{lines[returned]}": "  Chưa rõ   sản phẩm ",
        f"outcome-{lines[rejected]}": "reject",
        f"note-{lines[rejected]}": "Không thuộc thẩm quyền",
        f"outcome-{lines[held]}": "hold",
        f"outcome-{lines[approved]}": "approve",
    }
    visit(place.recorder).post(at(docket, "conclude/"), MEETING | typed)
    outcomes = dict(docket.lines.values_list("pledge", "outcome"))
    assert outcomes == {
        approved.pk: "approve",
        returned.pk: "return",
        rejected.pk: "reject",
        held.pk: "hold",
    }
    assert docket.lines.get(pledge=returned).note == "Chưa rõ sản phẩm"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"on": "31/02/2024"}, "month 2/2024 has only 29 days"),
        ({"on": "27/03/2024"}, "lies in the future"),
        ({"on": ""}, "Enter the day of the meeting."),
        ({"presided_by": ""}, "Enter who presided."),
        ({"present": "", "agreed": ""}, "Enter how many were present."),
        ({"present": "9", "agreed": "10"}, "More agreed than were present."),
        ({"present": "12"}, "More were present than the body has seats."),
        ({"present": "5", "agreed": "5"}, "5 of 11 is not more than half"),
    ],
)
def test_a_form_that_does_not_hold_says_why_and_keeps_what_was_typed(place, visit, changes, message):
    pledge = place.pledge()
    docket = place.docket(pledge)
    line = docket.lines.get()
    typed = {f"outcome-{line.pk}": "return", f"note-{line.pk}": "Chưa rõ sản phẩm", "minutes": "Biên bản"}
    response = visit(place.recorder).post(at(docket, "conclude/"), MEETING | typed | changes)
    assert response.status_code == 200
    assert message in text_of(response)
    page = response.content.decode()
    assert "Biên bản</textarea>" in page
    assert "Chưa rõ sản phẩm</textarea>" in page
    assert '<option value="return" selected>' in page
    assert '<details class="conclude-lines" open>' in page
    assert status(pledge) == PledgeStatus.SUBMITTED


@pytest.mark.parametrize("outcome", ["return", "reject", "nonsense"])
def test_a_line_without_reasons_is_named(place, visit, outcome):
    docket = place.docket(place.pledge())
    line = docket.lines.get()
    response = visit(place.recorder).post(at(docket, "conclude/"), MEETING | {f"outcome-{line.pk}": outcome})
    assert f'<a href="#id_note-{line.pk}">Line 1' in response.content.decode()
    docket.refresh_from_db()
    assert docket.state == DocketState.OPEN


def test_seats_are_asked_where_they_are_not_known(place, visit):
    Body.objects.filter(pk=place.standing.pk).update(seats=None)
    docket = place.docket(place.pledge())
    client = visit(place.recorder)
    assert "Enter how many seats the body has." in text_of(client.post(at(docket, "conclude/"), MEETING))
    client.post(at(docket, "conclude/"), MEETING | {"seats": "13"})
    docket.refresh_from_db()
    assert (docket.state, docket.seats) == (DocketState.CONCLUDED, 13)


def test_concluded_twice_is_said_and_changes_nothing(place, visit):
    pledge = place.pledge()
    docket = place.docket(pledge)
    client = visit(place.recorder)
    client.post(at(docket, "conclude/"), MEETING)
    line = docket.lines.get()
    again = MEETING | {f"outcome-{line.pk}": "reject", f"note-{line.pk}": "Thôi"}
    response = client.post(at(docket, "conclude/"), again, follow=True)
    assert "This meeting has already been recorded." in text_of(response)
    assert status(pledge) == PledgeStatus.APPROVED


def test_whoever_comes_second_is_told_that_his_entries_were_not_used(place, visit, monkeypatch):
    """The page was opened and checked before the other recorder's act was committed."""
    pledge = place.pledge()
    docket = place.docket(pledge)
    other = user_with(Role.RECORDER, body=place.standing)
    stale = Docket.objects.get(pk=docket.pk)
    monkeypatch.setattr("pledges.views.docket_conclude.docket_for", lambda request, ref: stale)
    stale.body, stale.campaign, stale.tier = place.standing, place.campaign, place.tier
    conclude(docket, other)
    line = docket.lines.get()
    typed = MEETING | {f"outcome-{line.pk}": "reject", f"note-{line.pk}": "Thôi"}
    response = visit(place.recorder).post(at(docket, "conclude/"), typed)
    assert response.status_code == 302
    [message] = list(response.wsgi_request._messages)
    assert "your entries were not used" in str(message)
    assert status(pledge) == PledgeStatus.APPROVED


def test_void_lines_are_told(place, visit):
    moved, stays = place.pledge(), place.pledge()
    docket = place.docket(moved, stays)
    transitions.withdraw([moved.pk], act=Act(by=None, on=DAY))
    response = visit(place.recorder).post(at(docket, "conclude/"), MEETING, follow=True)
    assert "1 lines are void" in text_of(response)


def test_only_the_recorder_may_conclude(place, visit):
    pledge = place.pledge()
    docket = place.docket(pledge)
    for who in ("board", "clerk", "body_member", "inspector"):
        assert visit(getattr(place, who)).post(at(docket, "conclude/"), MEETING).status_code == 403
    for who in (place.stranger, place.peoples_recorder, user_with(Role.RECORDER, body=_body_elsewhere())):
        expected = 403 if who == place.peoples_recorder else 404
        assert visit(who).post(at(docket, "conclude/"), MEETING).status_code == expected
    assert visit(place.recorder).delete(at(docket, "conclude/")).status_code == 405
    assert status(pledge) == PledgeStatus.SUBMITTED


def _body_elsewhere():
    return Body.objects.create(unit=HostFactory(), kind=BodyKind.STANDING_COMMITTEE, name="BTV", seats=9)


def test_a_long_docket_opens_its_lines_on_demand(place, visit):
    lead = place.cadre()
    docket = place.docket(*(place.pledge(lead, title=f"Việc {n}") for n in range(13)))
    page = visit(place.recorder).get(at(docket, "conclude/")).content.decode()
    assert '<details class="conclude-lines" >' in page
    assert page.count('<option value="approve" data-usual selected>') == 13


# ---- issue -------------------------------------------------------------------------------------


def test_the_clerk_gives_number_and_date_once(place, visit):
    docket = conclude(place.docket(place.pledge()), place.recorder)
    client = visit(place.clerk)
    response = client.post(at(docket, "issue/"), ISSUED, follow=True)
    assert "The document has been issued." in text_of(response)
    assert "127-QĐ/QU, 26/03/2024" in text_of(response)
    again = client.post(at(docket, "issue/"), ISSUED | {"number": "128-QĐ/QU"}, follow=True)
    assert "This document has already been issued." in text_of(again)
    docket.refresh_from_db()
    assert (docket.number, docket.number_on, docket.issued_by) == ("127-QĐ/QU", DAY, place.clerk)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"number": " "}, "Enter the number of the document."),
        ({"on": "31/02/2024"}, "month 2/2024 has only 29 days"),
        ({"on": "25/03/2024"}, "The document cannot be older than the meeting."),
        ({"on": "27/03/2024"}, "The date of the document lies in the future."),
        ({"number": "1-QĐ/QU"}, "This number has been given to another document of that day."),
    ],
)
def test_what_cannot_be_issued_says_why_and_keeps_what_was_typed(place, visit, changes, message):
    taken = conclude(place.docket(place.pledge()), place.recorder)
    Docket.objects.filter(pk=taken.pk).update(
        state="issued", number="1-QĐ/QU", number_on=DAY, issued_at=taken.concluded_at
    )
    docket = conclude(place.docket(place.pledge()), place.recorder)
    typed = ISSUED | changes
    response = visit(place.clerk).post(at(docket, "issue/"), typed)
    assert response.status_code == 200
    assert message in text_of(response)
    assert f'value="{typed["on"]}"' in response.content.decode()
    docket.refresh_from_db()
    assert docket.state == DocketState.CONCLUDED


def test_no_document_before_the_conclusion(place, visit):
    docket = place.docket(place.pledge())
    client = visit(place.clerk)
    assert "The meeting has not been recorded yet" in text_of(client.get(at(docket, "issue/")))
    client.post(at(docket, "issue/"), ISSUED)
    docket.refresh_from_db()
    assert (docket.state, docket.number) == (DocketState.OPEN, "")


def test_only_the_clerk_may_issue(place, visit):
    docket = conclude(place.docket(place.pledge()), place.recorder)
    for who in ("board", "recorder", "body_member", "inspector"):
        assert visit(getattr(place, who)).post(at(docket, "issue/"), ISSUED).status_code == 403
    for who in (place.stranger, user_with(Role.CLERK, unit=HostFactory())):
        assert visit(who).post(at(docket, "issue/"), ISSUED).status_code == 404
    assert visit(place.clerk).put(at(docket, "issue/")).status_code == 405
    docket.refresh_from_db()
    assert docket.state == DocketState.CONCLUDED
