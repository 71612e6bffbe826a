"""The page that records the cell's meeting."""

import uuid
from datetime import date

import pytest
from django.urls import reverse

from cadres.models import Office, OfficeKind, Rank
from cadres.roles import Role
from pledges.models import (
    Docket,
    Pledge,
    PledgeEvent,
    SentList,
)
from pledges.states import PledgeStatus
from tests.factories import MemberFactory, UnitFactory, UserFactory, user_with
from tests.pledges.factories import (
    apply,
    cell_of,
    draft_of,
    pledge_in,
    pledge_of,
    secretary_of,
)
from tests.pledges.pages import of_cell, text


@pytest.fixture
def cell(tier):
    return cell_of(tier.campaign)


@pytest.fixture
def by(cell):
    return secretary_of(cell)


def told(*pledges, **kwargs):
    """The form as a browser sends it: every pledge on the list, adopted unless said otherwise."""
    given = {
        "ref": str(uuid.uuid4()),
        "on": "26/03/2024",
        "presided_by": "Nguyễn Ngọc An",
        "present": "3",
        "agreed": "3",
        "minutes": "",
    }
    for pledge in pledges:
        given |= {f"version_{pledge.pk}": pledge.versions_made, f"outcome_{pledge.pk}": "approve"}
    return given | kwargs


@pytest.fixture
def waiting(tier, cell, by):
    return [pledge_of(MemberFactory(unit=cell), tier, by) for _ in range(3)]


def test_usual_reasons_are_ticked_beside_the_note_and_become_points(visit, by, waiting, url):
    assert "Chưa rõ kết quả, sản phẩm cụ thể" in text(visit(by).get(url))
    amended, bare, noted = waiting
    data = told(*waiting) | {
        f"outcome_{amended.pk}": "return",
        f"reasons_{amended.pk}": ["Chưa rõ kết quả, sản phẩm cụ thể", "Là nhiệm vụ thường xuyên"],
        f"note_{amended.pk}": "Ghi rõ số hộ.",
        f"outcome_{bare.pk}": "return",
    }
    page = visit(by).post(url, data)
    assert page.context["form"].errors == {f"note_{bare.pk}": ["Give the reasons."]}
    assert text(page).count("checked") >= 2
    data |= {f"reasons_{bare.pk}": ["Chưa rõ thời hạn, mốc tiến độ"]}
    visit(by).post(url, data)
    assert statuses(waiting) == [PledgeStatus.RETURNED, PledgeStatus.RETURNED, PledgeStatus.APPROVED]
    asked = amended.returns.get()
    assert list(asked.points.values_list("label", "field")) == [
        ("Chưa rõ kết quả, sản phẩm cụ thể", "product"),
        ("Là nhiệm vụ thường xuyên", "novelty"),
    ]
    assert (asked.note, bare.returns.get().points.get().field) == ("Ghi rõ số hộ.", "due_on")
    assert noted.returns.count() == 0


def test_a_reason_off_the_list_is_told_and_nothing_is_lost(visit, by, waiting, url):
    first = waiting[0]
    data = told(*waiting) | {
        f"outcome_{first.pk}": "return",
        f"reasons_{first.pk}": ["Không có trong danh mục"],
        f"note_{first.pk}": "Ghi rõ số hộ.",
    }
    page = visit(by).post(url, data)
    assert page.context["form"].errors == {f"reasons_{first.pk}": ["This reason is no longer on the list."]}
    assert "Ghi rõ số hộ." in text(page)


@pytest.fixture
def url(tier, cell):
    return of_cell("cell_meeting", tier, cell)


def statuses(pledges):
    for pledge in pledges:
        pledge.refresh_from_db()
    return [pledge.status for pledge in pledges]


def test_the_page_shows_the_list_the_base_and_the_secretary(visit, cell, by, waiting, url):
    MemberFactory(unit=cell, rank=Rank.PROBATIONARY)
    secretary = MemberFactory(unit=cell)
    Office.objects.create(member=secretary, unit=cell, kind=OfficeKind.SECRETARY, start=date(2023, 1, 1))
    response = visit(by).get(url)
    page = text(response)
    assert [line.pledge for line, _due in response.context["lines"]] == waiting
    assert (response.context["voting"], response.context["majority"]) == (4, 3)
    assert response.context["form"]["presided_by"].value() == secretary.name
    assert page.count('value="approve" ') == 3
    assert page.count("checked") == 3


def test_recording_tells_what_was_done_and_sends_the_list(visit, tier, cell, by, waiting, url):
    form = told(
        *waiting,
        **{
            f"outcome_{waiting[0].pk}": "return",
            f"note_{waiting[0].pk}": "Chưa rõ sản phẩm",
            f"outcome_{waiting[1].pk}": "reject",
            f"note_{waiting[1].pk}": "Không thuộc thẩm quyền",
        },
    )
    response = visit(by).post(url, form, follow=True)
    assert response.redirect_chain == [(of_cell("cell", tier, cell), 302)]
    assert statuses(waiting) == [PledgeStatus.RETURNED, PledgeStatus.REJECTED, PledgeStatus.APPROVED]
    page = text(response)
    assert "1 task adopted, 1 task to be amended, 1 task not adopted" in page
    assert f"The list has been sent to {cell.parent.name.replace('Đảng bộ', 'Đảng ủy')}" in page
    assert SentList.objects.filter(tier=tier, unit=cell).exists()
    assert "Chưa rõ sản phẩm" in page


def test_a_double_click_is_one_meeting(visit, by, waiting, url):
    form = told(*waiting)
    first, second = visit(by).post(url, form), visit(by).post(url, form)
    assert first["Location"] == second["Location"]
    assert Docket.objects.count() == 1
    assert PledgeEvent.objects.filter(action="approved").count() == 3


def test_what_came_after_the_page_was_opened_waits_for_the_next_meeting(visit, tier, cell, by, waiting, url):
    form = told(*waiting)
    late = pledge_of(MemberFactory(unit=cell), tier, by)
    apply(PledgeStatus.RETURNED, waiting[0], by)
    apply(PledgeStatus.SUBMITTED, waiting[0], by)
    visit(by).post(url, form)
    assert statuses([*waiting, late]) == ["submitted", "approved", "approved", "submitted"]


WRONG = {
    "no day": ({"on": ""}, "on"),
    "an impossible day": ({"on": "30/02/2024"}, "on"),
    "nobody presided": ({"presided_by": " "}, "presided_by"),
    "no number": ({"present": ""}, "present"),
    "no figure": ({"agreed": "ba"}, "agreed"),
    "a figure too large": ({"present": "9999999"}, "present"),
    "minutes too long": ({"minutes": "x" * 5001}, "minutes"),
    "a ref that is none": ({"ref": "x"}, "ref"),
    "a day to come": ({"on": "27/03/2024"}, "on"),
    "no majority": ({"agreed": "1"}, "agreed"),
    "more agreed than present": ({"present": "2"}, "agreed"),
    "more present than the cell has": ({"present": "4", "agreed": "4"}, "present"),
    "before the campaign": ({"on": "01/12/2022"}, "__all__"),
}


@pytest.mark.parametrize(("wrong", "field"), WRONG.values(), ids=WRONG)
def test_wrong_input_is_said_and_nothing_typed_is_lost(visit, by, waiting, url, wrong, field):
    note = {f"outcome_{waiting[0].pk}": "return", f"note_{waiting[0].pk}": "Chưa rõ sản phẩm"}
    response = visit(by).post(url, told(*waiting, **note, **wrong))
    assert response.status_code == 200
    form = response.context["form"]
    assert list(form.errors) == [field]
    assert "Chưa rõ sản phẩm" in text(response)
    assert form["presided_by"].value() == wrong.get("presided_by", "Nguyễn Ngọc An")
    assert [line.is_open for line, _due in response.context["lines"]] == [True, False, False]
    assert form.is_open
    assert set(statuses(waiting)) == {PledgeStatus.SUBMITTED}
    assert not Docket.objects.exists()


def test_what_is_missing_is_asked_for_in_the_words_of_the_cell(visit, by, waiting, url):
    page = text(visit(by).post(url, told(*waiting, on="", presided_by="", present="", agreed="")))
    for field, words in (
        ("on", "Write the day of the meeting."),
        ("presided_by", "Write who presided."),
        ("present", "Write how many comrades were present."),
        ("agreed", "Write how many comrades agreed."),
    ):
        assert f'href="#id_{field}"' in page
        assert words in page


def test_only_those_who_vote_can_agree(visit, cell, by, waiting, url):
    MemberFactory(unit=cell, rank=Rank.PROBATIONARY)
    response = visit(by).post(url, told(*waiting, present="4", agreed="4"))
    assert response.context["form"].errors["agreed"] == ["Only 3 of the cell vote."]
    assert visit(by).post(url, told(*waiting, present="4", agreed="3")).status_code == 302


def test_the_question_tells_who_and_what_is_left_out(visit, tier, cell, by, waiting, url):
    committee = cell.parent.name.replace("Đảng bộ", "Đảng ủy")
    asked = f"Record the meeting and send the list to {committee}? It cannot be changed afterwards."
    assert visit(by).get(url).context["question"] == asked
    missing, writing = MemberFactory(unit=cell), MemberFactory(unit=cell)
    draft_of(writing, tier, by)
    response = visit(by).get(url)
    left = "Not on the list sent now: 2 comrades who have not registered, 1 draft that was not sent."
    assert response.context["question"] == f"{left} {asked}"
    assert text(response).count(left) == 2
    pledge_of(missing, tier, by)
    pledge_of(writing, tier, by)
    left = "Not on the list sent now: 1 draft that was not sent."
    assert visit(by).get(url).context["question"] == f"{left} {asked}"


def test_the_lines_are_folded_until_one_is_not_simply_adopted(visit, by, waiting, url):
    assert 'class="conclude-lines" >' in text(visit(by).get(url))
    wrong = told(*waiting, **{f"outcome_{waiting[0].pk}": "hold"})
    assert 'class="conclude-lines" open>' in text(visit(by).post(url, wrong))


def test_meetings_recorded_before_are_told_when_nothing_waits(visit, cell, tier, by, waiting, url):
    note = {f"outcome_{waiting[0].pk}": "return", f"note_{waiting[0].pk}": "Chưa rõ sản phẩm"}
    visit(by).post(url, told(*waiting, on="20/03/2024", agreed="2", **note))
    apply(PledgeStatus.SUBMITTED, waiting[0], by)
    visit(by).post(url, told(*[Pledge.objects.get(pk=waiting[0].pk)]))
    recorded = visit(by).get(url).context["recorded"]
    assert [(row.day, row.outcomes) for row in recorded] == [
        ("26/03/2024", "1 task adopted"),
        ("20/03/2024", "2 tasks adopted, 1 task to be amended"),
    ]
    assert recorded[1].facts == ["presided: Nguyễn Ngọc An", "present: 3", "agreed: 2"]
    assert "Meeting of 26/03/2024 recorded" in text(visit(by).get(url))


@pytest.mark.parametrize("outcome", ["return", "reject"])
def test_what_is_not_adopted_needs_reasons(visit, by, waiting, url, outcome):
    response = visit(by).post(url, told(*waiting, **{f"outcome_{waiting[0].pk}": outcome}))
    assert list(response.context["form"].errors) == [f"note_{waiting[0].pk}"]
    assert waiting[0].lead_member.name in response.context["form"][f"note_{waiting[0].pk}"].label


def test_an_outcome_that_a_cell_does_not_decide_is_refused(visit, by, waiting, url):
    response = visit(by).post(url, told(*waiting, **{f"outcome_{waiting[0].pk}": "hold"}))
    assert list(response.context["form"].errors) == [f"outcome_{waiting[0].pk}"]


def test_forged_keys_touch_nothing_outside_the_cell(visit, tier, by, waiting, url):
    elsewhere = cell_of(tier.campaign)
    other = pledge_of(MemberFactory(unit=elsewhere), tier, secretary_of(elsewhere))
    forged = {"version_99999999999999999999": "1", "version_x": "1", f"outcome_{other.pk}": "reject"}
    response = visit(by).post(url, told(*waiting, other, **forged))
    assert response.status_code == 302
    assert statuses([other]) == [PledgeStatus.SUBMITTED]
    assert set(statuses(waiting)) == {PledgeStatus.APPROVED}


def test_without_anything_waiting_the_page_says_so(visit, tier, cell, by, url):
    pledge_in(PledgeStatus.APPROVED, MemberFactory(unit=cell), tier, by)
    response = visit(by).get(url)
    assert "Nothing awaits the meeting" in text(response)
    assert 'name="present"' not in text(response)
    response = visit(by).post(url, told())
    assert "Nothing awaits the meeting" in text(response)
    assert not Docket.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_records_the_meeting(visit, client, tier, cell, waiting, url, method):
    assert getattr(client, method)(url, told(*waiting))["Location"].startswith(reverse("cadres:sign_in"))
    for user in (secretary_of(cell_of(tier.campaign)), UserFactory(member=waiting[0].lead_member)):
        assert getattr(visit(user), method)(url, told(*waiting)).status_code == 404
    for role in (Role.GRASSROOTS_OFFICER, Role.BOARD_OFFICER, Role.INSPECTOR):
        user = user_with(role, unit=tier.campaign.host)
        assert getattr(visit(user), method)(url, told(*waiting)).status_code == 403
    assert set(statuses(waiting)) == {PledgeStatus.SUBMITTED}


def test_other_methods_are_refused(visit, by, url):
    assert visit(by).put(url).status_code == 405


def test_a_cell_directly_below_the_host_sends_its_list_there(visit, by, tier):
    grassroots = UnitFactory(parent=tier.campaign.host, kind="grassroots_cell")
    grassroots.bodies.create(kind="cell_meeting", name=grassroots.name)
    secretary = secretary_of(grassroots)
    pledge = pledge_of(MemberFactory(unit=grassroots), tier, secretary)
    form = told(pledge, present="1", agreed="1")
    response = visit(secretary).post(of_cell("cell_meeting", tier, grassroots), form, follow=True)
    committee = tier.campaign.host.name.replace("Đảng bộ quận", "Quận ủy")
    assert f"The list has been sent to {committee}" in text(response)


@pytest.mark.parametrize("count", [1, 3])
def test_the_meeting_page_costs_the_same_whatever_its_length(
    visit, tier, cell, by, url, page_alone, django_assert_num_queries, count
):
    for _ in range(count):
        pledge_of(MemberFactory(unit=cell), tier, by)
    client = visit(by)
    with django_assert_num_queries(11):
        client.get(url)
