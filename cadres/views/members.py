"""Looking for members and organisations."""

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from cadres.access import person, signed_in
from cadres.permissions import scope_of
from cadres.queries.search import found_members, found_units
from cadres.views import terms
from cadres.views.paging import BOUNDED, bounded, page_of

PAGE = 30
UNITS = 12


@signed_in
@require_http_methods(["GET", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """Members and organisations within the person's scope; nobody outside it ever appears."""
    if request.method == "POST":
        return terms.remember(request, "search")
    user, term = person(request), terms.recall(request, "search")
    members = found_members(user, term).select_related("unit__parent")
    units = found_units(user, term).select_related("parent")
    context = {
        "term": term,
        "page": page_of(members, size=PAGE, number=request.GET.get("page")),
        "units": units[:UNITS],
        "units_count": bounded(units),
        "bounded": BOUNDED,
        "reads_anything": bool(scope_of(user).readable_paths),
    }
    return TemplateResponse(request, "cadres/search.html", context)
