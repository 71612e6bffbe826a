"""One instant of the database while nobody rolls up counts: what a closing is taken from."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from reports.counts import LOCK_KEY, lock_consumer


@contextmanager
def snapshot() -> Iterator[None]:
    """A transaction that reads one snapshot, begun only once no consumer works and none can begin.

    On PostgreSQL the consumer's lock is taken for the session first: a snapshot that waited for it
    inside its own transaction would be older than what the consumer wrote. SQLite's IMMEDIATE
    transaction is a snapshot and the only writer. Inside another transaction its snapshot is used.
    """
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        with transaction.atomic():
            lock_consumer()
            yield
        return
    with _no_consumer(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


@contextmanager
def _no_consumer() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK_KEY])
    try:
        yield
    finally:
        # A connection that is gone has given its locks back.
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK_KEY])
