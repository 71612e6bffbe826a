"""A docket on its way: opinions in the browser and on paper, the conclusion, the number, a correction."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from cadres.models import Body, BodyKind, BodyMember, Member, Unit, User
from cadres.roles import Role
from pledges.actions import dockets
from pledges.forms.dockets import CorrectionForm, IssueForm, MeetingForm, SheetForm
from pledges.models import Docket, Tier
from tests.e2e.district import District, member
from tests.e2e.visitor import Visitor
from tests.e2e.words import asked, vi, vi_count
from tests.factories import START, CellFactory, user_with
from tests.pledges.factories import pledge_of

pytestmark = pytest.mark.browser

CLEAR, VAGUE = "Giải quyết dứt điểm khiếu nại tại 18 Tam Đa", "Nâng cao chất lượng công tác dân vận"
WHY = "Việc thường xuyên, chưa rõ kết quả"
FIRST, SECOND = "127-QĐ/QU", "130-QĐ/QU"
WRONG = "Nội dung số 2 ghi nhầm kết luận; nay không phê duyệt."


def test_from_the_opinions_to_the_correction(signed_in, district):
    docket = _docket_with_three_members(district)
    page = f"/dockets/{docket.ref}/"

    _agree(signed_in("uyvien1"), page)
    _object(signed_in("uyvien2"), page)
    recorder = signed_in("thuky")
    _type_in_a_paper(recorder, page)
    _conclude_all_but_one(recorder, page)
    clerk = signed_in("vanthu")
    _issue(clerk, page, FIRST)

    correction = _correct(recorder, page)
    _issue(clerk, correction, SECOND)
    clerk.open(page)
    expect(clerk.main).to_contain_text(
        vi("Corrected by document %(number)s of %(day)s.", number=SECOND, day="26/03/2024")
    )


def _docket_with_three_members(district: District) -> Docket:
    """Two undertakings before the standing committee, three of whose members are asked."""
    tier = district.cadres
    assert tier.cadre_list is not None
    cadre = tier.cadre_list.entries.get().member
    for title in (CLEAR, VAGUE):
        _register(cadre, tier, title)
    body = Body.objects.get(unit=district.host, kind=BodyKind.STANDING_COMMITTEE)
    _seat_three(body, district.host)
    return dockets.build_docket(
        tier=tier,
        body=body,
        title="Danh mục trình tháng 3",
        by=User.objects.get(username="bantochuc"),
        pledge_ids=list(tier.pledges.values_list("pk", flat=True)),
    )


def _register(cadre: Member, tier: Tier, title: str) -> None:
    pledge_of(cadre, tier, cadre.user, content={"title": title, "own_role": "Chủ trì", "authority": "party"})


def _seat_three(body: Body, host: Unit) -> None:
    cell = CellFactory(parent=host, name="Chi bộ cơ quan")
    names = ("Nguyễn Văn Nhất", "Trần Thị Nhì", "Lê Văn Ba")
    for number, name in enumerate(names, start=1):
        sitting = member(cell, name)
        BodyMember.objects.create(body=body, member=sitting, start=START)
        if number < 3:  # the third has no account: he signs on paper
            name = f"uyvien{number}"
            user_with(Role.BODY_MEMBER, body=body, member=sitting, username=name, display_name=sitting.name)


def _agree(somebody: Visitor, page: str) -> None:
    somebody.open(page)
    somebody.follow(vi("Give my opinion"))
    somebody.press(vi("Send my opinion"))
    somebody.hear(vi("Your opinion has been recorded."))


def _object(somebody: Visitor, page: str) -> None:
    somebody.open(page)
    somebody.follow(vi("Give my opinion"))
    choice = somebody.page.get_by_label(vi("Line %(order)s: what was decided", order=2))
    choice.select_option(label=vi("Do not agree", context="sheet of opinion"))
    somebody.press(vi("Send my opinion"))
    expect(somebody.page.get_by_role("alert")).to_contain_text(vi("Give the reasons."))
    somebody.page.get_by_role("row").filter(has_text=VAGUE).get_by_label(vi("Reasons")).fill(WHY)
    somebody.press(vi("Send my opinion"))
    somebody.hear(vi("Your opinion has been recorded."))
    expect(somebody.main).to_contain_text(WHY)


def _type_in_a_paper(recorder: Visitor, page: str) -> None:
    recorder.open(page)
    recorder.follow(vi("Who has given, sheet by sheet"))
    row = recorder.page.get_by_role("row").filter(has_text="Lê Văn Ba")
    recorder.follow(vi("Type in the sheet"), within=row)
    recorder.page.get_by_label(vi("Agree", context="sheet of opinion"), exact=True).check()
    expect(recorder.page.get_by_label(asked(SheetForm, "note"))).to_be_hidden()
    recorder.press(vi("Record the sheet"))
    recorder.hear(vi("The sheet has been typed in."))
    expect(recorder.main).to_contain_text("3/3")
    expect(recorder.main).to_contain_text(WHY)


def _conclude_all_but_one(recorder: Visitor, page: str) -> None:
    recorder.open(page)
    expect(recorder.page.get_by_role("region", name=vi("To be looked at first"))).to_contain_text(VAGUE)
    recorder.follow(vi("Record the conclusion"))
    recorder.fill(MeetingForm, on="26/03/2024", presided_by="Đồng chí Bí thư", present="10", agreed="9")
    line = recorder.page.get_by_role("row").filter(has_text=VAGUE)
    line.get_by_role("combobox").select_option(label=vi("Ask for an amendment", context="decision"))
    line.get_by_label(vi("In your own words")).fill(WHY)
    recorder.press_and_confirm(vi("Record the conclusion"))
    recorder.hear(vi("The conclusion has been recorded."))


def _issue(clerk: Visitor, page: str, number: str) -> None:
    clerk.open(page)
    clerk.follow(vi("Issue the document"))
    clerk.fill(IssueForm, number=number)
    clerk.press_and_confirm(vi("Issue the document"))
    clerk.hear(vi("The document has been issued."))


def _correct(recorder: Visitor, page: str) -> str:
    """The path of the correcting act."""
    recorder.open(page)
    recorder.follow(vi("Record a correction"))
    recorder.fill(
        CorrectionForm,
        minutes=WRONG,
        on="26/03/2024",
        presided_by="Đồng chí Bí thư",
        present="10",
        agreed="10",
    )
    lines = vi_count("Choose the line", "Choose among the %(shown)s lines", 2, shown="2")
    recorder.page.get_by_text(lines).click()
    line = recorder.page.get_by_role("row").filter(has_text=VAGUE)
    line.get_by_role("combobox").select_option(label=vi("Do not approve", context="decision"))
    line.get_by_label(vi("Reasons")).fill(WHY)
    recorder.press_and_confirm(vi("Record the correction"))
    recorder.hear(vi("The correction has been recorded."))
    expect(recorder.main).to_contain_text(FIRST)
    expect(recorder.main).to_contain_text(WRONG)
    return urlsplit(recorder.page.url).path
