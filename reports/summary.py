"""Summary by unit: one function makes the rows; page, workbook and Word document call it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from cadres import clock
from cadres.models import Body, BodyKind, Unit
from cadres.rates import Rate
from cadres.templatetags.display import moment, number, percent
from cadres.templatetags.display import rate_text as rate
from pledges.models import Tier
from reports.closing_words import mark
from reports.dashboards import CadreCard, Dashboard, dashboard
from reports.figures import BY_CODE, footnotes
from reports.highlights import Highlight
from reports.ranking import ChildRow
from reports.writers.party import Head
from reports.writers.sheet import Column
from reports.writers.word import SummaryDocument, SummaryRow

# How the committee of an organisation is called; the longer names come first.
COMMITTEE_OF_ORGANISATION = {
    "Đảng bộ thành phố": "Thành ủy",
    "Đảng bộ quận": "Quận ủy",
    "Đảng bộ": "Đảng ủy",
}


@dataclass(frozen=True)
class SummaryLine:
    """One line of the summary: a unit below, what stands in the unit itself (`own`), or the whole."""

    no: int | None
    unit: Unit
    name: str
    registered: Rate
    approved: Rate
    cells: Rate
    not_counted: int
    own: bool = False


@dataclass(frozen=True)
class Summary:
    """The report of a unit at an instant, every figure from the same counts."""

    data: Dashboard
    lines: list[SummaryLine]
    total: SummaryLine
    own: SummaryLine | None
    exempt: int
    away: int
    at: datetime

    @property
    def unit(self) -> Unit:
        """The unit reported on."""
        return self.data.unit


def summary(unit: Unit, tier: Tier, day: date) -> Summary:
    """The rows of the summary, in the order of the tree, and their total.

    People who stand in the unit itself and in no unit below are a line of their own, so that the
    lines add up to the whole.
    """
    data = dashboard(unit, tier, day)
    whole = data.registered, data.approved, data.cells, data.not_counted
    row = data.row
    own = None
    if row and data.children and (row.own_counted or row.own_exempt or row.own_away or row.own_cells):
        own = SummaryLine(
            no=None,
            unit=unit,
            name=_("Directly in the unit"),
            registered=BY_CODE["registered"].rate(row, own=True),
            approved=BY_CODE["approved"].rate(row, own=True),
            cells=BY_CODE["cells_sent"].rate(row, own=True),
            not_counted=row.own_exempt + row.own_away,
            own=True,
        )
    return Summary(
        data=data,
        lines=[_line(no, child) for no, child in enumerate(data.children, start=1)],
        total=SummaryLine(None, unit, _("Total"), *whole),
        own=own,
        exempt=row.exempt if row else 0,
        away=row.away if row else 0,
        at=clock.now(),
    )


def _line(no: int, child: ChildRow) -> SummaryLine:
    return SummaryLine(
        no, child.unit, child.unit.name, child.registered, child.approved, child.cells, child.not_counted
    )


def all_lines(report: Summary) -> list[SummaryLine]:
    """The lines that add up to the total."""
    return [*report.lines, *([report.own] if report.own else [])]


def provisional(report: Summary) -> str:
    """The mark of a report: of the official closing behind it, or that none stands behind it."""
    if report.data.closing is not None:
        return mark(report.data.closing)
    return _("Provisional figures as of %(moment)s") % {"moment": moment(report.at)}


def figure_texts(report: Summary) -> list[str]:
    """All figures of the unit with their numbers, one a line."""
    return [f"{figure.title}: {rate(value, figure.decimals)}" for figure, value in report.data.figures]


def sheet_columns() -> list[Column]:
    """Columns of the workbook, in the order of `sheet_row`."""
    return [
        Column(_("No."), 6, "int"),
        Column(_("Organisation"), 46),
        Column(_("Counted"), 12, "int"),
        Column(_("Registered"), 12, "int"),
        Column("%", 9, "percent"),
        Column(_("Approved"), 12, "int"),
        Column("%", 9, "percent"),
        Column(_("Not registered"), 14, "int"),
        Column(_("Not counted"), 14, "int"),
        Column(_("Cells that sent"), 14, "int"),
        Column(_("Cells"), 10, "int"),
    ]


def sheet_row(line: SummaryLine) -> list[object]:
    """One line as cells of the workbook."""
    return [
        line.no,
        line.name,
        line.registered.denominator,
        line.registered.numerator,
        line.registered.percent(1),
        line.approved.numerator,
        line.approved.percent(1),
        line.registered.rest,
        line.not_counted,
        line.cells.numerator,
        line.cells.denominator,
    ]


def _committee_of(unit: Unit) -> Body | None:
    return Body.objects.filter(unit=unit, kind=BodyKind.COMMITTEE, ended_on=None).first()


def document_head(unit: Unit, *, type_code: str, day: date | None = None) -> Head:
    """The head of a document of the unit's committee; names as they are officially written."""
    committee = _committee_of(unit)
    return Head(
        superior_name=unit.parent.name if unit.parent else None,
        organ_name=committee.name if committee else unit.name,
        symbol=committee.symbol if committee else unit.symbol,
        type_code=type_code,
        number=None,
        place=unit.place or unit.name,
        day=day,
    )


def document(report: Summary) -> SummaryDocument:
    """The Word report; Party documents are in Vietnamese whatever the page's language."""
    with override("vi"):
        data, tier = report.data, report.data.tier
        return SummaryDocument(
            head=document_head(report.unit, type_code="BC", day=clock.today()),
            unit_name=report.unit.name,
            campaign_title=tier.campaign.title,
            year=tier.campaign.year,
            as_of=moment(report.at),
            registered=_text("registered", data.registered),
            approved=_text("approved", data.approved),
            cells_sent=_text("cells_sent", data.cells),
            figures=tuple(figure_texts(report)),
            not_counted=number(data.not_counted),
            not_counted_reasons=_reasons(report),
            rows=tuple(_word_row(line) for line in all_lines(report)),
            total=_word_row(report.total),
            signer=("T/M BAN THƯỜNG VỤ", "PHÓ BÍ THƯ", "(họ và tên)"),
            recipients=_recipients(report.unit),
            provisional=provisional(report),
            key_cadres=tuple(_cadre_text(card) for card in reversed(data.cadres)),
            highlights=tuple(highlight_text(item) for item in data.highlights),
            definitions=tuple(footnotes(figure for figure, _value in data.figures)),
        )


def _text(code: str, value: Rate) -> str:
    return rate(value, BY_CODE[code].decimals)


def _reasons(report: Summary) -> tuple[str, ...]:
    return (
        f"miễn công tác và sinh hoạt đảng: {number(report.exempt)} đồng chí",
        f"sinh hoạt tạm thời ở nơi khác: {number(report.away)} đồng chí",
    )


def _word_row(line: SummaryLine) -> SummaryRow:
    return SummaryRow(
        no=str(line.no) if line.no else "",
        name=line.name,
        counted=line.registered.denominator,
        registered=line.registered.numerator,
        percent_text=percent(line.registered, 1),
        approved=line.approved.numerator,
        approved_percent_text=percent(line.approved, 1),
        not_registered=line.registered.rest,
        not_counted=line.not_counted,
        cells_sent_text=f"{number(line.cells.numerator)}/{number(line.cells.denominator)}",
    )


def _cadre_text(card: CadreCard) -> str:
    year, pledges, people = card.campaign.year, card.pledges, card.people
    text = f"Năm {year}: {number(pledges)} nội dung của {number(people)} đồng chí"
    done = card.completed
    if done.numerator:
        text += f"; hoàn thành {_text('completed', done)}"
    return text


def highlight_text(item: Highlight) -> str:
    """A result in one line, with its year and what was reported."""
    text = f"{item.pledge.title} ({item.unit_name}, năm {item.year}): {item.text}"
    text = f"{text}, sau {item.years} năm" if item.years else text
    note = item.source_note
    return f"{text} ({note.rstrip('.')})" if note else text


def _committee_name(unit: Unit) -> str:
    """The committee (cấp ủy) that leads the organisation, which is who reads its papers."""
    committee = _committee_of(unit)
    if committee:
        return committee.name
    for organisation, leading in COMMITTEE_OF_ORGANISATION.items():
        if unit.name.startswith(organisation):
            return leading + unit.name.removeprefix(organisation)
    return unit.name


def _recipients(unit: Unit) -> tuple[str, ...]:
    above = (f"{_committee_name(unit.parent)} (để báo cáo)",) if unit.parent else ()
    return (*above, "Các đồng chí Ủy viên Ban Thường vụ", "Các chi, đảng bộ trực thuộc", "Lưu Văn phòng")
