"""Rows read piece by piece, so that millions of them take no more memory than thousands."""

from collections.abc import Iterator
from itertools import islice
from typing import TypeVar

from django.db import connections
from django.db.models import Model, QuerySet

Row = TypeVar("Row")


def in_pieces(rows: "QuerySet[Model, Row]", size: int) -> Iterator[Row]:
    """The rows from a cursor on the server, so many at a time, where a transaction holds the connection.

    Outside of a transaction a pool may hand the next piece to another connection, which does not know
    the cursor: there the setting stands that has all rows fetched at once.
    """
    settings = connections[rows.db].settings_dict
    kept = settings.get("DISABLE_SERVER_SIDE_CURSORS", False)
    settings["DISABLE_SERVER_SIDE_CURSORS"] = kept and not connections[rows.db].in_atomic_block
    try:
        return rows.iterator(chunk_size=size)
    finally:
        settings["DISABLE_SERVER_SIDE_CURSORS"] = kept


def in_chunks(rows: "QuerySet[Model, Row]", size: int) -> Iterator[list[Row]]:
    """The same, a list of so many at a time."""
    found = in_pieces(rows, size)
    while chunk := list(islice(found, size)):
        yield chunk


def collation(using: str) -> str:
    """That in which the database orders paths as Python does, whatever the language of the site."""
    return "C" if connections[using].vendor == "postgresql" else "BINARY"


def read_to_the_end(using: str) -> None:
    """Have the transaction plan its cursors for all of their rows: PostgreSQL expects a tenth to be read."""
    if connections[using].vendor == "postgresql":
        with connections[using].cursor() as cursor:
            cursor.execute("SET LOCAL cursor_tuple_fraction = 1")
