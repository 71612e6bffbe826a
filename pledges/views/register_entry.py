"""Whom a registration form is for: the form and its autosaving ask the same questions of the reader."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from cadres import clock
from cadres.access import person
from cadres.models import Member, Unit, User
from cadres.permissions import can_read_member
from pledges.actions.acts import Act, NotAllowedError, StaleError
from pledges.actions.register import Typed
from pledges.forms.register import PledgeForm, ShortForm
from pledges.forms.register_full import FullForm
from pledges.models import Pledge, Tier
from pledges.permissions import can_type_for, entry_of, visible_pledges
from pledges.states import CampaignState, PledgeStatus


@dataclass(frozen=True, kw_only=True)
class Entry:
    """For whom, in which tier, at which unit and on which day a form is open; `pledge` when there is one.

    `tiers` are all of the campaign, where they were read on the way.
    """

    tier: Tier
    lead: Member
    unit: Unit
    day: date
    pledge: Pledge | None = None
    tiers: Sequence[Tier] = ()

    @property
    def form_class(self) -> type[PledgeForm]:
        """The full form for cadres of a list, the four questions for members."""
        return FullForm if self.tier.is_listed else ShortForm

    @property
    def template(self) -> str:
        """The page around the form."""
        return f"pledges/register_{'full' if self.tier.is_listed else 'short'}.html"

    @property
    def autosave_url(self) -> str:
        """Where the form keeps itself while somebody types; empty where it does not."""
        if self.pledge is None:
            args = [self.tier.campaign.code, self.lead.code, self.tier.kind]
            return reverse("pledges:autosave_new", args=args)
        if self.pledge.status == PledgeStatus.DRAFT:
            return reverse("pledges:autosave", args=[self.pledge.ref])
        return ""

    def known(self) -> dict[str, Any]:
        """What the form is told, whatever was typed."""
        return {"campaign": self.tier.campaign, "day": self.day, "pledge": self.pledge}


def tiers_of(campaign: str) -> list[Tier]:
    """The tiers of a campaign that is past its preparation."""
    found = Tier.objects.filter(campaign__code=campaign).exclude(campaign__state=CampaignState.DRAFT)
    return list(found.select_related("campaign__host").order_by("order"))


def new_entry(request: HttpRequest, tiers: Sequence[Tier], tier: Tier | None, code: str) -> Entry:
    """For a new pledge in one of the `tiers`: 404 out of scope, 403 for who may not type for the member."""
    lead, user = get_object_or_404(Member.objects.select_related("unit__parent"), code=code), person(request)
    if tier is None or not can_read_member(user, lead) or not lead.unit.is_under(tier.campaign.host):
        raise Http404
    if not can_type_for(user, lead, tier):
        raise PermissionDenied(_("You cannot register for this member."))
    unit = lead.unit
    if tier.is_listed and (entry := entry_of(lead, tier)):
        unit = entry.unit
    return Entry(tier=tier, tiers=tiers, lead=lead, unit=unit, day=clock.today())


def entry_of_pledge(request: HttpRequest, ref: uuid.UUID) -> Entry:
    """For a pledge that is there already: 404 out of sight, 403 for who may not type for its lead."""
    pledges = visible_pledges(person(request)).select_related(
        "tier__campaign__host", "lead_member__unit__parent", "unit", "theme", "carried_from__campaign"
    )
    pledge = get_object_or_404(pledges, ref=ref, lead_member__isnull=False)
    assert pledge.lead_member is not None
    if not can_type_for(person(request), pledge.lead_member, pledge.tier):
        raise PermissionDenied(_("You cannot register for this member."))
    return Entry(
        tier=pledge.tier, lead=pledge.lead_member, unit=pledge.unit, day=clock.today(), pledge=pledge
    )


Write = Callable[..., Pledge]


def save(user: User, entry: Entry, form: PledgeForm, write: Write) -> Pledge | None:
    """Write what was typed by an action; None when it was not written.

    The form then says which rule forbids it, or holds as `newer` what somebody saved meanwhile.
    """
    typed = Typed(
        ref=entry.pledge.ref if entry.pledge else form.cleaned_data["ref"],
        tier=entry.tier,
        tiers=entry.tiers,
        lead=entry.lead,
        unit=entry.unit,
        content=form.content(),
        parts=form.parts(),
        revision=form.cleaned_data["revision"],
    )
    try:
        return write(typed, act=Act(by=user, on=entry.day), day=entry.day)
    except StaleError:
        saved = Pledge.objects.select_related("tier__campaign__host", "theme", "carried_from__campaign")
        form.catch_up(saved.get(ref=typed.ref))
    except NotAllowedError as error:
        form.add_error(None, str(error))
    return None
