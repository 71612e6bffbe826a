"""Make a database of its own with an invented Party organisation, from a district up to the nation.

    DATABASE_URL=postgres://… .venv/bin/python bench/generate.py --members 7560|75600|550000|5500000

The database is called bench_<members>; one of that name is replaced. The account must be a superuser.
The same number of members is the same organisation each time.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("VAR_DIR", tempfile.gettempdir() + "/bench_var")
os.environ["SITE_TODAY"] = "2024-03-26"

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402

from bench.nation import build  # noqa: E402


def main(members: int) -> None:
    """Print a line a table."""
    began, name = time.perf_counter(), f"bench_{members}"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name}")
    for one in connections.all():
        one.close()
        one.settings_dict["NAME"] = name
    call_command("migrate", verbosity=0)
    shape = build(members, lambda line: print(line, flush=True))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_size_pretty(pg_database_size(current_database()))")
        size = cursor.fetchone()[0]
    seconds = time.perf_counter() - began
    print(f"{name}: {shape.n_units} units, {members} members, {size}, {seconds:.0f} s in all")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--members", type=int, required=True)
    main(parser.parse_args().members)
