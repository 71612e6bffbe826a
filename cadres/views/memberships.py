"""Where a member stands from day to day; moved, changed and taken off the list by the organisation board.

What is sent says what the page had shown (`seen`): who acted meanwhile is not written over unseen.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cadres import clock
from cadres.access import person, role_required
from cadres.actions.departures import take_off
from cadres.actions.members import change_standing, move_members
from cadres.actions.placements import TooEarlyError
from cadres.actions.units import UnitDayError, UnitError
from cadres.forms.memberships import DatedForm, LeaveForm, MoveForm, StandingForm
from cadres.models import BodyMember, Member, Membership, Rank, Standing, Unit, User
from cadres.permissions import can_keep_roster, can_read_member
from cadres.queries.changes import kept_cells, posts_of
from cadres.roles import Role
from cadres.templatetags.display import day

FOUND = 12


def _kept(request: HttpRequest, code: str) -> Member:
    """A member whose roster the person keeps: 404 outside his scope, 403 inside without the right."""
    member = get_object_or_404(Member.objects.select_related("unit__parent"), code=code)
    if not can_read_member(person(request), member):
        raise Http404
    if not can_keep_roster(person(request), member.unit):
        raise PermissionDenied(_("The members of this organisation are kept by its organisation board."))
    return member


def _last(member: Member) -> Membership | None:
    """The membership in force, else the one that ended last."""
    return Membership.objects.filter(member=member).select_related("unit").order_by("-start").first()


def _seen(row: Membership | None) -> str:
    """How the member stands, as a page shows it."""
    return f"{row.unit_id}-{row.rank}-{row.standing}-{row.end or ''}" if row else ""


@role_required(Role.BOARD_OFFICER)
@require_safe
def membership(request: HttpRequest, code: str) -> HttpResponse:
    """Where the member stood from day to day, his posts, and what can be done."""
    member = _kept(request, code)
    rows = list(Membership.objects.filter(member=member).select_related("unit__parent").order_by("-start"))
    context = {"member": member, "rows": rows, "present": bool(rows) and rows[0].end is None}
    context["posts"] = posts_of(member.pk)
    return TemplateResponse(request, "cadres/membership.html", context)


@role_required(Role.BOARD_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, code: str) -> HttpResponse:
    """Chuyển sinh hoạt: to a cell looked for by name; who had left is received again."""
    member = _kept(request, code)
    last, finding = _last(member), "find" in request.POST
    wanted = request.POST.get("q", "")
    found = list(kept_cells(person(request), wanted)[: FOUND + 1])
    sent = request.POST if request.method == "POST" and not finding else None
    form = MoveForm(sent, initial=request.POST.dict(), found=found[:FOUND], today=clock.today())
    if form.is_valid():
        cell: Unit = form.cleaned_data["chosen"]
        same = last is not None and last.end is None and last.unit_id == cell.pk
        if same and not _is_repeated(form, last):
            form.add_error("unit", _("The comrade is in this cell already."))
        elif _written(request, member, last, form, same=same, act=_move_to(cell)):
            return redirect("cadres:membership", code)
    told = {"more": len(found) > FOUND, "wanted": wanted, "posts": posts_of(member.pk, in_cells=True)}
    return _page(request, "cadres/member_move.html", member, last, form, **told)


@role_required(Role.BOARD_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def standing(request: HttpRequest, code: str) -> HttpResponse:
    """Đổi diện: official or probationary; active, exempt, away, in transfer."""
    member = _kept(request, code)
    last = _last(member)
    initial = {"rank": member.rank, "standing": member.standing}
    form = StandingForm(_sent(request, last), initial=initial, today=clock.today())
    if form.is_valid():
        wanted = (form.cleaned_data["rank"], form.cleaned_data["standing"])
        same = wanted == (member.rank, member.standing)
        if same and not _is_repeated(form, last):
            form.add_error(None, _("Nothing was changed: the comrade stands like this already."))
        elif _written(request, member, last, form, same=same, act=_stand_as(*wanted)):
            return redirect("cadres:membership", code)
    return _page(request, "cadres/member_standing.html", member, last, form)


@role_required(Role.BOARD_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, code: str) -> HttpResponse:
    """Ra khỏi danh sách: the membership and the posts end; registrations and their results stay."""
    member = _kept(request, code)
    last = _last(member)
    if request.method == "POST" and _has_left(last):
        messages.info(request, _("This was entered already; nothing was changed."))
        return redirect("cadres:membership", code)
    seats = BodyMember.objects.filter(member=member, end=None).select_related("body__unit").order_by("pk")
    with_account = User.objects.filter(member=member, is_active=True).exists()
    form = LeaveForm(_sent(request, last), with_account=with_account, today=clock.today())
    if form.is_valid() and _written(request, member, last, form, same=False, act=_take_off):
        return redirect("cadres:membership", code)
    return _page(
        request, "cadres/member_leave.html", member, last, form, posts=posts_of(member.pk), seats=seats
    )


def _has_left(last: Membership | None) -> bool:
    return last is None or last.end is not None


def _sent(request: HttpRequest, last: Membership | None) -> Any:
    """What was sent; nothing is taken for who has left."""
    return request.POST if request.method == "POST" and not _has_left(last) else None


def _is_repeated(form: DatedForm, last: Membership | None) -> bool:
    """Whether the very same was written just before, as by a second click."""
    return last is not None and last.start == form.cleaned_data["on"]


Act = Callable[[Member, dict[str, Any], User], str]


def _written(
    request: HttpRequest, member: Member, last: Membership | None, form: DatedForm, *, same: bool, act: Act
) -> bool:
    """Whether it stands as wanted now; else the form says why not."""
    if same:
        messages.info(request, _("This was entered already; nothing was changed."))
        return True
    if request.POST.get("seen", "") != _seen(last):
        form.add_error(
            None, _("Somebody has changed this meanwhile. Look at how it stands now, then send again.")
        )
        return False
    try:
        words = act(member, form.cleaned_data, person(request))
    except PermissionDenied as error:
        form.add_error("close_account", str(error))
        return False
    except (TooEarlyError, UnitDayError) as error:
        form.add_error("on", str(error))
        return False
    except UnitError as error:
        form.add_error("unit", str(error))
        return False
    messages.success(request, words % {"name": member.name, "day": day(form.cleaned_data["on"])})
    return True


def _move_to(cell: Unit) -> Act:
    def act(member: Member, given: dict[str, Any], by: User) -> str:
        move_members([member], cell, on=given["on"], document=given["document"], by=by)
        return _("%(name)s is in the cell chosen from %(day)s.")

    return act


def _stand_as(rank: str, standing: str) -> Act:
    def act(member: Member, given: dict[str, Any], by: User) -> str:
        kept = {"on": given["on"], "document": given["document"], "by": by}
        change_standing([member], rank=Rank(rank), standing=Standing(standing), **kept)
        return _("The standing of %(name)s holds from %(day)s.")

    return act


def _take_off(member: Member, given: dict[str, Any], by: User) -> str:
    closes = given.get("close_account", False)
    take_off(member, on=given["on"], document=given["document"], close_account=closes, by=by)
    return _("%(name)s is off the list from %(day)s.")


def _page(
    request: HttpRequest, template: str, member: Member, last: Membership | None, form: DatedForm, **more: Any
) -> HttpResponse:
    context = {"member": member, "last": last, "gone": _has_left(last), "seen": _seen(last), "form": form}
    return TemplateResponse(request, template, context | more)
