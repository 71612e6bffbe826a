"""The secretary types for thirty in one table: pasted, an error, a reload, a session that ended, sent."""

import re

import pytest
from playwright.sync_api import Locator, expect

from cadres.forms.accounts import SignInForm
from cadres.models import Unit
from cadres.roles import Role
from pledges.models import Pledge, TierKind
from pledges.states import PledgeStatus
from tests.e2e.district import District, member
from tests.e2e.visitor import PASSWORD, Visitor
from tests.e2e.words import vi, vi_count
from tests.factories import CellFactory, user_with

pytestmark = pytest.mark.browser

PEOPLE = 30
TITLES = [f"Vận động {no} hộ ngõ {no} phân loại rác tại nguồn" for no in range(1, PEOPLE + 1)]
LEFT_OVER = "Dòng thừa cuối bảng"
# The third cell holds a line break, as Excel copies it: in quotes, quotes inside doubled.
PRODUCTS = [f"{no}/{no} hộ" for no in range(1, PEOPLE + 1)]
PRODUCTS[2] = '"Tổ ""Xanh""\n3/3 hộ"'
WRONG = 4
PAGE_OF_PDF = re.compile(rb"/Type\s*/Page\b")
SENT = "%(n)s row has been sent to the cell.", "%(n)s rows have been sent to the cell."
WRONG_ROWS = "%(shown)s row is to be corrected", "%(shown)s rows are to be corrected"


@pytest.fixture
def screen():
    """The table is for a PC; on a phone there is a card a person."""
    return 1440, 900


@pytest.fixture
def cell(district: District) -> Unit:
    """A cell of thirty, none of whom has registered."""
    made = CellFactory(parent=district.ward, name="Chi bộ số 9", code="BUOI-9")
    for no in range(PEOPLE):
        member(made, f"Nguyễn Văn Thứ{no:02}")
    user_with(Role.CELL_SECRETARY, unit=made, username="bithu9", display_name="Nguyễn Văn Thứ00")
    return made


def test_thirty_members_in_one_table(signed_in, cell):
    secretary = signed_in("bithu9")
    secretary.follow(vi("Type in a table"))
    _paste_and_fill(secretary)
    _reload(secretary)
    _lose_the_connection(secretary)
    _lose_the_session(secretary)
    _send(secretary)
    _print(secretary)
    pledges = Pledge.objects.filter(unit=cell).order_by("lead_member__position")
    assert [pledge.title for pledge in pledges] == TITLES
    assert pledges[2].product == 'Tổ "Xanh"\n3/3 hộ'
    assert {(pledge.status, pledge.novelty) for pledge in pledges} == {(PledgeStatus.SUBMITTED, "difficult")}
    assert {pledge.tier.kind for pledge in pledges} == {TierKind.MEMBERS}


def test_a_vietnamese_column_is_pasted_into_an_english_page(signed_in, cell):
    secretary = signed_in("bithu9")
    secretary.page.get_by_role("button", name="English").click()
    secretary.follow("Type in a table")
    _paste(secretary, column(secretary, "novelty").first, ["Khó", "việc mới", "Cả hai", "Difficult"])
    for at, kind in enumerate(["difficult", "new", "both", "difficult"]):
        expect(column(secretary, "novelty").nth(at)).to_have_value(kind)


def column(secretary: Visitor, name: str) -> Locator:
    """The fields of a column, from the top."""
    return secretary.page.locator(f"table.sheet [data-column={name}]")


def _paste(secretary: Visitor, into: Locator, lines: list[str]) -> None:
    """Copy a column in Excel and press Ctrl+V."""
    page = secretary.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("text => navigator.clipboard.writeText(text)", "\r\n".join(lines) + "\r\n")
    into.focus()
    page.keyboard.press("Control+v")


def _paste_and_fill(secretary: Visitor) -> None:
    page = secretary.page
    _paste(secretary, column(secretary, "title").first, [*TITLES, LEFT_OVER])
    expect(page.locator("[data-said]")).to_contain_text(LEFT_OVER)
    expect(column(secretary, "title").last).to_have_value(TITLES[-1])
    _paste(secretary, column(secretary, "product").first, PRODUCTS)
    expect(column(secretary, "product").nth(2)).to_have_value('Tổ "Xanh"\n3/3 hộ')
    page.get_by_label(vi("Kind for all")).select_option("difficult")
    page.get_by_label(vi("Deadline for all")).fill("quý II")
    page.get_by_role("button", name=vi("Fill in the rows")).click()
    expect(column(secretary, "due").last).to_have_value("quý II")
    # Up and down like Excel; the choice of a select is never turned by that.
    column(secretary, "due").first.focus()
    for _ in range(WRONG):
        page.keyboard.press("ArrowDown")
    expect(column(secretary, "due").nth(WRONG)).to_be_focused()
    page.keyboard.type("31/02/2024")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    expect(column(secretary, "novelty").nth(WRONG + 1)).to_be_focused()
    expect(column(secretary, "novelty").nth(WRONG)).to_have_value("difficult")
    # The row says at once what is wrong; nothing has been saved yet.
    expect(page.locator("table.sheet .field-error")).to_have_count(1)
    expect(column(secretary, "due").nth(WRONG)).to_have_attribute("aria-invalid", "true")
    assert not Pledge.objects.filter(lead_member__unit__code="BUOI-9").exists()
    typed = vi("{n} rows not saved yet").replace("{n}", str(PEOPLE))
    expect(page.locator("[data-count]")).to_contain_text(typed)


def _see_what_was_typed(secretary: Visitor) -> None:
    expect(column(secretary, "title").last).to_have_value(TITLES[-1])
    expect(column(secretary, "product").nth(2)).to_have_value('Tổ "Xanh"\n3/3 hộ')
    expect(column(secretary, "due").nth(WRONG)).to_have_value("31/02/2024")
    expect(column(secretary, "novelty").last).to_have_value("difficult")
    secretary.hear(vi("What you had typed is back in the form. It has not been sent yet."))


def _reload(secretary: Visitor) -> None:
    secretary.page.once("dialog", lambda dialog: dialog.accept())
    secretary.page.reload()
    _see_what_was_typed(secretary)
    secretary.judge()


def _lose_the_connection(secretary: Visitor) -> None:
    page = secretary.page
    page.context.set_offline(True)
    page.get_by_role("button", name=vi("Save the draft")).click()
    lost = vi("Not sent: the connection is lost. Everything typed is still here; please try again.")
    expect(page.locator("[data-said]")).to_have_text(lost)
    page.context.set_offline(False)
    # That the network is gone is what the browser must say, and nothing else.
    assert [text for text in secretary.complaints if "ERR_INTERNET_DISCONNECTED" not in text] == []
    secretary.complaints.clear()


def _lose_the_session(secretary: Visitor) -> None:
    page = secretary.page
    page.context.clear_cookies(name="session")
    secretary.press(vi("Save the draft"))
    expect(page.get_by_role("heading", level=1)).to_have_text(vi("Sign in"))
    secretary.fill(SignInForm, username="bithu9", password=PASSWORD)
    secretary.press(vi("Sign in"))
    _see_what_was_typed(secretary)


def _send(secretary: Visitor) -> None:
    page = secretary.page
    names = page.locator("table.sheet .person-name").all_inner_texts()
    send = vi("Send to the cell")
    secretary.press_and_confirm(send)
    secretary.hear(vi_count(*SENT, PEOPLE - 1))
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text(vi_count(*WRONG_ROWS, 1, shown=1))
    expect(summary).to_contain_text(f"{WRONG + 1}. {names[WRONG]} – {vi('Deadline')}")
    wrong = column(secretary, "due").nth(WRONG)
    expect(wrong).to_be_focused()
    assert page.locator("table.sheet .person-name").all_inner_texts() == names
    page.keyboard.press("Control+a")
    page.keyboard.type("30/6/2024")
    secretary.press_and_confirm(send)
    secretary.hear(vi_count(*SENT, 1))
    assert page.locator("table.sheet .person-name").all_inner_texts() == names
    assert page.evaluate("Object.keys(sessionStorage).filter(key => key.startsWith('draft')).length") == 0


def _print(secretary: Visitor) -> None:
    """Both papers of a cell of thirty stand on one A4 page each."""
    page = secretary.page
    secretary.follow(vi("Registration list of %(year)s", year=2024))
    address = f"{page.url}print/"
    for purpose in ("meeting", "signing"):
        page.goto(f"{address}?for={purpose}")
        expect(page.locator(".paper-list > tbody > tr")).to_have_count(PEOPLE)
        assert len(PAGE_OF_PDF.findall(page.pdf(prefer_css_page_size=True))) == 1
