"""What is kept beside an independent recount of it, number by number."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from cadres.models import PATH_STEP, Unit, UnitChange
from cadres.streaming import in_pieces
from pledges.models import Theme, Tier
from reports.models import FACET_MEASURES, MEASURES, DailyCount, Facet, FacetCount, UnitCount
from reports.recount import DAY_MEASURES, Named, Numbers, recount, recount_days, recount_facet


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
    """How many numbers were compared and which of them differ; what the outbox still changes is left out."""

    numbers: int = 0
    differences: list[Difference] = field(default_factory=list)


def differences(day: date) -> list[Difference]:
    """Every number of a live campaign's counts that the independent recount does not give."""
    return audit(day).differences


def audit(day: date, *, using: str = "default") -> Audit:
    """Recount the live campaigns and compare, in one snapshot of the alias."""
    result = Audit()
    with transaction.atomic(using=using):
        moving = _moving_paths(using)
        tiers = Tier.objects.using(using).select_related("campaign__host")
        for tier in tiers.exclude(campaign__state__in=("draft", "closed")).order_by("pk"):
            _compare(tier, day, using, moving, result)
    return result


def _moving_paths(using: str) -> set[str]:
    """Paths of the units whose numbers the outbox still changes, with all that stands above them."""
    waiting = UnitChange.objects.using(using).values_list("unit__path", flat=True).distinct()
    return {path[:end] for path in waiting for end in range(PATH_STEP, len(path) + 1, PATH_STEP)}


def _compare(tier: Tier, day: date, using: str, moving: set[str], result: Audit) -> None:
    paths = dict(_of(UnitCount, tier, using).values_list("unit_id", "unit__path"))
    found: list[tuple[int, str, int, int]] = []
    for names, kept, recounted in _beside(tier, _day_of(tier, day, using), using):
        for key in kept.keys() | recounted.keys():
            if paths.get(key[0], "") not in moving:
                found += _differing(key, names, kept.get(key), recounted.get(key))
                result.numbers += 2 * len(names)
    codes = dict(Unit.objects.using(using).filter(pk__in={one[0] for one in found}).values_list("pk", "code"))
    result.differences += [
        Difference(tier.campaign.code, tier.kind, codes[unit], measure, a, b)
        for unit, measure, a, b in sorted(found)
    ]


def _beside(tier: Tier, day: date, using: str) -> Iterator[tuple[tuple[str, ...], Named, Named]]:
    """What is kept and what the recount gives: the measures, the curve by day, the themes and fields."""
    units = _of(UnitCount, tier, using)
    yield MEASURES, _kept(units, MEASURES), recount(tier, day, using)
    days = _of(DailyCount, tier, using)
    yield (
        DAY_MEASURES,
        _told("day", _kept(days, DAY_MEASURES, "on")),
        _told("day", recount_days(tier, day, using)),
    )
    orders = {str(pk): str(order) for pk, order in Theme.objects.using(using).values_list("pk", "order")}
    for facet in Facet:
        known = orders if facet == Facet.THEME else {}
        rows = _of(FacetCount, tier, using).filter(facet=facet)
        kept, counted = _kept(rows, FACET_MEASURES, "code"), recount_facet(tier, facet, day, using)
        yield FACET_MEASURES, _told(facet, kept, known), _told(facet, counted, known)


def _of(model: Any, tier: Tier, using: str) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.using(using).filter(tier=tier).order_by()
    return rows


def _kept(rows: QuerySet[Any], names: tuple[str, ...], *key: str) -> Named:
    columns = [*(f"own_{name}" for name in names), *names]
    values = in_pieces(rows.values_list("unit_id", *key, *columns), 5000)
    return {(row[0], "".join(map(str, row[1 : 1 + len(key)]))): row[1 + len(key) :] for row in values}


def _told(of: str, numbers: Named, orders: dict[str, str] | None = None) -> Named:
    """Named as a difference tells it: ":day:2024-02-01", ":theme:2", ":field:Đất đai"."""
    known = orders or {}
    return {(unit, f":{of}:{known.get(code, code)}"): found for (unit, code), found in numbers.items()}


def _differing(
    key: tuple[int, str], names: tuple[str, ...], kept: Numbers | None, recounted: Numbers | None
) -> Iterator[tuple[int, str, int, int]]:
    unit, named = key
    none = (0,) * (2 * len(names))
    both = [*(f"own_{name}" for name in names), *names]
    for name, a, b in zip(both, kept or none, recounted or none, strict=True):
        if a != b:
            yield unit, f"{name}{named}", a, b


def _day_of(tier: Tier, day: date, using: str) -> date:
    """The day that the tier's counts judge, which the row of its host carries."""
    host = UnitCount.objects.using(using).filter(tier=tier, unit=tier.campaign.host_id)
    return host.values_list("day", flat=True).first() or day
