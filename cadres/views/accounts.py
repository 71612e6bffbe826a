"""Signing in and out, the own password, the list of accounts."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, resolve_url
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from cadres import clock, sessions
from cadres.access import anonymous_allowed, person, role_required, signed_in
from cadres.actions.accounts import choose_password
from cadres.demo_accounts import account_offered, offered
from cadres.forms.accounts import ChoosePasswordForm, SignInForm
from cadres.models import RoleAssignment, User
from cadres.permissions import scope_of
from cadres.queries.accounts import (
    KEEPERS,
    AccountState,
    account_state,
    count_by_state,
    find_accounts,
    in_state,
    kept_accounts,
)
from cadres.queries.assistants import MAKERS
from cadres.views import terms
from cadres.views.paging import BOUNDED, page_of

PAGE = 30


@anonymous_allowed
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """User name with password or one-time code; on a demo also one button a role."""
    goes_on_to = _local_next(request)
    if request.user.is_authenticated:
        return redirect(goes_on_to)
    form = SignInForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid() and form.user:
        sessions.begin(request, form.user, shared_pc=form.cleaned_data["shared_pc"])
        return _first_page(form.user, goes_on_to)
    context = {
        "form": form,
        "next": goes_on_to,
        "sent_here": goes_on_to != resolve_url(settings.LOGIN_REDIRECT_URL),
        "offered": offered(request),
    }
    return TemplateResponse(request, "cadres/sign_in.html", context)


@anonymous_allowed
@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Take an account of the demo without a password; 404 anywhere but on its own machine."""
    user = account_offered(request, request.POST.get("username", ""))
    if user is None:
        raise Http404
    sessions.begin(request, user, shared_pc=False)
    return _first_page(user, _local_next(request))


@signed_in
@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@signed_in
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def set_password(request: HttpRequest) -> HttpResponse:
    """Choose an own password instead of the one-time code, or a new one; the session goes on."""
    user = person(request)
    if user.code_is_over(timezone.now()):
        logout(request)
        messages.error(
            request,
            _("The one-time code has expired. Ask the committee that gave you the slip for a new one."),
        )
        return redirect(settings.LOGIN_URL)
    goes_on_to = _local_next(request)
    form = ChoosePasswordForm(request.POST or None, request=request, user=user)
    if request.method == "POST" and form.is_valid():
        if not choose_password(user=user, password=form.cleaned_data["password"]):
            logout(request)
            return redirect(settings.LOGIN_URL)
        update_session_auth_hash(request, user)
        messages.info(request, _("The password was saved. Use it from the next time on."))
        return redirect(goes_on_to)
    context = {"form": form, "next": goes_on_to, "first_time": user.must_set_password}
    return TemplateResponse(request, "cadres/set_password.html", context)


@role_required(*KEEPERS)
@require_http_methods(["GET", "POST"])
def account_list(request: HttpRequest) -> HttpResponse:
    """Accounts the person keeps: whose, with which roles, how far they have come."""
    if request.method == "POST":
        return terms.remember(request, "accounts")
    on, term = clock.today(), terms.recall(request, "accounts")
    found = find_accounts(kept_accounts(person(request), on), term)
    found = found.annotate(state=account_state(timezone.now()))
    counts, state = count_by_state(found, most=BOUNDED + 1), request.GET.get("state", "")
    is_long = sum(counts.values()) > BOUNDED
    roles = RoleAssignment.objects.on(on).select_related("unit", "body").order_by("start", "pk")
    rows = (
        in_state(found, state)
        .select_related("member__unit")
        .prefetch_related(Prefetch("roles", roles, to_attr="held"))
    )
    known = (
        None if is_long else counts.get(state, 0) if state in AccountState.values else sum(counts.values())
    )
    context = {
        "page": page_of(rows.order_by("username"), size=PAGE, number=request.GET.get("page"), known=known),
        "chips": state_chips(counts, state, leave_out=(AccountState.ROLE_MISSING,), is_long=is_long),
        "term": term,
        "makes_for_assistants": any(map(scope_of(person(request)).has, MAKERS)),
    }
    return TemplateResponse(request, "cadres/account_list.html", context)


def state_chips(
    counts: dict[str, int],
    chosen: str,
    *,
    leave_out: tuple[AccountState, ...] = (),
    is_long: bool = False,
) -> list[dict[str, object]]:
    """Quick filters by state; the term looked for stays. Of a long list all states, without numbers."""
    states = [state for state in AccountState if state not in leave_out and (is_long or counts.get(state))]
    numbers: dict[str, object] = {} if is_long else {"": sum(counts.values()), **counts}
    whole = {"label": _("All"), "url": "?page=1", "count": numbers.get(""), "active": not chosen}
    return [
        whole,
        *(
            {
                "label": state.label,
                "url": f"?state={state.value}&page=1",
                "count": numbers.get(state),
                "active": chosen == state,
            }
            for state in states
        ),
    ]


def _first_page(user: User, goes_on_to: str) -> HttpResponse:
    """Where a person lands: with a one-time code on the password page, and from there onwards."""
    if not user.must_set_password:
        return redirect(goes_on_to)
    query = QueryDict(mutable=True)
    query["next"] = goes_on_to
    return redirect(f"{reverse('cadres:set_password')}?{query.urlencode()}")


def _local_next(request: HttpRequest) -> str:
    """The page asked for before signing in, on this site only; else the front page."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if sessions.on_this_site(request, target):
        return target
    return resolve_url(settings.LOGIN_REDIRECT_URL)
