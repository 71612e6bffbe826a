"""Which database holds the demo, and the day it lives on.

The mark is a file below var/ that names the database, so that a site started on another database
never offers the demo's sign-in buttons.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

# The day on which the demo's story stands; settings take it for SITE_TODAY where the mark fits.
DEMO_DAY = "2024-03-26"


def _mark() -> Path:
    return Path(settings.VAR) / "demo"


def _label(default: Mapping[str, Any]) -> str:
    where = f"{default.get('HOST', '')}:{default.get('PORT', '')}"
    return f"{default['ENGINE']} {where} {default['NAME']}"


def _database() -> str:
    return _label(settings.DATABASES["default"])


def day_of(var: Path, default: Mapping[str, Any]) -> date | None:
    """The demo's day when the mark below `var` names this database; for the settings themselves."""
    path = var / "demo"
    marked = path.exists() and path.read_text(encoding="utf-8") == _label(default)
    return date.fromisoformat(DEMO_DAY) if marked else None


def mark() -> None:
    """Remember that the database in use holds the demo."""
    _mark().write_text(_database(), encoding="utf-8")


def unmark() -> None:
    """Forget the demo: the database in use was emptied or holds something else."""
    _mark().unlink(missing_ok=True)


def is_marked() -> bool:
    """Whether the database in use is the one that holds the demo."""
    path = _mark()
    return path.exists() and path.read_text(encoding="utf-8") == _database()
