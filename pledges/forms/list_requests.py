"""What the level above wants amended in a list."""

from django import forms
from django.utils.translation import gettext_lazy

from pledges.forms.fields import Words


class ListRequestForm(forms.Form):
    """The reasons, as the unit that sent the list reads them."""

    use_required_attribute = False

    note = Words(
        limit=1000,
        rows=4,
        label=gettext_lazy("What is to be amended in the list?"),
        help_text=gettext_lazy("The secretary reads these words above the list."),
        error_messages={"required": gettext_lazy("Say what is to be amended.")},
    )
