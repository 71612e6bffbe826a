"""The shape of an invented Party organisation of any size: a tree of units with cells of members.

Nothing is kept but the units above the cells: everything else follows from its number, so that each
table is written in one pass and twice the same size is twice the same people.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from cadres.codes import base36

IN_A_CELL = 17.5
# How many units stand below one another above the cells, by the most members for which it holds. A host
# has 63 below it from a district to the nation; the nation has districts and communes as well.
BRANCHES = ((2_000, (4,)), (100_000, (63,)), (1_000_000, (63, 50)), (10_000_000, (63, 11, 50)))
SMALLEST = 20
FIRST_DAY = date(2024, 1, 15)
DAY = date(2024, 3, 26)
_MASK = (1 << 64) - 1


def mix(number: int) -> int:
    """64 bits that look thrown and are not; other numbers give other bits."""
    bits = (number * 0x9E3779B97F4A7C15) & _MASK
    bits = ((bits ^ (bits >> 29)) * 0xBF58476D1CE4E5B9) & _MASK
    return bits ^ (bits >> 32)


class Inner(NamedTuple):
    """A unit above the cells; `level` 0 is the host."""

    pk: int
    parent: int | None
    path: str
    level: int
    number: int


class Cell(NamedTuple):
    """A cell with the members `first` … `first + size - 1`; `met_on` is None where it has not met yet."""

    number: int
    pk: int
    parent: int
    path: str
    first: int
    size: int
    met_on: date | None


class Shape:
    """How many units and members there are, and who stands where."""

    def __init__(self, members: int) -> None:
        if members < SMALLEST:
            raise ValueError(f"at least {SMALLEST} members")
        self.members = members
        self.branches = next(branches for most, branches in BRANCHES if members <= most)
        self.inner = list(self._inner())
        self.lowest = [unit for unit in self.inner if unit.level == len(self.branches)]
        self.n_cells = max(len(self.lowest), round(members / IN_A_CELL))
        # As many key cadres of the year before as the seed has of its size, at most a few hundred.
        self.n_cadres = min(max(members // 140, 6), 600, self.n_cells)

    @property
    def n_units(self) -> int:
        """Units in all."""
        return len(self.inner) + self.n_cells

    def _inner(self) -> Iterator[Inner]:
        level = [Inner(1, None, base36(1), 0, 1)]
        pk = 1
        for depth, width in enumerate((*self.branches, 0), start=1):
            yield from level
            above, level = level, []
            for parent in above:
                for number in range(1, width + 1):
                    pk += 1
                    level.append(Inner(pk, parent.pk, parent.path + base36(pk), depth, number))

    def cells(self) -> Iterator[Cell]:
        """Cells in the order of the tree, as evenly below the lowest committees as their number allows."""
        for number in range(self.n_cells):
            yield self.cell(number)

    def cell(self, number: int) -> Cell:
        """The cell of that number, from 0."""
        parent = self.lowest[number * len(self.lowest) // self.n_cells]
        pk = len(self.inner) + number + 1
        first = number * self.members // self.n_cells + 1
        end = (number + 1) * self.members // self.n_cells + 1
        thrown = mix(pk)
        met_on = FIRST_DAY + timedelta(days=10 + (thrown >> 16) % 60) if thrown % 1000 >= 30 else None
        return Cell(number, pk, parent.pk, parent.path + base36(pk), first, end - first, met_on)
