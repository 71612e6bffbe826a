"""Opinions before the meeting: who gives one, what is counted, and what a stale or late sheet does."""

import pytest
from django.utils import translation

from cadres import clock
from cadres.models import Body, BodyKind, BodyMember, RoleAssignment
from cadres.roles import Role
from pledges import docket_reading as reading
from pledges.actions.acts import NotAllowedError, StaleError
from pledges.actions.opinions import Opinion
from pledges.docket_flags import Flag
from pledges.models import LineOpinion, OpinionSheet, Stance
from pledges.opinion_reading import opinions_of
from tests.factories import HostFactory, MemberFactory, user_with
from tests.pledges.docket_scene import DAY, conclude, scene
from tests.pledges.opinion_scene import says, seated
from tests.pledges.pages import text
from tests.pledges.threads import at_once

pytestmark = pytest.mark.django_db

NO = Opinion(Stance.OBJECT, "Trùng việc của phường")
CHANGES = Opinion(Stance.CHANGE, "Ghi rõ số hộ")


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def place(db, on_the_day):
    return scene()


def at(docket, page="own/"):
    return f"/dockets/{docket.ref}/opinions/{page}"


def test_what_each_says_is_counted_line_by_line(place):
    first, second = place.pledge(), place.pledge()
    docket = place.docket(first, second)
    agrees, objects, changes, silent = (seated(place) for _ in range(4))
    says(docket, agrees)
    says(docket, objects, {second: NO})
    says(docket, changes, {first: Opinion(Stance.AGREE)}, whole=CHANGES)
    lines = reading.lines_of(docket)
    found = opinions_of(docket, lines, DAY)
    assert (found.given, found.members, found.missing) == (3, 4, [silent])
    told = [
        (tally.agree, tally.change, tally.object, tally.abstain, tally.missing)
        for tally in (found.whole, *(found.by_line[line.pk] for line in lines))
    ]
    assert told == [(2, 1, 0, 0, 1), (3, 0, 0, 0, 1), (1, 1, 1, 0, 1)]
    assert {(one.member, one.note) for one in found.by_line[lines[1].pk].differing} == {
        (objects, NO.note),
        (changes, CHANGES.note),
    }


def test_a_majority_that_does_not_agree_is_a_hint(place):
    pledge, other = place.pledge(), place.pledge()
    docket = place.docket(pledge, other)
    for _ in range(6):
        says(docket, seated(place), {pledge: NO})
    lines = reading.lines_of(docket)
    by_line = opinions_of(docket, lines, DAY).by_line
    assert [by_line[line.pk].most_object for line in lines] == [True, False]
    conclude(docket, place.recorder)
    pledge.refresh_from_db()
    assert pledge.status == "approved"


def test_lines_with_an_objection_come_first(place):
    quiet, changed, objected = (place.pledge() for _ in range(3))
    docket = place.docket(quiet, changed, objected)
    says(docket, seated(place), {changed: CHANGES, objected: NO})
    lines = reading.lines_of(docket)
    flags = reading.flags_of(docket, lines, opinions_of(docket, lines, DAY))
    found = reading.groups(lines, {}, reading.Beside(flags=flags))
    attention, rest = reading.attention_first(found, flags)
    keys = [[one.line.pledge for group in part for one in group.readings] for part in (attention, rest)]
    assert keys == [[objected, changed], [quiet]]
    assert [group.no for group in attention + rest] == [3, 2, 1]
    raised = {line.pledge: [one.flag for one in flags.get(line.pk, ())] for line in lines}
    assert raised == {quiet: [], changed: [Flag.CHANGED], objected: [Flag.OBJECTED]}


# ---- who ---------------------------------------------------------------------------------------


def test_the_role_alone_is_a_seat_too(place):
    docket = place.docket(place.pledge())
    member = MemberFactory()
    user_with(Role.BODY_MEMBER, body=place.standing, member=member)
    assert says(docket, member).source == "browser"


def test_who_has_no_seat_gives_no_opinion(place):
    docket = place.docket(place.pledge())
    stranger = MemberFactory()
    with pytest.raises(NotAllowedError, match="no seat in the body"):
        says(docket, stranger, by=place.recorder)
    former = seated(place)
    BodyMember.objects.filter(member=former).update(end=DAY)
    RoleAssignment.objects.filter(user=former.user).update(end=DAY)
    with pytest.raises(NotAllowedError, match="no seat in the body"):
        says(docket, former, by=place.recorder)


@pytest.mark.parametrize(
    "who", ["board", "clerk", "inspector", "peoples_recorder", "stranger", "body_member"]
)
def test_nobody_else_speaks_for_a_member(place, who):
    docket, member = place.docket(place.pledge()), seated(place)
    with pytest.raises(NotAllowedError, match="You do not give the opinion"):
        says(docket, member, by=getattr(place, who))


def test_a_recorder_who_lost_the_role_this_morning_types_nothing(place):
    docket, member = place.docket(place.pledge()), seated(place)
    RoleAssignment.objects.filter(user=place.recorder).update(end=clock.today())
    fresh = type(place.recorder).objects.get(pk=place.recorder.pk)
    with pytest.raises(NotAllowedError, match="You do not give the opinion"):
        says(docket, member, by=fresh)


# ---- once, stale, late -------------------------------------------------------------------------


def test_the_same_sheet_twice_is_one_and_another_replaces_it(place):
    pledge = place.pledge()
    docket, member = place.docket(pledge), seated(place)
    first = says(docket, member, {pledge: NO})
    assert says(docket, member, {pledge: NO}).revision == first.revision == 1
    second = says(docket, member, {pledge: CHANGES}, revision=1)
    assert (second.pk, second.revision) == (first.pk, 2)
    assert [(one.stance, one.note) for one in LineOpinion.objects.all()] == [("change", CHANGES.note)]


def test_a_stale_sheet_overwrites_nothing(place):
    pledge = place.pledge()
    docket, member = place.docket(pledge), seated(place)
    says(docket, member, {pledge: NO}, by=place.recorder)
    with pytest.raises(StaleError):
        says(docket, member)
    assert OpinionSheet.objects.get().source == "paper"
    assert LineOpinion.objects.count() == 1


def test_no_opinion_after_the_meeting_was_recorded(place):
    docket, member = place.docket(place.pledge()), seated(place)
    conclude(docket, place.recorder)
    with pytest.raises(NotAllowedError, match="not taken any more"):
        says(docket, member)


@pytest.mark.parametrize("stance", [Stance.CHANGE, Stance.OBJECT])
def test_reasons_are_demanded(place, stance):
    pledge = place.pledge()
    docket, member = place.docket(pledge), seated(place)
    with pytest.raises(NotAllowedError, match="Give the reasons"):
        says(docket, member, {pledge: Opinion(stance, " ")})
    with pytest.raises(NotAllowedError, match="Give the reasons"):
        says(docket, member, whole=Opinion(stance))
    assert not OpinionSheet.objects.exists()


# ---- pages -------------------------------------------------------------------------------------


def test_a_member_agrees_with_all_but_one_line(place, visit):
    pledge = place.pledge()
    docket, member = place.docket(pledge, place.pledge()), seated(place)
    line = docket.lines.get(pledge=pledge)
    client = visit(member.user)
    page = text(client.get(at(docket)))
    assert "Opinion on the whole list" in page
    data = {"revision": "0", "stance": "agree", f"outcome-{line.pk}": "object", f"note-{line.pk}": "Trùng"}
    response = client.post(at(docket), data, follow=True)
    assert "Your opinion has been recorded." in text(response)
    assert OpinionSheet.objects.get().by == member.user
    # The sheet comes back as it was left.
    again = text(client.get(at(docket)))
    assert '<option value="object" selected>' in again
    assert "Trùng</textarea>" in again


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"stance": "object"}, "Give the reasons."),
        ({"stance": "nonsense"}, "Choose an opinion."),
        ({"outcome": "change"}, "Give the reasons."),
        ({"revision": "7"}, "written by somebody else"),
    ],
)
def test_a_sheet_that_does_not_hold_says_why_and_keeps_what_was_typed(place, visit, changes, message):
    docket, member = place.docket(place.pledge()), seated(place)
    line = docket.lines.get()
    data = {"revision": "0", "stance": "agree"} | changes
    if outcome := data.pop("outcome", ""):
        data |= {f"outcome-{line.pk}": outcome, f"note-{line.pk}": ""}
    response = visit(member.user).post(at(docket), data)
    assert response.status_code == 200
    assert message in text(response)
    assert not OpinionSheet.objects.exists()


def test_the_recorder_types_in_a_paper_sheet(place, visit):
    docket, member = place.docket(place.pledge()), seated(place, account=False)
    client = visit(place.recorder)
    assert member.name in text(client.get(at(docket, "")))
    response = client.post(
        at(docket, f"of/{member.code}/"),
        {"revision": "0", "stance": "change", "note": "Rõ số hộ"},
        follow=True,
    )
    assert "The sheet has been typed in." in text(response)
    sheet = OpinionSheet.objects.get()
    assert (sheet.member, sheet.source, sheet.by, sheet.stance) == (member, "paper", place.recorder, "change")


def test_names_are_read_by_the_recorder_and_the_board_only(place, visit):
    pledge = place.pledge()
    docket, member = place.docket(pledge), seated(place, given_name="Khuất")
    says(docket, member, {pledge: NO})
    for who in ("recorder", "board", "inspector"):
        assert "Khuất" in text(visit(getattr(place, who)).get(at(docket, "")))
    for who in ("clerk", "body_member"):
        assert visit(getattr(place, who)).get(at(docket, "")).status_code == 403
    page = text(visit(place.body_member).get(f"/dockets/{docket.ref}/"))
    assert NO.note in page
    assert "Khuất" not in page


def test_posts_of_those_who_may_not(place, visit):
    docket, member = place.docket(place.pledge()), seated(place)
    data = {"revision": "0", "stance": "agree"}
    for who in ("board", "clerk", "inspector", "recorder", "peoples_recorder", "body_member"):
        assert visit(getattr(place, who)).post(at(docket), data).status_code == 403
    for who in ("board", "clerk", "inspector", "body_member", "peoples_recorder"):
        assert visit(getattr(place, who)).post(at(docket, f"of/{member.code}/"), data).status_code == 403
    elsewhere = user_with(Role.RECORDER, body=_body_elsewhere())
    for who in (place.stranger, elsewhere):
        for page in ("own/", f"of/{member.code}/"):
            assert visit(who).post(at(docket, page), data).status_code == 404
        assert visit(who).get(at(docket, "")).status_code == 404
    assert visit(place.recorder).post(at(docket, "of/NOBODY/"), data).status_code == 404
    assert visit(member.user).put(at(docket)).status_code == 405
    assert visit(place.recorder).delete(at(docket, f"of/{member.code}/")).status_code == 405
    assert visit(place.recorder).post(at(docket, "")).status_code == 405
    assert visit(place.recorder).post(at(docket, "sheet/")).status_code == 405
    assert not OpinionSheet.objects.exists()


def _body_elsewhere():
    return Body.objects.create(unit=HostFactory(), kind=BodyKind.STANDING_COMMITTEE, name="BTV", seats=9)


def test_after_the_meeting_a_sheet_is_not_taken(place, visit):
    docket, member = place.docket(place.pledge()), seated(place)
    conclude(docket, place.recorder)
    response = visit(member.user).post(at(docket), {"revision": "0", "stance": "agree"}, follow=True)
    assert "opinions are not taken any more" in text(response)
    assert not OpinionSheet.objects.exists()


def test_the_sheet_on_paper(place, visit):
    docket, member = place.docket(place.pledge()), seated(place, account=False, given_name="Khuất")
    blank = text(visit(place.recorder).get(at(docket, "sheet/")))
    assert "Sheet of opinion" in blank
    assert "Khuất" not in blank
    assert "Khuất" in text(visit(place.recorder).get(at(docket, f"sheet/?member={member.code}")))
    assert visit(place.recorder).get(at(docket, "sheet/?member=X")).status_code == 404
    assert visit(place.clerk).get(at(docket, "sheet/")).status_code == 403


@pytest.mark.parametrize("n", [1, 3])
def test_pages_of_opinions_cost_the_same_for_one_and_for_three(
    place, visit, n, page_alone, django_assert_num_queries
):
    pledges = [place.pledge() for _ in range(n)]
    docket = place.docket(*pledges)
    members = [seated(place) for _ in range(n)]
    for member in members:
        says(docket, member, {pledge: NO for pledge in pledges})
    client = visit(place.recorder)
    with django_assert_num_queries(9):
        client.get(at(docket, ""))
    client = visit(members[0].user)
    with django_assert_num_queries(18):
        client.get(at(docket))
    with django_assert_num_queries(8):
        client.get(at(docket, "sheet/"))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_member_and_the_recorder_at_once_leave_one_sheet(settings):
    settings.SITE_TODAY = DAY
    place = scene()
    pledge = place.pledge()
    docket, member = place.docket(pledge), seated(place)
    answers = at_once(
        lambda: says(docket, member, {pledge: NO}),
        lambda: says(docket, member, {pledge: CHANGES}, by=place.recorder),
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["OpinionSheet", "StaleError"]
    assert (OpinionSheet.objects.count(), LineOpinion.objects.count()) == (1, 1)
