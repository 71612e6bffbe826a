"""The cell secretary's pages: the registration list of the cell, and the cell's meeting."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import npgettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cadres import clock
from cadres.access import person, signed_in
from cadres.models import Member, Unit, User
from cadres.permissions import can_keep_roster, can_open_account
from cadres.templatetags.display import number
from pledges import queries
from pledges.actions import cells as actions
from pledges.actions.acts import NotAllowedError
from pledges.actions.lists import send_cell_list
from pledges.amendments import asked_of
from pledges.forms.meeting import MeetingForm
from pledges.models import Campaign, Docket, Pledge, SentList, Tier
from pledges.office_lists import reasons_offered
from pledges.permissions import can_record_cell_meeting
from pledges.states import PledgeStatus
from pledges.views import meeting_words
from pledges.views.cell_place import cell_place, secretary_name
from pledges.views.cell_reminder import reminder
from pledges.views.cell_rows import SHOWN, CellList, read_list
from pledges.words import due_words

LONGEST_KEY = 18  # figures of a primary key that a form may send back


@signed_in
@require_safe
def cell_list(request: HttpRequest, campaign: str, unit: str) -> HttpResponse:
    """Who has registered, who has not, what awaits the meeting; ?show= filters, the order stays."""
    tier, cell = cell_place(request, campaign, unit)
    day = clock.today()
    whole = read_list(person(request), cell, tier, day)
    following = _following(whole, tier.campaign.window_is_open(day)) if "sent" in request.GET else None
    show = request.GET.get("show", "missing" if following else "all")
    if show not in SHOWN:
        raise Http404
    may_type = can_record_cell_meeting(person(request), cell)
    sent = SentList.objects.filter(tier=tier, unit=cell).select_related("endorsed_by__body").first()
    context = _place(tier, cell) | {
        "whole": whole,
        "missing": whole.rate.rest,
        "people": whole.only(show),
        "show": show,
        "message_link": following and _next(tier.campaign, following),
        "chips": _chips(request, whole, show),
        "sent": sent,
        "amendment": None if sent else asked_of(tier, [cell]).get(cell.pk),
        "may_type": may_type,
        "may_open_accounts": can_open_account(person(request), cell),
        "keeps_unit": can_keep_roster(person(request), cell),
        "may_send": may_type and not sent and not whole.waiting and bool(whole.only("adopted")),
        "may_register": any(one.may_register for one in whole.people if one.missing),
        "late": [] if tier.campaign.window_is_open(day) else whole.only("may_register"),
        "days_left": tier.campaign.days_left(day),
        "reminder": reminder(cell, tier.campaign, whole, day) if may_type else "",
    }
    return TemplateResponse(request, "pledges/cell.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def meeting(request: HttpRequest, campaign: str, unit: str) -> HttpResponse:
    """Record what the cell's meeting decided on its list; the list then goes to the level above."""
    tier, cell = cell_place(request, campaign, unit)
    if not can_record_cell_meeting(person(request), cell):
        raise PermissionDenied(_("You do not record the meetings of this cell."))
    data = request.POST if request.method == "POST" else None
    on_the_list, day = _on_the_list(cell, tier, data), clock.today()
    reasons = [label for label, _field in reasons_offered(tier.campaign.host)] if on_the_list else []
    form = MeetingForm(
        data,
        cell=cell,
        day=day,
        pledges=on_the_list,
        presided_by=secretary_name(cell),
        reasons=reasons,
    )
    if data is not None and form.is_valid() and (docket := _record(person(request), cell, tier, form)):
        messages.success(request, meeting_words.told(docket, cell))
        if left := len(actions.awaiting_in(cell, tier)):
            messages.warning(request, meeting_words.still_waiting(left))
        return redirect("pledges:cell", tier.campaign.code, cell.code)
    context = _place(tier, cell) | {"form": form}
    if on_the_list:
        context |= _sheet(cell, tier, form)
    else:
        context["recorded"] = meeting_words.recorded(cell, tier)
    return TemplateResponse(request, "pledges/cell_meeting.html", context)


@signed_in
@require_POST
def send(request: HttpRequest, campaign: str, unit: str) -> HttpResponse:
    """Send a list again that the level above had sent back."""
    tier, cell = cell_place(request, campaign, unit)
    if not can_record_cell_meeting(person(request), cell):
        raise PermissionDenied(_("You do not send the list of this cell."))
    try:
        send_cell_list(tier=tier, cell=cell, on=clock.today(), by=person(request))
    except NotAllowedError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("The list has been sent to the level above."))
    return redirect("pledges:cell", campaign, unit)


def _following(whole: CellList, is_open: bool) -> Member | None:
    """Whom the secretary registers next: the first who is still missing, as long as the window is open."""
    missing = (one.member for one in whole.people if one.missing and one.may_register)
    return next(missing, None) if is_open else None


def _next(campaign: Campaign, member: Member) -> dict[str, str]:
    url = reverse("pledges:register", args=[campaign.code, member.code])
    return {"url": url, "label": _("Next: register for comrade %(name)s") % {"name": member.name}}


def _place(tier: Tier, cell: Unit) -> dict[str, Any]:
    return {"tier": tier, "campaign": tier.campaign, "cell": cell}


def _chips(request: HttpRequest, whole: CellList, show: str) -> list[dict[str, Any]]:
    labels = {
        "missing": pgettext("list of a cell", "Not registered"),
        "waiting": pgettext("list of a cell", "Awaiting the meeting"),
        "returned": pgettext("list of a cell", "Amendment asked for"),
        "adopted": pgettext("list of a cell", "Adopted"),
        "all": pgettext("list of a cell", "All"),
    }
    chips: list[dict[str, Any]] = [
        {
            "label": label,
            "count": len(whole.only(key)),
            "url": f"{request.path}?show={key}",
            "active": key == show,
        }
        for key, label in labels.items()
    ]
    if (people := len(whole.only("waiting"))) != whole.waiting:
        # Beside the button that counts tasks, another figure has to say that it counts people.
        text = npgettext(
            "list of a cell",
            "Awaiting the meeting: %(n)s comrade",
            "Awaiting the meeting: %(n)s comrades",
            people,
        )
        chips[1] |= {"label": text % {"n": number(people)}, "count": None}
    return chips


def _on_the_list(cell: Unit, tier: Tier, data: Any) -> list[Pledge]:
    """What awaits the meeting, and what a form sent a second time had on it."""
    keys = [name.removeprefix("version_") for name in data or () if name.startswith("version_")]
    posted = [int(key) for key in keys if key.isdecimal() and len(key) < LONGEST_KEY]
    rows = queries.cell_pledges(cell, tier).filter(Q(status=PledgeStatus.SUBMITTED) | Q(pk__in=posted))
    return list(rows.select_related("lead_member").order_by("lead_member__position", "pk"))


def _sheet(cell: Unit, tier: Tier, form: MeetingForm) -> dict[str, Any]:
    """The list as the meeting decides on it, by how many it is decided, and what is asked at the end."""
    voting = queries.voting_members(cell, form.day)
    return {
        "lines": [(line, due_words(line.pledge)) for line in form.lines()],
        "voting": voting,
        "majority": voting // 2 + 1,
        "question": meeting_words.question(cell, tier, form.day),
    }


def _record(user: User, cell: Unit, tier: Tier, form: MeetingForm) -> Docket | None:
    """Record the meeting; None when a rule forbids it, which the form then says."""
    try:
        return actions.record_meeting(
            cell=cell,
            tier=tier,
            meeting=form.meeting(),
            decisions=form.decisions(),
            by=user,
            day=clock.today(),
            ref=form.cleaned_data["ref"],
            seen=form.seen(),
        )
    except NotAllowedError as error:
        form.add_error(None, str(error))
    return None
