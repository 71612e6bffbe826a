"""What is kept beside an independent recount of it, number by number."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Collate

from cadres.models import Unit, UnitChange
from cadres.streaming import collation, in_pieces, read_to_the_end
from pledges.models import Theme, Tier
from reports.branches import Pair, Row, beside
from reports.models import FACET_MEASURES, MEASURES, DailyCount, Facet, FacetCount, UnitCount
from reports.recount import DAY_MEASURES, recount, recount_days, recount_facet

PIECE = 2_000
# So many differences of a tier are named; beyond them only their number says something.
NAMED = 500


@dataclass(frozen=True)
class Difference:
    """A number of the counts that the recount does not give, told in codes."""

    campaign: str
    tier: str
    unit: str
    measure: str
    kept: int
    recounted: int

    def __str__(self) -> str:
        where = f"{self.campaign} {self.tier} {self.unit}"
        return f"{where} {self.measure}: {self.kept}, recounted {self.recounted}"

    def codes(self) -> dict[str, Any]:
        """As it is kept with the result of a check."""
        return asdict(self)


@dataclass
class Audit:
    """How many numbers were compared and how many differ; of a tier the first of them are named."""

    numbers: int = 0
    found: int = 0
    differences: list[Difference] = field(default_factory=list)


def differences(day: date) -> list[Difference]:
    """Every number of a live campaign's counts that the independent recount does not give."""
    return audit(day).differences


def audit(day: date, *, using: str = "default") -> Audit:
    """Recount the live campaigns and compare, in one snapshot of the alias.

    What the outbox still changes is left out. Both sides come in the order of the tree and are compared
    as they come: the numbers of the whole country take no more memory than those of a district.
    """
    result = Audit()
    with transaction.atomic(using=using):
        read_to_the_end(using)
        tiers = Tier.objects.using(using).select_related("campaign__host")
        for tier in tiers.exclude(campaign__state__in=("draft", "closed")).order_by("pk"):
            _compare(tier, day, using, result)
    return result


def _compare(tier: Tier, day: date, using: str, result: Audit) -> None:
    named: list[tuple[str, str, int, int]] = []
    for names, told, pairs in _beside(tier, _day_of(tier, day, using), using):
        for pair in pairs:
            result.numbers += 2 * len(names)
            for name, kept, counted in _differing(pair, names):
                result.found += 1
                if len(named) < NAMED:
                    named.append((pair.path, f"{name}{told(pair.code)}", kept, counted))
    codes = dict(
        Unit.objects.using(using).filter(path__in={one[0] for one in named}).values_list("path", "code")
    )
    result.differences += [
        Difference(tier.campaign.code, tier.kind, codes.get(path, path), measure, kept, counted)
        for path, measure, kept, counted in sorted(named)
    ]


def _beside(
    tier: Tier, day: date, using: str
) -> Iterator[tuple[tuple[str, ...], Callable[[str], str], Iterator[Pair]]]:
    """The measures, the curve by day, the themes and fields: their names, how a code is told, the pairs."""
    root = tier.campaign.host.path

    def pairs(kept: Iterator[Row], counted: Iterator[Row]) -> Iterator[Pair]:
        return beside(kept, counted, _moving_paths(using), root)

    units = _kept(_of(UnitCount, tier, using), MEASURES)
    yield MEASURES, _of_all, pairs(units, recount(tier, day, using))
    days = _kept(_of(DailyCount, tier, using), DAY_MEASURES, "on")
    yield DAY_MEASURES, _told("day"), pairs(days, recount_days(tier, day, using))
    orders = {str(pk): str(order) for pk, order in Theme.objects.using(using).values_list("pk", "order")}
    for facet in Facet:
        rows = _kept(_of(FacetCount, tier, using).filter(facet=facet), FACET_MEASURES, "code")
        told = _told(facet, orders if facet == Facet.THEME else {})
        yield FACET_MEASURES, told, pairs(rows, recount_facet(tier, facet, day, using))


def _moving_paths(using: str) -> Iterator[str]:
    """Paths of the units whose numbers the outbox still changes."""
    waiting = UnitChange.objects.using(using).values_list("unit__path", flat=True).distinct()
    return in_pieces(waiting.order_by(Collate("unit__path", collation(using))), PIECE)


def _of(model: Any, tier: Tier, using: str) -> QuerySet[Any]:
    return model.objects.using(using).filter(tier=tier)


def _kept(rows: QuerySet[Any], names: tuple[str, ...], *key: str) -> Iterator[Row]:
    columns = [*(f"own_{name}" for name in names), *names]
    ordered = rows.order_by(Collate("unit__path", collation(rows.db)))
    for path, *row in in_pieces(ordered.values_list("unit__path", *key, *columns), PIECE):
        yield path, "".join(map(str, row[: len(key)])), tuple(row[len(key) :])


def _of_all(_code: str) -> str:
    return ""


def _told(of: str, orders: dict[str, str] | None = None) -> Callable[[str], str]:
    """How a difference names a code: ":day:2024-02-01", ":theme:2", ":field:Đất đai"."""
    known = orders or {}
    return lambda code: f":{of}:{known.get(code, code)}"


def _differing(pair: Pair, names: tuple[str, ...]) -> Iterator[tuple[str, int, int]]:
    if pair.kept == pair.counted:
        return
    none = (0,) * (2 * len(names))
    both = [*(f"own_{name}" for name in names), *names]
    for name, kept, counted in zip(both, pair.kept or none, pair.counted or none, strict=True):
        if kept != counted:
            yield name, kept, counted


def _day_of(tier: Tier, day: date, using: str) -> date:
    """The day that the tier's counts judge, which the row of its host carries."""
    host = UnitCount.objects.using(using).filter(tier=tier, unit=tier.campaign.host_id)
    return host.values_list("day", flat=True).first() or day
