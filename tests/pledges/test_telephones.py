"""Whom to call about a list: the telephones noted on the committee's page."""

import re

import pytest
from django.utils.html import strip_tags

from cadres.actions.contacts import note_telephones, secretary_of
from cadres.models import Office, OfficeKind, RecordEvent
from cadres.roles import Role
from tests.factories import START, CellFactory, MemberFactory, user_with
from tests.pledges import factories
from tests.pledges.docket_scene import DAY, scene, ward

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(db):
    return ward(scene(), name="Đảng bộ phường Bưởi")


@pytest.fixture
def cell(place):
    """A cell whose secretary is in office."""
    cell = place.cell(sent=False, name="Chi bộ số 3")
    appoint(cell)
    return cell


def appoint(cell, start=START):
    member = MemberFactory(unit=cell, family_names="Ngô Anh", given_name="Đạt")
    Office.objects.create(member=member, unit=cell, kind=OfficeKind.SECRETARY, start=start)
    return member


def page(unit):
    return f"/campaigns/DV-2024/lists/{unit.code}/telephones/"


def committee(unit, query=""):
    return f"/campaigns/DV-2024/committees/{unit.code}/{query}"


def answers(unit, **given):
    secretary = secretary_of(unit)
    return {"secretary": secretary.code if secretary else "", "secretary_phone": "", "phone": ""} | given


def text_of(response):
    return re.sub(r"\s+", " ", strip_tags(response.content.decode()))


def test_the_officer_notes_a_number_and_it_can_be_called(place, cell, visit):
    client = visit(place.officer)
    assert f'href="{page(cell)}"' in client.get(committee(place.unit)).content.decode()
    assert "Telephone of the secretary, comrade Ngô Anh Đạt" in text_of(client.get(page(cell)))
    response = client.post(
        page(cell), answers(cell, secretary_phone=" 0912  345 678", phone="024 3753 0000"), follow=True
    )
    assert response.redirect_chain == [(committee(place.unit), 302)]
    assert "The telephones of Chi bộ số 3 have been noted." in text_of(response)
    assert "Ngô Anh Đạt 0912 345 678" in text_of(response)
    assert 'href="tel:0912345678"' in response.content.decode()
    cell.refresh_from_db()
    assert cell.phone == "024 3753 0000"
    assert client.get(page(cell)).context["form"]["secretary_phone"].value() == "0912 345 678"


def test_the_number_of_the_organisation_stands_in_for_the_secretarys(place, cell, visit):
    client = visit(place.officer)
    client.post(page(cell), answers(cell, phone="024.3753.0000"))
    assert 'href="tel:02437530000"' in client.get(committee(place.unit)).content.decode()


def test_a_cell_without_a_secretary_has_its_own_number_only(place, visit):
    cell = place.cell(sent=False)
    client = visit(place.officer)
    assert "secretary_phone" not in client.get(page(cell)).context["form"].fields
    client.post(page(cell), answers(cell, phone="0912345678"))
    cell.refresh_from_db()
    assert cell.phone == "0912345678"


def test_the_journal_tells_whose_telephone_and_never_the_number(place, cell):
    secretary = secretary_of(cell)
    given = {"phone": "024 1", "secretary": secretary, "secretary_phone": "0912", "by": place.officer}
    assert note_telephones(cell, **given)
    assert not note_telephones(cell, **given)
    events = RecordEvent.objects.filter(action="telephone_noted")
    found = events.order_by("pk").values_list("actor", "unit", "member", "data")
    assert list(found) == [
        (place.officer.pk, cell.pk, None, {}),
        (place.officer.pk, cell.pk, secretary.pk, {}),
    ]


def test_sent_twice_changes_nothing_more_and_an_empty_field_forgets_the_number(place, cell, visit):
    client = visit(place.officer)
    for _ in range(2):
        assert client.post(page(cell), answers(cell, secretary_phone="0912 345 678")).status_code == 302
    assert RecordEvent.objects.filter(action="telephone_noted").count() == 1
    client.post(page(cell), answers(cell))
    assert secretary_of(cell).phone == ""


@pytest.mark.parametrize("typed", ["gọi sau", "12", "0912 345 678 hoặc 0988 777 666", "9" * 31, "0912;345"])
def test_what_is_no_number_comes_back_as_it_was_typed(place, cell, visit, typed):
    response = visit(place.officer).post(page(cell), answers(cell, secretary_phone=typed))
    assert response.status_code == 200
    assert response.context["form"].errors.keys() == {"secretary_phone"}
    assert typed in response.content.decode()
    assert not RecordEvent.objects.filter(action="telephone_noted").exists()


def test_a_number_typed_for_one_secretary_is_not_given_to_the_next(place, cell, visit):
    data = answers(cell, secretary_phone="0912 345 678")
    Office.objects.filter(unit=cell).update(end=DAY)
    successor = appoint(cell, start=DAY)
    response = visit(place.officer).post(page(cell), data)
    assert "The secretary has changed meanwhile" in text_of(response)
    successor.refresh_from_db()
    assert successor.phone == ""


def test_of_two_secretaries_in_the_roster_the_one_who_came_last_is_called(place, cell, visit):
    newer = appoint(cell, start=DAY)
    [row] = visit(place.officer).get(committee(place.unit)).context["rows"]
    assert row.secretary.member == secretary_of(cell) == newer


def test_the_board_comes_back_to_the_page_it_came_from(place, cell, visit):
    client, host = visit(place.scene.board), place.scene.host
    direct = CellFactory(parent=host)
    for unit, back in ((cell, ""), (place.unit, "?of=units"), (direct, "?of=units")):
        assert client.post(page(unit), answers(unit))["Location"] == committee(host, back)


def test_the_officer_notes_the_number_of_the_own_committee_too(place, visit):
    response = visit(place.officer).post(page(place.unit), answers(place.unit, phone="024 3753 0000"))
    assert response["Location"] == committee(place.unit)


def test_the_board_of_a_committee_itself_comes_back_to_that_committee(place, cell, visit):
    response = visit(user_with(Role.BOARD_OFFICER, unit=place.unit)).post(page(cell), answers(cell))
    assert response["Location"] == committee(place.unit)


def test_strangers_are_not_told_and_readers_do_not_write(place, cell, visit):
    data = answers(cell, phone="0912 345 678")
    for who in (place.scene.stranger, ward(place.scene).officer, user_with(Role.MEMBER, unit=cell)):
        assert visit(who).post(page(cell), data).status_code == 404
    for who in (place.scene.inspector, place.scene.recorder, factories.secretary_of(cell)):
        assert visit(who).post(page(cell), data).status_code == 403
        assert visit(who).get(page(cell)).status_code == 403
    assert visit(place.scene.board).post(page(place.scene.host), data).status_code == 404
    assert visit(place.officer).put(page(cell)).status_code == 405
    cell.refresh_from_db()
    assert cell.phone == ""


def test_who_only_reads_sees_the_number_and_nothing_to_change(place, cell, visit):
    client = visit(place.scene.inspector)
    shown = client.get(committee(place.unit))
    assert "no telephone yet" in text_of(shown)
    assert page(cell) not in shown.content.decode()
