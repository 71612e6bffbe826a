"""The Celery application. Messages only wake workers: a database row is the truth of every job."""

import os
from pathlib import Path

from celery import Celery

from config.heartbeat import attach

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("config")
# Celery keeps the current app per thread; without a default the threads of gunicorn would send
# their messages through an empty app that knows no broker.
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

if _heartbeat := os.environ.get("HEARTBEAT_FILE"):
    attach(app, Path(_heartbeat))
