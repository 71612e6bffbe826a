"""The forms of a member's place: another cell, another standing, off the list."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadres.dates import DateError, parse_day
from cadres.models import Rank, Standing, Unit
from cadres.text import clean

LONGEST_NUMBER = 60


def unit_choice(unit: Unit) -> tuple[str, str]:
    """An organisation among those found: names are often the same, so the one above stands beside."""
    return unit.code, f"{unit.name} – {unit.parent.name}" if unit.parent else unit.name


def _choices(kind: type[TextChoices]) -> list[tuple[str, str]]:
    return [(one.value, capfirst(one.label)) for one in kind]


rank_choices = partial(_choices, Rank)


class DatedForm(forms.Form):
    """From which day it holds, and the paper that says so."""

    use_required_attribute = False
    on = forms.CharField(
        label=gettext_lazy("From which day?"),
        help_text=gettext_lazy("For example 26/03/2024."),
        max_length=40,
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("The day is missing.")},
    )
    document = forms.CharField(
        label=gettext_lazy("Number of the decision or letter"),
        help_text=gettext_lazy("For example 15-QĐ/ĐU. It is kept in the journal."),
        required=False,
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("on", f"{today:%d/%m/%Y}")
        self.today = today

    def clean_on(self) -> date:
        """A day of the calendar that has come."""
        try:
            day = parse_day(self.cleaned_data["on"])
        except DateError as error:
            raise ValidationError(str(error)) from error
        if day > self.today:
            raise ValidationError(_("The day lies in the future; enter it when it has come."))
        return day

    def clean_document(self) -> str:
        """One clean line."""
        number = clean(self.cleaned_data["document"])
        if len(number) > LONGEST_NUMBER:
            raise ValidationError(_("At most %(limit)s characters, please.") % {"limit": LONGEST_NUMBER})
        return number


class UnitSearchForm(DatedForm):
    """An organisation looked for by name, then chosen among those `found`."""

    q = forms.CharField(
        label=gettext_lazy("Name of the organisation"),
        help_text=gettext_lazy("A few words, with or without marks; also of the organisation above it."),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("Which organisation?"),
        required=False,
        widget=forms.RadioSelect,
        error_messages={
            "invalid_choice": gettext_lazy("It is not among those found, or has ended; look again.")
        },
    )
    field_order = ("q", "unit", "on", "document")

    def __init__(self, *args: Any, found: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found = found
        for name in ("q", "unit"):
            self.fields[name].demanded = True  # type: ignore[attr-defined]
        self.fields["unit"].choices = [unit_choice(unit) for unit in found]  # type: ignore[attr-defined]

    def clean(self) -> None:
        """The organisation itself, as `chosen`."""
        code = self.cleaned_data.get("unit")
        if not code and "unit" not in self.errors:
            if self.found:
                self.add_error("unit", _("Choose one of those found."))
            else:
                self.add_error("q", _("Look for it by its name, then choose it."))
        self.cleaned_data["chosen"] = next((unit for unit in self.found if unit.code == code), None)


class MoveForm(UnitSearchForm):
    """The cell that a member comes to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["q"].label = _("Name of the cell")
        self.fields["unit"].label = _("To which cell?")


class StandingForm(DatedForm):
    """Rank and standing of a member as they are from the day on."""

    rank = forms.ChoiceField(
        label=gettext_lazy("Official or probationary"),
        choices=rank_choices,
        widget=forms.RadioSelect,
    )
    standing = forms.ChoiceField(
        label=gettext_lazy("Standing"), choices=partial(_choices, Standing), widget=forms.RadioSelect
    )
    field_order = ("rank", "standing", "on", "document")


class LeaveForm(DatedForm):
    """The first day on which somebody is no longer on the list; whether an open account is closed."""

    close_account = forms.BooleanField(
        label=gettext_lazy("Close the account too"),
        help_text=gettext_lazy("Nobody signs in with it any more, and its roles end."),
        required=False,
        initial=True,
    )

    def __init__(self, *args: Any, with_account: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_account:
            del self.fields["close_account"]
