"""Who the people of a roster are: by card anywhere, without a card in the cell by name and year of birth."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from django.utils.translation import gettext as _

from cadres.actions.units import Names
from cadres.models import Unit
from cadres.queries.roster import Known
from cadres.text import fold, same_name_key


class Line(Protocol):
    """A row of a roster as the reader of the workbook hands it over."""

    @property
    def row(self) -> int: ...
    @property
    def unit_path(self) -> Names: ...
    @property
    def position(self) -> int: ...
    @property
    def family_names(self) -> str: ...
    @property
    def given_name(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def birth_year(self) -> int | None: ...
    @property
    def card_number(self) -> str | None: ...
    @property
    def rank(self) -> str: ...
    @property
    def standing(self) -> str: ...
    @property
    def post(self) -> str: ...


@dataclass(frozen=True)
class RowProblem:
    """What is wrong with a row; `field` names the column, `refuses` says whether the row is left out."""

    row: int
    field: str
    code: str
    message: str
    refuses: bool = True


@dataclass
class Matching:
    """`found` and `new` by row; `seen` are members that the list speaks of in any way."""

    found: dict[int, Known] = field(default_factory=dict)
    new: set[int] = field(default_factory=set)
    seen: set[int] = field(default_factory=set)
    problems: list[RowProblem] = field(default_factory=list)


class Matcher:
    """One roster against the members that it may speak of."""

    def __init__(self, host: Unit, units: Mapping[Names, int], known: Iterable[Known]) -> None:
        self.host = host
        self.units = units  # unit path as in the list → key, for units that exist
        self.by_card: dict[str, Known] = {}
        self.by_cell: dict[tuple[int, str], list[Known]] = defaultdict(list)
        for one in known:
            if one.card_number:
                self.by_card[one.card_number] = one
            if one.start:
                self.by_cell[one.unit_id, fold(one.given_name)].append(one)
        self.claimed: set[int] = set()  # members whom the card of a line has claimed
        self.result = Matching()

    def match(
        self, lines: Sequence[Line], refused: Sequence[Line], without_card: Iterable[Known]
    ) -> Matching:
        """Match all lines; of refused ones it is only remembered whom they may speak of."""
        rest = [line for line in lines if not self._by_card(line)]
        for line in refused:
            self.result.seen |= {one.pk for one in self._maybe(line)}
        rest = self._by_name(rest)
        self._refuse_namesakes_elsewhere(rest, without_card)
        return self.result

    def _by_card(self, line: Line) -> bool:
        """Whether the card decides about the line, be it with a match or a problem."""
        known = self.by_card.get(line.card_number or "")
        if known is None:
            return False
        self.result.seen.add(known.pk)
        if not _same_person(line, known):
            self._problem(
                line,
                "card",
                "card_of_another",
                _("The card number belongs to another person, %(name)s, born %(year)s")
                if known.unit_path.startswith(self.host.path)
                else _("The card number belongs to another person in another Party organisation"),
                known,
            )
        elif known.start and not known.unit_path.startswith(self.host.path):
            self._problem(
                line,
                "card",
                "elsewhere",
                _("The member stands in another Party organisation, which has to end the membership first"),
                known,
            )
        else:
            self.result.found[line.row] = known
            self.claimed.add(known.pk)
        return True

    def _by_name(self, lines: Sequence[Line]) -> list[Line]:
        """Match inside the cells; returns the lines of people who are not known there."""
        unknown: list[Line] = []
        taken: dict[int, Known] = {}
        for line in lines:
            namesakes = self._namesakes(line)
            if not namesakes:
                unknown.append(line)
                continue
            self.result.seen |= {one.pk for one in namesakes}
            if len(namesakes) == 1 and _surely(line, namesakes[0]):
                taken[line.row] = namesakes[0]
            else:
                self._ask(line, namesakes)
        times = Counter(known.pk for known in taken.values())
        for line in lines:
            known = taken.get(line.row)
            if known and times[known.pk] > 1:
                self._ask(line, [known])
            elif known:
                self.result.found[line.row] = known
        return unknown

    def _namesakes(self, line: Line) -> list[Known]:
        """Members of the cell whom no card has claimed and whom the line may mean."""
        return [one for one in self._maybe(line) if one.pk not in self.claimed and _perhaps(line, one)]

    def _maybe(self, line: Line) -> list[Known]:
        by_card = self.by_card.get(line.card_number or "")
        cell = self.units.get(line.unit_path, 0)
        called = self.by_cell.get((cell, fold(line.given_name)), [])
        by_name = [one for one in called if _same_name(line, one)]
        return [*by_name, *([by_card] if by_card else [])]

    def _ask(self, line: Line, namesakes: Sequence[Known]) -> None:
        other_card = all(line.card_number and one.card_number for one in namesakes)
        message = (
            _("A member of this name and year of birth stands in the cell with another card number")
            if other_card
            else _("More than one person may be meant; give the card number and the year of birth")
        )
        self._problem(line, "card" if other_card else "name", "ambiguous", message)

    def _refuse_namesakes_elsewhere(self, lines: Sequence[Line], without_card: Iterable[Known]) -> None:
        """Someone without a card who vanished from one cell and turned up in another is not guessed at."""
        elsewhere: dict[tuple[str, int | None], list[Known]] = defaultdict(list)
        if lines:
            for one in without_card:
                if one.pk not in self.result.seen:
                    elsewhere[same_name_key(one.name), one.birth_year].append(one)
        for line in lines:
            there = elsewhere.get((same_name_key(line.name), line.birth_year), [])
            if there and line.birth_year:
                message = _(
                    "The same person may stand in “%(cell)s”: no card number there to tell them apart"
                )
                self._problem(line, "name", "ambiguous", message, there[0])
                self.result.seen |= {one.pk for one in there}
            else:
                self.result.new.add(line.row)

    def _problem(self, line: Line, column: str, code: str, message: str, known: Known | None = None) -> None:
        words = {"name": known.name, "year": known.birth_year or "?", "cell": known.cell} if known else {}
        self.result.problems.append(RowProblem(line.row, column, code, message % words))


def _same_name(line: Line, known: Known) -> bool:
    if (line.family_names, line.given_name) == (known.family_names, known.given_name):
        return True
    return same_name_key(line.name) == same_name_key(known.name)


def _same_person(line: Line, known: Known) -> bool:
    """Whether holder of a card and row are one: the same name, or a corrected name of the same year."""
    if _same_name(line, known):
        return True
    ours, theirs = Counter(fold(line.name).split()), Counter(fold(known.name).split())
    alike = sum((ours & theirs).values()) * 2 > max(ours.total(), theirs.total())
    return line.birth_year is not None and line.birth_year == known.birth_year and alike


def _surely(line: Line, known: Known) -> bool:
    """Same name given: the same year of birth, and not two different cards."""
    same_year = line.birth_year is not None and line.birth_year == known.birth_year
    return same_year and not (line.card_number and known.card_number)


def _perhaps(line: Line, known: Known) -> bool:
    """Same name given: whether nothing speaks against it. Two cards and two years are two people."""
    if line.birth_year is None or known.birth_year is None:
        return not (line.card_number and known.card_number)
    return line.birth_year == known.birth_year
