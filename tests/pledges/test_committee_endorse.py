"""A committee endorses the lists of its cells in one meeting."""

import pytest

from cadres.models import Body
from pledges.actions import lists
from pledges.models import Docket, SentList
from tests.pledges.committee_pages import MEETING, at, ref, text_of
from tests.pledges.docket_scene import DAY, scene, ward
from tests.pledges.factories import secretary_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(db):
    return ward(scene(), name="Đảng bộ phường Bưởi")


def test_the_officer_endorses_everything_in_one_meeting(place, visit):
    cells = [place.cell(), place.cell()]
    client = visit(place.officer)
    page = client.get(at(place.unit))
    assert "Endorse 2 lists" in text_of(page)
    response = client.post(at(place.unit, "endorse/"), {"ref": page.context["form"]["ref"].value()})
    docket = Docket.objects.get(body=place.body)
    assert response["Location"] == f"/dockets/{docket.ref}/conclude/"
    form = client.get(response["Location"])
    assert "Endorse all (2 lists), except:" in text_of(form)
    client.post(response["Location"], MEETING)
    endorsed_by = set(SentList.objects.values_list("unit", "endorsed_by"))
    assert endorsed_by == {(cell.pk, docket.pk) for cell in cells}
    text = text_of(client.get(f"/dockets/{docket.ref}/"))
    assert "2 lists · Ban Thường vụ Đảng bộ phường Bưởi" in text


def test_pressed_twice_there_is_one_docket(place, visit):
    place.cell()
    client, data = visit(place.officer), ref()
    first = client.post(at(place.unit, "endorse/"), data)
    second = client.post(at(place.unit, "endorse/"), data)
    assert first["Location"] == second["Location"]
    assert Docket.objects.filter(body=place.body).count() == 1


def test_a_docket_begun_is_gone_on_with(place, visit):
    place.cell()
    client = visit(place.officer)
    client.post(at(place.unit, "endorse/"), ref())
    place.cell()
    page = client.get(at(place.unit) + "?show=sent")
    assert "A docket of lists made on" in text_of(page)
    assert "Endorse 2 lists" in text_of(page)
    assert [row.state for row in page.context["rows"]] == ["pending", "sent"]
    client.post(at(place.unit, "endorse/"), ref())
    assert Docket.objects.get(body=place.body).lines.count() == 2


def test_after_the_meeting_the_same_press_shows_the_docket(place, visit):
    place.cell()
    client, data = visit(place.officer), ref()
    address = client.post(at(place.unit, "endorse/"), data)["Location"]
    client.post(address, MEETING)
    assert client.post(at(place.unit, "endorse/"), data)["Location"] == address.replace("conclude/", "")


def test_nothing_to_endorse_is_said(place, visit):
    place.cell(sent=False)
    client = visit(place.officer)
    assert "Endorse" not in text_of(client.get(at(place.unit))).replace("Endorsed", "")
    response = client.post(at(place.unit, "endorse/"), ref(), follow=True)
    assert "Nothing on the list awaits this body." in text_of(response)


def test_a_broken_form_makes_no_docket(place, visit):
    place.cell()
    response = visit(place.officer).post(at(place.unit, "endorse/"), {"ref": "x"}, follow=True)
    assert "please try again" in text_of(response)
    assert not Docket.objects.filter(body=place.body).exists()


def test_the_board_puts_the_lists_on_the_docket_and_the_recorder_records(place, visit):
    host = place.scene.host
    lists.mark_sent(tier=place.tier, units=[place.unit], on=DAY, by=None)
    client = visit(place.scene.board)
    assert "on the docket" not in text_of(client.get(at(host)))
    assert "Put 1 list on the docket" in text_of(client.get(at(host) + "?of=units"))
    response = client.post(at(host, "endorse/"), ref())
    docket = Docket.objects.get(body=place.scene.standing)
    assert response["Location"] == f"/dockets/{docket.ref}/"
    assert "Put" not in text_of(client.get(at(host) + "?of=units"))
    recorder = visit(place.scene.recorder)
    assert "Endorse 1 list" in text_of(recorder.get(at(host) + "?of=units"))
    recorder.post(f"/dockets/{docket.ref}/conclude/", MEETING)
    assert SentList.objects.get(unit=place.unit).endorsed_by == docket
    text = text_of(visit(place.officer).get(at(place.unit)))
    assert "endorsed by Ban Thường vụ Quận ủy Tây Hồ on 26/03/2024" in text


def test_only_who_records_for_the_committee_endorses(place, visit):
    cell = place.cell()
    for who in (place.scene.board, place.scene.recorder, place.scene.inspector, place.scene.clerk):
        assert visit(who).post(at(place.unit, "endorse/"), ref()).status_code == 403
    for who in (place.scene.stranger, ward(place.scene).officer, secretary_of(cell)):
        assert visit(who).post(at(place.unit, "endorse/"), ref()).status_code == 404
    assert visit(place.officer).get(at(place.unit, "endorse/")).status_code == 405
    assert not Docket.objects.filter(body=place.body).exists()


def test_a_committee_without_a_standing_committee_endorses_nothing(place, visit):
    place.cell()
    Body.objects.filter(pk=place.body.pk).update(ended_on=DAY)
    client = visit(place.officer)
    assert "Endorse 1" not in text_of(client.get(at(place.unit)))
    assert client.post(at(place.unit, "endorse/"), ref()).status_code == 403
