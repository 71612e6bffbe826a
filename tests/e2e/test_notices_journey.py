"""An amendment is asked for; its author hears the bell, reads the letter, lands on the task, amends it."""

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, expect

from cadres import tasks
from cadres.demo_accounts import DemoAccount, offer
from cadres.models import Mail, Member
from cadres.roles import Role
from pledges.forms.desk import ReturnForm
from pledges.models import Pledge
from tests.e2e.visitor import Visitor
from tests.e2e.words import vi, vi_count
from tests.factories import user_with

pytestmark = pytest.mark.browser

AUTHOR = "Lê Thị Hòa"
ADDRESS = "hoa@example.invalid"
REASON = "Ghi rõ số cây và loại cây."


@pytest.fixture
def pledge(district, settings, tmp_path_factory):
    """The author's task; her letters are files, as on a demo."""
    lead = Member.objects.get(given_name="Hòa", unit=district.cell)
    user_with(
        Role.MEMBER, unit=district.cell, member=lead, username="hoa", display_name=AUTHOR, email=ADDRESS
    )
    settings.DEMO = True
    settings.VAR = tmp_path_factory.mktemp("var")
    settings.EMAIL_BACKEND = "cadres.mail_files.FileBackend"
    settings.EMAIL_FILE_PATH = settings.VAR / "mail"
    offer([DemoAccount("hoa", AUTHOR, "")])
    return Pledge.objects.get(lead_member=lead)


def test_a_return_rings_the_bell_and_leads_to_the_task(signed_in, pledge, site):
    author = signed_in("hoa")
    expect(bell(author, 0)).to_be_visible()

    board = signed_in("bantochuc")
    board.open(reverse("pledges:return", args=[pledge.ref]))
    board.fill(ReturnForm, note=REASON)
    board.press(vi("Ask for the amendment"))
    tasks.send_mail(*Mail.objects.values_list("pk", flat=True))

    author.open(reverse("pledges:mine"))
    expect(bell(author, 1)).to_be_visible()
    _read_the_letter(author)

    bell(author, 1).click()
    author.judge()
    title = vi_count(
        "An amendment is asked for to %(n)s registration.",
        "An amendment is asked for to %(n)s registrations.",
        1,
    )
    author.press(title)
    expect(author.page).to_have_url(site.url + reverse("pledges:detail", args=[pledge.ref]))
    expect(author.main).to_contain_text(REASON)
    expect(bell(author, 0)).to_be_visible()


def bell(visitor: Visitor, waiting: int) -> Locator:
    """The bell, by the number of notices that it says wait."""
    name = vi("Notices")
    if waiting:
        name = vi_count("%(n)s notice not read yet", "%(n)s notices not read yet", waiting)
    return visitor.page.get_by_role("banner").get_by_role("link", name=name, exact=True)


def _read_the_letter(author: Visitor) -> None:
    author.open(reverse("cadres:outbox"))
    expect(author.main).to_contain_text(ADDRESS)
    kind = vi("amendment asked for")
    subject = vi("You have a new notice on New tasks, difficult tasks: %(kind)s", kind=kind)
    author.follow(subject)
    expect(author.page.get_by_role("heading", level=1)).to_have_text(subject)
    letter = author.page.frame_locator("iframe")
    expect(letter.get_by_role("link", name=vi("Open the registration"))).to_be_visible()
    assert REASON not in author.page.content()


def test_all_can_be_marked_as_read_and_the_address_be_taken_away(signed_in, pledge):
    author = signed_in("hoa")
    author.open(reverse("cadres:own_account"))
    author.page.get_by_label(vi("E-mail")).fill("khong phai dia chi")
    author.press(vi("Save"))
    expect(author.page.get_by_role("alert")).to_be_visible()
    author.page.get_by_label(vi("E-mail")).fill("")
    author.press(vi("Save"))
    author.hear(vi("The account was saved."))

    board = signed_in("bantochuc")
    board.open(reverse("pledges:return", args=[pledge.ref]))
    board.fill(ReturnForm, note=REASON)
    board.press(vi("Ask for the amendment"))
    assert not Mail.objects.exists()

    author.open(reverse("cadres:notice_list"))
    author.press(vi("Mark all as read"))
    expect(bell(author, 0)).to_be_visible()
