"""Pages of a list whose rows have been counted already: the chips above it show the number."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet


class _Counted(Paginator):
    count: int  # told, not asked of the database again


def page_of(rows: QuerySet[Any], *, size: int, number: str | None, known: int | None = None) -> Page[Any]:
    """One page of the rows; `known` is their number where it is known."""
    if known is None:
        return Paginator(rows, size).get_page(number)
    paginator = _Counted(rows, size)
    paginator.count = known
    return paginator.get_page(number)
