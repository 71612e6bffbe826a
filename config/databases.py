"""The two database aliases: `default` writes, `reader` reads a stable snapshot and never writes."""

from pathlib import Path

from config.env import env_text, postgres

# A read inside a transaction on SQLite's IMMEDIATE alias would hold its only write lock.
_SQLITE_PRAGMAS = "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;"
# Connections to one database in memory, as in tests, lock each other's tables; to a file in WAL they do not.
_SQLITE_READER = "PRAGMA query_only=ON;PRAGMA read_uncommitted=ON;"


def _sqlite(path: Path, *, reads_only: bool) -> dict[str, object]:
    options: dict[str, object] = {"timeout": 20, "init_command": _SQLITE_PRAGMAS}
    if reads_only:
        options["init_command"] = _SQLITE_PRAGMAS + _SQLITE_READER
    else:
        options["transaction_mode"] = "IMMEDIATE"
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": path, "OPTIONS": options}


def databases(var: Path) -> dict[str, dict[str, object]]:
    """Both aliases, on the database that the environment names or on SQLite below `var`."""
    url = env_text("DATABASE_URL")
    if not url:
        path = Path(env_text("SQLITE_PATH", str(var / "db.sqlite3")))
        default, reader = _sqlite(path, reads_only=False), _sqlite(path, reads_only=True)
    else:
        default, reader = postgres(url), postgres(env_text("READER_DATABASE_URL") or url)
        read_only = "-c default_transaction_read_only=on -c default_transaction_isolation=repeatable\\ read"
        options = reader["OPTIONS"]
        assert isinstance(options, dict)
        options["options"] = read_only
        # Whoever waits for a page waits no longer for a replica that is gone.
        options.setdefault("connect_timeout", "3")
    reader["TEST"] = {"MIRROR": "default"}
    return {"default": default, "reader": reader}
