"""Kinds of notices (thông báo): the words of each, and for a reminder whether its cause still holds.

An app names its kinds in its AppConfig (`notice_kinds`, the path of a mapping), as `cadres` cannot
know what is told above it. A notice keeps codes and numbers only; words are made when it is read.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.apps import apps
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadres.models import Notification, User

Data = Mapping[str, Any]


@dataclass(frozen=True)
class Words:
    """What an account reads: one sentence, what to do about it, and what the link is called."""

    title: str
    detail: str = ""
    action: str = ""


@dataclass(frozen=True)
class Kind:
    """One kind. `subject` stands in the subject of the letter: never a name, a title or a number of people.

    `still` is there for reminders: of the notices of one account it answers the keys of those whose
    cause still holds on a day; the others are settled and silent.
    """

    words: Callable[[Data], Words]
    subject: Any
    still: Callable[[User, Sequence[Notification], date], set[int]] | None = None


@cache
def _kinds() -> dict[str, Kind]:
    named = [getattr(app, "notice_kinds", None) for app in apps.get_app_configs()]
    return {name: kind for path in named if path for name, kind in import_string(path).items()}


def kind_of(name: str) -> Kind:
    """The kind of that name; one that no app knows any more says only that there is a notice."""
    return _kinds().get(name, UNKNOWN)


def words_of(notice: Notification) -> Words:
    """The words of a notice in the language in force."""
    return kind_of(notice.kind).words(notice.data)


def _unknown(_data: Data) -> Words:
    return Words(_("There is a new notice."), action=_("Open the page"))


UNKNOWN = Kind(_unknown, gettext_lazy("notice"))


def settled(user: User, notices: Sequence[Notification], day: date) -> set[int]:
    """Keys of the account's reminders whose cause is gone; a question a kind, however many notices."""
    by_kind: dict[str, list[Notification]] = {}
    for notice in notices:
        by_kind.setdefault(notice.kind, []).append(notice)
    gone: set[int] = set()
    for name, rows in by_kind.items():
        still = kind_of(name).still
        if still is not None:
            gone |= {row.pk for row in rows} - still(user, rows, day)
    return gone
