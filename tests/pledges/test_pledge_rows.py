from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from cadres.imports.workbook import WorkbookError
from pledges.imports.rows import Product, Result, parse_pledges, parse_product, parse_result
from tests.workbooks import write_xlsx

DEMO = Path(settings.BASE_DIR) / "demo"
MEMBERS = [
    "TT",
    "Họ và tên đảng viên",
    "Số thẻ ĐV",
    "Nội dung việc mới, việc khó đăng ký thực hiện",
    "Loại việc",
    "Kết quả, sản phẩm dự kiến",
    "Thời gian hoàn thành",
    "Ngày đăng ký tại chi bộ",
]
CADRES = [
    "TT",
    "Họ và tên",
    "Số thẻ ĐV",
    "Chức vụ",
    "Đơn vị",
    "Nội dung đăng ký đảm nhận",
    "Loại việc",
    "Tồn đọng từ năm",
    "Kết quả, mục tiêu",
    "Thời hạn",
    "Đơn vị phối hợp",
    "Kết quả thực hiện",
    "Đúng hạn",
    "Vượt mức",
]
CELL = ["Đảng bộ phường Bưởi - Chi bộ số 1"]


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def pledge(number=1.0, name="Lê Thị Hòa", card="03300006", title="Vận động 12 hộ", **more):
    kind, product = more.get("kind", "Khó"), more.get("product", "12/12 hộ")
    return [
        number,
        name,
        card,
        title,
        kind,
        product,
        more.get("due", "Quý III/2024"),
        more.get("on", "11/03/2024"),
    ]


def cadre(number=1.0, name="Lê Thị Hòa", card="03300006", title="Giải quyết 7 vụ việc", **more):
    told = ("post", "unit", "kind", "backlog", "product", "due", "partners", "result", "on_time", "beyond")
    usual = {"post": "Chánh Thanh tra", "unit": "Đảng bộ Công an quận", "kind": "Khó", "due": "30/9/2023"}
    post, unit, *others = (more.get(key, usual.get(key, "")) for key in told)
    return [number, name, card, post, unit, title, *others]


def read(tmp_path, *rows, header=MEMBERS, year=2024, title=()):
    return parse_pledges(write_xlsx(tmp_path / "a.xlsx", [*title, header, *rows]), year=year)


def told(sheet):
    return [(problem.row, problem.column, problem.code, problem.message) for problem in sheet.problems]


# The lists of the district, as they are


def test_pledges_of_the_members():
    sheet = parse_pledges(DEMO / "dang-ky-viec-moi-viec-kho-2024.xlsx", year=2024)
    assert (sheet.layout, sheet.year_stated, sheet.problems, sheet.left_out) == ("members", 2024, [], [])
    assert len(sheet.lines) == 7_372
    assert Counter(line.no_in_person for line in sheet.lines) == {1: 7_126, 2: 246}
    assert len({(line.unit_path, line.card or line.name) for line in sheet.lines}) == 7_126
    assert len({line.unit_path for line in sheet.lines}) == 297
    assert Counter(line.due_kind for line in sheet.lines) == {"day": 4_385, "quarter": 1_473, "year": 1_514}
    assert Counter(line.novelty for line in sheet.lines) == {"new": 3_786, "difficult": 3_586}
    assert all(line.registered_on and line.result is None for line in sheet.lines)
    second = next(line for line in sheet.lines if line.row == 495)  # neither number, name nor card
    assert (second.card, second.no_in_person) == (None, 2)
    above = next(line for line in sheet.lines if line.row == 494)
    assert (above.name, above.unit_path) == (second.name, second.unit_path)


@pytest.mark.parametrize(
    ("year", "pledges", "people", "outcomes"),
    [
        (2022, 53, 51, {"done": 42, "not_done": 6, "carried_over": 5}),
        (2023, 163, 54, {"done": 148, "not_done": 8, "carried_over": 7}),
        (2024, 166, 54, {}),
    ],
)
def test_pledges_of_the_key_cadres(year, pledges, people, outcomes):
    sheet = parse_pledges(DEMO / f"can-bo-chu-chot-{year}.xlsx", year=year)
    assert (sheet.layout, sheet.year_stated, sheet.problems) == ("cadres", year, [])
    assert (len(sheet.lines), len({line.card for line in sheet.lines})) == (pledges, people)
    assert sum(line.no_in_person == 1 for line in sheet.lines) == people
    assert Counter(line.result.outcome for line in sheet.lines if line.result) == outcomes
    assert all(line.post and line.unit_printed and line.name and line.unit_path == () for line in sheet.lines)
    partners = {name for line in sheet.lines for name in line.partners}
    assert "Phòng Tài nguyên và Môi trường" in partners
    assert max(len(line.partners) for line in sheet.lines) == 1


def test_notable_results_of_2023():
    sheet = parse_pledges(DEMO / "can-bo-chu-chot-2023.xlsx", year=2023)
    inspection, record = (next(line for line in sheet.lines if line.row == row) for row in (78, 89))
    assert inspection.result == Result(
        outcome="not_done",
        text="55/62 nội dung (8/8 kết luận)",
        value_num=Decimal(55),
        value_den=Decimal(62),
        measure_unit="nội dung",
        sub_num=8,
        sub_den=8,
        sub_unit="kết luận",
    )
    assert (record.result.value_num, record.result.value_den, record.result.measure_unit) == (
        1200,
        1200,
        "người",
    )
    assert record.result.text == "1.200/1.200 người; kỷ lục Guinness Việt Nam"
    assert (record.result.outcome, record.result.on_time, record.result.beyond) == ("done", True, False)
    assert min(line.backlog_since for line in sheet.lines if line.backlog_since) == 2009
    assert 2011 in {line.backlog_since for line in sheet.lines}


# Whose pledge a line is


def test_a_second_pledge_belongs_to_the_person_above(tmp_path):
    sheet = read(
        tmp_path,
        CELL,
        pledge(),
        pledge("", "", title="Lập nhóm Zalo"),
        pledge("", "", "", title="Xây dựng tủ sách"),
        pledge(2.0, "Lê Văn An", ""),
        pledge("", "", "", title="Lắp đặt camera"),
    )
    assert sheet.problems == []
    assert [(line.name, line.card, line.no_in_person) for line in sheet.lines] == [
        ("Lê Thị Hòa", "03300006", 1),
        ("Lê Thị Hòa", "03300006", 2),
        ("Lê Thị Hòa", "03300006", 3),
        ("Lê Văn An", None, 1),
        ("Lê Văn An", None, 2),
    ]


def test_a_person_named_again_goes_on_counting(tmp_path):
    sheet = read(tmp_path, CELL, pledge(), pledge(2.0, "Lê Văn An", "03300007"), pledge(3.0))
    assert [line.no_in_person for line in sheet.lines] == [1, 1, 2]


def test_a_refused_pledge_keeps_its_number(tmp_path):
    sheet = read(tmp_path, CELL, pledge(due="31/9/2024"), pledge("", ""))
    assert [(line.row, line.no_in_person) for line in sheet.lines] == [(4, 2)]


def test_a_person_listed_without_a_pledge_is_passed_over(tmp_path):
    empty = {"title": "", "kind": "", "product": "", "due": "", "on": ""}
    sheet = read(tmp_path, CELL, pledge(**empty), pledge(2.0, "Lê Văn An", "", **empty), pledge("", "", ""))
    assert [(line.name, line.no_in_person) for line in sheet.lines] == [("Lê Văn An", 1)]
    assert sheet.problems == []


def test_a_line_without_a_person(tmp_path):
    sheet = read(tmp_path, CELL, pledge("", "", ""), pledge(1.0), pledge(2.0, ""), pledge("", "", "03300009"))
    assert told(sheet) == [
        (3, "Họ và tên đảng viên", "no_person", "The name is missing"),
        (5, "Họ và tên đảng viên", "no_person", "The name is missing"),
        (6, "Họ và tên đảng viên", "no_person", "The name is missing"),
    ]


def test_a_new_cell_begins_without_a_person(tmp_path):
    sheet = read(tmp_path, CELL, pledge(), ["Chi bộ Tòa án"], pledge("", ""))
    assert [problem.code for problem in sheet.problems] == ["no_person"]


def test_another_card_without_a_name(tmp_path):
    sheet = read(tmp_path, CELL, pledge(), pledge("", "", "03300007"))
    message = "The card number is not that of Lê Thị Hòa in the line above, and no name is given"
    assert told(sheet) == [(4, "Số thẻ ĐV", "other_card", message)]


def test_members_stand_in_a_cell(tmp_path):
    sheet = read(
        tmp_path, pledge(), ["ĐẢNG BỘ PHƯỜNG BƯỞI"], pledge(), ["Chi bộ Văn hóa - Thể thao"], pledge()
    )
    assert [problem.code for problem in sheet.problems] == ["no_cell", "no_cell"]
    assert [line.unit_path for line in sheet.lines] == [("Chi bộ Văn hóa - Thể thao",)]


def test_totals_and_signatures_are_no_pledges(tmp_path):
    rows = [["Tổng cộng", "", "", "1 việc"], ["", "", "", "", "", "", "T/M CHI ỦY"], ["", "Lê Văn An"]]
    sheet = read(tmp_path, ["1", "2", "3", "4", "5", "6", "7", "8"], CELL, pledge(), *rows)
    assert (len(sheet.lines), sheet.problems) == (1, [])


# Problems


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (pledge(title=""), (3, "no_title", "The content registered is missing")),
        (pledge(kind="Dễ"), (4, "novelty", "“Dễ” is no kind of task; write “Mới”, “Khó” or “Cả hai”")),
        (pledge(due="31/9/2024"), (6, "due", "Invalid date: month 9/2024 has only 30 days")),
        (pledge(due="30/9/2025"), (6, "due", "The due date 30/09/2025 is outside the year 2024")),
        (pledge(due=""), (6, "due", "The date is missing")),
        (pledge(on="30/02/2024"), (7, "registered_on", "Invalid date: month 2/2024 has only 29 days")),
        (
            pledge(title="x" * 32_000),
            (3, "too_long", "The text has 32,000 characters; at most 2,000 are taken"),
        ),
        (
            pledge(product="x" * 2_001),
            (5, "too_long", "The text has 2,001 characters; at most 2,000 are taken"),
        ),
    ],
)
def test_a_faulty_row_is_refused_and_told(tmp_path, row, problem):
    sheet = read(tmp_path, CELL, row, pledge(2.0, "Lê Văn An", "03300007"))
    column, code, message = problem
    assert told(sheet) == [(3, MEMBERS[column], code, message)]
    assert sheet.refused == {3}
    assert sheet.refused_cells[3][1:3] == ["Lê Thị Hòa", "03300006"]
    assert [line.name for line in sheet.lines] == ["Lê Văn An"]


def test_a_card_number_without_its_zeros(tmp_path):
    sheet = read(tmp_path, CELL, pledge(card=3300006.0))
    assert [problem.code for problem in sheet.problems] == ["card"]


def test_kinds_days_and_deadlines(tmp_path):
    sheet = read(
        tmp_path,
        CELL,
        pledge(kind="Cả hai", due="Cả năm 2024", on=""),
        pledge("", "", kind="mới", due=date(2024, 6, 30), on=date(2024, 3, 11)),
    )
    first, second = sheet.lines
    assert (first.novelty, first.due_kind, first.due_on) == ("both", "year", date(2024, 12, 31))
    assert (second.novelty, second.due_kind, second.due_on) == ("new", "day", date(2024, 6, 30))
    assert (first.registered_on, second.registered_on) == (None, date(2024, 3, 11))


def test_the_year_of_the_title_is_told(tmp_path):
    assert read(tmp_path, CELL, title=[["TỔNG HỢP"], ["Năm 2023"]]).year_stated == 2023
    assert read(tmp_path, CELL).year_stated is None


def test_key_cadres_with_results(tmp_path):
    rows = [
        cadre(
            backlog=2011.0,
            partners="Phòng Tài nguyên và Môi trường; Công an quận;",
            result="7/7 vụ việc",
            on_time="x",
        ),
        cadre("", "", result="Chưa hoàn thành, chuyển năm sau", post="", unit=""),
    ]
    sheet = read(tmp_path, *rows, header=CADRES, year=2023)
    first, second = sheet.lines
    assert first.partners == ["Phòng Tài nguyên và Môi trường", "Công an quận"]
    assert (first.backlog_since, first.result.on_time) == (2011, True)
    assert (second.post, second.unit_printed) == ("Chánh Thanh tra", "Đảng bộ Công an quận")
    assert (second.result.outcome, second.result.on_time) == ("carried_over", None)


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        (
            {"backlog": "lâu rồi"},
            ("Tồn đọng từ năm", "backlog", "“lâu rồi” is not a year since which the matter has been pending"),
        ),
        (
            {"backlog": 2024.0},
            ("Tồn đọng từ năm", "backlog", "“2024” is not a year since which the matter has been pending"),
        ),
        (
            {"result": "Đã trình"},
            ("Kết quả thực hiện", "result", "“Đã trình” does not say whether the task is done"),
        ),
    ],
)
def test_faulty_rows_of_key_cadres(tmp_path, more, problem):
    sheet = read(tmp_path, cadre(**more), header=CADRES, year=2023)
    assert told(sheet) == [(2, *problem)]


def test_a_workbook_that_is_no_registration_list(tmp_path):
    with pytest.raises(WorkbookError, match="“Họ và tên”, “Nội dung đăng ký”, “Loại việc”"):
        read(tmp_path, header=["Họ và tên", "Số thẻ"])


# Products


@pytest.mark.parametrize(
    ("text", "product"),
    [
        ("62 nội dung", Product("quantity", "nội dung", Decimal(62))),
        ("01 mô hình", Product("quantity", "mô hình", Decimal(1))),
        ("01 lớp duy trì hằng tuần", Product("quantity", "lớp duy trì hằng tuần", Decimal(1))),
        ("2.024 thiết bị", Product("quantity", "thiết bị", Decimal(2024))),
        ("1,5 km", Product("quantity", "km", Decimal("1.5"))),
        ("12/12 hộ", Product("ratio", "hộ", Decimal(12))),
        ("8/8 hộ tham gia", Product("ratio", "hộ tham gia", Decimal(8))),
        ("100% hồ sơ trực tuyến", Product("ratio", "% hồ sơ trực tuyến", Decimal(100))),
        ("90 %", Product("ratio", "%", Decimal(90))),
        ("sự kiện", Product("event")),
        ("Có/không", Product("yes_no")),
        ("Xóa 01 điểm", Product("description")),
        ("Biên bản hòa giải thành", Product("description")),
        ("30/9/2024", Product("description")),
        ("12/2024", Product("description")),
        ("2024", Product("description")),
        ("1.20 người", Product("description")),
        ("9" * 13 + " hộ", Product("description")),
        ("5 " + "x" * 101, Product("description")),
        ("", Product("description")),
    ],
)
def test_products(text, product):
    assert parse_product(text) == product


@given(st.integers(0, 10**9))
def test_quantities_are_read_as_offices_group_them(number):
    grouped = f"{number:,}".replace(",", ".")
    assert parse_product(f"{grouped} hộ") == Product("quantity", "hộ", Decimal(number))


@given(st.text(max_size=40))
def test_any_product_fits_its_record(text):
    product = parse_product(text)
    assert len(product.measure_unit) <= 100
    assert product.target is None or 0 <= product.target < 10**12


# Results


@pytest.mark.parametrize(
    ("text", "marks", "outcome", "on_time", "beyond"),
    [
        ("Hoàn thành", ("x", ""), "done", True, False),
        ("Đã hoàn thành", ("", ""), "done", False, False),
        ("4/4 tồn tại", ("x", "X"), "done", True, True),
        ("5/4 tồn tại", ("", ""), "done", False, False),
        ("3/4 tồn tại", ("", ""), "not_done", None, None),
        ("Hoàn thành 3/4 tồn tại", ("", ""), "not_done", None, None),
        ("55/62 nội dung (8/8 kết luận)", ("", ""), "not_done", None, None),
        ("55/62 nội dung (8/8 kết luận)", ("x", ""), "done", True, False),
        ("Đạt 92% hồ sơ", ("", ""), "not_done", None, None),
        ("100% hồ sơ; vượt tiến độ", ("", ""), "done", False, False),
        ("Chưa hoàn thành, chuyển năm sau", ("", ""), "carried_over", None, None),
        ("Chuyển tiếp sang năm 2025", ("", ""), "carried_over", None, None),
        ("Chưa hoàn thành", ("", ""), "not_done", None, None),
        ("Đang thực hiện", ("", ""), "not_done", None, None),
        ("", ("x", ""), "done", True, False),
        ("Đã trình Ban Thường vụ", ("x", ""), "done", True, False),
    ],
)
def test_outcomes(text, marks, outcome, on_time, beyond):
    result = parse_result(text, *marks)
    assert (result.outcome, result.on_time, result.beyond) == (outcome, on_time, beyond)
    assert result.text == text


def test_nothing_told_is_no_result():
    assert parse_result(" ", "", "") is None


@pytest.mark.parametrize(
    ("text", "product", "outcome"),
    [
        ("7 vụ việc", "7 vụ việc", "done"),
        ("6 vụ việc", "7 vụ việc", "not_done"),
        ("92% hồ sơ", "90% hồ sơ", "done"),
        ("12/15 hộ", "10 hộ", "done"),
        ("50/100 người", "2 lớp", "not_done"),
    ],
)
def test_a_result_is_held_against_the_product_in_the_same_unit(text, product, outcome):
    assert parse_result(text, "", "", product=parse_product(product)).outcome == outcome


@pytest.mark.parametrize("text", ["Đã trình Ban Thường vụ", "7 vụ việc", "0/0 hộ", "12/2023", "2023"])
def test_words_without_an_outcome_are_not_guessed(text):
    with pytest.raises(ValueError, match=f"^“{text}” does not say whether the task is done$"):
        parse_result(text, "", "")


def test_marks_that_contradict_the_words():
    with pytest.raises(ValueError, match="yet says that the task is not done"):
        parse_result("Chưa hoàn thành", "x", "")


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_share_is_done_when_the_whole_is_reached(part, whole):
    result = parse_result(f"{part:,}/{whole:,} hộ".replace(",", "."), "", "")
    assert (result.value_num, result.value_den, result.measure_unit) == (part, whole, "hộ")
    assert (result.outcome == "done") == (part >= whole)


@given(st.text(alphabet="0123456789/%.,;() hộchưađạtx", max_size=30))
def test_any_result_is_read_or_told(text):
    try:
        result = parse_result(text, "", "")
    except ValueError:
        return
    assert result is None or result.outcome in {"done", "not_done", "carried_over"}
