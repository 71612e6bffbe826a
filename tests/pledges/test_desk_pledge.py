"""One pledge at the desk: read, decide, go on; what the author sees, what the reviewer sees after it."""

import pytest

from cadres.roles import Role
from pledges.models import PledgeReturn, Vetting
from pledges.states import Outcome, PledgeStatus
from tests.factories import HostFactory, MemberFactory, UserFactory, user_with
from tests.pledges.desk_scene import DUE, HOLD, PRODUCT, ask, desk_url, send_again, vet
from tests.pledges.docket_scene import scene
from tests.pledges.factories import (
    CampaignFactory,
    apply,
    cell_of,
    members_tier,
    pledge_of,
    secretary_of,
)
from tests.pledges.pages import at, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(db):
    return scene()


def page_of(place, pledge, **query):
    return desk_url(place, "desk_pledge", pledge.ref, **query)


def test_the_page_shows_content_flags_neighbours_and_form(visit, place):
    first, second, third = (place.pledge(title=f"Giải quyết {n} vụ việc định kỳ") for n in (3, 5, 7))
    response = visit(place.board).get(page_of(place, second))
    page = text(response)
    assert "Sign of routine work" in page
    assert "2/3" in page
    near = response.context["near"]
    assert (near.previous, near.following) == (page_of(place, first), page_of(place, third))
    assert {value for value, _label in response.context["form"]["decision"].field.choices} == {
        "approve",
        "return",
        "hold",
        "reject",
    }


def test_vetting_goes_on_to_the_next_of_the_filter(visit, place):
    first, second = place.pledge(), place.pledge()
    answer = visit(place.board).post(page_of(place, first, show="to_vet"), {"decision": "approve"})
    assert answer["Location"] == page_of(place, second, show="to_vet")
    answer = visit(place.board).post(page_of(place, second), {"decision": "hold", "note": "Chờ Sở"})
    assert answer["Location"] == desk_url(place)
    assert set(Vetting.objects.values_list("proposal", flat=True)) == {Outcome.APPROVE, Outcome.HOLD}


def test_a_return_with_reasons_of_the_list(visit, place):
    pledge = place.pledge()
    data = {"decision": "return", "reasons": [PRODUCT, DUE], "note": "Ghi rõ số hộ", "version": "1"}
    visit(place.board).post(page_of(place, pledge), data)
    row = PledgeReturn.objects.get()
    assert [point.label for point in row.points.all()] == [PRODUCT, DUE]
    assert row.note == "Ghi rõ số hộ"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "decision"),
        ({"decision": "void"}, "decision"),
        ({"decision": "return"}, "reasons"),
        ({"decision": "return", "reasons": ["Không có trong danh mục"], "note": "x"}, "reasons"),
        ({"decision": "hold", "note": " "}, "note"),
        ({"decision": "reject"}, "note"),
        ({"decision": "hold", "note": "x" * 2001}, "note"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_lost(visit, place, data, field):
    pledge = place.pledge()
    response = visit(place.board).post(page_of(place, pledge), data)
    assert response.status_code == 200
    assert response.context["form"].errors[field]
    assert (Vetting.objects.count(), PledgeReturn.objects.count()) == (0, 0)


def test_a_version_sent_meanwhile_is_not_decided_on_unread(visit, place):
    pledge = place.pledge()
    ask(place, pledge, PRODUCT)
    send_again(pledge, product="26 hộ")
    data = {"decision": "hold", "note": "Ý kiến đã gõ", "version": "1"}
    response = visit(place.board).post(page_of(place, pledge), data)
    assert "sent again since you opened it" in text(response)
    assert "Ý kiến đã gõ" in text(response)
    assert not Vetting.objects.exists()


def test_deciding_twice_is_one_effect(visit, place):
    pledge = place.pledge()
    for _ in range(2):
        answer = visit(place.board).post(page_of(place, pledge), {"decision": "approve", "version": "1"})
        assert answer.status_code == 302
    assert pledge.events.filter(action="vetted").count() == 1


def test_what_lies_on_a_docket_is_decided_on_by_the_meeting(visit, place):
    pledge = place.pledge()
    place.docket(pledge)
    url = page_of(place, pledge, show="all")
    assert "It lies on the docket “Danh mục trình”" in text(visit(place.board).get(url))
    response = visit(place.board).post(url, {"decision": "approve"})
    assert response.context["form"].non_field_errors()
    visit(place.board).post(url, {"decision": "return", "note": "Bổ sung mốc"})
    pledge.refresh_from_db()
    assert pledge.status == PledgeStatus.RETURNED


def test_what_has_left_the_desk_says_so(visit, place):
    pledge = place.pledge()
    apply(PledgeStatus.WITHDRAWN, pledge, pledge.lead_member.user)
    answer = visit(place.board).get(page_of(place, pledge), follow=True)
    assert answer.redirect_chain[0][0] == at("detail", pledge)
    assert "no longer at the desk" in text(answer)


def test_the_reviewer_sees_what_changed_since(visit, place):
    pledge = place.pledge(product="Xong việc")
    ask(place, pledge, PRODUCT, DUE, note="Cả tên nữa")
    send_again(pledge, product="26 hộ")
    page = text(visit(place.board).get(page_of(place, pledge)))
    for words in ("What changed since", "<del>Xong việc</del>", "<ins>26 hộ</ins>", "Cả tên nữa"):
        assert words in page
    assert page.count("this field was changed") == 1
    assert page.count("this field was not changed") == 1


def test_sent_again_as_it_was_says_so(visit, place):
    pledge = place.pledge()
    ask(place, pledge, PRODUCT)
    send_again(pledge)
    assert "nothing changed" in text(visit(place.board).get(page_of(place, pledge)))


@pytest.mark.parametrize("n", [1, 3])
def test_the_page_costs_the_same_however_many_are_alike(
    visit, page_alone, place, n, django_assert_num_queries
):
    pledges = [place.pledge(title="Giải quyết khiếu nại tại 18 phố Tam Đa") for _ in range(n + 1)]
    client = visit(place.board)
    client.get(page_of(place, pledges[0]))
    with django_assert_num_queries(26):
        client.get(page_of(place, pledges[0]))


# ---- side by side ------------------------------------------------------------------------------


def test_two_side_by_side_with_common_words_and_equal_fields(visit, place):
    one = place.pledge(title="Xóa điểm rác tại ngõ 76", product="1 điểm")
    other = place.pledge(title="XÓA DIEM rác tại ngõ 78", product="1 điểm")
    page = text(visit(place.board).get(desk_url(place, "desk_pair", one.ref, other.ref)))
    assert "<mark>điểm</mark>" in page
    assert "<mark>76</mark>" not in page
    assert 'class="is-equal"' in page
    assert one.lead_member.name in page
    assert other.lead_member.name in page


def test_a_pledge_of_another_host_is_never_beside(visit, place):
    tier = members_tier(CampaignFactory(host=HostFactory()))
    lead = MemberFactory(unit=cell_of(tier.campaign))
    one, foreign = place.pledge(), pledge_of(lead, tier, UserFactory(member=lead))
    assert visit(place.board).get(desk_url(place, "desk_pair", one.ref, foreign.ref)).status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_may_decide(visit, client, place, method):
    pledge = place.pledge()
    url, data = page_of(place, pledge), {"decision": "approve"}
    assert getattr(client, method)(url, data).status_code == 302
    assert getattr(visit(place.stranger), method)(url, data).status_code == 404
    for user in (place.recorder, place.inspector, pledge.lead_member.user):
        assert getattr(visit(user), method)(url, data).status_code == 403
    assert not Vetting.objects.exists()
    assert visit(place.board).put(url).status_code == 405
    pair = desk_url(place, "desk_pair", pledge.ref, pledge.ref)
    assert visit(place.board).post(pair).status_code == 405
    assert visit(place.recorder).get(pair).status_code == 403


# ---- what the author sees ----------------------------------------------------------------------


def test_the_author_sees_each_point_beside_its_field_in_the_full_form(visit, place):
    pledge = place.pledge()
    ask(place, pledge, PRODUCT, DUE, note="Ghi rõ số hộ")
    own = visit(pledge.lead_member.user)
    response = own.get(at("edit", pledge))
    fields = response.context["form"].fields
    assert (fields["product"].asked, fields["due"].asked) == ([PRODUCT], [DUE])
    assert not hasattr(fields["title"], "asked")
    page = text(response)
    assert page.count(PRODUCT) == 2  # above the form, and at the field
    assert "Ghi rõ số hộ" in page
    assert 'href="#div_id_due"' in page


def test_points_are_never_left_on_the_form_of_another(visit, place):
    pledge, other = place.pledge(), place.pledge()
    ask(place, pledge, PRODUCT)
    ask(place, other, note="Khác")
    visit(pledge.lead_member.user).get(at("edit", pledge))
    assert PRODUCT not in text(visit(other.lead_member.user).get(at("edit", other)))


def test_the_author_sees_the_points_on_the_pages_of_the_pledge_and_in_my_tasks(visit, place):
    pledge = place.pledge()
    ask(place, pledge, PRODUCT, note="Ghi rõ số hộ")
    own = visit(pledge.lead_member.user)
    for url in (at("detail", pledge), "/mine/"):
        page = text(own.get(url))
        assert PRODUCT in page
        assert "Ghi rõ số hộ" in page


def test_a_member_sees_the_points_in_the_short_form_and_his_secretary_on_the_list(visit, tier, lead, own):
    pledge = pledge_of(lead, tier, own)
    board = user_with(Role.BOARD_OFFICER, unit=tier.campaign.host)
    visit(board).post(at("return", pledge), {"reasons": [PRODUCT], "note": ""})
    response = visit(own).get(at("edit", pledge))
    assert response.context["form"].fields["product"].asked == [PRODUCT]
    cell = f"/campaigns/{tier.campaign.code}/cells/{lead.unit.code}/"
    assert PRODUCT in text(visit(secretary_of(lead.unit)).get(cell))


def test_the_author_does_not_read_what_is_proposed_before_the_meeting(visit, place):
    pledge = place.pledge()
    vet(place, pledge, finding=HOLD)
    assert HOLD.note not in text(visit(pledge.lead_member.user).get(at("detail", pledge)))
    assert HOLD.note in text(visit(place.inspector).get(at("detail", pledge)))
