"""A committee sends its list upwards, once, and has it back with reasons."""

import pytest

from pledges.actions import lists
from pledges.actions.dockets import Decision
from pledges.actions.endorsements import build_endorsement
from pledges.models import Docket, SentList
from pledges.states import DocketState, Outcome
from tests.factories import UnitFactory
from tests.pledges.committee_pages import MEETING, at, endorsed, ref, text_of
from tests.pledges.docket_scene import DAY, conclude, scene, ward
from tests.pledges.factories import secretary_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(db):
    return ward(scene(), name="Đảng bộ phường Bưởi")


def test_the_list_is_sent_upwards_once(place, visit):
    place.cell()
    endorsed(place)
    client = visit(place.officer)
    assert "All cells have sent and are endorsed" in client.get(at(place.unit)).content.decode()
    for message in ("The list has been sent to the level above.", "The list had already been sent."):
        assert message in text_of(client.post(at(place.unit, "send/"), follow=True))
    assert SentList.objects.get(unit=place.unit).sent_by == place.officer
    page = client.get(at(place.unit))
    assert "Sent to the level above on 26/03/2024, awaiting its endorsement." in text_of(page)
    assert not page.context["may_send"]


def test_who_sends_early_is_told_what_is_missing(place, visit):
    place.cell()
    endorsed(place)
    place.cell()
    place.cell(sent=False)
    page = visit(place.officer).get(at(place.unit)).content.decode()
    assert "Cells that have not sent: 1; lists not endorsed yet: 1. They will not be part of it." in page


@pytest.mark.parametrize(
    ("sent", "told"),
    [(True, "now? Lists not endorsed yet: 1."), (False, "now? Cells that have not sent: 1.")],
)
def test_only_what_is_missing_is_told(place, visit, sent, told):
    place.cell()
    endorsed(place)
    place.cell(sent=sent)
    assert told in visit(place.officer).get(at(place.unit)).content.decode()


def test_nothing_endorsed_cannot_be_sent(place, visit):
    place.cell()
    client = visit(place.officer)
    assert not client.get(at(place.unit)).context["may_send"]
    response = client.post(at(place.unit, "send/"), follow=True)
    assert "No list of a cell has been endorsed yet." in text_of(response)
    assert not SentList.objects.filter(unit=place.unit).exists()


def test_the_level_above_sends_a_list_back_with_reasons(place, visit):
    place.cell()
    endorsed(place)
    lists.send_upwards(tier=place.tier, unit=place.unit, on=DAY, by=place.officer)
    docket = build_endorsement(
        tier=place.tier, body=place.scene.standing, title="Danh sách", by=place.scene.board
    )
    reasons = {docket.lines.get().pk: Decision(Outcome.RETURN, "Thiếu 2 chi bộ")}
    conclude(docket, place.scene.recorder, reasons)
    client = visit(place.officer)
    page = client.get(at(place.unit))
    assert "The level above asked for an amendment on 26/03/2024: Thiếu 2 chi bộ" in text_of(page)
    client.post(at(place.unit, "send/"))
    assert SentList.objects.filter(unit=place.unit, endorsed_by=None).count() == 1


def test_only_the_officer_of_the_committee_sends(place, visit):
    cell = place.cell()
    endorsed(place)
    for who in (place.scene.board, place.scene.recorder, place.scene.inspector):
        assert visit(who).post(at(place.unit, "send/")).status_code == 403
    for who in (place.scene.stranger, ward(place.scene).officer, secretary_of(cell)):
        assert visit(who).post(at(place.unit, "send/")).status_code == 404
    division = UnitFactory(parent=place.unit, kind="division_committee")
    assert visit(place.officer).post(at(division, "send/")).status_code == 403
    assert visit(place.officer).get(at(place.unit, "send/")).status_code == 405
    assert not SentList.objects.filter(unit__in=(place.unit, division)).exists()


def test_the_docket_of_a_committee_is_open_until_its_meeting(place, visit):
    place.cell()
    visit(place.officer).post(at(place.unit, "endorse/"), ref())
    assert Docket.objects.get(body=place.body).state == DocketState.OPEN
    assert visit(place.scene.inspector).get(at(place.unit)).context["n_to_endorse"] == 0


def test_lists_of_a_tier_that_has_none_are_not_found(place, visit):
    place.cell()
    client = visit(place.officer)
    for tier in ("key_cadres", "grassroots_cadres", "nonsense"):
        for page in ("endorse/", "send/"):
            assert client.post(at(place.unit, page), ref() | {"tier": tier}).status_code == 404
    assert not Docket.objects.filter(body=place.body).exists()


def test_a_ward_endorses_and_sends_in_one_go(place, visit):
    cells = [place.cell(), place.cell()]
    client = visit(place.officer)
    client.post(client.post(at(place.unit, "endorse/"), ref())["Location"], MEETING)
    page = client.get(at(place.unit))
    assert (page.context["may_send"], page.context["n_to_endorse"]) == (True, 0)
    client.post(at(place.unit, "send/"))
    rows = visit(place.scene.board).get(at(place.scene.host) + "?of=units&show=sent").context["rows"]
    assert [(row.unit, row.below.endorsed, row.below.cells) for row in rows] == [(place.unit, 2, len(cells))]
