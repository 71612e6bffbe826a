"""Chromium, at the width of a phone and of a PC, and a day on which the journeys happen."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.conftest import BROWSERS
from tests.e2e.district import District, make_district
from tests.e2e.visitor import Visitor
from tests.pledges.factories import DAY

PATIENCE = 10_000  # milliseconds to wait for a page or a control, when two test processes share the machine
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser of this machine, started once."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright leaves an event loop in this thread, by which Django would refuse the database.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        path = next(filter(None, map(shutil.which, BROWSERS)))
        expect.set_options(timeout=PATIENCE)
        chromium = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(params=[(390, 844), (1440, 900)], ids=["phone", "pc"])
def screen(request: pytest.FixtureRequest) -> tuple[int, int]:
    """Width and height: every journey is made on a phone and on a PC."""
    width, height = request.param
    return width, height


@pytest.fixture
def site(live_server: Any, settings: Any) -> Any:
    """The site, served on the day of the journeys; its database is emptied after each of them."""
    settings.SITE_TODAY = DAY
    return live_server


@pytest.fixture
def visitor(
    browser: Browser, screen: tuple[int, int], site: Any, tmp_path: Path
) -> Iterator[Callable[[], Visitor]]:
    """Makes somebody at a browser of his own; pictures of each page he sees lie in `tmp_path`."""
    width, height = screen
    with ExitStack() as stack:

        def arrive() -> Visitor:
            view = {"width": width, "height": height}
            context = stack.enter_context(browser.new_context(base_url=site.url, viewport=view))
            context.set_default_timeout(PATIENCE)
            return Visitor(context.new_page(), tmp_path)

        yield arrive


@pytest.fixture
def signed_in(visitor: Callable[[], Visitor]) -> Callable[[str], Visitor]:
    """Somebody who has signed in under a user name, on the page where his work waits."""

    def enter(username: str) -> Visitor:
        somebody = visitor()
        somebody.sign_in(username)
        return somebody

    return enter


@pytest.fixture
def district(site: Any) -> District:
    """The district of the journeys."""
    return make_district()
