"""The settings of the site with two bare pages beside its own, against which those are measured."""

from config.settings import *  # noqa: F403
from config.settings import ALLOWED_HOSTS, BASE_DIR, TEMPLATES

ROOT_URLCONF = "bench.bare"
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "testserver"]
TEMPLATES[0]["DIRS"] = [*TEMPLATES[0]["DIRS"], BASE_DIR / "bench" / "templates"]  # type: ignore[misc]
# Visitors are signed in without a form.
AXES_ENABLED = False
