"""Append-only rows, a constraint and indexes that migrations cannot carry, installed after every migrate.

SQLite drops triggers silently when a migration remakes a table; an ExclusionConstraint and some indexes
in Meta break SQLite: so they are installed here, by vendor, each time the tables have been migrated.
Apps name in their AppConfig the tables in which no row is ever changed (`append_only`), and those
in which a row is fixed from some point on (`fixed_from`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from cadres.indexes import install_indexes


@dataclass(frozen=True)
class Fixed:
    """Rows of a table that are not deleted once `when` holds of them, nor changed but for `may_change`.

    `when` is SQL over OLD; the columns of `may_change` stay open until `closed` holds as well.
    """

    table: str
    when: str = "1 = 1"
    may_change: tuple[str, ...] = ()
    closed: str = ""


@dataclass(frozen=True)
class _Trigger:
    table: str
    name: str
    verb: str  # UPDATE, DELETE, TRUNCATE
    when: str = ""


def install_guards(*, using: str = DEFAULT_DB_ALIAS, **_kwargs: Any) -> None:
    """Install triggers (on PostgreSQL the constraint and the indexes as well) as the apps name them now."""
    connection = connections[using]
    present = set(connection.introspection.table_names())
    if settings.GUARD_TRIGGERS:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(_REFUSE)
            for trigger in _triggers(connection):
                if trigger.table in present:
                    for statement in _statements(connection, trigger):
                        cursor.execute(statement)
    if connection.vendor == "postgresql" and "cadres_membership" in present:
        _exclude_overlaps(connection)
    if connection.vendor == "postgresql":
        install_indexes(connection, present)


def missing_guards(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Tables that lack one of their triggers: an inspector's question, answered by the database."""
    connection = connections[using]
    query = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        present = {row[0] for row in cursor.fetchall()}
    lacking = (trigger.table for trigger in _triggers(connection) if trigger.name not in present)
    return list(dict.fromkeys(lacking))


def _fixed() -> Iterator[Fixed]:
    for app in apps.get_app_configs():
        yield from (Fixed(table) for table in getattr(app, "append_only", ()))
        yield from getattr(app, "fixed_from", ())


def _triggers(connection: BaseDatabaseWrapper) -> Iterator[_Trigger]:
    for fixed in _fixed():
        changed = _changed(connection, fixed)
        yield _Trigger(fixed.table, f"{fixed.table}_no_update", "UPDATE", changed)
        yield _Trigger(fixed.table, f"{fixed.table}_no_delete", "DELETE", fixed.when)
        if connection.vendor == "postgresql":
            yield _Trigger(fixed.table, f"{fixed.table}_no_truncate", "TRUNCATE")


def _changed(connection: BaseDatabaseWrapper, fixed: Fixed) -> str:
    """The condition that an UPDATE changes what is fixed."""
    if not fixed.may_change:
        return fixed.when
    differs = "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"
    [model] = [one for one in apps.get_models() if one._meta.db_table == fixed.table]
    columns = [field.column for field in model._meta.concrete_fields if field.column not in fixed.may_change]
    touched = " OR ".join(f'NEW."{column}" {differs} OLD."{column}"' for column in columns)
    return f"({fixed.when}) AND ({fixed.closed or '1 = 0'} OR {touched})"


_REFUSE = (
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'append only: %', TG_TABLE_NAME; END $$"
)


def _statements(connection: BaseDatabaseWrapper, trigger: _Trigger) -> list[str]:
    # Made anew each time: the columns of a table may be others than at the last migrate.
    if connection.vendor != "postgresql":
        return [
            f"DROP TRIGGER IF EXISTS {trigger.name}",
            f"CREATE TRIGGER {trigger.name} BEFORE {trigger.verb} ON {trigger.table} WHEN {trigger.when} "
            f"BEGIN SELECT RAISE(ABORT, 'append only: {trigger.table}'); END",
        ]
    each = f"FOR EACH ROW WHEN ({trigger.when})" if trigger.when else "FOR EACH STATEMENT"
    return [
        f"CREATE OR REPLACE TRIGGER {trigger.name} BEFORE {trigger.verb} ON {trigger.table} "
        f"{each} EXECUTE FUNCTION refuse_change()"
    ]


def _exclude_overlaps(connection: BaseDatabaseWrapper) -> None:
    """No two memberships of a member share a day."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_constraint WHERE conname = 'membership_no_overlap'")
        if cursor.fetchone():
            return
        cursor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        cursor.execute(
            "ALTER TABLE cadres_membership ADD CONSTRAINT membership_no_overlap EXCLUDE USING gist "
            '(member_id WITH =, daterange(start, "end") WITH &&)'
        )
