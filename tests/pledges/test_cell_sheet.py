"""Rows of a cell's list in a workbook: whose they are, and what is said of those that are nobody's."""

import pytest
from django.utils import translation

from cadres.imports.workbook import SheetRows, WorkbookError
from pledges.imports.cell_sheet import HEADINGS, MARK, mark_of, read_cell_sheet
from tests.factories import MemberFactory
from tests.pledges.factories import cell_of

COLUMNS = ["no", "name", "birth_year", "title", "novelty", "product", "due", "state", "code", "key"]


@pytest.fixture
def cell(tier):
    return cell_of(tier.campaign)


@pytest.fixture
def mark(tier, cell):
    return mark_of(tier, cell)


def sheet(*rows, language="vi", head=()):
    """A sheet with the headings of a language above the rows."""
    with translation.override(language):
        headings = [str(HEADINGS[name]) for name in COLUMNS]
    return [SheetRows("Danh sách", [*head, headings, *rows])]


def row(name, title="Lắp 4 camera", *, code="", key=""):
    return ["1", name, "1960", title, "Khó", "4 camera", "Quý III", "", code, key]


def read(sheets, people, mark):
    with translation.override("en"):
        return read_cell_sheet(sheets, people, mark=mark)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_sheet_is_read_in_both_languages(cell, mark, language):
    member = MemberFactory(unit=cell)
    found = read(sheet(row(member.name, code=member.code, key="k"), language=language), [member], mark)
    assert found.problems == []
    [typed] = found.rows
    assert (typed.row, typed.member, typed.key) == (2, member, "k")
    assert typed.raw == {
        "title": "Lắp 4 camera",
        "novelty": "Khó",
        "product": "4 camera",
        "due": "Quý III",
    }


def test_a_name_without_a_code_is_found_when_one_alone_bears_it(cell, mark):
    one = MemberFactory(unit=cell, family_names="Nguyễn Văn", given_name="Hòa")
    twins = [MemberFactory(unit=cell, family_names="Trần Thị", given_name="Lan") for _ in range(2)]
    found = read(
        sheet(row("NGUYỄN  VĂN HÒA"), row("Trần Thị Lan"), row("Nguyễn Văn Hoa")), [one, *twins], mark
    )
    assert [typed.member for typed in found.rows] == [one]
    assert "several comrades of the cell are called “Trần Thị Lan”" in found.problems[0]
    assert "“Nguyễn Văn Hoa” was not found" in found.problems[1]


def test_two_of_one_name_are_told_apart_by_their_codes(cell, mark):
    twins = [MemberFactory(unit=cell, family_names="Trần Thị", given_name="Lan") for _ in range(2)]
    found = read(sheet(*(row(one.name, code=one.code) for one in reversed(twins))), twins, mark)
    assert [typed.member for typed in found.rows] == [*reversed(twins)]


def test_a_code_that_moved_to_another_comrade_is_not_trusted(cell, mark):
    an, binh = (MemberFactory(unit=cell, given_name=name) for name in ("An", "Bình"))
    found = read(sheet(row(binh.name, code=an.code)), [an, binh], mark)
    assert found.rows == []
    assert "the hidden code belongs to another comrade" in found.problems[0]


def test_each_comrade_has_one_row(cell, mark):
    member = MemberFactory(unit=cell)
    found = read(sheet(row(member.name, "Việc một"), row(member.name, "Việc hai")), [member], mark)
    assert [typed.raw["title"] for typed in found.rows] == ["Việc một"]
    assert f"Row 3: {member.name} stands in row 2 already" in found.problems[0]
    assert "Việc hai" in found.problems[0]


def test_a_row_with_nothing_typed_says_nothing_and_one_without_a_name_is_told(cell, mark):
    empty = ["1", "Người lạ", "1960", "", "", "", "", "", "", ""]
    found = read(sheet(empty, row("")), [], mark)
    assert found.rows == []
    assert [problem.split(":")[0] for problem in found.problems] == ["Row 3"]
    assert "no name is written" in found.problems[0]


def test_the_mark_says_whose_list_it_is(cell, tier, mark):
    member = MemberFactory(unit=cell)
    rows = row(member.name)
    assert read(sheet(rows, head=[["", mark]]), [member], mark).rows
    assert read(sheet(rows), [member], mark).rows  # a list of the office's own has none
    with pytest.raises(WorkbookError, match="another cell"):
        read(sheet(rows, head=[[mark_of(tier, cell_of(tier.campaign))]]), [member], mark)
    with pytest.raises(WorkbookError, match="another campaign"):
        read(sheet(rows, head=[[f"{MARK}|DV-1999|{cell.code}"]]), [member], mark)


def test_a_workbook_without_the_list_is_refused(mark):
    with pytest.raises(WorkbookError):
        read([SheetRows("Thu chi", [["Ngày", "Số tiền"], ["1/1", "5"]])], [], mark)


def test_long_sheets_are_cut_and_said_to_be(cell, mark, monkeypatch):
    monkeypatch.setattr("pledges.imports.cell_sheet.MOST_ROWS", 3)
    monkeypatch.setattr("pledges.imports.cell_sheet.MOST_PROBLEMS", 2)
    found = read(sheet(*(row(f"Người {no}") for no in range(5))), [], mark)
    assert len(found.problems) == 3
    assert found.problems[-1] == "and 2 rows more"
