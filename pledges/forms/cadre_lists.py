"""Forms of a list of cadres: make one, add people, write how one of them is printed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadres.models import CadreList, CadreListKind, Member, Unit
from cadres.text import clean
from pledges.actions.cadre_lists import NUMBER_LIMIT, PRINTED_LIMIT, Added
from pledges.forms.campaigns import Year
from pledges.forms.fields import Words

MOST_LINES = 500
SEPARATOR = re.compile(r"[\t;]")
LATEST = "latest"


def usual_title(kind: str, host: Unit, year: int) -> str:
    """What a list of the kind is called, until it is written otherwise."""
    words = {"unit": host.name, "year": str(year)}
    if kind == CadreListKind.GRASSROOTS:
        return _("Grassroots cadres of %(unit)s, %(year)s") % words
    return _("Key cadres of %(unit)s, %(year)s") % words


class MakeListForm(forms.Form):
    """Year, kind and title of a list, and the earlier one it is copied from."""

    use_required_attribute = False
    kind = forms.ChoiceField(
        label=gettext_lazy("Whose list"), choices=CadreListKind.choices, widget=forms.RadioSelect
    )
    year = Year(label=gettext_lazy("Year"), error_messages={"required": gettext_lazy("Enter the year.")})
    title = Words(
        label=gettext_lazy("Title of the list"),
        limit=PRINTED_LIMIT,
        error_messages={"required": gettext_lazy("Enter the title.")},
    )
    decision = Words(label=gettext_lazy("Decision number"), limit=NUMBER_LIMIT, required=False)
    source = forms.ChoiceField(label=gettext_lazy("Copy from"), required=False)

    def __init__(self, *args: Any, host: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.host = host
        self.lists = list(CadreList.objects.filter(unit=host))
        self.fields["source"].choices = [  # type: ignore[attr-defined]
            (LATEST, _("The latest list of this kind, if there is one")),
            ("", _("Begin an empty list")),
            *((str(listing.pk), listing.title) for listing in self.lists),
        ]

    def clean(self) -> dict[str, Any]:
        """One list of a kind a year; a copy is of the same kind; a title left as offered suits the kind."""
        data = super().clean() or self.cleaned_data
        kind, year = data.get("kind"), data.get("year")
        if kind and year and any((one.year, one.kind) == (year, kind) for one in self.lists):
            self.add_error("year", _("There is a list of this kind for %(year)s.") % {"year": str(year)})
        chosen = data.get("source")
        source = data["source"] = self._source(chosen, kind)
        if source is not None and kind and source.kind != kind:
            self.add_error("source", _("This list is of another kind of cadres."))
        if kind and year and data.get("title") == self.initial.get("title"):
            data["title"] = usual_title(kind, self.host, year)
        return data

    def _source(self, chosen: str | None, kind: str | None) -> CadreList | None:
        """The list named, or the latest of the kind; lists stand with the latest year first."""
        if chosen == LATEST:
            return next((one for one in self.lists if one.kind == kind), None)
        return next((one for one in self.lists if str(one.pk) == chosen), None)


@dataclass(frozen=True)
class Faulty:
    """A pasted line that cannot be taken, and why."""

    number: int
    line: str
    reason: str


class PasteForm(forms.Form):
    """People by code or card number, one a line; post and organisation as printed may follow.

    All lines are taken or none: each wrong one is named with its number.
    """

    use_required_attribute = False
    lines = forms.CharField(
        label=gettext_lazy("Codes or card numbers, one a line"),
        help_text=gettext_lazy(
            "Post and organisation as printed may follow, each after a tab or a semicolon."
        ),
        widget=forms.Textarea(attrs={"rows": 5}),
        strip=False,
        error_messages={"required": gettext_lazy("Paste at least one line.")},
    )

    def __init__(self, *args: Any, listing: CadreList, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.listing = listing
        self.faulty: list[Faulty] = []

    def clean_lines(self) -> list[Added]:
        """The people named; a line that names nobody of the host is told with its number."""
        rows = _rows(self.cleaned_data["lines"])
        if not rows:
            raise ValidationError(_("Paste at least one line."))
        if len(rows) > MOST_LINES:
            raise ValidationError(_("At most %(most)s lines at a time, please.") % {"most": MOST_LINES})
        known = _members(self.listing.unit, [key for _number, key, _post, _unit in rows])
        told = set(self.listing.entries.values_list("member_id", flat=True))
        posts = _known_posts(self.listing)
        people = []
        for number, key, post, printed in rows:
            member = known.get(key.upper())
            reason = _why_not(member, post, printed, told, posts)
            if reason or member is None:
                self.faulty.append(Faulty(number, key, reason))
            else:
                people.append(Added(member=member, post=post, unit_printed=printed))
        if self.faulty:
            words = _("Line %(number)s (%(key)s): %(reason)s")
            raise ValidationError(
                [words % {"number": one.number, "key": one.line, "reason": one.reason} for one in self.faulty]
            )
        return people


def _rows(text: str) -> list[tuple[int, str, str, str]]:
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        parts = [clean(part) for part in SEPARATOR.split(line, maxsplit=2)]
        key, post, printed = (*parts, "", "")[:3]
        if key or post:
            found.append((number, key[:40], post, printed))
    return found


def _members(host: Unit, keys: Sequence[str]) -> dict[str, Member]:
    """Members below the host by code and by card number."""
    wanted = {key.upper() for key in keys}
    rows = Member.objects.filter(unit__path__startswith=host.path).select_related("unit")
    found = {}
    for member in rows.filter(Q(code__in=wanted) | Q(card_number__in=wanted)):
        found[member.code] = member
        if member.card_number:
            found[member.card_number.upper()] = member
    return found


def _known_posts(listing: CadreList) -> set[int]:
    """Who was printed with a post on another list of the kind."""
    lists = CadreList.objects.filter(unit=listing.unit_id, kind=listing.kind)
    return set(lists.exclude(entries__post_printed="").values_list("entries__member", flat=True))


def _why_not(member: Member | None, post: str, printed: str, told: set[int], posts: set[int]) -> str:
    if member is None:
        return _("nobody of this organisation has this code or card number")
    if member.pk in told:
        return _("stands on the list already")
    if not post and member.pk not in posts:
        return _("the post is missing")
    if max(len(post), len(printed)) > PRINTED_LIMIT:
        return _("longer than %(limit)s characters") % {"limit": PRINTED_LIMIT}
    return ""


class EntryForm(forms.Form):
    """How a cadre is printed, and the organisation of his at which he counts."""

    use_required_attribute = False
    post = Words(
        label=gettext_lazy("Post, as printed"),
        limit=PRINTED_LIMIT,
        error_messages={"required": gettext_lazy("Write the post.")},
    )
    unit_printed = Words(
        label=gettext_lazy("Organisation, as printed"),
        limit=PRINTED_LIMIT,
        error_messages={"required": gettext_lazy("Write the organisation.")},
    )
    unit = forms.ChoiceField(label=gettext_lazy("Counts at"))

    def __init__(self, *args: Any, units: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {unit.code: unit for unit in units}
        self.fields["unit"].choices = [(unit.code, unit.name) for unit in units]  # type: ignore[attr-defined]
