"""Versions of a pledge in words, field by field: what each says, and what changed from one to the next."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadres.dates import due_label
from cadres.templatetags.display import day, year
from pledges.content import partner_names
from pledges.models import Authority, Novelty, Pledge, PledgeReturn, PledgeVersion, ResultKind, Theme
from pledges.words import LABELS, measured

Content = dict[str, Any]

FIELD_LABELS: dict[str, Any] = LABELS | {
    "is_stub": gettext_lazy("Task under a separate document"),
    "carried_from": gettext_lazy("Carried over from"),
    "attachments": gettext_lazy("Files"),
}
# What a point of a return may be about; the first four are all that a member's form asks.
ABOUT = (
    "title",
    "novelty",
    "product",
    "due_on",
    "theme",
    "field",
    "place",
    "situation",
    "directive",
    "own_role",
    "authority",
    "partners",
    "milestones",
    "solutions",
    "requests",
)


@dataclass(frozen=True)
class Names:
    """What versions only hold the key of: themes, and the pledges of earlier years they carry on."""

    themes: dict[int, str]
    carried: dict[int, str]


@dataclass(frozen=True)
class Change:
    """A field that reads otherwise than before; `asked` says that a return was about it."""

    label: str
    before: str
    after: str
    asked: bool = False


@dataclass(frozen=True)
class Answer:
    """A point of a return, and whether the field it is about was changed since (None: about no field)."""

    label: str
    field: str
    changed: bool | None


@dataclass(frozen=True)
class Since:
    """What became of a return: its points, everything that changed, whether nothing did."""

    answers: list[Answer]
    changes: list[Change]


def names_in(contents: Iterable[Content]) -> Names:
    """The names versions need to be told in words: two queries, none where they hold no key."""
    held = list(contents)
    themes = {one["theme_id"] for one in held if one.get("theme_id")}
    earlier = {one["carried_from_id"] for one in held if one.get("carried_from_id")}
    found = Pledge.objects.filter(pk__in=earlier).select_related("campaign") if earlier else ()
    carried = {one.pk: f"{year(one.campaign.year)}: {one.title}" for one in found}
    titles = Theme.objects.filter(pk__in=themes).values_list("pk", "title") if themes else ()
    return Names(dict(titles), carried)


def told(content: Content, names: Names) -> dict[str, str]:
    """What a version says, field by field, in words and in the order of the form; empty entries left out."""
    return {name: text for name, text in _values(content, names) if text}


def _values(content: Content, names: Names) -> Iterator[tuple[str, str]]:
    yield "is_stub", _("yes") if content.get("is_stub") else ""
    yield "stub_reference", content.get("stub_reference", "")
    yield "title", content.get("title", "")
    yield "carried_from", names.carried.get(content.get("carried_from_id", 0), "")
    yield "novelty", _label(Novelty, content.get("novelty"))
    yield "product", content.get("product", "")
    yield "due_on", _due(content)
    yield "start_on", _day(content.get("start_on"))
    yield (
        "milestones",
        "\n".join(f"{_day(one['due_on'])}: {one['text']}" for one in content.get("milestones", ())),
    )
    yield "theme", names.themes.get(content.get("theme_id", 0), "")
    for name in ("field", "place", "situation"):
        yield name, content.get(name, "")
    yield "backlog_since", year(content["backlog_since"]) if content.get("backlog_since") else ""
    for name in ("directive", "own_role"):
        yield name, content.get(name, "")
    yield "authority", _label(Authority, content.get("authority"))
    yield "partners", "\n".join(partner_names(content))
    for name in ("solutions", "requests"):
        yield name, content.get(name, "")
    kind = content.get("result_kind")
    yield "result_kind", _label(ResultKind, kind) if kind != ResultKind.DESCRIPTION else ""
    unit = content.get("measure_unit", "")
    for name in ("baseline", "target"):
        yield name, measured(Decimal(content[name]), None, unit) if content.get(name) else ""
    yield "sub_targets", "\n".join(map(_sub_target, content.get("sub_targets", ())))
    yield "attachments", "\n".join(one["name"] for one in content.get("attachments", ()))


def _label(choices: Any, value: str | None) -> str:
    return str(choices(value).label) if value else ""


def _day(value: str | None) -> str:
    return day(date.fromisoformat(value)) if value else ""


def _due(content: Content) -> str:
    due_on = content.get("due_on")
    return due_label(content.get("due_kind", "day"), date.fromisoformat(due_on)) if due_on else ""


def _sub_target(one: Content) -> str:
    target = Decimal(one["target"]) if one.get("target") else None
    figure = measured(target, None, one.get("measure_unit", ""))
    return f"{one['text']}: {figure}" if figure else str(one["text"])


def changes(before: Content, after: Content, names: Names, asked: Iterable[str] = ()) -> list[Change]:
    """Field by field what reads otherwise, in the order of the form."""
    first, second, about = told(before, names), told(after, names), set(asked)
    order = [name for name in FIELD_LABELS if name in first or name in second]
    return [
        Change(str(FIELD_LABELS[name]), first.get(name, ""), second.get(name, ""), name in about)
        for name in order
        if first.get(name, "") != second.get(name, "")
    ]


def since(returned: PledgeReturn, now: PledgeVersion) -> Since:
    """What changed from the version of which an amendment was asked to the one that was sent since."""
    before, after = returned.version.content, now.content
    names = names_in([before, after])
    points = list(returned.points.all())
    first, second = told(before, names), told(after, names)
    answers = [
        Answer(
            point.label,
            str(FIELD_LABELS[point.field]) if point.field in FIELD_LABELS else "",
            first.get(point.field, "") != second.get(point.field, "") if point.field else None,
        )
        for point in points
    ]
    return Since(answers, changes(before, after, names, [point.field for point in points]))


@dataclass(frozen=True)
class Beside:
    """A field of two pledges side by side."""

    label: str
    one: str
    other: str

    @property
    def is_equal(self) -> bool:
        """Whether both say the same."""
        return bool(self.one) and self.one == self.other


def side_by_side(one: Content, other: Content) -> list[Beside]:
    """Every field that either of two versions answers, in the order of the form."""
    names = names_in([one, other])
    first, second = told(one, names), told(other, names)
    return [
        Beside(str(label), first.get(name, ""), second.get(name, ""))
        for name, label in FIELD_LABELS.items()
        if name in first or name in second
    ]
