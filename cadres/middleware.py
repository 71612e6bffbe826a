"""An account whose one-time code is still its password goes nowhere but to "choose a password"."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse


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
