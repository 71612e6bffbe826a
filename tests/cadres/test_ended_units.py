"""Nobody and nothing is brought into an organisation that has ended, nor into one that ends just then."""

from datetime import date

import pytest
from django.utils import translation

from cadres.actions.members import add_members, change_standing, move_members
from cadres.actions.reorganisations import Decided, reorganise
from cadres.actions.roster_apply import apply_roster
from cadres.actions.units import UnitError, create_host, found_units, move_unit
from cadres.imports.roster import check_roster
from cadres.models import ImportMode, Member, Membership, Rank, Standing, Unit, UnitKind
from tests.cadres.rosters import BOTH, NEW_YEAR, SPRING, TODAY, write_list
from tests.factories import CellFactory, MemberFactory, UnitFactory
from tests.pledges.threads import at_once

DAY = date(2025, 7, 1)
BY_DECISION = Decided(DAY, "12-QĐ/QU", by=None)
ROUNDS = range(4)
together = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def newcomer(cell):
    return Member(family_names="Hồ", given_name="Lan", birth_year=1990, rank=Rank.PROBATIONARY, unit=cell)


@pytest.fixture
def ended(host):
    """A cell that has ended; another took it over."""
    old, heir = CellFactory(parent=host), CellFactory(parent=host)
    reorganise([old], [heir], BY_DECISION)
    return old


@pytest.mark.django_db
def test_nobody_is_brought_into_what_has_ended(ended):
    member = MemberFactory()
    for act in (
        lambda: move_members([member], ended, on=DAY, by=None),
        lambda: add_members([newcomer(ended)], on=DAY, by=None),
    ):
        with pytest.raises(UnitError, match="has ended"):
            act()
    assert not Membership.objects.filter(unit=ended).exists()


@pytest.mark.django_db
def test_nothing_is_founded_or_put_below_what_has_ended(host, ended):
    below = [(("Chi bộ mới",), UnitKind.CELL)]
    for act in (
        lambda: found_units(ended, below, on=DAY, by=None),
        lambda: create_host("MOI", "Đảng ủy mới", on=DAY, parent=ended, by=None),
        lambda: move_unit(UnitFactory(parent=host), ended, on=DAY, decision="1", by=None),
    ):
        with pytest.raises(UnitError, match=r"has ended|cannot have"):
            act()
    assert not Unit.objects.filter(parent=ended).exists()


@pytest.mark.django_db
def test_a_list_whose_cell_ended_since_it_was_compared_is_refused(host, tmp_path):
    plan = check_roster(write_list(tmp_path / "list.xlsx", BOTH), host, as_of=NEW_YEAR, today=TODAY).plan
    apply_roster(plan, ImportMode.FAULTLESS, faults=0, by=None)
    more = BOTH | {name: [*people, ("Hồ Lan", 1990, "", "Dự bị")] for name, people in BOTH.items()}
    later = check_roster(write_list(tmp_path / "more.xlsx", more), host, as_of=SPRING, today=TODAY).plan
    first, second = Unit.objects.cells().order_by("pk")
    reorganise([first], [second], Decided(SPRING, "1-QĐ", by=None))
    before = Member.objects.count()
    with pytest.raises(UnitError, match="Chi bộ số 1” has ended"):
        apply_roster(later, ImportMode.FAULTLESS, faults=0, by=None)
    assert Member.objects.count() == before


def left_behind():
    """Open memberships in organisations that have ended."""
    return list(Membership.objects.filter(end=None).exclude(unit__ended_on=None))


def known(answers):
    assert [one for one in answers if isinstance(one, Exception) and not isinstance(one, UnitError)] == []


class TestAtOnce:
    pytestmark = together

    @pytest.mark.parametrize("_round", ROUNDS)
    def test_who_comes_goes_along_or_is_refused(self, host, _round):
        old, heir = CellFactory(parent=host), CellFactory(parent=host)
        inside, outside = MemberFactory(unit=old), MemberFactory()
        answers = at_once(
            lambda: reorganise([old], [heir], BY_DECISION),
            lambda: move_members([outside], old, on=DAY, by=None),
            lambda: add_members([newcomer(old)], on=DAY, by=None),
            lambda: change_standing([inside], on=DAY, by=None, standing=Standing.EXEMPT),
        )
        known(answers)
        assert left_behind() == []
        assert set(inside.memberships.filter(end=None).values_list("unit", flat=True)) == {heir.pk}

    @pytest.mark.parametrize("_round", ROUNDS)
    def test_members_of_two_cells_that_end_change_places_meanwhile(self, host, _round):
        first, second, heir, other = [CellFactory(parent=host) for _ in range(4)]
        late, early = MemberFactory(unit=second), MemberFactory(unit=first)
        answers = at_once(
            lambda: reorganise([first, second], [heir], BY_DECISION),
            lambda: move_members([late, early], other, on=DAY, by=None),
        )
        known(answers)
        assert left_behind() == []

    @pytest.mark.parametrize("_round", ROUNDS)
    def test_what_is_founded_below_goes_along_or_is_refused(self, host, _round):
        old, heir = UnitFactory(parent=host), UnitFactory(parent=host)
        cell, moving = CellFactory(parent=old), CellFactory(parent=host)
        answers = at_once(
            lambda: reorganise([old], [heir], BY_DECISION),
            lambda: found_units(old, [(("Chi bộ mới",), UnitKind.CELL)], on=DAY, by=None),
            lambda: move_unit(moving, old, on=DAY, decision="1", by=None),
            lambda: move_members([MemberFactory()], cell, on=DAY, by=None),
        )
        known(answers)
        assert not Unit.objects.in_force().filter(parent=old).exists()
