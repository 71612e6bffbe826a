"""My pledges, one pledge with its time line, the record of a member; withdraw."""

import uuid
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cadres import clock
from cadres.access import person, signed_in
from cadres.models import Delegation, Member, User
from cadres.permissions import (
    can_delegate,
    can_keep_roster,
    can_open_account,
    can_read_member,
    can_read_unit,
    is_delegated,
)
from cadres.queries.member_accounts import members_with_account
from pledges import queries
from pledges.actions import transitions
from pledges.actions.acts import Act
from pledges.desk import last_return, past_vetting
from pledges.models import DocketLine, EventAction, Obstacle, Partner, Pledge, PledgeEvent, Tier, TierKind
from pledges.permissions import (
    can_edit,
    can_read_vetting,
    can_type_for,
    can_vet,
    can_withdraw,
    visible_pledges,
)
from pledges.route_words import body_words
from pledges.sent import as_sent, reads_typed, sent_facts
from pledges.sources import carried_on_by, chain_of
from pledges.states import DocketState, PledgeStatus
from pledges.views.attachments import files_of
from pledges.views.obstacles import obstacles_of
from pledges.views.pledge_rows import (
    Group,
    Opening,
    by_campaign,
    events_of,
    has_begun,
    offer_more,
    openings,
    results_of,
    to_do,
)
from pledges.words import OUTCOME_PILLS, due_words, facts, outcome_words, status_words

confirm_page = require_http_methods(["GET", "HEAD", "POST"])


@signed_in
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What I have registered, campaign by campaign, and what is to be done first."""
    user, day = person(request), clock.today()
    if user.member is None:
        return TemplateResponse(request, "pledges/mine.html", {"member": None})
    groups = by_campaign(visible_pledges(user).filter(lead_member=user.member), user)
    open_to = openings(user.member, day)
    offer_more(groups, open_to)
    context = {
        "member": user.member,
        "groups": groups,
        "to_do": to_do(groups, open_to),
        "is_cadre": _is_cadre(groups, open_to),
    }
    return TemplateResponse(request, "pledges/mine.html", context)


def _is_cadre(groups: Sequence[Group], open_to: Sequence[Opening]) -> bool:
    """Whether the person registers as a cadre of a list, and so may have an assistant type."""
    tiers = [opening.tier for opening in open_to]
    tiers += [row.pledge.tier for group in groups for row in group.rows]
    return any(tier.is_listed for tier in tiers)


@signed_in
@require_safe
def member(request: HttpRequest, code: str) -> HttpResponse:
    """The record of a member within the reader's scope: cell, standing, pledges by campaign."""
    user, day = person(request), clock.today()
    subject = get_object_or_404(Member.objects.select_related("unit__parent"), code=code)
    if not can_read_member(user, subject):
        raise Http404
    open_to = [opening for opening in openings(subject, day) if can_type_for(user, subject, opening.tier)]
    groups = by_campaign(visible_pledges(user).filter(lead_member=subject), user)
    offer_more(groups, open_to)
    context = {
        "person": subject,
        "groups": groups,
        "openings": [opening for opening in open_to if not has_begun(groups, opening)],
        "is_delegated": is_delegated(user, subject),
        "may_delegate": subject.pk != user.member_id and can_delegate(user, subject),
        "keeps_roster": can_keep_roster(user, subject.unit),
        "uncounted": _is_uncounted(subject),
        "keeping": _keeping(user, subject),
    }
    return TemplateResponse(request, "pledges/member.html", context)


def _keeping(user: User, subject: Member) -> Member | None:
    """The member with the state of the account, for who makes accounts of the cell."""
    if not can_open_account(user, subject.unit):
        return None
    return members_with_account(user, at=timezone.now()).filter(pk=subject.pk).select_related("user").first()


def _is_uncounted(subject: Member) -> bool:
    """Whether the standing keeps the member out of the rate of the latest campaign of members."""
    tiers = Tier.objects.filter(kind=TierKind.MEMBERS, campaign__host__path__in=subject.unit.ancestor_paths())
    latest = tiers.order_by("-campaign__year").first()
    return latest is not None and subject.standing not in latest.counted_standings


def _pledge(request: HttpRequest, ref: uuid.UUID) -> Pledge:
    pledges = past_vetting(visible_pledges(person(request))).select_related(
        "tier__campaign__host", "campaign__host", "lead_member__unit__parent", "lead_unit", "unit", "theme"
    )
    partners = Prefetch("partners", Partner.objects.select_related("member__unit", "unit"))
    # Told with the row: of most pledges nothing is asked again.
    pledges = pledges.annotate(
        had_obstacles=Exists(Obstacle.objects.filter(pledge=OuterRef("pk")).order_by())
    )
    return get_object_or_404(pledges.prefetch_related(partners), ref=ref)


@signed_in
@require_safe
def detail(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """A pledge: its content, where it stands, what was decided, its time line, and what may be done now."""
    user, pledge = person(request), _pledge(request, ref)
    sent = as_sent([pledge], but=partial(reads_typed, user)).get(pledge.pk)
    results = results_of(pledge)
    events = PledgeEvent.objects.filter(pledge=pledge).select_related("actor", "on_behalf_of", "docket__body")
    context = {
        "pledge": pledge,
        "status": status_words(pledge, pledge.tier),
        "due": due_words(pledge),
        "facts": facts(pledge, user) if sent is None else sent_facts(sent),
        "files": files_of(user, pledge, sent),
        **_years(user, pledge),
        "events": events_of(_told(user, pledge, events), _delegations(pledge)),
        "asked": last_return(pledge) if pledge.status == PledgeStatus.RETURNED else None,
        "decisions": [
            (line, OUTCOME_PILLS.get(line.outcome, line.outcome), outcome_words(line))
            for line in _decided(pledge)
        ],
        "waits_for": _waits_for(pledge),
        "results": results,
        "trail": _trail(user, pledge),
        "obstacles": obstacles_of(user, pledge, clock.today()),
        "may_edit": can_edit(user, pledge),
        "is_own": pledge.lead_member_id == user.member_id,
        "may_withdraw": can_withdraw(user, pledge),
        "may_return": pledge.status == PledgeStatus.SUBMITTED and can_vet(user, pledge.campaign),
        "may_feature": can_vet(user, pledge.campaign) and any(row.progress.is_final for row in results),
    }
    return TemplateResponse(request, "pledges/detail.html", context)


def _years(user: User, pledge: Pledge) -> dict[str, Any]:
    """The task in the years before it and behind it."""
    seen = visible_pledges(user)
    chain, later = chain_of(pledge, seen), carried_on_by(pledge, seen)
    as_sent([*chain, *([later] if later else [])], but=partial(reads_typed, user))
    return {"chain": chain, "carried_on": later}


def _told(user: User, pledge: Pledge, events: QuerySet[PledgeEvent]) -> list[PledgeEvent]:
    """The events, newest first; what the board proposes is not told before the meeting to others."""
    found = list(events.order_by("-seq"))
    if not can_read_vetting(user, pledge.campaign):
        for event in found:
            event.note = "" if event.action == EventAction.VETTED else event.note
    return found


def _delegations(pledge: Pledge) -> list[Delegation]:
    """Who was ever delegated to type for the lead; only of tiers in which that counts."""
    return list(Delegation.objects.filter(member=pledge.lead_member_id)) if pledge.tier.is_listed else []


def _decided(pledge: Pledge) -> QuerySet[DocketLine]:
    """What bodies decided on it, the last first."""
    lines = DocketLine.objects.filter(pledge=pledge).exclude(docket__state=DocketState.OPEN)
    lines = lines.annotate(is_corrected=queries.corrected())
    return lines.select_related("docket__body").order_by("-docket__meeting_on", "-pk")


def _waits_for(pledge: Pledge) -> list[str]:
    """Kinds of bodies that must still agree to a submitted pledge."""
    if pledge.status != PledgeStatus.SUBMITTED:
        return []
    agreed = queries.bodies_agreed(Pledge.objects.filter(pk=pledge.pk)).get(pledge.pk, set())
    needed = queries.bodies_needed({pledge.pk: pledge.authority}, pledge.tier)[pledge.pk]
    return [body_words(level, kind, {}) for level, kind in needed if (level, kind) not in agreed]


def _trail(user: User, pledge: Pledge) -> list[dict[str, str]]:
    """The way here: from one's own pledges, or from the cell's list and the member's record."""
    here = {"label": _("Registration"), "url": ""}
    lead = pledge.lead_member
    if lead is None or lead.pk == user.member_id:
        return [{"label": _("My pledges"), "url": reverse("pledges:mine")}, here]
    trail = [{"label": lead.name, "url": reverse("pledges:member", args=[lead.code])}, here]
    if lead.unit.is_cell and not pledge.tier.is_listed and can_read_unit(user, lead.unit):
        cell = reverse("pledges:cell", args=[pledge.campaign.code, lead.unit.code])
        trail.insert(0, {"label": lead.unit.name, "url": cell})
    return trail


@signed_in
@confirm_page
def withdraw(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Withdraw a registration, after a page that asks."""
    user, pledge = person(request), _pledge(request, ref)
    if pledge.lead_member is None or not can_type_for(user, pledge.lead_member, pledge.tier):
        raise PermissionDenied(_("You cannot register for this member."))
    if request.method == "POST":
        act = Act(by=user, on=clock.today())
        answer = transitions.withdraw([pledge.pk], act=act, judge=_judge_withdrawal(user))
        if answer.refused:
            messages.error(request, answer.refused[0].reason)
        else:
            messages.success(request, _("The registration has been withdrawn."))
        return redirect("pledges:detail", pledge.ref)
    if not can_withdraw(user, pledge):
        messages.info(request, _("This registration can no longer be withdrawn."))
        return redirect("pledges:detail", pledge.ref)
    context = {"pledge": pledge, "facts": facts(pledge), "trail": _trail(user, pledge)}
    return TemplateResponse(request, "pledges/withdraw.html", context)


def _judge_withdrawal(user: User) -> transitions.Judge:
    def judge(pledge: Pledge) -> str | None:
        return None if can_withdraw(user, pledge) else _("This registration can no longer be withdrawn.")

    return judge
