"""A docket before its meeting: proposals, lines added and taken off, dissolved; bodies asked to speak."""

import uuid

import pytest
from django.utils import translation

from cadres.models import Body, BodyKind
from cadres.roles import Role
from pledges import docket_reading as reading
from pledges import queries
from pledges.actions import building, dockets, transitions
from pledges.actions.acts import Act, NotAllowedError
from pledges.actions.dockets import Decision
from pledges.actions.opinions import Opinion
from pledges.models import (
    Docket,
    OpinionSheet,
    Pledge,
    PledgeEvent,
    RouteStep,
    Stance,
    StepLevel,
    StepMode,
    Vetting,
)
from pledges.states import Outcome, PledgeStatus
from tests.factories import HostFactory, user_with
from tests.pledges.docket_scene import DAY, awaiting, conclude, meeting, scene
from tests.pledges.opinion_scene import says, seated
from tests.pledges.pages import text
from tests.pledges.test_docket_actions import amend

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def place(db, on_the_day):
    return scene()


def vetted(place, pledge, proposal, note=""):
    version = pledge.versions.get(no=pledge.versions_made)
    Vetting.objects.create(
        pledge=pledge, version=version, proposal=proposal, note=note, on=DAY, by=place.board
    )


# ---- proposals and lines -----------------------------------------------------------------------


def test_what_the_board_proposes_stands_on_the_line(place):
    proposed, silent = place.pledge(), place.pledge()
    vetted(place, proposed, Outcome.HOLD, "Chờ ý kiến Thành ủy")
    docket = place.docket(proposed, silent)
    told = dict(docket.lines.values_list("pledge", "proposal"))
    assert told == {proposed.pk: "hold", silent.pk: ""}
    assert docket.lines.get(pledge=proposed).proposal_note == "Chờ ý kiến Thành ủy"


def test_what_awaits_by_now_is_added_and_twice_is_once(place):
    first = place.pledge()
    docket = place.docket(first)
    later = place.pledge()
    assert [building.add_awaiting(docket.pk, by=place.board) for _ in range(2)] == [1, 0]
    assert list(docket.lines.order_by("order").values_list("order", "pledge")) == [
        (1, first.pk),
        (2, later.pk),
    ]


def test_an_amended_pledge_keeps_its_line_and_what_was_said(place):
    pledge, other = place.pledge(), place.pledge()
    docket = place.docket(pledge, other)
    line = docket.lines.get(pledge=pledge)
    says(docket, seated(place), {pledge: Opinion(Stance.CHANGE, "Ghi rõ số hộ")})
    amend(pledge)
    [gone] = [one for one in reading.lines_of(docket) if reading.has_gone(one)]
    assert gone == line
    building.add_awaiting(docket.pk, by=place.board)
    line.refresh_from_db()
    assert (line.order, line.version.no, line.opinions.count()) == (1, 2, 1)
    conclude(docket, place.recorder)
    pledge.refresh_from_db()
    assert (pledge.status, pledge.approved_version.no) == (PledgeStatus.APPROVED, 2)


def test_a_line_taken_off_awaits_again(place):
    off, stays = place.pledge(), place.pledge()
    docket = place.docket(off, stays)
    line = docket.lines.get(pledge=off)
    assert building.take_off(docket.pk, [line.pk], by=place.board) == 1
    assert building.take_off(docket.pk, [line.pk], by=place.board) == 0
    assert (awaiting(place), list(docket.lines.values_list("order", flat=True))) == ({off.pk}, [2])


def test_a_line_somebody_spoke_on_stays_and_so_does_the_last(place):
    spoken, quiet = place.pledge(), place.pledge()
    docket = place.docket(spoken, quiet)
    says(docket, seated(place), {spoken: Opinion(Stance.OBJECT, "Trùng")})
    with pytest.raises(NotAllowedError, match="the meeting decides"):
        building.take_off(docket.pk, [docket.lines.get(pledge=spoken).pk], by=place.board)
    building.take_off(docket.pk, [docket.lines.get(pledge=quiet).pk], by=place.board)
    other = place.docket(quiet)
    with pytest.raises(NotAllowedError, match="the last line"):
        building.take_off(other.pk, [other.lines.get().pk], by=place.board)


def test_a_docket_is_dissolved_once_and_leaves_no_trace(place):
    pledge = place.pledge()
    docket = place.docket(pledge)
    assert [building.dissolve(docket.pk, by=place.board) for _ in range(2)] == [True, False]
    assert (Docket.objects.count(), awaiting(place)) == (0, {pledge.pk})


def test_a_docket_somebody_spoke_on_is_not_dissolved(place):
    docket = place.docket(place.pledge())
    says(docket, seated(place))
    with pytest.raises(NotAllowedError, match="the meeting decides"):
        building.dissolve(docket.pk, by=place.board)
    assert OpinionSheet.objects.count() == 1


@pytest.mark.parametrize("act", [building.add_awaiting, building.dissolve])
def test_nothing_is_changed_after_the_meeting_nor_by_others(place, act):
    docket = place.docket(place.pledge())
    for who in (place.recorder, place.clerk, place.inspector, place.stranger):
        with pytest.raises(NotAllowedError, match="You do not make dockets"):
            act(docket.pk, by=who)
    conclude(docket, place.recorder)
    with pytest.raises(NotAllowedError, match="has been recorded"):
        act(docket.pk, by=place.board)
    with pytest.raises(NotAllowedError, match="has been recorded"):
        building.take_off(docket.pk, [docket.lines.get().pk], by=place.board)


# ---- a line withdrawn while the docket is open --------------------------------------------------


def test_a_withdrawn_line_is_told_and_asked_no_more(place, visit):
    goes, stays = place.pledge(title="Việc rút"), place.pledge()
    docket = place.docket(goes, stays)
    transitions.withdraw([goes.pk], act=Act(by=None, on=DAY))
    assert "Amended, withdrawn or decided on meanwhile" in text(
        visit(place.board).get(f"/dockets/{docket.ref}/")
    )
    page = visit(place.recorder).get(f"/dockets/{docket.ref}/conclude/")
    line = docket.lines.get(pledge=goes)
    assert f'name="outcome-{line.pk}"' not in text(page)
    assert "1 line was amended, withdrawn or decided on meanwhile" in text(page)
    assert [one.pledge for one in page.context["choices"].lines] == [stays]


# ---- a body that gives its opinion --------------------------------------------------------------


@pytest.fixture
def asked(place):
    """The committee is asked for its opinion on everything; returns it with its recorder."""
    body = Body.objects.create(unit=place.host, kind=BodyKind.COMMITTEE, name="Quận ủy Tây Hồ", seats=11)
    RouteStep.objects.create(
        tier=place.tier,
        order=3,
        level=StepLevel.HOST,
        body_kind=BodyKind.COMMITTEE,
        mode=StepMode.GIVES_OPINION,
    )
    return body, user_with(Role.RECORDER, body=body)


def test_an_opinion_moves_nothing_and_is_shown_to_who_decides(place, asked):
    body, recorder = asked
    pledge, other = place.pledge(), place.pledge()
    assert (awaiting(place), awaiting(place, body)) == ({pledge.pk, other.pk},) * 2
    docket = place.docket(pledge, other, body=body)
    assert (docket.mode, place.docket(pledge, other).mode) == ("gives_opinion", "decides")
    line = docket.lines.get(pledge=pledge)
    conclude(docket, recorder, {line.pk: Decision(Outcome.REJECT, "Việc thường xuyên")})
    pledge.refresh_from_db()
    assert pledge.status == PledgeStatus.SUBMITTED
    assert not PledgeEvent.objects.filter(docket=docket).exists()
    # The body has spoken: it is not asked again, and its agreement counts for nobody.
    assert awaiting(place, body) == set()
    assert queries.bodies_agreed(Pledge.objects.all()) == {}
    deciding = Docket.objects.get(body=place.standing)
    heard = reading.heard_of(deciding)
    assert heard[pledge.pk] == "Quận ủy Tây Hồ: does not agree (Việc thường xuyên)"
    assert heard[other.pk] == "Quận ủy Tây Hồ: agrees"
    conclude(deciding, place.recorder)
    pledge.refresh_from_db()
    assert pledge.status == PledgeStatus.APPROVED


def test_who_decides_does_not_wait_for_an_opinion(place, asked):
    pledge = place.pledge()
    conclude(place.docket(pledge), place.recorder)
    pledge.refresh_from_db()
    assert pledge.status == PledgeStatus.APPROVED


def test_the_board_is_told_of_both_and_makes_a_docket_for_an_opinion(place, asked, visit):
    place.pledge()
    client = visit(place.board)
    waiting = client.get("/dockets/").context["waiting"]
    assert [item.title for item in waiting] == [
        "1 undertakings await Ban Thường vụ Quận ủy Tây Hồ",
        "1 undertakings await the opinion of Quận ủy Tây Hồ",
    ]
    data = {"ref": str(uuid.uuid4()), "title": "Xin ý kiến"}
    client.post(waiting[1].url, data)
    assert Docket.objects.get().mode == StepMode.GIVES_OPINION


# ---- pages ---------------------------------------------------------------------------------------


def test_the_board_edits_the_list_on_its_page(place, visit):
    first, second = place.pledge(), place.pledge()
    docket = place.docket(first, second)
    place.pledge()
    client, url = visit(place.board), f"/dockets/{docket.ref}/lines/"
    assert client.get(url).context["n_awaiting"] == 1
    assert "1 line has been put on the list." in text(client.post(f"{url}add/", follow=True))
    line = docket.lines.get(pledge=second)
    assert "1 line has been taken off." in text(client.post(url, {"line": [line.pk]}, follow=True))
    for ticked in ([], ["x"], ["9" * 30]):
        assert "Tick the lines" in text(client.post(url, {"line": ticked}))
    assert docket.lines.count() == 2
    response = client.post(f"/dockets/{docket.ref}/dissolve/", follow=True)
    assert "has been dissolved" in text(response)


def test_posts_of_those_who_may_not_edit(place, visit):
    docket = place.docket(place.pledge(), place.pledge())
    line = docket.lines.first()
    pages = ("lines/", "lines/add/", "dissolve/")
    for who, code in (
        ("recorder", 403),
        ("clerk", 403),
        ("inspector", 403),
        ("body_member", 403),
        ("stranger", 404),
    ):
        for page in pages:
            response = visit(getattr(place, who)).post(f"/dockets/{docket.ref}/{page}", {"line": [line.pk]})
            assert response.status_code == code
    elsewhere = user_with(Role.BOARD_OFFICER, unit=HostFactory())
    assert visit(elsewhere).get(f"/dockets/{docket.ref}/lines/").status_code == 404
    client = visit(place.board)
    for page in ("lines/add/", "dissolve/"):
        assert client.get(f"/dockets/{docket.ref}/{page}").status_code == 405
    assert client.put(f"/dockets/{docket.ref}/lines/").status_code == 405
    assert docket.lines.count() == 2
    dockets.conclude(docket.pk, meeting=meeting(), decisions={}, by=place.recorder, day=DAY)
    for page in pages:
        response = client.post(f"/dockets/{docket.ref}/{page}", {"line": [line.pk]}, follow=True)
        assert "has been recorded: the list is not changed" in text(response)
    assert docket.lines.count() == 2


def test_the_large_screen_shows_one_cadre_at_a_time(place, visit):
    quiet, objected = place.cadre(given_name="Yên"), place.cadre(given_name="Bàn")
    place.pledge(quiet)
    pledge = place.pledge(objected, title="Việc có ý kiến")
    docket = place.docket(*Pledge.objects.all())
    says(docket, seated(place), {pledge: Opinion(Stance.OBJECT, "Trùng")})
    client, url = visit(place.body_member), f"/dockets/{docket.ref}/screen/"
    first = text(client.get(url))
    assert "2 undertakings of 2 comrades" in first
    assert 'rel="next" href="?at=1"' in first
    slide = text(client.get(f"{url}?at=1"))
    assert "Việc có ý kiến" in slide
    assert "Yên" not in slide
    assert "1960" not in slide
    assert "do not agree: 1" in slide
    for at in ("2", "99", "x", "-1"):
        assert client.get(f"{url}?at={at}").status_code == 200
    assert visit(place.stranger).get(url).status_code == 404
    assert client.post(url).status_code == 405


@pytest.mark.parametrize("n", [1, 3])
def test_screen_and_lines_cost_the_same_for_one_and_for_three(
    place, visit, n, page_alone, django_assert_num_queries
):
    docket = place.docket(*(place.pledge() for _ in range(n)))
    client = visit(place.board)
    with django_assert_num_queries(15):
        client.get(f"/dockets/{docket.ref}/screen/?at=1")
    with django_assert_num_queries(14):
        client.get(f"/dockets/{docket.ref}/lines/")
