"""Tables filled by COPY: bare of indexes and constraints first, which are made again and checked after."""

import time
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import connection

from bench.tables import Table

LINES = 2000
_CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = ANY(%s::regclass[]) AND contype = ANY(%s::"char"[]) ORDER BY 1, 2"""
_INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = ANY(%s::regclass[]) AND NOT indisprimary ORDER BY 1"""


class Stream:
    """Lines as the file that COPY reads, a few thousand at a time."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines, self.count = lines, 0

    def read(self, _size: int = -1) -> bytes:
        """The next piece; empty at the end."""
        piece = list(islice(self.lines, LINES))
        self.count += len(piece)
        return "".join(piece).encode()


class Bare:
    """Tables without secondary indexes, unique, exclusion and foreign keys; CHECKs and keys stay."""

    def __init__(self, tables: Iterable[str]) -> None:
        names = list(tables)
        self.foreign = _asked(_CONSTRAINTS, names, ["f"])
        self.own = _asked(_CONSTRAINTS, names, ["u", "x"])
        for table, name, _definition in (*self.foreign, *self.own):
            _run(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        self.indexes = _asked(_INDEXES, names)
        for name, _definition in self.indexes:
            _run(f"DROP INDEX {name}")

    def dress(self) -> None:
        """Make them again; every row is checked by it."""
        for _name, definition in self.indexes:
            _run(definition)
        for table, name, definition in (*self.own, *self.foreign):
            _run(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')


def empty(tables: Iterable[str]) -> None:
    """Empty the tables in the transaction that fills them: their rows are then written once, not logged.

    Triggers and the checks of foreign keys are off for the session, which only a superuser may say.
    """
    _run("SET session_replication_role = replica")
    _run("SET maintenance_work_mem = '1GB'")
    _run(f"TRUNCATE {', '.join(tables)} CASCADE")


def fill(table: Table) -> tuple[int, float]:
    """Write the rows of a table; how many, and in how many seconds."""
    began, stream = time.perf_counter(), Stream(table.lines())
    columns = ", ".join(f'"{name}"' for name in table.columns)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table.name} ({columns}) FROM STDIN WITH (FREEZE)", stream, size=1 << 20)
    return stream.count, time.perf_counter() - began


def finish(tables: Iterable[str]) -> None:
    """Triggers on again, and sequences behind the keys that were given."""
    _run("SET session_replication_role = origin")
    for table in tables:
        _run(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), "  # noqa: S608  (names of our own)
            f"(SELECT COALESCE(MAX(id), 1) FROM {table}))"
        )


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def _asked(sql: str, *params: Any) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
