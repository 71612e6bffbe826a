"""The form of bringing in a roster, and of saying how it is to be written."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadres.dates import DateError, parse_day
from cadres.models import ImportMode, Unit
from cadres.uploads import UploadError, check_upload


class RosterUploadForm(forms.Form):
    """A workbook, the organisation whose list it is, and the day that it speaks of."""

    file = forms.FileField(
        label=gettext_lazy("Which Excel file holds the list?"),
        help_text=gettext_lazy(
            "An .xlsx or .xls file as the office keeps it; its columns need not be changed."
        ),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls"}),
    )
    host = forms.ModelChoiceField(
        label=gettext_lazy("Whose list is it?"),
        help_text=gettext_lazy("The organisation that stands above all that the list names."),
        queryset=Unit.objects.none(),
        empty_label=None,
    )
    as_of = forms.CharField(
        label=gettext_lazy("Which day does the list speak of?"),
        help_text=gettext_lazy(
            "For example 01/01/2024. Whoever moved is counted at the new place from this day."
        ),
        max_length=40,
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, hosts: QuerySet[Unit], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["host"].queryset = hosts  # type: ignore[attr-defined]

    def clean_file(self) -> UploadedFile:
        """A real workbook of a size that is taken; what stands in it is read by the worker."""
        file: UploadedFile = self.cleaned_data["file"]
        try:
            check_upload(file, name=file.name, limit=settings.UPLOAD_MAX_BYTES)
        except UploadError as error:
            raise ValidationError(str(error), code="upload") from error
        return file

    def clean_as_of(self) -> date:
        """A day of the calendar that has come."""
        try:
            day = parse_day(self.cleaned_data["as_of"])
        except DateError as error:
            raise ValidationError(str(error), code="date") from error
        if day > self.today:
            raise ValidationError(_("The list speaks of a day that has not come yet."), code="future")
        return day


class ConfirmForm(forms.Form):
    """How a checked list is to be written."""

    mode = forms.ChoiceField(
        choices=[(mode.value, mode.label) for mode in ImportMode if mode is not ImportMode.CHECK]
    )
