"""How a session begins, when it ends by itself, and where a person goes on after signing in again.

These clocks are the real ones, also on a demo that lives on a fixed day.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from cadres.models import User

BACKEND = "django.contrib.auth.backends.ModelBackend"
SEEN_AT = "shared_pc_seen_at"
# A use of the page is noted at most once a minute, so that reading does not write at every request.
NOTE_EVERY = 60


def begin(request: HttpRequest, user: User, *, shared_pc: bool) -> None:
    """Sign `user` in: for a working day, or on a shared PC (máy dùng chung) until the browser closes."""
    login(request, user, backend=BACKEND)
    if shared_pc:
        request.session.set_expiry(0)
        request.session[SEEN_AT] = time.time()
    else:
        request.session.set_expiry(timedelta(seconds=settings.SESSION_COOKIE_AGE))


class SharedPcMiddleware:
    """Ends a session on a shared PC after SHARED_PC_SESSION_AGE seconds in which nobody used it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        seen_at = request.session.get(SEEN_AT)
        if seen_at is not None:
            idle = time.time() - seen_at
            if idle >= settings.SHARED_PC_SESSION_AGE:
                logout(request)
            elif idle >= NOTE_EVERY and not _asked_by_itself(request):
                request.session[SEEN_AT] = time.time()
        return self.get_response(request)


class SignedInMiddleware(LoginRequiredMiddleware):
    """Sends whoever is not signed in to the sign-in page, and back to the page left, not to a POST.

    A form sent after the session ended would else lead to an address that only takes forms; and a
    part of a page asked for by htmx would be replaced by the whole sign-in page.
    """

    def handle_no_permission(  # type: ignore[override]  # an htmx request is not redirected but told
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponse:
        login_url = resolve_url(self.get_login_url(view_func))
        answer = redirect_to_login(_page_left(request), login_url, self.get_redirect_field_name(view_func))
        if _is_htmx(request):
            return HttpResponse(headers={"HX-Redirect": answer.url})
        return answer


def on_this_site(request: HttpRequest, target: str) -> bool:
    """Whether `target`, which anybody can write into an address, is the path of a page of this site."""
    here, secure = {request.get_host()}, request.is_secure()
    return target.startswith("/") and url_has_allowed_host_and_scheme(target, here, require_https=secure)


def _is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _asked_by_itself(request: HttpRequest) -> bool:
    """A page that asks again every second (progress of a job) is no sign of a person."""
    return request.method == "GET" and _is_htmx(request)


def _page_left(request: HttpRequest) -> str:
    """The page on which the person was, below this site; the front page when unknown."""
    if _is_htmx(request):
        page = request.headers.get("HX-Current-URL", "")
    elif request.method in ("GET", "HEAD"):
        return request.get_full_path()
    else:
        page = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure()):
        return resolve_url(settings.LOGIN_REDIRECT_URL)
    parts = urlsplit(page)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
