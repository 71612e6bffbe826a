"""How much: counts, dashboards, sheets, documents."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    append_only = (
        "reports_campaignreopening",
        "reports_closedunit",
        "reports_closedperson",
        "reports_closedpledge",
        "reports_figurecheck",
    )
