"""The board closes the figures, provisionally and officially; what comes later is told; the campaign ends."""

from io import StringIO

import pytest
from django.core.management import call_command
from playwright.sync_api import Locator, expect

from cadres.models import Member
from pledges.models import Campaign
from pledges.states import CampaignState
from reports import counts
from reports.forms.closings import OfficialForm, ReopenForm
from reports.models import Closing
from reports.tasks import closing as work
from tests.e2e.district import District
from tests.e2e.visitor import Visitor
from tests.e2e.words import vi, vi_count
from tests.pledges.factories import DAY, pledge_of

pytestmark = pytest.mark.browser

LATE, CELL, WARD = "Hoàng Thị Sen", "Chi bộ số 1", "Đảng bộ phường Bưởi"
DOCUMENT, PAPER = "45-BC/QU", "46-QĐ/QU"
CLOSINGS = "/campaigns/DV-2024/closings/"


def test_the_board_closes_the_figures_and_sees_what_came_after(signed_in, district):
    board = signed_in("bantochuc")
    _see_what_is_open(board)
    provisional = _close_in_one_click(board)
    _open_down_to_a_name(board)
    official = _close_officially(board)
    _one_more_registers(district)
    _see_it_by_name(board, official)
    _compare_with_the_next(board, official)
    for closing in (provisional, official):
        _verify(closing)
    _end(board)
    _open_again(board)


def _see_what_is_open(board: Visitor) -> None:
    board.open("/")
    menu = board.page.get_by_role("link", name=vi("Closings of figures"))
    if not menu.is_visible():
        board.page.get_by_text(vi("Menu"), exact=True).click()
    board.follow(vi("Closings of figures"))
    still = panel(board, vi("Still open"))
    expect(still).to_contain_text(
        vi_count("%(n)s cell has not sent its list", "%(n)s cells have not sent their list", 3)
    )
    expect(still).to_contain_text(
        vi_count(
            "%(n)s registration has not been decided on", "%(n)s registrations have not been decided on", 6
        )
    )
    expect(board.main).to_contain_text(vi("Nothing has been closed yet"))


def panel(visitor: Visitor, heading: str) -> Locator:
    """The part of the page under a heading."""
    return visitor.main.locator("section").filter(
        has=visitor.page.get_by_role("heading", name=heading, exact=True)
    )


def _close_in_one_click(board: Visitor) -> Closing:
    board.press(vi("Close provisional figures"))
    return _made(board)


def _made(board: Visitor) -> Closing:
    """The closing whose progress stands on the page, made by a worker; the page goes on by itself."""
    expect(board.main).to_contain_text(vi("The figures are being closed"))
    closing = Closing.objects.latest("pk")
    with board.page.expect_navigation():
        work(closing.pk)
    board.page.wait_for_url(f"**/closings/{closing.pk}/units/TAYHO/")
    board.judge()
    closing.refresh_from_db()
    return closing


def _open_down_to_a_name(board: Visitor) -> None:
    """From the figure of the district to that of the ward and of the cell, and to who has not registered."""
    expect(board.main.locator("p.rate").first).to_contain_text("6")
    board.follow(WARD)
    board.follow(CELL)
    board.follow(f"{vi('Not registered yet')}: 2", within=board.main.locator(".headline"))
    expect(board.page.get_by_role("heading", level=1)).to_contain_text("2")
    expect(board.main).to_contain_text(LATE)


def _close_officially(board: Visitor) -> Closing:
    board.open(CLOSINGS)
    board.follow(vi("Close officially"))
    board.fill(OfficialForm, document=DOCUMENT, document_on="26/03/2024")
    board.press_and_confirm(vi("Close officially"))
    closing = _made(board)
    expect(board.main).to_contain_text(DOCUMENT)
    return closing


def _one_more_registers(district: District) -> None:
    """After the close, by the hand of the cell's secretary."""
    late = Member.objects.get(given_name="Sen")
    secretary = district.cell.roles.get(user__username="bithu").user
    pledge_of(late, district.members, secretary, content={"title": "Dạy 5 cụ dùng VNeID"})
    counts.drain(DAY)


def _see_it_by_name(board: Visitor, closing: Closing) -> None:
    board.open(f"/closings/{closing.pk}/units/TAYHO/")
    expect(board.main).to_contain_text(f"{vi('After the close')}: {vi('Registered')} +1")
    expect(board.main.locator("p.rate").first).to_contain_text("6")
    board.follow(vi("by name"))
    changed = panel(board, vi("By organisation")).get_by_role("row").filter(has_text=WARD)
    expect(changed).to_contain_text("+1")
    names = board.main.get_by_role("row").filter(has_text=LATE)
    expect(names).to_contain_text(CELL)
    board.follow(vi("New registrations"))
    expect(board.main).to_contain_text("Dạy 5 cụ dùng VNeID")


def _compare_with_the_next(board: Visitor, official: Closing) -> None:
    board.open(CLOSINGS)
    later = _close_in_one_click(board)
    expect(board.main.locator("p.rate").first).to_contain_text("7")
    board._go(board.main.locator(f'a[href*="/closings/{later.pk}/compare/{official.pk}/"]'))
    expect(board.main).to_contain_text("6/12 (50%) → 7/12 (58%)")
    expect(board.main).to_contain_text(LATE)


def _verify(closing: Closing) -> None:
    out = StringIO()
    call_command("verify_closing", str(closing.pk), stdout=out)
    assert closing.digest in out.getvalue()


def _end(board: Visitor) -> None:
    """Ended on its official closing; from then on the dashboard is that closing."""
    Campaign.objects.filter(code="DV-2024").update(state=CampaignState.EVALUATING)
    board.open(CLOSINGS)
    board.press_and_confirm(vi("End the campaign"))
    board.hear(vi("The campaign is closed. Its figures are those of the official closing."))
    board.open("/units/TAYHO/?campaign=DV-2024")
    expect(board.main).to_contain_text(DOCUMENT)
    expect(board.main.locator("p.rate").first).to_contain_text("6")


def _open_again(board: Visitor) -> None:
    board.open(CLOSINGS)
    board.follow(vi("Open the campaign again"))
    again = vi("Open the campaign again")
    with board.page.expect_navigation():
        board.page.get_by_role("button", name=again).click()
    board.complaints.clear()  # the browser notes that the form came back
    expect(board.main).to_contain_text(vi("Enter the number of the document."))
    assert Campaign.objects.get(code="DV-2024").state == CampaignState.CLOSED
    board.fill(ReopenForm, document=PAPER, document_on="26/03/2024", reason="Bổ sung một đảng viên")
    board.press(again)
    board.hear(vi("The campaign is open again for its year-end evaluation."))
    expect(panel(board, vi("Opened again"))).to_contain_text(PAPER)
    assert Campaign.objects.get(code="DV-2024").state == CampaignState.EVALUATING
