from collections import Counter
from datetime import date
from pathlib import Path
from time import perf_counter

import pytest
from django.conf import settings
from django.utils import translation

from cadres.imports.roster_rows import parse_roster
from cadres.imports.unit_names import unit_kind
from cadres.imports.workbook import WorkbookError
from tests.workbooks import write_xlsx

ROSTER = Path(settings.BASE_DIR) / "demo" / "danh-sach-dang-vien-2024.xlsx"
HEADER = [
    ["Stt", "Họ và tên", "Ngày sinh", "", "Số thẻ đảng viên", "Đảng viên", "Chức vụ", "Số CCCD", "Ghi chú"],
    ["", "", "Nam", "Nữ", "", "", "", "", ""],
]
CELL = ["Đảng bộ phường Bưởi - Chi bộ số 1"]


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture(scope="module")
def real():
    with translation.override("en"):
        started = perf_counter()
        sheet = parse_roster(ROSTER)
        return sheet, perf_counter() - started


def person(
    number=1.0, name="Lê Thị Hòa", men="", women="22/07/1972", card="03300006", rank="Chính thức", **more
):
    return [number, name, men, women, card, rank, more.get("post", ""), "001087855331", more.get("note", "")]


def read(tmp_path, *rows, title=(), **options):
    return parse_roster(write_xlsx(tmp_path / "roster.xlsx", [*title, *HEADER, *rows]), **options)


def told(sheet):
    return [(problem.row, problem.column, problem.code, problem.message) for problem in sheet.problems]


def only_problem(sheet):
    assert sheet.lines == []
    assert sheet.refused == {4}
    [(row, column, code, message)] = told(sheet)
    assert row == 4
    return column, code, message


# The roster of the district, as it is


def test_people_of_the_real_roster(real):
    sheet, seconds = real
    assert (len(sheet.lines), sheet.problems, sheet.refused_lines) == (7_700, [], [])
    assert Counter(line.standing for line in sheet.lines) == {"active": 7_560, "exempt": 118, "away": 22}
    assert Counter(line.rank for line in sheet.lines) == {"official": 7_528, "probationary": 172}
    assert sum(line.card_number is None for line in sheet.lines) == 172
    assert Counter(line.post for line in sheet.lines)["Bí thư"] == 297
    assert (sheet.as_of, sheet.stated_total) == (date(2024, 1, 1), 7_700)
    assert seconds < 5


def test_units_of_the_real_roster(real):
    units = real[0].units
    kinds = Counter(map(unit_kind, units))
    assert kinds == {"grassroots_committee": 12, "division_committee": 1, "cell": 280, "grassroots_cell": 17}
    assert sum(len(path) == 1 for path in units) == 29
    assert sum(len(path) == 3 for path in units) == 4
    assert units[:2] == [("Đảng bộ phường Bưởi",), ("Đảng bộ phường Bưởi", "Chi bộ số 1")]
    assert ("Đảng bộ Các cơ quan Đảng, đoàn thể quận", "Chi bộ 7") in units
    assert ("Chi bộ Trung tâm Văn hóa - Thể thao",) in units
    assert all(path[:-1] in units[:index] or len(path) == 1 for index, path in enumerate(units))
    assert {line.unit_path for line in real[0].lines} == {
        path for path in units if unit_kind(path) in ("cell", "grassroots_cell")
    }


def test_lines_of_the_real_roster(real):
    lines = {line.row: line for line in real[0].lines}
    first, stray_spaces, decomposed = lines[11], lines[43], lines[13]
    assert (first.family_names, first.given_name, first.birth_year) == ("Nguyễn Thanh Hồng", "Huệ", 1972)
    assert (first.card_number, first.position, first.unit_path[-1]) == ("03300006", 1, "Chi bộ số 1")
    assert (stray_spaces.name, stray_spaces.position) == ("Phan Minh Hòa", 8)
    assert (decomposed.name, decomposed.birth_year) == ("Nguyễn Đức Việt", 1953)
    assert lines[28].birth_year == 1953


def test_citizen_numbers_are_left_out_of_everything(real, tmp_path):
    reasons = dict(real[0].left_out)
    assert reasons["Số CCCD"] == "Citizen numbers are never read and never kept."
    assert reasons["Ngày sinh Nam"] == reasons["Ngày sinh Nữ"] == "Only the year of birth is kept."
    sheet = read(tmp_path, CELL, person(rank="?"))
    assert sheet.refused_cells == {4: ["1", "Lê Thị Hòa", "", "22/07/1972", "03300006", "?", "", "", ""]}
    assert "001087855331" not in repr(sheet)


# Problems


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (person(name=""), ("Họ và tên", "no_name", "The name is missing")),
        (person(name="Lê " * 30 + "Hòa"), ("Họ và tên", "name_too_long", "The name is too long")),
        (
            person(women="31/02/1990"),
            ("Ngày sinh Nữ", "birth", "Invalid date: month 2/1990 has only 28 days"),
        ),
        (
            person(men="01/01/1970"),
            (
                "Ngày sinh Nữ",
                "birth_twice",
                "The date of birth stands in the column of men and in that of women",
            ),
        ),
        (person(rank="?"), ("Đảng viên", "rank", "“?” is neither “Chính thức” nor “Dự bị”")),
        (person(rank=""), ("Đảng viên", "rank", "“” is neither “Chính thức” nor “Dự bị”")),
        (
            person(note="Ở Pháp"),
            (
                "Ghi chú",
                "note",
                "The note “Ở Pháp” is not known; leave it empty or write how the member stands",
            ),
        ),
        (
            person(card=3300006.0),
            (
                "Số thẻ đảng viên",
                "card",
                "The card number is stored as a number and has lost its leading zeros; "
                "type it as text with 8 digits",
            ),
        ),
        (person(card="1" * 21), ("Số thẻ đảng viên", "card", "The card number is too long")),
        (
            person(card="", women=""),
            (
                "Số thẻ đảng viên",
                "unidentified",
                "Neither card number nor year of birth: the person cannot be told apart from a namesake",
            ),
        ),
    ],
)
def test_a_faulty_row_is_refused_and_told(tmp_path, row, problem):
    assert only_problem(read(tmp_path, CELL, row)) == problem


def test_the_other_rows_stay_usable(tmp_path):
    sheet = read(tmp_path, CELL, person(rank="?"), person(2.0, name="Lê Văn An", card="03300007"))
    assert [(line.row, line.name, line.position) for line in sheet.lines] == [(5, "Lê Văn An", 2)]
    assert [(line.row, line.name, line.rank) for line in sheet.refused_lines] == [(4, "Lê Thị Hòa", "")]


def test_all_problems_of_a_row_are_told_at_once(tmp_path):
    sheet = read(tmp_path, CELL, person(name="", women="1/13/1990", rank="?", note="?"))
    assert [problem.code for problem in sheet.problems] == ["no_name", "birth", "rank", "note"]


def test_birth_years_are_judged_by_the_day_of_the_list(tmp_path):
    title = [["(Tính đến hết ngày 01 tháng 01 năm 2024)"]]
    sheet = read(tmp_path, CELL, person(women=2007.0), title=title)
    assert sheet.as_of == date(2024, 1, 1)
    assert sheet.problems[0].message == "Invalid date: 2007 is not a plausible year of birth"
    assert read(tmp_path, CELL, person(women=2007.0), as_of=date(2025, 1, 1)).problems == []


def test_an_impossible_day_of_the_list(tmp_path):
    sheet = read(tmp_path, CELL, person(), title=[["(Tính đến ngày 31/02/2024)"]])
    assert told(sheet) == [(1, "", "as_of", "Invalid date: month 2/2024 has only 29 days")]
    assert len(sheet.lines) == 1


def test_a_card_twice_names_both_rows(tmp_path):
    sheet = read(tmp_path, CELL, person(), person(2.0), person(3.0, name="Lê Văn An", card="03300007"))
    assert told(sheet) == [
        (4, "Số thẻ đảng viên", "card_twice", "The person stands in the list twice: also row 5"),
        (5, "Số thẻ đảng viên", "card_twice", "The person stands in the list twice: also row 4"),
    ]
    assert [line.name for line in sheet.lines] == ["Lê Văn An"]


def test_two_people_with_one_card(tmp_path):
    sheet = read(tmp_path, CELL, person(), person(2.0, name="Lê Thị Hoa"), person(3.0, name="Lê Văn An"))
    messages = [problem.message for problem in sheet.problems]
    assert {problem.code for problem in sheet.problems} == {"card_shared"}
    assert messages == [
        "Two people with one card number: also row 5, 6",
        "Two people with one card number: also row 4, 6",
        "Two people with one card number: also row 4, 5",
    ]


def test_namesakes_without_cards_in_one_cell_are_ambiguous(tmp_path):
    other_cell = ["Đảng bộ phường Bưởi - Chi bộ số 2"]
    probationary = {"card": "", "rank": "Dự bị"}
    sheet = read(
        tmp_path,
        CELL,
        person(**probationary),
        person(2.0, name="Lê Thị Hoà", **probationary),
        person(3.0, name="Lê Thị Hoa", **probationary),
        person(4.0, women="1980", **probationary),
        other_cell,
        person(**probationary),
    )
    assert sheet.refused == {4, 5}
    assert {problem.code for problem in sheet.problems} == {"namesakes"}
    assert sheet.problems[0].message == (
        "Same name and year of birth in one cell, without a card number: also row 5"
    )


@pytest.mark.parametrize(
    ("note", "standing"),
    [
        ("", "active"),
        ("Miễn công tác và sinh hoạt đảng", "exempt"),
        ("miễn CT, SH", "exempt"),
        ("Sinh hoạt tạm thời ở nơi khác", "away"),
        ("Đang chuyển sinh hoạt đảng", "in_transfer"),
    ],
)
def test_the_note_says_how_a_member_stands(tmp_path, note, standing):
    [line] = read(tmp_path, CELL, person(note=note)).lines
    assert line.standing == standing


# Group lines, headings, totals


def test_a_cell_under_the_host_follows_a_heading_that_is_not_its_own(tmp_path):
    sheet = read(
        tmp_path,
        ["ĐẢNG BỘ PHƯỜNG BƯỞI"],
        CELL,
        person(),
        ["Chi bộ Trung tâm Văn hóa - Thể thao"],
        person(card="03300007", name="Lê Văn An"),
    )
    assert sheet.problems == []
    assert sheet.units == [
        ("Đảng bộ phường Bưởi",),
        ("Đảng bộ phường Bưởi", "Chi bộ số 1"),
        ("Chi bộ Trung tâm Văn hóa - Thể thao",),
    ]
    assert sheet.lines[1].unit_path == ("Chi bộ Trung tâm Văn hóa - Thể thao",)


def test_a_cell_named_twice_is_one_cell_however_spelled(tmp_path):
    again = ["ĐẢNG BỘ PHƯỜNG BƯỞI - CHI BỘ SỐ 1"]
    sheet = read(tmp_path, again, person(), CELL, person(card="03300007", name="Lê Văn An"))
    assert sheet.units == [("Đảng bộ phường Bưởi",), ("Đảng bộ phường Bưởi", "Chi bộ số 1")]
    assert [(line.unit_path[-1], line.position) for line in sheet.lines] == [
        ("Chi bộ số 1", 1),
        ("Chi bộ số 1", 2),
    ]


def test_people_below_a_heading_alone_stand_in_no_cell(tmp_path):
    sheet = read(tmp_path, ["ĐẢNG BỘ PHƯỜNG BƯỞI"], person())
    assert told(sheet) == [
        (
            3,
            "",
            "no_cells",
            "No cell of “ĐẢNG BỘ PHƯỜNG BƯỞI” is in the list; write the whole path in each group line",
        ),
        (4, "", "no_cell", "The row stands below no cell (chi bộ)"),
    ]
    assert (sheet.lines, sheet.units, sheet.refused) == ([], [], {4})
    assert sheet.refused_lines[0].unit_path == ()


@pytest.mark.parametrize("line", ["CB số 2", "Chi bộ " + "x" * 300])
def test_people_below_an_unknown_line_are_not_given_to_the_cell_above(tmp_path, line):
    sheet = read(tmp_path, CELL, person(), [line], person(card="03300007", name="Lê Văn An"))
    message = f"“{line[:60]}” is neither an organisation nor a person; correct the line"
    assert told(sheet)[0] == (5, "", "unread_line", message)
    assert [problem.code for problem in sheet.problems] == ["unread_line", "no_cell"]
    assert [line.row for line in sheet.lines] == [4]


def test_groups_inside_a_cell_change_nothing(tmp_path):
    sheet = read(tmp_path, CELL, ["Tổ đảng số 1"], person())
    assert (sheet.problems, sheet.lines[0].unit_path[-1]) == ([], "Chi bộ số 1")


def test_totals_and_signatures_are_no_people(tmp_path):
    sheet = read(
        tmp_path,
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)", "(9)"],
        CELL,
        person(name="Tống Văn Công"),
        ["", "Cộng: 1"],
        [2.0],
        ["Tổng cộng", "", "", "", "", "1"],
        ["", "NGƯỜI LẬP BIỂU", "", "", "", "T/M ĐẢNG ỦY"],
        ["", "Lê Văn An", "", "", "", "Lê Thị Hòa"],
    )
    assert (told(sheet), sheet.stated_total) == ([], 1)
    assert [line.name for line in sheet.lines] == ["Tống Văn Công"]


def test_the_stated_total_must_be_the_number_of_rows(tmp_path):
    sheet = read(tmp_path, CELL, person(), person(2.0, name="", card=""), ["Tổng số: 7.700 đồng chí"])
    assert told(sheet)[-1] == (6, "Stt", "total", "The list states 7,700 people, 2 rows were read")
    assert 6 not in sheet.refused


def test_a_total_that_is_no_number(tmp_path):
    sheet = read(tmp_path, CELL, person(), ["Tổng số: 7.70 đồng chí"])
    assert told(sheet) == [(5, "Stt", "total", "“7.70” is not a whole number")]
    assert len(sheet.lines) == 1


def test_a_list_with_one_column_of_birth_years(tmp_path):
    header = ["TT", "Họ tên", "Năm sinh", "Số thẻ ĐV", "Đảng viên", "Dân tộc"]
    rows = [header, ["", "Chi bộ Tòa án"], [1.0, "Lê Thị Hòa", 1972.0, "03300006", "chính thức", "Kinh"]]
    sheet = parse_roster(write_xlsx(tmp_path / "a.xlsx", rows))
    [line] = sheet.lines
    assert (line.birth_year, line.unit_path, line.standing) == (1972, ("Chi bộ Tòa án",), "active")
    assert sheet.left_out[0] == ("Dân tộc", "The application does not use this column and does not keep it.")


def test_a_workbook_that_is_no_roster(tmp_path):
    with pytest.raises(WorkbookError) as error:
        parse_roster(write_xlsx(tmp_path / "a.xlsx", [["Tên", "Số thẻ"]]))
    assert str(error.value) == (
        "No list was found: no row has the column headings “Họ và tên”, “Số thẻ đảng viên”, “Đảng viên”."
    )
