"""The form with which a registration list is brought in."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadres.uploads import UploadError, check_upload
from pledges.forms.fields import Day
from pledges.models import Campaign


class PledgeUploadForm(forms.Form):
    """A workbook, the campaign it belongs to, and the day of registration of lines that state none."""

    file = forms.FileField(
        label=gettext_lazy("Which Excel file holds the list?"),
        help_text=gettext_lazy(
            "An .xlsx or .xls file as the office keeps it; its columns need not be changed."
        ),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls"}),
    )
    campaign = forms.ModelChoiceField(
        label=gettext_lazy("Which campaign does the list belong to?"),
        queryset=Campaign.objects.none(),
        to_field_name="code",
        empty_label=None,
    )
    on = Day(
        label=gettext_lazy("On which day were lines registered that state no day?"),
        help_text=gettext_lazy("Left empty, the day stays unknown."),
        required=False,
        max_length=40,
    )

    def __init__(self, *args: Any, campaigns: QuerySet[Campaign], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["campaign"].queryset = campaigns  # type: ignore[attr-defined]

    def clean_file(self) -> UploadedFile:
        """A real workbook of a size that is taken; what stands in it is read by the worker."""
        file: UploadedFile = self.cleaned_data["file"]
        try:
            check_upload(file, name=file.name, limit=settings.UPLOAD_MAX_BYTES)
        except UploadError as error:
            raise ValidationError(str(error), code="upload") from error
        return file

    def clean_on(self) -> date | None:
        """Nobody has registered on a day that has not come."""
        on: date | None = self.cleaned_data["on"]
        if on and on > self.today:
            raise ValidationError(_("This day has not come yet."), code="future")
        return on
