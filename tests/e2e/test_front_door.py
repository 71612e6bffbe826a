"""What everybody meets first: the sign-in page, the other language, a page that is not there."""

import pytest
from playwright.sync_api import expect

from cadres.forms.accounts import SignInForm
from tests.e2e.words import vi

pytestmark = pytest.mark.browser


def test_the_front_door_in_both_languages(visitor):
    stranger = visitor()
    stranger.open("/")
    page = stranger.page
    expect(page).to_have_title(f"{vi('Sign in')} · {vi('New tasks, difficult tasks')}")
    expect(page.get_by_role("heading", level=1)).to_have_text(vi("Sign in"))

    stranger.fill(SignInForm, username="khong-co-ai", password="sai-mat-khau")
    stranger.press(vi("Sign in"))
    expect(page.get_by_role("alert")).to_contain_text(vi("The user name or the password is not right."))

    stranger.press("English")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    stranger.press("Tiếng Việt")
    expect(page.get_by_role("heading", level=1)).to_have_text(vi("Sign in"))


def test_a_page_that_is_not_there(visitor, site):
    stranger = visitor()
    address = f"{site.url}/khong-co-trang-nay/"
    answer = stranger.page.goto(address)
    assert answer.status == 404
    # That the page itself is not there is what the browser must say, and nothing else.
    assert [text for text in stranger.complaints if not text.endswith(f"({address})")] == []
    stranger.complaints.clear()
    stranger.judge()
    heading = stranger.page.get_by_role("heading", level=1)
    expect(heading).to_have_text(vi("This page does not exist"))
    stranger.follow(vi("Go to the front page"))
    expect(heading).to_have_text(vi("Sign in"))
