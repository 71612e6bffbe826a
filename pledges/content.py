"""The content of a pledge as a version holds it: columns, canonical JSON, digest."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from cadres.text import fold
from pledges.models import Attachment, Pledge

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
    "carried_from_id",
)


@dataclass(frozen=True)
class PartnerEntry:
    """Phối hợp: a name as typed, with the member or unit it means where that is known."""

    name: str
    member_id: int | None = None
    unit_id: int | None = None


@dataclass(frozen=True)
class MilestoneEntry:
    """Mốc tiến độ: what is reached by a day."""

    due_on: date
    text: str


@dataclass(frozen=True)
class SubTargetEntry:
    """Mục tiêu thành phần: one of several products, with its target where there is one."""

    text: str
    target: Decimal | None = None
    measure_unit: str = ""


@dataclass(frozen=True)
class Parts:
    """What belongs to a pledge in rows of its own, each in its order."""

    partners: tuple[PartnerEntry, ...] = ()
    milestones: tuple[MilestoneEntry, ...] = ()
    sub_targets: tuple[SubTargetEntry, ...] = ()

    @classmethod
    def named(cls, names: Iterable[str]) -> "Parts":
        """Partners by their names alone, as a workbook gives them."""
        return cls(partners=tuple(PartnerEntry(name) for name in names))


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value


def content_of(pledge: Pledge, parts: Parts, files: Sequence[Attachment] = ()) -> dict[str, Any]:
    """The content in force, empty entries left out; files by name, kind and digest."""
    values = {name: _plain(getattr(pledge, name)) for name in CONTENT_FIELDS}
    content = {name: value for name, value in values.items() if value not in (None, "", False)}
    rows = {
        "partners": [_partner(one) for one in parts.partners],
        "milestones": [{"due_on": _plain(one.due_on), "text": one.text} for one in parts.milestones],
        "sub_targets": [_sub_target(one) for one in parts.sub_targets],
        "attachments": [{"name": one.name, "kind": one.kind, "digest": one.digest} for one in files],
    }
    return content | {name: value for name, value in rows.items() if value}


def _partner(entry: PartnerEntry) -> Any:
    """The name alone, as in versions made before partners could be found; with its key where known."""
    if entry.member_id or entry.unit_id:
        kind, key = ("member", entry.member_id) if entry.member_id else ("unit", entry.unit_id)
        return {"name": entry.name, kind: key}
    return entry.name


def partner_names(content: dict[str, Any]) -> list[str]:
    """Names of the partners in the content of a version."""
    return [one if isinstance(one, str) else one["name"] for one in content.get("partners", ())]


def _sub_target(entry: SubTargetEntry) -> dict[str, Any]:
    told = {"text": entry.text, "target": _plain(entry.target), "measure_unit": entry.measure_unit}
    return {name: value for name, value in told.items() if value not in (None, "")}


def search_key(content: dict[str, Any]) -> str:
    """What a version is found by and compared by: title, place and product without marks."""
    return fold(" ".join(content.get(name, "") for name in ("title", "place", "product")))


def digest(data: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON: sorted keys, no spaces, UTF-8."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
