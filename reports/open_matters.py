"""What is still open in a campaign: shown before its figures are closed, and kept with the closing."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from django.db.models import Q

from cadres.models import UnitChange
from pledges.models import Campaign, Tier, TierKind
from pledges.outstanding import unnumbered_dockets
from reports.models import UnitCount

CELLS, RETURNED, UNDECIDED, DOCUMENTS, OUTBOX = "cells", "returned", "undecided", "documents", "outbox"


@dataclass(frozen=True)
class Matter:
    """One kind of thing that is open, in a tier where it belongs to one, and how many of it."""

    code: str
    n: int
    tier: str = ""

    def kept(self) -> dict[str, str | int]:
        """As a closing keeps it."""
        return asdict(self)


def open_matters(campaign: Campaign) -> list[Matter]:
    """Everything open now, what there is nothing of left out; four queries whatever there is."""
    return [matter for matter in _matters(campaign) if matter.n]


def _matters(campaign: Campaign) -> Iterator[Matter]:
    tiers = list(Tier.objects.filter(campaign=campaign).order_by("order"))
    rows = UnitCount.objects.filter(tier__in=tiers, unit=campaign.host_id)
    counts = {row.tier_id: row for row in rows}
    for tier in tiers:
        if row := counts.get(tier.pk):
            if tier.kind == TierKind.MEMBERS:
                yield Matter(CELLS, row.cells - row.cells_sent, tier.kind)
            yield Matter(RETURNED, row.returned, tier.kind)
            yield Matter(UNDECIDED, row.awaiting, tier.kind)
    yield Matter(DOCUMENTS, unnumbered_dockets().filter(campaign=campaign).count())
    yield Matter(OUTBOX, UnitChange.objects.filter(Q(campaign=None) | Q(campaign=campaign.pk)).count())
