"""Few rows among very many are found by the counts, level by level; what waits to be counted is there too."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from cadres.models import UnitChange
from pledges.actions import transitions
from pledges.actions.acts import Act
from pledges.models import Channel
from reports import counts, few_rows
from reports.figures import BY_CODE
from reports.models import UnitCount
from reports.opened import Opened, Part
from tests.factories import CellFactory, UnitFactory
from tests.reports.conftest import DAY, make_members, make_pledge

pytestmark = pytest.mark.django_db
PAPER = Act(by=None, on=date(2024, 2, 10), channel=Channel.PAPER)


def late_pledge(tier, cell, due_on=date(2024, 3, 20)):
    pledge = make_pledge(make_members(cell, 1)[0], tier, due_on=due_on)
    transitions.approve([pledge.pk], act=PAPER)
    return pledge


@pytest.fixture
def opened(tier, host, monkeypatch):
    monkeypatch.setattr(few_rows, "LARGE", -1)
    return Opened(figure=BY_CODE["late"], part=Part.NUMERATOR, tier=tier, unit=host, day=DAY)


def found(opened):
    row = UnitCount.objects.get(tier=opened.tier, unit=opened.unit)
    return set(few_rows.narrowed(opened, opened.rows(), row))


def test_only_units_with_rows_and_those_that_wait_are_looked_through(opened, tier, ward, cell, monkeypatch):
    first = late_pledge(tier, cell)
    make_members(CellFactory(parent=ward), 2)
    counts.rebuild(tier, DAY)
    UnitChange.objects.all().delete()
    second = late_pledge(tier, CellFactory(parent=ward))
    assert found(opened) == {first, second}
    UnitChange.objects.all().delete()
    assert found(opened) == {first}
    monkeypatch.setattr(few_rows, "FEW", 0)
    assert found(opened) == {first, second}


def test_numbers_of_the_day_before_do_not_hide_what_is_late_since_midnight(opened, tier, ward, cell):
    late, since_midnight = late_pledge(tier, cell), late_pledge(tier, CellFactory(parent=ward), due_on=DAY)
    counts.drain(DAY)
    assert found(opened) == {late}
    assert found(replace(opened, day=DAY + timedelta(days=1))) == {late, since_midnight}


@pytest.mark.parametrize("n", [1, 3])
def test_each_level_of_the_tree_costs_one_query(opened, tier, host, n, django_assert_num_queries):
    for _ in range(n):
        late_pledge(tier, CellFactory(parent=UnitFactory(parent=host)))
    counts.drain(DAY)
    row = UnitCount.objects.get(tier=tier, unit=host)
    # Three levels, of which the lowest has nothing below; what waits; the rows.
    with django_assert_num_queries(5):
        assert len(few_rows.narrowed(opened, opened.rows(), row)) == n
