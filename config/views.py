"""The front door: health, language, and the page each role lands on."""

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST
from django.views.i18n import set_language

from cadres.access import anonymous_allowed, person, signed_in
from cadres.models import User
from cadres.reading import reader_is_silent
from config.navigation import landing


@anonymous_allowed
@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """200 when the process answers and the database does; a reader that does not is only told of."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    words = "ok, but the reader does not answer" if reader_is_silent() else "ok"
    return HttpResponse(words, content_type="text/plain")


@anonymous_allowed
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Vietnamese or English, kept in a cookie, and on the account for what is printed or sent to it."""
    chosen = request.POST.get("language", "")
    if request.user.is_authenticated and chosen in dict(settings.LANGUAGES):
        User.objects.filter(pk=request.user.pk).update(language=chosen)
    return set_language(request)


@signed_in
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The page on which the person's first work waits."""
    return redirect(landing(person(request)))
