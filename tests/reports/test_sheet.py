"""The workbooks, read back: what is typed stays text, numbers stay numbers, memory stays flat."""

import tracemalloc
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from django.utils import translation
from openpyxl import load_workbook

from reports.writers import sheet as sheet_module
from reports.writers.sheet import Column, write_refused, write_table

DAY = datetime(2024, 3, 26)  # noqa: DTZ001 (a workbook knows no time zone)
COLUMNS = [
    Column("Tên tổ chức đảng", 40),
    Column("Danh sách tính tỷ lệ", 12, "int"),
    Column("Tỷ lệ", 10, "percent"),
    Column("Đã đăng ký", 22, "rate"),
    Column("Ngày", 12, "date"),
]
ROW = ("Đảng bộ phường Bưởi", 7560, Decimal("94"), "7.126/7.560 (94%)", DAY.date())


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def written(rows=(ROW,), **changes):
    file = BytesIO()
    values = {
        "title_lines": ["KẾT QUẢ ĐĂNG KÝ", "Đảng bộ quận Tây Hồ"],
        "columns": COLUMNS,
        "rows": rows,
        "sheet_name": "Theo đơn vị",
    }
    count = write_table(file, **(values | changes))
    return load_workbook(BytesIO(file.getvalue())), count


def values(sheet, row):
    return [cell.value for cell in sheet[row]]


def test_table_has_titles_heading_rows_and_total():
    total = ("Tổng cộng", 7560, None, None, None)
    book, count = written([ROW, ROW], total=total, provisional="Số liệu tạm tính đến 08:30 ngày 26/03/2024")
    sheet = book["Theo đơn vị"]
    assert [sheet.cell(row, 1).value for row in range(1, 5)] == [
        "KẾT QUẢ ĐĂNG KÝ",
        "Đảng bộ quận Tây Hồ",
        "Số liệu tạm tính đến 08:30 ngày 26/03/2024",
        "Tên tổ chức đảng",
    ]
    assert values(sheet, 5) == [*ROW[:2], 0.94, ROW[3], DAY]
    assert values(sheet, 7) == ["Tổng cộng", 7560, "–", "–", "–"]
    assert sheet.max_row == 7
    assert sheet["A7"].font.bold
    assert not sheet["A6"].font.bold
    assert count == 2


def test_numbers_are_numbers_and_show_grouped_percent_with_its_places():
    book, _count = written(
        [ROW, ("Bưởi", 8, Decimal("88.7"), "", None), ("", "", Decimal("99.9512"), "", "")]
    )
    sheet = book["Theo đơn vị"]
    assert [cell.data_type for cell in sheet[4]] == ["s", "n", "n", "s", "d"]
    assert [cell.number_format for cell in sheet[4]][1:3] == ["#,##0", "0%"]
    assert (sheet["C5"].value, sheet["C5"].number_format) == (0.887, "0.0%")
    assert sheet["C6"].number_format == "0.00%"
    assert values(sheet, 6) == [None, None, 0.999512, None, None]
    assert sheet["E4"].number_format == "dd/mm/yyyy"
    assert sheet["D4"].alignment.horizontal == "right"


def test_no_data_is_a_dash_but_an_empty_text_is_empty():
    book, _count = written([(None, None, None, None, None)])
    assert values(book["Theo đơn vị"], 4) == [None, "–", "–", "–", "–"]


@pytest.mark.parametrize(
    "trap", ["=1+1", "+84", "-5", "@SUM(A1)", "\tthụt", "\rxuống", "http://a.vn", "0012", "{=1}"]
)
def test_text_of_people_stays_text(trap):
    book, _count = written([(trap, trap, trap, trap, trap)], title_lines=[trap])
    sheet = book["Theo đơn vị"]
    cells = [sheet["A1"], *sheet[3]]
    assert [cell.data_type for cell in cells] == ["s"] * 6
    assert [cell.value for cell in cells] == [trap.replace("\r", "\n")] * 6
    assert [cell.hyperlink for cell in cells] == [None] * 6


def test_trap_is_marked_as_text_for_whoever_edits_the_cell():
    book, _count = written([("=1+1", 1, None, None, None), ("Nguyễn Văn A", 1, None, None, None)])
    sheet = book["Theo đơn vị"]
    assert sheet["A4"].quotePrefix
    assert not sheet["A5"].quotePrefix


def test_names_with_markup_letters_and_control_characters_come_back_clean():
    book, _count = written([("Ước & Ẩn <A> “Đ”\x00\x0b", 1, None, None, None)])
    assert book["Theo đơn vị"]["A4"].value == "Ước & Ẩn <A> “Đ”"


def test_over_long_text_is_cut_with_an_ellipsis():
    book, _count = written([("ă" * 60_000, 1, None, None, None)])
    text = book["Theo đơn vị"]["A4"].value
    assert len(text) == 32_767
    assert text.endswith("ă…")


def test_sheet_prints_on_a4_landscape_with_its_heading_on_each_page():
    book, _count = written()
    sheet = book["Theo đơn vị"]
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (None, 0)
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.freeze_panes == "A4"
    assert sheet.column_dimensions["A"].width == pytest.approx(40, abs=1)


def test_row_is_as_high_as_its_wrapped_text_needs():
    book, _count = written([("Chi bộ Trung tâm Văn hóa - Thông tin và Thể thao quận", *ROW[1:]), ROW])
    dimensions = book["Theo đơn vị"].row_dimensions
    assert dimensions[4].height > 30
    assert dimensions[5].height is None


def test_definitions_stand_on_the_notice_sheet():
    book, _count = written(notes=["=Đăng ký: …", "Danh sách tính tỷ lệ: …"])
    assert book.sheetnames == ["Theo đơn vị", "Notes"]
    assert [cell.value for cell in book["Notes"]["A"]] == ["=Đăng ký: …", "Danh sách tính tỷ lệ: …"]
    assert book["Notes"]["A1"].data_type == "s"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Chi bộ 1/2: [A]*?", "Chi bộ 1 2   A"), ("x" * 40, "x" * 31), ("'", "Table"), ("Notes", "Notes")],
)
def test_sheet_name_is_made_fit_for_excel(name, expected):
    book, _count = written(sheet_name=name, notes=["…"])
    assert book.sheetnames[0] == expected
    assert len(book.sheetnames) == 2


def test_rows_beyond_a_sheet_go_on_in_the_next(monkeypatch):
    monkeypatch.setattr(sheet_module, "ROWS_A_SHEET", 3)
    rows = [(f"Đơn vị {n}", n, None, None, None) for n in range(6)]
    book, count = written(rows, total=("Tổng cộng", 6, None, None, None))
    assert book.sheetnames == ["Theo đơn vị", "Theo đơn vị (2)"]
    names = [[row[0].value for row in sheet.iter_rows(min_row=3)] for sheet in book]
    heading = COLUMNS[0].header
    assert names == [
        [heading, "Đơn vị 0", "Đơn vị 1", "Đơn vị 2"],
        [heading, "Đơn vị 3", "Đơn vị 4", "Đơn vị 5", "Tổng cộng"],
    ]
    assert count == 6


def test_row_of_another_width_than_the_heading_is_refused():
    with pytest.raises(ValueError, match="zip"):
        written([("một ô",)])


def test_rows_that_fail_half_way_leave_neither_workbook_nor_temporary_files(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def rows():
        yield ROW
        assert list(tmp_path.rglob("*"))  # the first row waits on disk
        raise OSError("connection lost")

    file = BytesIO()
    with pytest.raises(OSError, match="connection lost"):
        write_table(file, title_lines=["x"], columns=COLUMNS, rows=rows(), sheet_name="x")
    assert file.getvalue() == b""
    assert not list(tmp_path.rglob("*"))


def test_memory_stays_flat_for_many_rows(tmp_path):
    def peak(rows):
        tracemalloc.start()
        write_table(
            str(tmp_path / f"{rows}.xlsx"),
            title_lines=["Danh sách"],
            columns=[Column("Tên"), Column("Số", 10, "int")],
            rows=((f"Nguyễn Văn {n}", n) for n in range(rows)),
            sheet_name="Danh sách",
        )
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(10)
    assert peak(9_000) < peak(3_000) + 300_000


def test_refused_rows_come_back_with_row_problem_and_cells_as_they_were():
    file = BytesIO()
    rows = [
        (
            12,
            ["Nguyễn Văn A", 1958.0, "0001", DAY, None],
            ["Ngày không hợp lệ", "Trùng thẻ"],
        ),
        (
            15,
            ["=cmd()", float("nan"), 123456789012345678, date(1850, 1, 1), True, "thừa"],
            ["Không rõ chi bộ"],
        ),
    ]
    assert write_refused(file, ["Họ và tên", "Năm sinh", "Số thẻ", "Ngày"], iter(rows)) == 2
    sheet = load_workbook(BytesIO(file.getvalue()))["Refused rows"]
    assert values(sheet, 1) == ["Row", "Problem", "Họ và tên", "Năm sinh", "Số thẻ", "Ngày", None, None]
    assert values(sheet, 2) == [
        12,
        "Ngày không hợp lệ\nTrùng thẻ",
        "Nguyễn Văn A",
        1958,
        "0001",
        DAY,
        None,
        None,
    ]
    assert values(sheet, 3)[2:] == ["=cmd()", "nan", "123456789012345678", "1850-01-01", "True", "thừa"]
    assert sheet["C3"].data_type == "s"
    assert sheet["D2"].number_format == "General"
    assert sheet["B2"].fill.fgColor.rgb == "FFFBE3E0"
    assert sheet["C2"].fill.fgColor.rgb != "FFFBE3E0"
    assert sheet.freeze_panes == "C2"


def test_no_refused_row_still_gives_a_readable_workbook():
    file = BytesIO()
    assert write_refused(file, ["Họ và tên"], []) == 0
    assert values(load_workbook(BytesIO(file.getvalue())).active, 1) == ["Row", "Problem", "Họ và tên"]
