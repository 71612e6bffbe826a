"""What all tests share: which of them can run here, and real workers for those that want them."""

import os
import shutil

import hypothesis
import pytest
from django.conf import settings as site
from django.db import connection, connections

from tests.workers import workers

# The time of one example says nothing while two test processes share two processors.
hypothesis.settings.register_profile("site", deadline=None)
hypothesis.settings.load_profile("site")

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def _absent(marker: str) -> str:
    """Why a test with `marker` cannot run here; empty when it can."""
    if marker == "browser":
        return "" if any(map(shutil.which, BROWSERS)) else "no Chromium on this machine"
    if connection.vendor != "postgresql":
        return "DATABASE_URL names no PostgreSQL"
    if marker == "celery_workers" and not site.REDIS_URL:
        return "REDIS_URL names no Redis"
    return ""


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what this machine cannot run, with the reason; in CI nothing may be absent."""
    for marker in ("browser", "postgres", "celery_workers"):
        reason = _absent(marker) if item.get_closest_marker(marker) else ""
        if reason and os.environ.get("CI") == "true":
            pytest.fail(f"{reason}, and in CI it must be there", pytrace=False)
        elif reason:
            pytest.skip(reason)


TRANSACTIONAL = {"transactional_db", "live_server"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that commits what it writes reads it through a `reader` of its own, and so do its threads."""
    both = pytest.mark.django_db(transaction=True, databases=["default", "reader"])
    for item in items:
        marker = item.get_closest_marker("django_db")
        commits = marker is not None and marker.kwargs.get("transaction", False)
        if commits or not TRANSACTIONAL.isdisjoint(getattr(item, "fixturenames", ())):
            item.add_marker(both, append=False)


@pytest.fixture(autouse=True)
def _one_connection(request: pytest.FixtureRequest):
    """Of any other test `reader` is its own connection, which alone sees what it has not committed."""
    marker = request.node.get_closest_marker("django_db")
    commits = marker is not None and marker.kwargs.get("transaction", False)
    if commits or (marker is None and "db" not in request.fixturenames):
        yield
        return
    request.getfixturevalue("db")
    reader, connections["reader"] = connections["reader"], connections["default"]
    yield
    connections["reader"] = reader


@pytest.fixture
def celery_workers(transactional_db, tmp_path):
    """Two real workers, one for each queue; a test that asks for it is marked `celery_workers`."""
    with workers(tmp_path):
        yield
