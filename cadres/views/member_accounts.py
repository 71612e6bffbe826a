"""Accounts of members who hold no role: those of a cell with how far each has come, and their slips."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cadres import clock
from cadres.access import person, role_required
from cadres.actions.member_slips import issue_member_slips
from cadres.models import Unit, User
from cadres.permissions import OPENERS, can_open_account, can_read_unit
from cadres.queries.accounts import count_by_state, in_state
from cadres.queries.member_accounts import LACKING, SLIP_STATES, kept_members, members_with_account
from cadres.views import terms
from cadres.views.accounts import state_chips
from cadres.views.slips import back_to, printed, ticked

PAGE = 50


@role_required(*OPENERS)
@require_http_methods(["GET", "HEAD", "POST"])
def cell_accounts(request: HttpRequest, unit: str) -> HttpResponse:
    """Everybody in a cell, in the cell's own order, with the state of the account."""
    user, cell = person(request), _cell(person(request), unit)
    if request.method == "POST":
        return terms.remember(request, f"cell_accounts_{cell.pk}")
    term = terms.recall(request, f"cell_accounts_{cell.pk}")
    found = members_with_account(user, at=timezone.now()).filter(unit=cell).search(term)
    counts, state = count_by_state(found), request.GET.get("state", "")
    rows = in_state(found, state).select_related("user").order_by("position", "sort_key", "pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    rows_of_mine = [row for row in page if row.pk != user.member_id and not row.of_board]
    tickable = [row for row in rows_of_mine if row.state in SLIP_STATES]
    context = {
        "cell": cell,
        "page": page,
        "slip_states": SLIP_STATES,
        "can_issue": bool(tickable),
        "n_lacking": sum(row.state in LACKING for row in tickable),
        "chips": state_chips(counts, state),
        "term": term,
    }
    return TemplateResponse(request, "cadres/cell_accounts.html", context)


def _cell(user: User, code: str) -> Unit:
    """The cell in force: 404 for strangers, 403 for who reads it only."""
    cell = get_object_or_404(Unit.objects.cells().in_force().select_related("parent"), code=code)
    if can_open_account(user, cell):
        return cell
    if not can_read_unit(user, cell):
        raise Http404
    raise PermissionDenied(_("The accounts of this cell are not yours to keep."))


@role_required(*OPENERS)
@never_cache
@require_POST
def issue(request: HttpRequest) -> HttpResponse:
    """Open accounts where there are none and print the slips, in the answer itself."""
    user, on = person(request), clock.today()
    keys = ticked(request, kept_members(user), most=PAGE)
    if keys is None:
        return redirect(back_to(request))
    slips, refused = issue_member_slips(keys, by=user, on=on)
    return printed(request, slips, refused, back_to(request))
