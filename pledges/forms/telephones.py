"""Whom to call about a list: the telephones of a unit and of its secretary."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadres.models import Member, Unit
from pledges.forms.fields import Words

LIMIT, FEWEST, MOST = 30, 3, 15  # characters kept; digits of a number: an extension to one with its country
_WRITTEN = re.compile(r"\+?[0-9 .()-]+")


class Telephone(Words):
    """A telephone number as people write it, with spaces or dots."""

    widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off", "class": "short"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(limit=LIMIT, required=False, **kwargs)

    def validate(self, value: Any) -> None:
        super().validate(value)
        digits = sum(char.isdigit() for char in value)
        if value and not (_WRITTEN.fullmatch(value) and FEWEST <= digits <= MOST):
            raise ValidationError(_("Write one telephone number, for example 0912 345 678."))


class TelephonesForm(forms.Form):
    """The secretary's telephone, where there is one in office, and the organisation's own."""

    use_required_attribute = False
    # Whose telephone it is: a number typed for one secretary is never given to the next.
    secretary = forms.CharField(required=False, widget=forms.HiddenInput)
    secretary_phone = Telephone()
    phone = Telephone(
        label=gettext_lazy("Telephone of the organisation"),
        help_text=gettext_lazy("Called where the secretary's own is not known."),
    )

    def __init__(self, data: Any, *, unit: Unit, secretary: Member | None) -> None:
        initial = {"phone": unit.phone}
        if secretary is not None:
            initial |= {"secretary": secretary.code, "secretary_phone": secretary.phone}
        super().__init__(data, initial=initial)
        self.code = secretary.code if secretary else ""
        if secretary is None:
            del self.fields["secretary_phone"]
        else:
            label = _("Telephone of the secretary, comrade %(name)s") % {"name": secretary.name}
            self.fields["secretary_phone"].label = label

    def clean(self) -> dict[str, Any]:
        """The secretary must still be the one whom the page named."""
        cleaned = super().clean() or {}
        if cleaned.get("secretary", "") != self.code:
            raise ValidationError(_("The secretary has changed meanwhile. Please open the page again."))
        return cleaned
