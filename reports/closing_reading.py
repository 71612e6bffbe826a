"""A closing opened as the live page is: the units of one tier with their figures, people and pledges."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from cadres.jobs import JobState
from cadres.models import Unit
from cadres.rates import Rate
from pledges.models import Campaign, PledgeVersion, Tier
from pledges.states import CampaignState
from reports.figures import BY_CODE
from reports.models import (
    CampaignReopening,
    ClosedPerson,
    ClosedPledge,
    ClosedUnit,
    Closing,
    ClosingKind,
)


def last_official(campaign: Campaign) -> Closing | None:
    """The finished official closing that speaks for the campaign: the last since it was opened again."""
    found = Closing.objects.filter(campaign=campaign, kind=ClosingKind.OFFICIAL, state=JobState.DONE)
    opened_again = CampaignReopening.objects.filter(campaign=campaign).order_by("-at").first()
    if opened_again is not None:
        found = found.filter(taken_at__gt=opened_again.at)
    return found.order_by("-taken_at").first()


def speaking_for(campaign: Campaign) -> Closing | None:
    """The closing whose figures are those of the campaign: none while it is not closed."""
    return last_official(campaign) if campaign.state == CampaignState.CLOSED else None


@dataclass(frozen=True)
class ClosedLine:
    """A unit as it was closed, with the figures that every page shows of it.

    `row` is a ClosedUnit, whose columns are named by MEASURES.
    """

    row: Any

    @property
    def unit(self) -> Unit:
        """The unit; its name on the page is `name`, as it was then."""
        unit: Unit = self.row.unit
        return unit

    @property
    def name(self) -> str:
        """The name as it was."""
        return str(self.row.name)

    @property
    def registered(self) -> Rate:
        """People registered of people counted."""
        return BY_CODE["registered"].rate(self.row)

    @property
    def approved(self) -> Rate:
        """People approved of people counted."""
        return BY_CODE["approved"].rate(self.row)

    @property
    def completed(self) -> Rate:
        """Pledges done of pledges approved."""
        return BY_CODE["completed"].rate(self.row)

    @property
    def cells(self) -> Rate:
        """Cells that sent of cells."""
        return BY_CODE["cells_sent"].rate(self.row)

    @property
    def missing(self) -> int:
        """People counted who had not registered."""
        return self.registered.rest

    @property
    def not_counted(self) -> int:
        """People not counted, exempt or away."""
        return int(self.row.exempt + self.row.away)


@dataclass(frozen=True)
class OpenedClosing:
    """One unit in one tier of a closing, and the units that stood directly below it."""

    closing: Closing
    tier: Tier
    total: ClosedLine
    lines: list[ClosedLine]

    @property
    def own(self) -> ClosedLine | None:
        """What stood in the unit itself beside its units below, where that is something."""
        row = self.total.row
        if not self.lines or not any(getattr(row, f"own_{name}") for name in ("counted", "exempt", "away")):
            return None
        return self.total


def open_unit(closing: Closing, tier: Tier, unit: Unit) -> OpenedClosing | None:
    """The unit as it was closed; None when the closing does not have it. One query."""
    rows = ClosedUnit.objects.filter(Q(unit=unit) | Q(parent=unit), closing=closing, tier=tier)
    lines = [ClosedLine(row) for row in rows.select_related("unit").order_by("path")]
    total = next((line for line in lines if line.row.unit_id == unit.pk), None)
    if total is None:
        return None
    return OpenedClosing(closing, tier, total, [line for line in lines if line is not total])


def people(closing: Closing, tier: Tier, path: str) -> dict[str, QuerySet[ClosedPerson]]:
    """The lists of people of a sub-tree, by the key of the page's address."""
    rows = ClosedPerson.objects.filter(closing=closing, tier=tier, path__startswith=path)
    counted = rows.filter(counted=True)
    return {
        "missing": counted.filter(registered=0),
        "registered": counted.filter(registered__gt=0),
        "approved": counted.filter(approved__gt=0),
        "counted": counted,
        "not_counted": rows.filter(counted=False),
    }


def how_many(line: ClosedLine) -> dict[str, int]:
    """The numbers of those lists, from the counts that were closed."""
    row = line.row
    return {
        "missing": row.counted - row.registered,
        "registered": row.registered,
        "approved": row.approved,
        "counted": row.counted,
        "not_counted": line.not_counted,
    }


def pledges(closing: Closing, tier: Tier, path: str) -> QuerySet[ClosedPledge]:
    """The pledges of a sub-tree as they stood, each with the version that tells its content."""
    rows = ClosedPledge.objects.filter(closing=closing, tier=tier, path__startswith=path)
    return rows.select_related("version", "pledge").order_by("path", "pledge_id")


def names_of(closing: Closing, tier: Tier, units: set[int]) -> dict[int, str]:
    """The names of units as they were, each with the one above it, by key: two queries."""
    rows = ClosedUnit.objects.filter(closing=closing, tier=tier)
    found = list(rows.filter(unit__in=units).values_list("unit_id", "parent_id", "name"))
    above = rows.filter(unit__in={parent for _unit, parent, _name in found if parent})
    parents = dict(above.values_list("unit_id", "name"))
    return {unit: place_words(name, parents.get(parent or 0, "")) for unit, parent, name in found}


def place_words(name: str, above: str) -> str:
    """A unit with the one above it: cells of many wards bear the same name."""
    return f"{name}, {above}" if above else name


def content_of(version: PledgeVersion | None) -> dict[str, Any]:
    """The content of a version; a pledge taken over without one has none."""
    return dict(version.content) if version is not None else {}
