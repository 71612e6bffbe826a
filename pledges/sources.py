"""Where a registration may come from: earlier years, what is carried over, what committees suggest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from cadres.models import Member, Unit
from pledges.models import Pledge, Suggestion, Tier
from pledges.states import REGISTERED, PledgeStatus

# What is not finished goes on in a later year (chuyển tiếp); so does what its year end said goes on.
UNFINISHED = (PledgeStatus.APPROVED, PledgeStatus.NOT_DONE, PledgeStatus.CARRIED_OVER)
# A pledge in one of these is over before it began: it carries nothing on.
DROPPED = (PledgeStatus.WITHDRAWN, PledgeStatus.REJECTED)
# How far back a chain is followed; nobody has carried a task through more campaigns than this.
LINKS = 10
MOST = 20


@dataclass(frozen=True, kw_only=True)
class Sources:
    """What a new registration of a lead in a tier may be taken from, the latest year first.

    Each of `earlier` carries `may_carry`: unfinished and not carried over yet.
    """

    earlier: Sequence[Pledge]
    suggestions: list[Suggestion]

    def __bool__(self) -> bool:
        return bool(self.earlier or self.suggestions)


def earlier_pledges(lead: Member, tier: Tier, seen: QuerySet[Pledge]) -> QuerySet[Pledge]:
    """Among the pledges `seen`, those the lead registered in earlier years in the same kind of tier."""
    own = seen.filter(lead_member=lead, tier__kind=tier.kind, campaign__year__lt=tier.campaign.year)
    return own.filter(status__in=REGISTERED)


def suggestions_for(unit: Unit, tier: Tier) -> QuerySet[Suggestion]:
    """What the committees from the unit upwards suggest to the people of the tier."""
    return Suggestion.objects.filter(tier=tier, unit__path__in=unit.ancestor_paths())


def sources_for(lead: Member, tier: Tier, *, unit: Unit, seen: QuerySet[Pledge]) -> Sources:
    """Two queries, however much there is; of the pledges only those the reader may see."""
    earlier = earlier_pledges(lead, tier, seen).annotate(carried_on=Exists(_carrying(OuterRef("pk"))))
    rows = list(earlier.select_related("campaign").order_by("-campaign__year", "pk")[:MOST])
    for row in rows:
        row.may_carry = row.status in UNFINISHED and not row.carried_on  # type: ignore[attr-defined]
    found = suggestions_for(unit, tier).select_related("unit", "theme")
    return Sources(earlier=rows, suggestions=list(found.order_by("-unit__path", "order")))


def _carrying(earlier: Any) -> QuerySet[Pledge]:
    """The pledges that carry an earlier one on."""
    return Pledge.objects.order_by().filter(carried_from=earlier).exclude(status__in=DROPPED)


def why_not_carried(earlier: Pledge | None, *, year: int, ref: Any = None) -> str | None:
    """The reason why `earlier` is not carried over into a campaign of `year` by the pledge `ref`, or None."""
    if earlier is None:
        return _("The task to be carried over was not found.")
    if earlier.campaign.year >= year:
        return _("Only a task of an earlier year is carried over.")
    if earlier.status not in UNFINISHED:
        text = _("Only what is not finished is carried over; this task is “%(status)s”.")
        return text % {"status": earlier.get_status_display()}
    if _carrying(earlier).exclude(ref=ref).exists():
        return _("This task has been carried over already.")
    return None


def _links(pledge: Pledge) -> list[int]:
    """Keys of the pledges that this one carries on, the nearest first: one query of keys alone."""
    if pledge.carried_from_id is None:
        return []
    paths = ["__".join(["carried_from"] * length) + "_id" for length in range(1, LINKS + 1)]
    keys = Pledge.objects.order_by().filter(pk=pledge.pk).values_list(*paths).get()
    return [key for key in keys if key is not None]


def chain_of(pledge: Pledge, seen: QuerySet[Pledge]) -> list[Pledge]:
    """What the pledge carries on, the nearest year first, as far as the reader may see: two queries."""
    links = _links(pledge)
    found: Mapping[int, Pledge] = seen.select_related("campaign").in_bulk(links) if links else {}
    return [found[key] for key in links if key in found]


def carried_on_by(pledge: Pledge, seen: QuerySet[Pledge]) -> Pledge | None:
    """The pledge of a later year that carries this one on."""
    later = seen.filter(carried_from=pledge).exclude(status__in=DROPPED)
    return later.select_related("campaign").order_by("pk").first()


def backlog_of(earlier: Pledge) -> int:
    """Since when a task has been waiting that is carried over from `earlier` (tồn đọng từ năm).

    The earliest year that its chain knows: the backlog a pledge names, else the year it was registered for.
    """
    chain = Pledge.objects.order_by().filter(pk__in=[earlier.pk, *_links(earlier)])
    return min(told or year for told, year in chain.values_list("backlog_since", "campaign__year"))
