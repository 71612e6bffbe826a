"""The form with which a registration list is brought in."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadres.uploads import UploadError, check_upload
from pledges.forms.fields import Day
from pledges.models import Campaign


class PledgeImportForm(forms.Form):
    """A workbook, the campaign it belongs to, and the day of registration of lines that state none."""

    campaign = forms.ModelChoiceField(
        label=gettext_lazy("Campaign"), queryset=Campaign.objects.none(), empty_label=None
    )
    file = forms.FileField(
        label=gettext_lazy("Workbook with the registration list"),
        help_text=gettext_lazy("An .xlsx or .xls file, as it is. It is only looked at first."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls"}),
    )
    on = Day(
        label=gettext_lazy("Day of registration, for lines that state none"),
        help_text=gettext_lazy("Left empty, the day stays unknown."),
        required=False,
    )

    def __init__(self, *args: Any, campaigns: QuerySet[Campaign], day: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["campaign"].queryset = campaigns
        self.day = day
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_file(self) -> Any:
        """The file must be a sound workbook; its list is read by the worker."""
        file = self.cleaned_data["file"]
        try:
            check_upload(file, name=file.name)
        except UploadError as error:
            raise ValidationError(str(error)) from error
        return file

    def clean_on(self) -> Any:
        """Nobody registers in the future."""
        on = self.cleaned_data["on"]
        if on and on > self.day:
            raise ValidationError(_("This day lies in the future."))
        return on
