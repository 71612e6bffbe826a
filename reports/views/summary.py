"""The report of a unit: on the page, as a workbook, as a Word document, all from the same rows."""

from io import BytesIO

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cadres import clock
from cadres.access import person, signed_in
from cadres.models import RecordEvent
from cadres.reading import reads_default
from reports import counts
from reports.dashboards import member_tiers
from reports.figures import footnotes
from reports.summary import (
    Summary,
    all_lines,
    document,
    figure_texts,
    provisional,
    sheet_columns,
    sheet_row,
)
from reports.summary import (
    summary as make_summary,
)
from reports.views.dashboard import chosen_tier, unit_for
from reports.writers.sheet import write_table
from reports.writers.word import build_unit_summary

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _report(request: HttpRequest, code: str) -> Summary:
    unit = unit_for(person(request), code)
    tier = chosen_tier(member_tiers(unit), request.GET.get("campaign"))
    if tier is None:
        raise Http404
    counts.drain()
    return make_summary(unit, tier, clock.today())


def download(
    request: HttpRequest, report: Summary, content: bytes, *, mime: str, suffix: str
) -> HttpResponse:
    """The file, named without a person's name, and a line in the export log."""
    campaign = report.data.tier.campaign
    RecordEvent.objects.create(
        actor=person(request),
        action="export_summary",
        unit=report.unit,
        data={"format": suffix, "campaign": campaign.code, "rows": len(all_lines(report))},
    )
    name = f"{campaign.code}-{report.unit.code}-{report.at:%Y%m%d-%H%M}.{suffix}"
    response = HttpResponse(content, content_type=mime)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


@reads_default
@signed_in
@require_GET
def summary(request: HttpRequest, code: str) -> HttpResponse:
    """The report as it will be printed, with its mark and its definitions."""
    report = _report(request, code)
    context = {
        "report": report,
        "unit": report.unit,
        "campaign": report.data.tier.campaign,
        "lines": all_lines(report),
        "provisional": provisional(report),
        "tier": report.data.tier,
        "footnotes": footnotes(figure for figure, _rate in report.data.figures),
    }
    return TemplateResponse(request, "reports/summary.html", context)


@reads_default
@signed_in
@require_GET
def summary_xlsx(request: HttpRequest, code: str) -> HttpResponse:
    """The same rows as a workbook."""
    report = _report(request, code)
    file = BytesIO()
    write_table(
        file,
        title_lines=[report.unit.name, report.data.tier.campaign.title],
        columns=sheet_columns(),
        rows=[sheet_row(line) for line in all_lines(report)],
        total=sheet_row(report.total),
        foot=[*figure_texts(report), *footnotes(figure for figure, _rate in report.data.figures)],
        sheet_name=_("Summary"),
        provisional=provisional(report),
    )
    return download(request, report, file.getvalue(), mime=XLSX, suffix="xlsx")


@reads_default
@signed_in
@require_GET
def summary_docx(request: HttpRequest, code: str) -> HttpResponse:
    """The same rows as a Word report in the Party's layout."""
    report = _report(request, code)
    return download(request, report, build_unit_summary(document(report)), mime=DOCX, suffix="docx")
