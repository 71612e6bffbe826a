"""The site itself: commands that need every app (up, test, demo)."""

from django.apps import AppConfig

from config.celery import app as celery_app

__all__ = ["SiteConfig", "celery_app"]


class SiteConfig(AppConfig):
    name = "config"
