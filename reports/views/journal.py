"""The journals (nhật ký) for the inspector and the administrator: who did what, when, on whose behalf."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cadres.access import person, role_required
from cadres.models import RecordEvent, User
from cadres.permissions import can_read_unit, scope_of
from cadres.roles import Role
from cadres.templatetags.display import day, moment
from cadres.views import terms
from pledges.actions.seal import CHECKED, last_seal
from pledges.models import Channel, EventAction, PledgeEvent
from pledges.states import PledgeStatus
from reports.forms.journal import JournalForm
from reports.journal_rows import (
    READERS,
    Wanted,
    found_pledge_events,
    found_record_events,
    page_of,
    pledge_events,
    record_events,
)
from reports.journal_words import ACTS, act_words, fact_words

page_with_search = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Row:
    """One line: when recorded and when it happened, who and for whom, what, about what, by which document."""

    at: str
    on: str
    who: str
    for_whom: str
    what: str
    change: str
    subject: str
    place: str
    document: str
    url: str = ""


@role_required(*READERS)
@page_with_search
def pledge_journal(request: HttpRequest) -> HttpResponse:
    """What was done to registrations; never the text of one."""
    if request.method == "POST":
        return terms.remember(request, "journal")
    kinds = [(str(code), str(label)) for code, label in EventAction.choices]
    channels = [(str(code), str(label)) for code, label in Channel.choices]
    form, wanted = _filter(request, "journal", kinds, channels)
    user = person(request)
    events = (
        found_pledge_events(pledge_events(user), wanted) if form.is_valid() else PledgeEvent.objects.none()
    )
    rows, after = page_of(events, _after(request))
    inspects = scope_of(user).has(Role.INSPECTOR)
    lines = [_pledge_row(event, user, inspects=inspects) for event in rows]
    return _answer(request, lines, after, form, wanted, tab="pledges")


@role_required(*READERS)
@page_with_search
def record_journal(request: HttpRequest) -> HttpResponse:
    """What was done to accounts, roles, lists, and what was taken out as a file."""
    if request.method == "POST":
        return terms.remember(request, "records")
    kinds = sorted(((code, str(label)) for code, label in ACTS.items()), key=lambda pair: pair[1])
    form, wanted = _filter(request, "records", kinds, [])
    found = record_events(person(request))
    events = found_record_events(found, wanted) if form.is_valid() else RecordEvent.objects.none()
    rows, after = page_of(events, _after(request))
    return _answer(request, [_record_row(event) for event in rows], after, form, wanted, tab="records")


def _filter(
    request: HttpRequest, of: str, kinds: list[tuple[str, str]], channels: list[tuple[str, str]]
) -> tuple[JournalForm, Wanted]:
    form = JournalForm(request.GET, kinds=kinds, channels=channels)
    term = terms.recall(request, of)
    if not form.is_valid():
        return form, Wanted(term=term)
    chosen = form.cleaned_data
    wanted = Wanted(
        first=chosen["first"],
        last=chosen["last"],
        kind=chosen["kind"],
        channel=chosen.get("channel", ""),
        unit=chosen["unit"],
        term=term,
    )
    return form, wanted


def _after(request: HttpRequest) -> int | None:
    """The key of the row before which the page begins; what is no key begins at the newest."""
    typed = request.GET.get("after", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else None


def _pledge_row(event: PledgeEvent, user: User, *, inspects: bool) -> Row:
    pledge, lead = event.pledge, event.pledge.lead_member
    readable = inspects and can_read_unit(user, pledge.unit)
    return Row(
        at=moment(event.at),
        on=day(event.on) if event.on else _("day not stated"),
        who=event.actor.display_name if event.actor else _("the system"),
        for_whom=event.on_behalf_of.name if event.on_behalf_of else "",
        what=f"{_first_capital(event.get_action_display())} · {event.get_channel_display()}",
        change=_change(event),
        subject=lead.name if lead else pledge.unit.name,
        place=pledge.unit.name if lead else "",
        document=_document(event),
        url=reverse("pledges:detail", args=[pledge.ref]) if readable else "",
    )


def _change(event: PledgeEvent) -> str:
    """From which state to which; only the second where there was none before or it stayed."""
    to = str(PledgeStatus(event.to_status).label)
    if not event.from_status or event.from_status == event.to_status:
        return to
    return f"{PledgeStatus(event.from_status).label} → {to}"


def _document(event: PledgeEvent) -> str:
    docket = event.docket
    if docket is None:
        return ""
    return f"{docket.body.name}, {docket.number}" if docket.number else docket.body.name


def _record_row(event: RecordEvent) -> Row:
    about = [event.user.display_name] if event.user else []
    if event.member and event.member.name not in about:
        about.append(event.member.name)
    return Row(
        at=moment(event.at),
        on="",
        who=event.actor.display_name if event.actor else _("the system"),
        for_whom="",
        what=_first_capital(act_words(event.action)),
        change=fact_words(event),
        subject=", ".join(about),
        place=event.unit.name if event.unit else "",
        document="",
    )


def _first_capital(text: Any) -> str:
    return str(text)[:1].upper() + str(text)[1:]


def _answer(
    request: HttpRequest, rows: list[Row], after: int | None, form: JournalForm, wanted: Wanted, *, tab: str
) -> HttpResponse:
    tabs = (
        ("pledges", _("Journal of registrations"), reverse("reports:journal")),
        ("records", _("Journal of accounts, lists and exports"), reverse("reports:records")),
    )
    context = {
        "tabs": [
            {"label": label, "url": url, "count": None, "active": key == tab} for key, label, url in tabs
        ],
        "tab": tab,
        "rows": rows,
        "after": after,
        "first": "1" if _after(request) is not None else "",
        "form": form,
        "filtered": any(request.GET.get(name) for name in form.fields if name != "page"),
        "term": wanted.term,
        "checked": RecordEvent.objects.filter(action=CHECKED).order_by("-pk").first(),
        "sealed": last_seal(),
    }
    return TemplateResponse(request, "reports/journal.html", context)
