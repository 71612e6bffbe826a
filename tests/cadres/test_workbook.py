import io
import struct
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from cadres import uploads
from cadres.imports import isolated
from cadres.imports.unit_names import is_unit_name, split_unit_path, unit_kind
from cadres.imports.workbook import WorkbookError, as_text, find_header, find_list, is_total, read_rows
from cadres.uploads import UploadError, check_upload
from tests.workbooks import write_xls, write_xlsx

LOCKED = "The file is locked with a password. Remove the password in Excel and save it again."
DAMAGED = "The file is damaged. Open it in Excel, save it as a new .xlsx file and choose that one."
NO_WORKBOOK = "This is not an Excel workbook. Choose an .xlsx or .xls file."
EXPLODING = "The file unpacks to far more than a list can hold and is not taken. Save the list alone."
FAR = "Something is written far from the list. Copy the list into a new workbook and choose that one."
COLUMNS = {"name": ("Họ và tên", "Họ tên"), "men": ("Ngày sinh Nam",), "women": ("Ngày sinh Nữ",)}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def refusal(source, **options) -> str:
    with pytest.raises(UploadError) as told:
        check_upload(source, **options)
    return str(told.value)


# Content checks


def test_real_workbooks_are_taken(tmp_path):
    assert check_upload(write_xlsx(tmp_path / "a.xlsx", [["x"]])) == "xlsx"
    assert check_upload(write_xls(tmp_path / "a.xls", [["x"]])) == "xls"


def test_a_workbook_under_the_other_name_is_taken(tmp_path):
    assert check_upload(write_xls(tmp_path / "a.xlsx", [["x"]])) == "xls"
    assert read_rows(tmp_path / "a.xlsx")[0].rows == [["x"]]


def test_an_upload_is_read_from_its_start_and_left_there(tmp_path):
    content = write_xlsx(tmp_path / "a.xlsx", [["x"]]).read_bytes()
    upload = SimpleUploadedFile("Danh sách.XLSX", content)
    upload.read(10)
    assert check_upload(upload) == "xlsx"
    assert upload.read() == content
    upload.close()


def test_an_empty_file(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"")
    assert refusal(tmp_path / "a.xlsx") == "The file is empty. Save it again and choose it once more."


def test_a_file_over_the_limit(tmp_path):
    path = tmp_path / "a.xlsx"
    with path.open("wb") as file:
        file.truncate(200 * uploads.MEGABYTE)
    assert refusal(path) == ("The file has 200.0 MB; at most 20 MB are taken. Remove pictures or split it.")
    assert refusal(io.BytesIO(b"12345"), name="a.xlsx", limit=4).startswith("The file has 0.0 MB")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xlsx", b"Ho va ten;So the\r\n"),
        ("a.xlsx", PNG),
        ("a.exe", b"MZ" + bytes(60)),
        ("a.xls", uploads.OLE_MAGIC + bytes(600) + "WordDocument".encode("utf-16-le") + b"\0\0"),
    ],
)
def test_what_is_no_workbook(name, content):
    assert refusal(io.BytesIO(content), name=name) == NO_WORKBOOK


def test_a_workbook_under_a_foreign_name(tmp_path):
    path = write_xlsx(tmp_path / "a.pdf", [["x"]])
    assert refusal(path) == NO_WORKBOOK


def test_other_containers(tmp_path):
    assert refusal(zipped(tmp_path / "a.xlsx", {"readme.txt": b"x"})) == NO_WORKBOOK
    assert refusal(zipped(tmp_path / "b.xlsx", {"word/document.xml": b"<x/>"})) == NO_WORKBOOK
    assert check_upload(zipped(tmp_path / "b.docx", {"word/document.xml": b"<x/>"}), kinds=["docx"]) == "docx"


def test_evidence_must_be_what_its_name_says():
    kinds = ["pdf", "png", "jpeg"]
    assert check_upload(io.BytesIO(PNG), name="a.png", kinds=kinds) == "png"
    assert check_upload(io.BytesIO(b"%PDF-1.7 ..."), name="a.pdf", kinds=kinds) == "pdf"
    assert check_upload(io.BytesIO(b"\xff\xd8\xff\xe0...."), name="a.jpg", kinds=kinds) == "jpeg"
    assert refusal(io.BytesIO(PNG), name="a.pdf", kinds=kinds) == (
        "This kind of file is not taken. Choose one of: .pdf, .png, .jpg, .jpeg."
    )


def test_a_workbook_locked_with_a_password(tmp_path):
    # Excel wraps a locked .xlsx into an OLE container with a stream of this name.
    wrapped = uploads.OLE_MAGIC + bytes(1016) + "EncryptedPackage".encode("utf-16-le") + bytes(400)
    assert refusal(io.BytesIO(wrapped), name="a.xlsx") == LOCKED
    path = write_xls(tmp_path / "a.xls", [["x"]], locked=True)
    with pytest.raises(UploadError) as told:
        read_rows(path)
    assert str(told.value) == LOCKED


def test_a_container_with_encrypted_members(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", [["x"]])
    content = bytearray(path.read_bytes())
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    assert refusal(io.BytesIO(content), name="a.xlsx") == LOCKED


@pytest.mark.parametrize("keep", [40, 2_000, 4_000])
def test_a_file_cut_short(tmp_path, keep):
    content = write_xlsx(tmp_path / "a.xlsx", [["x"]]).read_bytes()
    assert refusal(io.BytesIO(content[:keep]), name="a.xlsx") == DAMAGED


def test_a_file_with_a_flipped_byte(tmp_path):
    content = bytearray(write_xlsx(tmp_path / "a.xlsx", [["x"]]).read_bytes())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.getinfo("xl/worksheets/sheet1.xml")
    content[sheet.header_offset + 60 + sheet.compress_size // 2] ^= 0xFF
    assert refusal(io.BytesIO(content), name="a.xlsx") == DAMAGED


def test_a_container_that_unpacks_to_far_more(tmp_path):
    bomb = zipped(tmp_path / "a.xlsx", {"xl/workbook.xml": b"<x/>", "xl/media/image.bin": bytes(40 * 2**20)})
    assert bomb.stat().st_size < 100_000
    assert refusal(bomb) == EXPLODING


def test_a_container_of_very_many_members(tmp_path):
    members = {f"xl/{number}.xml": b"" for number in range(uploads.MAX_MEMBERS)}
    assert refusal(zipped(tmp_path / "a.xlsx", {"xl/workbook.xml": b"<x/>"} | members)) == EXPLODING


def test_a_container_that_lies_about_its_size(tmp_path):
    path = zipped(tmp_path / "a.xlsx", {"xl/workbook.xml": b"<x/>", "xl/big.xml": bytes(2**20)})
    content = path.read_bytes().replace((2**20).to_bytes(4, "little"), (5).to_bytes(4, "little"))
    assert refusal(io.BytesIO(content), name="a.xlsx") == EXPLODING


def test_a_cell_in_the_far_corner_would_exhaust_memory(tmp_path):
    rows = [["Họ và tên"]]
    path = write_xlsx(tmp_path / "a.xlsx", rows)
    sheet = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for far in (
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        b"<row r='1048576'><c s='0' r='xfd1048576' t='n'><v>1</v></c></row>",
        b'<row r="1"><c r="XFD1"><v>1</v></c></row><row r="1048576"><c><v>1</v></c></row>',
    ):
        content = members[sheet].replace(b"</sheetData>", far + b"</sheetData>")
        assert refusal(zipped(tmp_path / "far.xlsx", members | {sheet: content})) == FAR


def test_formatted_empty_cells_far_out_do_no_harm(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", [["Họ và tên"]])
    sheet = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    blank = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    zipped(path, members | {sheet: members[sheet].replace(b"</sheetData>", blank)})
    assert read_rows(path)[0].rows == [["Họ và tên"]]


# Rows


def test_old_workbooks_are_read_like_new_ones(tmp_path):
    rows = [["", ""], ["Họ và tên", "Số thẻ"], ["  Lê\u00a0Thị  Hòa", 8000.0]]
    old, new = write_xls(tmp_path / "a.xls", rows), write_xlsx(tmp_path / "a.xlsx", rows)
    clean = [["", ""], ["Họ và tên", "Số thẻ"], ["Lê Thị Hòa", 8000.0]]
    assert read_rows(old)[0].rows == clean
    assert read_rows(new)[0].rows == clean


@pytest.mark.parametrize(
    ("sound", "damage"),
    [
        # A cell at the very end of a sheet of 65.536 × 65.536: the parser reserves 340 GB.
        (struct.pack("<HHHd", 1, 0, 0, 8000.0), struct.pack("<HHHd", 0xFFFF, 0xFFFF, 0, 8000.0)),
        # A sheet that begins behind the end of the file: the parser panics.
        (struct.pack("<HHI", 0x85, 12, 40), struct.pack("<HHI", 0x85, 12, 0xEEEEEEEE)),
    ],
)
def test_a_damaged_old_workbook_ends_only_its_reader(tmp_path, sound, damage):
    path = write_xls(tmp_path / "a.xls", [["Số thẻ"], [8000.0]])
    content = path.read_bytes()
    assert content.count(sound) == 1
    path.write_bytes(content.replace(sound, damage))
    with pytest.raises(UploadError) as told:
        read_rows(path)
    assert str(told.value) == DAMAGED


def test_a_parser_without_end_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(isolated, "SECONDS", 0.001)
    with pytest.raises(UploadError) as told:
        read_rows(write_xlsx(tmp_path / "a.xlsx", [["x"]]))
    assert str(told.value) == DAMAGED


def test_the_reading_program_tells_what_hindered_it(tmp_path, capsys):
    assert isolated.main(str(write_xlsx(tmp_path / "a.xlsx", [["x", date(2024, 3, 26)]]))) == isolated.READ
    assert capsys.readouterr().out == '[["Danh s\\u00e1ch", [["x", {"date": "2024-03-26"}]]]]'
    assert isolated.main(str(write_xls(tmp_path / "a.xls", [["x"]], locked=True))) == isolated.LOCKED
    (tmp_path / "b.xlsx").write_bytes(b"PK\x03\x04")
    assert isolated.main(str(tmp_path / "b.xlsx")) == isolated.DAMAGED
    assert isolated.main(str(tmp_path / "none.xlsx")) == isolated.DAMAGED


@pytest.mark.parametrize("value", [date(2024, 3, 26), datetime(2024, 3, 26, 7, 30), time(7, 30)])  # noqa: DTZ001
def test_days_and_times_survive_the_way(value):
    assert isolated.decode(isolated.encode(value)) == value


def test_durations_arrive_as_text():
    assert isolated.decode(isolated.encode(timedelta(hours=30))) == "1 day, 6:00:00"


def test_a_workbook_without_a_filled_cell(tmp_path):
    with pytest.raises(WorkbookError) as told:
        read_rows(write_xlsx(tmp_path / "a.xlsx", []))
    assert str(told.value) == "The workbook is empty: no visible sheet has a filled cell."


def test_hidden_sheets_are_not_read(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", [["x"]], hidden=[["Họ và tên"]])
    assert [(sheet.name, sheet.rows) for sheet in read_rows(path)] == [("Danh sách", [["x"]])]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (8000.0, "8000"),
        (7.126, "7.126"),
        (date(2024, 3, 26), "26/03/2024"),
        (datetime(2024, 3, 26), "26/03/2024"),  # noqa: DTZ001
        (datetime(2024, 3, 26, 7, 30), "26/03/2024 07:30"),  # noqa: DTZ001
        (12, "12"),
        (True, ""),
        (None, ""),
        ("", ""),
    ],
)
def test_cells_as_text(cell, text):
    assert as_text(cell) == text


# Headers


def test_a_header_in_two_rows_with_merged_cells():
    rows = [
        ["DANH SÁCH", "", "", ""],
        ["Stt", "HỌ VÀ TÊN", "Ngày sinh", "", "Ghi chú"],
        ["", "", "Nam", "Nữ", ""],
        [1.0, "Lê Thị Hòa", "", "22/07/1972", ""],
    ]
    header = find_header(rows, COLUMNS)
    assert (header.first, header.last) == (1, 2)
    assert header.at == {"name": 1, "men": 2, "women": 3}
    assert header.label("women") == "Ngày sinh Nữ"
    assert header.text(rows[3], "women") == "22/07/1972"
    assert [header.labels[index] for index in header.unread()] == ["Stt", "Ghi chú"]


def test_a_header_in_one_row_does_not_take_the_next_line_in():
    header = find_header([["Họ tên", "Số thẻ"], ["ĐẢNG BỘ PHƯỜNG BƯỞI", ""]], COLUMNS, ["name"])
    assert (header.first, header.last) == (0, 0)
    assert header.labels == ["Họ tên", "Số thẻ"]
    assert header.label("men") == ""
    assert header.value(["Lê Thị Hòa"], "men") == ""


def test_the_first_of_two_equal_headings_counts():
    assert find_header([["Họ tên", "Họ và tên"]], COLUMNS, ["name"]).at == {"name": 0}


def test_a_missing_header_names_the_columns(tmp_path):
    message = "No list was found: no row has the column headings “Họ và tên”, “Ngày sinh Nam”."
    with pytest.raises(WorkbookError) as told:
        find_header([["Họ và tên", "Tuổi"]], COLUMNS, ["name", "men"])
    assert str(told.value) == message
    with pytest.raises(WorkbookError) as told:
        find_list(read_rows(write_xlsx(tmp_path / "a.xlsx", [["x"]])), COLUMNS, ["name", "men"])
    assert str(told.value) == message


def test_the_list_may_stand_on_any_visible_sheet(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", [["Ghi chú"], ["Họ và tên"]], hidden=[["Họ và tên"], ["x"]])
    sheet, header = find_list(read_rows(path), COLUMNS, ["name"])
    assert (sheet.name, header.first) == ("Danh sách", 1)


def test_numbered_columns_below_the_header():
    header = find_header([["Họ tên", "Số thẻ"], ["(1)", "(2)"], ["3", "4"]], COLUMNS, ["name"])
    assert header.is_numbering(2, ["(1)", "(2)"])
    assert not header.is_numbering(2, ["1", "Lê Thị Hòa"])
    assert not header.is_numbering(3, ["3", "4"])


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("Tổng cộng: 7700 đảng viên", True),
        ("Tổng số", True),
        ("Cộng", True),
        ("Cộng: 35", True),
        ("Tống Văn Công", False),
        ("Công Văn Tổng", False),
    ],
)
def test_totals_are_told_from_names(text, total):
    assert is_total(text) is total


# Names of organisations


@pytest.mark.parametrize(
    ("line", "path", "kind"),
    [
        ("Đảng bộ phường Bưởi", ("Đảng bộ phường Bưởi",), "grassroots_committee"),
        ("Đảng bộ phường Bưởi - Chi bộ số 1", ("Đảng bộ phường Bưởi", "Chi bộ số 1"), "cell"),
        (
            "Đảng bộ Cơ quan quận – Đảng bộ bộ phận Khối Kinh tế – Chi bộ 1",
            ("Đảng bộ Cơ quan quận", "Đảng bộ bộ phận Khối Kinh tế", "Chi bộ 1"),
            "cell",
        ),
        ("Đảng bộ A - Đảng bộ bộ phận B", ("Đảng bộ A", "Đảng bộ bộ phận B"), "division_committee"),
        ("Chi bộ Trung tâm Văn hóa - Thể thao", ("Chi bộ Trung tâm Văn hóa - Thể thao",), "grassroots_cell"),
        ("I. Chi bộ Tòa án", ("Chi bộ Tòa án",), "grassroots_cell"),
        ("CHI BỘ TÒA ÁN", ("CHI BỘ TÒA ÁN",), "grassroots_cell"),
    ],
)
def test_group_lines(line, path, kind):
    assert is_unit_name(line)
    assert split_unit_path(line) == path
    assert unit_kind(path) == kind


@pytest.mark.parametrize(
    "text", ["Chi", "Đảng viên", "Văn hóa - Chi bộ 1", "Chi bộc bạch", "1. Lê Thị Hòa", ""]
)
def test_what_is_no_organisation(text):
    assert not is_unit_name(text)
