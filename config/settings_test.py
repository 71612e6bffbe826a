"""Settings of the tests: fast hasher, no throttle, messages to workers kept apart."""

import os

os.environ.setdefault("SITE_TODAY", "")

from config.env import env_text
from config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AXES_ENABLED = False
# Without Redis messages stay in the memory of the process; with it each of the parallel test
# processes has a database of its own, so that the workers of one never take the messages of another.
if _redis := env_text("REDIS_URL"):
    _process = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    REDIS_URL = CELERY_BROKER_URL = f"{_redis.rpartition('/')[0]}/{int(_process) + 1}"
else:
    CELERY_BROKER_URL = "memory://"
    CELERY_BROKER_TRANSPORT_OPTIONS = {}
SITE_TODAY = None
# Every client of a test would look through all static files first.
WHITENOISE_AUTOREFRESH = True
# Triggers forbid the TRUNCATE and DELETE with which a transactional test cleans up.
GUARD_TRIGGERS = False
