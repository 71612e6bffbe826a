"""How much: counts, dashboards, sheets, documents."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
