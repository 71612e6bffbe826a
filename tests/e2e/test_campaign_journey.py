"""A campaign set up by the organisation board, from its name to its opening: what is missing is told."""

import pytest
from playwright.sync_api import Locator, expect

from cadres.models import BodyKind
from pledges.forms.cadre_lists import MakeListForm
from pledges.forms.campaigns import BasicsForm, BeginForm, GuidanceForm
from pledges.models import StepLevel, StepMode
from tests.e2e.visitor import Visitor
from tests.e2e.words import asked, vi, vi_count

pytestmark = pytest.mark.browser

TITLE = "Đăng ký việc mới, việc khó năm 2025"
THEMES = ("Giải phóng mặt bằng, trật tự đô thị", "Chuyển đổi số")
TASK = "Vận động 12 hộ phân loại rác tại nguồn"
KEY, MEMBERS = "key_cadres", "members"


def test_a_campaign_from_its_name_to_its_opening(signed_in, district):
    board = signed_in("bantochuc")
    _begin(board)
    _set_the_days(board)
    _write_the_guidance(board)
    _put_a_list_in_force(board)
    _make_the_list_of_cadres(board)
    _enter_the_missing_body(board)
    _change_the_route(board)
    _suggest_tasks(board)
    _open(board)
    _read_it(signed_in("bithu"))


def _section(visitor: Visitor, key: str) -> Locator:
    return visitor.page.locator(f"#{key}")


def _part(visitor: Visitor, section: str, kind: str) -> Locator:
    """What a section holds of one kind of people."""
    part = _section(visitor, section).locator(".tier-part")
    return part.filter(has=visitor.page.locator(f'input[name="kind"][value="{kind}"]'))


def _lacks(visitor: Visitor, n: int) -> None:
    """The panel counts what is missing; the button that opens is not there yet."""
    told = vi_count(
        "%(shown)s thing is missing before it can open",
        "%(shown)s things are missing before it can open",
        n,
        shown=n,
    )
    expect(visitor.page.locator(".campaign-stage")).to_contain_text(told)
    expect(visitor.page.get_by_role("button", name=vi("Open the campaign"))).to_have_count(0)


def _saved(visitor: Visitor, key: str) -> None:
    expect(_section(visitor, key).get_by_role("status")).to_have_text(vi("Saved"))


def _begin(board: Visitor) -> None:
    page = board.page
    board.open("/campaigns/")
    board.follow(vi("New campaign"))
    board.fill(BeginForm, title=TITLE, year="25")
    page.get_by_label(vi("Key cadres"), exact=True).check()
    board.press(vi("Begin the campaign"))
    expect(page.get_by_role("alert")).to_contain_text(
        vi("Write the year with four figures, for example 2025.")
    )
    board.fill(BeginForm, year="2025")
    board.press(vi("Begin the campaign"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(TITLE)
    _lacks(board, 6)


def _set_the_days(board: Visitor) -> None:
    board.fill(BasicsForm, opens_on="15/01/2025", closes_on="31/12/2024")
    board.press(vi("Save"), within=_section(board, "basics"))
    expect(_section(board, "basics").get_by_role("alert")).to_contain_text(
        vi("The window closes before it opens.")
    )
    board.fill(BasicsForm, closes_on="31/03/2025")
    board.press(vi("Save"), within=_section(board, "basics"))
    _saved(board, "basics")
    _lacks(board, 4)


def _write_the_guidance(board: Visitor) -> None:
    board.page.get_by_label(asked(GuidanceForm, "themes")).fill("\n".join(THEMES))
    board.press(vi("Save"), within=_section(board, "guidance"))
    _saved(board, "guidance")
    _lacks(board, 3)


def _put_a_list_in_force(board: Visitor) -> None:
    lists = _section(board, "lists")
    lists.get_by_label("6 rõ: ").check()
    board.press(vi("Save"), within=lists)
    _saved(board, "lists")
    _lacks(board, 2)


def _make_the_list_of_cadres(board: Visitor) -> None:
    """This year's list is made from last year's, in between, and then chosen."""
    page = board.page
    edit = page.url
    board.follow(vi("Mend this"), within=_section(board, "tiers"))
    board.follow(vi("Make a list"))
    expect(page.get_by_label(asked(MakeListForm, "year"), exact=True)).to_have_value("2025")
    board.press(vi("Make the list"))
    board.hear(vi("The list is made. Look through it, leave out and add."))
    expect(board.main).to_contain_text("Phan Văn Đức")
    board.open(edit)
    part = _part(board, "tiers", KEY)
    part.get_by_role("combobox").select_option(index=1)
    part.get_by_label(vi("The comrades on the list: the page shows a rate")).check()
    board.press(vi("Save"), within=part)
    _saved(board, "tiers")
    _lacks(board, 1)


def _enter_the_missing_body(board: Visitor) -> None:
    edit = board.page.url
    lacks = vi_count(
        "%(n)s organisation has no %(body)s.", "%(n)s organisations have no %(body)s.", 1, body=""
    )
    expect(_section(board, "routes").locator(".lacks")).to_contain_text(lacks.rstrip(" ."))
    board.follow(vi("Mend this"), within=_section(board, "routes"))
    board.press_and_confirm(vi("Enter them all under the usual names"))
    board.hear(vi_count("%(n)s body is entered.", "%(n)s bodies are entered.", 1))
    board.open(edit)
    expect(board.page.locator(".campaign-stage .lacks")).to_have_count(0)


def _change_the_route(board: Visitor) -> None:
    """A step that cannot be is told in its row; mended it stands; the usual route comes back by a button."""
    part = _part(board, "routes", KEY)
    part.get_by_text(vi("Change the steps")).click()
    part.get_by_label(vi("Level")).last.select_option(StepLevel.CELL)
    part.get_by_label(vi("Body")).last.select_option(BodyKind.ORGANISATION_BOARD)
    part.get_by_label(vi("What it does")).last.select_option(StepMode.GIVES_OPINION)
    board.press(vi("Save the route"), within=part)
    wrong = vi("In the cell its meeting decides, and a cell meeting decides only in the cell.")
    expect(part.get_by_role("alert")).to_contain_text(wrong)
    part.get_by_label(vi("Level")).nth(2).select_option(StepLevel.HOST)
    board.press(vi("Save the route"), within=part)
    _saved(board, "routes")
    _lacks(board, 1)
    board.press_and_confirm(vi("Use the usual route"))
    _saved(board, "routes")


def _suggest_tasks(board: Visitor) -> None:
    edit = board.page.url
    board.follow(vi("Suggested tasks: %(n)s", n=0), within=_part(board, "tiers", MEMBERS))
    board.page.get_by_label(vi("Paste further tasks, one a line")).fill(
        f"{TASK}; 12 hộ\nTrồng cây dọc ngõ 76"
    )
    board.press(vi("Save"))
    board.hear(vi_count("%(n)s task is suggested.", "%(n)s tasks are suggested.", 2))
    board.open(edit)


def _open(board: Visitor) -> None:
    board.press_and_confirm(vi("Open the campaign"))
    stage = vi("Registration open", context="campaign")
    board.hear(vi("%(title)s: %(state)s.", title=TITLE, state=stage))
    current = board.page.locator(".stages .is-current")
    expect(current).to_contain_text([stage])
    expect(current).to_contain_text("26/03/2024")
    expect(current).to_contain_text("Ban Tổ chức Quận ủy")


def _read_it(secretary: Visitor) -> None:
    """Whoever is asked reads what is asked: days, themes, and who decides."""
    secretary.open("/campaigns/DK-2025/")
    for words in (
        "15/01/2025 – 31/03/2025",
        *THEMES,
        "6 rõ",
        vi("Where two bodies decide, a pledge counts as approved only when both have agreed."),
    ):
        expect(secretary.main).to_contain_text(words)
