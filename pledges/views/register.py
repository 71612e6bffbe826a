"""Registration: the member, or the secretary for a member, by the short form; key cadres by the full one."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cadres import clock
from cadres.access import person, signed_in
from cadres.models import Member, Unit, User
from cadres.permissions import can_read_member
from cadres.templatetags.display import day as day_words
from cadres.templatetags.display import number
from pledges import queries, rules
from pledges.actions import register as actions
from pledges.actions.acts import Act, NotAllowedError, StaleError
from pledges.forms.register import PledgeForm, ShortForm
from pledges.forms.register_full import FullForm
from pledges.models import EventAction, Pledge, Tier, TierKind
from pledges.permissions import can_edit, can_type_for, entry_of, visible_pledges, why_not_register
from pledges.states import CampaignState, PledgeStatus
from pledges.words import facts, status_words

form_page = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True, kw_only=True)
class Entry:
    """For whom, in which tier, at which unit and on which day a form is open; `pledge` when there is one."""

    tier: Tier
    lead: Member
    unit: Unit
    day: date
    pledge: Pledge | None = None

    @property
    def form_class(self) -> type[PledgeForm]:
        """The full form for key cadres, the four questions for members."""
        return FullForm if self.tier.is_listed else ShortForm

    @property
    def template(self) -> str:
        """The page around the form."""
        return f"pledges/register_{'full' if self.tier.is_listed else 'short'}.html"


@signed_in
@form_page
def short_form(request: HttpRequest, campaign: str, member: str) -> HttpResponse:
    """Register a task of a member; a campaign of key cadres alone has the full form only."""
    tiers = {tier.kind: tier for tier in _tiers(campaign)}
    if TierKind.MEMBERS not in tiers and any(tier.is_listed for tier in tiers.values()):
        return redirect("pledges:register_full", campaign, member)
    return _open_form(request, tiers.get(TierKind.MEMBERS), member)


@signed_in
@form_page
def full_form(request: HttpRequest, campaign: str, member: str) -> HttpResponse:
    """Register a pledge of a cadre, in the highest tier on whose list he stands."""
    listed = [tier for tier in _tiers(campaign) if tier.is_listed]
    lead = Member.objects.filter(code=member).first()
    own = (tier for tier in listed if lead and entry_of(lead, tier))
    return _open_form(request, next(own, listed[0] if listed else None), member)


@signed_in
@form_page
def edit(request: HttpRequest, ref: str) -> HttpResponse:
    """Go on with a draft, or amend what was returned, with the reasons beside.

    What has been sent meanwhile is shown instead of the form; a second sending of the same form
    still reaches the action, which finds its effect already there.
    """
    pledges = visible_pledges(person(request)).select_related(
        "tier__campaign__host", "lead_member__unit__parent", "unit", "theme"
    )
    pledge = get_object_or_404(pledges, ref=ref, lead_member__isnull=False)
    assert pledge.lead_member is not None
    if not can_type_for(person(request), pledge.lead_member, pledge.tier):
        raise PermissionDenied(_("You cannot register for this member."))
    if request.method != "POST" and not can_edit(person(request), pledge):
        messages.info(request, _("This registration has been sent and can no longer be changed here."))
        return redirect("pledges:detail", pledge.ref)
    entry = Entry(
        tier=pledge.tier, lead=pledge.lead_member, unit=pledge.unit, day=clock.today(), pledge=pledge
    )
    return _serve(request, entry)


def _tiers(campaign: str) -> list[Tier]:
    found = Tier.objects.filter(campaign__code=campaign).exclude(campaign__state=CampaignState.DRAFT)
    return list(found.select_related("campaign__host", "cadre_list").order_by("order"))


def _open_form(request: HttpRequest, tier: Tier | None, code: str) -> HttpResponse:
    """The form for a new pledge: 404 outside the reader's scope, 403 for who may not type for him."""
    lead, user = get_object_or_404(Member.objects.select_related("unit__parent"), code=code), person(request)
    if tier is None or not can_read_member(user, lead) or not lead.unit.is_under(tier.campaign.host):
        raise Http404
    if not can_type_for(user, lead, tier):
        raise PermissionDenied(_("You cannot register for this member."))
    unit = lead.unit
    if tier.is_listed and (entry := entry_of(lead, tier)):
        unit = entry.unit
    return _serve(request, Entry(tier=tier, lead=lead, unit=unit, day=clock.today()))


def _serve(request: HttpRequest, entry: Entry) -> HttpResponse:
    campaign = entry.tier.campaign
    known: dict[str, Any] = {"campaign": campaign, "day": entry.day, "pledge": entry.pledge}
    if request.method != "POST":
        form = entry.form_class(**known)
        return _page(request, entry, form)
    draft = "draft" in request.POST
    form = entry.form_class(request.POST, draft=draft, **known)
    saved = _save(person(request), entry, form, draft=draft) if form.is_valid() else None
    if saved is None:
        return _page(request, entry, form)
    if draft:
        messages.success(request, _("The draft is saved. It has not been sent yet."))
        return redirect("pledges:edit", saved.ref)
    told, after = _sent(person(request), entry, saved), _after(person(request), entry)
    following = _following(person(request), entry)
    if following is not None:
        url = reverse("pledges:register", args=[campaign.code, following.code])
        link = _("Next: register for comrade %(name)s") % {"name": following.name}
        told, after = format_html('{} <a href="{}">{}</a>', told, url, link), f"{after}?show=missing"
    messages.success(request, told)
    if warning := _over_quota(entry):
        messages.warning(request, warning)
    return redirect(after)


def _save(user: User, entry: Entry, form: PledgeForm, *, draft: bool) -> Pledge | None:
    """Write what was typed; None when a rule forbids it, which the form then says."""
    typed = actions.Typed(
        ref=entry.pledge.ref if entry.pledge else form.cleaned_data["ref"],
        tier=entry.tier,
        lead=entry.lead,
        unit=entry.unit,
        content=form.content(),
        parts=form.parts(),
        revision=form.cleaned_data["revision"],
    )
    write = actions.save_draft if draft else actions.register
    try:
        return write(typed, act=Act(by=user, on=entry.day), day=entry.day)
    except StaleError as error:
        form.add_error(None, str(error))
        form.catch_up(Pledge.objects.get(ref=typed.ref))
    except NotAllowedError as error:
        form.add_error(None, str(error))
    return None


def _sent(user: User, entry: Entry, saved: Pledge) -> str:
    if entry.lead.pk != user.member_id:
        if saved.versions_made > 1:
            return _("The amended registration of %(name)s has been sent.") % {"name": entry.lead.name}
        text = _("The registration of %(name)s has been sent. Entered by: %(who)s.")
        return text % {"name": entry.lead.name, "who": user.display_name}
    if entry.tier.is_listed:
        return _("Sent to the organisation board for vetting.")
    return _("Sent to the cell. It will be considered at the next meeting.")


def _after(user: User, entry: Entry) -> str:
    """Back to where the person works: the cell's list for a secretary, else one's own pledges."""
    if entry.lead.pk == user.member_id:
        return reverse("pledges:mine")
    if entry.tier.is_listed:
        return reverse("pledges:member", args=[entry.lead.code])
    return reverse("pledges:cell", args=[entry.tier.campaign.code, entry.lead.unit.code])


def _following(user: User, entry: Entry) -> Member | None:
    """Whom the secretary registers next: the first of the cell who is still missing."""
    tier, cell = entry.tier, entry.lead.unit
    if entry.lead.pk == user.member_id or tier.is_listed or not tier.campaign.window_is_open(entry.day):
        return None
    missing = queries.without_registered(queries.counted_people(tier, entry.day).filter(unit=cell), tier)
    row = missing.select_related("member").order_by("member__position", "member__sort_key").first()
    return row.member if row else None


def _registered(entry: Entry) -> list[Pledge]:
    """What the member has in this tier beside the pledge of this form."""
    others = Pledge.objects.filter(in_tiers__tier=entry.tier, in_tiers__member=entry.lead).exclude(
        status__in=[PledgeStatus.WITHDRAWN, PledgeStatus.REJECTED]
    )
    return list(others.exclude(pk=entry.pledge.pk) if entry.pledge else others)


def _over_quota(entry: Entry) -> str:
    """Too many warns and blocks nothing; too few says nothing."""
    most = entry.tier.quota_max
    registered = Pledge.objects.registered().filter(in_tiers__tier=entry.tier, in_tiers__member=entry.lead)
    count = registered.count()
    if most is None or count <= most:
        return ""
    text = _("%(name)s now has %(count)s tasks; the guidance asks for at most %(most)s.")
    return text % {"name": entry.lead.name, "count": number(count), "most": number(most)}


def _page(request: HttpRequest, entry: Entry, form: PledgeForm) -> TemplateResponse:
    user, campaign = person(request), entry.tier.campaign
    begins = entry.pledge is None or entry.pledge.status == PledgeStatus.DRAFT
    closed = why_not_register(user, entry.lead, entry.tier, entry.day) if begins else None
    others = _registered(entry)
    context: dict[str, Any] = {
        "form": form,
        "campaign": campaign,
        "lead": entry.lead,
        "unit": entry.unit,
        "pledge": entry.pledge,
        "for_another": entry.lead.pk != user.member_id,
        # Whoever has typed something never loses it to a window that closed meanwhile.
        "closed": _why_closed(entry, closed) if closed and request.method != "POST" else "",
        "others": [(other, status_words(other, entry.tier)) for other in others],
        "days_left": campaign.days_left(entry.day),
        "returned": _reasons(entry.pledge),
        "newer": form.newer and facts(form.newer),
        "newer_status": form.newer and status_words(form.newer, entry.tier),
        "back": _after(user, entry),
        "back_label": _("Go back"),
        "keep": str(entry.pledge.ref) if entry.pledge else f"{campaign.code}-{entry.lead.code}",
    }
    if isinstance(form, FullForm):
        context["sections"] = list(form.sections(rules.clarity_items(campaign), entry.lead))
    else:
        context |= {"read_back": form.read_back(), "phrases": form.phrases()}
    return TemplateResponse(request, entry.template, context)


def _why_closed(entry: Entry, reason: str) -> str:
    """The reason in full: since when, or from when."""
    campaign = entry.tier.campaign
    if campaign.window_is_open(entry.day):
        return reason
    if campaign.opens_on and entry.day < campaign.opens_on:
        return _("Registration opens on %(day)s.") % {"day": day_words(campaign.opens_on)}
    if campaign.closes_on and campaign.closes_on < entry.day:
        text = _("Registration closed on %(day)s. For additions please ask the organisation board.")
        return text % {"day": day_words(campaign.closes_on)}
    text = _("The campaign is at the stage “%(stage)s”: nothing new is registered now.")
    return text % {"stage": campaign.get_state_display()}


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
