"""What is compared with what, and as of which day; all of it stands in the address."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadres.dates import DateError, parse_day
from cadres.text import clean

Choices = list[tuple[str, str]]


class YearsForm(forms.Form):
    """The campaign, the year it is put beside, the figure, and a part of the name of an organisation."""

    campaign = forms.ChoiceField(label=gettext_lazy("Campaign"), required=False)
    against = forms.ChoiceField(label=gettext_lazy("Beside"), required=False)
    figure = forms.ChoiceField(label=gettext_lazy("Figure"), required=False)
    unit = forms.CharField(label=gettext_lazy("Name of an organisation"), required=False, max_length=100)
    sort = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    on = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, campaigns: Choices, against: Choices, figures: Choices, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("campaign", campaigns), ("against", against), ("figure", figures)):
            if choices:
                self.fields[name].choices = choices  # type: ignore[attr-defined]
            else:
                del self.fields[name]

    def clean_unit(self) -> str:
        """One clean line."""
        return clean(self.cleaned_data["unit"])


class PastDayForm(forms.Form):
    """A day that is over."""

    on = forms.CharField(
        label=gettext_lazy("Registered by the end of the day"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "placeholder": gettext_lazy("day/month/year")}),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)

    def clean_on(self) -> date:
        """A day, the day first, that has begun."""
        try:
            day = parse_day(self.cleaned_data["on"])
        except DateError as error:
            raise ValidationError(str(error)) from error
        if day > self.today:
            raise ValidationError(_("This day has not come yet."))
        return day
