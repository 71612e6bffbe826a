"""Two years of a unit beside each other: what is compared with what, and what is not compared."""

from datetime import date
from decimal import Decimal

import pytest

from cadres.actions.reorganisations import Decided, reorganise
from cadres.actions.units import found_units, move_unit, rename_unit
from cadres.models import Unit, UnitKind
from cadres.outbox import note_changes
from pledges.actions.campaigns import MEMBERS_ROUTE, CampaignPlan, TierPlan, create_campaign
from pledges.models import Campaign, Counted, Tier, TierKind
from pledges.states import CampaignState
from reports import counts
from reports.figures import BY_CODE
from reports.years import Comparison, Line, compare_years, older_tiers
from tests.factories import CellFactory, UnitFactory
from tests.reports.closing_scene import District
from tests.reports.conftest import make_members, make_pledge

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2024, 12, 31), date(2025, 3, 26)
TURN = date(2025, 2, 1)
REGISTERED = BY_CODE["registered"]


def tier_of(host: Unit, year: int, **kwargs) -> Tier:
    plan = CampaignPlan(
        code=f"DV-{year}",
        year=year,
        title=f"Đợt {year}",
        opens_on=date(year, 1, 15),
        closes_on=date(year, 3, 31),
        tiers=(TierPlan(kind=TierKind.MEMBERS, counted=Counted.STANDINGS, steps=MEMBERS_ROUTE, **kwargs),),
    )
    return create_campaign(host, plan).tiers.get()


@pytest.fixture
def wards(host):
    return [UnitFactory(parent=host, name=f"Đảng bộ phường {name}") for name in "ABC"]


@pytest.fixture
def older(host, wards):
    """2024, in three wards with a cell of two members each; one of each has registered."""
    tier = tier_of(host, 2024)
    for ward in wards:
        cell = CellFactory(parent=ward, name=f"Chi bộ {ward.name[-1]}")
        members = make_members(cell, 2)
        make_pledge(members[0], tier)
    note_changes(Unit.objects.values_list("pk", flat=True))
    counts.drain(FIRST)
    return tier


def years(unit: Unit, older: Tier, day: date = LAST) -> Comparison:
    """The unit in 2024 and 2025, the counts of 2024 standing still as those of a closed campaign do."""
    # Where a closing is not the matter, the state alone keeps the old counts from being recounted.
    Campaign.objects.filter(pk=older.campaign_id).update(state=CampaignState.CLOSED)
    newer = Tier.objects.filter(campaign__year=2025).first() or tier_of(older.campaign.host, 2025)
    note_changes(Unit.objects.values_list("pk", flat=True))
    counts.drain(day)
    unit.refresh_from_db()
    found = compare_years(unit, newer, Tier.objects.get(pk=older.pk), day)
    assert found is not None
    return found


def told(line: Line) -> tuple[str, str, str]:
    """Tie, numbers of then, numbers of now."""
    texts = []
    for after in (False, True):
        rate = line.rate(REGISTERED, after=after)
        texts.append(f"{rate.numerator}/{rate.denominator}" if rate else "-")
    return (str(line.tie), *texts)


def by_name(found: Comparison) -> dict[str, tuple[str, str, str]]:
    return {line.name.replace("Đảng bộ phường ", ""): told(line) for line in found.lines}


def test_the_same_tree_is_compared_line_by_line(host, older, wards):
    tier = tier_of(host, 2025)
    for member in make_members(wards[0].children.get(), 2):
        make_pledge(member, tier)
    found = years(host, older)
    assert told(found.total) == ("same", "3/6", "2/8")
    assert by_name(found) == {
        "A": ("same", "1/2", "2/4"),
        "B": ("same", "1/2", "0/2"),
        "C": ("same", "1/2", "0/2"),
    }
    assert found.lines[0].points(REGISTERED) == Decimal("0.0")
    assert found.lines[1].points(REGISTERED) == Decimal("-50.0")
    assert found.total.points(REGISTERED) == Decimal("-25.0")
    assert told(found.common) == ("joined", "3/6", "2/8")


def test_merged_wards_are_compared_with_the_sum_of_those_before(host, older, wards):
    first, second, _third = wards
    reorganise([first, second], [second], Decided(TURN, "1-QĐ", by=None))
    found = years(host, older)
    assert by_name(found) == {"B": ("joined", "2/4", "0/4"), "C": ("same", "1/2", "0/2")}
    joined = found.lines[0]
    assert joined.names_before == "Đảng bộ phường A, Đảng bộ phường B"
    assert joined.unit == second
    assert joined.points(REGISTERED) == Decimal("-50.0")
    assert told(found.total) == ("same", "3/6", "0/6")


def test_a_split_is_one_line_with_both_that_followed(host, older, wards):
    cell = wards[0].children.get()
    [new] = found_units(wards[0], [(("Chi bộ mới",), UnitKind.CELL)], on=TURN, by=None)
    reorganise([cell, new], [cell, new], Decided(TURN, "2-QĐ", by=None))
    found = years(wards[0], older)
    assert [told(line) for line in found.lines] == [("joined", "1/2", "0/2")]
    assert found.lines[0].name == "Chi bộ A, Chi bộ mới"
    assert found.lines[0].unit is None


def test_a_split_over_two_wards_is_compared_in_neither_and_says_where_the_rest_is(host, older, wards):
    cell = wards[0].children.get()
    [new] = found_units(wards[1], [(("Chi bộ mới",), UnitKind.CELL)], on=TURN, by=None)
    reorganise([cell, new], [cell, new], Decided(TURN, "2-QĐ", by=None))
    [here] = years(wards[0], older).lines
    assert (told(here), here.points(REGISTERED)) == (("parted", "1/2", "0/2"), None)
    assert here.places == "Chi bộ mới"
    there = {line.name: line for line in years(wards[1], older).lines}
    assert told(there["Chi bộ mới"]) == ("parted", "-", "0/0")
    assert told(there["Chi bộ B"]) == ("same", "1/2", "0/2")


def test_who_followed_beside_another_is_not_shown_what_that_one_was(host, older, wards):
    first, second, third = wards
    move_unit(first.children.get(), third, on=TURN, decision="6-QĐ", by=None)
    reorganise([first], [second, third], Decided(TURN, "6-QĐ", by=None))
    found = years(third, older)
    assert told(found.total) == ("parted", "2/4", "0/4")
    assert found.total.places == second.name
    assert "Chi bộ B" not in by_name(found)


def test_new_units_have_nothing_before_and_ended_ones_nothing_after(host, older, wards):
    [new] = found_units(host, [(("Đảng bộ phường D",), UnitKind.GRASSROOTS_COMMITTEE)], on=TURN, by=None)
    cell = wards[2].children.get()
    cell.memberships.update(end=TURN)
    Unit.objects.filter(pk__in=[cell.pk, wards[2].pk]).update(ended_on=TURN)
    found = years(host, older)
    assert by_name(found)["D"] == ("new", "-", "0/0")
    assert by_name(found)["C"] == ("ended", "1/2", "-")
    assert [line.unit for line in found.lines if line.tie == "new"] == [new]
    # What both years have leaves out what only one of them has.
    assert told(found.common) == ("joined", "2/4", "0/4")


def test_a_host_that_followed_another_is_compared_with_its_tree(host, older, wards):
    heir = UnitFactory(name="Đảng bộ phường Tây Hồ", code="PTAYHO", kind=UnitKind.SUPERIOR_COMMITTEE)
    Unit.objects.filter(pk=wards[0].pk).update(ended_on=None)
    reorganise([host], [heir], Decided(TURN, "3-QĐ", by=None))
    newer = tier_of(heir, 2025)
    assert older_tiers(heir, newer) == [older]
    found = years(heir, older)
    assert told(found.total) == ("joined", "3/6", "0/6")
    assert found.total.names_before == "Đảng bộ quận Tây Hồ"
    assert [told(line)[0] for line in found.lines] == ["same"] * 3


def test_tiers_of_other_kinds_later_years_and_drafts_are_no_comparison(host, older):
    newer = tier_of(host, 2025)
    tier_of(host, 2026)
    draft = tier_of(host, 2023)
    Campaign.objects.filter(pk=draft.campaign_id).update(state=CampaignState.DRAFT)
    assert older_tiers(host, newer) == [older]
    assert older_tiers(UnitFactory(), newer) == []


@pytest.mark.parametrize("more", [0, 2])
def test_the_queries_do_not_grow_with_the_units(host, older, wards, more, django_assert_num_queries):
    for n in range(more):
        UnitFactory(parent=host, name=f"Đảng bộ phường thêm {n}")
    reorganise([wards[0]], [wards[1]], Decided(TURN, "1-QĐ", by=None))
    years(host, older)
    newer = Tier.objects.select_related("campaign__host").get(campaign__year=2025)
    older = Tier.objects.select_related("campaign__host").get(pk=older.pk)
    with django_assert_num_queries(8):
        compare_years(host, newer, older, LAST)


def test_a_closed_year_keeps_its_tree_and_names_where_a_unit_stood_then():
    district = District()
    district.close(official=True)
    district.move_to(CampaignState.CLOSED)
    cell = rename_unit(district.cells[0], "Chi bộ số 2", on=TURN, decision="4-QĐ", by=None)
    move_unit(cell, district.wards[1], on=TURN, decision="4-QĐ", by=None)
    Unit.objects.filter(pk=district.wards[0].pk).update(name="Đảng bộ phường Mới")
    lines = {line.name: line for line in years(district.wards[1], district.tier).lines}
    [gone] = years(district.wards[0], district.tier).lines
    [moved] = [line for line in lines.values() if line.tie == "moved_in"]
    assert (told(moved), moved.places) == (("moved_in", "2/3", "0/3"), "Đảng bộ phường A")
    assert (told(gone), gone.places) == (("moved_out", "2/3", "-"), "Đảng bộ phường B")
    assert gone.points(REGISTERED) is None
    total = years(district.wards[0], district.tier).total
    assert (total.name, total.names_before) == ("Đảng bộ phường Mới", "Đảng bộ phường A")


def test_who_stood_below_another_line_is_counted_once_in_what_both_years_have():
    district = District()
    district.close(official=True)
    district.move_to(CampaignState.CLOSED)
    move_unit(district.cells[0], district.host, on=TURN, decision="4-QĐ", by=None)
    found = years(district.host, district.tier)
    assert [told(line)[1] for line in found.lines if line.compared] == ["2/3", "0/1", "2/3"]
    assert told(found.common) == ("joined", "2/4", "0/4")
    assert told(found.total)[1:] == ("2/4", "0/4")


def test_who_stands_below_another_line_now_is_in_what_both_years_have():
    district = District()
    district.close(official=True)
    district.move_to(CampaignState.CLOSED)
    move_unit(district.wards[0], district.wards[1], on=TURN, decision="4-QĐ", by=None)
    found = years(district.host, district.tier)
    assert [told(line) for line in found.lines] == [("moved_out", "2/3", "-"), ("same", "0/1", "0/4")]
    assert told(found.common) == ("joined", "2/4", "0/4")
