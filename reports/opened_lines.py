"""The lines of an opened number: one function makes them; page, paper and workbook show them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.utils.translation import gettext as _

from cadres.models import Member, Rank, Unit
from cadres.templatetags.display import day as day_words
from cadres.templatetags.display import number
from cadres.templatetags.display import rate_text as rate
from pledges import queries
from pledges.models import Obstacle, Pledge, SentList, Tier
from pledges.sent import as_sent
from pledges.words import due_words, status_words
from reports.figures import Kind, footnotes
from reports.models import UnitCount
from reports.opened import Opened, Part, part_title
from reports.writers.plain import write_plain
from reports.writers.sheet import Column, write_table


@dataclass(frozen=True)
class Line:
    """A person with what he registered, a pledge with its lead, or a cell with the day of its list."""

    unit: Unit
    person: Member | None = None
    rank: str = ""
    reason: str = ""
    pledges: tuple[Pledge, ...] = ()
    sent_on: date | None = None
    # What stands in the way of a stuck pledge, each with the days for which it has stood.
    obstacles: tuple[tuple[Obstacle, int], ...] = ()


def with_names(opened: Opened, rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows with what their lines tell, in a fixed number of queries."""
    if opened.figure.kind == Kind.PEOPLE:
        return rows.select_related("member", "unit__parent")
    if opened.figure.kind == Kind.PLEDGES:
        rows = rows.select_related("lead_member", "unit__parent").prefetch_related("progress")
        standing = Prefetch("obstacles", Obstacle.objects.open().select_related("asked"), to_attr="standing")
        return rows.prefetch_related(standing) if tells_obstacles(opened) else rows
    sent = SentList.objects.filter(tier=opened.tier, unit=OuterRef("pk")).order_by().values("sent_on")
    return rows.select_related("parent").annotate(sent_on=Subquery(sent))


def lines_of(opened: Opened, rows: list[Any]) -> list[Line]:
    """One line a row; `rows` from `with_names`."""
    if opened.figure.kind == Kind.PLEDGES:
        as_sent(rows)
        return [_pledge_line(opened, row) for row in rows]
    if opened.figure.kind == Kind.CELLS:
        return [Line(row, sent_on=row.sent_on) for row in rows]
    pledges = _pledges_of([row.member_id for row in rows], opened.tier)
    left_out = opened.part == Part.LEFT_OUT
    return [
        Line(
            row.unit,
            person=row.member,
            rank=row.get_rank_display() if row.rank == Rank.PROBATIONARY else "",
            reason=row.get_standing_display() if left_out else "",
            pledges=tuple(pledges.get(row.member_id, ())),
        )
        for row in rows
    ]


def _pledge_line(opened: Opened, row: Any) -> Line:
    standing = row.standing if tells_obstacles(opened) else ()
    obstacles = tuple((one, one.days(opened.day)) for one in standing)
    return Line(row.unit, person=row.lead_member, pledges=(row,), obstacles=obstacles)


def _pledges_of(members: list[int], tier: Tier) -> dict[int, list[Pledge]]:
    found: dict[int, list[Pledge]] = {}
    for start in range(0, len(members), 500):
        some = queries.tier_pledges(tier).registered().filter(lead_member__in=members[start : start + 500])
        pledges = list(some.order_by("pk"))
        as_sent(pledges)
        for pledge in pledges:
            assert pledge.lead_member_id is not None
            found.setdefault(pledge.lead_member_id, []).append(pledge)
    return found


def title_of(opened: Opened) -> str:
    """What the list is: its part of the figure."""
    return part_title(opened.figure, opened.part)


@dataclass(frozen=True)
class Listed:
    """A list to be taken out: its own number of rows and its time above them, its definition below."""

    opened: Opened
    row: UnitCount | None
    lines: Iterable[Line]
    count: int
    at: str

    @property
    def titles(self) -> list[str]:
        """What stands above the rows."""
        opened, figure = self.opened, self.opened.figure
        told = _("%(rows)s rows at %(moment)s") % {"rows": number(self.count), "moment": self.at}
        return [
            title_of(opened),
            f"{opened.unit.name} · {opened.tier.campaign.title}",
            f"{figure.title}: {rate(figure.rate(self.row, own=opened.own), figure.decimals)}",
            told,
        ]

    @property
    def rows(self) -> Iterator[list[object]]:
        """The cells of each line, numbered."""
        return (_cells(self.opened, no, line) for no, line in enumerate(self.lines, start=1))


def write_list(file: BinaryIO, listed: Listed) -> int:
    """Write the workbook of a list; returns its rows."""
    return write_table(
        file,
        title_lines=listed.titles,
        columns=_columns(listed.opened),
        rows=listed.rows,
        foot=footnotes([listed.opened.figure]),
        sheet_name=_("List"),
    )


def write_plain_list(file: BinaryIO, listed: Listed) -> int:
    """Write the list as CSV: what a sheet of Excel cannot hold; returns its rows."""
    return write_plain(
        file,
        title_lines=listed.titles,
        columns=_columns(listed.opened),
        rows=listed.rows,
        foot=footnotes([listed.opened.figure]),
    )


def _columns(opened: Opened) -> list[Column]:
    if opened.figure.kind == Kind.CELLS:
        return [Column(_("No."), 6, "int"), *_place_columns(), Column(_("List sent on"), 14, "date")]
    why = [Column(_("Why not counted"), 26)] if tells_why(opened) else []
    stuck = _obstacle_columns() if tells_obstacles(opened) else []
    return [*lead_columns(), *why, *task_columns(opened.tier), *stuck]


def tells_obstacles(opened: Opened) -> bool:
    """Whether its lines tell who holds what up, since when and how often he was asked."""
    return opened.part == Part.NUMERATOR and opened.figure.code == "stuck"


def _obstacle_columns() -> list[Column]:
    return [
        Column(_("What stands in the way"), 56),
        Column(_("Who is asked to remove it"), 34),
        Column(_("Since"), 14),
        Column(_("Days"), 10),
        Column(_("Times asked"), 12),
    ]


def _obstacle_cells(line: Line) -> list[object]:
    """One line in each an obstacle."""
    told = [
        (one.text, one.holder, day_words(one.since), number(days), number(one.asked_times))
        for one, days in line.obstacles
    ]
    return ["\n".join(column) for column in zip(*told, strict=True)]


def tells_why(opened: Opened) -> bool:
    """Whether the list says of each person why he is not counted."""
    return opened.part == Part.LEFT_OUT and opened.figure.kind == Kind.PEOPLE


def _place_columns() -> list[Column]:
    return [Column(_("Organisation"), 30), Column(_("Level above"), 30)]


def lead_columns() -> list[Column]:
    """Who: a number, the person, the organisation."""
    who = [Column(_("No."), 6, "int"), Column(_("Member"), 28), Column(_("Born"), 8, "number")]
    return [*who, *_place_columns()]


def task_columns(tier: Tier) -> list[Column]:
    """What was registered, until when, and how it stands."""
    return [
        Column(_("Registered undertakings") if tier.is_listed else _("Registered task"), 56),
        Column(_("Product"), 30),
        Column(_("Deadline"), 14),
        Column(_("State"), 24),
    ]


def _cells(opened: Opened, no: int, line: Line) -> list[object]:
    if opened.figure.kind == Kind.CELLS:
        return [no, *_place_cells(line), line.sent_on]
    why = [line.reason] if tells_why(opened) else []
    stuck = _obstacle_cells(line) if tells_obstacles(opened) else []
    return [*lead_cells(no, line), *why, *task_cells(line, opened.tier), *stuck]


def _place_cells(line: Line) -> list[object]:
    return [line.unit.name, line.unit.parent.name if line.unit.parent else ""]


def lead_cells(no: int, line: Line) -> list[object]:
    """The cells of `lead_columns`."""
    person = line.person
    return [no, person.name if person else "", person.birth_year if person else None, *_place_cells(line)]


def task_cells(line: Line, tier: Tier) -> list[object]:
    """The cells of `task_columns`, one line in each a pledge."""
    return [
        "\n".join(pledge.title for pledge in line.pledges),
        "\n".join(pledge.product for pledge in line.pledges),
        "\n".join(due_words(pledge) for pledge in line.pledges),
        "\n".join(status_words(pledge, tier) for pledge in line.pledges),
    ]
