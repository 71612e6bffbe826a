"""The rows of two years beside each other: one function makes them; page and workbook show them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import BinaryIO

from django.utils.translation import gettext as _

from cadres.models import Unit
from cadres.rates import Rate
from cadres.templatetags.display import rate_text
from pledges.models import Tier
from reports.figures import Figure, footnotes
from reports.writers.sheet import Column, write_table
from reports.years import Comparison, Line
from reports.years_words import tie_words


@dataclass(frozen=True)
class Row:
    """A line of the comparison in one figure."""

    line: Line
    before: Rate | None
    after: Rate | None
    points: Decimal | None
    pledges: tuple[int, int]
    note: str

    @property
    def more(self) -> int:
        """How many more tasks than before."""
        return self.pledges[1] - self.pledges[0]

    @property
    def place(self) -> str:
        """Where it stands in the tree, now or then."""
        return (self.line.after or self.line.before)[0].path

    @property
    def is_empty(self) -> bool:
        """Whether neither year has anything of it."""
        return not any(self.pledges) and not any(
            rate and rate.denominator for rate in (self.before, self.after)
        )


def share(rate: Rate | None) -> Decimal | None:
    """What rates are sorted by; None where there is no data."""
    return rate.percent(2) if rate else None


def row_of(found: Comparison, line: Line, figure: Figure) -> Row:
    """One line in the figure."""
    pledges = (line.pledges(after=False), line.pledges(after=True))
    before, after = line.rate(figure, after=False), line.rate(figure, after=True)
    note = tie_words(line, found.before.tier.campaign.year)
    return Row(line, before, after, line.points(figure), pledges, note)


def rows_of(found: Comparison, figure: Figure) -> tuple[list[Row], int]:
    """The lines in the figure that have anything, and how many have nothing in either year."""
    every = [row_of(found, line, figure) for line in found.lines]
    rows = [row for row in every if not row.is_empty]
    return rows, len(every) - len(rows)


def write_years(file: BinaryIO, unit: Unit, found: Comparison, figure: Figure, at: str) -> int:
    """The workbook of a comparison, in the order of the tree, the unit itself last; returns its rows."""
    then, now = (side.tier.campaign for side in (found.before, found.after))
    total = row_of(found, found.total, figure)
    rows = sorted(rows_of(found, figure)[0], key=lambda row: row.place)
    return write_table(
        file,
        title_lines=[
            _("%(then)s and %(now)s") % {"then": then.year, "now": now.year} + f": {unit.name}",
            f"{then.title} · {now.title}",
            f"{figure.title}: {rate_text(total.before, 1)} → {rate_text(total.after, 1)}",
            at,
        ],
        columns=_columns(found.after.tier, then.year, now.year),
        rows=(_cells(no, row) for no, row in enumerate(rows, start=1)),
        total=["", unit.name, *_cells(0, total)[2:]],
        foot=footnotes([figure]),
        sheet_name=_("Years"),
    )


def _columns(tier: Tier, then: int, now: int) -> list[Column]:
    pledges = _("Number of undertakings") if tier.is_listed else _("Tasks")
    years = [
        [Column(f"{words} {year}", 14, "int") for words in (_("Figure"), _("Of"))]
        + [Column(f"% {year}", 10, "number")]
        for year in (then, now)
    ]
    return [
        Column(_("No."), 6, "int"),
        Column(_("Organisation"), 40),
        Column(_("Organisations then, where they are others"), 40),
        *years[0],
        *years[1],
        Column(_("Difference, percentage points"), 14, "number"),
        Column(f"{pledges} {then}", 12, "int"),
        Column(f"{pledges} {now}", 12, "int"),
        Column(_("Note"), 50),
    ]


def _cells(no: int, row: Row) -> list[object]:
    cells: list[object] = [no, row.line.name, row.line.names_before]
    for rate in (row.before, row.after):
        cells += [rate.numerator, rate.denominator, rate.percent(1)] if rate else [None, None, None]
    return [*cells, row.points, *row.pledges, row.note]
