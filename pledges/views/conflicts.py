"""Two who type in one draft: what each has written, field by field, before anything is overwritten."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.forms import BooleanField, BoundField
from django.urls import reverse
from django.utils.translation import gettext as _

from cadres.models import User
from cadres.templatetags.display import moment
from cadres.text import clean_text
from pledges.forms.register import PledgeForm
from pledges.models import Pledge
from pledges.permissions import can_edit
from pledges.words import LABELS, status_words


@dataclass(frozen=True)
class Piece:
    """Some words, and whether the other text lacks them."""

    text: str
    differs: bool


@dataclass(frozen=True)
class Difference:
    """One field that two people filled in differently."""

    label: str
    typed: list[Piece]
    saved: list[Piece]


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """What was saved meanwhile, by whom, and whether it may still be replaced."""

    differences: list[Difference]
    who: str
    status: str
    revision: int
    may_replace: bool
    url: str


def conflict_of(form: PledgeForm, user: User) -> Conflict | None:
    """Where the form was overtaken: the two texts side by side, differing fields only."""
    newer = form.newer
    if newer is None:
        return None
    saved = type(form)(campaign=form.campaign, day=form.day, pledge=newer, carries=newer.carried_from)
    return Conflict(
        differences=list(_differences(form, saved)),
        who=_who(newer, user),
        status=status_words(newer, newer.tier),
        revision=newer.revision,
        may_replace=can_edit(user, newer),
        url=reverse("pledges:edit", args=[newer.ref]),
    )


def _who(newer: Pledge, user: User) -> str:
    last = newer.events.select_related("actor").order_by("-seq").first()
    if last is None or last.actor is None:
        return ""
    words = {"who": last.actor.display_name, "since": moment(last.at)}
    if last.actor_id == user.pk:
        return _("You yourself, in another window, since %(since)s") % words
    return _("%(who)s, since %(since)s") % words


def _differences(form: PledgeForm, saved: PledgeForm) -> Iterator[Difference]:
    for bound in form.visible_fields():
        if bound.name not in saved.fields:
            continue
        mine, theirs = shown(bound), shown(saved[bound.name])
        if mine != theirs:
            label = str(LABELS.get(bound.name) or LABELS.get(f"{bound.name}_on") or bound.label)
            yield Difference(label, *compared(mine, theirs))


def shown(bound: BoundField) -> str:
    """An answer in words: a choice by its label, a tick by yes or no, a list one entry a line."""
    value = bound.value()
    if isinstance(bound.field, BooleanField):
        return str(_("Yes") if value and value != "False" else _("No"))
    if choices := getattr(bound.field, "choices", None):
        return next((str(label) for key, label in choices if str(key) == str(value or "")), "")
    if isinstance(value, list | tuple):
        return "\n".join(str(one) for one in value)
    return clean_text(str(value or ""))


def compared(mine: str, theirs: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts word by word, marked where one has what the other lacks."""
    left, right = (re.findall(r"\s*\S+", text) for text in (mine, theirs))
    mine_words, their_words = ([word.strip() for word in side] for side in (left, right))
    steps = SequenceMatcher(None, mine_words, their_words, autojunk=False).get_opcodes()
    return (
        _pieces((left[a:b], step != "equal") for step, a, b, _c, _d in steps),
        _pieces((right[c:d], step != "equal") for step, _a, _b, c, d in steps),
    )


def _pieces(parts: Iterable[tuple[list[str], bool]]) -> list[Piece]:
    pieces = []
    for words, differs in parts:
        text = "".join(words)
        bare = text.lstrip()
        pieces += [Piece(text[: len(text) - len(bare)], differs=False), Piece(bare, differs)]
    return [piece for piece in pieces if piece.text]
