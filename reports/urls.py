"""Addresses of dashboards, lists behind a number, reports."""

from django.urls import path

from reports.views import acts, annex, cell_book, checks, dashboard, jobs, journal, lists, summary

app_name = "reports"
urlpatterns = [
    path("units/<str:code>/", dashboard.unit, name="unit"),
    path("units/<str:code>/people/", lists.people, name="people"),
    path("units/<str:code>/pledges/", lists.pledges, name="pledges"),
    path("units/<str:code>/summary/", summary.summary, name="summary"),
    path("units/<str:code>/summary.xlsx", summary.summary_xlsx, name="summary_xlsx"),
    path("units/<str:code>/summary.docx", summary.summary_docx, name="summary_docx"),
    path("dockets/<uuid:ref>/annex.docx", annex.docket_docx, name="docket_docx"),
    path("campaigns/<str:campaign>/cells/<str:unit>/list.xlsx", cell_book.cell_xlsx, name="cell_xlsx"),
    path("acts.xlsx", acts.acts_xlsx, name="acts_xlsx"),
    path("figures/checks/", checks.check_list, name="checks"),
    path("definitions/", dashboard.definitions, name="definitions"),
    path("journal/", journal.pledge_journal, name="journal"),
    path("journal/records/", journal.record_journal, name="records"),
    path("jobs/", jobs.job_list, name="jobs"),
]
