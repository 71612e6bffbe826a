"""What a person is to do stands first on the list of dockets; long dockets are folded by cadre."""

import pytest

from pledges.actions.opinions import Opinion
from pledges.models import PledgeReturn, Stance
from tests.pledges.docket_scene import conclude, scene
from tests.pledges.opinion_scene import says, seated

pytestmark = pytest.mark.django_db

LISTED = "Chưa rõ kết quả, sản phẩm cụ thể"
MEETING = {"on": "26/03/2024", "presided_by": "Đồng chí Bí thư", "present": "9", "agreed": "9", "minutes": ""}


@pytest.fixture
def place(db, on_the_day):
    return scene()


def at(docket, page=""):
    return f"/dockets/{docket.ref}/{page}"


def steps(visit, user):
    return [(one.action, one.url) for one in visit(user).get("/dockets/").context["waiting"]]


def test_each_finds_his_own_step_first(place, visit):
    waiting, concluded = place.docket(place.pledge()), place.docket(place.pledge())
    conclude(concluded, place.recorder)
    member = seated(place)
    assert steps(visit, place.recorder)[0] == ("Record the conclusion", at(waiting, "conclude/"))
    assert steps(visit, place.clerk)[0] == ("Issue the document", at(concluded, "issue/"))
    assert steps(visit, member.user) == [("Give my opinion", at(waiting, "opinions/own/"))]
    says(waiting, member)
    assert steps(visit, member.user) == []
    assert steps(visit, place.inspector) == []
    assert steps(visit, place.stranger) == []


def test_a_docket_not_made_yet_comes_after_the_meeting_that_waits(place, visit):
    docket = place.docket(place.pledge())
    place.pledge()
    page = visit(place.board).get("/dockets/")
    assert [one.action for one in page.context["waiting"]] == ["Make the docket"]
    found = steps(visit, place.recorder)
    assert found[0] == ("Record the conclusion", at(docket, "conclude/"))


@pytest.mark.parametrize("n", [1, 3])
def test_the_steps_cost_the_same_for_one_docket_and_three(place, visit, n, django_assert_num_queries):
    for _ in range(n):
        place.docket(place.pledge())
    member = seated(place)
    client = visit(member.user)
    with django_assert_num_queries(11):
        assert len(client.get("/dockets/").context["waiting"]) == n


def test_a_long_docket_is_folded_but_for_what_is_grave(place, visit):
    pledges = [place.pledge() for _ in range(13)]
    docket, member = place.docket(*pledges), seated(place)
    says(docket, member, {pledges[4]: Opinion(Stance.OBJECT, "Việc thường xuyên")})
    page = visit(place.recorder).get(at(docket)).content.decode()
    assert page.count('<details class="docket-group" open>') == 1
    assert page.count('<details class="docket-group" >') == 12
    assert "fold.js" in page
    few = visit(place.recorder).get(at(docket, "?flag=objected")).content.decode()
    assert few.count('<details class="docket-group" >') == 0


def test_a_listed_reason_of_a_docket_line_becomes_a_point(place, visit):
    first, second = place.pledge(), place.pledge()
    docket = place.docket(first, second)
    lines = {line.pledge_id: line.pk for line in docket.lines.all()}
    client, url = visit(place.recorder), at(docket, "conclude/")
    assert f'<option value="{LISTED}">' in client.get(url).content.decode()
    data = MEETING | {f"outcome-{lines[pledge.pk]}": "return" for pledge in (first, second)}
    data |= {f"reason-{lines[first.pk]}": LISTED, f"note-{lines[first.pk]}": "Ghi rõ số hộ."}
    page = client.post(url, data)
    assert page.context["choices"].errors == {f"note-{lines[second.pk]}": ["Give the reasons."]}
    assert f'value="{LISTED}"' in page.content.decode()
    client.post(url, data | {f"reason-{lines[second.pk]}": "Lời riêng"})
    asked = PledgeReturn.objects.get(pledge=first)
    assert (asked.points.get().label, asked.points.get().field, asked.note) == (
        LISTED,
        "product",
        "Ghi rõ số hộ.",
    )
    own = PledgeReturn.objects.get(pledge=second)
    assert (own.points.count(), own.note) == (0, "Lời riêng")


def test_the_clerk_reads_back_what_the_document_holds(place, visit):
    docket = conclude(place.docket(place.pledge()), place.recorder)
    client, url = visit(place.clerk), at(docket, "issue/")
    page = client.get(url)
    assert page.context["outcomes"] == [("approved", 1)]
    wrong = client.post(url, {"number": "127-QĐ/QU", "on": "31/02/2024"}).content.decode()
    assert '<strong data-readback-from="number">127-QĐ/QU</strong>' in wrong
    assert '<strong data-readback-from="on">31/02/2024</strong>' in wrong
