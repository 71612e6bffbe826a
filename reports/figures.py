"""The registry of figures: one definition, one computation, one number of decimals each.

A figure names the counts (`UnitCount`) of its numerator and denominator and the QuerySets of the
rows behind them; `reports` shows the number, the lists open the rows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cadres.rates import Rate
from pledges import queries
from pledges.models import Tier
from pledges.states import PledgeStatus
from reports.models import UnitCount

Rows = Callable[[Tier, date], QuerySet[Any]]


@dataclass(frozen=True)
class Figure:
    """One figure. `of_people` says whether its rows are memberships (else pledges or lists)."""

    code: str
    title: Any
    definition: Any
    numerator: str
    denominator: str
    numerator_rows: Rows
    denominator_rows: Rows
    decimals: int = 0
    version: int = 1
    of_people: bool = True

    def rate(self, row: UnitCount | None, *, own: bool = False) -> Rate:
        """The figure of a unit (with its sub-tree, or its own) from the counts kept."""
        prefix = "own_" if own else ""
        if row is None:
            return Rate(0, 0)
        return Rate(getattr(row, prefix + self.numerator), getattr(row, prefix + self.denominator))


def _people(tier: Tier, day: date) -> QuerySet[Any]:
    return queries.counted_people(tier, day)


def _approved_pledges(tier: Tier, _day: date) -> QuerySet[Any]:
    return queries.tier_pledges(tier).approved()


def _done_pledges(tier: Tier, day: date) -> QuerySet[Any]:
    return queries.tier_pledges(tier).filter(status=PledgeStatus.DONE)


FIGURES: tuple[Figure, ...] = (
    Figure(
        "registered",
        _("Registered"),
        _(
            "Members counted who lead at least one registered pledge (drafts, pledges not approved and "
            "withdrawn ones left out), of all members counted. Not counted: members exempt from work and "
            "activities, members temporarily active elsewhere. A member in transfer counts at the last unit."
        ),
        "registered",
        "counted",
        lambda tier, day: queries.with_registered(queries.counted_people(tier, day), tier),
        _people,
    ),
    Figure(
        "approved",
        _("Approved"),
        _("Members counted who lead at least one approved pledge, of all members counted."),
        "approved",
        "counted",
        lambda tier, day: queries.with_approved(queries.counted_people(tier, day), tier),
        _people,
    ),
    Figure(
        "met_quota",
        _("Met the quota"),
        _(
            "Members counted with at least as many approved pledges as the quota asks, "
            "of all members counted."
        ),
        "met_quota",
        "counted",
        lambda tier, day: queries.with_quota(queries.counted_people(tier, day), tier),
        _people,
    ),
    Figure(
        "completed",
        _("Completed"),
        _("Pledges whose final result is done, of all approved pledges."),
        "done",
        "pledges_approved",
        _done_pledges,
        _approved_pledges,
        decimals=1,
        of_people=False,
    ),
    Figure(
        "on_time",
        _("Completed on time"),
        _("Pledges done on time, of all approved pledges."),
        "on_time",
        "pledges_approved",
        lambda tier, day: _done_pledges(tier, day).filter(progress__is_final=True, progress__on_time=True),
        _approved_pledges,
        decimals=1,
        of_people=False,
    ),
    Figure(
        "beyond_target",
        _("Beyond target"),
        _("Pledges done beyond their target, of all approved pledges."),
        "beyond_target",
        "pledges_approved",
        lambda tier, day: _done_pledges(tier, day).filter(
            progress__is_final=True, progress__beyond_target=True
        ),
        _approved_pledges,
        decimals=1,
        of_people=False,
    ),
    Figure(
        "late",
        _("Late"),
        _(
            "Approved pledges past their deadline and neither reported nor evaluated, "
            "of all approved pledges."
        ),
        "late",
        "pledges_approved",
        lambda tier, day: queries.late(queries.tier_pledges(tier), day),
        _approved_pledges,
        decimals=1,
        of_people=False,
    ),
    Figure(
        "cells_sent",
        _("Cells that sent their list"),
        _(
            "Cells whose registration list was sent to the level above after the cell's meeting, "
            "of all cells."
        ),
        "cells_sent",
        "cells",
        lambda tier, _day: queries.cells_of(tier).filter(sent_lists__tier=tier),
        lambda tier, _day: queries.cells_of(tier),
        of_people=False,
    ),
)

BY_CODE = {figure.code: figure for figure in FIGURES}


def figures_of(tier: Tier) -> tuple[Figure, ...]:
    """Figures that make sense in the tier: rates of people only where people are counted."""
    if tier.has_rate:
        return FIGURES
    return tuple(figure for figure in FIGURES if not figure.of_people and figure.code != "cells_sent")
