"""A unit that moves carries its numbers along: only what stood and stands above it is added up again."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cadres.actions.units import move_unit
from cadres.models import UnitChange
from cadres.outbox import note_changes
from reports import counts
from reports.audit import differences
from reports.models import DailyCount, UnitCount
from reports.ranking import Asked, ranking
from tests.factories import CellFactory, HostFactory, UnitFactory
from tests.reports.conftest import DAY, make_members, make_pledge, make_tier

pytestmark = pytest.mark.django_db


def row(tier, unit) -> UnitCount:
    return UnitCount.objects.get(tier=tier, unit=unit)


def move(unit, parent) -> None:
    move_unit(unit, parent, on=DAY, decision="12-QĐ/QU", by=None)


def registered_cell(parent, tier, people=3):
    cell = CellFactory(parent=parent)
    for member in make_members(cell, people)[:-1]:
        make_pledge(member, tier)
    return cell


def test_a_branch_moves_by_two_rows_and_its_own_numbers_stay(tier, host, ward):
    branch = UnitFactory(parent=ward)
    cells = [registered_cell(branch, tier) for _ in range(3)]
    other = UnitFactory(parent=host)
    counts.drain(DAY)
    before = {cell.pk: row(tier, cell).updated_at for cell in cells}
    move(branch, other)
    assert set(UnitChange.objects.values_list("unit", "campaign")) == {(branch.pk, None), (ward.pk, None)}
    counts.drain(DAY)
    assert {cell.pk: row(tier, cell).updated_at for cell in cells} == before
    assert [row(tier, unit).registered for unit in (host, ward, other, branch)] == [6, 0, 6, 6]
    assert [row(tier, unit).counted for unit in (host, ward, other, branch)] == [9, 0, 9, 9]
    assert [line.unit for line in ranking(tier, other, Asked()).rows] == [branch]
    assert ranking(tier, ward, Asked()).rows == []
    assert (
        dict(DailyCount.objects.filter(tier=tier, on=date(2024, 2, 1)).values_list("unit", "registered"))[
            other.pk
        ]
        == 6
    )
    assert not DailyCount.objects.filter(tier=tier, unit=ward).exists()
    assert differences(DAY) == []


def test_a_branch_that_goes_to_another_host_is_counted_there_and_forgotten_here(tier, host, ward):
    branch = UnitFactory(parent=ward)
    cell = registered_cell(branch, tier)
    elsewhere = HostFactory()
    there = make_tier(elsewhere, code="DV-2024-B")
    note_changes([elsewhere.pk])
    counts.drain(DAY)
    move(branch, elsewhere)
    counts.drain(DAY)
    assert row(there, elsewhere).counted == row(there, cell).counted == 3
    assert row(tier, host).counted == 0
    assert not UnitCount.objects.filter(tier=tier, unit__in=[branch, cell]).exists()
    assert differences(DAY) == []
    move(branch, ward)
    counts.drain(DAY)
    assert (row(tier, host).registered, row(there, elsewhere).counted) == (2, 0)
    assert differences(DAY) == []


def test_a_batch_costs_the_same_for_one_unit_and_for_many(tier, host, ward):
    cells = [registered_cell(ward, tier, people=1) for _ in range(12)]
    counts.drain(DAY)

    def statements(units) -> int:
        note_changes([unit.pk for unit in units], campaign=tier.campaign_id)
        with CaptureQueriesContext(connection) as captured:
            assert counts.drain(DAY) == len(units)
        return len(captured)

    assert statements(cells[:1]) == statements(cells)


def test_a_rebuild_costs_the_same_for_a_small_tree_and_a_large_one(tier, host, ward):
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            counts.rebuild(tier, DAY)
        return len(captured)

    CellFactory(parent=ward)
    small = statements()
    for _ in range(12):
        registered_cell(UnitFactory(parent=host), tier, people=2)
    assert statements() == small
    assert row(tier, host).registered == 12
    assert differences(DAY) == []


def test_the_first_reading_of_a_new_day_turns_the_day(tier, host, ward):
    [member] = make_members(CellFactory(parent=ward), 1)
    note_changes([member.unit_id])
    counts.drain(DAY)
    member.memberships.update(end=date(2024, 3, 28))
    counts.drain(date(2024, 3, 27))
    assert row(tier, host).counted == 1
    counts.drain(date(2024, 4, 2))
    assert (row(tier, host).counted, row(tier, member.unit).counted) == (0, 0)
    assert set(UnitCount.objects.values_list("day", flat=True)) == {date(2024, 4, 2)}
    assert differences(date(2024, 4, 2)) == []


def test_counts_of_a_later_day_are_counted_anew(tier, host, ward):
    [member] = make_members(CellFactory(parent=ward), 1)
    make_pledge(member, tier)
    member.memberships.update(end=date(2024, 3, 28))
    counts.drain(date(2024, 4, 2))
    assert row(tier, host).counted == 0
    counts.drain(DAY)
    assert (row(tier, host).counted, row(tier, host).registered) == (1, 1)
    assert set(UnitCount.objects.values_list("day", flat=True)) == {DAY}
    assert differences(DAY) == []


def test_a_turn_of_the_day_costs_the_same_for_one_unit_and_for_many(tier, host, ward):
    cells = [registered_cell(ward, tier, people=2) for _ in range(6)]
    counts.drain(DAY)

    def statements(units, day) -> int:
        for cell in units:
            cell.memberships.filter(end=None).update(end=day)
        with CaptureQueriesContext(connection) as captured:
            counts.drain(day)
        return len(captured)

    assert statements(cells[:1], date(2024, 3, 27)) == statements(cells[1:], date(2024, 3, 28))
    assert row(tier, host).counted == 0
