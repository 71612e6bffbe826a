"""The filter of the journals; it stands in the address, so that a finding can be shown again."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadres.dates import DateError, parse_day
from cadres.text import clean


class JournalForm(forms.Form):
    """Days of recording, kind, channel, organisation; `after` is the key of the page."""

    first = forms.CharField(label=gettext_lazy("Recorded from"), required=False, max_length=40)
    last = forms.CharField(label=gettext_lazy("to the day"), required=False, max_length=40)
    kind = forms.ChoiceField(label=gettext_lazy("Kind of entry"), required=False)
    channel = forms.ChoiceField(label=gettext_lazy("How it came"), required=False)
    unit = forms.CharField(label=gettext_lazy("Organisation"), required=False, max_length=100)
    page = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, kinds: list[tuple[str, str]], channels: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        everything = [("", _("all"))]
        self.fields["kind"].choices = everything + kinds  # type: ignore[attr-defined]
        if channels:
            self.fields["channel"].choices = everything + channels  # type: ignore[attr-defined]
        else:
            del self.fields["channel"]

    def clean_first(self) -> date | None:
        """A day with the day first, or nothing."""
        return self._day("first")

    def clean_last(self) -> date | None:
        """A day with the day first, or nothing."""
        return self._day("last")

    def clean_unit(self) -> str:
        """One clean line."""
        return clean(self.cleaned_data["unit"])

    def clean(self) -> None:
        """The days come in their order."""
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day lies before the first."))

    def _day(self, name: str) -> date | None:
        try:
            return parse_day(self.cleaned_data[name]) if self.cleaned_data[name] else None
        except DateError as error:
            raise ValidationError(str(error)) from error
