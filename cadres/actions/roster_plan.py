"""What a roster would change: compared with the database, nothing written.

Who stands in a cell that the list names, but not in the list, is reported as missing and left as he is.
A list older than what it would change is refused as a whole.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol

from django.utils.translation import gettext as _

from cadres.actions.posts import parse_posts
from cadres.actions.roster_match import Line, Matcher, Matching, RowProblem
from cadres.actions.units import Names, find_units, folded
from cadres.models import OfficeKind, Unit, UnitKind
from cadres.queries.roster import (
    Known,
    Post,
    members_by_card,
    members_of_units,
    members_without_card,
    posts_in,
    posts_of,
    unit_starts,
)


class RosterError(ValueError):
    """A roster that is refused as a whole; the message is for people."""


class Sheet(Protocol):
    """What of a workbook the plan needs: the usable rows, and what could be read of the refused ones."""

    @property
    def lines(self) -> Sequence[Line]: ...
    @property
    def refused_lines(self) -> Sequence[Line]: ...


class Change(StrEnum):
    """What becomes of a person of the list."""

    CREATED = "created"
    MOVED = "moved"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Entry:
    """A usable row, the member it speaks of (None: a new one), and which columns differ."""

    line: Line
    known: Known | None
    differs: frozenset[str]
    posts: frozenset[OfficeKind] = frozenset()
    posts_understood: bool = True

    @property
    def change(self) -> Change:
        """The one thing it counts as. A member who had left and is listed again is new to the list."""
        if self.known is None or self.known.start is None:
            return Change.CREATED
        if "unit" in self.differs:
            return Change.MOVED
        return Change.CHANGED if self.differs - {"position"} else Change.UNCHANGED


@dataclass
class CellPlan:
    """What happens in one cell of the list."""

    names: Names
    entries: list[Entry] = field(default_factory=list)
    posts_to_start: list[tuple[Entry, OfficeKind]] = field(default_factory=list)
    posts_to_end: list[Post] = field(default_factory=list)

    @property
    def writes(self) -> bool:
        """Whether anything in the cell is to be written."""
        return bool(
            self.posts_to_start
            or self.posts_to_end
            or any(entry.known is None or entry.differs for entry in self.entries)
        )


@dataclass
class Plan:
    """What a roster of `host` as of a day would change."""

    host: Unit
    as_of: date
    units: Sequence[tuple[Names, UnitKind]]
    new_units: list[tuple[Names, UnitKind]] = field(default_factory=list)
    cells: dict[Names, CellPlan] = field(default_factory=dict)
    missing: list[Known] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)

    def entries(self, change: Change) -> list[Entry]:
        """People of the list to whom this happens."""
        return [entry for cell in self.cells.values() for entry in cell.entries if entry.change == change]

    @property
    def refused(self) -> set[int]:
        """Rows that are left out."""
        return {problem.row for problem in self.problems if problem.refuses}

    @property
    def people(self) -> int:
        """Usable rows."""
        return sum(len(cell.entries) for cell in self.cells.values())

    def counts(self) -> dict[str, int]:
        """What would be written, in numbers."""
        numbers = {change.value: len(self.entries(change)) for change in Change}
        return numbers | {
            "missing": len(self.missing),
            "units_created": len(self.new_units),
            "offices_started": sum(len(cell.posts_to_start) for cell in self.cells.values()),
            "offices_ended": sum(len(cell.posts_to_end) for cell in self.cells.values()),
        }


def plan_roster(
    host: Unit, sheet: Sheet, *, units: Sequence[tuple[Names, UnitKind]], as_of: date, today: date
) -> Plan:
    """Compare a roster with the database. `units` are the organisations the list names, parents first.

    Raises RosterError when the list speaks of a day that has not come, or is older than what it would change.
    """
    if as_of > today:
        raise RosterError(_("The list speaks of a day that has not come yet"))
    plan = Plan(host, as_of, units)
    in_force = find_units(host, [names for names, _kind in units])
    plan.new_units = [(names, kind) for names, kind in units if folded(names) not in in_force]
    keys = _keys([*sheet.lines, *sheet.refused_lines], in_force)
    inside = members_of_units(unit.pk for unit in in_force.values())
    matching = _match(host, sheet, keys, inside)
    plan.problems = matching.problems
    _enter(plan, sheet.lines, matching, keys)
    certain = {known.pk for known in matching.found.values()}
    plan.missing = [known for known in inside if known.pk not in matching.seen | certain]
    if any(
        line.post for line in (*sheet.lines, *sheet.refused_lines)
    ):  # else the list does not tell of posts
        _plan_posts(plan, keys, unsure=matching.seen - certain)
    _refuse_older(plan, in_force)
    plan.problems.sort(key=lambda problem: problem.row)
    return plan


def _keys(lines: Iterable[Line], in_force: Mapping[Names, Unit]) -> dict[Names, int]:
    """Path as the list writes it → key of the cell, where it exists."""
    paths = {line.unit_path for line in lines}
    return {path: in_force[folded(path)].pk for path in paths if folded(path) in in_force}


def _match(host: Unit, sheet: Sheet, keys: dict[Names, int], inside: list[Known]) -> Matching:
    here = {known.card_number for known in inside}
    lines = (*sheet.lines, *sheet.refused_lines)
    cards = {line.card_number for line in lines if line.card_number} - here
    known = [*inside, *members_by_card(card for card in cards if card)]
    matcher = Matcher(host, keys, known)
    return matcher.match(sheet.lines, sheet.refused_lines, members_without_card(host))


def _enter(plan: Plan, lines: Iterable[Line], matching: Matching, keys: dict[Names, int]) -> None:
    """Sort the usable rows into their cells."""
    for names, _kind in plan.units:
        plan.cells.setdefault(names, CellPlan(names))
    for line in lines:
        known = matching.found.get(line.row)
        if known is None and line.row not in matching.new:
            continue  # a problem of the row says why
        posts, understood = parse_posts(line.post)
        if not understood:
            message = _("The post “%(post)s” is not known; the person is taken without it")
            words = message % {"post": line.post[:60]}
            plan.problems.append(RowProblem(line.row, "post", "post", words, refuses=False))
        differs = _differences(line, known, keys.get(line.unit_path)) if known else frozenset()
        plan.cells[line.unit_path].entries.append(Entry(line, known, differs, posts, understood))


def _differences(line: Line, known: Known, unit_id: int | None) -> frozenset[str]:
    """Columns in which list and database differ; an empty cell of the list takes nothing away."""
    pairs = {
        "unit": (unit_id, known.unit_id),
        "rank": (line.rank, known.rank),
        "standing": (line.standing, known.standing),
        "name": ((line.family_names, line.given_name), (known.family_names, known.given_name)),
        "birth_year": (line.birth_year or known.birth_year, known.birth_year),
        "card_number": (line.card_number or known.card_number, known.card_number),
        "position": (line.position, known.position),
    }
    differs = {name for name, (theirs, ours) in pairs.items() if theirs != ours}
    return frozenset(differs | ({"membership"} if known.start is None else set()))


def _plan_posts(plan: Plan, keys: dict[Names, int], *, unsure: set[int]) -> None:
    """Posts that the list states begin; those of its cells that it no longer states end.

    Whoever stands in a refused row, or with a post that was not understood, keeps what he has.
    """
    in_force = posts_in(keys.values())
    held = {(post.member_id, post.unit_id, post.kind) for post in in_force}
    stated: set[tuple[int, int, str]] = set()
    for cell in plan.cells.values():
        unit_id = keys.get(cell.names, 0)
        for entry in cell.entries:
            pk = entry.known.pk if entry.known else 0
            stated |= {(pk, unit_id, kind) for kind in entry.posts}
            if not entry.posts_understood:
                unsure.add(pk)
            cell.posts_to_start += [
                (entry, kind) for kind in sorted(entry.posts) if (pk, unit_id, kind) not in held
            ]
    names = {unit_id: names for names, unit_id in keys.items()}
    for post in in_force:
        if (post.member_id, post.unit_id, post.kind) not in stated and post.member_id not in unsure:
            plan.cells[names[post.unit_id]].posts_to_end.append(post)
    _end_posts_left(plan, names)


def _end_posts_left(plan: Plan, names: Mapping[int, Names]) -> None:
    """Who moves to a cell of the list leaves the posts of a cell that the list does not name."""
    moved = {entry.known.pk: entry for entry in plan.entries(Change.MOVED) if entry.known}
    for post in posts_of(moved):
        known = moved[post.member_id].known
        if known and post.unit_id == known.unit_id and post.unit_id not in names:
            plan.cells[moved[post.member_id].line.unit_path].posts_to_end.append(post)


def _refuse_older(plan: Plan, in_force: Mapping[Names, Unit]) -> None:
    """Raise RosterError when something that would change began after the day of the list."""
    days: list[date] = []
    receiving: set[Names] = {names[:-1] for names, _kind in plan.new_units}
    for cell in plan.cells.values():
        days += [post.start for post in cell.posts_to_end]
        days += [
            entry.known.since for entry in cell.entries if entry.known and entry.differs and entry.known.since
        ]
        if any(entry.change in (Change.CREATED, Change.MOVED) for entry in cell.entries):
            receiving.add(cell.names)
    units = {folded(names): unit.pk for names, unit in in_force.items()} | {(): plan.host.pk}
    days += unit_starts(units[folded(names)] for names in receiving if folded(names) in units)
    newest = max(days, default=plan.as_of)
    if newest > plan.as_of:
        raise RosterError(
            _(
                "The list is as of %(as_of)s, but what it would change stands since %(newest)s. "
                "Nothing was written; bring in a list as of %(newest)s or later."
            )
            % {"as_of": f"{plan.as_of:%d/%m/%Y}", "newest": f"{newest:%d/%m/%Y}"}
        )
