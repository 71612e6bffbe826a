"""What the pledges of a year are about: by theme of the guidance and by field of work, from counts kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Sum
from django.urls import reverse

from cadres.models import Unit
from cadres.rates import Rate
from pledges.models import Theme, Tier
from reports.dashboards import TierLine
from reports.models import Facet, FacetCount

# Fields are free text: so many of them are shown, the most frequent ones.
FIELDS = 8
# So many rows are read; where there are more, the database adds up the rest.
MOST = 100


@dataclass(frozen=True)
class Bar:
    """One theme or field: how many pledges are registered, approved and done; its list.

    `length` and `dark` draw the bar: registered and approved, both of the longest bar.
    """

    label: str
    pledges: int
    approved: Rate
    done: int
    url: str
    longest: int

    @property
    def length(self) -> Rate:
        """Registered pledges, of the longest bar."""
        return Rate(self.pledges, self.longest)

    @property
    def dark(self) -> Rate:
        """Approved pledges, of the longest bar."""
        return Rate(self.approved.numerator, self.longest)


@dataclass
class Named:
    """The rows of a tier by theme or by field, and how many pledges name one, shown or not."""

    rows: list[FacetCount]
    total: int = 0


@dataclass(frozen=True)
class FacetCard:
    """The pledges of a tier by theme or by field; `others` name one that is not shown, `unnamed` none."""

    tier: Tier
    facet: str
    bars: list[Bar]
    total: int
    named: int
    unnamed_url: str

    @property
    def unnamed(self) -> int:
        """Pledges that name nothing."""
        return max(self.total - self.named, 0)

    @property
    def others(self) -> int:
        """Pledges of what is not shown."""
        return self.named - sum(bar.pledges for bar in self.bars)


def facet_cards(unit: Unit, tier: Tier, lines: Iterable[TierLine]) -> list[FacetCard]:
    """The tiers of the year by theme and by field, where they name one: two queries, as a rule."""
    wanted = {line.tier.pk: line for line in lines}
    themes: dict[int, list[Theme]] = {}
    for theme in Theme.objects.filter(campaign__in={line.tier.campaign_id for line in wanted.values()}):
        themes.setdefault(theme.campaign_id, []).append(theme)
    kept = _kept(unit, wanted)
    cards = []
    for facet in Facet:
        named = {pk for pk, one in kept if one == facet}
        # Where nothing names one, that is said once, of the tier the page is about.
        for pk, line in sorted(wanted.items(), key=lambda one: one[0] != tier.pk):
            known = themes.get(line.tier.campaign_id, [])
            is_main = pk == tier.pk and line.pledges.denominator and not unit.is_cell
            says_so = is_main and (facet == Facet.FIELD or known)
            if pk in named or (says_so and not named):
                cards.append(_card(unit, line, facet, kept.get((pk, facet), Named([])), known))
    return cards


def _kept(unit: Unit, tiers: Iterable[int]) -> dict[tuple[int, str], Named]:
    """The most frequent rows by tier and facet, each with how many pledges name one of its kind."""
    of_unit = FacetCount.objects.filter(unit=unit, tier__in=list(tiers))
    # Themes, which are few, come before fields, which are free text.
    found = list(of_unit.order_by("-facet", "-pledges", "code")[: MOST + 1])
    kept: dict[tuple[int, str], Named] = {}
    for row in found[:MOST]:
        kept.setdefault((row.tier_id, row.facet), Named([])).rows.append(row)
    for one in kept.values():
        one.total = sum(row.pledges for row in one.rows)
    if len(found) > MOST:
        sums = of_unit.order_by().values_list("tier", "facet").annotate(n=Sum("pledges"))
        for tier, facet, n in sums:
            kept.setdefault((tier, facet), Named([])).total = n
    return kept


def _card(unit: Unit, line: TierLine, facet: Facet, named: Named, themes: list[Theme]) -> FacetCard:
    rows = named.rows
    by_code = {row.code: row for row in rows}
    if facet == Facet.THEME:
        names = [(str(theme.pk), theme.title, str(theme.order)) for theme in themes]
    else:
        names = [(row.code, row.code, row.code) for row in rows[:FIELDS]]
    longest = max((row.pledges for row in rows), default=0)
    return FacetCard(
        tier=line.tier,
        facet=facet,
        bars=[
            _bar(by_code.get(code), label, _list_url(unit, line.tier, facet, key), longest)
            for code, label, key in names
        ],
        total=line.pledges.denominator,
        named=named.total,
        unnamed_url=_list_url(unit, line.tier, facet, "none"),
    )


def _bar(row: FacetCount | None, label: str, url: str, longest: int) -> Bar:
    if row is None:
        return Bar(label, 0, Rate(0, 0), 0, url, longest)
    return Bar(label, row.pledges, Rate(row.pledges_approved, row.pledges), row.done, url, longest)


def _list_url(unit: Unit, tier: Tier, facet: Facet, key: str) -> str:
    query = {"campaign": tier.campaign.code, "tier": tier.kind, str(facet): key}
    return f"{reverse('reports:pledges', args=[unit.code])}?{urlencode(query)}"
