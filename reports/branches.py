"""Numbers that come in the order of the tree, added up branch by branch beside those that are kept.

Held at any time is the branch at hand: one unit with what stands above it. A tree of the whole
country takes no more than that of a district.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import merge
from operator import itemgetter
from typing import NamedTuple

from cadres.models import PATH_STEP

Numbers = tuple[int, ...]
# The path of a unit, what its numbers are counted of ("" where of everything), the numbers.
Row = tuple[str, str, Numbers]


class Pair(NamedTuple):
    """What is kept of a unit and what was counted, each its own numbers, then the whole; None: no row."""

    path: str
    code: str
    kept: Numbers | None
    counted: Numbers | None


@dataclass
class _Branch:
    path: str
    is_moving: bool = False
    kept: dict[str, Numbers] = field(default_factory=dict)
    own: dict[str, list[int]] = field(default_factory=dict)
    whole: dict[str, list[int]] = field(default_factory=dict)

    def take(self, kind: int, code: str, numbers: Numbers) -> None:
        """Put one row that came where it belongs."""
        if kind == _MOVING:
            self.is_moving = True
        elif kind == _KEPT:
            self.kept[code] = numbers
        else:
            _add(self.own, code, numbers)
            _add(self.whole, code, numbers)

    def pairs(self) -> Iterator[Pair]:
        """The numbers of the unit, all below it added; none of a unit that is moving."""
        for code in () if self.is_moving else sorted(self.kept.keys() | self.whole.keys()):
            counted = None
            if whole := self.whole.get(code):
                counted = (*self.own.get(code, [0] * len(whole)), *whole)
            yield Pair(self.path, code, self.kept.get(code), counted)


_MOVING, _KEPT, _COUNTED = range(3)


def beside(kept: Iterable[Row], counted: Iterable[Row], moving: Iterable[str], root: str) -> Iterator[Pair]:
    """Pairs of all units; `counted` are own numbers, which add up to the unit at `root` and no higher.

    All three come in the order of the paths. Units at a moving path are left out, and what stands above.
    """
    branches: list[_Branch] = []
    rows = merge(
        ((path, _MOVING, "", ()) for path in moving),
        ((path, _KEPT, code, numbers) for path, code, numbers in kept),
        ((path, _COUNTED, code, numbers) for path, code, numbers in counted),
        key=itemgetter(0),
    )
    for path, kind, code, numbers in rows:
        while branches and not path.startswith(branches[-1].path):
            yield from _closed(branches, root)
        branches += map(_Branch, _opened(path, branches[-1].path if branches else "", root))
        branches[-1].take(kind, code, numbers)
    while branches:
        yield from _closed(branches, root)


def _opened(path: str, open_path: str, root: str) -> Iterator[str]:
    """Paths between the open unit and this one: a unit above may have nothing but what lies below."""
    if path.startswith(root):
        for end in range(max(len(root), len(open_path) + PATH_STEP), len(path), PATH_STEP):
            yield path[:end]
    if path != open_path or not path:
        yield path


def _closed(branches: list[_Branch], root: str) -> Iterator[Pair]:
    branch = branches.pop()
    if branches:
        branches[-1].is_moving |= branch.is_moving
        for code, numbers in branch.whole.items() if branch.path != root else ():
            _add(branches[-1].whole, code, numbers)
    yield from branch.pairs()


def _add(sums: dict[str, list[int]], code: str, numbers: Iterable[int]) -> None:
    if known := sums.get(code):
        for place, number in enumerate(numbers):
            known[place] += number
    else:
        sums[code] = list(numbers)
