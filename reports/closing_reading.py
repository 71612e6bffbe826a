"""A closing opened as the live page is: the units of one tier with their figures, people and pledges."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language

from cadres.jobs import JobState
from cadres.models import Unit
from cadres.rates import Rate
from pledges.models import Campaign, PledgeVersion, Tier
from pledges.states import CampaignState
from reports.figures import BY_CODE
from reports.models import CampaignReopening, ClosedUnit, Closing, ClosingKind, UnitCount


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


def last_day(campaign: Campaign, day: date) -> date:
    """The day by which its people are judged now: the day it was closed, or `day` while it is not."""
    if campaign.state != CampaignState.CLOSED:
        return day
    ended = campaign.events.filter(to_state=CampaignState.CLOSED).order_by("-pk").first()
    return ended.on if ended else day


@dataclass(frozen=True)
class ClosedLine:
    """A unit as it was closed, with the figures that every page shows of it.

    `row` is a ClosedUnit, whose columns are named by CLOSED_MEASURES.
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


def names_of(closing: Closing, tier: Tier, units: set[int]) -> dict[int, str]:
    """The names of units as they were, each with the one above it, by key: two queries."""
    rows = ClosedUnit.objects.filter(closing=closing, tier=tier)
    found = list(rows.filter(unit__in=units).values_list("unit_id", "parent_id", "name"))
    above = rows.filter(unit__in={parent for _unit, parent, _name in found if parent})
    parents = dict(above.values_list("unit_id", "name"))
    return {unit: place_words(name, parents.get(parent or 0, "")) for unit, parent, name in found}


def definitions_of(closing: Closing, tier: Tier) -> list[dict[str, str]]:
    """How the figures of the tier were counted then, in the language of the page."""
    language = (get_language() or "vi")[:2]
    frozen = next(one for one in closing.definitions["tiers"] if one["tier"] == tier.pk)
    figures = closing.definitions["figures"]
    return [figures[code][language] | {"version": figures[code]["version"]} for code in frozen["figures"]]


@dataclass(frozen=True)
class AfterClose:
    """What the counts hold now beyond a closing, of one unit."""

    registered: int
    counted: int
    pledges: int
    done: int


def after_the_close(data: OpenedClosing) -> AfterClose:
    """How far the counts have moved on since the closing; one query, whatever the tree."""
    was = data.total.row
    row = UnitCount.objects.filter(tier=data.tier, unit=was.unit_id).first() or was
    moved = (getattr(row, name) - getattr(was, name) for name in ("registered", "counted", "pledges", "done"))
    return AfterClose(*moved)


def place_words(name: str, above: str) -> str:
    """A unit with the one above it: cells of many wards bear the same name."""
    return f"{name}, {above}" if above else name


def content_of(version: PledgeVersion | None) -> dict[str, Any]:
    """The content of a version; a pledge taken over without one has none."""
    return dict(version.content) if version is not None else {}


def closed_counts(unit: Unit, tiers: Iterable[Tier]) -> dict[int, ClosedUnit]:
    """The unit as it was closed in tiers of closed campaigns, by tier: one query, none without tiers."""
    keys = [tier.pk for tier in tiers]
    rows = ClosedUnit.objects.filter(unit=unit, tier__in=keys, closing__kind=ClosingKind.OFFICIAL)
    rows = rows.filter(closing__state=JobState.DONE).order_by("closing__taken_at")
    # The last closing is the one that speaks: a campaign that was opened again is closed on a later one.
    return {row.tier_id: row for row in rows} if keys else {}
