"""Where a campaign stands: its stages with day and actor, what is missing, the next step; and the move."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from cadres import clock
from cadres.access import person, role_required
from cadres.permissions import can_read_unit
from cadres.roles import Role
from cadres.templatetags.display import day as shown
from cadres.text import clean
from pledges.actions.acts import NotAllowedError
from pledges.actions.campaign_stages import move_campaign
from pledges.completeness import BODIES, CADRE_LISTS, Missing, what_is_missing
from pledges.models import Campaign, CampaignEvent
from pledges.permissions import can_run_campaign
from pledges.states import CAMPAIGN_TRANSITIONS, ON_DOCUMENT, CampaignState

NOTE_LIMIT = 300


@dataclass(frozen=True)
class Move:
    """A step that may be taken: its button, what follows from it, and the question before it."""

    to: str
    label: Any
    text: Any
    question: Any


MOVES = {
    (CampaignState.DRAFT, CampaignState.OPEN): Move(
        CampaignState.OPEN,
        gettext_lazy("Open the campaign"),
        gettext_lazy("From the first day of the window everybody it asks can register."),
        gettext_lazy("Open the campaign? Routes, lists and who is counted can no longer be changed then."),
    ),
    (CampaignState.OPEN, CampaignState.VETTING): Move(
        CampaignState.VETTING,
        gettext_lazy("End registration, go on to vetting"),
        gettext_lazy("After this only the supplementary lane takes registrations."),
        gettext_lazy("End registration and go on to vetting and approval?"),
    ),
    (CampaignState.VETTING, CampaignState.OPEN): Move(
        CampaignState.OPEN,
        gettext_lazy("Open registration again"),
        gettext_lazy("For a window that was prolonged."),
        gettext_lazy("Open registration again until the last day of the window?"),
    ),
    (CampaignState.VETTING, CampaignState.RUNNING): Move(
        CampaignState.RUNNING,
        gettext_lazy("Go on to carrying out"),
        gettext_lazy("What is approved is carried out and reported on by quarter."),
        gettext_lazy("End vetting and go on to carrying out?"),
    ),
    (CampaignState.RUNNING, CampaignState.EVALUATING): Move(
        CampaignState.EVALUATING,
        gettext_lazy("Go on to the year-end evaluation"),
        gettext_lazy("Results are reported, confirmed and evaluated."),
        gettext_lazy("Begin the year-end evaluation?"),
    ),
}


@dataclass(frozen=True)
class Stage:
    """One of the stages in order, when the campaign entered it last and who moved it."""

    label: str
    is_over: bool
    is_current: bool
    since: str
    actor: str


@dataclass(frozen=True)
class Lack:
    """One thing that is missing, with the address where it is mended."""

    text: str
    section: str
    url: str
    elsewhere: bool


def stages_of(campaign: Campaign, events: list[CampaignEvent]) -> list[Stage]:
    """All stages; what is not recorded of an older campaign stays unsaid."""
    entered = {event.to_state: event for event in events}
    order = list(CampaignState.values)
    at = order.index(campaign.state)
    reached = {state: event for state, event in entered.items() if order.index(state) <= at}
    return [
        Stage(
            label=str(label),
            is_over=order.index(state) < at,
            is_current=state == campaign.state,
            since=shown(reached[state].on) if state in reached else "",
            actor=_actor(reached[state]) if state in reached else "",
        )
        for state, label in CampaignState.choices
    ]


def _actor(event: CampaignEvent) -> str:
    return event.actor.display_name if event.actor else ""


def history(events: list[CampaignEvent]) -> list[dict[str, str]]:
    """The moves for the time line, the newest first."""
    return [
        {
            "what": event.get_to_state_display(),
            "when": shown(event.on),
            "who": _actor(event),
            "note": event.note,
            "tone": "green" if event.to_state == CampaignState.OPEN else "grey",
        }
        for event in reversed(events)
    ]


def lacks(campaign: Campaign, missing: list[Missing]) -> list[Lack]:
    """What is missing, each with where it is mended: a section, the bodies, the lists of cadres."""
    elsewhere = {BODIES: "cadres:body_list", CADRE_LISTS: "pledges:cadre_list_list"}
    return [
        Lack(
            one.text,
            one.section,
            reverse(elsewhere[one.mend]) if one.mend in elsewhere else f"#{one.section}",
            one.mend in elsewhere,
        )
        for one in missing
    ]


def stage_panel(campaign: Campaign, day: date) -> dict[str, Any]:
    """Context of the panel of stages."""
    events = list(campaign.events.select_related("actor"))
    missing = what_is_missing(campaign, day) if campaign.state == CampaignState.DRAFT else []
    following = [state for state in CampaignState if state in CAMPAIGN_TRANSITIONS[campaign.state]]
    steps = [(CampaignState(campaign.state), state) for state in following]
    moves = [MOVES[step] for step in steps if step not in ON_DOCUMENT]
    # Forward first; the one way back is the second choice.
    moves.sort(key=lambda move: CampaignState.values.index(move.to), reverse=True)
    return {
        "stages": stages_of(campaign, events),
        "history": history(events),
        "lacks": lacks(campaign, missing),
        "moves": moves,
        "on_document": any(step in ON_DOCUMENT for step in steps),
    }


def campaign_to_run(request: HttpRequest, code: str) -> Campaign:
    """The campaign, for who runs it: 404 for strangers to its host, 403 for its other readers."""
    campaign = get_object_or_404(Campaign.objects.select_related("host"), code=code)
    if not can_read_unit(person(request), campaign.host):
        raise Http404
    if not can_run_campaign(person(request), campaign.host):
        raise PermissionDenied(_("You do not run campaigns of this organisation."))
    return campaign


@role_required(Role.BOARD_OFFICER)
@require_POST
def move(request: HttpRequest, campaign: str) -> HttpResponse:
    """Take the next step, with a note if there is one to make."""
    found, to = campaign_to_run(request, campaign), request.POST.get("to", "")
    if to not in CampaignState.values:
        raise BadRequest
    note = clean(request.POST.get("note", ""))[:NOTE_LIMIT]
    try:
        moved = move_campaign(found.pk, to=to, by=person(request), on=clock.today(), note=note)
    except NotAllowedError as error:
        messages.error(request, str(error))
    else:
        words = _("%(title)s: %(state)s.")
        messages.success(request, words % {"title": moved.title, "state": moved.get_state_display()})
    return redirect("pledges:campaign_edit", found.code)
