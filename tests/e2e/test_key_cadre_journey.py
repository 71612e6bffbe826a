"""A key cadre's undertaking on its way: vetted, amended, put before the standing committee, issued."""

import pytest
from playwright.sync_api import expect

from pledges.forms.desk import ReturnForm
from pledges.forms.dockets import IssueForm, MeetingForm
from pledges.forms.register_full import FullForm
from pledges.models import Authority
from reports import counts
from tests.e2e.visitor import Visitor
from tests.e2e.words import asked, vi
from tests.pledges.factories import DAY

pytestmark = pytest.mark.browser

CADRE = "Phan Văn Đức"
TITLE = "Giải quyết dứt điểm khiếu nại kéo dài tại 18 Tam Đa"
VAGUE, CLEAR = "Giải quyết xong khiếu nại", "Kết thúc 1 vụ khiếu nại, bàn giao mặt bằng cho 26 hộ"
REASON = "Đề nghị ghi rõ số hộ được bàn giao mặt bằng."
STANDING = "Ban Thường vụ Quận ủy Tây Hồ"
NUMBER = "127-TB/QU"


def test_an_undertaking_from_the_cadre_to_the_document(signed_in, district):
    cadre = signed_in("canbo")
    _register(cadre)
    counts.drain(DAY)

    board = signed_in("bantochuc")
    _ask_for_an_amendment(board)
    _amend(cadre)
    counts.drain(DAY)
    _put_before_the_body(board)

    _conclude(signed_in("thuky"))
    _issue(signed_in("vanthu"))
    counts.drain(DAY)
    _see_the_course(cadre)


def _register(cadre: Visitor) -> None:
    page = cadre.page
    # He is a member too: both campaigns wait for him, this one is named by its title.
    campaign = page.get_by_role("region", name="Cán bộ chủ chốt đăng ký đảm nhận")
    cadre.follow(vi("Register"), within=campaign)
    cadre.fill(FullForm, title=TITLE, product=VAGUE)
    page.get_by_label(vi("Difficult"), exact=True).check()
    page.get_by_label(vi("Quarter III", context="deadline"), exact=True).check()
    page.get_by_label(asked(FullForm, "authority")).select_option(Authority.PARTY)
    send = vi("Send to the organisation board for vetting")
    cadre.press(send)
    unclear = vi("Please fill this in: “%(item)s” is not clear yet.", item="rõ trách nhiệm")
    expect(page.get_by_role("alert")).to_contain_text(unclear)
    cadre.fill(FullForm, own_role="Trưởng ban chỉ đạo, trực tiếp đối thoại")
    cadre.press(send)
    cadre.hear(vi("Sent to the organisation board for vetting."))


def _ask_for_an_amendment(board: Visitor) -> None:
    page = board.page
    board.follow(vi("Vetting"))
    board.follow(TITLE)
    board.follow(vi("Course and files"))
    waits = vi("Registered, awaiting vetting", context="key cadre's pledge")
    expect(page.get_by_role("heading", level=1)).to_contain_text(waits)
    board.follow(vi("Ask for an amendment"))
    board.fill(ReturnForm, note=REASON)
    board.press(vi("Ask for the amendment"))
    board.hear(vi("The amendment has been asked for."))
    expect(page.get_by_role("heading", level=1)).to_contain_text(vi("Amendment asked for"))


def _amend(cadre: Visitor) -> None:
    page = cadre.page
    cadre.open("/")
    expect(cadre.main.get_by_role("region", name=TITLE)).to_contain_text(REASON)
    cadre.follow(vi("Amend and send again"))
    expect(page.get_by_role("region", name=vi("What is to be amended"))).to_contain_text(REASON)
    expect(page.get_by_label(asked(FullForm, "product"))).to_have_value(VAGUE)
    cadre.fill(FullForm, product=CLEAR)
    cadre.press(vi("Send to the organisation board for vetting"))
    cadre.hear(vi("Sent to the organisation board for vetting."))


def _put_before_the_body(board: Visitor) -> None:
    board.follow(vi("To the standing committee"))
    board.follow(vi("Make the docket"))
    expect(board.main).to_contain_text(CADRE)
    expect(board.main).to_contain_text(CLEAR)
    board.press(vi("Make the docket"))
    board.hear(vi("The docket is ready for the meeting."))
    expect(board.main).to_contain_text(STANDING)


def _conclude(recorder: Visitor) -> None:
    page = recorder.page
    recorder.follow(vi("Undertakings of key cadres %(year)s", year=2024))
    recorder.follow(vi("Record the conclusion"))
    recorder.fill(
        MeetingForm, on="26/03/2024", presided_by="Đồng chí Bí thư Quận ủy", present="10", agreed="5"
    )
    recorder.press_and_confirm(vi("Record the conclusion"))
    rule = "%(agreed)s of %(seats)s is not more than half of the body: the act does not hold."
    half = vi(rule, agreed=5, seats=11)
    expect(page.get_by_role("alert")).to_contain_text(half)
    recorder.fill(MeetingForm, agreed="9")
    recorder.press_and_confirm(vi("Record the conclusion"))
    recorder.hear(vi("The conclusion has been recorded."))
    expect(recorder.main).to_contain_text(vi("awaits its number"))


def _issue(clerk: Visitor) -> None:
    clerk.follow(vi("Undertakings of key cadres %(year)s", year=2024))
    clerk.follow(vi("Issue the document"))
    clerk.fill(IssueForm, number=NUMBER)
    clerk.press_and_confirm(vi("Issue the document"))
    clerk.hear(vi("The document has been issued."))
    expect(clerk.main).to_contain_text(f"{NUMBER}, 26/03/2024")


def _see_the_course(cadre: Visitor) -> None:
    page = cadre.page
    cadre.open("/")
    cadre.follow(TITLE)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Đã phê duyệt")
    expect(cadre.main).to_contain_text(CLEAR)
    expect(cadre.main).to_contain_text(f"{NUMBER}, 26/03/2024")
    course = page.locator(".timeline > li")  # the newest first
    expect(course).to_contain_text([STANDING, REASON])
