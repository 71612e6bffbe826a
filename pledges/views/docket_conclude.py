"""The recorder's pages: what a meeting decided, and the act that corrects what was recorded."""

import uuid
from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cadres import clock
from cadres.access import person, signed_in
from cadres.models import BodyKind
from pledges import docket_reading as reading
from pledges.actions import corrections, dockets
from pledges.actions.acts import NotAllowedError
from pledges.actions.outcomes import list_mark
from pledges.forms.dockets import CorrectionForm, MeetingForm
from pledges.forms.lines import CorrectedLinesForm, LinesForm
from pledges.models import Docket, DocketLine
from pledges.office_lists import reasons_offered
from pledges.permissions import can_record
from pledges.states import DocketState, Outcome
from pledges.views.dockets import FEW_LINES, docket_for, rows_of


def _recorded(request: HttpRequest, ref: uuid.UUID) -> Docket:
    docket = docket_for(request, ref)
    if not can_record(person(request), docket.body):
        raise PermissionDenied(_("You do not record what this body decides."))
    return docket


def _reasons(docket: Docket, lines: list[DocketLine]) -> list[str]:
    """What the office offers as reasons of a return; they are about pledges, not about lists."""
    if reading.about_lists(lines):
        return []
    return [label for label, _field in reasons_offered(docket.campaign.host)]


@signed_in
@require_http_methods(["GET", "POST"])
def conclude(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Record the meeting: everything is approved except what is said otherwise, line by line."""
    docket = _recorded(request, ref)
    if docket.state != DocketState.OPEN:
        messages.info(request, _("This meeting has already been recorded."))
        return redirect("pledges:docket", ref=docket.ref)
    lines, day = reading.lines_of(docket), clock.today()
    beside = reading.beside(docket, lines, day)
    gone = {line.pk for line in lines if reading.has_gone(line)}
    form = MeetingForm(request.POST or None, body=docket.body, day=day)
    choices = LinesForm(
        request.POST or None,
        lines=[line for line in lines if line.pk not in gone],
        mode=docket.mode,
        reasons=_reasons(docket, lines),
    )
    # Both are asked, so that everything that is wrong is told at once.
    if all([form.is_valid(), choices.is_valid()]) and _conclude(request, docket, form, choices, day):
        return redirect("pledges:docket", ref=docket.ref)
    context = {
        "docket": docket,
        "form": form,
        "choices": choices,
        **rows_of(docket, lines, {line.pk for line in lines}, beside),
        "n_lines": len(lines),
        "n_gone": len(gone),
        "seen": list_mark(lines),
        "opinions": beside.opinions,
        "count_words": reading.count_words(docket.tier, [line for line in lines if line.pk not in gone]),
        "is_open": len(lines) <= FEW_LINES or choices.differs,
    }
    return TemplateResponse(request, "pledges/docket_conclude.html", context)


def _conclude(request: HttpRequest, docket: Docket, form: MeetingForm, choices: LinesForm, day: date) -> bool:
    user = person(request)
    try:
        concluded = dockets.conclude(
            docket.pk,
            meeting=form.meeting(),
            decisions=choices.decisions(),
            by=user,
            day=day,
            seen=request.POST.get("seen"),
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
def correct(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Record the act that corrects a concluded one: in words, and line by line where it was wrong."""
    docket = _recorded(request, ref)
    if reason := corrections.why_not_correct(docket):
        messages.info(request, reason)
        return redirect("pledges:docket", ref=docket.ref)
    lines, day = reading.lines_of(docket), clock.today()
    open_to = {line.pk for line in corrections.correctable(docket)}
    initial = {"ref": uuid.uuid4()}
    form = CorrectionForm(request.POST or None, body=docket.body, day=day, initial=initial)
    choices = CorrectedLinesForm(
        request.POST or None,
        lines=[line for line in lines if line.pk in open_to],
        mode=docket.mode,
        reasons=_reasons(docket, lines),
    )
    both = all([form.is_valid(), choices.is_valid()])
    if both and (made := _correct(request, docket, form, choices, day)):
        return redirect("pledges:docket", ref=made.ref)
    context = {
        "docket": docket,
        "form": form,
        "choices": choices,
        **rows_of(docket, lines, open_to),
        "n_lines": len(open_to),
        "needs_number": docket.body.kind != BodyKind.CELL_MEETING,
        "is_open": choices.differs,
    }
    return TemplateResponse(request, "pledges/docket_correct.html", context)


def _correct(
    request: HttpRequest, docket: Docket, form: CorrectionForm, choices: CorrectedLinesForm, day: date
) -> Docket | None:
    try:
        made = corrections.correct(
            docket.pk,
            meeting=form.meeting(),
            decisions=choices.decisions(),
            by=person(request),
            day=day,
            ref=form.cleaned_data["ref"],
        )
    except NotAllowedError as error:
        form.add_error(None, str(error))
        return None
    messages.success(request, _("The correction has been recorded."))
    _tell_void(request, made)
    return made
