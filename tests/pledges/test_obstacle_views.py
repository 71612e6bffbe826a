"""Pages of obstacles: the section of a task, the form, asking again, removing, the list by who is asked."""

import uuid
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from cadres.models import Notification
from pledges.models import Campaign, Obstacle
from pledges.obstacles import HOLDERS, holders, longest
from pledges.states import CampaignState, PledgeStatus
from tests.factories import MemberFactory
from tests.pledges.factories import DAY, pledge_in
from tests.pledges.obstacle_scene import HOW, TEXT, scene
from tests.pledges.pages import at, text

pytestmark = pytest.mark.django_db
LIST = "/obstacles/"


@pytest.fixture
def place(on_the_day):
    return scene()


def answers(place, **changes):
    usual = {"ref": str(uuid.uuid4()), "text": TEXT, "asked": place.ward.code, "asked_name": ""}
    return usual | {"since": "1/3/2024"} | changes


def of(one, name="obstacle"):
    return reverse(f"pledges:{name}", args=[one.ref])


def words(response) -> str:
    return " ".join(strip_tags(text(response)).split())


# ---- report ---------------------------------------------------------------------------------------


def test_the_lead_reports_from_the_page_of_the_task(visit, place):
    client, url = visit(place.own), at("obstacle_report", place.pledge)
    assert url in text(client.get(at("detail", place.pledge)))
    page = client.get(url)
    offered = [code for code, _label in page.context["form"].fields["asked"].choices]
    assert offered == [place.ward.code, "TAYHO", "other"]
    assert page.context["form"]["since"].value() == "26/03/2024"
    response = client.post(url, answers(place), follow=True)
    assert response.redirect_chain == [(f"{at('detail', place.pledge)}#obstacles", 302)]
    assert f"Waits for {place.ward.name}" in words(response)
    assert "since 01/03/2024 · 25 days · asked 1 time" in words(response)
    assert Obstacle.objects.get().asked == place.ward


def test_the_same_form_sent_twice_is_one_obstacle(visit, place):
    client, sent = visit(place.secretary), answers(place)
    for _twice in range(2):
        assert client.post(at("obstacle_report", place.pledge), sent).status_code == 302
    assert Obstacle.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "unit", "printed"),
    [
        ("Đảng bộ phường Nhật Tân", "beside", ""),
        ("đảng bộ phường nhật tân ", "beside", ""),
        ("Sở Tài nguyên va\u0300 Môi trường", None, "Sở Tài nguyên và Môi trường"),
    ],
)
def test_somebody_else_is_found_nearby_or_kept_as_printed(visit, place, typed, unit, printed):
    data = answers(place, asked="other", asked_name=typed)
    visit(place.own).post(at("obstacle_report", place.pledge), data)
    one = Obstacle.objects.get()
    expected = place.beside.roles.get().unit if unit else None
    assert (one.asked, one.asked_name) == (expected, printed)


WRONG = (
    ({"text": " "}, "text", "Say what stands in the way."),
    ({"text": "a" * 1001}, "text", "At most 1,000 characters"),
    ({"asked": ""}, "asked", "Choose who is asked."),
    ({"asked": "HANOI"}, "asked", "Select a valid choice"),
    ({"asked": "other"}, "asked_name", "Write the name of who is asked."),
    ({"since": ""}, "since", "Give the day"),
    ({"since": "30/2/2024"}, "since", "29"),
    ({"since": "27/3/2024"}, "since", "cannot lie ahead"),
    ({"ref": "x"}, "ref", "open the page again"),
)


def test_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost(visit, place):
    client = visit(place.own)
    for changes, field, told in WRONG:
        response = client.post(at("obstacle_report", place.pledge), answers(place, **changes))
        assert response.status_code == 200
        assert list(response.context["form"].errors) == [field]
        assert told in words(response)
        assert "text" in changes or TEXT in text(response)
    assert Obstacle.objects.count() == 0


def test_who_may_report(client, visit, place):
    url = at("obstacle_report", place.pledge)
    assert client.post(url, answers(place)).status_code == 302
    for who, status in (("officer", 403), ("inspector", 403), ("beside", 404), ("stranger", 404)):
        visit(getattr(place, who))
        assert client.get(url).status_code == client.post(url, answers(place)).status_code == status, who
    assert visit(place.own).put(url).status_code == 405
    assert Obstacle.objects.count() == 0


def test_of_a_task_that_is_not_under_way_nothing_is_reported(visit, place):
    sent = pledge_in(PledgeStatus.SUBMITTED, MemberFactory(unit=place.lead.unit), place.tier, place.secretary)
    client, url = visit(place.secretary), at("obstacle_report", sent)
    assert "under way" in words(client.get(url, follow=True))
    assert url not in text(client.get(at("detail", sent)))
    response = client.post(url, answers(place))
    assert "under way" in response.context["form"].non_field_errors()[0]
    assert Obstacle.objects.count() == 0


# ---- ask again --------------------------------------------------------------------------------------


def test_asking_again(visit, place, settings):
    one = place.stuck()
    client, url = visit(place.own), of(one, "obstacle_ask")
    assert client.get(url).status_code == 405
    assert "Asked today." in words(client.get(at("detail", place.pledge)))
    assert "asked today already" in words(client.post(url, follow=True))
    settings.SITE_TODAY = DAY + timedelta(days=7)
    assert url in text(client.get(at("detail", place.pledge)))
    for told in ("has been asked again", "asked today already"):
        assert told in words(client.post(url, follow=True))
    assert "asked 2 times, last on 02/04/2024" in words(client.get(of(one)))
    for who, status in (("officer", 403), ("inspector", 403), ("beside", 404), ("stranger", 404)):
        assert visit(getattr(place, who)).post(url).status_code == status, who
    one.refresh_from_db()
    assert one.asked_times == 2


# ---- remove -----------------------------------------------------------------------------------------


def test_who_is_asked_hears_of_it_reads_it_and_records_its_removal(visit, place):
    """A ward beside, which does not read the task itself."""
    one = place.stuck(asked=place.beside.roles.get().unit)
    client = visit(place.beside)
    notice = Notification.objects.get(user=place.beside)
    assert notice.path == of(one)
    page = client.get(of(one))
    assert (TEXT in words(page), page.context["reads_pledge"]) == (True, False)
    assert at("detail", place.pledge) not in text(page)
    assert client.get(at("detail", place.pledge)).status_code == 404
    url = of(one, "obstacle_remove")
    assert client.get(url)["Location"] == of(one)
    empty = client.post(url, {"how": " "})
    assert (empty.status_code, "Say how it was removed." in words(empty)) == (200, True)
    done = client.post(url, {"how": HOW}, follow=True)
    assert done.redirect_chain == [(of(one), 302)]
    assert "The removal has been recorded." in words(done)
    assert HOW in words(done)
    assert "This obstacle has been removed." in words(client.post(url, {"how": "Khác"}, follow=True))
    course = words(visit(place.own).get(at("detail", place.pledge)))
    assert "Obstacle removed" in course
    assert HOW in course
    assert "Nothing stands in the way." in course
    assert Obstacle.objects.get().how == HOW


def test_nobody_else_records_a_removal(visit, place):
    url = of(place.stuck(), "obstacle_remove")
    for who, status in (("inspector", 403), ("beside", 404), ("stranger", 404)):
        assert visit(getattr(place, who)).post(url, {"how": HOW}).status_code == status, who
    assert Obstacle.objects.get().is_open


def test_a_task_that_is_over_says_that_it_is_not_stuck(visit, place):
    one = place.stuck()
    type(place.pledge).objects.filter(pk=place.pledge.pk).update(status=PledgeStatus.REPORTED)
    client = visit(place.own)
    page = client.get(at("detail", place.pledge))
    assert "not counted as stuck" in words(page)
    assert of(one, "obstacle_ask") not in text(page)
    assert at("obstacle_report", place.pledge) not in text(page)


def test_in_a_closed_campaign_nothing_is_offered_that_would_be_refused(visit, place):
    one = place.stuck()
    Campaign.objects.update(state=CampaignState.CLOSED)
    client = visit(place.own)
    page = client.get(of(one))
    assert (page.context["form"], page.context["may_ask"]) == (None, False)
    assert "The campaign is closed" in words(page)
    assert of(one) not in text(client.get(at("detail", place.pledge)))
    refused = client.post(of(one, "obstacle_remove"), {"how": HOW}, follow=True)
    assert "The campaign is closed" in words(refused)
    assert Obstacle.objects.get().is_open


# ---- the list ---------------------------------------------------------------------------------------


def test_the_list_is_by_the_longest_and_by_who_is_asked(visit, place):
    short = place.stuck()
    long = place.stuck(
        place.another(), by=place.secretary, asked=None, asked_name="Sở Xây dựng", since=date(2024, 1, 5)
    )
    gone = place.stuck(place.another(), by=place.secretary)
    Obstacle.objects.filter(pk=gone.pk).update(removed_on=DAY, removed_at=gone.at, how=HOW)
    client = visit(place.board)
    page = client.get(LIST)
    assert page.context["rows"] == [(long, 81), (short, 25)]
    assert [(one.name, one.n, days) for one, days in page.context["holders"]] == [
        ("Sở Xây dựng", 1, 81),
        (place.ward.name, 1, 25),
    ]
    printed = page.context["holders"][0][0].key
    assert (printed[0], printed.isascii()) == ("=", True)  # the name itself is in no address
    for key, expected in ((printed, long), (place.ward.code, short)):
        assert client.get(LIST, {"asked": key}).context["rows"] == [(expected, expected.days(DAY))]
    assert len(client.get(LIST, {"asked": "nobody"}).context["rows"]) == 2
    assert client.post(LIST).status_code == 405


def test_a_link_leads_to_whoever_holds_one_though_many_hold_as_much(visit, place):
    days = {"since": DAY, "reported_on": DAY, "last_asked_on": DAY}
    names = [f"Sở {no:02}" for no in range(HOLDERS + 1)]
    Obstacle.objects.bulk_create(
        Obstacle(pledge=place.pledge, text=TEXT, asked_name=name, **days) for name in names
    )
    client = visit(place.board)
    last = holders(longest(Obstacle.objects.all()), len(names))[-1]
    page = client.get(LIST, {"asked": last.key})
    assert [one.holder for one, _days in page.context["rows"]] == [last.name]
    assert page.context["form"].chosen == last
    assert len(client.get(LIST).context["form"].holders) == HOLDERS


def test_the_list_shows_what_the_reader_reads_or_is_asked(visit, place):
    place.stuck()
    for who in ("own", "secretary", "officer", "inspector"):
        assert len(visit(getattr(place, who)).get(LIST).context["rows"]) == 1, who
    for who in ("beside", "stranger"):
        assert len(visit(getattr(place, who)).get(LIST).context["rows"]) == 0, who


@pytest.mark.parametrize("item_count", [1, 3])
def test_pages_cost_the_same(visit, page_alone, place, item_count, django_assert_num_queries):
    for _each in range(item_count):
        place.stuck()
        place.stuck(place.another(), by=place.secretary, asked=None, asked_name=f"Sở {_each}")
    client = visit(place.board)
    with django_assert_num_queries(6):
        client.get(LIST)
    client = visit(place.own)
    with django_assert_num_queries(13):
        client.get(at("detail", place.pledge))
