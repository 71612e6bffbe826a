"""The content of a pledge as a version holds it: columns, canonical JSON, digest."""

import hashlib
import json
from datetime import date
from decimal import Decimal
from typing import Any

from pledges.models import Pledge

CONTENT_FIELDS = (
    "title",
    "novelty",
    "product",
    "due_kind",
    "due_on",
    "theme_id",
    "field",
    "place",
    "situation",
    "backlog_since",
    "directive",
    "own_role",
    "authority",
    "solutions",
    "requests",
    "result_kind",
    "measure_unit",
    "baseline",
    "target",
    "start_on",
    "is_stub",
    "stub_reference",
)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value


def content_of(pledge: Pledge, partners: list[str]) -> dict[str, Any]:
    """The content in force, empty entries left out."""
    values = {name: _plain(getattr(pledge, name)) for name in CONTENT_FIELDS}
    content = {name: value for name, value in values.items() if value not in (None, "", False)}
    if partners:
        content["partners"] = partners
    return content


def digest(data: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON: sorted keys, no spaces, UTF-8."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
