"""The vetting desk: an undertaking returned point by point, amended, read again, vetted, put on a docket."""

import pytest
from django.utils.translation import override
from playwright.sync_api import expect

from pledges.forms.desk import DECISIONS, DecisionForm
from pledges.forms.register_full import FullForm
from pledges.models import Authority
from pledges.states import Outcome
from tests.e2e.visitor import Visitor
from tests.e2e.words import asked, vi

pytestmark = pytest.mark.browser

TITLE = "Giải quyết dứt điểm khiếu nại kéo dài tại 18 phố Tam Đa"
VAGUE, CLEAR = "Giải quyết xong khiếu nại", "Kết thúc 1 vụ khiếu nại, bàn giao mặt bằng cho 26 hộ"
DESK = "/campaigns/CB-2024/desk/"
POINT, NOTE = "Chưa rõ kết quả, sản phẩm cụ thể", "Đề nghị ghi rõ số hộ."


def test_the_desk_from_the_first_reading_to_the_docket(signed_in, district):
    cadre, board = signed_in("canbo"), signed_in("bantochuc")
    _register(cadre)
    _return(board)
    _amend(cadre)
    _read_what_changed(board)
    _put_on_a_docket(board)


def _register(cadre: Visitor) -> None:
    page = cadre.page
    campaign = page.get_by_role("region", name="Cán bộ chủ chốt đăng ký đảm nhận")
    cadre.follow(vi("Register"), within=campaign)
    cadre.fill(FullForm, title=TITLE, product=VAGUE, own_role="Trưởng ban chỉ đạo")
    page.get_by_label(vi("Difficult"), exact=True).check()
    page.get_by_label(vi("Quarter III", context="deadline"), exact=True).check()
    page.get_by_label(asked(FullForm, "authority")).select_option(Authority.PARTY)
    cadre.press(vi("Send to the organisation board for vetting"))
    cadre.hear(vi("Sent to the organisation board for vetting."))


def _return(board: Visitor) -> None:
    page = board.page
    board.follow(vi("Vetting"))
    board.follow(vi("Begin with the first"))
    # By the keyboard: the second decision.
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("2")
    page.get_by_label(POINT).check()
    board.fill(DecisionForm, note=NOTE)
    board.press(vi("Record"))
    board.hear(vi("The amendment has been asked for."))
    board.follow(vi("Amendment asked for", context="desk"), within=board.main)
    expect(board.main).to_contain_text(POINT)


def _amend(cadre: Visitor) -> None:
    page = cadre.page
    cadre.open("/")
    expect(cadre.main.get_by_role("region", name=TITLE)).to_contain_text(POINT)
    cadre.follow(vi("Amend and send again"))
    expect(page.locator("#div_id_product")).to_contain_text(POINT)
    expect(page.get_by_role("region", name=vi("What is to be amended"))).to_contain_text(NOTE)
    cadre.fill(FullForm, product=CLEAR)
    cadre.press(vi("Send to the organisation board for vetting"))
    cadre.hear(vi("Sent to the organisation board for vetting."))


def _read_what_changed(board: Visitor) -> None:
    board.open(DESK)
    board.follow(vi("Sent again", context="desk"), within=board.main)
    board.follow(TITLE)
    changed = board.page.get_by_role("region", name=vi("What changed since the amendment was asked for"))
    expect(changed).to_contain_text(vi("this field was changed"))
    expect(changed.locator("del")).to_have_text(VAGUE)
    expect(changed.locator("ins")).to_have_text(CLEAR)
    board.page.get_by_label(_words(Outcome.APPROVE), exact=True).check()
    board.press(vi("Record"))
    board.hear(vi("“%(title)s” has been vetted.", title=TITLE))


def _put_on_a_docket(board: Visitor) -> None:
    board.open(DESK)
    board.follow(vi("Vetted", context="desk"), within=board.main)
    expect(board.main).to_contain_text(vi("Proposed for approval"))
    everything = vi("With all of this list (%(count_words)s)", count_words="1 nội dung")
    board.follow(vi("Put on a docket"), within=board.page.get_by_role("region", name=everything))
    board.press(vi("Put on a docket"))
    expect(board.main).to_contain_text("1/1")
    board.follow(vi("To the docket"))
    expect(board.main).to_contain_text(TITLE)


def _words(outcome: Outcome) -> str:
    """A decision as the page says it."""
    with override("vi"):
        return str(DECISIONS[outcome])
