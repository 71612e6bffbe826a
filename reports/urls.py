"""Addresses of dashboards, lists behind a number, reports."""

from django.urls import path

from reports.views import (
    acts,
    annex,
    cell_book,
    checks,
    closing_compare,
    closing_units,
    closings,
    dashboard,
    figures,
    jobs,
    journal,
    lists,
    summary,
)

app_name = "reports"
urlpatterns = [
    path("units/<str:code>/", dashboard.unit, name="unit"),
    path("units/<str:code>/figures/<slug:figure>/", figures.figure, name="figure"),
    path("units/<str:code>/figures/<slug:figure>/print/", figures.figure_print, name="figure_print"),
    path("units/<str:code>/figures/<slug:figure>/list.xlsx", figures.figure_xlsx, name="figure_xlsx"),
    path("units/<str:code>/pledges/", lists.pledges, name="pledges"),
    path("units/<str:code>/summary/", summary.summary, name="summary"),
    path("units/<str:code>/summary.xlsx", summary.summary_xlsx, name="summary_xlsx"),
    path("units/<str:code>/summary.docx", summary.summary_docx, name="summary_docx"),
    path("dockets/<uuid:ref>/annex.docx", annex.docket_docx, name="docket_docx"),
    path("campaigns/<str:campaign>/cells/<str:unit>/list.xlsx", cell_book.cell_xlsx, name="cell_xlsx"),
    path("acts.xlsx", acts.acts_xlsx, name="acts_xlsx"),
    path("figures/checks/", checks.check_list, name="checks"),
    path("campaigns/<str:campaign>/closings/", closings.closing_list, name="closing_list"),
    path("campaigns/<str:campaign>/closings/working/", closings.working, name="closing_working"),
    path("campaigns/<str:campaign>/closings/official/", closings.official, name="closing_official"),
    path("campaigns/<str:campaign>/closings/end/", closings.end, name="campaign_end"),
    path("campaigns/<str:campaign>/closings/reopen/", closings.reopen, name="campaign_reopen"),
    path("closings/<int:pk>/", closings.detail, name="closing"),
    path("closings/<int:pk>/progress/", closings.progress, name="closing_progress"),
    path("closings/<int:pk>/units/<str:code>/", closing_units.unit, name="closing_unit"),
    path("closings/<int:pk>/units/<str:code>/people/", closing_units.closed_people, name="closing_people"),
    path("closings/<int:pk>/units/<str:code>/pledges/", closing_units.closed_pledges, name="closing_pledges"),
    path("closings/<int:pk>/units/<str:code>/figures.xlsx", closing_units.unit_xlsx, name="closing_xlsx"),
    path(
        "closings/<int:pk>/units/<str:code>/people.xlsx",
        closing_units.people_xlsx,
        name="closing_people_xlsx",
    ),
    path("closings/<int:pk>/compare/<str:other>/", closing_compare.compare, name="closing_compare"),
    path("definitions/", dashboard.definitions, name="definitions"),
    path("journal/", journal.pledge_journal, name="journal"),
    path("journal/records/", journal.record_journal, name="records"),
    path("jobs/", jobs.job_list, name="jobs"),
]
