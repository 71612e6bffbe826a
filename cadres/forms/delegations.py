"""The form that delegates the typing for a cadre to an account."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from cadres.dates import DateError, parse_day


class DelegateForm(forms.Form):
    """Whose account, by its user name, and the last day on which it types."""

    use_required_attribute = False

    account = forms.CharField(max_length=60, widget=forms.HiddenInput)
    last_day = forms.CharField(
        label=gettext_lazy("Types until the end of"),
        max_length=40,
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("The day is missing.")},
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["last_day"] = f"31/12/{on.year}"

    def clean_last_day(self) -> date:
        """A day in words of the calendar."""
        try:
            return parse_day(self.cleaned_data["last_day"])
        except DateError as error:
            raise ValidationError(str(error)) from error

    @property
    def end(self) -> date:
        """The first day on which the account types no more."""
        last: date = self.cleaned_data["last_day"]
        return last + timedelta(days=1)
