"""A member's task on its way: registered by the secretary, adopted, endorsed, counted, reported."""

import docx
import pytest
from playwright.sync_api import Locator, expect

from pledges.forms.dockets import MeetingForm
from pledges.forms.meeting import MeetingForm as CellMeetingForm
from pledges.forms.register import ShortForm
from reports import counts
from tests.e2e.visitor import Visitor
from tests.e2e.words import vi, vi_count
from tests.pledges.factories import DAY

pytestmark = pytest.mark.browser

MEMBER = "Hoàng Thị Sen"
TITLE = "Hướng dẫn 20 hộ cài đặt ứng dụng định danh điện tử"
PRODUCT = "20/20 hộ cài đặt xong"
UNCLEAR = "Lê Thị Hòa"
REASON = "Ghi rõ số cây và loại cây."


def test_a_task_from_the_secretary_to_the_report(signed_in, district):
    board = signed_in("bantochuc")
    expect(figure(board)).to_have_text("6/12 (50%)")

    secretary = signed_in("bithu")
    expect(figure(secretary)).to_have_text("3/5 (60%)")
    _register(secretary)
    _see_on_the_list(secretary)
    _record_meeting(secretary)
    counts.drain(DAY)

    officer = signed_in("phuong")
    _endorse(officer)
    _send_upwards(officer)
    counts.drain(DAY)

    board.open(f"/units/{district.host.code}/")
    expect(figure(board)).to_have_text("7/12 (58%)")
    _report(board, "7/12 (58%)")


def figure(visitor: Visitor) -> Locator:
    """The headline's share of members registered, whole in one element."""
    return visitor.page.locator("p.rate")


def row_of(visitor: Visitor, name: str) -> Locator:
    """The row of a person or of an organisation."""
    return visitor.page.get_by_role("row").filter(has=visitor.page.get_by_role("rowheader", name=name))


def _register(secretary: Visitor) -> None:
    page = secretary.page
    secretary.follow(vi("Register for this comrade"), within=row_of(secretary, MEMBER))
    expect(page.get_by_role("heading", level=1)).to_have_text(MEMBER)
    secretary.press(vi("Send to the cell"))
    expect(page.get_by_role("alert")).to_contain_text(vi("Write the task you register."))

    secretary.fill(ShortForm, title=TITLE, product=PRODUCT)
    page.get_by_label(vi("Difficult"), exact=True).check()
    page.get_by_label(vi("Quarter II", context="deadline"), exact=True).check()
    read_back = page.locator("[data-readback]")
    expect(read_back).to_be_visible()
    for words in (TITLE, vi("a difficult task"), PRODUCT, "quý II/2024"):
        expect(read_back).to_contain_text(words)
    secretary.press(vi("Send to the cell"))


def _see_on_the_list(secretary: Visitor) -> None:
    sent = vi("The registration of %(name)s has been sent. Entered by: %(who)s.", name=MEMBER, who="")
    expect(secretary.page.get_by_role("status")).to_contain_text(sent.rstrip(". "))
    expect(figure(secretary)).to_have_text("4/5 (80%)")
    # Whoever is still missing comes first: the list shows them, and all others one click away.
    secretary.page.get_by_role("link", name=vi("All", context="list of a cell")).click()
    row = row_of(secretary, MEMBER)
    state = vi("Registered, awaiting the cell", context="member's pledge")
    for words in (TITLE, vi("Difficult"), PRODUCT, "quý II/2024", state):
        expect(row).to_contain_text(words)


def _record_meeting(secretary: Visitor) -> None:
    page = secretary.page
    record = "Record the meeting (%(n)s task waiting)", "Record the meeting (%(n)s tasks waiting)"
    secretary.follow(vi_count(*record, 4))
    secretary.fill(CellMeetingForm, present="5", agreed="5")
    legend = vi("What the cell decided on the task of %(name)s", name=UNCLEAR)
    page.get_by_text(vi_count("See the %(n)s task", "See the %(n)s tasks", 4)).click()
    decision = page.get_by_role("row").filter(has=page.get_by_role("group", name=legend))
    decision.get_by_label(vi("To be amended", context="the cell decides")).check()
    decision.get_by_label(vi("Reasons for %(name)s", name=UNCLEAR)).fill(REASON)
    secretary.press_and_confirm(vi("Record and send the list upwards"))

    expect(page.get_by_text(vi("Sent %(day)s", day="26/03/2024"))).to_be_visible()
    adopted = vi("Adopted by the cell", context="member's pledge")
    expect(row_of(secretary, MEMBER)).to_contain_text(adopted)
    unclear = row_of(secretary, UNCLEAR)
    expect(unclear).to_contain_text(vi("Amendment asked for"))
    expect(unclear).to_contain_text(REASON)
    expect(figure(secretary)).to_have_text("4/5 (80%)")


def _endorse(officer: Visitor) -> None:
    expect(figure(officer)).to_have_text("1/2 (50%)")
    officer.press(vi_count("Endorse %(shown)s list", "Endorse %(shown)s lists", 1, shown=1))
    officer.fill(MeetingForm, on="26/03/2024", presided_by="Đồng chí Bí thư Đảng ủy", present="8", agreed="8")
    officer.press_and_confirm(vi("Record the conclusion"))
    officer.hear(vi("The conclusion has been recorded."))
    expect(row_of(officer, "Chi bộ số 1")).to_contain_text(vi("endorsed"))


def _send_upwards(officer: Visitor) -> None:
    officer.follow(vi("Lists of the cells"))
    officer.follow(vi("Endorsed", context="lists"))
    expect(row_of(officer, "Chi bộ số 1")).to_contain_text(vi("Endorsed"))
    officer.press_and_confirm(vi("Send upwards"))
    officer.hear(vi("The list has been sent to the level above."))


def _report(board: Visitor, share: str) -> None:
    page = board.page
    board.follow(vi("Make the report"), within=board.main)
    expect(board.main.get_by_text(share, exact=True)).to_be_visible()
    with page.expect_download() as started:
        page.get_by_role("link", name=vi("Download Word report")).click()
    file = started.value
    assert file.suggested_filename.startswith("DV-2024-TAYHO-20240326-")
    document = docx.Document(str(file.path()))
    assert share in "\n".join(paragraph.text for paragraph in document.paragraphs)
