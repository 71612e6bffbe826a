"""The rows of the cell's table: one a person in the cell's own order, read in a fixed number of queries."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.paginator import Page
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy

from cadres.models import Member, Membership, Unit, User
from cadres.views.paging import page_of
from pledges import queries
from pledges.actions.cell_entry import OVER
from pledges.forms.cell_grid import BLANK, COLUMNS, RowKey, missing, stored
from pledges.models import EventAction, Novelty, Pledge, PledgeEvent, PledgeTier, Tier
from pledges.permissions import lane_of, visible_pledges
from pledges.states import EDITABLE, PledgeStatus
from pledges.words import due_words, short_reason, status_words

# Five fields a row: so many rows that a form stays below DATA_UPLOAD_MAX_NUMBER_FIELDS.
PAGE = 250
COLUMN_WORDS: dict[str, Any] = {
    "": "",
    "title": gettext_lazy("Task registered"),
    "novelty": gettext_lazy("Kind"),
    "product": gettext_lazy("Result, product"),
    "due": gettext_lazy("Deadline"),
}


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something to be corrected: the id to go to, the column in words, the sentence."""

    anchor: str
    column: str
    text: str


@dataclass
class GridRow:
    """A person with the task that is typed or shown in his row; `more` counts his others.

    `raw` is what stands in the fields, `errors` what is wrong by column ("" for the whole row).
    `bound` says that `raw` was typed and is not saved; where the row cannot be typed in any more it
    is only shown. `newer` is what somebody else saved meanwhile.
    """

    no: int
    membership: Membership
    counted: bool
    pledge: Pledge | None = None
    more: int = 0
    reason: str = ""
    amended: bool = False
    editable: bool = False
    raw: Mapping[str, str] = field(default_factory=lambda: dict(BLANK))
    key: RowKey | None = None
    errors: dict[str, str] = field(default_factory=dict)
    bound: bool = False
    newer: Pledge | None = None

    @property
    def member(self) -> Member:
        """Who it is."""
        return self.membership.member

    @property
    def id(self) -> str:
        """The end of the ids and names of the row's fields."""
        return str(self.member.pk)

    @property
    def waits(self) -> bool:
        """Whether the row is sent with the list as it stands: a draft, or amended since it was returned."""
        drafted = self.pledge is not None and self.pledge.status == PledgeStatus.DRAFT
        return self.editable and (drafted or self.amended)

    @property
    def status(self) -> str:
        """The state of the task in words."""
        return status_words(self.pledge, self.pledge.tier) if self.pledge else ""

    @property
    def due(self) -> str:
        """The deadline of the task in words."""
        return due_words(self.pledge) if self.pledge else ""

    @property
    def newer_due(self) -> str:
        """The deadline in what somebody else saved."""
        return due_words(self.newer) if self.newer else ""

    @property
    def lacks(self) -> str:
        """Columns that are still empty in a row begun, in words; what is wrong says it by itself."""
        names = missing(self.raw) if self.editable and not self.errors else []
        return ", ".join(str(COLUMN_WORDS[name]) for name in names)

    @property
    def error(self) -> str:
        """What is wrong with the whole row."""
        return self.errors.get("", "")

    @property
    def lost(self) -> str:
        """What was typed in a row that takes nothing any more."""
        if not self.bound:
            return ""
        kinds = {str(code): str(label) for code, label in Novelty.choices}
        words = {**self.raw, "novelty": kinds.get(self.raw["novelty"], self.raw["novelty"])}
        return " · ".join(words[name] for name in COLUMNS if words[name])

    @property
    def problems(self) -> list[Problem]:
        """What is wrong, the whole row first, then column by column."""
        return [
            Problem(
                anchor=f"{column if column and self.editable else 'row'}-{self.id}",
                column=str(COLUMN_WORDS[column]),
                text=self.errors[column],
            )
            for column in ("", *COLUMNS)
            if column in self.errors
        ]

    def show(self, pledge: Pledge | None) -> None:
        """Let the row stand as it is saved."""
        self.pledge, self.key = pledge, RowKey.of(pledge if self.editable else None)
        self.raw = stored(pledge if self.editable else None)

    def take(self, raw: Mapping[str, str], key: RowKey | None, errors: Mapping[str, str]) -> None:
        """Let the row stand as it was typed."""
        self.raw, self.key, self.errors, self.bound = raw, key or self.key, dict(errors), True


@dataclass(frozen=True)
class Grid:
    """The table of a cell: the rows of one page, and the page."""

    rows: list[GridRow]
    page: Page[Membership]

    @property
    def editable(self) -> bool:
        """Whether anything on the page can be typed in."""
        return any(row.editable for row in self.rows)

    @property
    def wrong(self) -> list[GridRow]:
        """Rows that are to be corrected."""
        return [row for row in self.rows if row.errors]

    @property
    def by_member(self) -> dict[int, GridRow]:
        """The rows by the member's key."""
        return {row.member.pk: row for row in self.rows}


def read_grid(
    user: User,
    tier: Tier,
    cell: Unit,
    day: date,
    *,
    number: str | None = None,
    only: set[int] | None = None,
) -> Grid:
    """A page of the people who stand in the cell today, each with his task; `only` some of them."""
    people = Membership.objects.on(day).filter(unit=cell).select_related("member__unit")
    if only is not None:
        people = people.filter(member__in=only)
    page = page_of(people.order_by("member__position", "member__sort_key"), size=PAGE, number=number)
    counted = queries.counted_people(tier, day).filter(unit=cell)
    inside = set(counted.values_list("member_id", flat=True))
    rows = [
        GridRow(no, membership, membership.member_id in inside)
        for no, membership in enumerate(page.object_list, start=page.start_index() or 1)
    ]
    _add_pledges(user, rows, tier)
    for row in rows:
        row.editable = _editable(row, tier, day)
        row.show(row.pledge)
    return Grid(rows, page)


def _add_pledges(user: User, rows: list[GridRow], tier: Tier) -> None:
    """To each row the first task that may be typed in, else the first of all."""
    by_member = {row.member.pk: row for row in rows}
    events = PledgeEvent.objects.filter(pledge=OuterRef("pledge")).order_by("-seq")
    returns = events.filter(action=EventAction.RETURNED)
    places = (
        PledgeTier.objects.filter(tier=tier, member__in=list(by_member), pledge__in=visible_pledges(user))
        .exclude(pledge__status__in=OVER)
        .select_related("pledge__tier")
        .annotate(note=Subquery(returns.values("note")[:1]), last=Subquery(events.values("action")[:1]))
        .order_by("pledge_id")
    )
    for place in places:
        row = by_member[place.member_id or 0]
        first = row.pledge is None or (not _open(row.pledge, tier) and _open(place.pledge, tier))
        row.more += row.pledge is not None
        if first:
            row.pledge = place.pledge
            returned = place.pledge.status == PledgeStatus.RETURNED
            row.reason = short_reason(place.note or "") if returned else ""
            row.amended = returned and place.last == EventAction.EDITED


def _open(pledge: Pledge, tier: Tier) -> bool:
    """Whether the task may be typed in the table: in its author's hands and of this tier."""
    return pledge.status in EDITABLE and pledge.tier_id == tier.pk and not pledge.is_stub


def _editable(row: GridRow, tier: Tier, day: date) -> bool:
    if row.pledge is not None:
        return _open(row.pledge, tier)
    if tier.campaign.window_is_open(day):
        return True
    return tier.campaign.takes_late_entries(day) and lane_of(row.member, tier, day) is not None
