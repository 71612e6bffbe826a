"""Posts whose role waits to be confirmed, and posts that end."""

from collections.abc import Sequence

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from cadres import clock
from cadres.access import person, role_required
from cadres.actions.roles import RefusedPost, confirm_offices, may_end
from cadres.actions.roles import end_office as end_post
from cadres.forms.accounts import EndOfficeForm, KeysForm, SearchForm
from cadres.models import Office
from cadres.permissions import under
from cadres.queries.accounts import (
    KEEPERS,
    AccountState,
    find_posts,
    in_state,
    kept_paths,
    kept_posts,
    open_offers,
    posts_with_state,
)
from cadres.templatetags.display import number
from cadres.views import terms
from cadres.views.accounts import PAGE


@role_required(*KEEPERS)
@require_http_methods(["GET", "POST"])
def offers(request: HttpRequest) -> HttpResponse:
    """Posts in force without their role, in the cells the person keeps."""
    if request.method == "POST":
        return terms.remember(request, "offers")
    user, on, term = person(request), clock.today(), terms.recall(request, "offers")
    found = find_posts(open_offers(user, on), term).select_related("unit__parent", "member")
    states = posts_with_state(user, on=on, at=timezone.now())
    context = {
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "term": term,
        "without_slip": in_state(states, AccountState.NO_SLIP).count(),
    }
    return TemplateResponse(request, "cadres/role_offers.html", context)


@role_required(*KEEPERS)
@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """Confirm the posts ticked, or all that match the term, in one go; refused lines say why."""
    user, on = person(request), clock.today()
    form = KeysForm(request.POST, most=PAGE, with_all=True)
    if not form.is_valid():
        messages.error(request, form.complaint)
        return _back(request)
    keys = form.cleaned_data["keys"]
    if form.cleaned_data["all"]:
        keys = list(find_posts(open_offers(user, on), _term(request)).values_list("pk", flat=True))
        if str(len(keys)) != request.POST.get("expected"):
            messages.warning(request, _("The list has changed since the page was opened. Look again."))
            return _back(request)
    elif kept_posts(user, on).filter(pk__in=keys).count() != len(keys):
        raise Http404
    done, refused = confirm_offices(keys, by=user, on=on)
    _tell(request, len(done), refused)
    return redirect("cadres:role_offers") if form.cleaned_data["all"] else _back(request)


def _term(request: HttpRequest) -> str:
    form = SearchForm(request.POST)
    return form.cleaned_data["q"] if form.is_valid() else ""


def _back(request: HttpRequest) -> HttpResponse:
    """To the list; a term it was filtered by stays in force."""
    page = "?page=1" if _term(request) else ""
    return redirect(f"{reverse('cadres:role_offers')}{page}")


def _tell(request: HttpRequest, done: int, refused: Sequence[RefusedPost]) -> None:
    if done:
        words = ngettext("%(n)s role is confirmed.", "%(n)s roles are confirmed.", done)
        messages.success(request, words % {"n": number(done)})
    for one in refused:
        messages.warning(request, f"{one.office.member.name}, {one.office.unit.name}: {one.reason}")


@role_required(*KEEPERS)
@require_http_methods(["GET", "POST"])
def end_office(request: HttpRequest, pk: int) -> HttpResponse:
    """End a post, and with it the role that rests on it."""
    user, today = person(request), clock.today()
    posts = Office.objects.select_related("unit", "member").filter(under(kept_paths(user), "unit__"))
    office = get_object_or_404(posts, pk=pk)
    if not may_end(user, office):
        raise PermissionDenied(_("The post lies outside your duties."))
    ended = office.end is not None and office.end <= today
    form = EndOfficeForm(request.POST or None, start=office.start, today=today)
    if request.method == "POST" and ended:
        messages.info(request, _("The post had ended already; nothing was changed."))
        return redirect("cadres:slip_list")
    if request.method == "POST" and form.is_valid():
        end_post(office=office, by=user, on=form.cleaned_data["on"])
        messages.success(
            request,
            _("%(name)s no longer holds the post in %(unit)s; the role has ended too.")
            % {"name": office.member.name, "unit": office.unit.name},
        )
        return redirect("cadres:slip_list")
    return TemplateResponse(
        request, "cadres/office_end.html", {"office": office, "form": form, "ended": ended}
    )
