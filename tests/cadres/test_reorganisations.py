"""Mergers and splits: what ends, what goes on, who is refused."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import translation

from cadres.actions.reorganisations import Decided, reorganise
from cadres.actions.units import UnitError
from cadres.models import (
    Body,
    Member,
    RecordEvent,
    RoleAssignment,
    Unit,
    UnitChange,
    UnitPeriod,
    UnitSuccession,
)
from cadres.roles import Role
from cadres.successions import linked
from tests.factories import START, CellFactory, MemberFactory, UnitFactory, user_with

pytestmark = pytest.mark.django_db
DAY = date(2025, 7, 1)
BY_DECISION = Decided(DAY, "12-QĐ/QU", by=None)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def cells(host):
    return [CellFactory(parent=host) for _ in range(3)]


def test_a_merger_takes_the_members_over_and_ends_what_was(cells):
    first, second, heir = cells
    members = [MemberFactory(unit=first), MemberFactory(unit=second), MemberFactory(unit=heir)]
    secretary = user_with(Role.CELL_SECRETARY, unit=first)
    UnitChange.objects.all().delete()
    made = reorganise([first, second], [heir], BY_DECISION)
    assert [(one.predecessor, one.successor) for one in made] == [(first, heir), (second, heir)]
    assert set(Member.objects.values_list("unit", flat=True)) == {heir.pk}
    assert members[0].memberships.get(end=None).start == DAY
    assert set(Unit.objects.filter(ended_on=DAY)) == {first, second}
    assert not UnitPeriod.objects.filter(unit__in=[first, second], end=None).exists()
    assert set(Body.objects.filter(ended_on=DAY).values_list("unit", flat=True)) == {first.pk, second.pk}
    assert RoleAssignment.objects.get(user=secretary).end == DAY
    assert {first.pk, second.pk, heir.pk} <= set(UnitChange.objects.values_list("unit", flat=True))
    assert RecordEvent.objects.get(action="unit_succeeded").unit == heir


def test_organisations_below_go_to_the_only_successor(host):
    old, heir = UnitFactory(parent=host), UnitFactory(parent=host)
    cell = CellFactory(parent=old)
    reorganise([old], [heir], BY_DECISION)
    cell.refresh_from_db()
    assert (cell.parent, cell.path) == (heir, cell.path_below(heir.path))


def test_who_takes_another_in_goes_on_standing(cells):
    old, heir, _third = cells
    reorganise([old, heir], [heir], BY_DECISION)
    heir.refresh_from_db()
    assert heir.ended_on is None
    assert list(UnitSuccession.objects.values_list("predecessor", "successor")) == [(old.pk, heir.pk)]


def test_a_split_is_decided_member_by_member(cells):
    old, *heirs = cells
    MemberFactory(unit=old)
    with pytest.raises(UnitError, match="still has 1 member"):
        reorganise([old], heirs, BY_DECISION)
    assert not UnitSuccession.objects.exists()
    assert Unit.objects.in_force().filter(pk=old.pk).exists()


def test_a_committee_with_organisations_below_is_not_split(host):
    old, *heirs = [UnitFactory(parent=host) for _ in range(3)]
    CellFactory(parent=old)
    with pytest.raises(UnitError, match="organisations below it"):
        reorganise([old], heirs, BY_DECISION)


@pytest.mark.parametrize(
    ("decided", "words"),
    [
        (Decided(DAY, "  ", by=None), "needs the number"),
        (Decided(START, "1-QĐ/QU", by=None), "cannot be earlier"),
    ],
)
def test_without_a_decision_or_before_it_stood_nothing_happens(cells, decided, words):
    with pytest.raises(UnitError, match=words):
        reorganise(cells[:1], cells[1:2], decided)
    assert not Unit.objects.exclude(ended_on=None).exists()


def test_what_has_ended_follows_nobody_and_is_followed_once(cells):
    old, heir, third = cells
    reorganise([old], [heir], BY_DECISION)
    for olds, news in (([old], [third]), ([third], [old]), ([third], [third])):
        with pytest.raises(UnitError, match="in force"):
            reorganise(olds, news, BY_DECISION)


def test_parts_may_be_taken_over_in_two_years_but_once_a_day(cells):
    old, heir, _third = cells
    for on in (DAY, date(2026, 7, 1)):
        reorganise([old, heir], [old, heir], Decided(on, "1-QĐ", by=None))
        with pytest.raises(UnitError, match="entered for the day already"):
            reorganise([old], [heir], Decided(on, "1-QĐ", by=None))
    assert UnitSuccession.objects.count() == 4


@pytest.mark.parametrize("turned", [False, True])
def test_what_stands_in_what_ends_goes_over_in_any_order(host, turned):
    outer, heir = UnitFactory(parent=host), UnitFactory(parent=host)
    inner = UnitFactory(parent=outer)
    cell = CellFactory(parent=inner)
    olds = [inner, outer] if turned else [outer, inner]
    reorganise(olds, [heir], BY_DECISION)
    cell.refresh_from_db()
    assert cell.parent == heir
    assert set(Unit.objects.filter(ended_on=DAY)) == {outer, inner}


def test_the_database_knows_a_succession_once_a_day_and_of_two(cells):
    old, heir, _third = cells
    given = {"predecessor": old, "on": DAY, "decision_number": "1"}
    UnitSuccession.objects.create(successor=heir, **given)
    for successor in (heir, old):
        with pytest.raises(IntegrityError), transaction.atomic():
            UnitSuccession.objects.create(successor=successor, **given)


def test_links_are_followed_over_generations_within_the_days(cells, django_assert_num_queries):
    first, second, third = cells
    for old, new, on in ((first, second, date(2024, 5, 1)), (second, third, date(2025, 5, 1))):
        UnitSuccession.objects.create(predecessor=old, successor=new, on=on, decision_number="1")
    whole = {(first.pk, second.pk), (second.pk, third.pk)}
    with django_assert_num_queries(3):
        assert linked([third.pk], after=START, until=DAY) == whole
    assert linked([first.pk], after=START, until=DAY) == whole
    assert linked([third.pk], after=date(2024, 5, 1), until=DAY) == {(second.pk, third.pk)}


def test_the_command_enters_it(cells, capsys):
    old, heir, _third = cells
    given = ["--old", old.code, "--new", heir.code, "--on", "2025-07-01", "--decision", "12-QĐ/QU"]
    call_command("reorganise_units", *given)
    assert "1 succession" in capsys.readouterr().out
    with pytest.raises(CommandError, match="in force"):
        call_command("reorganise_units", *given)
    with pytest.raises(CommandError, match="no unit KHAC"):
        call_command("reorganise_units", *[*given[:1], "KHAC", *given[2:]])
