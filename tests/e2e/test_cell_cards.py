"""On a phone the secretary goes from comrade to comrade; a lost connection loses nothing."""

import pytest
from playwright.sync_api import expect

from cadres.models import Unit
from cadres.roles import Role
from pledges.forms.register import ShortForm
from pledges.models import Pledge
from pledges.states import PledgeStatus
from tests.e2e.district import District, member
from tests.e2e.words import vi
from tests.factories import CellFactory, user_with

pytestmark = pytest.mark.browser

NAMES = ["Nguyễn Thị Lan", "Trần Văn Bình"]
TITLE, PRODUCT = "Vận động 12 hộ ngõ 310 phân loại rác", "12/12 hộ"


@pytest.fixture
def screen():
    """A phone; on a PC there is the table."""
    return 390, 844


@pytest.fixture
def cell(district: District) -> Unit:
    """A cell of two, neither of whom has registered."""
    made = CellFactory(parent=district.ward, name="Chi bộ số 9", code="BUOI-9")
    for name in NAMES:
        member(made, name)
    user_with(Role.CELL_SECRETARY, unit=made, username="bithu9", display_name=NAMES[0])
    return made


def test_comrade_by_comrade(signed_in, cell):
    secretary = signed_in("bithu9")
    page = secretary.page
    secretary.follow(vi("Comrade by comrade"))
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text(NAMES[0])
    secretary.fill(ShortForm, title=TITLE, product=PRODUCT)
    for name, value in (("novelty", "difficult"), ("due", "q3")):
        page.locator(f"[name={name}][value={value}]").check()
    page.context.set_offline(True)
    go_on = vi("Save and go to the next comrade")
    page.get_by_role("button", name=go_on).click()
    lost = vi("Not sent: the connection is lost. Everything typed is still here; please try again.")
    expect(page.locator(".form-offline")).to_have_text(lost)
    page.context.set_offline(False)
    assert [text for text in secretary.complaints if "ERR_INTERNET_DISCONNECTED" not in text] == []
    secretary.complaints.clear()
    secretary.press(go_on)
    secretary.hear(vi("The registration of %(name)s has been sent.", name=NAMES[0]))
    expect(heading).to_contain_text(NAMES[1])
    # Kind and deadline of the card before are offered, what is his own is not.
    expect(page.locator("[name=novelty][value=difficult]")).to_be_checked()
    expect(page.locator("[name=title]")).to_have_value("")
    sent = Pledge.objects.get(unit=cell)
    assert (sent.title, sent.product, sent.status) == (TITLE, PRODUCT, PledgeStatus.SUBMITTED)
