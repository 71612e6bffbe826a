"""A table whose rows are written by COPY, from the few columns that differ."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db import connection, models

Rows = Iterator[tuple[Any, ...]]


class Table:
    """A table with the columns that differ by row; the others hold what the model says, or `fixed`."""

    def __init__(self, model: type[models.Model], rows: Rows, varying: str, **fixed: Any) -> None:
        names = varying.split()
        like: Any = model(**fixed)
        meta: Any = model._meta
        same = [field for field in meta.concrete_fields if field.attname not in names]
        self.model, self.rows = model, rows
        self.name: str = meta.db_table
        self.columns = [meta.get_field(name).column for name in names]
        self.columns += [field.column for field in same]
        values = (field.get_db_prep_save(getattr(like, field.attname), connection) for field in same)
        self.tail = "".join(f"\t{_text(value)}" for value in values) + "\n"

    def lines(self) -> Iterator[str]:
        """One line a row."""
        for row in self.rows:
            yield "\t".join(map(_text, row)) + self.tail


def _text(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        # JSON brings backslashes, and nothing else here does.
        return value.replace("\\", "\\\\") if "\\" in value else value
    if isinstance(value, bool):
        return "t" if value else "f"
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
