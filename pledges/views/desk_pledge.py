"""One pledge at the desk: what it says, what is to be seen, what changed since, and what is decided."""

import uuid
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cadres import clock
from cadres.access import person, role_required, signed_in
from cadres.models import User
from cadres.roles import Role
from pledges import desk, likeness, version_words
from pledges.actions import vetting
from pledges.actions.acts import Act, Acted
from pledges.desk_words import PROPOSED, Flag, alike_words, flags_in_words
from pledges.docket_reading import posts_of
from pledges.forms.desk import DecisionForm, ReturnForm
from pledges.models import Partner, Pledge, PledgeVersion
from pledges.permissions import can_vet, visible_pledges
from pledges.sent import as_sent, reads_typed, sent_facts
from pledges.states import PledgeStatus
from pledges.views.desk import View, others_of, view_of
from pledges.words import due_words, facts, status_words

NEAR = 5000


@dataclass(frozen=True)
class Neighbours:
    """Where the pledge stands in the filter, and what stands before and behind it there."""

    no: int
    total: int
    previous: str
    following: str


@role_required(Role.BOARD_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def pledge(request: HttpRequest, campaign: str, ref: uuid.UUID) -> HttpResponse:
    """Read one pledge and decide; then the next of the filter."""
    view = view_of(request, campaign)
    rows = desk.with_led(desk.at_desk(view.tier), view.tier).select_related(
        "campaign__host", "tier", "lead_member", "lead_unit", "unit", "theme"
    )
    partners = Prefetch("partners", Partner.objects.select_related("member__unit", "unit"))
    found = rows.prefetch_related(partners, "milestones", "sub_targets").filter(ref=ref).first()
    if found is None:
        return _gone(request, view, ref)
    sent = as_sent([found], but=view.types).get(found.pk)
    near, lying = _neighbours(view, found), desk.lying_on([found.pk]).get(found.pk, "")
    known = desk.vetting_of(found)
    form = DecisionForm(
        request.POST if request.method == "POST" else None,
        host=view.campaign.host,
        initial={
            "version": found.versions_made,
            "decision": known.proposal if known else None,
            "note": known.note if known else "",
        },
    )
    if form.is_valid() and _decide(request, form, found):
        return redirect(near.following if near and near.following else view.url())
    context = {
        "view": view,
        "tier": view.tier,
        "campaign": view.campaign,
        "pledge": found,
        "post": posts_of(view.tier).get(found.lead_member_id or 0, ""),
        "status": status_words(found, view.tier),
        "facts": facts(found, person(request)) if sent is None else sent_facts(sent),
        **_seen(view, found),
        **_history(found),
        "form": form,
        "near": near,
        "queue_url": view.url(),
        "lying": lying,
        "may_decide": found.status == PledgeStatus.SUBMITTED,
        "known": known,
        "proposed": str(PROPOSED[known.proposal]) if known else "",
    }
    return TemplateResponse(request, "pledges/desk_pledge.html", context)


def _gone(request: HttpRequest, view: View, ref: uuid.UUID) -> HttpResponse:
    """It was decided on or withdrawn meanwhile: the desk says so and leads to where it is."""
    left = get_object_or_404(visible_pledges(person(request)), ref=ref, tier=view.tier)
    messages.info(request, _("This registration is no longer at the desk."))
    return redirect("pledges:detail", left.ref)


def _neighbours(view: View, found: Pledge) -> Neighbours | None:
    """None where the pledge does not stand in the filter (any more)."""
    refs = list(view.desk.rows(view.wanted).values_list("ref", flat=True)[:NEAR])
    if found.ref not in refs:
        return None
    at = refs.index(found.ref)
    urls = [view.url("pledges:desk_pledge", ref) for ref in refs[max(at - 1, 0) : at + 2]]
    previous = urls[0] if at else ""
    following = urls[-1] if at + 1 < len(refs) else ""
    return Neighbours(at + 1, len(refs), previous, following)


def _seen(view: View, found: Pledge) -> dict[str, Any]:
    """The flags, and what the pledge is like, each with the page that shows both."""
    flags = view.desk.flags([found])[found.pk]
    others = others_of([flags])
    told = [flag for flag in flags_in_words(flags, view.tier, others) if flag.code != desk.ALIKE]
    alike = [
        (
            Flag(
                desk.ALIKE,
                alike_words(one, others[one.pk]),
                view.url("pledges:desk_pair", found.ref, others[one.pk].ref),
            ),
            others[one.pk],
        )
        for one in flags.found.alike
        if one.pk in others
    ]
    return {"flags": told, "alike": alike, "common": flags.found.common}


def _history(found: Pledge) -> dict[str, Any]:
    """What was last asked, and what changed since the version it was asked of."""
    returned = desk.last_return(found)
    since = None
    if returned and returned.version.no < found.versions_made:
        now = PledgeVersion.objects.get(pledge=found, no=found.versions_made)
        since = version_words.since(returned, now)
    return {"returned": returned, "since": since}


def _decide(request: HttpRequest, form: DecisionForm, found: Pledge) -> bool:
    act = Act(by=person(request), on=clock.today())
    versions = {found.pk: form.cleaned_data.get("version") or found.versions_made}
    if form.returns:
        answer = vetting.ask_to_amend([found.pk], form.asked(), act=act, versions=versions)
        told = _("The amendment has been asked for.")
    else:
        answer = vetting.vet([found.pk], form.finding(), act=act, versions=versions)
        told = _("“%(title)s” has been vetted.") % {"title": found.title[:80]}
    return _tell(request, form, answer, told)


def _tell(request: HttpRequest, form: ReturnForm, answer: Acted, told: str) -> bool:
    if answer.refused:
        form.add_error(None, answer.refused[0].reason)
        return False
    messages.success(request, told)
    return True


@role_required(Role.BOARD_OFFICER)
@require_safe
def pair(request: HttpRequest, campaign: str, ref: uuid.UUID, other: uuid.UUID) -> HttpResponse:
    """Two pledges side by side, with the words they share and the fields that are equal."""
    view = view_of(request, campaign)
    user = person(request)
    one, second = _read(user, view, ref), _read(user, view, other)
    versions = {
        version.pledge_id: version
        for pledge in (one, second)
        for version in PledgeVersion.objects.filter(pledge=pledge, no=pledge.versions_made)
    }
    if len(versions) < 2:
        raise Http404
    rows = [
        {
            "label": row.label,
            "is_equal": row.is_equal,
            "one": likeness.marked(row.one, row.other),
            "other": likeness.marked(row.other, row.one),
        }
        for row in version_words.side_by_side(versions[one.pk].content, versions[second.pk].content)
    ]
    context = {
        "view": view,
        "campaign": view.campaign,
        "pledges": [
            (pledge, status_words(pledge, pledge.tier), due_words(pledge)) for pledge in (one, second)
        ],
        "rows": rows,
        "back": view.url("pledges:desk_pledge", one.ref),
    }
    return TemplateResponse(request, "pledges/desk_pair.html", context)


def _read(user: User, view: View, ref: uuid.UUID) -> Pledge:
    """A pledge of the host, of this year or another."""
    pledges = visible_pledges(user).filter(campaign__host=view.campaign.host, versions_made__gt=0)
    return get_object_or_404(
        pledges.select_related("campaign", "tier", "lead_member", "unit", "lead_unit"), ref=ref
    )


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Ask for an amendment from the page of a pledge, in any tier of the host."""
    user = person(request)
    pledges = visible_pledges(user).select_related(
        "tier", "campaign__host", "lead_member__unit", "unit", "theme"
    )
    found = get_object_or_404(pledges.prefetch_related("partners", "milestones", "sub_targets"), ref=ref)
    if not can_vet(user, found.campaign):
        raise PermissionDenied(_("The organisation board asks for amendments at the desk."))
    form = ReturnForm(
        request.POST if request.method == "POST" else None,
        host=found.campaign.host,
        initial={"version": found.versions_made},
    )
    if form.is_valid():
        versions = {found.pk: form.cleaned_data.get("version") or found.versions_made}
        act = Act(by=user, on=clock.today())
        answer = vetting.ask_to_amend([found.pk], form.asked(), act=act, versions=versions)
        if _tell(request, form, answer, _("The amendment has been asked for.")):
            return redirect("pledges:detail", found.ref)
    elif request.method != "POST" and found.status != PledgeStatus.SUBMITTED:
        messages.info(request, _("An amendment is asked for only while the registration awaits a decision."))
        return redirect("pledges:detail", found.ref)
    lead = found.lead_member
    trail = [
        {"label": lead.name if lead else found.unit.name, "url": reverse("pledges:detail", args=[found.ref])},
        {"label": _("Ask for an amendment"), "url": ""},
    ]
    sent = as_sent([found], but=partial(reads_typed, user)).get(found.pk)
    told = facts(found) if sent is None else sent_facts(sent)
    context = {"form": form, "pledge": found, "facts": told, "trail": trail}
    return TemplateResponse(request, "pledges/return.html", context)
