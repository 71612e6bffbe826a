"""How large the letters of a cell's paper are: the largest with which it takes the fewest pages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from textwrap import wrap

# Points of the letters and millimetres above and below a line, by the classes of static/css/paper.css.
SIZES = {
    "paper-roomy": (12.0, 1.6),
    "paper-usual": (11.0, 1.1),
    "paper-close": (10.0, 0.7),
    "paper-small": (9.0, 0.4),
    "paper-dense": (8.0, 0.2),
}
POINT = 0.353  # millimetres
LETTER = 0.52  # of a point size: the width of a letter in the widest of the fonts, rather more than less
LEADING = 1.1
BORDER, SIDES = 0.3, 2.2  # around a row; left and right in a cell
# Columns that never break: number, kind and deadline, in letters beside the sides of three cells.
UNBROKEN = 1.9 + 3.1 + 6.3
UNUSED = 5  # at the end of a page, where the next row does not fit any more


@dataclass(frozen=True, kw_only=True)
class Layout:
    """A page in millimetres, as static/css/paper.css sets it.

    `height` and `width` are free inside the margins; `fixed` is what stands above and below the
    rows; `name`, `product` and `last` are the widths of columns, of which the task has the rest;
    `head_lines` counts the lines of the headings; `least` is the height a row needs to be written in.
    """

    height: float
    width: float
    fixed: float
    head_lines: int
    least: float
    name: float
    product: float
    last: float


MEETING = Layout(height=191, width=273, fixed=27, head_lines=3, least=0, name=46, product=36, last=30)
SIGNING = Layout(height=280, width=186, fixed=61, head_lines=2, least=6, name=34, product=27, last=20)


def size_of(layout: Layout, rows: Iterable[Sequence[str]], foot: Sequence[str] = ()) -> str:
    """The class of the largest letters with which rows (name, task, product) and foot take fewest pages.

    Each text of the foot begins behind a few words of its own, for which a line is kept free.
    """
    texts = list(rows)
    pages = {name: _pages(layout, texts, foot, *size) for name, size in SIZES.items()}
    return min(pages, key=lambda name: pages[name])  # of equals the first, which is the largest


def _pages(
    layout: Layout, rows: Iterable[Sequence[str]], foot: Sequence[str], points: float, pad: float
) -> int:
    size = points * POINT
    line, around = size * LEADING, 2 * pad + BORDER
    others = layout.name + layout.product + layout.last + UNBROKEN * size + 3 * SIDES
    columns = (layout.name, layout.width - others, layout.product)
    head = layout.head_lines * line + around
    height = layout.fixed + head
    for row in rows:
        lines = max(_lines(text, width, size) for text, width in zip(row, columns, strict=True))
        height += max(lines * line + around, layout.least)
    height += sum((_lines(text, layout.width, size) + 1) * line for text in foot)
    return 1 + max(0, ceil((height - layout.height) / (layout.height - head - UNUSED)))


def _lines(text: str, width: float, size: float) -> int:
    """How many lines a text takes in a column."""
    letters = max(1, int((width - SIDES) / (size * LETTER)))
    return max(1, sum(len(wrap(part, letters)) for part in text.split("\n")))
