"""A document in the Party's layout: head, title, text, tables, annex, signature (Hướng dẫn 36-HD/VPTW).

The wording is Vietnamese whatever the language of the page. Each text goes in as text, so nothing that
people typed can become markup.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from itertools import count

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from reports.writers.page import PORTRAIT_WIDTH, blank_document, open_landscape
from reports.writers.tables import CellValue, WordColumn, add_merged_table, add_table, add_two_cells
from reports.writers.text import party_date, printable

# The head: the left cell takes "ĐẢNG BỘ THÀNH PHỐ HỒ CHÍ MINH" on one line.
HEAD_LEFT = 86
# "ĐẢNG CỘNG SẢN VIỆT NAM" in 15 point bold is 72.9 mm wide; the line under it is as long as the title.
PARTY_TITLE_WIDTH = 74.2
SIGNATURE_LEFT = 80
SIGNATURE_ROOM = Pt(84)
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


class Strong(str):
    """A part of a paragraph that stands bold: the figure the paragraph is about."""


@dataclass(frozen=True)
class Head:
    """What identifies a document: organ, number and symbol ("Số 123-BC/QU"), place and day (tiêu đề).

    Organs are named as they are officially written; the document sets them in capitals.
    """

    superior_name: str | None  # cơ quan cấp trên trực tiếp
    organ_name: str  # cơ quan ban hành, as it is officially written ("uỷ" or "ủy")
    symbol: str  # QU
    type_code: str  # BC
    number: str | None  # given by the records clerk at issue
    place: str
    day: date | None

    @property
    def number_text(self) -> str:
        """A draft leaves room for the number."""
        return f"Số {self.number or '       '}-{self.type_code}/{self.symbol}"


class PartyDocument:
    """Builds the document from top to bottom; `to_bytes` gives the file."""

    def __init__(
        self, head: Head, title: str, subject: str, *, mark: str | None = None, draft: bool = False
    ) -> None:
        self.head, self.title, self.mark = head, title, mark
        self._document = blank_document(author=head.organ_name, title=f"{title.capitalize()} {subject}")
        self._last: Paragraph | None = None
        self._headings, self._subheadings = iter(ROMAN), count(1)
        self._write_head(draft=draft)
        self._add(title, style="Title").paragraph_format.space_before = Pt(20)
        self._add(subject, style="Subtitle")
        self._write_dashes()

    def paragraph(self, *parts: str) -> None:
        """A paragraph of the text; each part is one run, so a figure is never cut in two."""
        paragraph = self._document.add_paragraph(style="Body Text")
        for part in parts:
            paragraph.add_run(printable(part)).bold = isinstance(part, Strong) or None
        self._last = paragraph

    def items(self, lines: Iterable[str]) -> None:
        """An enumeration as Party documents have it: a dash and the sentence."""
        for line in lines:
            self.paragraph(f"- {line}")

    def heading(self, text: str) -> None:
        """I. NAME OF THE SECTION; the small numbers begin anew."""
        self._add(f"{next(self._headings)}. {text}", style="Heading 1")
        self._subheadings = count(1)

    def subheading(self, text: str) -> None:
        """1. Name."""
        self._add(f"{next(self._subheadings)}. {text}", style="Heading 2")

    def addressee(self, text: str) -> None:
        """Kính gửi: the body asked to decide."""
        paragraph = self._add(f"Kính gửi: {text}", style="Dòng giữa")
        paragraph.paragraph_format.space_after = Pt(12)

    def annex(self, subject: str) -> None:
        """Phụ lục: a landscape section with its name, the document it belongs to, the provisional mark."""
        open_landscape(self._document)
        self._add("PHỤ LỤC", style="Title")
        self._add(subject, style="Subtitle")
        number = self.head.number_text.removeprefix("Số ")
        attached = f"(Kèm theo {self.title.capitalize()} số {number}, {party_date(self.head.day)})"
        self._add(attached, style="Dòng giữa").runs[0].italic = True
        self._write_dashes()

    def table(
        self,
        columns: Sequence[WordColumn],
        rows: Iterable[Sequence[CellValue]],
        *,
        total: Sequence[CellValue] | None = None,
    ) -> None:
        """A table over the width of the page; the total stands last."""
        add_table(self._document, columns, rows, total=total)

    def grouped_table(
        self, columns: Sequence[WordColumn], blocks: Iterable[Sequence[Sequence[CellValue]]], *, merged: int
    ) -> None:
        """A table in blocks (one a person) whose first columns are merged downwards."""
        add_merged_table(self._document, columns, blocks, merged=merged)

    def notes(self, title: str, lines: Sequence[str]) -> None:
        """Small print under a table: how its figures are counted (cách tính)."""
        if not lines:
            return
        heading = self._add(f"{title}:", style="Ghi chú")
        heading.runs[0].bold = heading.paragraph_format.keep_with_next = True
        for line in lines:
            self._add(f"- {line}", style="Ghi chú")

    def sign(self, signer: Sequence[str], recipients: Sequence[str]) -> None:
        """Quyền hạn, chức vụ, họ tên; the last line is the name, above it room for signature and seal.

        Stands on one page and never alone: the last paragraph of the text goes with it.
        """
        if self._last is not None:
            self._last.paragraph_format.keep_with_next = True
        left, right = add_two_cells(self._document, SIGNATURE_LEFT, PORTRAIT_WIDTH - SIGNATURE_LEFT)
        self._write_recipients(left, recipients)
        *authority, name = signer
        for line in authority:
            _line(right, line, bold=True)
        _line(right, name, bold=True, before=SIGNATURE_ROOM)
        right.paragraphs[0].paragraph_format.space_before = Pt(12)

    def to_bytes(self) -> bytes:
        """The finished file; Word wants a paragraph after a table, also after the last one."""
        if self._document.element.body[-2].tag == qn("w:tbl"):
            self._document.add_paragraph(style="Sau bảng")
        file = BytesIO()
        self._document.save(file)
        return file.getvalue()

    def _write_head(self, *, draft: bool) -> None:
        left, right = add_two_cells(self._document, HEAD_LEFT, PORTRAIT_WIDTH - HEAD_LEFT)
        if self.head.superior_name:
            _line(left, self.head.superior_name.upper())
        _line(left, self.head.organ_name.upper(), bold=True)
        _line(left, "*")
        _line(left, self.head.number_text)
        if draft:
            _line(left, "DỰ THẢO", bold=True)
        _underline(_line(right, "ĐẢNG CỘNG SẢN VIỆT NAM", bold=True, size=15))
        _line(right, f"{self.head.place}, {party_date(self.head.day)}", italic=True, before=Pt(6))

    def _write_dashes(self) -> None:
        """The dashes under the trích yếu; the provisional mark goes with them, so no part lacks it."""
        dashes = self._add("-----", style="Dòng giữa")
        dashes.paragraph_format.keep_with_next = True
        dashes.paragraph_format.space_after = Pt(0 if self.mark else 12)
        if self.mark:
            self._add(f"({self.mark})", style="Chỉ dẫn").paragraph_format.space_after = Pt(12)

    @staticmethod
    def _write_recipients(cell: _Cell, recipients: Sequence[str]) -> None:
        if not recipients:
            return
        _line(cell, "Nơi nhận:", centred=False, before=Pt(12)).runs[0].underline = True
        last = len(recipients) - 1
        for number, recipient in enumerate(recipients):
            name = recipient.strip().removeprefix("-").strip().rstrip(",;.")
            paragraph = _line(cell, f"- {name}{'.' if number == last else ','}", centred=False)
            paragraph.style = "Nơi nhận"

    def _add(self, text: str, *, style: str) -> Paragraph:
        self._last = self._document.add_paragraph(printable(text), style=style)
        return self._last


def _line(
    cell: _Cell,
    text: str,
    *,
    bold: bool = False,
    italic: bool = False,
    size: int = 0,
    before: Pt | None = None,
    centred: bool = True,
) -> Paragraph:
    """The next line of a cell; the first one fills the empty paragraph that each cell is born with."""
    first = cell.paragraphs[0]
    paragraph = first if len(cell.paragraphs) == 1 and not first.runs else cell.add_paragraph()
    if centred:
        paragraph.style = "Dòng giữa"
    run = paragraph.add_run(printable(text))
    run.bold, run.italic = bold or None, italic or None
    if size:
        run.font.size = Pt(size)
    if before is not None:
        paragraph.paragraph_format.space_before = before
    return paragraph


def _underline(paragraph: Paragraph) -> None:
    """A solid line as long as the title, as border of the paragraph, whose indents cut it to length.

    The border goes in before spacing, indents and alignment: Word calls any other order a broken file.
    """
    indent = Mm((PORTRAIT_WIDTH - HEAD_LEFT - PARTY_TITLE_WIDTH) / 2)
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = indent
    border = parse_xml(
        f'<w:pBdr {nsdecls("w")}><w:bottom w:val="single" w:sz="6" w:space="1" w:color="auto"/></w:pBdr>'
    )
    paragraph._p.get_or_add_pPr().insert_element_before(border, "w:spacing", "w:ind", "w:jc", "w:rPr")
