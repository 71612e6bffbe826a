"""Dockets: read by the body, concluded by the recorder, issued by the clerk."""

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from cadres import clock
from cadres.access import person, role_required, signed_in
from cadres.models import BodyKind, User
from cadres.roles import Role
from cadres.text import fold
from cadres.views import terms
from pledges import docket_reading as reading
from pledges.actions import dockets
from pledges.actions.acts import NotAllowedError
from pledges.actions.corrections import why_not_correct
from pledges.docket_flags import WORDS as FLAG_WORDS
from pledges.docket_flags import Flag
from pledges.forms.dockets import IssueForm
from pledges.models import Docket, DocketLine, SentList
from pledges.permissions import (
    can_build_for,
    can_give_opinion,
    can_issue,
    can_read_opinions,
    can_record,
    can_send_list,
    visible_dockets,
)
from pledges.states import DocketState, Outcome
from pledges.views.docket_desk import DocketFilter, waiting_for_a_docket
from pledges.views.docket_steps import own_steps

AWAITING = "awaiting"
# Above this many lines each cadre's are folded, and a recorder opens the list on demand.
FEW_LINES = 12
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
        "campaign__host", "tier__campaign__host", "body__unit", "concluded_by", "issued_by", "corrects__body"
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
        "waiting": own_steps(person(request), clock.today()) + waiting_for_a_docket(person(request)),
    }
    return TemplateResponse(request, "pledges/docket_list.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """The list as the meeting reads it, what wants attention first, and what comes next (?outcome, ?flag).

    A name to look for is sent by POST and kept in the session.
    """
    docket = docket_for(request, ref)
    if request.method == "POST":
        return terms.remember(request, "docket")
    lines, user, day = reading.lines_of(docket), person(request), clock.today()
    beside = reading.beside(docket, lines, day)
    chosen, is_open = Chosen.of(request, docket), docket.state == DocketState.OPEN
    outcomes = {line.pk: outcome_of(line, beside.joint) for line in lines}
    flagged = {line.pk: {raised.flag for raised in beside.flags.get(line.pk, ())} for line in lines}
    shown = {
        line.pk
        for line in lines
        if chosen.outcome in ("", outcomes[line.pk])
        and (not chosen.flag or chosen.flag in flagged[line.pk])
        and has_name(line, fold(chosen.name))
    }
    context = {
        "docket": docket,
        **rows_of(docket, lines, shown, beside),
        "count_words": reading.count_words(docket.tier, lines),
        "n_lines": len(lines),
        "n_shown": len(shown),
        "joint_words": reading.joint_words(docket, beside.joint),
        "chips": chosen.chips(list(outcomes.values()), list(flagged.values())),
        "outcome": chosen.outcome,
        "name": chosen.name,
        "opinions": beside.opinions,
        "has_said": beside.opinions is not None and beside.opinions.has_said(user.member_id),
        "corrections": [] if is_open else list(docket.corrections.order_by("pk")),
        "folded": len(shown) > FEW_LINES and docket.tier.is_listed,
        "send_up_url": send_up_url(docket, lines, user),
        **next_steps(docket, user, day),
    }
    return TemplateResponse(request, "pledges/docket.html", context)


def next_steps(docket: Docket, user: User, day: date) -> dict[str, Any]:
    """What the reader may do with the docket as it stands."""
    is_open, needs_number = docket.state == DocketState.OPEN, docket.body.kind != BodyKind.CELL_MEETING
    records = can_record(user, docket.body)
    return {
        "needs_number": needs_number,
        "may_conclude": is_open and records,
        "may_correct": records and why_not_correct(docket) is None,
        "may_issue": needs_number and docket.state == DocketState.CONCLUDED and can_issue(user, docket),
        "may_build": is_open and can_build_for(user, docket.campaign, docket.body),
        "may_say": is_open and can_give_opinion(user, docket, day),
        "reads_opinions": needs_number and can_read_opinions(user, docket),
    }


def send_up_url(docket: Docket, lines: list[DocketLine], user: User) -> str:
    """Where the committee's own list is sent upwards, once its cells' lists are decided on; else empty."""
    unit = docket.body.unit
    if docket.state == DocketState.OPEN or not reading.about_lists(lines) or not can_send_list(user, unit):
        return ""
    if unit.parent_id != docket.campaign.host_id:
        return ""
    if SentList.objects.filter(tier=docket.tier_id, unit=unit).exists():
        return ""
    return reverse("pledges:committee", args=(docket.campaign.code, unit.code))


def rows_of(
    docket: Docket, lines: list[DocketLine], shown: set[int], beside: reading.Beside | None = None
) -> dict[str, Any]:
    """The lines shown as the templates have them: by cadre, what wants attention first, or one a unit."""
    beside = beside or reading.Beside()
    if reading.about_lists(lines):
        chosen = [line for line in lines if line.pk in shown]
        lists = reading.list_readings(docket, chosen, beside)
        # A committee below the host decides on cells, which hold no other list.
        return {"lists": lists, "of_the_host": any(row.cells is not None for row in lists)}
    found = reading.only(reading.groups(lines, reading.posts_of(docket.tier), beside), shown)
    is_open = docket.state == DocketState.OPEN
    # Once the meeting has decided, the list is read in its own order again.
    attention, rest = reading.attention_first(found, beside.flags if is_open else {})
    told = any(beside.joint.agreed.values()) or beside.opinions is not None
    return {"attention": attention, "groups": rest, "with_outcome": told or not is_open}


@dataclass(frozen=True)
class Chosen:
    """What of a docket the reader wants to see: an outcome, a flag, a name."""

    outcome: str
    flag: str
    name: str

    @classmethod
    def of(cls, request: HttpRequest, docket: Docket) -> "Chosen":
        """As the address says; the name lies in the session."""
        flag = request.GET.get("flag", "")
        return cls(
            request.GET.get("outcome", ""),
            flag if flag in list(Flag) else "",
            terms.recall(request, "docket"),
        )

    def chips(self, outcomes: list[str], flagged: list[set[Flag]]) -> list[dict[str, object]]:
        """One chip an outcome that occurs, where there is more than one, and one a flag; the name stays."""
        tally, flags = Counter(outcomes), Counter(flag for found in flagged for flag in found)
        several = len(tally) > 1 or self.outcome
        if not several and not flags and not self.flag:
            return []
        labels = {outcome.value: str(outcome.label) for outcome in Outcome} | {
            AWAITING: _("agreed, awaiting the other body")
        }
        order = dict.fromkeys(one for one in (Outcome.APPROVE, AWAITING, *labels) if one in tally)
        all_label = pgettext("docket lines", "All")
        chips = [self._chip({}, all_label, len(outcomes), active=not (self.outcome or self.flag))]
        for outcome in order if several else ():
            label, n = labels[outcome], tally[outcome]
            chips.append(self._chip({"outcome": str(outcome)}, label, n, active=outcome == self.outcome))
        for flag in Flag:
            if flags[flag] or flag == self.flag:
                label, n = str(FLAG_WORDS[flag]), flags[flag]
                chips.append(self._chip({"flag": flag.value}, label, n, active=flag == self.flag))
        return chips

    def _chip(self, query: dict[str, str], label: str, n: int, *, active: bool) -> dict[str, object]:
        rest = {"page": "1"} if self.name else {}
        url = "?" + urlencode(query | rest)
        return {"label": label[:1].upper() + label[1:], "url": url, "count": n, "active": active}


def outcome_of(line: DocketLine, joint: reading.Joint) -> str:
    """The outcome of a line; apart from the others what another body must agree to as well."""
    awaits = line.outcome == Outcome.APPROVE and joint.awaited.get(line.pledge_id or 0)
    return AWAITING if awaits else line.outcome


def has_name(line: DocketLine, name: str) -> bool:
    """Whether the folded name occurs in that of the lead, or of the unit."""
    if line.unit:
        return name in line.unit.name_key
    lead = line.pledge.lead_member if line.pledge else None
    return name in (lead.search_key if lead else "")


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
    form = IssueForm(request.POST or None, body=docket.body, initial={"on": clock.today()})
    if form.is_valid() and _issue(request, docket, form):
        return redirect("pledges:docket", ref=docket.ref)
    lines = reading.lines_of(docket)
    context = {
        "docket": docket,
        "form": form,
        "count_words": reading.count_words(docket.tier, lines),
        "outcomes": Counter(_outcome_label(line) for line in lines).most_common(),
    }
    return TemplateResponse(request, "pledges/docket_issue.html", context)


def _outcome_label(line: DocketLine) -> str:
    if line.unit_id and line.outcome == Outcome.APPROVE:
        return _("Endorsed")
    return str(line.get_outcome_display())


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
