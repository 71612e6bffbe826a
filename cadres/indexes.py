"""Indexes that are built while people work.

A plain CREATE INDEX lets nobody write to the table until it is done: minutes among millions of rows.
PostgreSQL builds one beside its readers and writers, outside of any transaction.
"""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import AddIndex


@dataclass(frozen=True)
class Index:
    """An index that SQLite cannot hold, or a district does not need; apps name theirs (`indexes`)."""

    name: str
    table: str
    of: str  # what stands behind ON <table>
    extension: str = ""


class AddIndexOnline(AddIndex):
    """AddIndex that stops nobody's work; its migration says `atomic = False`."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """On PostgreSQL beside readers and writers; of a run that was killed nothing is left."""
        model, connection = to_state.apps.get_model(app_label, self.model_name), schema_editor.connection
        if not self.allow_migrate_model(connection.alias, model):
            return
        if connection.vendor != "postgresql":
            schema_editor.add_index(model, self.index)
            return
        if _lacks(connection, self.index.name):
            schema_editor.add_index(model, self.index, concurrently=not connection.in_atomic_block)


def install_indexes(connection: BaseDatabaseWrapper, present: set[str]) -> None:
    """Build those that the apps name and the database lacks (PostgreSQL)."""
    for app in apps.get_app_configs():
        for index in getattr(app, "indexes", ()):
            if index.table in present and _lacks(connection, index.name):
                _build(connection, index)


def _build(connection: BaseDatabaseWrapper, index: Index) -> None:
    with connection.cursor() as cursor:
        if index.extension:
            cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {index.extension}")
        cursor.execute(f"CREATE INDEX {_online(connection)} {index.name} ON {index.table} {index.of}")


def _online(connection: BaseDatabaseWrapper) -> str:
    """The word for it, which no transaction may say."""
    return "" if connection.in_atomic_block else "CONCURRENTLY"


def _lacks(connection: BaseDatabaseWrapper, name: str) -> bool:
    """Whether the index has to be built; what a run that was killed left unfinished is dropped first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [name])
        found = cursor.fetchone()
        if found and not found[0]:
            # Another run may be building it at this very moment: whoever works waits for neither.
            cursor.execute(f"DROP INDEX {_online(connection)} IF EXISTS {name}")
    return not (found and found[0])
