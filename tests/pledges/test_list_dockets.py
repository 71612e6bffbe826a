"""Dockets about lists of units, and meetings of cells: the pages of opinions, screen and corrections."""

import uuid

import pytest

from cadres.models import BodyMember
from cadres.roles import Role
from pledges.actions import cells, dockets
from pledges.actions.endorsements import build_endorsement
from pledges.models import Docket, OpinionSheet, SentList
from tests.factories import START, MemberFactory, user_with
from tests.pledges.docket_scene import DAY, meeting, scene, ward
from tests.pledges.factories import pledge_of
from tests.pledges.pages import text

pytestmark = pytest.mark.django_db

CORRECTED = {
    "on": "26/03/2024",
    "presided_by": "Đồng chí Bí thư",
    "present": "9",
    "agreed": "9",
    "minutes": "Danh sách số 1 ghi nhầm.",
}


@pytest.fixture
def place(db, on_the_day):
    return scene()


@pytest.fixture
def below(place):
    return ward(place)


@pytest.fixture
def docket(below):
    """Two lists of cells before the ward's standing committee."""
    for name in ("Chi bộ Nhất", "Chi bộ Nhì"):
        below.cell(name=name)
    return build_endorsement(tier=below.tier, body=below.body, title="Danh sách chi bộ", by=below.officer)


def at(docket, page):
    return f"/dockets/{docket.ref}/{page}"


def test_a_member_speaks_on_a_list(below, docket, visit):
    member = MemberFactory(unit=below.cell(sent=False))
    BodyMember.objects.create(body=below.body, member=member, start=START)
    user_with(Role.BODY_MEMBER, body=below.body, member=member)
    line = docket.lines.order_by("order").first()
    client = visit(member.user)
    assert "Chi bộ Nhất" in text(client.get(at(docket, "opinions/own/")))
    data = {"revision": "0", "stance": "agree", f"outcome-{line.pk}": "object", f"note-{line.pk}": "Thiếu"}
    assert "Thiếu" in text(client.post(at(docket, "opinions/own/"), data, follow=True))
    assert OpinionSheet.objects.get().lines.get().line == line
    screen = text(client.get(at(docket, "screen/?at=1")))
    assert "Chi bộ Nhì" in screen
    assert "do not agree: 1" in screen
    assert "Chi bộ Nhất" in text(client.get(at(docket, "opinions/sheet/")))
    officer = visit(below.officer)
    for page in ("", "conclude/", "opinions/", "lines/"):
        assert "Chi bộ Nhất" in text(officer.get(at(docket, page)))


def test_a_ward_reads_no_column_of_cells_and_is_led_on_to_send_upwards(below, docket, visit):
    client, url = visit(below.officer), at(docket, "")
    assert "Cells that have sent" not in text(client.get(url))
    assert client.get(url).context["send_up_url"] == ""
    dockets.conclude(docket.pk, meeting=meeting(), decisions={}, by=below.officer, day=DAY)
    onwards = client.get(url).context["send_up_url"]
    assert f'href="{onwards}"' in client.get(url).content.decode()
    assert client.get(onwards).context["may_send"]
    SentList.objects.create(tier=below.tier, unit=below.unit, sent_on=DAY)
    assert client.get(url).context["send_up_url"] == ""


def test_the_example_of_a_number_bears_the_symbol_of_the_ward(below, docket, visit):
    dockets.conclude(docket.pk, meeting=meeting(), decisions={}, by=below.officer, day=DAY)
    page = text(visit(below.officer).get(at(docket, "issue/")))
    assert "127-QĐ/ĐU" in page
    assert "Endorsed: 2" in page


def test_an_endorsement_is_corrected_on_its_page(below, docket, visit):
    dockets.conclude(docket.pk, meeting=meeting(), decisions={}, by=below.officer, day=DAY)
    client = visit(below.officer)
    assert "Chi bộ Nhất" in text(client.get(at(docket, "correct/")))
    line = docket.lines.order_by("order").first()
    data = {"ref": str(uuid.uuid4()), f"outcome-{line.pk}": "return", f"note-{line.pk}": "Thiếu"}
    client.post(at(docket, "correct/"), CORRECTED | data)
    assert Docket.objects.get(corrects=docket).lines.get().unit == line.unit
    assert not SentList.objects.filter(unit=line.unit).exists()
    assert "Corrected" in text(client.get(at(docket, "")))


def test_a_secretary_corrects_the_meeting_of_the_cell(below, visit):
    cell = below.cell(sent=False)
    secretary = user_with(Role.CELL_SECRETARY, unit=cell)
    members = [MemberFactory(unit=cell) for _ in range(3)]
    pledge = pledge_of(members[0], below.tier, secretary)
    recorded = cells.record_meeting(
        cell=cell,
        tier=below.tier,
        meeting=meeting(present=3, agreed=3),
        decisions={},
        by=secretary,
        day=DAY,
        ref=uuid.uuid4(),
    )
    client = visit(secretary)
    page = text(client.get(at(recorded, "")))
    assert at(recorded, "correct/") in page
    assert "opinions/" not in page
    line = recorded.lines.get()
    data = {"ref": str(uuid.uuid4()), f"outcome-{line.pk}": "return", f"note-{line.pk}": "Chưa rõ"}
    response = client.post(at(recorded, "correct/"), CORRECTED | data | {"present": "3", "agreed": "2"})
    act = Docket.objects.get(corrects=recorded)
    assert response["Location"] == at(act, "")
    pledge.refresh_from_db()
    assert pledge.status == "returned"
    for address in ("opinions/", "opinions/own/", "opinions/sheet/"):
        assert client.get(at(act, address)).status_code == 404
