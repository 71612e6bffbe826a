"""Language of the reader, and an account whose one-time code is still its password."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation


class PlainAddressMiddleware:
    """An address with a NUL names nothing: 404 before PostgreSQL refuses it with an error."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise Http404
        return self.get_response(request)


class FormAddressMiddleware:
    """An address that only takes forms, opened as a page, answers with a page and not with a blank."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or request.method != "GET":
            return response
        page = render(request, "405.html", status=response.status_code)
        page["Allow"] = response["Allow"]
        return page


class LanguageMiddleware:
    """Vietnamese unless the reader chose English: what the browser prefers is not asked.

    Offices install English systems for people who read Vietnamese.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            # A TemplateResponse is rendered by now: the handler renders inside the innermost call.
            response.headers.setdefault("Content-Language", language)
        return response


class OwnPasswordMiddleware:
    """Send a signed-in person to the password page until an own password is chosen."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated and user.must_set_password:
            allowed = (reverse("cadres:set_password"), reverse("cadres:sign_out"), reverse("set_language"))
            if request.path not in allowed:
                return redirect("cadres:set_password")
        return self.get_response(request)
