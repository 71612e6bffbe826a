"""The level above asks a unit to amend the list it has sent; the unit sends it again."""

import pytest
from django.utils import translation

from cadres.models import RecordEvent, UnitChange
from cadres.roles import Role
from pledges import amendments, queries
from pledges.actions import lists
from pledges.actions.acts import NotAllowedError
from pledges.actions.dockets import Decision
from pledges.actions.endorsements import build_endorsement
from pledges.actions.list_requests import ask_to_amend
from pledges.models import Docket, ListRequest, SentList
from pledges.states import CampaignState, Outcome
from tests.factories import CellFactory, MemberFactory, UnitFactory, user_with
from tests.pledges.docket_scene import DAY, conclude, scene, ward
from tests.pledges.factories import pledge_in, secretary_of
from tests.pledges.threads import at_once

pytestmark = pytest.mark.django_db
NOTE = "Còn 3 đồng chí chưa ghi kết quả cụ thể"


@pytest.fixture
def place(db):
    return ward(scene(), name="Đảng bộ phường Bưởi")


@pytest.fixture
def english():
    with translation.override("en"):
        yield


def ask(place, unit, *, by=None, note=NOTE):
    return ask_to_amend(tier=place.tier, unit=unit, note=note, by=by or place.officer, on=DAY)


def is_sent(unit):
    return SentList.objects.filter(unit=unit).exists()


def amendment(place, unit):
    return amendments.asked_of(place.tier, [unit]).get(unit.pk)


# ---- the act -----------------------------------------------------------------------------------


def test_the_list_is_no_longer_sent_and_the_cell_reads_who_asked_and_why(place):
    cell, other = place.cell(), place.cell()
    UnitChange.objects.all().delete()
    ask(place, cell)
    assert (is_sent(cell), is_sent(other)) == (False, True)
    assert amendment(place, cell) == amendments.Amendment(cell.pk, DAY, place.officer.display_name, NOTE)
    assert amendment(place, other) is None
    assert queries.list_totals(queries.awaited_lists(place.tier, place.unit)) == {
        "all": 2,
        "asked": 1,
        "sent": 1,
        "endorsed": 0,
    }
    assert list(UnitChange.objects.values_list("unit", "campaign")) == [(cell.pk, place.tier.campaign_id)]


def test_it_is_in_the_journal_without_a_word_of_the_reasons(place):
    cell = place.cell()
    ask(place, cell)
    event = RecordEvent.objects.get(action="list_amendment_asked")
    assert (event.actor, event.unit) == (place.officer, cell)
    assert event.data == {"campaign": "DV-2024", "tier": "members", "on": "2024-03-26"}


def test_asked_twice_there_is_one_request_and_the_first_reasons_stand(place):
    cell = place.cell()
    first = ask(place, cell)
    assert ask(place, cell, note="Lý do khác") == first
    assert ListRequest.objects.get().note == NOTE
    assert RecordEvent.objects.filter(action="list_amendment_asked").count() == 1


def test_sending_again_answers_and_a_later_request_is_a_new_one(place):
    cell = place.cell()
    first = ask(place, cell)
    lists.mark_sent(tier=place.tier, units=[cell], on=DAY, by=None)
    first.refresh_from_db()
    assert first.answered_at is not None
    assert amendment(place, cell) is None
    second = ask(place, cell, note="Vẫn thiếu")
    assert (second.pk != first.pk, amendment(place, cell).note) == (True, "Vẫn thiếu")


def test_the_secretary_sends_the_list_again(place):
    cell = place.cell()
    secretary = secretary_of(cell)
    pledge_in("approved", MemberFactory(unit=cell), place.tier, secretary)
    ask(place, cell)
    assert lists.send_cell_list(tier=place.tier, cell=cell, on=DAY, by=secretary)
    assert not ListRequest.objects.filter(answered_at=None).exists()


def test_of_a_meeting_and_the_office_the_later_is_told(place):
    cell = place.cell()
    docket = build_endorsement(tier=place.tier, body=place.body, title="Danh sách", by=place.officer)
    conclude(docket, place.officer, {docket.lines.get().pk: Decision(Outcome.RETURN, "Hội nghị: thiếu 2")})
    assert amendment(place, cell).who == place.body.name
    lists.mark_sent(tier=place.tier, units=[cell], on=DAY, by=None)
    ask(place, cell)
    assert amendment(place, cell).note == NOTE


@pytest.mark.parametrize("note", ["", "  \n "])
def test_reasons_are_needed(place, english, note):
    cell = place.cell()
    with pytest.raises(NotAllowedError, match="Say what is to be amended"):
        ask(place, cell, note=note)
    assert is_sent(cell)


def test_a_list_not_sent_cannot_be_sent_back(place, english):
    with pytest.raises(NotAllowedError, match="has not been sent"):
        ask(place, place.cell(sent=False))


def test_what_a_meeting_endorsed_stays(place, english):
    cell = place.cell()
    conclude(
        build_endorsement(tier=place.tier, body=place.body, title="Danh sách", by=place.officer),
        place.officer,
    )
    with pytest.raises(NotAllowedError, match="has been endorsed"):
        ask(place, cell)
    assert is_sent(cell)


def test_a_list_on_a_docket_is_left_to_the_meeting(place, english):
    cell = place.cell()
    build_endorsement(tier=place.tier, body=place.body, title="Danh sách", by=place.officer)
    with pytest.raises(NotAllowedError, match="lies on a docket"):
        ask(place, cell)
    assert is_sent(cell)


def test_in_a_closed_campaign_nothing_is_asked(place, english):
    cell = place.cell()
    place.tier.campaign.state = CampaignState.CLOSED
    with pytest.raises(NotAllowedError, match="closed"):
        ask(place, cell)


def test_the_board_asks_the_units_directly_below_the_host_and_nobody_else(place, english):
    direct, cell = CellFactory(parent=place.scene.host), place.cell()
    lists.mark_sent(tier=place.tier, units=[direct, place.unit], on=DAY, by=None)
    for unit in (direct, place.unit):
        ask(place, unit, by=place.scene.board)
        assert not is_sent(unit)
    refused = (
        (cell, place.scene.board),
        (cell, ward(place.scene).officer),
        (cell, secretary_of(cell)),
        (cell, place.scene.inspector),
        (place.unit, place.officer),
        (direct, user_with(Role.GRASSROOTS_OFFICER, unit=UnitFactory())),
    )
    for unit, who in refused:
        with pytest.raises(NotAllowedError, match="You do not ask"):
            ask(place, unit, by=who)
    assert is_sent(cell)


@pytest.mark.parametrize("n", [1, 3])
def test_what_is_asked_is_read_in_two_queries(place, n, django_assert_num_queries):
    cells = [place.cell() for _ in range(n)]
    for cell in cells:
        ask(place, cell)
    with django_assert_num_queries(2):
        assert len(amendments.asked_of(place.tier, cells)) == n


# ---- the pages ---------------------------------------------------------------------------------


def page(unit):
    return f"/campaigns/DV-2024/lists/{unit.code}/amend/"


def committee(unit, query=""):
    return f"/campaigns/DV-2024/committees/{unit.code}/{query}"


def test_the_officer_asks_from_the_page_and_the_cell_reads_it(place, visit):
    cell = place.cell(name="Chi bộ số 7")
    client = visit(place.officer)
    shown = client.get(committee(place.unit, "?show=sent")).content.decode()
    assert f'href="{page(cell)}"' in shown
    assert "list sent on 26/03/2024" in client.get(page(cell)).content.decode()
    response = client.post(page(cell), {"note": NOTE}, follow=True)
    assert response.redirect_chain == [(committee(place.unit), 302)]
    text = response.content.decode()
    assert "Chi bộ số 7 has been asked to amend its list." in text
    assert [row.state for row in response.context["rows"]] == ["returned"]
    asked = visit(secretary_of(cell)).get(f"/campaigns/DV-2024/cells/{cell.code}/").content.decode()
    assert "The level above asks to amend this list" in asked
    assert NOTE in asked


def test_the_board_comes_back_to_the_units_directly_below(place, visit):
    lists.mark_sent(tier=place.tier, units=[place.unit], on=DAY, by=None)
    client = visit(place.scene.board)
    response = client.post(page(place.unit), {"note": NOTE})
    assert response["Location"] == committee(place.scene.host, "?of=units")
    text = visit(place.officer).get(committee(place.unit)).content.decode()
    assert f"The level above asked for an amendment on 26/03/2024: {NOTE}" in text


def test_who_only_reads_is_offered_nothing(place, visit):
    cell = place.cell()
    for who in (place.scene.inspector, place.scene.board):
        shown = visit(who).get(committee(place.unit, "?show=sent"))
        assert not shown.context["may_ask"]
        assert page(cell) not in shown.content.decode()


def test_pressed_twice_it_is_told_kindly(place, visit):
    cell = place.cell()
    client = visit(place.officer)
    for _ in range(2):
        response = client.post(page(cell), {"note": NOTE}, follow=True)
        assert "has been asked to amend its list" in response.content.decode()
    other = client.post(page(cell), {"note": "Lý do khác"}, follow=True)
    assert "Somebody had already asked" in other.content.decode()
    assert ListRequest.objects.count() == 1


@pytest.mark.parametrize("note", ["", "x" * 1001])
def test_a_faulty_form_comes_back_with_what_was_typed(place, visit, note):
    cell = place.cell()
    response = visit(place.officer).post(page(cell), {"note": note})
    assert response.status_code == 200
    assert response.context["form"].errors.keys() == {"note"}
    assert note in response.content.decode()
    assert is_sent(cell)


def test_a_rule_that_forbids_it_is_told_on_the_form(place, visit):
    cell = place.cell()
    build_endorsement(tier=place.tier, body=place.body, title="Danh sách", by=place.officer)
    response = visit(place.officer).post(page(cell), {"note": NOTE})
    assert "The list lies on a docket" in response.content.decode()
    assert NOTE in response.content.decode()


def test_a_list_not_sent_has_no_page_to_ask(place, visit):
    cell = place.cell(sent=False)
    response = visit(place.officer).get(page(cell), follow=True)
    assert response.redirect_chain == [(committee(place.unit), 302)]
    assert "it has to be sent first" in response.content.decode()


def test_strangers_are_not_told_and_readers_may_not_ask(place, visit):
    cell = place.cell()
    for who in (place.scene.stranger, ward(place.scene).officer, user_with(Role.MEMBER, unit=cell)):
        assert visit(who).post(page(cell), {"note": NOTE}).status_code == 404
    for who in (place.scene.board, place.scene.inspector, secretary_of(cell)):
        assert visit(who).post(page(cell), {"note": NOTE}).status_code == 403
        assert visit(who).get(page(cell)).status_code == 403
    assert visit(place.scene.board).get(page(place.scene.host)).status_code == 404
    assert visit(place.officer).put(page(cell)).status_code == 405
    assert is_sent(cell)


def test_lists_asked_for_have_a_chip_of_their_own(place, visit):
    asked, _missing = place.cell(), place.cell(sent=False)
    client = visit(place.officer)
    assert "show=asked" not in client.get(committee(place.unit)).content.decode()
    ask(place, asked)
    shown = client.get(committee(place.unit, "?show=asked"))
    assert [row.unit for row in shown.context["rows"]] == [asked]
    chips = {chip["url"]: chip["count"] for chip in shown.context["chosen"].chips()}
    assert (chips["?show=asked"], chips["?show=not_sent"]) == (1, 2)


# ---- two at once -------------------------------------------------------------------------------


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_make_one_request():
    place = ward(scene())
    cell, other = place.cell(), user_with(Role.GRASSROOTS_OFFICER, unit=place.unit)
    answers = at_once(lambda: ask(place, cell), lambda: ask(place, cell, by=other, note="Khác"))
    assert {type(answer) for answer in answers} == {ListRequest}
    assert ListRequest.objects.filter(answered_at=None).count() == 1
    assert not is_sent(cell)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_list_is_either_put_on_the_docket_or_sent_back():
    place = ward(scene())
    cell = place.cell()
    at_once(
        lambda: ask(place, cell),
        lambda: build_endorsement(tier=place.tier, body=place.body, title="D", by=place.officer),
    )
    on_docket = Docket.objects.filter(body=place.body, lines__unit=cell).exists()
    assert on_docket == is_sent(cell)
    assert on_docket != ListRequest.objects.exists()
