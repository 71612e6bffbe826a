"""Opinions before the meeting: one's own sheet, the sheets that the recorder types in, who has given one."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cadres import clock
from cadres.access import person, signed_in
from cadres.models import BodyKind, Member
from pledges import docket_reading as reading
from pledges.actions import opinions as acts
from pledges.actions.acts import NotAllowedError, StaleError
from pledges.actions.outcomes import list_mark
from pledges.forms.dockets import SheetForm
from pledges.forms.lines import LineOpinionsForm
from pledges.models import Docket, OpinionSheet, OpinionSource
from pledges.opinion_reading import opinions_of
from pledges.permissions import can_give_opinion, can_read_opinions, can_record, seated_members
from pledges.states import DocketState
from pledges.views.dockets import docket_for, rows_of

# Below this many lines a sheet shows them at once; above, they open on demand.
FEW_LINES = 4


def _asked(request: HttpRequest, ref: uuid.UUID) -> Docket:
    """A docket on which opinions are asked: of a cell's meeting there are none."""
    docket = docket_for(request, ref)
    if docket.body.kind == BodyKind.CELL_MEETING:
        raise Http404
    return docket


@signed_in
@require_safe
def opinions(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Who of the body has given an opinion and how it came, who has not, and what was said against what."""
    docket = _asked(request, ref)
    if not can_read_opinions(person(request), docket):
        raise PermissionDenied(_("Who said what is read by the recorder and by whoever built the docket."))
    lines = reading.lines_of(docket)
    said = opinions_of(docket, lines, clock.today())
    differing = [(line, said.by_line[line.pk]) for line in lines if said.by_line[line.pk].differing]
    context = {
        "docket": docket,
        "opinions": said,
        "differing": [(line, _title(line), tally) for line, tally in differing],
        "count_words": reading.count_words(docket.tier, lines),
        "may_type": docket.state == DocketState.OPEN and can_record(person(request), docket.body),
    }
    return TemplateResponse(request, "pledges/opinions.html", context)


def _title(line: Any) -> str:
    return reading.said(line.version).title if line.version else line.unit.name


@signed_in
@require_http_methods(["GET", "POST"])
def own_opinion(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """The sheet of whoever is signed in: agree with all, or say of which line one does not."""
    docket, user = _asked(request, ref), person(request)
    if not can_give_opinion(user, docket, clock.today()):
        raise PermissionDenied(_("Opinions are given by the members of the body."))
    assert user.member is not None
    return _sheet(request, docket, user.member, OpinionSource.BROWSER)


@signed_in
@require_http_methods(["GET", "POST"])
def typed_opinion(request: HttpRequest, ref: uuid.UUID, code: str) -> HttpResponse:
    """The recorder types in the sheet that a member has signed on paper."""
    docket = _asked(request, ref)
    if not can_record(person(request), docket.body):
        raise PermissionDenied(_("Sheets are typed in by the recorder of the body."))
    member = get_object_or_404(seated_members(docket.body, clock.today()), code=code)
    return _sheet(request, docket, member, OpinionSource.PAPER)


def _sheet(request: HttpRequest, docket: Docket, member: Member, source: OpinionSource) -> HttpResponse:
    own = source == OpinionSource.BROWSER
    back = "pledges:docket" if own else "pledges:opinions"
    if docket.state != DocketState.OPEN:
        messages.info(request, _("The meeting has been recorded: opinions are not taken any more."))
        return redirect(back, ref=docket.ref)
    lines = reading.lines_of(docket)
    known = OpinionSheet.objects.filter(docket=docket, member=member).first()
    told = known.lines.values_list("line", "stance", "note") if known else ()
    whole = {"stance": known.stance, "note": known.note} if known else {}
    form = SheetForm(request.POST or None, initial={"revision": known.revision if known else 0, **whole})
    on_lines = {pk: (stance, note) for pk, stance, note in told}
    choices = LineOpinionsForm(request.POST or None, lines=lines, known=on_lines)
    both = all([form.is_valid(), choices.is_valid()])
    if both and _give(request, docket, member, source, form, choices):
        words = _("Your opinion has been recorded.") if own else _("The sheet has been typed in.")
        messages.success(request, words)
        return redirect(back, ref=docket.ref)
    beside = reading.Beside(flags=reading.flags_of(docket, lines, opinions_of(docket, lines, clock.today())))
    context = {
        "docket": docket,
        "member": member,
        "own": own,
        "known": known,
        "form": form,
        "choices": choices,
        **rows_of(docket, lines, {line.pk for line in lines}, beside),
        "n_lines": len(lines),
        "seen": list_mark(lines),
        "count_words": reading.count_words(docket.tier, lines),
        "is_open": len(lines) <= FEW_LINES or choices.differs,
    }
    return TemplateResponse(request, "pledges/opinion.html", context)


def _give(
    request: HttpRequest,
    docket: Docket,
    member: Member,
    source: OpinionSource,
    form: SheetForm,
    choices: LineOpinionsForm,
) -> bool:
    sheet = acts.Sheet(
        whole=form.whole(),
        lines=choices.opinions(),
        revision=form.cleaned_data["revision"],
        seen=request.POST.get("seen"),
    )
    try:
        acts.give_opinion(
            docket.pk, member=member, sheet=sheet, source=source, by=person(request), day=clock.today()
        )
    except (NotAllowedError, StaleError) as error:
        form.add_error(None, str(error))
        return False
    return True


@signed_in
@require_safe
def sheet_print(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Phiếu xin ý kiến on A4, to be ticked and signed: blank, or for one member (?member)."""
    docket = _asked(request, ref)
    user, day = person(request), clock.today()
    if not (can_read_opinions(user, docket) or can_give_opinion(user, docket, day)):
        raise PermissionDenied(_("Opinions are given by the members of the body."))
    member = None
    if code := request.GET.get("member", ""):
        member = get_object_or_404(seated_members(docket.body, day), code=code)
    lines = reading.lines_of(docket)
    context = {
        "docket": docket,
        "member": member,
        "day": day,
        **rows_of(docket, lines, {line.pk for line in lines}),
        "count_words": reading.count_words(docket.tier, lines),
    }
    return TemplateResponse(request, "pledges/opinion_print.html", context)
