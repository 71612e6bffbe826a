"""The form of an account for an assistant."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadres.models import Unit
from cadres.text import clean
from cadres.usernames import LONGEST, username_from

NAME_LIMIT = 130


class AssistantForm(forms.Form):
    """Name and organisation; the user name is proposed when it is left empty."""

    use_required_attribute = False
    name = forms.CharField(
        label=gettext_lazy("Family and given names"),
        error_messages={"required": gettext_lazy("Enter the name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("Organisation"),
        help_text=gettext_lazy("Where the comrade works; key cadres find the account there."),
        error_messages={"required": gettext_lazy("Choose the organisation.")},
    )
    username = forms.CharField(
        label=gettext_lazy("User name"),
        help_text=gettext_lazy("Leave it empty and it is made of the name."),
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    def __init__(self, *args: Any, units: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {unit.code: unit for unit in units}
        self.fields["unit"].choices = [(unit.code, unit.name) for unit in units]  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        """One clean line with at least one letter."""
        name = clean(self.cleaned_data["name"])
        if not any(char.isalpha() for char in name):
            raise ValidationError(_("Enter the name."))
        if len(name) > NAME_LIMIT:
            raise ValidationError(_("At most %(limit)s characters, please.") % {"limit": NAME_LIMIT})
        return name

    def clean_username(self) -> str:
        """As it is stored: small letters, no marks, no spaces."""
        typed: str = self.cleaned_data["username"]
        username = username_from(typed)
        if typed and not username:
            raise ValidationError(_("Use letters and figures."))
        if len(typed) > LONGEST:
            raise ValidationError(_("At most %(limit)s characters, please.") % {"limit": LONGEST})
        return username
