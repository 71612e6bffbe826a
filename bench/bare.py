"""The least that a page and an act can do here: one indexed query of 50 rows, one row written.

Middleware, session, base template and navigation are those of every page.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import include, path
from django.views.decorators.http import require_GET, require_POST

from cadres.access import signed_in
from cadres.models import Member
from pledges.models import Pledge

TITLE = "bare"


@signed_in
@require_GET
def read(request: HttpRequest) -> HttpResponse:
    """Fifty members by their keys."""
    return TemplateResponse(request, "bare.html", {"rows": Member.objects.order_by("pk")[:50]})


@signed_in
@require_POST
def write(request: HttpRequest) -> HttpResponse:
    """A draft without a journal; who measures takes it out again."""
    keys = {name: int(request.POST[name]) for name in ("campaign_id", "tier_id", "lead_member_id", "unit_id")}
    Pledge.objects.create(title=TITLE, **keys)
    return HttpResponseRedirect("/bare/")


urlpatterns = [
    path("bare/", read),
    path("bare/write/", write),
    path("", include("config.urls")),
]
