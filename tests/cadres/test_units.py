"""Organisations founded, renamed, moved; the tree checked and put right."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from cadres.actions.body_names import committee_of
from cadres.actions.unit_checks import check_units
from cadres.actions.units import UnitError, create_host, find_units, found_units, move_unit, rename_unit
from cadres.models import Body, BodyKind, RecordEvent, Unit, UnitChange, UnitKind, UnitPeriod
from tests.factories import START, CellFactory, UnitFactory, UserFactory

pytestmark = pytest.mark.django_db
LATER = date(2024, 6, 1)
WARD, DIVISION = ("Đảng bộ phường Bưởi",), ("Đảng bộ phường Bưởi", "Đảng bộ bộ phận Khối Kinh tế")
CELL = (*DIVISION, "Chi bộ 1")
TREE = [
    (WARD, UnitKind.GRASSROOTS_COMMITTEE),
    (DIVISION, UnitKind.DIVISION_COMMITTEE),
    (CELL, UnitKind.CELL),
    (("Chi bộ Kho bạc",), UnitKind.GRASSROOTS_CELL),
]


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def periods(unit):
    return list(
        UnitPeriod.objects.filter(unit=unit).values_list("name", "parent__code", "start", "end", "change")
    )


def test_a_host_has_its_code_symbol_period_and_standing_committee(host):
    assert (host.code, host.kind, host.symbol, host.parent) == ("TAYHO", "superior_committee", "QU", None)
    assert host.path == host.path_below("")
    assert periods(host) == [("Đảng bộ quận Tây Hồ", None, START, None, "founded")]
    assert Body.objects.get(unit=host).name == "Ban Thường vụ Quận ủy Tây Hồ"


def test_a_host_takes_no_code_twice_and_no_name_twice(host):
    with pytest.raises(UnitError, match="code TAYHO is taken"):
        create_host("TAYHO", "Đảng bộ quận Ba Đình", on=START)
    with pytest.raises(UnitError, match="There is an organisation called"):
        create_host("KHAC", "ĐẢNG BỘ QUẬN TÂY HỒ", on=START)
    assert Unit.objects.count() == 1


def test_found_units_makes_the_tree_with_paths_periods_and_bodies(host):
    by = UserFactory()
    created = found_units(host, TREE, on=START, by=by)
    assert [unit.name for unit in created] == [
        "Đảng bộ phường Bưởi",
        "Chi bộ Kho bạc",
        "Đảng bộ bộ phận Khối Kinh tế",
        "Chi bộ 1",
    ]
    ward, treasury, division, cell = (Unit.objects.get(pk=unit.pk) for unit in created)
    assert cell.path == host.path_below("") + "".join(unit.path[-4:] for unit in (ward, division, cell))
    assert (cell.parent, division.parent, ward.parent, treasury.parent) == (division, ward, host, host)
    assert cell.code == f"TAYHO-{cell.pk}"
    assert periods(cell) == [("Chi bộ 1", division.code, START, None, "founded")]
    assert dict(Body.objects.filter(unit__in=created).values_list("name", "kind")) == {
        "Ban Thường vụ Đảng ủy phường Bưởi": "standing_committee",
        "Ban Chấp hành Đảng bộ bộ phận Khối Kinh tế": "committee",
        "Chi bộ 1": "cell_meeting",
        "Chi bộ Kho bạc": "cell_meeting",
    }
    assert set(UnitChange.objects.values_list("unit", flat=True)) == {host.pk, *(u.pk for u in created)}
    event = RecordEvent.objects.get(actor=by)
    assert (event.action, event.unit, event.data) == (
        "units_founded",
        host,
        {"on": "2024-01-01", "units": 4},
    )


def test_found_units_twice_changes_nothing_and_knows_names_without_marks_and_case(host):
    found_units(host, TREE, on=START, by=None)
    before = RecordEvent.objects.count(), UnitChange.objects.count()
    shouted = [(tuple(name.upper() for name in names), kind) for names, kind in TREE]
    assert found_units(host, shouted, on=START, by=None) == []
    assert (RecordEvent.objects.count(), UnitChange.objects.count()) == before
    assert Unit.objects.count() == 5


def test_found_units_completes_a_tree_that_is_partly_there(host):
    [ward] = found_units(host, TREE[:1], on=START, by=None)
    created = found_units(host, TREE, on=LATER, by=None)
    assert len(created) == 3
    assert find_units(host, [CELL])[tuple(("dang bo phuong buoi",))] == ward
    assert {start for _name, _parent, start, _end, _change in periods(created[0])} == {LATER}


def test_found_units_costs_the_same_for_one_cell_and_for_many(host, django_assert_num_queries):
    [ward] = found_units(host, TREE[:1], on=START, by=None)

    def cells(numbers):
        return [((ward.name, f"Chi bộ số {n}"), UnitKind.CELL) for n in numbers]

    for numbers in (range(1), range(1, 4), range(4, 40)):
        with django_assert_num_queries(11):
            found_units(host, cells(numbers), on=START, by=None)


def test_a_unit_without_anything_above_it_is_refused(host):
    with pytest.raises(UnitError, match="has no organisation above it"):
        found_units(host, [(WARD, UnitKind.GRASSROOTS_COMMITTEE), TREE[2]], on=START, by=None)
    assert Unit.objects.count() == 1


def test_a_tree_deeper_than_sixteen_levels_is_refused(host):
    names = tuple(f"Đảng bộ tầng {depth}" for depth in range(1, 18))
    tree = [(names[:depth], UnitKind.GRASSROOTS_COMMITTEE) for depth in range(1, 18)]
    with pytest.raises(UnitError, match="deeper than 16 levels"):
        found_units(host, tree, on=START, by=None)
    assert Unit.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "committee"),
    [
        ("Đảng bộ thành phố Hà Nội", ("Thành ủy Hà Nội", "TU")),
        ("Đảng bộ huyện Gia Lâm", ("Huyện ủy Gia Lâm", "HU")),
        ("Đảng bộ phường Bưởi", ("Đảng ủy phường Bưởi", "ĐU")),
        ("Đảng bộ Công an quận", ("Đảng ủy Công an quận", "ĐU")),
        ("Đảng bộ Quân sự quận", ("Đảng ủy Quân sự quận", "ĐU")),
        ("Ban Cán sự", ("Ban Cán sự", "ĐU")),
    ],
)
def test_the_committee_is_called_after_its_organisation(name, committee):
    assert committee_of(name) == committee


def test_renaming_closes_a_period_and_the_bodies_follow(host):
    [ward] = found_units(host, TREE[:1], on=START, by=None)
    UnitChange.objects.all().delete()
    rename_unit(ward, "Đảng bộ phường Tây Hồ", on=LATER, decision="12-QĐ/QU", by=None)
    ward.refresh_from_db()
    assert (ward.name, ward.name_key) == ("Đảng bộ phường Tây Hồ", "dang bo phuong tay ho")
    assert periods(ward) == [
        ("Đảng bộ phường Bưởi", "TAYHO", START, LATER, "founded"),
        ("Đảng bộ phường Tây Hồ", "TAYHO", LATER, None, "renamed"),
    ]
    assert UnitPeriod.objects.get(unit=ward, end=None).decision_number == "12-QĐ/QU"
    assert Body.objects.get(unit=ward).name == "Ban Thường vụ Đảng ủy phường Tây Hồ"
    assert list(UnitChange.objects.values_list("unit", flat=True)) == [ward.pk]
    rename_unit(ward, "Đảng bộ phường Tây Hồ", on=LATER, decision="", by=None)
    assert len(periods(ward)) == 2


def test_renaming_on_the_day_it_began_puts_the_period_right(host):
    [ward] = found_units(host, TREE[:1], on=START, by=None)
    rename_unit(ward, "Đảng bộ Phường Bưởi", on=START, decision="", by=None)
    assert periods(ward) == [("Đảng bộ Phường Bưởi", "TAYHO", START, None, "founded")]


@pytest.mark.parametrize(
    ("name", "on", "message"),
    [
        ("Chi bộ Kho bạc", LATER, "There is an organisation called"),
        (" ", LATER, "needs a name"),
        ("Đảng bộ phường Tây Hồ", date(2023, 12, 31), "since 01/01/2024"),
    ],
)
def test_renaming_refused_leaves_everything(host, name, on, message):
    ward = found_units(host, TREE, on=START, by=None)[0]
    with pytest.raises(UnitError, match=message):
        rename_unit(ward, name, on=on, decision="", by=None)
    ward.refresh_from_db()
    assert ward.name == "Đảng bộ phường Bưởi"
    assert len(periods(ward)) == 1


def test_moving_takes_the_whole_sub_tree_along(host):
    ward, _treasury, division, cell = found_units(host, TREE, on=START, by=None)
    other = UnitFactory(parent=host)
    UnitChange.objects.all().delete()
    move_unit(division, other, on=LATER, decision="7-QĐ/QU", by=None)
    for unit in (division, cell):
        unit.refresh_from_db()
    assert division.parent == other
    assert division.path == division.path_below(other.path)
    assert cell.path == cell.path_below(division.path)
    assert periods(division)[1] == (division.name, other.code, LATER, None, "moved")
    assert len(periods(cell)) == 1
    assert set(UnitChange.objects.values_list("unit", flat=True)) == {ward.pk, division.pk}
    assert check_units() == []
    move_unit(division, other, on=LATER, decision="", by=None)
    assert len(periods(division)) == 2


def test_moving_refuses_cycles_cells_namesakes_and_earlier_days(host):
    ward, treasury, division, cell = found_units(host, TREE, on=START, by=None)
    other = UnitFactory(parent=host)
    found_units(host, [((other.name, division.name), UnitKind.DIVISION_COMMITTEE)], on=START, by=None)
    for unit, parent, on, message in (
        (ward, division, LATER, "under itself"),
        (ward, ward, LATER, "under itself"),
        (division, treasury, LATER, "cannot have organisations below it"),
        (division, other, LATER, "There is an organisation called"),
        (cell, ward, date(2023, 1, 1), "since 01/01/2024"),
    ):
        with pytest.raises(UnitError, match=message):
            move_unit(unit, parent, on=on, decision="", by=None)
    assert check_units() == []


def test_moving_below_the_deepest_level_is_refused(host):
    deep = host
    for _level in range(14):
        deep = UnitFactory(parent=deep)
    ward = CellFactory(parent=UnitFactory(parent=host)).parent
    with pytest.raises(UnitError, match="deeper than it may be"):
        move_unit(ward, deep, on=LATER, decision="", by=None)
    ward.refresh_from_db()
    assert ward.parent == host


def test_check_units_finds_and_rebuilds_wrong_paths_and_missing_meetings(host, capsys):
    ward, treasury, _division, cell = found_units(host, TREE, on=START, by=None)
    Unit.objects.filter(pk=ward.pk).update(path="")
    Unit.objects.filter(pk=treasury.pk).update(path=ward.path)  # a wrong path where a right one belongs
    Body.objects.filter(unit=cell).delete()
    with pytest.raises(CommandError, match="3 differences are left"):
        call_command("check_units")
    shown = capsys.readouterr().out
    assert f"{ward.code}: its path does not follow from the organisation above" in shown
    assert f"{cell.code}: the cell has no meeting to decide" in shown
    assert Unit.objects.get(pk=ward.pk).path == ""

    call_command("check_units", "--fix")
    assert "put right" in capsys.readouterr().out
    assert Unit.objects.get(pk=ward.pk).path == ward.path
    assert Unit.objects.get(pk=treasury.pk).path == treasury.path
    assert Body.objects.get(unit=cell).kind == BodyKind.CELL_MEETING
    call_command("check_units")
    assert "All organisations are sound" in capsys.readouterr().out


def test_check_units_never_invents_a_period_and_reports_what_cannot_be_put_right(host):
    ward, treasury, division, cell = found_units(host, TREE, on=START, by=None)
    UnitPeriod.objects.filter(unit=ward).delete()
    UnitPeriod.objects.filter(unit=treasury).update(name="Chi bộ khác")
    Unit.objects.filter(pk=cell.pk).update(ended_on=LATER)
    left = {(one.code, one.what) for one in check_units(fix=True) if not one.fixed}
    assert left == {
        (ward.code, "it has no period in force"),
        (treasury.code, "its period in force says something else than the organisation"),
        (cell.code, "it has ended, its period has not"),
    }
    Unit.objects.filter(pk=ward.pk).update(parent=division)
    assert {(one.code, one.what) for one in check_units()} >= {
        (ward.code, "it stands below itself"),
        (division.code, "it stands below itself"),
    }
