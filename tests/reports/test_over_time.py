"""The curve against another year, the state of a past day, and the page that shows both years."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from cadres.actions.reorganisations import Decided, reorganise
from cadres.actions.units import move_unit
from cadres.models import RecordEvent, Unit, UnitPeriod
from cadres.outbox import note_changes
from cadres.rates import Rate
from cadres.roles import Role
from pledges.models import Campaign
from pledges.states import CampaignState
from reports import counts, over_time
from reports.models import DailyCount, UnitCount
from tests.factories import CellFactory, UnitFactory, user_with
from tests.reports.conftest import DAY, make_members, make_pledge
from tests.reports.test_years import FIRST, LAST, TURN, tier_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(host):
    return user_with(Role.BOARD_OFFICER, unit=host, language="en")


@pytest.fixture
def page(client, reader, host, settings):
    settings.SITE_TODAY = LAST
    client.force_login(reader)
    client.cookies.load({settings.LANGUAGE_COOKIE_NAME: "en"})

    def get(**query: str):
        return client.get(reverse("reports:over_time", args=[host.code]), query)

    return get


@pytest.fixture
def cells(host):
    wards = [UnitFactory(parent=host, name=f"Đảng bộ phường {name}") for name in "ABC"]
    return [CellFactory(parent=ward, name=f"Chi bộ {ward.name[-1]}") for ward in wards]


def two_years(host, cells):
    """2024 with three of six registered, 2025 with one; each on the tenth day of its window."""
    older = tier_of(host, 2024)
    members = [make_members(cell, 2) for cell in cells]
    for pair in members:
        make_pledge(pair[0], older, on=date(2024, 1, 25))
    note_changes(Unit.objects.values_list("pk", flat=True))
    counts.drain(FIRST)
    Campaign.objects.filter(pk=older.campaign_id).update(state=CampaignState.CLOSED)
    newer = tier_of(host, 2025)
    make_pledge(members[0][0], newer, on=date(2025, 1, 25))
    note_changes(Unit.objects.values_list("pk", flat=True))
    counts.drain(LAST)
    return older, newer


def line(tier, unit) -> over_time.Line:
    row = UnitCount.objects.get(tier=tier, unit=unit)
    return over_time.Line(tier, frozenset({unit.pk}), Rate(row.registered, row.counted))


def test_both_curves_lie_on_the_days_of_the_window(host, cells, django_assert_num_queries):
    older, newer = two_years(host, cells)
    now, then = line(newer, host), line(older, host)
    with django_assert_num_queries(1):
        curve = over_time.curve(now, LAST, then)
    assert curve is not None
    assert curve.earlier is not None
    assert curve.end_label == "26/03: 17%"
    assert curve.earlier.label == "2024: 50%"
    by_day = {row[0]: row for row in curve.earlier.rows}
    assert by_day["24/01"][1:] == ("0/6 (0%)", "24/01", "0/6 (0%)")
    assert by_day["25/01"][1:] == ("1/6 (17%)", "25/01", "3/6 (50%)")
    # A leap year: the forty-sixth day of the window is 29/02 in one year and 01/03 in the other.
    assert by_day["01/03"][2] == "29/02"


def test_a_curve_ends_with_its_window_or_with_the_last_who_came_late(host, cells):
    older, _newer = two_years(host, cells)
    curve = over_time.curve(line(older, host), LAST)
    assert curve is not None
    assert curve.rows[-1][0] == "31/03"
    DailyCount.objects.create(tier=older, unit=host, on=date(2024, 5, 2), registered=1)
    curve = over_time.curve(line(older, host), LAST)
    assert curve is not None
    assert curve.rows[-1] == ("02/05", "4/6 (67%)")


def test_there_is_no_curve_where_nobody_registered_or_nobody_is_counted(host, cells):
    _older, newer = two_years(host, cells)
    assert over_time.curve(line(newer, cells[2]), LAST) is None
    assert over_time.curve(over_time.Line(newer, frozenset({host.pk}), Rate(0, 0)), LAST) is None


@pytest.mark.parametrize(("on", "registered"), [(date(2024, 1, 24), 0), (date(2024, 1, 25), 3), (FIRST, 3)])
def test_a_past_day_has_what_was_registered_by_its_end(host, cells, on, registered):
    older, _newer = two_years(host, cells)
    UnitPeriod.objects.update(start=date(2024, 1, 1))
    past = over_time.past_day(host, older, on)
    assert past.total.registered == registered
    assert sum(one.registered for one in past.lines) == registered
    assert (past.moved_since, past.undated) == (0, 0)


def test_a_past_day_has_the_tree_and_the_names_of_then(host, cells):
    older, newer = two_years(host, cells)
    wards = [cell.parent for cell in cells]
    reorganise([wards[0]], [wards[1]], Decided(TURN, "1-QĐ", by=None))
    move_unit(Unit.objects.get(pk=cells[2].pk), wards[1], on=TURN, decision="2-QĐ", by=None)
    counts.drain(LAST)
    before = over_time.past_day(host, newer, TURN - timedelta(days=1))
    assert [(one.name, one.registered) for one in before.lines] == [
        ("Đảng bộ phường A", 0),
        ("Đảng bộ phường B", 1),
        ("Đảng bộ phường C", 0),
    ]
    assert before.moved_since == 2
    after = over_time.past_day(host, newer, TURN)
    assert [one.name for one in after.lines] == ["Đảng bộ phường B", "Đảng bộ phường C"]
    assert after.total.registered == 1
    assert over_time.past_day(host, older, DAY).total.registered == 3


def test_who_registered_on_no_known_day_is_told(host, cells):
    _older, newer = two_years(host, cells)
    make_pledge(cells[1].members.first(), newer, on=None)
    counts.drain(LAST)
    past = over_time.past_day(host, newer, LAST)
    assert (past.total.registered, past.undated) == (1, 1)


def test_the_page_has_the_numbers_of_both_years(page, host, cells):
    two_years(host, cells)
    context = page(on="25/01/2025").context
    assert (context["total"].before, context["total"].after) == (Rate(3, 6), Rate(1, 6))
    for key, tier in (("before", context["older"]), ("after", context["tier"])):
        rows = {row.unit_id: row for row in UnitCount.objects.filter(tier=tier)}
        for shown in context["page"]:
            row = rows[shown.line.unit.pk]
            assert getattr(shown, key) == Rate(row.registered, row.counted)
    assert context["past"].total.registered == 1


def test_the_workbook_has_the_numbers_of_the_page(client, page, host, cells):
    two_years(host, cells)
    shown = page().context
    file = client.get(reverse("reports:over_time_xlsx", args=[host.code])).content
    journal = RecordEvent.objects.get(action="export_years")
    assert (journal.data["campaign"], journal.data["against"], journal.data["rows"]) == (
        "DV-2025",
        "DV-2024",
        3,
    )
    sheet = load_workbook(BytesIO(file)).active
    table = [[cell.value for cell in line] for line in sheet.iter_rows()]
    by_name = {line[1]: line[3:11] for line in table if line[1]}
    for row in [*shown["page"], shown["total"]]:
        before, after = row.before, row.after
        assert by_name[row.line.name] == [
            before.numerator,
            before.denominator,
            float(before.percent(1)),
            after.numerator,
            after.denominator,
            float(after.percent(1)),
            float(row.points),
            row.pledges[0],
        ]


def test_there_is_no_workbook_of_one_year(client, page, host, cells):
    tier_of(host, 2025)
    page()
    response = client.get(reverse("reports:over_time_xlsx", args=[host.code]))
    assert (response.status_code, response.url) == (302, reverse("reports:over_time", args=[host.code]))


def test_the_page_says_what_cannot_be_compared(page, host, cells):
    two_years(host, cells)
    wards = [cell.parent for cell in cells]
    reorganise(wards[:1], wards[1:2], Decided(TURN, "1-QĐ", by=None))
    cells[2].refresh_from_db()
    Unit.objects.filter(pk__in=[wards[2].pk, cells[2].pk]).update(ended_on=TURN)
    cells[2].memberships.all().delete()
    note_changes(Unit.objects.values_list("pk", flat=True))
    counts.drain(LAST)
    found = page()
    assert "merged or split: compared as a sum" in found.text
    assert "ended, nobody followed it" in found.text
    assert "1 line below cannot be compared" in found.text
    assert found.context["common"].before == Rate(2, 4)


@pytest.mark.parametrize("n", [1, 3])
def test_the_page_takes_the_same_queries_for_one_unit_and_for_three(
    page, host, cells, n, django_assert_num_queries
):
    Unit.objects.filter(pk__in=[cell.parent_id for cell in cells[n:]]).update(parent=None)
    two_years(host, cells[:n])
    page()
    with django_assert_num_queries(27):
        found = page(on="01/02/2025")
    assert found.context["page"].paginator.count == n


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ({"sort": "name"}, "A"),
        ({"sort": "-name"}, "C"),
        ({"sort": "points"}, "B"),
        ({"sort": "-after"}, "A"),
        ({"sort": "unknown"}, "B"),
        ({"sort": "-points"}, "A"),
        ({"unit": "phuong c"}, "C"),
    ],
)
def test_lines_are_sorted_and_found_without_marks(page, host, cells, query, first):
    two_years(host, cells)
    rows = page(**query).context["page"].object_list
    assert rows[0].line.name == f"Đảng bộ phường {first}"


@pytest.mark.parametrize("sort", ["before", "-before", "points", "-points"])
def test_who_has_nothing_to_sort_by_comes_last_either_way(page, host, cells, sort):
    two_years(host, cells)
    make_members(CellFactory(parent=host, name="Chi bộ mới"), 1)
    note_changes(Unit.objects.values_list("pk", flat=True))
    counts.drain(LAST)
    rows = page(sort=sort).context["page"].object_list
    assert rows[-1].line.name == "Chi bộ mới"


def test_bad_days_are_told_and_keep_what_was_typed(page, host, cells):
    two_years(host, cells)
    for typed in ("30/02/2025", "27/03/2025", "abc"):
        found = page(on=typed)
        assert found.status_code == 200
        assert found.context["past"] is None
        assert found.context["past_form"].errors["on"]
        assert f'value="{typed}"' in found.text
    assert page(campaign="KHAC").status_code == 404
    assert page(against="KHAC", figure="none", page="99").status_code == 200


def test_a_unit_without_any_campaign_and_one_without_an_older_year(page, host, cells):
    assert "unit_empty" in page().templates[0].name
    tier_of(host, 2025)
    counts.drain(LAST)
    found = page()
    assert found.context["found"] is None
    assert "Nothing to put beside it yet" in found.text


def test_strangers_find_nothing(client, host, cells):
    two_years(host, cells)
    client.force_login(user_with(Role.BOARD_OFFICER, unit=UnitFactory()))
    assert client.get(reverse("reports:over_time", args=[host.code])).status_code == 404
