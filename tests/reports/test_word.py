"""The Word documents, read back as a clerk's Word would: paper, type, head, figures, tables."""

import re
import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from docx import Document
from docx.oxml.ns import qn

from reports.writers.party import Head, PartyDocument
from reports.writers.tables import WordColumn
from reports.writers.text import party_date, printable
from reports.writers.word import (
    DocketDocument,
    DocketGroup,
    DocketRow,
    SummaryDocument,
    SummaryRow,
    build_docket_annex,
    build_unit_summary,
    conclusion_text,
    submission_text,
)

HEAD = Head("Đảng bộ thành phố Hà Nội", "Quận ủy Tây Hồ", "QU", "BC", None, "Tây Hồ", date(2024, 3, 26))
SLOTS = ("ascii", "hAnsi", "eastAsia", "cs")
PROVISIONAL = "Số liệu tạm tính đến 08:30 ngày 26/03/2024"
ORDER_IN_PARAGRAPH = ["pStyle", "keepNext", "pBdr", "spacing", "ind", "jc", "rPr", "sectPr"]


def summary(**changes):
    row = SummaryRow("1", "Đảng bộ phường Bưởi", 1320, 1250, "94,7%", 1201, "91%", 70, 21, "36/38 (94,7%)")
    total = replace(row, no="", name="Tổng cộng", counted=7560, registered=7126, percent_text="94%")
    usual = SummaryDocument(
        head=HEAD,
        unit_name="Đảng bộ quận Tây Hồ",
        campaign_title="Đảng viên đăng ký việc mới, việc khó năm 2024",
        year=2024,
        as_of="08:30 ngày 26/03/2024",
        registered="7.126/7.560 (94%)",
        approved="6.802/7.560 (90%)",
        cells_sent="276/297 (92,9%)",
        not_counted="312",
        not_counted_reasons=("đảng viên dự bị: 172 đồng chí", "miễn công tác: 118 đồng chí"),
        rows=(row, replace(row, no="2", name="Chi bộ Trường An Dương & Bưởi <A>", approved=None)),
        total=total,
        signer=("T/M BAN THƯỜNG VỤ", "PHÓ BÍ THƯ", "(họ và tên)"),
        recipients=("Thành ủy (để báo cáo)", "- Lưu Văn phòng Quận ủy."),
        provisional=PROVISIONAL,
        key_cadres=("Năm 2023: 163 nội dung của 54 đồng chí",),
        highlights=("Di chuyển hộ gia đình tại số 18 Tam Đa sau 12 năm",),
        definitions=("Đăng ký: chia cho số đảng viên trong danh sách tính tỷ lệ.",),
    )
    return replace(usual, **changes)


def docket(**changes):
    rows = tuple(DocketRow(f"Nội dung {n}", "việc khó", "100%", "Quý III/2024", "Đề nghị") for n in (1, 2))
    usual = DocketDocument(
        head=replace(HEAD, type_code="TTr", symbol="BTCQU", number="12", day=None),
        title="TỜ TRÌNH",
        subject="phê duyệt nội dung đăng ký",
        paragraphs=submission_text(
            addressee="Ban Thường vụ", proposer="Ban Tổ chức", year=2024, count_text="3 nội dung"
        ),
        annex_subject="danh sách nội dung đăng ký",
        outcome_header="Kết luận",
        groups=(
            DocketGroup("1", "Nguyễn Đức Ước", "Bí thư", rows),
            DocketGroup("2", "Lê Thị Ẩn", "Phó Bí thư", rows[:1]),
        ),
        signer=("TRƯỞNG BAN", "(họ và tên)"),
        recipients=("Như kính gửi",),
        addressee="Ban Thường vụ Quận ủy",
        draft=True,
    )
    return replace(usual, **changes)


def reopen(data):
    return Document(BytesIO(data))


def texts(document):
    return [paragraph.text for paragraph in document.paragraphs]


def cells(row):
    return ["".join(text.text for text in cell.iter(qn("w:t"))) for cell in row._tr.iter(qn("w:tc"))]


@pytest.fixture(scope="module")
def report():
    return reopen(build_unit_summary(summary()))


def part(data, name):
    return zipfile.ZipFile(BytesIO(data)).read(name).decode()


def test_page_is_a4_with_party_margins_and_annex_is_landscape(report):
    first, annex = report.sections
    assert [round(first.page_width.mm), round(first.page_height.mm)] == [210, 297]
    assert [round(annex.page_width.mm), round(annex.page_height.mm)] == [297, 210]
    for section in (first, annex):
        margins = section.top_margin, section.bottom_margin, section.left_margin, section.right_margin
        assert [round(margin.mm) for margin in margins] == [20, 20, 30, 15]
        assert round(section.header_distance.mm) == 10


def test_every_style_names_times_new_roman_in_all_four_slots(report):
    styles = report.styles.element
    fonts = list(styles.iter(qn("w:rFonts")))
    lettered = [style for style in styles.iter(qn("w:style")) if style.get(qn("w:type")) != "numbering"]
    assert len(fonts) == len(lettered) + 1  # each style and the defaults
    for element in fonts:
        assert element.attrib == {qn(f"w:{slot}"): "Times New Roman" for slot in SLOTS}


def test_no_part_names_a_theme_font_and_language_is_vietnamese():
    data = build_unit_summary(summary())
    for name in ("word/styles.xml", "word/document.xml", "word/header1.xml"):
        assert "Theme" not in part(data, name)
    assert '<w:lang w:val="vi-VN"' in part(data, "word/styles.xml")
    assert 'compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"' in part(
        data, "word/settings.xml"
    )
    names = zipfile.ZipFile(BytesIO(data)).namelist()
    assert not [name for name in names if re.search("thumbnail|stylesWithEffects|numbering|customXml", name)]


def test_every_style_that_is_used_exists():
    for data in (build_unit_summary(summary()), build_docket_annex(docket())):
        document = reopen(data)
        known = {style.style_id for style in document.styles}
        used = {mark.get(qn("w:val")) for mark in document.element.body.iter(qn("w:pStyle"))}
        assert used <= known
        assert {"Title", "BodyText", "PartyTable", "PartyRecipients", "PartyAfterTable"} <= used


def test_page_number_is_a_field_in_the_centre_from_page_two(report):
    first, annex = report.sections
    paragraph = first.header.paragraphs[0]
    assert [text.text for text in paragraph._p.iter(qn("w:instrText"))] == [" PAGE "]
    kinds = [mark.get(qn("w:fldCharType")) for mark in paragraph._p.iter(qn("w:fldChar"))]
    assert kinds == ["begin", "separate", "end"]
    assert paragraph.style.paragraph_format.alignment == 1
    assert first.different_first_page_header_footer
    assert first.first_page_header.paragraphs[0].text == ""
    assert not annex.different_first_page_header_footer
    assert annex.header.is_linked_to_previous


def test_head_has_organ_star_open_number_place_and_line_under_the_title(report):
    left, right = report.tables[0].rows[0].cells
    assert [paragraph.text for paragraph in left.paragraphs] == [
        "ĐẢNG BỘ THÀNH PHỐ HÀ NỘI",
        "QUẬN ỦY TÂY HỒ",
        "*",
        "Số        -BC/QU",
    ]
    title, place = right.paragraphs
    assert (title.text, place.text) == ("ĐẢNG CỘNG SẢN VIỆT NAM", "Tây Hồ, ngày 26 tháng 3 năm 2024")
    assert title.runs[0].font.size.pt == 15
    assert title._p.pPr.find(qn("w:pBdr")).find(qn("w:bottom")).get(qn("w:val")) == "single"
    assert not left._tc.xpath(".//w:pBdr")


def test_paragraph_properties_stand_in_the_order_word_demands(report):
    for properties in report.element.body.iter(qn("w:pPr")):
        names = [child.tag.partition("}")[2] for child in properties]
        assert names == sorted(names, key=ORDER_IN_PARAGRAPH.index)


def test_report_carries_the_literal_figures_each_in_one_run(report):
    runs = [run.text for paragraph in report.paragraphs for run in paragraph.runs]
    for figure in ("7.126/7.560 (94%)", "6.802/7.560 (90%)", "276/297 (92,9%)", "312"):
        assert runs.count(figure) == 1
    lines = texts(report)
    assert lines[:3] == ["BÁO CÁO", "kết quả đăng ký thực hiện việc mới, việc khó năm 2024", "-----"]
    assert lines.count(f"({PROVISIONAL})") == 2  # on the report and on its annex
    assert "- Năm 2023: 163 nội dung của 54 đồng chí." in lines
    assert "(Kèm theo Báo cáo số        -BC/QU, ngày 26 tháng 3 năm 2024)" in lines
    assert "- Đăng ký: chia cho số đảng viên trong danh sách tính tỷ lệ." in lines


def test_sections_without_content_are_not_printed():
    document = reopen(
        build_unit_summary(summary(key_cadres=(), highlights=(), rows=(), total=None, provisional=None))
    )
    lines = texts(document)
    assert [line for line in lines if line.startswith(("I.", "II."))] == ["I. KẾT QUẢ ĐĂNG KÝ CỦA ĐẢNG VIÊN"]
    assert "PHỤ LỤC" not in lines
    assert not [line for line in lines if "tạm tính" in line or "Phụ lục" in line]
    assert lines.index("Cách tính:") < lines.index(
        "Trên đây là báo cáo kết quả đăng ký thực hiện việc mới, việc khó năm 2024 của Đảng bộ quận Tây Hồ./."
    )
    assert len(document.sections) == 1


def test_annex_repeats_its_heading_and_never_breaks_a_row(report):
    rows = report.tables[-1].rows
    repeated = [bool(row._tr.xpath("./w:trPr/w:tblHeader")) for row in rows]
    assert repeated == [True, True, False, False, False]
    assert all(row._tr.xpath("./w:trPr/w:cantSplit") for row in rows)
    assert cells(rows[0]) == [
        "TT",
        "Tên tổ chức đảng",
        "Danh sách tính tỷ lệ",
        "Đã đăng ký",
        "Đã được thông qua",
        "Chưa đăng ký",
        "Không tính vào tỷ lệ",
        "Chi bộ đã gửi danh sách",
    ]


def test_annex_rows_group_thousands_align_right_and_show_a_dash_for_no_data(report):
    _first, _second, row, odd, total = report.tables[-1].rows
    expected = [
        "1",
        "Đảng bộ phường Bưởi",
        "1.320",
        "1.250",
        "94,7%",
        "1.201",
        "91%",
        "70",
        "21",
        "36/38 (94,7%)",
    ]
    assert cells(row) == expected
    alignments = [cell.paragraphs[0].alignment for cell in row.cells]
    assert alignments == [1, None, *[2] * 8]
    assert cells(odd)[1] == "Chi bộ Trường An Dương & Bưởi <A>"
    assert cells(odd)[5] == "–"
    assert cells(total)[1:5] == ["Tổng cộng", "7.560", "7.126", "94%"]
    assert total._tr.xpath(".//w:b")


def test_annex_is_as_wide_as_the_page_between_its_margins(report):
    grid = report.tables[-1]._tbl.tblGrid.findall(qn("w:gridCol"))
    widths = [column.get(qn("w:w")) for column in grid]
    assert sum(map(int, widths)) == pytest.approx((297 - 30 - 15) * 1440 / 25.4, abs=10)


def test_signature_and_recipients_are_one_row_that_keeps_together_with_the_last_sentence(report):
    block = report.tables[1]
    left, right = block.rows[0].cells
    assert [paragraph.text for paragraph in left.paragraphs] == [
        "Nơi nhận:",
        "- Thành ủy (để báo cáo),",
        "- Lưu Văn phòng Quận ủy.",
    ]
    assert left.paragraphs[0].runs[0].underline
    assert [paragraph.text for paragraph in right.paragraphs] == list(summary().signer)
    assert right.paragraphs[-1].paragraph_format.space_before.mm > 25  # room for signature and seal
    assert block.rows[0]._tr.xpath("./w:trPr/w:cantSplit")
    last = next(paragraph for paragraph in report.paragraphs if paragraph.text.startswith("Trên đây"))
    assert last.paragraph_format.keep_with_next


def test_properties_name_the_organ_and_not_the_library():
    data = build_unit_summary(summary())
    properties = reopen(data).core_properties
    assert properties.author == properties.last_modified_by == "Quận ủy Tây Hồ"
    assert properties.title == "Báo cáo kết quả đăng ký thực hiện việc mới, việc khó năm 2024"
    assert "python-docx" not in part(data, "docProps/core.xml")
    assert "2013" not in part(data, "docProps/core.xml")


def test_text_of_people_cannot_break_or_become_markup():
    odd = "=1+1 <w:b/> & “Đoàn”\x0b\x00 kết"
    document = reopen(build_unit_summary(summary(highlights=(odd,), campaign_title=odd)))
    lines = texts(document)
    assert "- =1+1 <w:b/> & “Đoàn” kết." in lines
    assert printable(odd) in lines[4]


def test_very_long_title_does_not_break_the_properties():
    document = PartyDocument(HEAD, "BÁO CÁO", "kết quả " * 100)
    assert len(reopen(document.to_bytes()).core_properties.title) == 255


def test_issued_document_carries_its_number_everywhere():
    report = reopen(build_unit_summary(summary(head=replace(HEAD, number="123"))))
    left = report.tables[0].rows[0].cells[0]
    assert left.paragraphs[3].text == "Số 123-BC/QU"
    assert "(Kèm theo Báo cáo số 123-BC/QU, ngày 26 tháng 3 năm 2024)" in texts(report)


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2018, 4, 3), "ngày 03 tháng 4 năm 2018"),
        (date(2018, 2, 20), "ngày 20 tháng 02 năm 2018"),
        (date(2024, 12, 10), "ngày 10 tháng 12 năm 2024"),
        (None, "ngày      tháng      năm         "),
    ],
)
def test_date_takes_zeros_as_party_documents_do(day, text):
    assert party_date(day) == text


def test_docket_prints_letter_draft_mark_and_open_date():
    document = reopen(build_docket_annex(docket()))
    left, right = document.tables[0].rows[0].cells
    assert [paragraph.text for paragraph in left.paragraphs][-2:] == ["Số 12-TTr/BTCQU", "DỰ THẢO"]
    assert right.paragraphs[1].text.split() == ["Tây", "Hồ,", "ngày", "tháng", "năm"]
    lines = texts(document)
    assert "Kính gửi: Ban Thường vụ Quận ủy" in lines
    assert (
        "Ban Tổ chức trình Ban Thường vụ xem xét, phê duyệt 3 nội dung (danh sách tại Phụ lục kèm theo)."
        in lines
    )


def test_docket_annex_merges_a_cadre_over_his_pledges_and_keeps_them_on_one_page():
    table = reopen(build_docket_annex(docket())).tables[-1]
    heading, first, second, alone = table.rows
    assert cells(heading)[-1] == "Kết luận"
    assert cells(first) == [
        "1",
        "Nguyễn Đức Ước",
        "Bí thư",
        "Nội dung 1",
        "việc khó",
        "100%",
        "Quý III/2024",
        "Đề nghị",
    ]
    assert cells(second)[:4] == ["", "", "", "Nội dung 2"]
    merges = [
        [mark.get(qn("w:val")) for mark in row._tr.iter(qn("w:vMerge"))] for row in (first, second, alone)
    ]
    assert merges == [["restart"] * 3, ["continue"] * 3, []]
    kept = [bool(row._tr.xpath(".//w:keepNext")) for row in (first, second, alone)]
    assert kept == [True, False, False]


def test_docket_without_addressee_and_draft_is_a_conclusion():
    words = conclusion_text(body="Ban Thường vụ Quận ủy", meeting="ngày 26/3/2024", count_text="3 nội dung")
    document = reopen(
        build_docket_annex(docket(paragraphs=words, addressee=None, draft=False, mark=PROVISIONAL))
    )
    lines = texts(document)
    assert not [line for line in lines if line.startswith("Kính gửi")]
    assert any("hội nghị ngày 26/3/2024" in line for line in lines)
    assert "DỰ THẢO" not in [paragraph.text for paragraph in document.tables[0].rows[0].cells[0].paragraphs]
    assert lines.count(f"({PROVISIONAL})") == 2


def test_many_rows_reach_the_table_in_order():
    document = PartyDocument(HEAD, "BÁO CÁO", "thử")
    document.table(
        [WordColumn("TT", 20, "right"), WordColumn("Tên", 100)], ((n, f"Dòng {n}\nhai") for n in range(1900))
    )
    rows = reopen(document.to_bytes()).tables[-1]._tbl.tr_lst
    assert len(rows) == 1901
    assert [text.text for text in rows[1900].iter(qn("w:t"))] == ["1.899", "Dòng 1899", "hai"]
