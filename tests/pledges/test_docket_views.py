"""Pages of dockets: list, build, read; who may, what is shown, what a page costs."""

import re
import uuid
from datetime import UTC, datetime

import pytest
from django.utils.html import strip_tags

from cadres.models import Body, BodyKind
from cadres.roles import Role
from pledges.actions import lists
from pledges.actions.dockets import Decision
from pledges.actions.endorsements import build_endorsement
from pledges.models import Authority, Docket, Pledge
from pledges.states import CampaignState, DocketState, Outcome, PledgeStatus
from tests.factories import CellFactory, user_with
from tests.pledges.docket_scene import DAY, conclude, scene, ward

pytestmark = pytest.mark.django_db

DAY_AT = datetime(2024, 3, 26, 3, tzinfo=UTC)


@pytest.fixture
def place(db):
    return scene()


def text_of(response):
    return re.sub(r"\s+", " ", strip_tags(response.content.decode()))


def at(docket, page=""):
    return f"/dockets/{docket.ref}/{page}"


def status(pledge):
    return Pledge.objects.get(pk=pledge.pk).status


# ---- the list ----------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 3])
def test_the_list_costs_the_same_for_one_docket_and_three(place, visit, n, django_assert_num_queries):
    for _ in range(n):
        place.docket(place.pledge())
    client = visit(place.recorder)
    with django_assert_num_queries(13):
        response = client.get("/dockets/")
    assert len(response.context["page"]) == n


def test_what_waits_for_the_reader_stands_first(place, visit):
    issued, concluded, waiting = (place.docket(place.pledge()) for _ in range(3))
    for docket in (issued, concluded):
        conclude(docket, place.recorder)
    Docket.objects.filter(pk=issued.pk).update(state="issued", number="1-QĐ/QU", issued_at=issued.created_at)
    order = {
        "recorder": [waiting, concluded, issued],
        "clerk": [concluded, waiting, issued],
    }
    for who, expected in order.items():
        page = visit(getattr(place, who)).get("/dockets/").context["page"]
        assert list(page) == expected


def test_the_list_is_filtered_by_state(place, visit):
    waiting, concluded = place.docket(place.pledge()), place.docket(place.pledge())
    conclude(concluded, place.recorder)
    response = visit(place.recorder).get("/dockets/?state=concluded")
    assert list(response.context["page"]) == [concluded]
    chips = {chip["label"]: (chip["count"], chip["active"]) for chip in response.context["chips"]}
    assert chips == {"All": (2, False), "Before the meeting": (1, False), "Awaiting document": (1, True)}
    assert list(visit(place.recorder).get("/dockets/?state=nonsense").context["page"]) == [waiting, concluded]


def test_dockets_of_units_below_stand_apart(place, visit):
    own, below = place.docket(place.pledge()), ward(place)
    below.cell()
    theirs = build_endorsement(tier=below.tier, body=below.body, title="Danh sách", by=below.officer)
    client = visit(place.board)
    assert list(client.get("/dockets/").context["page"]) == [own]
    assert list(client.get("/dockets/?of=below").context["page"]) == [theirs]
    assert list(visit(below.officer).get("/dockets/").context["page"]) == [theirs]


def test_nobody_sees_dockets_of_another_district(place, visit):
    docket = place.docket(place.pledge())
    assert list(visit(place.stranger).get("/dockets/").context["page"]) == []
    assert list(visit(place.stranger).get("/dockets/?of=below").context["page"]) == []
    for page in ("", "conclude/", "issue/"):
        assert visit(place.stranger).get(at(docket, page)).status_code == 404


def test_a_secretary_has_no_dockets(place, visit):
    cell = place.cadre().unit
    assert visit(user_with(Role.CELL_SECRETARY, unit=cell)).get("/dockets/").status_code == 403


def test_the_board_is_told_what_awaits_which_body(place, visit):
    place.pledge(authority=Authority.STATE)
    place.pledge()
    below = ward(place)
    cell = CellFactory(parent=place.host)
    lists.mark_sent(tier=below.tier, units=[cell], on=DAY, by=None)
    found = visit(place.board).get("/dockets/").context["waiting"]
    assert [item.title for item in found] == [
        "2 undertakings await Ban Thường vụ Quận ủy Tây Hồ",
        "1 undertakings await Ủy ban nhân dân quận Tây Hồ",
        "1 lists of organisations below await Ban Thường vụ Quận ủy Tây Hồ",
    ]
    named = "campaign=CB-2024&tier=key_cadres&unit=TAYHO&body=standing_committee"
    assert found[0].url == f"/dockets/new/?{named}"
    assert visit(place.board).get(found[2].url).context["rows"][0].unit == cell
    for who in (place.inspector, place.body_member, place.stranger):
        assert visit(who).get("/dockets/").context["waiting"] == []


def test_of_a_closed_campaign_nothing_waits(place, visit):
    place.pledge()
    place.campaign.state = CampaignState.CLOSED
    place.campaign.save()
    assert visit(place.board).get("/dockets/").context["waiting"] == []


# ---- build -------------------------------------------------------------------------------------

BUILD = "/dockets/new/?campaign=CB-2024&body=standing_committee"


def test_the_board_builds_a_docket_of_everything_that_awaits(place, visit):
    lead = place.cadre(family_names="Trần Thị", given_name="Bình")
    pledges = [place.pledge(lead), place.pledge()]
    client = visit(place.board)
    page = client.get(BUILD)
    assert "2 undertakings of 2 comrades await this body" in text_of(page)
    assert "Trần Thị Bình 1960 · Bí thư Đảng ủy" in text_of(page)
    data = {"ref": page.context["form"]["ref"].value(), "title": "Danh mục tháng 3"}
    for _ in range(2):
        response = client.post(BUILD, data)
        docket = Docket.objects.get()
        assert response["Location"] == at(docket)
    assert [line.pledge for line in docket.lines.order_by("order")] == pledges
    assert (docket.title, docket.created_by) == ("Danh mục tháng 3", place.board)


def test_a_docket_without_a_title_keeps_what_was_typed(place, visit):
    place.pledge()
    ref = str(uuid.uuid4())
    response = visit(place.board).post(BUILD, {"ref": ref, "title": " "})
    assert "Enter a title." in text_of(response)
    assert f'value="{ref}"' in response.content.decode()
    assert not Docket.objects.exists()


def test_nothing_to_build_is_said(place, visit):
    client = visit(place.board)
    assert "Nothing awaits this body" in text_of(client.get(BUILD))
    response = client.post(BUILD, {"ref": str(uuid.uuid4()), "title": "Danh mục"})
    assert response.status_code == 200
    assert not Docket.objects.exists()


def test_only_the_board_of_the_host_builds(place, visit):
    pledge = place.pledge()
    data = {"ref": str(uuid.uuid4()), "title": "Danh mục"}
    for who, code in (("recorder", 403), ("clerk", 403), ("inspector", 403), ("stranger", 404)):
        assert visit(getattr(place, who)).post(BUILD, data).status_code == code
        assert visit(getattr(place, who)).get(BUILD).status_code == code
    assert not Docket.objects.exists()
    assert visit(place.board).put(BUILD).status_code == 405
    for address in (
        "/dockets/new/",
        "/dockets/new/?campaign=CB-2024",
        "/dockets/new/?campaign=X&body=committee",
    ):
        assert visit(place.board).get(address).status_code == 404
    assert status(pledge) == PledgeStatus.SUBMITTED


@pytest.mark.parametrize("n", [1, 3])
def test_building_shows_one_line_and_three_at_the_same_cost(place, visit, n, django_assert_num_queries):
    for _ in range(n):
        place.pledge()
    client = visit(place.board)
    with django_assert_num_queries(13):
        assert client.get(BUILD).context["n_lines"] == n


# ---- read --------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize("concluded", [False, True])
def test_a_docket_costs_the_same_with_one_line_and_three(
    place, visit, n, concluded, django_assert_num_queries
):
    docket = place.docket(*(place.pledge(authority=Authority.STATE) for _ in range(n)))
    if concluded:
        conclude(docket, place.recorder)
    client = visit(place.inspector)
    with django_assert_num_queries(16 if concluded else 18):
        assert client.get(at(docket)).context["n_lines"] == n


def test_lines_stand_by_cadre_with_the_post_as_printed(place, visit):
    first, second = place.cadre(given_name="An"), place.cadre(given_name="Bình")
    for lead in (second, first, second):
        last = place.pledge(lead, title=f"Việc của {lead.given_name}", backlog_since=2012)
    docket = place.docket(*Pledge.objects.all())
    response = visit(place.body_member).get(at(docket))
    groups = response.context["groups"]
    assert [(group.no, group.member, group.post) for group in groups] == [
        (1, first, "Bí thư Đảng ủy"),
        (2, second, "Bí thư Đảng ủy"),
    ]
    assert [[one.line.order for one in group.readings] for group in groups] == [[1], [2, 3]]
    text = text_of(response)
    assert "3 undertakings of 2 comrades" in text
    assert "backlog since 2012" in text
    assert f"/pledges/{last.ref}/" in response.content.decode()


def test_a_docket_shows_the_version_decided_on(place, visit):
    pledge = place.pledge(title="Nội dung khi trình")
    docket = place.docket(pledge)
    Pledge.objects.filter(pk=pledge.pk).update(title="Nội dung sau này")
    text = text_of(visit(place.inspector).get(at(docket)))
    assert "Nội dung khi trình" in text
    assert "Nội dung sau này" not in text


def test_what_awaits_the_second_body_is_said(place, visit):
    joint, alone = place.pledge(authority=Authority.STATE), place.pledge()
    docket = place.docket(joint, alone)
    conclude(docket, place.recorder)
    response = visit(place.inspector).get(at(docket))
    words = (
        "Ban Thường vụ Quận ủy Tây Hồ has agreed to 1 undertakings; they await Ủy ban nhân dân quận Tây Hồ."
    )
    assert response.context["joint_words"] == [words]
    assert words in text_of(response)
    second = place.docket(joint, body=place.peoples)
    assert "Ban Thường vụ Quận ủy Tây Hồ has agreed" in text_of(visit(place.inspector).get(at(second)))
    conclude(second, place.peoples_recorder)
    for both in (docket, second):
        assert visit(place.inspector).get(at(both)).context["joint_words"] == []


def test_lines_are_filtered_by_outcome_and_by_name(place, visit):
    an, binh = (
        place.cadre(family_names="Lê", given_name="Ân"),
        place.cadre(family_names="Trần", given_name="Bình"),
    )
    approved, returned, joint = (
        place.pledge(an),
        place.pledge(an),
        place.pledge(binh, authority=Authority.STATE),
    )
    docket = place.docket(approved, returned, joint)
    line = docket.lines.get(pledge=returned)
    conclude(docket, place.recorder, {line.pk: Decision(Outcome.RETURN, "Chưa rõ")})
    client = visit(place.inspector)

    def shown(query):
        groups = client.get(at(docket) + query).context["groups"]
        return [one.line.pledge for group in groups for one in group.readings]

    assert shown("?outcome=approve") == [approved]
    assert shown("?outcome=awaiting") == [joint]
    assert shown("?outcome=return") == [returned]
    found = client.post(at(docket), {"q": "le an"})
    assert "an" not in found["Location"].split("?")[1].replace("page", "")
    assert shown("?page=1") == [approved, returned]
    assert shown("") == [approved, returned, joint]
    client.post(at(docket), {"q": "binh"})
    assert shown("?outcome=approve&page=1") == []
    assert [group.no for group in client.get(at(docket) + "?page=1").context["groups"]] == [2]
    chips = client.get(at(docket) + "?outcome=return&page=1").context["chips"]
    assert [(chip["count"], chip["active"], chip["url"]) for chip in chips] == [
        (3, False, "?page=1"),
        (1, False, "?outcome=approve&page=1"),
        (1, False, "?outcome=awaiting&page=1"),
        (1, True, "?outcome=return&page=1"),
    ]


def test_the_next_step_is_offered_to_whoever_may_take_it(place, visit):
    docket = place.docket(place.pledge())

    def offered(who):
        context = visit(getattr(place, who)).get(at(docket)).context
        return context["may_conclude"], context["may_issue"]

    everybody = ("board", "recorder", "clerk", "body_member", "inspector")
    assert {who: offered(who) for who in everybody if any(offered(who))} == {"recorder": (True, False)}
    conclude(docket, place.recorder)
    assert {who: offered(who) for who in everybody if any(offered(who))} == {"clerk": (False, True)}


def test_a_docket_from_paper_says_what_is_not_told(place, visit):
    docket = place.docket(place.pledge())
    Docket.objects.filter(pk=docket.pk).update(
        from_paper=True, source="danh-sach.xlsx", state="issued", concluded_at=DAY_AT, issued_at=DAY_AT
    )
    text = text_of(visit(place.inspector).get(at(docket)))
    assert "Recorded from paper danh-sach.xlsx" in text
    assert "the day is not stated" in text
    assert "Document not stated" in text


def test_a_cells_meeting_awaits_no_document(place, visit):
    below = ward(place)
    cell = below.cell(sent=False)
    body = Body.objects.get(unit=cell, kind=BodyKind.CELL_MEETING)
    docket = Docket.objects.create(
        campaign=below.tier.campaign,
        tier=below.tier,
        body=body,
        title="Sinh hoạt chi bộ",
        state=DocketState.CONCLUDED,
        concluded_at=DAY_AT,
        meeting_on=DAY,
        seats=3,
        present=3,
        agreed=3,
    )
    response = visit(place.clerk).get(at(docket))
    assert (response.context["needs_number"], response.context["may_issue"]) == (False, False)
    assert "Awaiting document" not in text_of(response)
    assert docket not in visit(place.clerk).get("/dockets/").context["page"]
