"""Append-only tables and constraints that migrations cannot carry, installed after every migrate.

SQLite drops triggers silently when a migration remakes a table, and an ExclusionConstraint in
Meta breaks SQLite: so both are installed here, by vendor, each time the tables have been migrated.
Apps name their append-only tables in their AppConfig (`append_only`).
"""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper


def guarded_tables() -> list[str]:
    """Tables in which a row is never changed nor deleted."""
    return [table for app in apps.get_app_configs() for table in getattr(app, "append_only", ())]


def install_guards(*, using: str = DEFAULT_DB_ALIAS, **_kwargs: Any) -> None:
    """Install triggers (and on PostgreSQL the exclusion constraint) that are not there yet."""
    connection = connections[using]
    present = set(connection.introspection.table_names())
    if settings.GUARD_TRIGGERS:
        for table in guarded_tables():
            if table in present:
                _guard(connection, table)
    if connection.vendor == "postgresql" and "cadres_membership" in present:
        _exclude_overlaps(connection)


def missing_guards(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Append-only tables that have no trigger: an inspector's question, answered by the database."""
    connection = connections[using]
    query = (
        "SELECT DISTINCT event_object_table FROM information_schema.triggers"
        if connection.vendor == "postgresql"
        else "SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        guarded = {row[0] for row in cursor.fetchall()}
    return [table for table in guarded_tables() if table not in guarded]


def _guard(connection: BaseDatabaseWrapper, table: str) -> None:
    statements = _postgres_guard(table) if connection.vendor == "postgresql" else _sqlite_guard(table)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _sqlite_guard(table: str) -> list[str]:
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, 'append only: {table}'); END"
        for verb in ("UPDATE", "DELETE")
    ]


def _postgres_guard(table: str) -> list[str]:
    return [
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'append only: %', TG_TABLE_NAME; END $$",
        f"CREATE OR REPLACE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        f"CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
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
