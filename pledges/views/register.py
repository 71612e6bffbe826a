"""Registration: the member, or the secretary for a member, by the short form; key cadres by the full one."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cadres.access import person, signed_in
from cadres.models import Member, User
from cadres.permissions import is_delegated
from cadres.templatetags.display import number
from pledges.actions import register as actions
from pledges.desk import last_return, past_vetting
from pledges.forms.register import PledgeForm
from pledges.forms.register_full import FullForm
from pledges.forms.sections import outline
from pledges.models import EventAction, Pledge, PledgeReturn, TierKind
from pledges.permissions import can_edit, entry_of, visible_pledges, why_not_register
from pledges.sources import chain_of
from pledges.states import PledgeStatus
from pledges.views import lanes
from pledges.views.attachments import files_of
from pledges.views.conflicts import conflict_of
from pledges.views.register_entry import Entry, entry_of_pledge, new_entry, save, tiers_of
from pledges.views.register_sources import offered, taken
from pledges.words import status_words

form_page = require_http_methods(["GET", "HEAD", "POST"])


@signed_in
@form_page
def short_form(request: HttpRequest, campaign: str, member: str) -> HttpResponse:
    """Register a task of a member; a campaign of key cadres alone has the full form only."""
    tiers = tiers_of(campaign)
    own = next((tier for tier in tiers if tier.kind == TierKind.MEMBERS), None)
    if own is None and any(tier.is_listed for tier in tiers):
        return redirect("pledges:register_full", campaign, member)
    return _serve(request, new_entry(request, tiers, own, member))


@signed_in
@form_page
def full_form(request: HttpRequest, campaign: str, member: str) -> HttpResponse:
    """Register a pledge of a cadre, in the highest tier on whose list he stands."""
    tiers = tiers_of(campaign)
    listed = [tier for tier in tiers if tier.is_listed]
    lead = Member.objects.filter(code=member).first()
    own = (tier for tier in listed if lead and entry_of(lead, tier))
    return _serve(request, new_entry(request, tiers, next(own, listed[0] if listed else None), member))


@signed_in
@form_page
def edit(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Go on with a draft, or amend what was returned, with the reasons beside.

    What has been sent meanwhile is shown instead of the form; a second sending of the same form
    still reaches the action, which finds its effect already there.
    """
    entry = entry_of_pledge(request, ref)
    if request.method != "POST" and entry.pledge and not can_edit(person(request), entry.pledge):
        messages.info(request, _("This registration has been sent and can no longer be changed here."))
        return redirect("pledges:detail", ref)
    return _serve(request, entry)


def _serve(request: HttpRequest, entry: Entry) -> HttpResponse:
    chosen = taken(request, entry)
    if request.method != "POST":
        form = entry.form_class(source=chosen.source, carries=chosen.carries, **entry.known())
        return _page(request, entry, form)
    draft = "draft" in request.POST
    form = entry.form_class(request.POST, draft=draft, carries=chosen.carries, **entry.known())
    if isinstance(form, FullForm) and "add" in request.POST:
        form.make_room(request.POST["add"])
        return _page(request, entry, form)
    write = actions.save_draft if draft else actions.register
    good = form.is_valid() and lanes.has_directive(form, entry)
    saved = save(person(request), entry, form, write) if good else None
    if saved is None:
        return _page(request, entry, form)
    if draft:
        messages.success(request, _("The draft is saved. It has not been sent yet."))
        return redirect("pledges:edit", saved.ref)
    messages.success(request, _sent(person(request), entry, saved))
    if warning := _over_quota(entry):
        messages.warning(request, warning)
    return redirect(_after(person(request), entry, sent=True))


def _sent(user: User, entry: Entry, saved: Pledge) -> str:
    if entry.lead.pk != user.member_id:
        if saved.versions_made > 1:
            return _("The amended registration of %(name)s has been sent.") % {"name": entry.lead.name}
        text = _("The registration of %(name)s has been sent. Entered by: %(who)s.")
        return text % {"name": entry.lead.name, "who": user.display_name}
    if entry.tier.kind == TierKind.GRASSROOTS_CADRES:
        return _("Sent to the grassroots committee. It will be considered at its next meeting.")
    if entry.tier.is_listed:
        return _("Sent to the organisation board for vetting.")
    return _("Sent to the cell. It will be considered at the next meeting.")


def _after(user: User, entry: Entry, *, sent: bool = False) -> str:
    """Back to where the person works: the cell's list for a secretary, else one's own pledges.

    The list says whom to register next once something was `sent`: it reads who is missing anyway.
    """
    if entry.lead.pk == user.member_id:
        return reverse("pledges:mine")
    if entry.tier.is_listed:
        return reverse("pledges:member", args=[entry.lead.code])
    cell = reverse("pledges:cell", args=[entry.tier.campaign.code, entry.lead.unit.code])
    return f"{cell}?sent=1" if sent else cell


def _registered(entry: Entry) -> list[Pledge]:
    """What the member has in this tier beside the pledge of this form."""
    others = Pledge.objects.filter(in_tiers__tier=entry.tier, in_tiers__member=entry.lead)
    if entry.pledge:
        others = others.exclude(pk=entry.pledge.pk)
    return list(past_vetting(others).exclude(status__in=[PledgeStatus.WITHDRAWN, PledgeStatus.REJECTED]))


def _over_quota(entry: Entry) -> str:
    """Too many warns and blocks nothing; too few says nothing."""
    most = entry.tier.quota_max
    if most is None:
        return ""
    registered = Pledge.objects.registered().filter(in_tiers__tier=entry.tier, in_tiers__member=entry.lead)
    count = registered.count()
    if count <= most:
        return ""
    text = _("%(name)s now has %(count)s tasks; the guidance asks for at most %(most)s.")
    return text % {"name": entry.lead.name, "count": number(count), "most": number(most)}


def _page(request: HttpRequest, entry: Entry, form: PledgeForm) -> TemplateResponse:
    user, campaign = person(request), entry.tier.campaign
    begins = entry.pledge is None or entry.pledge.status == PledgeStatus.DRAFT
    closed = why_not_register(user, entry.lead, entry.tier, entry.day) if begins else None
    others = _registered(entry)
    lanes.demand_directive(form, entry)
    context: dict[str, Any] = {
        "form": form,
        "campaign": campaign,
        "lead": entry.lead,
        "unit": entry.unit,
        "pledge": entry.pledge,
        "for_another": entry.lead.pk != user.member_id,
        "is_delegated": entry.lead.pk != user.member_id and is_delegated(user, entry.lead),
        # Whoever has typed something never loses it to a window that closed meanwhile.
        "closed": lanes.why_closed(entry, closed) if closed and request.method != "POST" else "",
        "lane_note": "" if closed else lanes.note(entry),
        "drafts": [other for other in others if other.status == PledgeStatus.DRAFT],
        "others": [
            (other, status_words(other, entry.tier)) for other in others if other.status != PledgeStatus.DRAFT
        ],
        "days_left": campaign.days_left(entry.day),
        "asked": _points_at_fields(entry.pledge, form),
        "returned": _reasons(entry.pledge),
        "conflict": conflict_of(form, user),
        "sources": None if form.is_bound else offered(user, entry),
        "chain": [form.carries, *chain_of(form.carries, visible_pledges(user))] if form.carries else [],
        "since": form.initial.get("backlog_since"),
        # Overtaken, a form waits for its author's choice before it saves anything again.
        "autosave": "" if form.newer else entry.autosave_url,
        "files": files_of(user, entry.pledge) if entry.pledge else None,
        "back": _after(user, entry),
        "back_label": _("Go back"),
        "keep": str(entry.pledge.ref) if entry.pledge else f"{campaign.code}-{entry.lead.code}",
    }
    if isinstance(form, FullForm):
        context["to_committee"] = entry.tier.kind == TierKind.GRASSROOTS_CADRES
        context |= outline(form, entry.lead)
    else:
        context |= {"read_back": form.read_back(), "phrases": form.phrases()}
    return TemplateResponse(request, entry.template, context)


def _points_at_fields(pledge: Pledge | None, form: PledgeForm) -> PledgeReturn | None:
    """What was asked of a returned pledge; each point stands beside the field it is about as well."""
    if pledge is None or pledge.status != PledgeStatus.RETURNED:
        return None
    asked = last_return(pledge)
    for point in asked.points.all() if asked else ():
        name = "due" if point.field == "due_on" else point.field
        if name in form.fields:
            field: Any = form.fields[name]
            field.asked = [*getattr(field, "asked", ()), point.label]
    return asked


def _reasons(pledge: Pledge | None) -> dict[str, Any] | None:
    """Who asked for an amendment, when and why, of a pledge that was returned."""
    if pledge is None or pledge.status != PledgeStatus.RETURNED:
        return None
    event = (
        pledge.events.filter(action=EventAction.RETURNED)
        .select_related("actor", "docket__body")
        .order_by("-seq")
        .first()
    )
    if event is None:
        return None
    actor = event.actor.display_name if event.actor else ""
    who = event.docket.body.name if event.docket else actor
    return {"on": event.on or event.at, "who": who, "note": event.note}
