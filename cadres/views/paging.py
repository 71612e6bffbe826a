"""Pages of a list whose number of rows is known, or is more than one counts while somebody waits."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

# A list counts its rows up to here; of a longer one only "more than" is said.
BOUNDED = 10_000
# Where the number of a long list is kept somewhere, so many rows are enough to see that it is long.
SHORT = 1_000
# So far one goes page by page; nobody who looks for something goes farther.
FARTHEST = 200


class _Counted(Paginator):
    count: int  # told, not asked of the database again


class _OpenPage(Page):
    follows = False

    def has_next(self) -> bool:
        return self.follows and self.number < FARTHEST


class _Open(_Counted):
    """Only looks whether another page follows."""

    more = True
    num_pages = FARTHEST

    def page(self, number: Any) -> Page[Any]:
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        rows = list(self.object_list[start : start + self.per_page + 1])
        page = _OpenPage(rows[: self.per_page], number, self)
        page.follows = len(rows) > self.per_page
        return page


def page_of(
    rows: QuerySet[Any],
    *,
    size: int,
    number: str | None,
    known: int | None = None,
    kept: Callable[[], int] | None = None,
) -> Page[Any]:
    """One page of the rows; `known` is their number where the chips above have counted them.

    `kept` is asked for the number of a long list that is kept somewhere.
    """
    if known is None:
        known = bounded(rows, SHORT if kept else BOUNDED)
        if kept and known > SHORT:
            known = max(known, kept())
        elif known > BOUNDED:
            return open_page(rows, size=size, number=number)
    paginator = _Counted(rows, size)
    paginator.count = known
    return paginator.get_page(number)


def open_page(
    rows: QuerySet[Any], *, size: int, number: str | None, more_than: int | None = None
) -> Page[Any]:
    """One page of a list of which only is known that it has more rows than so many."""
    paginator = _Open(rows, size)
    paginator.count = more_than or BOUNDED
    return paginator.get_page(number)


def bounded(rows: QuerySet[Any], most: int = BOUNDED) -> int:
    """The number of rows, or one more than `most` where there are more."""
    return rows.order_by()[: most + 1].count()
