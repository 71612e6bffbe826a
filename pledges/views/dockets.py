"""Dockets: read by the body, concluded by the recorder, issued by the clerk."""

import uuid
from collections import Counter
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from cadres import clock
from cadres.access import person, role_required, signed_in
from cadres.models import BodyKind
from cadres.roles import Role
from cadres.text import fold
from cadres.views import terms
from pledges import docket_reading as reading
from pledges.actions import dockets
from pledges.actions.acts import NotAllowedError
from pledges.forms.dockets import IssueForm, LinesForm, MeetingForm
from pledges.models import Docket, DocketLine
from pledges.permissions import can_issue, can_record, visible_dockets
from pledges.states import DocketState, Outcome
from pledges.views.docket_desk import DocketFilter, waiting_for_a_docket

# Below this many lines the recorder sees them at once; above, they open on demand.
FEW_LINES = 12
AWAITING = "awaiting"
READERS = (
    Role.BOARD_OFFICER,
    Role.GRASSROOTS_OFFICER,
    Role.BODY_MEMBER,
    Role.RECORDER,
    Role.CLERK,
    Role.INSPECTOR,
)


def docket_for(request: HttpRequest, ref: uuid.UUID) -> Docket:
    """The docket, when it lies within the reader's bodies or units; 404 for strangers."""
    rows = visible_dockets(person(request)).select_related(
        "campaign__host", "tier__campaign", "body__unit", "concluded_by", "issued_by"
    )
    return get_object_or_404(rows.prefetch_related("tier__steps"), ref=ref)


@role_required(*READERS)
@require_GET
def docket_list(request: HttpRequest) -> HttpResponse:
    """Dockets of the reader's bodies, what waits first, and what could be put on a new one."""
    chosen = DocketFilter(person(request), request.GET)
    context = {
        "page": chosen.page(),
        "chips": chosen.chips(),
        "is_filtered": chosen.is_filtered,
        "waiting": waiting_for_a_docket(person(request)),
    }
    return TemplateResponse(request, "pledges/docket_list.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """The list as the meeting reads it, grouped by cadre, and what comes next (?outcome).

    A name to look for is sent by POST and kept in the session.
    """
    docket = docket_for(request, ref)
    if request.method == "POST":
        return terms.remember(request, "docket")
    lines, user = reading.lines_of(docket), person(request)
    joint = reading.joint_of(docket, lines)
    outcome, name = request.GET.get("outcome", ""), terms.recall(request, "docket")
    outcomes = {line.pk: _outcome(line, joint) for line in lines}
    shown = {line.pk for line in lines if outcome in ("", outcomes[line.pk]) and _has_name(line, fold(name))}
    needs_number = docket.body.kind != BodyKind.CELL_MEETING
    context = {
        "docket": docket,
        **_rows(docket, lines, shown, joint),
        "count_words": reading.count_words(docket.tier, lines),
        "n_lines": len(lines),
        "n_shown": len(shown),
        "joint_words": reading.joint_words(docket, joint),
        "chips": _outcome_chips(list(outcomes.values()), outcome, name),
        "outcome": outcome,
        "name": name,
        "needs_number": needs_number,
        "may_conclude": docket.state == DocketState.OPEN and can_record(user, docket.body),
        "may_issue": needs_number and docket.state == DocketState.CONCLUDED and can_issue(user, docket),
    }
    return TemplateResponse(request, "pledges/docket.html", context)


def _rows(
    docket: Docket, lines: list[DocketLine], shown: set[int], joint: reading.Joint | None = None
) -> dict[str, Any]:
    """The lines shown as the templates have them: by cadre, or one a unit."""
    if reading.about_lists(lines):
        return {"lists": reading.list_readings(docket, [line for line in lines if line.pk in shown])}
    found = reading.groups(lines, reading.posts_of(docket.tier), joint)
    decided = docket.state != DocketState.OPEN or (joint is not None and any(joint.agreed.values()))
    return {"groups": reading.only(found, shown), "with_outcome": decided}


def _outcome_chips(outcomes: list[str], chosen: str, name: str) -> list[dict[str, object]]:
    """One chip an outcome that occurs, once there is more than one; the search by name stays."""
    tally = Counter(outcomes)
    if len(tally) < 2 and not chosen:
        return []
    labels = {outcome.value: outcome.label for outcome in Outcome} | {
        AWAITING: _("agreed, awaiting the other body")
    }
    order = [outcome for outcome in (Outcome.APPROVE, AWAITING, *labels) if outcome in tally]
    rest = {"page": "1"} if name else {}
    chips = [("", pgettext("docket lines", "All"), len(outcomes))]
    chips += [(str(outcome), str(labels[outcome]), tally[outcome]) for outcome in dict.fromkeys(order)]
    return [
        {
            "label": label[:1].upper() + label[1:],
            "url": "?" + urlencode(({"outcome": outcome} if outcome else {}) | rest),
            "count": n,
            "active": outcome == chosen,
        }
        for outcome, label, n in chips
    ]


def _outcome(line: DocketLine, joint: reading.Joint) -> str:
    """The outcome of a line; apart from the others what another body must agree to as well."""
    awaits = line.outcome == Outcome.APPROVE and joint.awaited.get(line.pledge_id or 0)
    return AWAITING if awaits else line.outcome


def _has_name(line: DocketLine, name: str) -> bool:
    if line.unit:
        return name in line.unit.name_key
    lead = line.pledge.lead_member if line.pledge else None
    return name in (lead.search_key if lead else "")


@signed_in
@require_http_methods(["GET", "POST"])
def conclude(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Record the meeting: everything is approved except what is said otherwise, line by line."""
    docket = docket_for(request, ref)
    if not can_record(person(request), docket.body):
        raise PermissionDenied(_("You do not record what this body decides."))
    if docket.state != DocketState.OPEN:
        messages.info(request, _("This meeting has already been recorded."))
        return redirect("pledges:docket", ref=docket.ref)
    lines, day = reading.lines_of(docket), clock.today()
    form = MeetingForm(request.POST or None, body=docket.body, day=day)
    choices = LinesForm(request.POST or None, lines=lines)
    # Both are asked, so that everything that is wrong is told at once.
    if all([form.is_valid(), choices.is_valid()]) and _conclude(request, docket, form, choices, day):
        return redirect("pledges:docket", ref=docket.ref)
    context = {
        "docket": docket,
        "form": form,
        "choices": choices,
        **_rows(docket, lines, {line.pk for line in lines}),
        "n_lines": len(lines),
        "count_words": reading.count_words(docket.tier, lines),
        "is_open": len(lines) <= FEW_LINES or choices.differs,
    }
    return TemplateResponse(request, "pledges/docket_conclude.html", context)


def _conclude(request: HttpRequest, docket: Docket, form: MeetingForm, choices: LinesForm, day: date) -> bool:
    user = person(request)
    try:
        concluded = dockets.conclude(
            docket.pk, meeting=form.meeting(), decisions=choices.decisions(), by=user, day=day
        )
    except NotAllowedError as error:
        form.add_error(None, str(error))
        return False
    if concluded.concluded_by == user:
        messages.success(request, _("The conclusion has been recorded."))
        _tell_void(request, docket)
    else:
        messages.warning(
            request, _("Somebody else has just recorded this meeting; your entries were not used.")
        )
    return True


def _tell_void(request: HttpRequest, docket: Docket) -> None:
    if void := docket.lines.filter(outcome=Outcome.VOID).count():
        text = _("%(n)s lines are void: they had been amended, withdrawn or decided on meanwhile.")
        messages.warning(request, text % {"n": void})


@signed_in
@require_http_methods(["GET", "POST"])
def issue(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Give the document its number and date, once."""
    docket = docket_for(request, ref)
    if not can_issue(person(request), docket):
        raise PermissionDenied(_("You do not issue documents of this body."))
    if docket.state == DocketState.ISSUED:
        messages.info(request, _("This document has already been issued."))
        return redirect("pledges:docket", ref=docket.ref)
    form = IssueForm(request.POST or None, initial={"on": clock.today()})
    if form.is_valid() and _issue(request, docket, form):
        return redirect("pledges:docket", ref=docket.ref)
    return TemplateResponse(request, "pledges/docket_issue.html", {"docket": docket, "form": form})


def _issue(request: HttpRequest, docket: Docket, form: IssueForm) -> bool:
    data = form.cleaned_data
    try:
        issued = dockets.issue(
            docket.pk, number=data["number"], on=data["on"], by=person(request), day=clock.today()
        )
    except NotAllowedError as error:
        form.add_error(None, str(error))
        return False
    if (issued.number, issued.number_on) == (data["number"], data["on"]):
        messages.success(request, _("The document has been issued."))
    else:
        messages.warning(request, _("This document has already been issued."))
    return True
