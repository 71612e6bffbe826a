"""Obstacles (vướng mắc): report one, read it, ask again, record its removal; the list of those open."""

import uuid
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cadres import clock
from cadres.access import person, signed_in
from cadres.models import User
from cadres.views.paging import page_of
from pledges.actions import obstacles as actions
from pledges.actions.acts import Act, Acted, NotAllowedError
from pledges.actions.transitions import why_closed
from pledges.forms.obstacles import HolderForm, ObstacleForm, RemovalForm
from pledges.models import Obstacle, Pledge
from pledges.obstacles import (
    COUNTED,
    Holder,
    can_follow,
    can_remove,
    held_by,
    holders,
    is_asked,
    longest,
    nearby,
    stuck_now,
    visible_obstacles,
    why_not_stuck,
)
from pledges.permissions import visible_pledges
from pledges.sent import as_sent, reads_typed
from pledges.words import due_words

PAGE = 50
# So many names of organisations nearby are offered while one types.
SUGGESTED = 60
form_page = require_http_methods(["GET", "HEAD", "POST"])


@signed_in
@form_page
def report(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Report an obstacle to a pledge: what it is, who is asked, since when."""
    user, day = person(request), clock.today()
    pledges = visible_pledges(user).select_related(
        "campaign__host", "tier__campaign__host", "lead_member__unit", "lead_unit", "unit"
    )
    pledge = get_object_or_404(pledges, ref=ref)
    if not can_follow(user, pledge):
        raise PermissionDenied(str(actions.NOT_OF_THE_LEAD))
    if request.method != "POST" and (reason := why_not_stuck(pledge)):
        messages.info(request, reason)
        return redirect("pledges:detail", ref)
    form = ObstacleForm(request.POST if request.method == "POST" else None, pledge=pledge, day=day)
    if form.is_valid() and _report(pledge, form, Act(by=user, on=day)):
        messages.success(request, _("The obstacle has been reported."))
        return redirect(f"{reverse('pledges:detail', args=[ref])}#obstacles")
    context = {
        "pledge": pledge,
        "form": form,
        "names": list(nearby(pledge).order_by("path").values_list("name", flat=True)[:SUGGESTED]),
    }
    return TemplateResponse(request, "pledges/obstacle_report.html", context)


def _report(pledge: Pledge, form: ObstacleForm, act: Act) -> bool:
    try:
        answer = actions.report({pledge.pk: form.reported()}, act=act)
    except NotAllowedError as error:
        form.add_error(None, str(error))
        return False
    for refused in answer.refused:
        form.add_error(None, refused.reason)
    return not answer.refused


def _obstacle(request: HttpRequest, ref: uuid.UUID) -> Obstacle:
    rows = visible_obstacles(person(request)).select_related(
        "asked",
        "by",
        "removed_by",
        "pledge__campaign__host",
        "pledge__tier__campaign__host",
        "pledge__lead_member__unit",
        "pledge__lead_unit",
        "pledge__unit__parent",
    )
    return get_object_or_404(rows, ref=ref)


@signed_in
@require_safe
def detail(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """An obstacle as who is asked reads it: the task, what stands in its way, what may be done."""
    return _page(request, _obstacle(request, ref), RemovalForm())


def _page(request: HttpRequest, one: Obstacle, form: RemovalForm) -> TemplateResponse:
    user, day, over = person(request), clock.today(), why_not_stuck(one.pledge)
    as_sent([one.pledge], but=partial(reads_typed, user))
    context = {
        "obstacle": one,
        "pledge": one.pledge,
        "due": due_words(one.pledge),
        "days": one.days(day),
        "form": form if one.is_open and not why_closed(one.pledge) and can_remove(user, one) else None,
        "may_ask": one.is_open and over is None and can_follow(user, one.pledge),
        "asked_today": one.last_asked_on >= day,
        "reads_pledge": visible_pledges(user).filter(pk=one.pledge_id).exists(),
        "over": over if one.is_open else None,
    }
    return TemplateResponse(request, "pledges/obstacle.html", context)


@dataclass(frozen=True)
class Shown:
    """An obstacle on the page of its pledge, and what the reader may do about it."""

    row: Obstacle
    days: int
    may_ask: bool
    may_remove: bool
    asked_today: bool


def obstacles_of(user: User, pledge: Pledge, day: date) -> dict[str, Any]:
    """What `_obstacles.html` shows; empty where nothing ever stood in the way and none can be reported.

    The row of the pledge tells by `had_obstacles` whether there is any.
    """
    found = Obstacle.objects.filter(pledge=pledge).select_related("asked").order_by("since", "pk")
    rows = list(found) if pledge.had_obstacles else []  # type: ignore[attr-defined]
    over, closed, follows = why_not_stuck(pledge), why_closed(pledge), can_follow(user, pledge)
    may_report = over is None and follows
    if not rows and not may_report:
        return {}
    shown = [
        Shown(
            row,
            row.days(day),
            may_ask=may_report,
            may_remove=not closed and (follows or is_asked(user, row)),
            asked_today=row.last_asked_on >= day,
        )
        for row in rows
    ]
    return {
        "open": [one for one in shown if one.row.is_open],
        "gone": [one for one in shown if not one.row.is_open],
        "may_report": may_report,
        "over": over,
    }


@signed_in
@require_POST
def ask(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Ask the one who holds it once more."""
    user, one = person(request), _obstacle(request, ref)
    if not can_follow(user, one.pledge):
        raise PermissionDenied(str(actions.NOT_OF_THE_LEAD))
    answer = actions.ask_again([one.pk], act=Act(by=user, on=clock.today()))
    words = {"name": one.holder}
    told = _("%(name)s has been asked again.") % words
    _tell(request, answer, told, _("%(name)s has been asked today already.") % words)
    return redirect(_back(request, one))


@signed_in
@form_page
def remove(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Record how it was removed."""
    user, one = person(request), _obstacle(request, ref)
    if not can_remove(user, one):
        raise PermissionDenied(_("Who is asked records that it was removed, or the side of the lead."))
    if request.method != "POST":
        return redirect("pledges:obstacle", ref)
    form = RemovalForm(request.POST)
    if not form.is_valid() and one.is_open:
        return _page(request, one, form)
    if one.is_open:
        answer = actions.remove({one.pk: form.cleaned_data["how"]}, act=Act(by=user, on=clock.today()))
    else:
        answer = Acted(unchanged=[one.pledge])
    _tell(request, answer, _("The removal has been recorded."), _("This obstacle has been removed."))
    return redirect(_back(request, one))


def _tell(request: HttpRequest, answer: Acted, done: str, before: str) -> None:
    for refused in answer.refused:
        messages.warning(request, refused.reason)
    if answer.done:
        messages.success(request, done)
    if answer.unchanged:
        messages.info(request, before)


def _back(request: HttpRequest, one: Obstacle) -> str:
    """The page of the pledge where the person reads it, else that of the obstacle."""
    if visible_pledges(person(request)).filter(pk=one.pledge_id).exists():
        return f"{reverse('pledges:detail', args=[one.pledge.ref])}#obstacles"
    return reverse("pledges:obstacle", args=[one.ref])


def _offered(keys: list[int], shown: list[Holder], asked: str) -> list[Holder]:
    """Those shown, and the one asked for though others hold more: a link from another page names him."""
    if not asked or any(one.key == asked for one in shown):
        return shown
    return [*shown, *(one for one in holders(keys, COUNTED) if one.key == asked)]


@signed_in
@require_safe
def obstacle_list(request: HttpRequest) -> HttpResponse:
    """Đang vướng mắc: the obstacles the person reads or is asked about, the longest first."""
    user, day = person(request), clock.today()
    keys = longest(stuck_now(visible_obstacles(user)))
    shown = holders(keys)
    form = HolderForm(request.GET, holders=_offered(keys, shown, request.GET.get("asked", "")))
    found = Obstacle.objects.filter(pk__in=keys)
    rows = held_by(found, form.chosen) if form.chosen else found
    rows = rows.select_related("asked", "pledge__lead_member", "pledge__unit__parent")
    known = None if form.chosen else len(keys)
    page = page_of(rows.order_by("since", "pk"), size=PAGE, number=request.GET.get("page"), known=known)
    context: dict[str, Any] = {
        "page": page,
        "rows": [(row, row.days(day)) for row in page],
        "form": form,
        "holders": [(one, one.days(day)) for one in shown[:5]],
        "more": len(keys) == COUNTED,
        "reset_url": reverse("pledges:obstacle_list") if form.chosen else "",
    }
    return TemplateResponse(request, "pledges/obstacle_list.html", context)
