"""The lead of a registration under his lock, and what is asked about him there, once."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, Value

from cadres.models import Member, Membership
from cadres.models.members import MembershipQuerySet, in_force
from pledges.models import Pledge
from pledges.models.pledges import PledgeQuerySet


@dataclass(frozen=True)
class About:
    """A locked lead in a campaign on a day: what holds until the transaction is over.

    `stands`: in some cell; `units`: those whose own numbers depend on what he leads; `has_form`: one
    of his pledges came from the form in question.
    """

    stands: bool
    units: frozenset[int]
    has_form: bool


def locked(lead: Member) -> Member:
    """The lead, locked; as he stands now where he has moved since he was read."""
    rows = Member.objects.select_for_update(of=("self",), no_key=True)
    if rows.values_list("unit_id", flat=True).get(pk=lead.pk) == lead.unit_id:
        return lead
    return Member.objects.select_related("unit").get(pk=lead.pk)


def stood_and_led(leads: Iterable[int], campaign: int) -> tuple[MembershipQuerySet, PledgeQuerySet]:
    """Where leads ever stood, and what they lead in a campaign: the units whose own numbers depend on them.

    A lead counts where he stood on the tier's counting day, and once, at the earliest of his pledges.
    """
    stood = Membership.objects.order_by().filter(member__in=leads)
    return stood, Pledge.objects.order_by().filter(lead_member__in=leads, campaign=campaign)


def about(lead: Member, campaign: int, ref: uuid.UUID, day: date) -> About:
    """One statement, after the lock: what others did while it was awaited is seen."""
    stood, led = stood_and_led([lead.pk], campaign)
    told = ("unit_id", "stands", "has_form")
    places = stood.annotate(stands=_whether(in_force(day)), has_form=Value(False))
    pledges = led.annotate(stands=Value(False), has_form=_whether(Q(ref=ref)))
    rows = list(places.values_list(*told).union(pledges.values_list(*told)))
    return About(
        stands=any(stands for _unit, stands, _has_form in rows),
        units=frozenset(unit for unit, _stands, _has_form in rows),
        has_form=any(has_form for _unit, _stands, has_form in rows),
    )


def _whether(condition: Q) -> Any:
    return ExpressionWrapper(condition, output_field=BooleanField())
