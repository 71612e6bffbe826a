"""The site itself: commands that need every app (up, test, demo)."""

from django.apps import AppConfig
from django.db.backends.sqlite3.base import DatabaseWrapper

from config.celery import app as celery_app

__all__ = ["SiteConfig", "celery_app"]

# Django counts with the 999 parameters a statement of SQLite before 3.32 (2020), and so writes 500 rows in
# many statements; what Debian and Python ship since takes these.
SQLITE_PARAMETERS = 32_766


class SiteConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        DatabaseWrapper.features_class.max_query_params = SQLITE_PARAMETERS
