"""Forms of closings: the official one with its document, the reopening of a campaign with its reason."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pledges.forms.fields import Day, FormRef, Words


class WorkingForm(forms.Form):
    """Only the form's own ref: a double click finds the first closing."""

    ref = FormRef()


class DocumentForm(forms.Form):
    """Number and date of a document that is there already: its date does not lie in the future."""

    use_required_attribute = False
    document = Words(
        label=gettext_lazy("Number and symbol of the document"),
        limit=80,
        help_text=gettext_lazy("For example 12-BC/QU"),
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Enter the number of the document.")},
    )
    document_on = Day(
        label=gettext_lazy("Date of the document"),
        help_text=gettext_lazy("For example 26/03/2024"),
        error_messages={"required": gettext_lazy("Enter the date of the document.")},
    )

    def __init__(self, *args: Any, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.day = day

    def clean_document_on(self) -> date:
        """Not in the future."""
        on: date = self.cleaned_data["document_on"]
        if on > self.day:
            raise forms.ValidationError(_("The date of the document lies in the future."))
        return on


class OfficialForm(DocumentForm):
    """An official closing: what it is called, and the document it stands on."""

    ref = FormRef()
    title = Words(
        label=gettext_lazy("Name of the closing"),
        limit=200,
        error_messages={"required": gettext_lazy("Enter a name for the closing.")},
    )
    field_order = ("ref", "title", "document", "document_on")


class ReopenForm(DocumentForm):
    """On which document a closed campaign is opened again, and why."""

    reason = Words(
        label=gettext_lazy("Reason"),
        limit=300,
        error_messages={"required": gettext_lazy("Enter the reason.")},
    )
