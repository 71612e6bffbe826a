"""Tài khoản của tôi: where letters go, the language, the way to the password."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cadres.access import person, signed_in
from cadres.actions.own_account import change_account
from cadres.forms.notices import AccountForm


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_account(request: HttpRequest) -> HttpResponse:
    """E-mail, letters, language; the answer comes in the language just chosen."""
    user = person(request)
    form = AccountForm(request.POST if request.method == "POST" else None, user=user)
    if form.is_valid():
        change_account(user=user, **form.cleaned_data)
        language = form.cleaned_data["language"]
        with override(language):
            messages.success(request, _("The account was saved."))
        response = redirect("cadres:own_account")
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite="Lax",
            secure=settings.LANGUAGE_COOKIE_SECURE,
        )
        return response
    context = {"form": form, "sends_mail": settings.SENDS_MAIL}
    return TemplateResponse(request, "cadres/own_account.html", context)
