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
from cadres.text import fold
from cadres.uploads import UploadError, check_upload

# A list longer than this is not looked through; its name is typed.
OFFERED = 200


def _named(hosts: QuerySet[Unit], name: str) -> QuerySet[Unit]:
    for word in fold(name).split():
        hosts = hosts.filter(name_key__contains=word)
    return hosts.order_by("path")


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

    def __init__(self, *args: Any, hosts: QuerySet[Unit], today: date, name: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        field: Any = self.fields["host"]
        field.queryset = hosts
        # Any of the hosts is taken; so many of the name looked for are offered, and what was chosen.
        found = list(_named(hosts, name)[: OFFERED + 1])
        self.is_narrowed = bool(name) or len(found) > OFFERED
        chosen = self.data.get("host", "")
        if chosen.isascii() and chosen.isdigit() and chosen not in {str(unit.pk) for unit in found[:OFFERED]}:
            found = [*hosts.filter(pk=int(chosen[:18])), *found]
        field.widget.choices = [(unit.pk, unit.name) for unit in found[:OFFERED]]

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
