"""A row of the cell's table: what a browser sends of it, and how it is read."""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import override

from cadres.dates import DateError, Due, due_label, parse_due
from cadres.text import clean, clean_text, fold
from pledges.actions.cell_entry import WANTED
from pledges.forms.fields import Words
from pledges.forms.register import PERIODS, TITLE_LIMIT, periods_left
from pledges.models import DueKind, Novelty, Pledge
from pledges.words import kind_words

COLUMNS = ("title", "novelty", "product", "due")
# The column in which a field of a pledge is typed.
COLUMN_OF = {"due_on": "due", "due_kind": "due"}
BLANK = dict.fromkeys(COLUMNS, "")
_WORDS = Words(limit=TITLE_LIMIT, rows=1, required=False)
_FIGURES_OF_A_REVISION = 9

Raw = Mapping[str, str]


def name_of(column: str, member_id: int | str) -> str:
    """The name of a field of a row in the form."""
    return f"{column}_{member_id}"


@dataclass(frozen=True)
class RowKey:
    """What a row was opened with: its pledge's ref and revision, and a digest of what stood in it.

    By the digest a row that nobody touched is known, whatever became of its pledge since.
    """

    ref: uuid.UUID
    revision: int | None
    digest: str

    @classmethod
    def of(cls, pledge: Pledge | None) -> "RowKey":
        """The key of a row as it stands now; without a pledge under a new ref."""
        digest = digest_of(stored(pledge))
        return cls(pledge.ref, pledge.revision, digest) if pledge else cls(uuid.uuid4(), None, digest)

    @classmethod
    def read(cls, text: str) -> "RowKey | None":
        """The key that a form sends back; None when it is none of ours."""
        ref, revision, digest = [*text.split("."), "", ""][:3]
        try:
            key = uuid.UUID(ref)
        except ValueError:
            return None
        known = revision.isascii() and revision.isdecimal() and len(revision) <= _FIGURES_OF_A_REVISION
        return cls(key, int(revision) if known else None, digest)

    def __str__(self) -> str:
        return f"{self.ref}.{'' if self.revision is None else self.revision}.{self.digest}"


@dataclass(frozen=True)
class Posted:
    """A row as the browser sent it."""

    key: RowKey
    raw: Raw

    @property
    def touched(self) -> bool:
        """Whether somebody typed in it since it was opened."""
        return digest_of(self.raw) != self.key.digest


def read_posted(data: Mapping[str, Any], member_id: int | str) -> Posted | None:
    """The row of a member in what a browser sent; None when there is none.

    Under a key that cannot be read it is a new row: nothing typed is dropped, nothing overwritten.
    """
    if name_of("title", member_id) not in data:
        return None
    raw = {column: data.get(name_of(column, member_id), "") for column in COLUMNS}
    key = RowKey.read(data.get(name_of("key", member_id), ""))
    return Posted(key or RowKey(uuid.uuid4(), None, ""), raw)


def stored(pledge: Pledge | None) -> dict[str, str]:
    """What the fields of a row hold when nobody has typed."""
    if pledge is None:
        return dict(BLANK)
    due = due_label(pledge.due_kind, pledge.due_on) if pledge.due_on else ""
    return {"title": pledge.title, "novelty": pledge.novelty, "product": pledge.product, "due": due}


def digest_of(raw: Raw) -> str:
    """Equal for what reads equal: browsers change ends of lines, people add spaces."""
    texts = (clean_text(raw["title"]), raw["novelty"], clean_text(raw["product"]), clean(raw["due"]))
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()[:16]


def is_begun(raw: Raw) -> bool:
    """Whether there is anything to save: kind and deadline alone, set for all rows, are nothing yet."""
    return bool(clean(raw["title"]) or clean(raw["product"]))


def missing(raw: Raw) -> list[str]:
    """Columns that a row begun still lacks before it can be sent."""
    return [column for column in COLUMNS if not clean(raw[column])] if is_begun(raw) else []


def fill(raw: Raw, *, novelty: str, due: str, over: bool) -> dict[str, str]:
    """The row with one kind and one deadline for all: where nothing stands, or `over` what stands."""
    told = {"novelty": novelty, "due": clean(due)}
    return {**raw, **{name: text for name, text in told.items() if text and (over or not clean(raw[name]))}}


def novelty_of(text: str) -> str:
    """The kind by its code or by its words in any language ("Khó", "việc khó"); as typed when it is none."""
    return text if text in Novelty else _kinds().get(fold(text), text)


@cache
def _kinds() -> dict[str, str]:
    return {fold(words): code for words, code in kind_words().items()}


def read_due(text: str, year: int) -> Due:
    """A deadline as a page writes it in any language, or as an office does. Raises DateError."""
    return _dues(year).get(fold(text)) or parse_due(text, year)


@lru_cache(maxsize=32)
def _dues(year: int) -> dict[str, Due]:
    words: dict[str, Due] = {}
    dues = [parse_due(period, year) for period in PERIODS.values()]
    for language, _label in settings.LANGUAGES:
        with override(language):
            words |= {fold(due_label(due.kind, due.due_on)): due for due in dues}
    return words


def due_choices(year: int, day: date) -> list[str]:
    """Deadlines offered while typing: those still ahead."""
    dues = [parse_due(PERIODS[key], year) for key in periods_left(year, day)]
    return [due_label(due.kind, due.due_on) for due in dues]


@dataclass
class RowRead:
    """A row read: the content of a pledge, or by column what is wrong with it."""

    content: dict[str, Any]
    errors: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class RowReader:
    """Reads rows of a campaign's `year` on a `day`; `complete` asks for everything a sent row needs."""

    year: int
    day: date
    complete: bool

    def asking_all(self) -> "RowReader":
        """The same reader for a row that must be complete."""
        return replace(self, complete=True)

    def read(self, raw: Raw) -> RowRead:
        """The row as content, with every error at once."""
        row = RowRead({}, {})
        for name in ("title", "product"):
            try:
                row.content[name] = _WORDS.clean(raw[name])
            except ValidationError as error:
                row.errors[name] = " ".join(error.messages)
        self._read_novelty(clean(raw["novelty"]), row)
        self._read_due(clean(raw["due"]), row)
        for name in WANTED if self.complete else ("title",):
            column = COLUMN_OF.get(name, name)
            if column not in row.errors and not row.content.get(name):
                row.errors[column] = str(WANTED[name])
        return row

    def _read_novelty(self, text: str, row: RowRead) -> None:
        row.content["novelty"] = novelty_of(text)
        if text and row.content["novelty"] not in Novelty:
            row.errors["novelty"] = _("“%(text)s” is neither new nor difficult nor both.") % {
                "text": text[:40]
            }

    def _read_due(self, text: str, row: RowRead) -> None:
        row.content |= {"due_kind": DueKind.DAY, "due_on": None}
        if not text:
            return
        try:
            due = read_due(text, self.year)
        except DateError as error:
            row.errors["due"] = str(error)
            return
        row.content |= {"due_kind": due.kind, "due_on": due.due_on}
        if due.due_on < self.day:
            row.errors["due"] = _("This deadline is already over.")
