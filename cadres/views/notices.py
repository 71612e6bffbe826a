"""What the person was told: the list behind the bell, opening one, all read at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cadres import clock
from cadres.access import person, signed_in
from cadres.actions.notices import mark_all_read, mark_read
from cadres.forms.notices import AllReadForm
from cadres.models import Notification
from cadres.notice_kinds import Words, settled, words_of
from cadres.queries.notices import notices_of

PAGE = 30


@dataclass(frozen=True)
class Row:
    """One notice in words; `waits`: nobody has read it and its cause still holds."""

    notice: Notification
    words: Words
    waits: bool
    is_settled: bool


@signed_in
@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    """Everything the account was told, day by day, the last first."""
    user = person(request)
    page = Paginator(notices_of(user), PAGE).get_page(request.GET.get("page"))
    notices = list(page.object_list)
    gone = settled(user, notices, clock.today())
    rows = [
        Row(one, words_of(one), one.read_at is None and one.pk not in gone, one.pk in gone) for one in notices
    ]
    context = {
        "page": page,
        "days": _by_day(rows),
        "waiting": sum(row.waits for row in rows),
        "last": max((one.pk for one in notices), default=0) if page.number == 1 else 0,
    }
    return TemplateResponse(request, "cadres/notice_list.html", context)


def _by_day(rows: Sequence[Row]) -> list[tuple[date, list[Row]]]:
    days = groupby(rows, key=lambda row: timezone.localdate(row.notice.at))
    return [(day, list(found)) for day, found in days]


@signed_in
@require_POST
def open_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a notice read and go to its page."""
    notice = mark_read(person(request), pk)
    if notice is None:
        raise Http404
    is_here = url_has_allowed_host_and_scheme(notice.path, None)
    return redirect(notice.path if is_here else resolve_url("home"))


@signed_in
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark read everything up to what the page showed last."""
    form = AllReadForm(request.POST)
    if form.is_valid():
        mark_all_read(person(request), up_to=form.cleaned_data["last"])
        messages.success(request, _("Everything is marked as read."))
    return redirect("cadres:notice_list")
