"""Which database answers a request: `reader` to whoever only reads, `default` to everything else.

A safe request reads the project's tables through `reader`, in one transaction and so from one snapshot:
the figures of a page agree. It begins at the first question. Everything outside of such a request (a
form, a command, a worker) stays on `default`, and so does the browser that has just sent something:
a replica may be a few seconds behind, and nobody may miss what he has saved himself.

A reader that does not answer stops nobody: `default` answers instead, without a snapshot.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.conf import settings
from django.db import OperationalError, connections, transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

READER = "reader"
OURS = ("cadres", "pledges", "reports")
SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
# When this browser last sent something, in seconds; whoever forges it is answered by `default`, no more.
WROTE = "wrote"
View = TypeVar("View", bound=Callable[..., Any])
# So long a reader that did not answer is not asked again, and nobody waits for it.
PAUSE = 10.0
logger = logging.getLogger(__name__)


class _Reader:
    """Whether the reader answers, as this process saw it last."""

    is_silent = False
    asked_again = 0.0

    def begins(self, stack: ExitStack) -> bool:
        """Begin the snapshot of a page, if the reader answers."""
        if time.monotonic() < self.asked_again:
            return False
        try:
            # In a test the transaction of the test itself is the snapshot, and needs no savepoint.
            stack.enter_context(transaction.atomic(using=READER, savepoint=False))
        except OperationalError as error:
            logger.warning("The reader does not answer, default does instead: %s", error)
            connections[READER].close()
            self.is_silent, self.asked_again = True, time.monotonic() + PAUSE
            return False
        self.is_silent = False
        return True


_reader = _Reader()


def reader_is_silent() -> bool:
    """Whether the reader did not answer when this process asked it last."""
    return _reader.is_silent


class _Page:
    """What one safe request reads; `alias` is settled by the first question."""

    def __init__(self, stack: ExitStack) -> None:
        self.stack = stack
        self.alias: str | None = None

    def of_default(self) -> None:
        """Let `default` answer all further questions."""
        self.alias = "default"

    def settled(self) -> str:
        """The alias that answers; of the reader its snapshot is begun."""
        if self.alias is None:
            self.alias = READER if _reader.begins(self.stack) else "default"
        return self.alias


_page: ContextVar[_Page | None] = ContextVar("page", default=None)


def reads_default(view: View) -> View:
    """Mark a view whose safe requests read on `default`, since they read what they write."""
    view.reads_default = True  # type: ignore[attr-defined]
    return view


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Let a worker read the block as a safe request does: through `reader`, from one snapshot."""
    with ExitStack() as stack:
        token = _page.set(_Page(stack))
        stack.callback(_page.reset, token)
        yield


class Router:
    """Reads of a safe request go to `reader`; sessions stay where they are written."""

    def db_for_read(self, model: type[Model], **_hints: Any) -> str | None:
        """None leaves it to `default`."""
        page = _page.get()
        return page.settled() if page and model._meta.app_label in OURS else None

    def db_for_write(self, model: type[Model], **_hints: Any) -> str:
        """Also of a row that was read through `reader`."""
        return "default"

    def allow_relation(self, one: Model, other: Model, **_hints: Any) -> bool:
        """Both aliases are one database."""
        return True


class ReadingMiddleware:
    """Opens the page that a safe request reads; a cookie tells that the browser has just sent something."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in SAFE:
            return _marked(self.get_response(request))
        if _has_just_sent(request):
            return self.get_response(request)
        with one_snapshot():
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        """Leave `default` to a view that says so."""
        page = _page.get()
        if page and getattr(view, "reads_default", False):
            page.of_default()


def _has_just_sent(request: HttpRequest) -> bool:
    sent = request.COOKIES.get(WROTE, "")
    known = sent.isascii() and sent.isdigit() and len(sent) < 12
    return known and 0 <= time.time() - int(sent) <= settings.READ_OWN_WRITES_SECONDS


def _marked(response: HttpResponse) -> HttpResponse:
    response.set_cookie(
        WROTE,
        str(int(time.time())),
        max_age=settings.READ_OWN_WRITES_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
