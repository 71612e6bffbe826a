"""A program of its own that reads one workbook and writes its visible sheets to standard output as JSON.

The parser is native code: a damaged .xls can make it panic or reserve memory without end, which would end
the whole worker. Here it ends only itself. Nothing of the site is imported.
"""

import json
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

READ, LOCKED, DAMAGED = 0, 3, 4  # exit codes
MEMORY = 2**31
SECONDS = 120

DECODERS: dict[str, Callable[[str], object]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "duration": str,
}


def sheets_of(path: Path) -> list[tuple[str, list[list[Any]]]]:
    """Name and rows of every visible sheet; rows from A1, empty ones too: indexes are those of Excel."""
    workbook = _opened(path)
    return [
        (meta.name, workbook.get_sheet_by_name(meta.name).to_python(skip_empty_area=False))
        for meta in workbook.sheets_metadata
        if meta.visible == SheetVisibleEnum.Visible and meta.typ == SheetTypeEnum.WorkSheet
    ]


def _opened(path: Path) -> CalamineWorkbook:
    """By the name, which tells a locked file from a damaged one; else by the content, as offices rename."""
    try:
        return CalamineWorkbook.from_path(path)
    except PasswordError:
        raise
    except CalamineError:
        return CalamineWorkbook.from_filelike(BytesIO(path.read_bytes()))


def encode(value: object) -> dict[str, str]:
    """A cell that JSON does not know."""
    if isinstance(value, datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    return {"time": value.isoformat()} if isinstance(value, time) else {"duration": str(value)}


def decode(encoded: dict[str, str]) -> object:
    """The cell that `encode` wrote."""
    kind, text = next(iter(encoded.items()))
    return DECODERS[kind](text)


def limit_resources() -> None:
    """Less than a machine has, more than a list needs; not every system knows these limits."""
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415  (not on Windows)

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def main(path: str) -> int:
    """Read the workbook; the exit code tells what hindered it."""
    try:
        sheets = sheets_of(Path(path))
    except PasswordError:
        return LOCKED
    except (CalamineError, OSError, ValueError):
        return DAMAGED
    json.dump(sheets, sys.stdout, default=encode)
    return READ


if __name__ == "__main__":
    limit_resources()
    sys.exit(main(sys.argv[1]))
