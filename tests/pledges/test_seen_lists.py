"""What is said of "all the rest" of a docket is said of the lines that the page showed, and of no other."""

import re

import pytest

from pledges.actions import building
from pledges.models import OpinionSheet
from pledges.states import DocketState
from tests.pledges.docket_scene import scene
from tests.pledges.opinion_scene import seated
from tests.pledges.pages import text

pytestmark = pytest.mark.django_db

MEETING = {"on": "26/03/2024", "presided_by": "Đồng chí Bí thư", "present": "9", "agreed": "9", "minutes": ""}
CHANGED = "The list has been changed meanwhile. Please look again."


@pytest.fixture
def place(db, on_the_day):
    return scene()


def shown(page):
    """The mark of the list that a page holds."""
    found = re.search(r'name="seen" value="([0-9a-f]+)"', text(page))
    assert found
    return found[1]


def add_one(place, docket):
    place.pledge()
    assert building.add_awaiting(docket.pk, by=place.board) == 1


def take_one_off(place, docket):
    assert building.take_off(docket.pk, [docket.lines.earliest("order").pk], by=place.board) == 1


@pytest.mark.parametrize("change", [add_one, take_one_off])
def test_a_meeting_decides_on_the_list_the_recorder_was_shown(place, visit, change):
    docket = place.docket(place.pledge(), place.pledge())
    client, url = visit(place.recorder), f"/dockets/{docket.ref}/conclude/"
    seen = shown(client.get(url))
    change(place, docket)
    page = client.post(url, MEETING | {"seen": seen})
    assert CHANGED in text(page)
    docket.refresh_from_db()
    assert docket.state == DocketState.OPEN
    assert client.post(url, MEETING | {"seen": shown(page)}).status_code == 302
    docket.refresh_from_db()
    assert docket.state == DocketState.CONCLUDED


def test_a_withdrawal_meanwhile_does_not_stop_the_meeting(place, visit):
    moved, stays = place.pledge(), place.pledge()
    docket = place.docket(moved, stays)
    client, url = visit(place.recorder), f"/dockets/{docket.ref}/conclude/"
    seen = shown(client.get(url))
    visit(moved.lead_member.user).post(f"/pledges/{moved.ref}/withdraw/")
    assert visit(place.recorder).post(url, MEETING | {"seen": seen}).status_code == 302


@pytest.mark.parametrize("change", [add_one, take_one_off])
def test_a_member_speaks_on_the_list_he_was_shown(place, visit, change):
    docket = place.docket(place.pledge(), place.pledge())
    client, url = visit(seated(place).user), f"/dockets/{docket.ref}/opinions/own/"
    sheet = {"revision": "0", "stance": "agree", "note": "", "seen": shown(client.get(url))}
    change(place, docket)
    page = client.post(url, sheet)
    assert CHANGED in text(page)
    assert not OpinionSheet.objects.exists()
    assert client.post(url, sheet | {"seen": shown(page)}).status_code == 302
    assert OpinionSheet.objects.count() == 1
