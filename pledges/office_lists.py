"""What the host's office goes by at its desk: its own lists, or the ready ones until it keeps its own."""

from cadres.models import Unit
from pledges.models import ReturnReason, RoutinePhrase
from pledges.ready_lists import RETURN_REASONS, ROUTINE_PHRASES


def keeps_its_own(host: Unit) -> bool:
    """Whether the host keeps lists of its own; a reason that was ended still says so."""
    return ReturnReason.objects.filter(host=host).exists()


def reasons_offered(host: Unit) -> list[tuple[str, str]]:
    """The reasons of returns to choose from, in order, each with the field it is about."""
    kept = ReturnReason.objects.filter(host=host).order_by("order", "pk")
    rows = list(kept.values_list("label", "field", "ended_on"))
    if not rows:
        return list(RETURN_REASONS)
    return [(label, field) for label, field, ended_on in rows if ended_on is None]


def phrases_of(host: Unit) -> list[str]:
    """The signs of routine work."""
    kept = list(RoutinePhrase.objects.filter(host=host).order_by("folded").values_list("text", flat=True))
    return kept if kept or keeps_its_own(host) else list(ROUTINE_PHRASES)
