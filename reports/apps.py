"""How much: counts, dashboards, sheets, documents."""

from django.apps import AppConfig

from cadres.guards import Fixed


class ReportsConfig(AppConfig):
    name = "reports"
    notice_kinds = "reports.notice_words.KINDS"
    kept_numbers = "reports.kept"
    append_only = (
        "reports_campaignreopening",
        "reports_closedunit",
        "reports_closedperson",
        "reports_closedpledge",
        "reports_figurecheck",
    )
    # What was frozen stays: neither its words nor its digest change once the job is done.
    fixed_from = (Fixed("reports_closing", when="OLD.state = 'done'"),)
