"""Suggested tasks in rows: title, product, theme; many are pasted at once, one a line."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadres.text import clean
from pledges.actions.suggestions import MOST_SUGGESTIONS, SuggestedRow
from pledges.forms.fields import Problem, Words, problems_of, problems_of_rows
from pledges.models import Suggestion, Theme

LIMIT = 500
# Open rows after those that are there.
SPARE = 3


class SuggestionForm(forms.Form):
    """One row: the task, what comes of it, and the theme it answers."""

    use_required_attribute = False
    title = Words(label=gettext_lazy("Task"), limit=LIMIT, rows=2, required=False)
    product = Words(label=gettext_lazy("Result, product"), limit=LIMIT, rows=2, required=False)
    theme = forms.ChoiceField(label=gettext_lazy("Theme"), required=False)
    gone = forms.BooleanField(label=gettext_lazy("Take away"), required=False)

    def __init__(self, *args: Any, themes: Sequence[Theme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("No theme")), *((str(theme.pk), theme.title) for theme in themes)]
        self.fields["theme"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A row with a product or a theme names its task."""
        data = super().clean() or self.cleaned_data
        nameless = data.get("title") == "" and not data.get("gone")
        if nameless and (data.get("product") or data.get("theme")):
            self.add_error("title", _("Write the task."))
        return data

    def row(self) -> SuggestedRow | None:
        """What the action takes; None for a row that is open or taken away."""
        data = self.cleaned_data
        if data["gone"] or not data["title"]:
            return None
        title, product = " ".join(data["title"].split()), " ".join(data["product"].split())
        theme = int(data["theme"]) if data["theme"] else None
        return SuggestedRow(title=title, product=product, theme=theme)


class PastedRows(forms.CharField):
    """Rows pasted one a line: the task, and after a tab or a semicolon its product."""

    def clean(self, value: Any) -> list[SuggestedRow]:
        found = []
        for number, line in enumerate((super().clean(value) or "").splitlines(), start=1):
            mark = "\t" if "\t" in line else ";"
            title, _mark, product = line.partition(mark)
            row = SuggestedRow(title=clean(title), product=clean(product))
            if max(len(row.title), len(row.product)) > LIMIT:
                text = _("Line %(number)s is longer than %(limit)s characters.")
                raise ValidationError(text % {"number": number, "limit": LIMIT})
            if row.product and not row.title:
                raise ValidationError(_("Line %(number)s names no task.") % {"number": number})
            if row.title:
                found.append(row)
        return found


class PasteForm(forms.Form):
    """Further tasks, pasted from a document or a sheet."""

    use_required_attribute = False
    lines = PastedRows(
        label=gettext_lazy("Paste further tasks, one a line"),
        required=False,
        strip=False,
        help_text=gettext_lazy("The product may follow after a tab or a semicolon."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class SuggestionsForm:
    """All rows a unit suggests in a tier, some open rows, and a box to paste more into."""

    def __init__(self, rows: Sequence[Suggestion], themes: Sequence[Theme], data: Any = None) -> None:
        n = len(rows) if data is None else _told(data)
        self.paste = PasteForm(data)
        self.rows = [
            SuggestionForm(data, prefix=f"row-{index}", themes=themes, initial=_initial(rows, index))
            for index in range(n + SPARE)
        ]

    @property
    def count(self) -> int:
        """How many rows were there."""
        return len(self.rows) - SPARE

    def is_valid(self) -> bool:
        """Whether every row can be read; all of them are looked at."""
        return all([form.is_valid() for form in (*self.rows, self.paste)])

    @property
    def problems(self) -> list[Problem]:
        """What is wrong, row by row, at last in what was pasted."""
        return [*problems_of_rows(self.rows), *problems_of(self.paste)]

    def tasks(self) -> list[SuggestedRow]:
        """The rows that stay, then those pasted; a task that stands there already is not doubled."""
        typed = [row for form in self.rows if (row := form.row()) is not None]
        known = {row.title for row in typed}
        return [*typed, *(row for row in self.paste.cleaned_data["lines"] if row.title not in known)]


def _told(data: Any) -> int:
    told = data.get("rows", "")
    return min(int(told), MOST_SUGGESTIONS) if told.isascii() and told.isdigit() and len(told) < 6 else 0


def _initial(rows: Sequence[Suggestion], index: int) -> dict[str, Any]:
    if index >= len(rows):
        return {}
    one = rows[index]
    return {"title": one.title, "product": one.product, "theme": str(one.theme_id or "")}
