"""Say that the own numbers of units may have changed; one consumer recounts them."""

from collections.abc import Iterable

from cadres.models import UnitChange
from cadres.wake import wake


def note_changes(unit_ids: Iterable[int], *, campaign: int | None = None) -> None:
    """Append one outbox row a unit, in the caller's transaction, and wake the consumer after it.

    `campaign` null means every campaign that is not closed (people moved, standing changed).
    """
    rows = [UnitChange(unit_id=pk, campaign=campaign) for pk in sorted(set(unit_ids))]
    if rows:
        UnitChange.objects.bulk_create(rows, batch_size=500)
        wake("counts.consume")
