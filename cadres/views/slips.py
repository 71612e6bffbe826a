"""Account slips: which cells' secretaries have one, and printing new ones."""

from collections.abc import Sequence
from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cadres import clock
from cadres.access import person, role_required
from cadres.actions.accounts import RefusedSlip, Slip, issue_slips
from cadres.forms.accounts import KeysForm
from cadres.permissions import OPENERS, scope_of
from cadres.queries.accounts import (
    KEEPERS,
    RENEWABLE,
    cells_without_secretary,
    count_by_state,
    find_posts,
    in_state,
    kept_accounts,
    posts_with_state,
)
from cadres.queries.assistants import MAKERS
from cadres.sessions import on_this_site
from cadres.views import terms
from cadres.views.accounts import PAGE, state_chips

NAMED = 3


@role_required(*KEEPERS)
@require_http_methods(["GET", "POST"])
def slip_list(request: HttpRequest) -> HttpResponse:
    """The cells the person keeps, with their secretaries and how far their accounts have come."""
    if request.method == "POST":
        return terms.remember(request, "slips")
    user, on, term = person(request), clock.today(), terms.recall(request, "slips")
    found = find_posts(posts_with_state(user, on=on, at=timezone.now()), term)
    counts, state = count_by_state(found), request.GET.get("state", "")
    shown = in_state(found, state)
    rows = Paginator(shown.select_related("unit__parent", "member__user"), PAGE)
    page = rows.get_page(request.GET.get("page"))
    nobody = cells_without_secretary(user, on)
    context = {
        "page": page,
        "can_issue": any(post.state in RENEWABLE for post in page),
        "opens": any(map(scope_of(user).has, OPENERS)),
        "makes_for_assistants": any(map(scope_of(user).has, MAKERS)),
        "renewable": RENEWABLE,
        "chips": state_chips(counts, state),
        "counts": counts,
        "term": term,
        "nobody_count": nobody.count(),
        "nobody": nobody.select_related("parent")[:NAMED],
    }
    return TemplateResponse(request, "cadres/slip_list.html", context)


@role_required(*KEEPERS)
@never_cache
@require_POST
def issue(request: HttpRequest) -> HttpResponse:
    """Print new slips at once, in the answer itself: the codes are shown this once and kept nowhere."""
    user, on = person(request), clock.today()
    keys = ticked(request, kept_accounts(user, on), most=PAGE)
    if keys is None:
        return redirect(back_to(request))
    slips, refused = issue_slips(keys, by=user, on=on)
    return printed(request, slips, refused, back_to(request))


def ticked(request: HttpRequest, kept: QuerySet[Any], *, most: int) -> list[int] | None:
    """The keys ticked, all of rows the person keeps, else 404; None when told that none can be read."""
    form = KeysForm(request.POST, most=most)
    if not form.is_valid():
        messages.error(request, form.complaint)
        return None
    keys: list[int] = form.cleaned_data["keys"]
    if kept.filter(pk__in=keys).count() != len(keys):
        raise Http404
    return keys


def back_to(request: HttpRequest) -> str:
    """The page from which slips were asked for, on this site only; else the list of slips."""
    target = request.POST.get("next", "")
    if on_this_site(request, target):
        return target
    return reverse("cadres:slip_list")


def printed(
    request: HttpRequest, slips: Sequence[Slip], refused: Sequence[RefusedSlip], back: str
) -> HttpResponse:
    """The slips on paper with the way back; without any, back at once with the reasons."""
    if not slips:
        for one in refused:
            messages.error(request, f"{one.name}: {one.reason}")
        return redirect(back)
    sign_in = segno.make(request.build_absolute_uri(reverse("cadres:sign_in")), error="m")
    context = {
        "slips": slips,
        "refused": refused,
        "back": back,
        "front_page": request.build_absolute_uri("/"),
        # A slip ends by the real clock; on a site that lives on a fixed day its paper says so.
        "by_real_clock": settings.SITE_TODAY is not None,
        "qr": sign_in.svg_data_uri(scale=4, border=2),
    }
    return TemplateResponse(request, "cadres/slip_print.html", context)
