"""The figure "stuck": counted as acts go, opened with whom it waits for, closed, unknown to old closings."""

import re
import uuid
from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags

from cadres.models import Body, BodyKind
from cadres.roles import Role
from pledges.actions import obstacles, transitions
from pledges.actions.acts import Act
from pledges.models import Obstacle, Pledge
from pledges.states import CampaignState
from reports import counts, figures
from reports.actions.campaign_closing import close_campaign
from reports.audit import differences
from reports.closing_check import differences as check
from reports.models import ClosedPledge, ClosedUnit, UnitCount
from tests.factories import user_with
from tests.reports.closing_scene import District
from tests.reports.conftest import DAY

pytestmark = pytest.mark.django_db
NOW = Act(by=None, on=DAY)
LIST = "/units/TAYHO/figures/stuck/"


@pytest.fixture
def place(settings):
    """Both tasks of the first cell are approved."""
    settings.SITE_TODAY = DAY
    with translation.override("en"):
        found = District()
        transitions.approve(Pledge.objects.values_list("pk", flat=True), act=NOW)
        counts.rebuild(found.tier, DAY)
        yield found


@pytest.fixture
def visit(client, settings):
    def sign_in(user):
        client.force_login(user)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        return client

    return sign_in


def hold_up(pledge, *, since=date(2024, 3, 1), **asked) -> Obstacle:
    told = obstacles.Reported(ref=uuid.uuid4(), text="Chưa có mặt bằng.", since=since, **asked)
    assert obstacles.report({pledge.pk: told}, act=NOW).done == [pledge]
    return Obstacle.objects.get(ref=told.ref)


def numbers(place) -> list[tuple[int, int]]:
    rows = UnitCount.objects.filter(tier=place.tier, unit__in=[place.host, place.wards[0], place.cells[0]])
    return [(row.own_stuck, row.stuck) for row in rows.order_by("unit__path")]


def words(response) -> str:
    return re.sub(r"\s+", " ", strip_tags(response.content.decode()))


def test_the_number_follows_each_act_up_the_tree(place):
    first, second = Pledge.objects.order_by("pk")
    one = hold_up(first, asked=place.wards[0])
    hold_up(first, asked_name="Sở Xây dựng")
    counts.drain(DAY)
    assert numbers(place) == [(0, 1), (0, 1), (1, 1)]
    two = hold_up(second, asked=place.host)
    counts.drain(DAY)
    assert numbers(place) == [(0, 2), (0, 2), (2, 2)]
    obstacles.remove({one.pk: "Đã bố trí.", two.pk: "Đã bố trí."}, act=NOW)
    counts.drain(DAY)
    assert numbers(place) == [(0, 1), (0, 1), (1, 1)]
    assert differences(DAY) == []


def test_the_opened_number_names_who_holds_it_since_when_and_how_often_he_was_asked(place, visit):
    first, second = Pledge.objects.order_by("pk")
    hold_up(first, asked=place.wards[0])
    hold_up(first, asked_name="Sở Xây dựng", since=date(2024, 1, 5))
    hold_up(second, asked=place.host)
    counts.drain(DAY)
    client = visit(place.board)
    page = client.get(LIST)
    [line, other] = page.context["lines"]
    told = [(one.holder, days, one.asked_times) for one, days in line.obstacles]
    assert told == [("Sở Xây dựng", 81, 1), (place.wards[0].name, 25, 1)]
    assert len(other.obstacles) == 1
    assert "since 05/01/2024 · 81 days · asked 1 time" in words(page)
    sheet = client.get(reverse("reports:figure_xlsx", args=["TAYHO", "stuck"]))
    book = openpyxl.load_workbook(BytesIO(sheet.content))
    cells = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    [head] = [row for row in cells if "Times asked" in row]
    row = cells[cells.index(head) + 1]
    assert row[head.index("Who is asked to remove it")] == f"Sở Xây dựng\n{place.wards[0].name}"
    assert row[head.index("Days")] == "81\n25"
    assert not any(line.obstacles for line in client.get(LIST, {"part": "denominator"}).context["lines"])
    listed = client.get("/units/TAYHO/pledges/", {"campaign": place.campaign.code, "status": "stuck"})
    assert listed.context["page"].paginator.count == 2


@pytest.mark.parametrize("item_count", [1, 2])
def test_the_opened_number_costs_the_same(place, visit, item_count, django_assert_num_queries, monkeypatch):
    monkeypatch.setattr("config.context.navigation", lambda request: None)
    for pledge in Pledge.objects.order_by("pk")[:item_count]:
        hold_up(pledge, asked=place.wards[0])
        hold_up(pledge, asked_name="Sở Xây dựng")
    counts.drain(DAY)
    client = visit(place.board)
    with django_assert_num_queries(10):
        client.get(LIST)


def test_the_secretarys_page_says_with_whom(place, visit):
    body = Body.objects.create(
        unit=place.host, kind=BodyKind.STANDING_COMMITTEE, name="Ban Thường vụ", seats=11
    )
    secretary = user_with(Role.BODY_MEMBER, body=body)
    client, address = visit(secretary), "/units/TAYHO/brief/"
    assert client.get(address).context["holders"] == []
    first, second = Pledge.objects.order_by("pk")
    hold_up(first, asked=place.wards[0])
    hold_up(second, asked=place.wards[0])
    hold_up(second, asked_name="Sở Xây dựng", since=date(2024, 1, 5))
    counts.drain(DAY)
    page = client.get(address)
    told = [(one.name, one.n, days) for one, days in page.context["holders"]]
    assert told == [(place.wards[0].name, 2, 25), ("Sở Xây dựng", 1, 81)]
    address = f"{reverse('pledges:obstacle_list')}?asked={place.wards[0].code}"
    assert address in page.content.decode()
    assert len(client.get(address).context["rows"]) == 2
    assert str(page.context["data"].stuck) == str(client.get("/units/TAYHO/").context["data"].stuck)


# ---- closings ------------------------------------------------------------------------------------


def test_what_was_stuck_is_put_away_and_stays_so(place, visit):
    first = Pledge.objects.order_by("pk")[0]
    one = hold_up(first, asked=place.wards[0])
    closing = place.close()
    obstacles.remove({one.pk: "Đã bố trí."}, act=NOW)
    counts.drain(DAY)
    assert check(closing) == []
    put = ClosedPledge.objects.filter(closing=closing)
    assert dict(put.values_list("pledge", "stuck")) == {first.pk: True, put.get(stuck=False).pledge_id: False}
    host = ClosedUnit.objects.get(closing=closing, unit=place.host)
    assert (host.own_stuck, host.stuck) == (0, 1)
    url = reverse("reports:closing_pledges", args=[closing.pk, "TAYHO"])
    client = visit(place.board)
    for query, n in (
        ("figure=stuck", 1),
        ("figure=stuck&part=rest", 1),
        ("figure=stuck&part=denominator", 2),
        ("status=stuck", 1),
    ):
        page = client.get(f"{url}?{query}")
        assert page.context["page"].paginator.count == len(page.context["pledges"]) == n, query
    ClosedPledge.objects.filter(closing=closing).update(stuck=False)
    assert any("own stuck: 1, its rows give 0" in fault for fault in check(closing))


def test_a_closing_made_before_there_was_the_figure_is_sound_and_says_nothing_of_it(
    place, visit, monkeypatch
):
    hold_up(Pledge.objects.order_by("pk")[0], asked=place.wards[0])
    counts.drain(DAY)
    older = tuple(figure for figure in figures.FIGURES if figure.code != "stuck")
    place.move_to(CampaignState.EVALUATING)
    with monkeypatch.context() as before:
        before.setattr(figures, "FIGURES", older)
        closing = place.close(official=True)
        ClosedUnit.objects.filter(closing=closing).update(stuck=0, own_stuck=0)
        ClosedPledge.objects.filter(closing=closing).update(stuck=False)
    assert check(closing) == []
    close_campaign(place.campaign.pk, by=place.board, on=DAY)
    client = visit(place.board)
    url = reverse("reports:closing_pledges", args=[closing.pk, "TAYHO"])
    for asked in ("figure", "status"):
        assert client.get(f"{url}?{asked}=stuck").status_code == 404
    assert 'value="stuck"' not in client.get(url).content.decode()
    brief = client.get(f"{reverse('reports:brief', args=['TAYHO'])}?campaign={place.campaign.code}")
    assert "/figures/stuck/" not in brief.content.decode()
    report = client.get(reverse("reports:summary", args=["TAYHO"])).context["report"]
    assert "stuck" not in {figure.code for figure, _rate in report.data.figures}
