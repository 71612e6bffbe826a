"""Fields that take text, numbers and days as offices type them, and keep what was typed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadres.dates import DateError, parse_day
from cadres.templatetags.display import number
from cadres.text import clean, clean_text, parse_decimal_vn, parse_int_vn

LARGEST = Decimal(10) ** 12


@dataclass(frozen=True)
class Problem:
    """What is wrong with a field; `row` counts from 1 where the form has rows."""

    field: BoundField
    text: str
    row: int | None = None


def problems_of(form: forms.Form, row: int | None = None) -> Iterator[Problem]:
    """What is wrong with a form, field by field."""
    for field in form:
        for text in field.errors:
            yield Problem(field, str(text), row)


def problems_of_rows(forms_of_rows: Iterable[forms.Form]) -> list[Problem]:
    """What is wrong in rows that are a form each."""
    return [one for row, form in enumerate(forms_of_rows, start=1) for one in problems_of(form, row)]


class FormRef(forms.UUIDField):
    """The hidden UUID by which a form sent twice is known; broken, the page is to be opened again."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        broken = gettext_lazy("The form is out of date. Please open the page again.")
        super().__init__(error_messages={"invalid": broken, "required": broken})


class TextBox(BoundField):
    """A box for free text, described by the note beside it: nothing that is a state secret."""

    @property
    def aria_describedby(self) -> str | None:
        told = super().aria_describedby
        return told if told is None else f"{self.auto_id}_secret {told}".strip()


class Words(forms.CharField):
    """Cleaned text of at most `limit` characters; `rows` makes it several lines.

    `warns` puts the note on secrets beside it; a box of several lines always bears it. The limit is not
    told to the browser, which would cut pasted text off without a word.
    """

    def __init__(self, *, limit: int, rows: int = 0, warns: bool = False, **kwargs: Any) -> None:
        self.limit, self.several_lines = limit, bool(rows)
        self.warns = warns or self.several_lines
        if rows:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(strip=False, **kwargs)

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> BoundField:
        return (TextBox if self.warns else BoundField)(form, self, field_name)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return clean_text(text) if self.several_lines else clean(text)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if len(value) > self.limit:
            text = _("At most %(limit)s characters; %(typed)s were typed. Please shorten it.")
            raise ValidationError(text % {"limit": number(self.limit), "typed": number(len(value))})


class Lines(Words):
    """A list typed one entry a line, each of at most `longest` characters."""

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        self.longest = longest
        super().__init__(**kwargs)

    def clean(self, value: Any) -> list[str]:
        lines = [line for line in super().clean(value).splitlines() if line]
        for line in lines:
            if len(line) > self.longest:
                text = _("“%(start)s…” is longer than %(limit)s characters.")
                raise ValidationError(text % {"start": line[:40], "limit": number(self.longest)})
        return lines

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, (list, tuple)) else value


class Figure(forms.CharField):
    """A number as an office writes it: 1.200 or 88,7; shown again in the same way in every language."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"class": "number", "inputmode": "decimal"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            figure = parse_decimal_vn(text)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        if figure >= LARGEST or figure != round(figure, 2):
            raise ValidationError(_("A number below 1,000,000,000,000 with at most two decimals, please."))
        return figure

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Decimal):
            return value
        return f"{value.normalize():,f}".translate(str.maketrans(",.", ".,"))


class Count(forms.CharField):
    """A whole number of people: 28 or 1.200."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"class": "number", "inputmode": "numeric"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            count = parse_int_vn(text)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        if count > 1_000_000:
            raise ValidationError(_("That many people cannot be meant."))
        return count


class Day(forms.CharField):
    """A day, day first: 30/09/2024. A day that does not exist is named as such."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"class": "short", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> date | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_day(text)
        except DateError as error:
            raise ValidationError(str(error)) from error

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%d/%m/%Y}" if isinstance(value, date) else value


class IfChosen(forms.CharField):
    """An answer that another one asks for: neither marked as optional nor demanded by itself."""

    def validate(self, value: Any) -> None:
        """What is empty is the business of the form, which knows the other answer."""
        if value:
            super().validate(value)


class DayIfChosen(IfChosen, Day):
    """A day to be written when "on a certain day" was chosen."""


class WordsIfChosen(IfChosen, Words):
    """Words to be written when something else than the usual was chosen."""


class ChoicesIfChosen(forms.MultipleChoiceField):
    """Ticks offered beside such words, of which either is enough."""

    def validate(self, value: list[Any]) -> None:
        """As with the words: what is empty is the business of the form."""
        if value:
            super().validate(value)


def blank_choice(label: Any, choices: Iterable[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Choices of a select that may stay open."""
    return [("", label), *choices]
