"""Rosters brought in: the demo's list exactly, the command, transactions, runs that break off."""

import json

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.db.models import Count
from django.utils import translation

from cadres.actions import roster_apply
from cadres.actions.roster_plan import RosterError
from cadres.actions.units import create_host
from cadres.imports.roster import check_roster, write_roster
from cadres.models import (
    Body,
    ImportMode,
    Member,
    Membership,
    Office,
    RecordEvent,
    Unit,
)
from tests.cadres.rosters import (
    AN,
    BINH,
    BOTH,
    CHI,
    CITIZEN,
    FIRST,
    GIANG,
    NEW_YEAR,
    TODAY,
    bring_in,
    checked,
    everything,
    person,
    write_list,
)

DEMO = settings.BASE_DIR / "demo" / "danh-sach-dang-vien-2024.xlsx"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def test_the_demo_list_comes_in_whole_and_a_second_time_changes_nothing():
    host = create_host("TAYHO", "Đảng bộ quận Tây Hồ", on=NEW_YEAR)
    look = check_roster(DEMO, host, as_of=NEW_YEAR, today=TODAY)
    assert look.problems == []
    assert Member.objects.count() == 0
    counts = write_roster(look, ImportMode.FAULTLESS, by=None)
    assert counts == {
        "created": 7700,
        "moved": 0,
        "changed": 0,
        "unchanged": 0,
        "missing": 0,
        "units_created": 310,
        "offices_started": 891,
        "offices_ended": 0,
        "refused": 0,
        "problems": 0,
    }
    standings = dict(Member.objects.values_list("standing").annotate(n=Count("pk")))
    assert standings == {"active": 7560, "exempt": 118, "away": 22}
    assert Member.objects.filter(rank="probationary").count() == 172
    assert Member.objects.filter(card_number=None).count() == 172
    assert Membership.objects.filter(start=NEW_YEAR, end=None).count() == 7700
    cells = Unit.objects.cells()
    assert cells.count() == 297
    assert cells.filter(parent__kind="division_committee").count() == 4
    assert cells.filter(parent=host, kind="grassroots_cell").count() == 17
    assert Unit.objects.filter(parent=host).count() == 29
    assert Office.objects.filter(kind="secretary", unit__in=cells).count() == 297
    assert Body.objects.filter(kind="cell_meeting").count() == 297
    assert "001087855331" not in json.dumps(everything(), default=str)  # the citizen number of the first row
    chunks = RecordEvent.objects.filter(action="roster_imported")
    assert sum(chunks.values_list("data__created", flat=True)) == 7700
    assert max(chunks.values_list("data__created", flat=True)) <= 500

    before = everything()
    again = write_roster(check_roster(DEMO, host, as_of=NEW_YEAR, today=TODAY), ImportMode.FAULTLESS, by=None)
    assert (again["unchanged"], again["created"], again["units_created"]) == (7700, 0, 0)
    assert everything() == before


def command(path, *options, host="TAYHO", as_of="2024-01-01"):
    call_command("import_roster", str(path), f"--host={host}", f"--as-of={as_of}", *options)


def test_the_command_creates_the_host_and_prints_json(tmp_path, capsys):
    path = write_list(tmp_path / "list.xlsx", BOTH | {"Chi bộ Kho bạc": [person("Hồ Lan", "", "")]})
    command(path, "--host-name=Đảng bộ quận Tây Hồ", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert {name: answer[name] for name in ("created", "moved", "changed", "unchanged", "missing")} == {
        "created": 5,
        "moved": 0,
        "changed": 0,
        "unchanged": 0,
        "missing": 0,
    }
    assert (answer["refused"], answer["units_created"]) == (1, 4)
    assert [problem["code"] for problem in answer["problems"]] == ["unidentified"]
    assert Unit.objects.get(code="TAYHO").kind == "superior_committee"


def test_the_command_tells_in_words_what_it_did_and_left_out(tmp_path, known, capsys):
    command(write_list(tmp_path / "list.xlsx", {FIRST: [AN, person("Trần Thị Bình", 1960, "12")]}))
    shown = capsys.readouterr().out
    assert "0 new, 0 moved, 0 changed, 1 unchanged" in shown
    assert "Số CCCD: Citizen numbers are never read and never kept." in shown


@pytest.mark.parametrize("option", ["--dry-run", "--only-if-faultless"])
def test_a_dry_run_and_a_faulty_list_leave_nothing_behind_not_even_a_new_host(tmp_path, capsys, option):
    path = write_list(tmp_path / "list.xlsx", {FIRST: [AN, person("Hồ Lan", "", "")]})
    if option == "--dry-run":
        command(path, "--host-name=Đảng bộ quận Tây Hồ", option)
        assert "Nothing was written." in capsys.readouterr().out
    else:
        with pytest.raises(CommandError, match="The list has faults, so nothing was written"):
            command(path, "--host-name=Đảng bộ quận Tây Hồ", option)
    assert Unit.objects.count() == 0


def test_the_command_refuses_an_unknown_host_a_missing_file_and_no_workbook(tmp_path, host):
    with pytest.raises(CommandError, match="no organisation with the code KHAC"):
        command(DEMO, host="KHAC")
    with pytest.raises(CommandError, match="no such file"):
        command(tmp_path / "no such file.xlsx")
    (tmp_path / "text.xlsx").write_text("Họ và tên")
    with pytest.raises(CommandError, match="not an Excel workbook"):
        command(tmp_path / "text.xlsx")


def test_checking_writes_nothing(host, tmp_path):
    before = everything()
    look = checked(tmp_path, host, BOTH)
    assert look.counts()["created"] == 5
    assert everything() == before
    with pytest.raises(RosterError, match="only checked"):
        write_roster(look, ImportMode.CHECK, by=None)


def test_faultless_writes_nothing_for_one_fault_and_good_rows_leaves_it_out(host, tmp_path):
    cells = {FIRST: [AN, BINH, person("Hồ Lan", "", "")]}
    before = everything()
    with pytest.raises(RosterError, match="faults"):
        write_roster(checked(tmp_path, host, cells), ImportMode.FAULTLESS, by=None)
    assert everything() == before
    counts = write_roster(checked(tmp_path, host, cells), ImportMode.GOOD_ROWS, by=None)
    assert (counts["created"], counts["refused"], counts["problems"]) == (2, 1, 1)


def test_a_run_that_breaks_off_leaves_whole_cells_and_the_next_one_goes_on(host, tmp_path, monkeypatch):
    cells = {f"Chi bộ số {n}": [person(f"Trần Văn T{n}", 1960, f"0200000{n}", "Bí thư")] for n in range(4)}
    monkeypatch.setattr(roster_apply, "CHUNK", 1)
    insert, calls = roster_apply.insert_members, []

    def breaks(members, *, on):
        calls.append(members)
        insert(members, on=on)
        if len(calls) == 3:
            raise IntegrityError("the disk is full")

    monkeypatch.setattr(roster_apply, "insert_members", breaks)
    with pytest.raises(IntegrityError):
        bring_in(tmp_path, host, cells)
    assert set(Member.objects.values_list("given_name", flat=True)) == {"T0", "T1"}
    assert Membership.objects.count() == Office.objects.count() == 2
    assert RecordEvent.objects.filter(action="roster_imported").count() == 2

    counts = bring_in(tmp_path, host, cells)
    assert (counts["created"], counts["unchanged"], counts["units_created"]) == (2, 2, 0)
    assert Member.objects.count() == Office.objects.count() == 4


def test_cells_are_written_whole_and_at_most_five_hundred_rows_at_a_time(host, tmp_path, monkeypatch):
    monkeypatch.setattr(roster_apply, "CHUNK", 3)
    sizes = []
    insert = roster_apply.insert_members
    monkeypatch.setattr(
        roster_apply, "insert_members", lambda new, *, on: (sizes.append(len(new)), insert(new, on=on))
    )
    many = [person(f"Trần Văn T{n}", 1960, f"0200000{n}") for n in range(4)]
    bring_in(
        tmp_path, host, {"Chi bộ 1": many, "Chi bộ 2": [AN, BINH], "Chi bộ 3": [CHI], "Chi bộ 4": [GIANG]}
    )
    assert sizes == [4, 3, 1]


def test_a_second_list_costs_the_same_for_one_and_for_three_people(host, tmp_path, django_assert_num_queries):
    for number in (1, 3):
        people = [person(f"Trần Văn T{n}", 1960, f"0200{number}00{n}", "Bí thư") for n in range(number)]
        look = checked(tmp_path, host, {f"Chi bộ số {number}": people})
        with django_assert_num_queries(22):
            write_roster(look, ImportMode.FAULTLESS, by=None)


def test_a_citizen_number_is_kept_nowhere(known):
    assert CITIZEN not in json.dumps(everything(), default=str)
