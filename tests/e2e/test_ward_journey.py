"""A ward asks a cell to amend its list, endorses at a meeting and sends upwards; the board sees it."""

import uuid

import pytest
from playwright.sync_api import Locator, expect

from cadres.models import Unit
from cadres.roles import Role
from pledges.actions.cells import record_meeting
from pledges.actions.dockets import Meeting
from pledges.forms.dockets import MeetingForm
from pledges.forms.list_requests import ListRequestForm
from pledges.models import ListRequest, SentList
from reports import counts
from tests.e2e.district import District
from tests.e2e.visitor import Visitor
from tests.e2e.words import vi, vi_count
from tests.pledges.factories import DAY

pytestmark = pytest.mark.browser

CELL = "Chi bộ số 1"
REASON = "Đề nghị ghi rõ số cây, loại cây của đồng chí Hòa"


def test_a_ward_asks_a_cell_to_amend_endorses_and_sends(signed_in, district):
    for code in ("BUOI-1", "BUOI-2"):
        _adopt(district, Unit.objects.get(code=code))
    counts.drain(DAY)

    officer = signed_in("phuong")
    expect(figure(officer)).to_have_text("2/2 (100%)")
    _ask(officer)
    counts.drain(DAY)

    secretary = signed_in("bithu")
    _send_again(secretary)
    counts.drain(DAY)

    _endorse_and_send(officer)
    counts.drain(DAY)
    _see_at_the_board(signed_in("bantochuc"))
    assert not ListRequest.objects.filter(answered_at=None).exists()
    assert SentList.objects.get(unit=district.ward).endorsed_by is None


def figure(visitor: Visitor) -> Locator:
    """The headline's share of lists sent."""
    return visitor.page.locator("p.rate")


def row_of(visitor: Visitor, name: str) -> Locator:
    """The row of an organisation."""
    return visitor.page.get_by_role("row").filter(has=visitor.page.get_by_role("rowheader", name=name))


def _adopt(district: District, cell: Unit) -> None:
    """The cell has met and adopted everything, so that its list is sent."""
    secretary = cell.roles.get(role=Role.CELL_SECRETARY).user
    held = Meeting(on=DAY, presided_by="Đồng chí Bí thư chi bộ", present=4, agreed=4)
    tier = district.members
    record_meeting(cell=cell, tier=tier, meeting=held, decisions={}, by=secretary, day=DAY, ref=uuid.uuid4())


def _ask(officer: Visitor) -> None:
    row = row_of(officer, CELL)
    expect(row).to_contain_text(vi("Sent, awaiting endorsement"))
    officer.follow(vi("Ask to amend"), within=row)
    send = vi("Ask for the amendment")
    officer.press(send)
    expect(officer.main).to_contain_text(vi("Say what is to be amended."))
    officer.fill(ListRequestForm, note=REASON)
    officer.press(send)
    officer.hear(vi("%(unit)s has been asked to amend its list.", unit=CELL))
    expect(figure(officer)).to_have_text("1/2 (50%)")
    expect(row_of(officer, CELL)).to_contain_text(REASON)


def _send_again(secretary: Visitor) -> None:
    asked = secretary.main.get_by_role("region", name=vi("Amendment asked for"))
    expect(asked).to_contain_text(REASON)
    expect(asked).to_contain_text("Văn phòng Đảng ủy phường Bưởi")
    secretary.press(vi("Send the list again"))
    secretary.hear(vi("The list has been sent to the level above."))
    expect(asked).to_have_count(0)


def _endorse_and_send(officer: Visitor) -> None:
    officer.follow(vi("Lists of the cells"))
    expect(figure(officer)).to_have_text("2/2 (100%)")
    officer.press(vi_count("Endorse %(shown)s list", "Endorse %(shown)s lists", 2, shown=2))
    officer.fill(MeetingForm, on="26/03/2024", presided_by="Đồng chí Bí thư Đảng ủy", present="8", agreed="8")
    officer.press_and_confirm(vi("Record the conclusion"))
    officer.hear(vi("The conclusion has been recorded."))
    officer.follow(vi("Lists of the cells"))
    officer.press_and_confirm(vi("Send upwards"))
    officer.hear(vi("The list has been sent to the level above."))


def _see_at_the_board(board: Visitor) -> None:
    board.follow(vi("Lists of the cells"))
    board.follow(vi("Organisations directly below", context="lists"))
    expect(figure(board)).to_have_text("1/2 (50%)")
    board.follow(vi("All", context="lists"))
    row = row_of(board, "Đảng bộ phường Bưởi")
    for words in ("2/2 (100%)", "2/2", vi("Sent, awaiting endorsement")):
        expect(row).to_contain_text(words)
    total = row_of(
        board, vi_count("Total: %(shown)s organisation", "Total: %(shown)s organisations", 2, shown=2)
    )
    expect(total).to_contain_text("2/3 (67%)")
