"""Units directly below, ranked: looked for, filtered, sorted and paged by the database.

What is asked for stands in the address, so a ranking can be sent to a colleague as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Expression, F, FloatField, Prefetch, Q, QuerySet, Value, Window
from django.db.models.functions import Cast, NullIf
from django.db.models.lookups import GreaterThan, LessThan
from django.utils.translation import gettext as _

from cadres.models import Unit
from cadres.rates import Rate
from cadres.templatetags.display import number
from cadres.text import fold
from pledges.models import Tier
from reports.figures import BY_CODE
from reports.models import UnitCount

PAGE = 50
# So many stand on the page of a unit before anything is asked for.
SHOWN = 12
# What a line tells of a unit: the columns that the index `unit_siblings` holds.
_TOLD = ("code", "name", "path", "parent")
# The share below which the chip looks, where no other is asked for.
LOW = 90

MISSING, UNSENT = "missing", "unsent"


@dataclass(frozen=True)
class Measures:
    """What units are ranked by: `reached` of `counted`, and what else is overdue there.

    `size` is the number in the first column, `among` the units that have something to rank.
    """

    size: str
    counted: str
    reached: str
    overdue: Any
    among: Q

    def orders(self) -> dict[str, Any]:
        """The columns by the key of the page's address; units without a share come last in it."""
        return {
            # Units below one another stand in the tree in the order of their keys.
            "name": F("unit_id"),
            "registered": F(self.size),
            "percent": Cast(self.reached, FloatField()) / NullIf(F(self.counted), 0),
            MISSING: F(self.counted) - F(self.reached),
            UNSENT: self.overdue,
        }

    def shows(self) -> dict[str, Q]:
        """The conditions by the key of the page's address."""
        return {
            MISSING: Q(**{f"{self.counted}__gt": F(self.reached)}),
            UNSENT: Q(GreaterThan(self.overdue, Value(0))),
        }

    def low(self, share: int) -> Q:
        """Less than so many per cent, exactly: nothing is rounded before it is compared."""
        less: LessThan[Any] = LessThan(F(self.reached) * 100, F(self.counted) * share)
        return Q(less, **{f"{self.counted}__gt": 0})


# People who have registered and cells that have sent; where nobody is counted, pledges that are done or late.
PEOPLE = Measures("counted", "counted", "registered", F("cells") - F("cells_sent"), Q())
PLEDGES = Measures("pledges", "pledges_approved", "done", F("late"), Q(pledges__gt=0))


def measures_of(tier: Tier) -> Measures:
    """What the units are ranked by in the tier."""
    return PEOPLE if tier.has_rate else PLEDGES


@dataclass(frozen=True)
class ChildRow:
    """One unit directly below, with its figures."""

    unit: Unit
    registered: Rate
    approved: Rate
    cells: Rate
    not_counted: int
    pledges: Rate
    completed: Rate
    late: Rate
    stuck: Rate

    @property
    def missing(self) -> int:
        """People counted who have not registered."""
        return self.registered.rest


def child_row(row: UnitCount) -> ChildRow:
    """The counts of a unit as a line."""
    return ChildRow(
        unit=row.unit,
        registered=BY_CODE["registered"].rate(row),
        approved=BY_CODE["approved"].rate(row),
        cells=BY_CODE["cells_sent"].rate(row),
        not_counted=row.exempt + row.away,
        pledges=Rate(row.pledges_approved, row.pledges),
        completed=BY_CODE["completed"].rate(row),
        late=BY_CODE["late"].rate(row),
        stuck=BY_CODE["stuck"].rate(row),
    )


@dataclass(frozen=True)
class Asked:
    """What the address asks for; what it does not understand is as if it were not there."""

    sort: str = "percent"
    show: str = ""
    below: int | None = None
    name: str = ""
    page: int = 1
    whole: bool = False

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Asked":
        """From the query string."""
        sort, show, below, page = (query.get(name, "") for name in ("sort", "show", "below", "page"))
        return cls(
            sort=sort if sort.removeprefix("-") in PEOPLE.orders() else "percent",
            show=show if show in (MISSING, UNSENT) else "",
            below=_within(below, 100),
            name=query.get("name", "").strip()[:100],
            page=_within(page, 100_000) or 1,
            whole=bool(query.get("all") or page),
        )

    @property
    def is_filtered(self) -> bool:
        """Whether some units are left out."""
        return bool(self.show or self.name or self.below)

    @property
    def is_whole(self) -> bool:
        """Whether the ranking is the page, and not one of its cards."""
        return self.whole or self.is_filtered

    def address(self, tier: Tier, **changed: Any) -> str:
        """The query string that asks for this, with what is changed; always the first page."""
        asked = replace(self, **changed)
        wanted = {
            "campaign": tier.campaign.code,
            "tier": tier.kind,
            "name": asked.name,
            "show": asked.show,
            "below": asked.below or "",
            "sort": asked.sort if asked.sort != "percent" else "",
            "all": "1",
        }
        return "?" + urlencode({key: value for key, value in wanted.items() if value})


def _within(text: str, most: int) -> int | None:
    known = text.isascii() and text.isdigit() and len(text) < 7 and 1 <= int(text) <= most
    return int(text) if known else None


@dataclass(frozen=True)
class Chip:
    """A filter of one click with how many units it leaves."""

    label: str
    url: str
    count: int
    active: bool


@dataclass(frozen=True)
class Ranking:
    """One page of the units asked for; `numbers`: how many there are, by what is asked of them."""

    tier: Tier
    asked: Asked
    rows: list[ChildRow]
    numbers: dict[str, int]

    @property
    def page_count(self) -> int:
        """Pages of the units found."""
        return max(-(-self.numbers["found"] // PAGE), 1)

    @property
    def previous(self) -> int | None:
        """The page before."""
        return self.asked.page - 1 if self.asked.page > 1 else None

    @property
    def following(self) -> int | None:
        """The page behind."""
        return self.asked.page + 1 if self.asked.page < self.page_count else None

    def chips(self) -> list[Chip]:
        """All, something missing, something overdue, a low share; the name that is looked for stays.

        Only where the ranking is the page: a card has not counted them.
        """
        low, people = self.asked.below or LOW, self.tier.has_rate
        choices: list[tuple[str, str, dict[str, Any]]] = [
            (_("All organisations"), "all", {"show": "", "below": None}),
            (
                _("Somebody has not registered") if people else _("Something is not done"),
                MISSING,
                {"show": MISSING, "below": None},
            ),
            (
                _("Cells have not sent") if people else _("Something is late"),
                UNSENT,
                {"show": UNSENT, "below": None},
            ),
            (_("Below %(share)s%%") % {"share": number(low)}, "low", {"show": "", "below": low}),
        ]
        now = {"show": self.asked.show, "below": self.asked.below}
        return [
            Chip(label, self.asked.address(self.tier, **change), self.numbers[key], now == change)
            for label, key, change in choices
        ]


def ranking(tier: Tier, unit: Unit, asked: Asked) -> Ranking:
    """The units asked for: two queries for a card, three for a page, however many there are."""
    by = measures_of(tier)
    below = _below(tier, unit).filter(by.among)
    if not asked.is_whole:
        return _card(tier, asked, _ordered(by, below, asked.sort))
    wanted = _wanted(by, asked)
    numbers = _numbers(by, below, asked, wanted)
    numbers.setdefault("found", numbers["all"])
    asked = replace(asked, page=min(asked.page, max(-(-numbers["found"] // PAGE), 1)))
    start = (asked.page - 1) * PAGE
    rows = _ordered(by, below.filter(wanted), asked.sort)[start : start + PAGE]
    return Ranking(tier, asked, [child_row(row) for row in rows], numbers)


def _card(tier: Tier, asked: Asked, rows: QuerySet[UnitCount]) -> Ranking:
    """The first few, with how many there are in the same statement."""
    shown = list(rows.annotate(n_below=Window(Count("pk")))[:SHOWN])
    n_below = shown[0].n_below if shown else 0
    return Ranking(tier, asked, [child_row(row) for row in shown], {"all": n_below, "found": n_below})


def _below(tier: Tier, unit: Unit) -> QuerySet[UnitCount]:
    """Counts of the units directly below, with what a line tells of the unit.

    Names are read for what is shown, and from where those of siblings stand side by side; joined, each
    unit's count would be looked up by itself.
    """
    named = Prefetch("unit", Unit.objects.filter(parent=unit).only(*_TOLD))
    return UnitCount.objects.filter(tier=tier, parent=unit).prefetch_related(named)


def _numbers(by: Measures, below: QuerySet[UnitCount], asked: Asked, wanted: Q) -> dict[str, int]:
    shows = by.shows()
    numbers: dict[str, int] = below.aggregate(
        all=Count("pk"),
        missing=Count("pk", filter=shows[MISSING]),
        unsent=Count("pk", filter=shows[UNSENT]),
        low=Count("pk", filter=by.low(asked.below or LOW)),
        **({"found": Count("pk", filter=wanted)} if asked.is_filtered else {}),
    )
    return numbers


def weakest(tier: Tier, unit: Unit, limit: int) -> list[ChildRow]:
    """The units below with the lowest shares; those without fault left out."""
    by = measures_of(tier)
    below = _below(tier, unit).filter(by.shows()[MISSING])
    return [child_row(row) for row in _ordered(by, below, "percent")[:limit]]


def _ordered(by: Measures, rows: QuerySet[UnitCount], sort: str) -> QuerySet[UnitCount]:
    """By the column ("-column": downwards), then by place in the tree."""
    column: Expression | F = by.orders()[sort.removeprefix("-")]
    order = column.desc(nulls_last=True) if sort.startswith("-") else column.asc(nulls_last=True)
    return rows.order_by(order, "unit_id")


def _wanted(by: Measures, asked: Asked) -> Q:
    wanted = by.shows().get(asked.show, Q())
    if asked.below:
        wanted &= by.low(asked.below)
    for word in fold(asked.name).split():
        wanted &= Q(unit__name_key__contains=word)
    return wanted
