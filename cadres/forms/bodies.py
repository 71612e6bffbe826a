"""The form of a body that decides."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadres.actions.bodies import MOST_SEATS, BodyGiven
from cadres.text import clean, parse_int_vn

NAME_LIMIT, SYMBOL_LIMIT = 200, 20


class BodyForm(forms.Form):
    """Official name, symbol, seats."""

    use_required_attribute = False
    name = forms.CharField(
        label=gettext_lazy("Official name"),
        help_text=gettext_lazy("As it is printed, for example Ban Thường vụ Quận ủy Tây Hồ"),
        error_messages={"required": gettext_lazy("Enter the official name.")},
    )
    symbol = forms.CharField(
        label=gettext_lazy("Symbol in document numbers"),
        required=False,
        help_text=gettext_lazy("For example QU, ĐU, UBND"),
        widget=forms.TextInput(attrs={"class": "short"}),
    )
    seats = forms.CharField(
        label=gettext_lazy("Seats of the body"),
        required=False,
        help_text=gettext_lazy("More than half of them must agree. Leave it open where it is not known."),
        widget=forms.TextInput(attrs={"class": "number", "inputmode": "numeric"}),
    )

    def clean_name(self) -> str:
        """One clean line."""
        return _short(self.cleaned_data["name"], NAME_LIMIT)

    def clean_symbol(self) -> str:
        """One clean line."""
        return _short(self.cleaned_data["symbol"], SYMBOL_LIMIT)

    def clean_seats(self) -> int | None:
        """A number of people, or not known."""
        text = self.cleaned_data["seats"].strip()
        if not text:
            return None
        try:
            seats = parse_int_vn(text)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        if not 1 <= seats <= MOST_SEATS:
            raise ValidationError(_("A body has from 1 to %(most)s seats.") % {"most": MOST_SEATS})
        return seats

    def given(self) -> BodyGiven:
        """What the action takes."""
        data: dict[str, Any] = self.cleaned_data
        return BodyGiven(name=data["name"], symbol=data["symbol"], seats=data["seats"])


def _short(value: str, limit: int) -> str:
    text = clean(value)
    if len(text) > limit:
        raise ValidationError(_("At most %(limit)s characters, please.") % {"limit": limit})
    return text
