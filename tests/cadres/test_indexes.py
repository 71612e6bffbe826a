"""Indexes are built beside whoever works, on PostgreSQL; what a killed run left unfinished is made anew."""

import pytest
from django.db import IntegrityError, connection, migrations, models
from django.db.migrations.state import ProjectState
from django.test.utils import CaptureQueriesContext

from cadres.guards import install_guards
from cadres.indexes import AddIndexOnline
from tests.factories import MemberFactory


def validity(name):
    with connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [name])
        return cursor.fetchone()


def execute(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def leave_unfinished(name):
    """As a run leaves an index that was killed: it is there and of no use."""
    with pytest.raises(IntegrityError):
        execute(f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON cadres_member (family_names)")
    assert validity(name) == (False,)


@pytest.fixture
def two_of_a_name(transactional_db):
    for _ in range(2):
        MemberFactory(family_names="Nguyễn Văn")


@pytest.mark.postgres
def test_after_a_migration_what_the_apps_name_is_built_online(two_of_a_name):
    execute("DROP INDEX member_names")
    leave_unfinished("member_names")
    with CaptureQueriesContext(connection) as asked:
        install_guards()
    built = [query["sql"] for query in asked.captured_queries if "INDEX" in query["sql"]]
    assert [sql.partition(" member_names")[0] for sql in built] == [
        "DROP INDEX CONCURRENTLY IF EXISTS",
        "CREATE INDEX CONCURRENTLY",
    ]
    assert validity("member_names") == (True,)


@pytest.mark.postgres
def test_a_migration_builds_its_index_online(two_of_a_name):
    state = ProjectState()
    fields = [("id", models.BigAutoField(primary_key=True)), ("family_names", models.CharField())]
    migrations.CreateModel("Member", fields).state_forwards("cadres", state)
    index = models.Index(fields=["family_names"], name="member_family")
    operation, after = AddIndexOnline("member", index), state.clone()
    operation.state_forwards("cadres", after)
    leave_unfinished("member_family")
    with CaptureQueriesContext(connection) as asked, connection.schema_editor(atomic=False) as editor:
        operation.database_forwards("cadres", editor, state, after)
        operation.database_forwards("cadres", editor, state, after)
    assert sum("CREATE INDEX CONCURRENTLY" in query["sql"] for query in asked.captured_queries) == 1
    assert validity("member_family") == (True,)
    execute("DROP INDEX member_family")
