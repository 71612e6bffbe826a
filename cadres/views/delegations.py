"""Assistants who type for key cadres: who does, for whom, until when; given and ended here."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cadres import clock
from cadres.access import person, signed_in
from cadres.actions.delegations import DelegationError, delegate, end_delegation
from cadres.forms.delegations import DelegateForm
from cadres.models import Delegation, Member, User
from cadres.permissions import can_delegate, can_read_member, scope_of
from cadres.queries.assistants import MAKERS
from cadres.queries.delegations import (
    delegations_for,
    found_assistants,
    kept_cadres,
    kept_delegations,
    reachable_accounts,
)
from cadres.queries.search import SHORTEST
from cadres.roles import Role
from cadres.templatetags.display import day
from cadres.text import fold
from cadres.views import terms

PAGE = 50
FOUND = 10


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def delegation_list(request: HttpRequest) -> HttpResponse:
    """Of the cadres on the lists one keeps: who types for whom; a cadre is looked for by POST.

    A cadre who keeps no list is taken to his own page.
    """
    user, on = person(request), clock.today()
    if not scope_of(user).has(Role.BOARD_OFFICER):
        if user.member is None or not can_delegate(user, user.member):
            raise PermissionDenied(_("This page is for key cadres and for the organisation board."))
        return redirect("cadres:delegation", user.member.code)
    if request.method == "POST":
        return terms.remember(request, "delegations")
    term = terms.recall(request, "delegations")
    cadres = kept_cadres(user).search(term).filter(~Q(pk=user.member_id)).select_related("unit")
    rows = Paginator(kept_delegations(user, on), PAGE)
    context = {
        "page": rows.get_page(request.GET.get("page")),
        "term": term,
        "found": cadres.order_by("sort_key", "pk")[:FOUND] if len(fold(term)) >= SHORTEST else [],
        "own": user.member if user.member and can_delegate(user, user.member) else None,
    }
    return TemplateResponse(request, "cadres/delegation_list.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def delegation(request: HttpRequest, code: str) -> HttpResponse:
    """Who types for a cadre, and one more: an account looked for by name, with the last day."""
    user, on = person(request), clock.today()
    cadre = get_object_or_404(Member.objects.select_related("unit__parent"), code=code)
    _may_delegate(user, cadre)
    list_name = f"assistants_{cadre.pk}"
    if request.method == "POST" and "q" in request.POST:
        return terms.remember(request, list_name)
    form = DelegateForm(request.POST if request.method == "POST" else None, on=on)
    if form.is_valid() and (given := _given(form, cadre, user)):
        words = {"who": given.user.display_name, "name": cadre.name, "day": day(given.last_day)}
        messages.success(request, _("%(who)s types for %(name)s until the end of %(day)s.") % words)
        return redirect("cadres:delegation", code)
    term = terms.recall(request, list_name)
    context = {
        "cadre": cadre,
        "is_own": cadre.pk == user.member_id,
        "rows": delegations_for(cadre, on),
        "term": term,
        "form": form,
        "found": _choices(form, found_assistants(user, cadre, term, on), user, cadre),
        "makes_for_assistants": any(map(scope_of(user).has, MAKERS)),
    }
    return TemplateResponse(request, "cadres/delegation.html", context)


def _may_delegate(user: User, cadre: Member) -> None:
    """404 for strangers, 403 for who reads the cadre's record only."""
    if can_delegate(user, cadre):
        return
    if not can_read_member(user, cadre):
        raise Http404
    raise PermissionDenied(_("The typing for this comrade is not yours to delegate."))


def _given(form: DelegateForm, cadre: Member, by: User) -> Delegation | None:
    """The delegation, or None: the form then says why not."""
    on, account = clock.today(), form.cleaned_data["account"]
    found = reachable_accounts(by, cadre, on).filter(username=account).first()
    if found is None:
        form.add_error(None, _("The account was not found. Look for it again."))
        return None
    try:
        return delegate(user=found, member=cadre, end=form.end, by=by, on=on)
    except DelegationError as error:
        form.add_error("last_day", str(error))
        return None


def _choices(form: DelegateForm, found: Any, by: User, cadre: Member) -> list[tuple[User, DelegateForm]]:
    """Each account found with its own small form; the one sent and refused keeps what was typed."""
    sent = form["account"].value() if form.is_bound else None
    accounts = list(found[:FOUND])
    if sent and sent not in {one.username for one in accounts}:
        rows = reachable_accounts(by, cadre, clock.today()).select_related("member__unit")
        accounts += rows.filter(username=str(sent)[:60])
    blank = DelegateForm(on=clock.today())
    return [(one, form if one.username == sent else blank) for one in accounts]


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def delegation_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a delegation, after a page that asks."""
    user, on = person(request), clock.today()
    rows = Delegation.objects.select_related("member__unit", "user")
    row = get_object_or_404(rows, pk=pk)
    _may_delegate(user, row.member)
    if request.method != "POST":
        return TemplateResponse(request, "cadres/delegation_end.html", {"row": row, "over": row.end <= on})
    if row.end <= on:
        messages.info(request, _("It had ended already; nothing was changed."))
    else:
        end_delegation(delegation=row, by=user, on=on)
        words = {"who": row.user.display_name, "name": row.member.name}
        messages.success(request, _("%(who)s no longer types for %(name)s.") % words)
    return redirect("cadres:delegation", row.member.code)
