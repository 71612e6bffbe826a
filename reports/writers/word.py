"""The documents: the report on a campaign by unit, and a docket with its annex.

Figures arrive as integers or as finished text ("7.126/7.560 (94%)"); only the wording is made here. It is
Vietnamese in any language of the page. Nothing is said of a section for which nothing was given.
"""

from dataclasses import dataclass

from reports.writers.party import Head, PartyDocument, Strong
from reports.writers.tables import CellValue, WordColumn

REGISTERED, APPROVED = "Đã đăng ký", "Đã được thông qua"
SUMMARY_COLUMNS = (
    WordColumn("TT", 12, "center"),
    WordColumn("Tên tổ chức đảng", 69),
    WordColumn("Danh sách tính tỷ lệ", 22, "right"),
    WordColumn("Đồng chí", 20, "right", REGISTERED),
    WordColumn("Tỷ lệ", 18, "right", REGISTERED),
    WordColumn("Đồng chí", 20, "right", APPROVED),
    WordColumn("Tỷ lệ", 18, "right", APPROVED),
    WordColumn("Chưa đăng ký", 18, "right"),
    WordColumn("Không tính vào tỷ lệ", 23, "right"),
    WordColumn("Chi bộ đã gửi danh sách", 32, "right"),
)
DOCKET_COLUMNS = (
    WordColumn("TT", 11, "center"),
    WordColumn("Họ và tên", 33),
    WordColumn("Chức vụ", 36),
    WordColumn("Nội dung đăng ký", 62),
    WordColumn("Loại việc", 17, "center"),
    WordColumn("Kết quả, sản phẩm", 45),
    WordColumn("Thời hạn", 22, "center"),
)
KEY_CADRES = "cán bộ chủ chốt"
OUTCOME_WIDTH_MM = 26
MERGED_COLUMNS = 3  # number, name and post stand once for all pledges of a cadre


@dataclass(frozen=True)
class SummaryRow:
    """One unit in the annex; `no` is text ("1", "II", ""), None is "no data"."""

    no: str
    name: str
    counted: int | None
    registered: int | None
    percent_text: str
    approved: int | None
    approved_percent_text: str
    not_registered: int | None
    not_counted: int | None
    cells_sent_text: str

    def cells(self) -> tuple[CellValue, ...]:
        """The row in the order of the columns."""
        return (
            self.no,
            self.name,
            self.counted,
            self.registered,
            self.percent_text,
            self.approved,
            self.approved_percent_text,
            self.not_registered,
            self.not_counted,
            self.cells_sent_text,
        )


@dataclass(frozen=True)
class SummaryDocument:
    """Báo cáo kết quả đăng ký: what the page shows, plus head, signature and recipients."""

    head: Head
    unit_name: str  # "Đảng bộ quận Tây Hồ"
    campaign_title: str
    year: int
    as_of: str  # "08:30 ngày 26/03/2024"
    registered: str  # "7.126/7.560 (94%)"
    approved: str
    cells_sent: str  # "276/297 (92,9%)"
    not_counted: str  # "312"
    not_counted_reasons: tuple[str, ...]  # "miễn công tác và sinh hoạt đảng: 118 đồng chí"
    rows: tuple[SummaryRow, ...]
    total: SummaryRow | None
    signer: tuple[str, ...]  # "T/M BAN THƯỜNG VỤ", "PHÓ BÍ THƯ", "(họ và tên)"
    recipients: tuple[str, ...]
    provisional: str | None = (
        None  # "Số liệu tạm tính đến 08:30 ngày 26/03/2024"; None once closed officially
    )
    key_cadres: tuple[str, ...] = ()  # "Năm 2023: 163 nội dung của 54 đồng chí"
    highlights: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()  # "Đạt số lượng tối thiểu: 6.870/7.560 (91%)", all of them
    definitions: tuple[str, ...] = ()


@dataclass(frozen=True)
class DocketRow:
    """One pledge (nội dung) of a docket; `outcome` is the proposal, the conclusion or a note."""

    title: str
    kind: str
    product: str
    due: str
    outcome: str = ""


@dataclass(frozen=True)
class DocketGroup:
    """A key cadre with his pledges, printed as one block."""

    no: str
    name: str
    post: str
    rows: tuple[DocketRow, ...]


@dataclass(frozen=True)
class DocketDocument:
    """A docket on paper (danh mục trình): letter or decision, and the list as annex.

    The annex of the submission and that of the decision are the same list in two states; `outcome_header`
    names the last column accordingly ("Đề nghị", "Kết luận").
    """

    head: Head
    title: str  # "TỜ TRÌNH"
    subject: str
    paragraphs: tuple[str, ...]
    annex_subject: str
    outcome_header: str
    groups: tuple[DocketGroup, ...]
    signer: tuple[str, ...]
    recipients: tuple[str, ...]
    addressee: str | None = None
    mark: str | None = None
    draft: bool = False
    notes: tuple[str, ...] = ()


def build_unit_summary(data: SummaryDocument) -> bytes:
    """The report on the registrations of a campaign in a unit, with its table by unit as annex."""
    subject = f"kết quả đăng ký thực hiện việc mới, việc khó năm {data.year}"
    document = PartyDocument(data.head, "BÁO CÁO", subject, mark=data.provisional)
    document.paragraph(
        f"{data.unit_name} báo cáo kết quả đợt “{data.campaign_title}”, "
        f"số liệu tính đến {data.as_of}, như sau:"
    )
    _write_registration(document, data)
    for name, lines in (
        ("TỔNG HỢP CÁC SỐ LIỆU", data.figures),
        ("KẾT QUẢ ĐĂNG KÝ CỦA CÁN BỘ CHỦ CHỐT", data.key_cadres),
        ("MỘT SỐ KẾT QUẢ NỔI BẬT", data.highlights),
    ):
        if lines:
            document.heading(name)
            document.items(_ended(line) for line in lines)
    if not data.rows:
        document.notes("Cách tính", data.definitions)
    document.paragraph(f"Trên đây là báo cáo {subject} của {data.unit_name}./.")
    document.sign(data.signer, data.recipients)
    if data.rows:
        document.annex(f"{subject}, theo từng tổ chức đảng")
        total = data.total.cells() if data.total else None
        document.table(SUMMARY_COLUMNS, (row.cells() for row in data.rows), total=total)
        document.notes("Cách tính", data.definitions)
    return document.to_bytes()


def _write_registration(document: PartyDocument, data: SummaryDocument) -> None:
    document.heading("KẾT QUẢ ĐĂNG KÝ CỦA ĐẢNG VIÊN")
    document.subheading("Đăng ký và thông qua")
    document.paragraph(
        f"{data.unit_name} có ",
        Strong(data.registered),
        " đảng viên trong danh sách tính tỷ lệ đã đăng ký thực hiện việc mới, việc khó; trong đó ",
        Strong(data.approved),
        " đảng viên có việc đăng ký đã được chi bộ thông qua.",
    )
    document.subheading("Chi bộ gửi danh sách đăng ký")
    document.paragraph("Đến nay, ", Strong(data.cells_sent), " chi bộ đã gửi danh sách đăng ký.")
    document.subheading("Đảng viên không tính vào tỷ lệ")
    reasons = f", gồm: {'; '.join(data.not_counted_reasons)}." if data.not_counted_reasons else "."
    document.paragraph("Không tính vào tỷ lệ ", Strong(data.not_counted), f" đồng chí{reasons}")
    if data.rows:
        document.paragraph("Kết quả của từng tổ chức đảng tại Phụ lục kèm theo.")


def submission_text(
    *,
    addressee: str,
    proposer: str,
    year: int,
    count_text: str,
    who: str = KEY_CADRES,
    asks: str = "phê duyệt",
) -> tuple[str, ...]:
    """The words of a tờ trình that asks a body to approve `count_text`, "166 nội dung của 54 đồng chí".

    `asks` is another thing asked of it: "cho ý kiến về".
    """
    return (
        f"Thực hiện định hướng nội dung của {addressee} về đăng ký đảm nhận việc mới, việc khó năm {year}, "
        f"{proposer} đã tổng hợp nội dung đăng ký đảm nhận của các đồng chí {who}.",
        f"{proposer} trình {addressee} xem xét, {asks} {count_text} (danh sách tại Phụ lục kèm theo).",
        f"Kính đề nghị {addressee} xem xét, {'quyết định' if asks == 'phê duyệt' else 'cho ý kiến'}./.",
    )


def conclusion_text(*, body: str, meeting: str, count_text: str, who: str = KEY_CADRES) -> tuple[str, ...]:
    """The words around a concluded docket; `meeting` tells when, or that it is not known."""
    return (
        f"Tại hội nghị {meeting}, {body} đã xem xét {count_text} đăng ký đảm nhận của các đồng chí "
        f"{who}; kết luận đối với từng nội dung tại Phụ lục kèm theo./.",
    )


def correction_text(*, body: str, meeting: str, corrected: str, count_text: str = "") -> tuple[str, ...]:
    """The words of a correcting act: what is corrected, and the lines where there are any."""
    told = [f"Tại hội nghị {meeting}, {body} đã xem xét và thống nhất đính chính như sau:"]
    told += [_ended(line.strip()) for line in corrected.splitlines() if line.strip()]
    if count_text:
        told.append(f"Kết luận đối với {count_text} được đính chính tại Phụ lục kèm theo.")
    told.append("Các nội dung khác giữ nguyên, không thay đổi./.")
    return tuple(told)


def build_docket_annex(data: DocketDocument) -> bytes:
    """A docket as tờ trình or decision with the list of pledges by cadre in a landscape annex.

    A correction in words alone has no list.
    """
    document = PartyDocument(data.head, data.title, data.subject, mark=data.mark, draft=data.draft)
    if data.addressee:
        document.addressee(data.addressee)
    for text in data.paragraphs:
        document.paragraph(text)
    document.sign(data.signer, data.recipients)
    if not data.groups:
        document.notes("Ghi chú", data.notes)
        return document.to_bytes()
    document.annex(data.annex_subject)
    columns = (*DOCKET_COLUMNS, WordColumn(data.outcome_header, OUTCOME_WIDTH_MM))
    blocks = (
        [
            (group.no, group.name, group.post, row.title, row.kind, row.product, row.due, row.outcome)
            for row in group.rows
        ]
        for group in data.groups
    )
    document.grouped_table(columns, blocks, merged=MERGED_COLUMNS)
    document.notes("Ghi chú", data.notes)
    return document.to_bytes()


def _ended(line: str) -> str:
    return line if line.endswith((".", "!", "?")) else f"{line}."
