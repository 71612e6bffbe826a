"""Numbers of rows that are counted no further than anybody reads them."""

from typing import Any

from django.db.models import IntegerField, QuerySet, Subquery


class BoundedCount(Subquery):
    """How many rows there are, or one more than `most` where there are more: many such counts, one query.

    Rows in the order of an index are read along it and no further.
    """

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet[Any], most: int) -> None:
        super().__init__(rows.values("pk")[: most + 1])
