"""A draft that saves itself in a real browser: without a network, in two windows, and when it is sent."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from cadres.models import Member
from pledges.forms.register import ShortForm
from pledges.models import EventAction, Pledge, PledgeEvent
from pledges.states import PledgeStatus
from tests.e2e.words import asked, vi
from tests.pledges.pages import at

pytestmark = pytest.mark.browser

MEMBER = "Hoàng Thị Sen"


@pytest.fixture
def secretary(signed_in, district):
    """The secretary at the form of a member who has registered nothing."""
    somebody = signed_in("bithu")
    member = next(one for one in Member.objects.all() if one.name == MEMBER)
    somebody.open(reverse("pledges:register", args=[district.members.campaign.code, member.code]))
    return somebody


def box(page: Page, name: str):
    """The box of a question."""
    return page.get_by_label(asked(ShortForm, name))


def saved(page: Page) -> None:
    """Wait until the page says that the draft is kept."""
    expect(page.locator("[data-autosave-note]")).to_have_attribute("data-state", "saved", timeout=20_000)


def test_what_is_typed_is_kept_without_a_button_and_sent_as_one_pledge(secretary):
    page = secretary.page
    box(page, "title").fill("Dọn rác ngõ 76")
    saved(page)
    pledge = Pledge.objects.get(lead_member__given_name="Sen")
    expect(page).to_have_url(re.compile(re.escape(at("edit", pledge))))
    secretary.judge()

    page.context.set_offline(True)
    box(page, "product").fill("1 ngõ sạch")
    expect(page.locator("[data-autosave-note]")).to_have_attribute("data-state", "offline", timeout=20_000)
    page.context.set_offline(False)
    saved(page)
    secretary.complaints.clear()  # of the network that was cut off
    page.reload()
    expect(box(page, "product")).to_have_value("1 ngõ sạch")

    page.get_by_label(vi("Difficult"), exact=True).check()
    page.get_by_label(vi("Quarter II", context="deadline"), exact=True).check()
    secretary.press(vi("Send to the cell"))
    pledge = Pledge.objects.get(lead_member__given_name="Sen")
    assert (pledge.title, pledge.product, pledge.status) == (
        "Dọn rác ngõ 76",
        "1 ngõ sạch",
        PledgeStatus.SUBMITTED,
    )
    acts = list(PledgeEvent.objects.filter(pledge=pledge).order_by("seq").values_list("action", flat=True))
    # Whether the last words kept themselves before the button was pressed is a matter of a second.
    assert [act for act in acts if act != EventAction.EDITED] == [EventAction.CREATED, EventAction.SUBMITTED]
    assert len(acts) <= 3


def test_a_lost_connection_leaves_the_form_where_it_is(secretary):
    page = secretary.page
    secretary.fill(ShortForm, title="Dọn rác ngõ 76", product="1 ngõ sạch")
    page.locator("[name=novelty][value=difficult]").check()
    page.locator("[name=due][value=q2]").check()
    saved(page)
    page.context.set_offline(True)
    page.get_by_role("button", name=vi("Send to the cell")).click()
    lost = vi("Not sent: the connection is lost. Everything typed is still here; please try again.")
    expect(page.locator(".form-offline")).to_have_text(lost)
    expect(box(page, "title")).to_have_value("Dọn rác ngõ 76")
    page.context.set_offline(False)
    secretary.complaints.clear()  # of the network that was cut off
    secretary.press(vi("Send to the cell"))
    assert Pledge.objects.get(lead_member__given_name="Sen").status == PledgeStatus.SUBMITTED


def test_a_day_typed_before_does_not_hinder_the_quarter_chosen_then(secretary):
    page = secretary.page
    secretary.fill(ShortForm, title="Dọn rác ngõ 76", product="1 ngõ sạch")
    page.locator("[name=novelty][value=difficult]").check()
    page.locator("[name=due][value=day]").check()
    box(page, "due_on").fill("31/02/2024")
    page.get_by_role("button", name=vi("Send to the cell")).click()
    expect(page.locator("#id_due_on")).to_have_class(re.compile("is-invalid"))
    page.locator("[name=due][value=q2]").check()
    expect(page.locator("#id_due_on")).to_be_hidden()
    page.locator("[name=due][value=day]").check()
    expect(page.locator("#id_due_on")).to_have_value("31/02/2024")
    page.locator("[name=due][value=q2]").check()
    saved(page)
    secretary.complaints.clear()  # of a day that could not be saved
    secretary.press(vi("Send to the cell"))
    pledge = Pledge.objects.get(lead_member__given_name="Sen")
    assert (pledge.status, pledge.due_kind) == (PledgeStatus.SUBMITTED, "quarter")


def test_two_windows_compare_before_one_replaces_the_other(secretary):
    page = secretary.page
    box(page, "title").fill("Dọn rác ngõ 76")
    saved(page)
    other = page.context.new_page()
    other.goto(page.url)
    box(other, "title").fill("Dọn rác ngõ 78")
    saved(other)

    box(page, "title").fill("Dọn rác ngõ 80")
    note = page.locator("[data-autosave-note]")
    expect(note).to_have_attribute("data-state", "conflict", timeout=20_000)
    assert Pledge.objects.get(lead_member__given_name="Sen").title == "Dọn rác ngõ 78"
    secretary.complaints.clear()  # of the answer 409
    page.locator("[data-autosave-compare]").click()
    expect(page.locator("[data-conflict] mark")).to_have_text(["80", "78"])
    secretary.judge()
    page.locator("[data-take-mine]").click()
    expect(page.locator("[data-message=success]")).to_be_visible()
    assert Pledge.objects.get(lead_member__given_name="Sen").title == "Dọn rác ngõ 80"


def test_a_file_is_added_and_taken_off_beside_the_draft(secretary, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    page = secretary.page
    box(page, "title").fill("Dọn rác ngõ 76")
    saved(page)
    page.reload()
    files = page.locator("#files")
    slip = {"name": "phieu.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n%%EOF\n"}
    files.get_by_label(vi("File"), exact=True).set_input_files(slip)
    files.get_by_label(vi("What it is"), exact=True).select_option("slip")
    files.get_by_role("button", name=vi("Add the file")).click()
    expect(files.get_by_role("status")).to_have_text(vi("The file has been added."))
    expect(files.get_by_role("heading", name=vi("Scan of the signed slip"))).to_be_visible()
    secretary.judge()
    with page.expect_download() as download:
        files.get_by_role("link", name="phieu.pdf").click()
    assert download.value.suggested_filename == "phieu.pdf"
    files.get_by_role("button", name="phieu.pdf").click()
    page.locator("[data-confirm-yes]").click()
    expect(files).not_to_contain_text("phieu.pdf")
    # What stands in the form beside was not touched.
    expect(box(page, "title")).to_have_value("Dọn rác ngõ 76")
