"""The registry of figures: one definition, one computation, one number of decimals each.

A figure names the counts (`UnitCount`) of its numerator and denominator and the QuerySets of the
rows behind them; `reports` shows the number, the lists open the rows. A figure whose definition
changes gets the next version: what was signed under an older one names that one.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from cadres.rates import Rate
from cadres.templatetags.display import number
from pledges import queries
from pledges.models import Tier
from reports.models import UnitCount

Rows = Callable[[Tier, date], QuerySet[Any]]


class Kind(StrEnum):
    """What the rows of a figure are: memberships, pledges, or cells."""

    PEOPLE = "people"
    PLEDGES = "pledges"
    CELLS = "cells"


@dataclass(frozen=True)
class Figure:
    """One figure. `exclusions` says who or what does not count; `missing` names the rest of its rows.

    `rest_rows` are those rows where a shorter question gives them: who have not registered.
    """

    code: str
    title: Any
    definition: Any
    exclusions: Any
    missing: Any
    kind: Kind
    numerator: str
    denominator: str
    numerator_rows: Rows
    denominator_rows: Rows
    rest_rows: Rows | None = None
    decimals: int = 0
    version: int = 1

    def rate(self, row: UnitCount | None, *, own: bool = False) -> Rate:
        """The figure of a unit (with its sub-tree, or its own) from the counts kept."""
        prefix = "own_" if own else ""
        if row is None:
            return Rate(0, 0)
        return Rate(getattr(row, prefix + self.numerator), getattr(row, prefix + self.denominator))

    @property
    def rounding(self) -> str:
        """How its per cent is rounded."""
        if not self.decimals:
            return gettext("Rounded to whole percents, half up; what is not whole is never shown as 100%.")
        words = ngettext(
            "Rounded to %(decimals)s decimal, half up; what is not whole is never shown as 100%%.",
            "Rounded to %(decimals)s decimals, half up; what is not whole is never shown as 100%%.",
            self.decimals,
        )
        return words % {"decimals": number(self.decimals)}

    @property
    def defined(self) -> str:
        """The definition as it stands below a table, with the version that was counted by."""
        words = gettext("%(title)s (definition, version %(version)s): %(definition)s")
        return words % {
            "title": self.title,
            "definition": self.definition,
            "version": number(self.version),
        }


_NOT_COUNTED = _(
    "Not counted: members whose standing the campaign leaves out, as a rule those exempt from work and "
    "activities and those temporarily active elsewhere; their tasks are kept outside the rate. "
    "A member in transfer counts at the last unit."
)
_NOT_APPROVED = _(
    "Not counted: tasks registered and not yet approved, returned, not approved or withdrawn, and drafts. "
    "A task counts once in each group of people it belongs to; groups are never added up."
)


def _people(tier: Tier, day: date) -> QuerySet[Any]:
    return queries.counted_people(tier, day)


def _approved_pledges(tier: Tier, _day: date) -> QuerySet[Any]:
    return queries.tier_pledges(tier).approved()


FIGURES: tuple[Figure, ...] = (
    Figure(
        code="registered",
        title=_("Registered"),
        definition=_(
            "Members counted who lead at least one registered pledge (drafts, pledges not approved and "
            "withdrawn ones left out), of all members counted."
        ),
        exclusions=_NOT_COUNTED,
        missing=_("Not registered yet"),
        kind=Kind.PEOPLE,
        numerator="registered",
        denominator="counted",
        numerator_rows=lambda tier, day: queries.with_registered(queries.counted_people(tier, day), tier),
        denominator_rows=_people,
        rest_rows=lambda tier, day: queries.without_registered(queries.counted_people(tier, day), tier),
    ),
    Figure(
        code="approved",
        title=_("Approved"),
        definition=_("Members counted who lead at least one approved pledge, of all members counted."),
        exclusions=_NOT_COUNTED,
        missing=_("Nothing approved yet"),
        kind=Kind.PEOPLE,
        numerator="approved",
        denominator="counted",
        numerator_rows=lambda tier, day: queries.with_approved(queries.counted_people(tier, day), tier),
        denominator_rows=_people,
    ),
    Figure(
        code="met_quota",
        title=_("Met the quota"),
        definition=_(
            "Members counted with at least as many approved pledges as the quota asks, "
            "of all members counted."
        ),
        exclusions=_NOT_COUNTED,
        missing=_("Below the quota"),
        kind=Kind.PEOPLE,
        numerator="met_quota",
        denominator="counted",
        numerator_rows=lambda tier, day: queries.with_quota(queries.counted_people(tier, day), tier),
        denominator_rows=_people,
    ),
    Figure(
        code="completed",
        title=_("Completed"),
        definition=_("Pledges whose final result is done, of all approved pledges."),
        exclusions=_NOT_APPROVED,
        missing=_("Not completed"),
        kind=Kind.PLEDGES,
        numerator="done",
        denominator="pledges_approved",
        numerator_rows=lambda tier, _day: queries.done(queries.tier_pledges(tier)),
        denominator_rows=_approved_pledges,
        decimals=1,
    ),
    Figure(
        code="on_time",
        title=_("Completed on time"),
        definition=_("Pledges done on time, of all approved pledges."),
        exclusions=_NOT_APPROVED,
        missing=_("Not completed on time"),
        kind=Kind.PLEDGES,
        numerator="on_time",
        denominator="pledges_approved",
        numerator_rows=lambda tier, _day: queries.done_on_time(queries.tier_pledges(tier)),
        denominator_rows=_approved_pledges,
        decimals=1,
    ),
    Figure(
        code="beyond_target",
        title=_("Beyond target"),
        definition=_("Pledges done beyond their target, of all approved pledges."),
        exclusions=_NOT_APPROVED,
        missing=_("Not beyond target"),
        kind=Kind.PLEDGES,
        numerator="beyond_target",
        denominator="pledges_approved",
        numerator_rows=lambda tier, _day: queries.done_beyond_target(queries.tier_pledges(tier)),
        denominator_rows=_approved_pledges,
        decimals=1,
    ),
    Figure(
        code="late",
        title=_("Late"),
        definition=_(
            "Approved pledges past their deadline and neither reported nor evaluated, "
            "of all approved pledges."
        ),
        exclusions=_NOT_APPROVED,
        missing=_("Not late"),
        kind=Kind.PLEDGES,
        numerator="late",
        denominator="pledges_approved",
        numerator_rows=lambda tier, day: queries.late(queries.tier_pledges(tier), day),
        denominator_rows=_approved_pledges,
        decimals=1,
    ),
    Figure(
        code="stuck",
        title=_("Stuck"),
        definition=_(
            "Approved pledges, neither reported nor evaluated, with an obstacle that has not been removed, "
            "of all approved pledges."
        ),
        exclusions=_NOT_APPROVED,
        missing=_("Not stuck"),
        kind=Kind.PLEDGES,
        numerator="stuck",
        denominator="pledges_approved",
        numerator_rows=lambda tier, _day: queries.stuck(queries.tier_pledges(tier)),
        denominator_rows=_approved_pledges,
        decimals=1,
    ),
    Figure(
        code="cells_sent",
        title=_("Cells that sent their list"),
        definition=_(
            "Cells whose registration list was sent to the level above after the cell's meeting, "
            "of all cells."
        ),
        exclusions=_("Not counted: cells that were merged or dissolved."),
        missing=_("List not sent yet"),
        kind=Kind.CELLS,
        numerator="cells_sent",
        denominator="cells",
        numerator_rows=lambda tier, _day: queries.cells_that_sent(tier),
        denominator_rows=lambda tier, _day: queries.cells_of(tier),
        decimals=1,
    ),
)

BY_CODE = {figure.code: figure for figure in FIGURES}


def figures_of(tier: Tier) -> tuple[Figure, ...]:
    """Figures that make sense in the tier: rates of people only where people are counted."""
    if tier.has_rate:
        return FIGURES
    return tuple(figure for figure in FIGURES if figure.kind == Kind.PLEDGES)


def figure_lines(tier: Tier, row: UnitCount | None) -> list[tuple[Figure, Rate]]:
    """All figures of a unit in a tier: what every page, workbook and document shows of them."""
    return [(figure, figure.rate(row)) for figure in figures_of(tier)]


def footnotes(figures: Iterable[Figure]) -> list[str]:
    """What stands below figures on paper: each definition, then once each what does not count."""
    shown = list(figures)
    return [*(figure.defined for figure in shown), *dict.fromkeys(str(figure.exclusions) for figure in shown)]
