"""The recorder's page of a correction: what it asks, who may send it, what the two acts say of each other."""

import uuid

import pytest

from cadres.models import Rank, RoleAssignment
from cadres.roles import Role
from pledges.actions import cells, dockets
from pledges.models import Docket, Pledge
from pledges.states import PledgeStatus
from tests.factories import HostFactory, MemberFactory, user_with
from tests.pledges.docket_scene import DAY, conclude, meeting, scene, ward
from tests.pledges.factories import pledge_of
from tests.pledges.pages import text

pytestmark = pytest.mark.django_db

MEETING = {
    "on": "26/03/2024",
    "presided_by": "Đồng chí Bí thư",
    "present": "9",
    "agreed": "8",
    "minutes": "Nội dung số 1 ghi nhầm kết luận.",
}


@pytest.fixture
def place(db, on_the_day):
    return scene()


@pytest.fixture
def first(place):
    """A docket of two lines, concluded and issued."""
    docket = conclude(place.docket(place.pledge(), place.pledge()), place.recorder)
    return dockets.issue(docket.pk, number="127-QĐ/QU", on=DAY, by=place.clerk, day=DAY)


def at(docket, page="correct/"):
    return f"/dockets/{docket.ref}/{page}"


def sent(first, **changes):
    line = first.lines.order_by("order").first()
    chosen = {f"outcome-{line.pk}": "return", f"note-{line.pk}": "Chưa rõ sản phẩm"}
    return MEETING | {"ref": str(uuid.uuid4())} | chosen | changes


def test_a_correction_is_recorded_and_both_acts_say_so(place, visit, first):
    client = visit(place.recorder)
    page = client.get(at(first))
    assert "127-QĐ/QU" in text(page)
    data = sent(first, ref=page.context["form"]["ref"].value())
    response = client.post(at(first), data, follow=True)
    act = Docket.objects.get(corrects=first)
    assert response.redirect_chain == [(at(act, ""), 302)]
    assert "The correction has been recorded." in text(response)
    assert "This act corrects document 127-QĐ/QU of 26/03/2024." in text(response)
    again = client.post(at(first), data)
    assert again["Location"] == at(act, "")
    assert Docket.objects.filter(corrects=first).count() == 1
    page = text(client.get(at(first, "")))
    assert "Corrected by the conclusion of the meeting of 26/03/2024." in page
    assert "approved; now: amendment asked for" in page
    line = first.lines.order_by("order").first()
    assert Pledge.objects.get(pk=line.pledge_id).status == PledgeStatus.RETURNED
    # The clerk gives it a number of its own.
    clerk = visit(place.clerk)
    clerk.post(at(act, "issue/"), {"number": "130-QĐ/QU", "on": "26/03/2024"})
    assert "Corrected by document 130-QĐ/QU of 26/03/2024." in text(clerk.get(at(first, "")))


def test_what_was_corrected_is_not_offered_again(place, visit, first):
    client = visit(place.recorder)
    client.post(at(first), sent(first))
    lines = client.get(at(first)).context["choices"].lines
    assert [line.order for line in lines] == [2]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"minutes": " "}, "Say what is corrected"),
        ({"on": "25/03/2024"}, "cannot be older than the meeting it corrects"),
        ({"on": "31/02/2024"}, "month 2/2024 has only 29 days"),
        ({"agreed": "5", "present": "5"}, "5 of 11 is not more than half"),
        ({"ref": "x"}, "The form is out of date"),
    ],
)
def test_what_does_not_hold_is_told_and_what_was_typed_stays(place, visit, first, changes, message):
    response = visit(place.recorder).post(at(first), sent(first, **changes))
    assert response.status_code == 200
    assert message in text(response)
    assert "Chưa rõ sản phẩm</textarea>" in text(response)
    assert '<option value="return" selected>' in text(response)
    assert Docket.objects.count() == 1


@pytest.mark.parametrize("outcome", ["return", "nonsense", "approve"])
def test_a_line_that_cannot_be_decided_so_is_named(place, visit, first, outcome):
    line = first.lines.order_by("order").first()
    data = sent(first, **{f"outcome-{line.pk}": outcome, f"note-{line.pk}": ""})
    assert f'<a href="#id_note-{line.pk}">Line 1' in text(visit(place.recorder).post(at(first), data))
    assert Docket.objects.count() == 1


def test_only_the_recorder_sends_it(place, visit, first):
    data = sent(first)
    for who in ("board", "clerk", "inspector", "body_member", "peoples_recorder"):
        assert visit(getattr(place, who)).post(at(first), data).status_code == 403
    for who in (place.stranger, user_with(Role.BOARD_OFFICER, unit=HostFactory())):
        assert visit(who).post(at(first), data).status_code == 404
    assert visit(place.recorder).put(at(first)).status_code == 405
    assert Docket.objects.count() == 1


def test_a_recorder_who_lost_the_role_this_morning_records_nothing(place, visit, first):
    waiting = place.docket(place.pledge())
    RoleAssignment.objects.filter(user=place.recorder).update(end=DAY)
    client = visit(place.recorder)
    assert client.post(at(first), sent(first)).status_code == 404
    assert client.post(at(waiting, "conclude/"), MEETING).status_code == 404
    waiting.refresh_from_db()
    assert waiting.state == "open"


def test_an_open_docket_is_not_corrected(place, visit):
    docket = place.docket(place.pledge())
    response = visit(place.recorder).post(at(docket), sent(docket), follow=True)
    assert "The meeting has not been recorded yet." in text(response)
    assert Docket.objects.count() == 1


@pytest.mark.parametrize("n", [1, 3])
def test_the_page_costs_the_same_for_one_and_for_three(
    place, visit, n, page_alone, django_assert_num_queries
):
    docket = conclude(place.docket(*(place.pledge() for _ in range(n))), place.recorder)
    client = visit(place.recorder)
    with django_assert_num_queries(10):
        assert len(client.get(at(docket)).context["choices"].lines) == n


def test_in_a_cell_the_probationary_attend_the_correcting_meeting_too(place, visit):
    below = ward(place)
    cell = below.cell(sent=False)
    secretary = user_with(Role.CELL_SECRETARY, unit=cell)
    leads = [MemberFactory(unit=cell) for _ in range(3)]
    MemberFactory(unit=cell, rank=Rank.PROBATIONARY)
    pledge_of(leads[0], below.tier, secretary)
    votes = {"present": 4, "agreed": 3}
    meets = {"cell": cell, "tier": below.tier, "decisions": {}, "by": secretary, "day": DAY}
    first = cells.record_meeting(meeting=meeting(**votes), ref=uuid.uuid4(), **meets)
    client = visit(secretary)
    page = client.post(at(first), sent(first, **votes | {"agreed": "4"}))
    assert page.context["form"].errors == {"agreed": ["Only 3 of the cell vote."]}
    client.post(at(first), sent(first, **votes))
    act = Docket.objects.get(corrects=first)
    assert (act.seats, act.present, act.agreed) == (3, 4, 3)
