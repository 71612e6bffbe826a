"""An account for a member who holds no role: from the list of his cell to the first registration."""

import pytest
from playwright.sync_api import expect

from cadres.forms.accounts import ChoosePasswordForm, SignInForm
from cadres.forms.assistants import AssistantForm
from cadres.models import Member, User
from tests.e2e.words import vi

pytestmark = pytest.mark.browser
PASSWORD = "ba con vit vang"
ONE_LINE = 90  # pixels: the height of a bar that does not wrap


def test_a_member_gets_a_slip_and_signs_in_with_it(signed_in, visitor, district):
    dung = Member.objects.get(given_name="Dũng")
    officer = signed_in("phuong")
    page = officer.page
    officer.open(f"/accounts/cells/{district.cell.code}/")
    page.get_by_role("checkbox", name=dung.name).check()
    officer.press(vi("Issue slips for the lines ticked"))
    username = page.locator(".slip-secret").first.inner_text()
    expect(page.locator(".slip")).to_have_count(1)
    officer.follow(vi("Go back"))
    expect(page.get_by_role("row").filter(has_text=username)).to_contain_text(vi("Slip issued, not used yet"))
    officer.open(f"/members/{dung.code}/")
    officer.press(vi("Issue the slip anew"))
    code = page.locator(".slip-secret").nth(1).inner_text()

    member = visitor()
    member.open("/sign-in/")
    member.fill(SignInForm, username=username, password=code)
    member.press(vi("Sign in"))
    member.page.get_by_label(vi("New password"), exact=True).fill(PASSWORD)
    member.fill(ChoosePasswordForm, again=PASSWORD)
    member.press(vi("Save the password"))
    expect(member.page).to_have_url(f"{page.url.split('/slips/')[0]}/mine/")


def test_the_board_makes_an_account_for_an_assistant(signed_in, district):
    board = signed_in("bantochuc")
    board.open("/accounts/new/")
    board.fill(AssistantForm, name="Nguyễn Thị Lan Anh")
    board.press(vi("Go on"))
    expect(board.page.locator("#id_username")).to_have_value("nguyenthilananh")
    board.press(vi("Make the account and print the slip"))
    expect(board.page.locator(".slip-secret").first).to_have_text("nguyenthilananh")
    assert User.objects.get(username="nguyenthilananh").member is None


@pytest.mark.parametrize("username", ["bithu", "phuong", "bantochuc", "vanthu"])
def test_the_top_bar_stands_on_one_line(signed_in, district, username):
    page = signed_in(username).page
    for width in (page.viewport_size["width"], 320):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.locator(".top-bar").bounding_box()["height"] <= ONE_LINE, width
