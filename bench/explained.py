"""Plans and buffers of statements that were asked."""

import re
from collections.abc import Iterable
from typing import Any

from django.db import connections

_BUFFERS = re.compile(r"Buffers: shared(?: hit=(\d+))?(?: read=(\d+))?")


def explained(asked: Iterable[tuple[str, str, Any]]) -> dict[str, Any]:
    """How many statements were asked, and of those that read their buffers and plans: they are run again."""
    statements, number = [], 0
    for alias, sql, params in asked:
        number += 1
        if sql.startswith(("SELECT", "WITH")) and "FOR " not in sql[-40:]:
            statements.append(_explained(alias, sql, params))
    buffers = sum(one["buffers"] for one in statements)
    return {"queries": number, "buffers": buffers, "statements": statements}


def _explained(alias: str, sql: str, params: Any) -> dict[str, Any]:
    with connections[alias].cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {sql}", params)
        lines = [line for (line,) in cursor.fetchall()]
    # The first line of buffers is that of the whole statement; planning comes after.
    found = next((_BUFFERS.search(line) for line in lines if "Buffers: shared" in line), None)
    hit, read = (int(part or 0) for part in found.groups()) if found else (0, 0)
    return {"sql": sql, "buffers": hit + read, "read": read, "plan": "\n  ".join(lines)}
