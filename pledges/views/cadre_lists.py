"""Lists of cadres of the host: made, often from last year's, changed person by person until frozen."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cadres import clock
from cadres.access import person, role_required
from cadres.models import CadreEntry, CadreList, CadreListKind, Member, Unit, User
from cadres.permissions import can_open_account, can_read_unit, scope_of, under
from cadres.queries.member_accounts import LACKING, SLIP_STATES, entries_with_account
from cadres.queries.search import found_members
from cadres.roles import Role
from cadres.templatetags.display import number
from cadres.text import clean
from cadres.views import terms
from cadres.views.paging import page_of
from pledges.actions.acts import NotAllowedError
from pledges.actions.cadre_lists import (
    PRINTED_LIMIT,
    Added,
    add_people,
    is_frozen,
    leave_out,
    make_cadre_list,
    write_entry,
)
from pledges.forms.cadre_lists import LATEST, EntryForm, MakeListForm, PasteForm, usual_title
from pledges.forms.campaigns import next_year
from pledges.permissions import can_run_campaign

PAGE = 50
FOUND = 8


def _boards(user: User) -> tuple[str, ...]:
    return scope_of(user).paths.get(Role.BOARD_OFFICER, ())


def _own_host(user: User) -> Unit:
    return scope_of(user).units[_boards(user)[0]]


def _listing(request: HttpRequest, pk: int) -> CadreList:
    """The list, for the board of its organisation: 404 for strangers, 403 for other readers."""
    listing = get_object_or_404(CadreList.objects.select_related("unit"), pk=pk)
    if not can_read_unit(person(request), listing.unit):
        raise Http404
    if not can_run_campaign(person(request), listing.unit):
        raise PermissionDenied(_("You do not keep the lists of cadres of this organisation."))
    return listing


@role_required(Role.BOARD_OFFICER)
@require_GET
def cadre_list_list(request: HttpRequest) -> HttpResponse:
    """Lists of the organisations whose board one is, the newest year first."""
    rows = CadreList.objects.filter(under(_boards(person(request)), "unit__")).select_related("unit")
    rows = rows.annotate(n_people=Count("entries", distinct=True)).prefetch_related("tiers__campaign")
    page = page_of(rows.order_by("-year", "unit__path", "kind"), size=PAGE, number=request.GET.get("page"))
    return TemplateResponse(request, "pledges/cadre_list_list.html", {"page": page})


@role_required(Role.BOARD_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def make(request: HttpRequest) -> HttpResponse:
    """Make the list of a year, from an earlier one if there is one."""
    user = person(request)
    host = _own_host(user)
    last = CadreList.objects.filter(unit=host).order_by("-year", "kind").first()
    kind = last.kind if last else CadreListKind.KEY
    year = max(next_year(clock.today()), last.year + 1) if last else next_year(clock.today())
    initial = {"kind": kind, "year": year, "title": usual_title(kind, host, year), "source": LATEST}
    form = MakeListForm(request.POST if request.method == "POST" else None, host=host, initial=initial)
    if form.is_valid():
        made = make_cadre_list(host, by=user, **form.cleaned_data)
        messages.success(request, _("The list is made. Look through it, leave out and add."))
        return redirect("pledges:cadre_list", made.pk)
    return TemplateResponse(request, "pledges/cadre_list_make.html", {"form": form, "host": host})


@role_required(Role.BOARD_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def cadre_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Who stands on the list; people are searched for by POST, as a name has no place in an address."""
    listing = _listing(request, pk)
    if request.method == "POST" and "q" in request.POST:
        return terms.remember(request, f"cadre_list_{pk}")
    user, frozen = person(request), is_frozen(listing)
    pasted = request.POST if request.method == "POST" else None
    form = PasteForm(pasted, listing=listing)
    if form.is_valid() and _add(request, listing, form.cleaned_data["lines"]):
        return redirect("pledges:cadre_list", pk)
    term = terms.recall(request, f"cadre_list_{pk}")
    entries = entries_with_account(listing, at=timezone.now())
    page = Paginator(entries.order_by("order", "pk"), PAGE).get_page(request.GET.get("page"))
    tickable = [entry for entry in page if _may_have_slip(user, entry)]
    context = {
        "listing": listing,
        "frozen": frozen,
        "page": page,
        "tickable": tickable,
        "n_lacking": sum(entry.state in LACKING for entry in tickable),  # type: ignore[attr-defined]
        "campaigns": [tier.campaign for tier in listing.tiers.select_related("campaign")],
        "form": form,
        "term": term,
        "found": _found(user, listing, term) if term and not frozen else [],
    }
    return TemplateResponse(request, "pledges/cadre_list.html", context)


def _may_have_slip(user: User, entry: CadreEntry) -> bool:
    """Whether a slip can be asked for here: not for oneself, nor for a closed account or one outside."""
    return (
        entry.state in SLIP_STATES  # type: ignore[attr-defined]  # annotated
        and entry.member_id != user.member_id
        and can_open_account(user, entry.member.unit)
    )


def _found(user: User, listing: CadreList, term: str) -> list[Member]:
    """People below the host called like this who do not stand on the list yet."""
    members = found_members(user, term).filter(unit__path__startswith=listing.unit.path)
    members = members.exclude(cadre_entries__cadre_list=listing).select_related("unit__parent")
    return list(members[:FOUND])


def _add(request: HttpRequest, listing: CadreList, people: list[Added]) -> bool:
    try:
        n = add_people(listing, people, by=person(request))
    except NotAllowedError as error:
        messages.error(request, str(error))
        return False
    words = ngettext("%(n)s comrade is added.", "%(n)s comrades are added.", n)
    messages.success(request, words % {"n": number(n)})
    return True


@role_required(Role.BOARD_OFFICER)
@require_POST
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add one comrade found by name, with the post as printed."""
    listing = _listing(request, pk)
    members = Member.objects.select_related("unit").filter(unit__path__startswith=listing.unit.path)
    member = get_object_or_404(members, code=request.POST.get("member", ""))
    post = clean(request.POST.get("post", ""))
    if len(post) > PRINTED_LIMIT:
        messages.error(request, _("At most %(limit)s characters, please.") % {"limit": PRINTED_LIMIT})
    else:
        _add(request, listing, [Added(member=member, post=post)])
    return redirect("pledges:cadre_list", pk)


@role_required(Role.BOARD_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: HttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """How a cadre is printed and where he counts; or leave him out."""
    listing = _listing(request, pk)
    rows = CadreEntry.objects.select_related("member__unit", "unit", "cadre_list__unit")
    found = rows.filter(cadre_list=listing, pk=entry_pk).first()
    if found is None:
        if request.method == "POST":
            messages.info(request, _("This comrade was left out already."))
            return redirect("pledges:cadre_list", pk)
        raise Http404
    initial = {"post": found.post_printed, "unit_printed": found.unit_printed, "unit": found.unit.code}
    leaves = request.method == "POST" and request.POST.get("do") == "leave_out"
    posted = request.POST if request.method == "POST" and not leaves else None
    form = EntryForm(posted, units=_units(found), initial=initial)
    if not leaves and not form.is_valid():
        context = {"listing": listing, "entry": found, "form": form}
        return TemplateResponse(request, "pledges/cadre_entry.html", context)
    try:
        told = _left_out(request, found) if leaves else _written(request, found, form)
        messages.success(request, told % {"name": found.member.name})
    except NotAllowedError as error:
        messages.error(request, str(error))
    return redirect("pledges:cadre_list", pk)


def _left_out(request: HttpRequest, found: CadreEntry) -> str:
    leave_out(found.cadre_list, found.pk, by=person(request))
    return _("%(name)s is left out.")


def _written(request: HttpRequest, found: CadreEntry, form: EntryForm) -> str:
    data = form.cleaned_data
    printed, unit = data["unit_printed"], form.units[data["unit"]]
    write_entry(found, post=data["post"], unit_printed=printed, unit=unit, by=person(request))
    return _("%(name)s is written.")


def _units(found: CadreEntry) -> list[Unit]:
    """Where the cadre may count: the organisations from his cell up to the host, and where he counts now."""
    host, member = found.cadre_list.unit, found.member
    paths = [path for path in member.unit.ancestor_paths() if path.startswith(host.path)]
    return list(Unit.objects.filter(path__in=[*paths, found.unit.path, host.path]).order_by("path"))
