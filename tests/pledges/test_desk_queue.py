"""The queue of the vetting desk: its parts, filters in the address, flags in words, who may enter."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation

from pledges import desk
from pledges.models import Authority, Lane, Pledge, Theme
from pledges.words import status_words
from tests.factories import UnitFactory
from tests.pledges.desk_scene import HOLD, PRODUCT, ask, desk_url, send_again, vet
from tests.pledges.docket_scene import scene
from tests.pledges.pages import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(db):
    return scene()


def titles(response):
    return [row.pledge.title for row in response.context["rows"]]


def look(visit, place, **query):
    response = visit(place.board).get(desk_url(place, **query))
    assert response.status_code == 200
    return response


def test_a_row_says_what_a_reviewer_goes_by(visit, place):
    cadre = place.cadre()
    place.pledge(cadre, title="Duy trì thường xuyên tại phường Bưởi", product="26 hộ")
    page = text(look(visit, place))
    for words in (cadre.name, "Bí thư Đảng ủy", "26 hộ", "quarter II/2024", "Sign of routine work"):
        assert words in page
    assert "1 undertaking" in page
    assert "1 registered, at least" not in page


def test_the_parts_of_the_desk(visit, place):
    fresh, vetted, held, returned, again, lying = (place.pledge(title=f"Việc {n}") for n in range(6))
    vet(place, vetted)
    vet(place, held, finding=HOLD)
    ask(place, returned, PRODUCT, note="Thêm")
    ask(place, again, PRODUCT)
    send_again(again, product="26 hộ")
    place.docket(lying)
    assert titles(look(visit, place)) == [fresh.title, again.title]
    assert titles(look(visit, place, show="again")) == [again.title]
    response = look(visit, place, show="vetted")
    assert titles(response) == [vetted.title, held.title]
    assert "Proposed to be held over" in text(response)
    response = look(visit, place, show="returned")
    assert titles(response) == [returned.title]
    assert f"{PRODUCT}; Thêm" in text(response)
    everything = look(visit, place, show="all")
    assert len(titles(everything)) == 6
    assert "on a docket" in text(everything)
    assert {chip["label"]: chip["count"] for chip in everything.context["shows"]}["To vet"] == 2


def test_what_is_past_the_desk_awaits_no_vetting(place):
    fresh, vetted, lying, returned = (place.pledge(title=f"Việc {n}") for n in range(4))
    vet(place, vetted)
    place.docket(lying)
    vet(place, returned)
    ask(place, returned, PRODUCT)
    send_again(returned, product="26 hộ")
    found = desk.past_vetting(Pledge.objects.order_by("pk"))
    with translation.override("en"):
        told = {pledge.title: status_words(pledge, pledge.tier) for pledge in found}
    vetting, approval = "Registered, awaiting vetting", "Registered, awaiting approval"
    assert told == {
        fresh.title: vetting,
        vetted.title: approval,
        lying.title: approval,
        returned.title: vetting,
    }


def test_what_is_not_on_offer_in_an_address_is_as_if_it_were_not_there(visit, place):
    place.pledge()
    query = {"show": "x", "flag": "y", "unit": "z", "theme": "99", "sort": "no", "page": "777", "lane": "?"}
    assert len(titles(look(visit, place, **query))) == 1


def test_filters_stand_in_the_address(visit, place):
    theme = Theme.objects.create(campaign=place.campaign, order=1, title="Trật tự đô thị")
    plain = place.pledge(title="Việc thường")
    themed = place.pledge(title="Việc theo chủ đề", theme_id=theme.pk, novelty="new")
    late = place.pledge(title="Việc bổ sung")
    Pledge.objects.filter(pk=late.pk).update(lane=Lane.DIRECTIVE, directive="27-ĐA/QU")
    ward = UnitFactory(parent=place.host)
    Pledge.objects.filter(pk=plain.pk).update(unit=ward)
    assert titles(look(visit, place, theme="1")) == [themed.title]
    assert titles(look(visit, place, novelty="new")) == [themed.title]
    assert titles(look(visit, place, lane="directive")) == [late.title]
    assert titles(look(visit, place, unit=ward.code)) == [plain.title]
    assert "Clear the filter" in text(look(visit, place, theme="none", novelty="new"))


def test_flags_are_filters_too(visit, place):
    cadre = place.cadre()
    one = place.pledge(cadre, title="Giải quyết khiếu nại tại 18 phố Tam Đa")
    other = place.pledge(title="Giải quyết khiếu nại tại 18 phố TAM ĐA")
    routine = place.pledge(cadre, title="Kiểm tra định kỳ các trạm bơm")
    empty = place.pledge(cadre, title="Trồng 300 cây xanh")
    Pledge.objects.filter(pk=empty.pk).update(product="")
    type(place.tier).objects.update(quota_min=2)
    assert titles(look(visit, place, flag="alike")) == [one.title, other.title]
    assert titles(look(visit, place, flag="routine")) == [routine.title]
    assert titles(look(visit, place, flag="unclear")) == [empty.title]
    response = look(visit, place, flag="quota")
    assert titles(response) == [other.title]
    assert "1 registered, at least 2 are asked for" in text(response)


def test_a_row_leads_to_the_two_side_by_side(visit, place):
    one = place.pledge(title="Giải quyết khiếu nại tại 18 phố Tam Đa")
    other = place.pledge(title="Giải quyết khiếu nại tại 18 phố Tam Đa")
    response = look(visit, place)
    assert desk_url(place, "desk_pair", one.ref, other.ref) in text(response)
    assert f"Like comrade {other.lead_member.name}&#x27;s, same place (100%)" in text(response)


def test_a_name_is_looked_for_by_post_and_never_stands_in_the_address(visit, place):
    wanted, _other = place.pledge(), place.pledge()
    client = visit(place.board)
    answer = client.post(desk_url(place, show="to_vet"), {"q": wanted.lead_member.name})
    assert answer.status_code == 302
    assert wanted.lead_member.search_key not in answer["Location"]
    assert "page=1" in answer["Location"]
    response = client.get(answer["Location"])
    assert [row.pledge.pk for row in response.context["rows"]] == [wanted.pk]
    assert "page=1" in response.context["rows"][0].url
    assert len(client.get(desk_url(place)).context["rows"]) == 2


def test_sorting(visit, place):
    first = place.pledge(title="Một", due_on=date(2024, 12, 31))
    second = place.pledge(title="Hai", due_on=date(2024, 4, 30))
    assert titles(look(visit, place)) == [first.title, second.title]
    assert titles(look(visit, place, sort="due")) == [second.title, first.title]


def test_only_the_first_are_compared_and_the_page_says_so(visit, place, monkeypatch):
    monkeypatch.setattr(desk, "COMPARED", 1)
    for _ in range(2):
        place.pledge()
    assert "Only the first" in text(look(visit, place, flag="alike"))


def test_an_empty_desk_says_so(visit, place):
    assert "Nothing is left to vet" in text(look(visit, place))


@pytest.mark.parametrize("n", [1, 3])
def test_the_queue_costs_the_same_for_one_and_for_three(
    visit, page_alone, place, n, django_assert_num_queries
):
    pledges = [place.pledge(title="Giải quyết khiếu nại tại 18 phố Tam Đa") for _ in range(2 * n)]
    for pledge in pledges[:n]:
        ask(place, pledge, PRODUCT)
        send_again(pledge)
    client = visit(place.board)
    client.get(desk_url(place))
    with django_assert_num_queries(22):
        client.get(desk_url(place))


@pytest.mark.parametrize("name", ["desk", "desk_all"])
def test_who_may_enter(visit, client, place, name):
    url = desk_url(place, name, act="vet")
    assert client.get(url).status_code == 302
    assert visit(place.stranger).get(url).status_code == 404
    for user in (place.recorder, place.clerk, place.inspector, place.cadre().user):
        assert visit(user).get(url).status_code == 403
    assert visit(place.board).put(url).status_code == 405
    assert visit(place.board).get(desk_url(place, name, act="vet", tier="nothing")).status_code == 404
    assert visit(place.board).get(reverse(f"pledges:{name}", args=["NO"])).status_code == 404


def test_the_navigation_counts_what_is_to_vet(visit, place):
    place.docket(place.pledge(authority=Authority.PARTY))
    place.pledge()
    vet(place, place.pledge())
    nav = look(visit, place).context["nav"]
    [item] = [item for item in nav.groups[0].items if item.label == "Vetting"]
    assert (item.url, item.count, item.active) == (desk_url(place), 1, True)
