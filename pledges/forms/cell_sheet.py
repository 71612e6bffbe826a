"""The form with which the filled list of a cell is brought in."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadres.uploads import MEGABYTE, UploadError, check_upload

# The list of a cell has some 20 kB; what is far larger is something else.
LIMIT = 2 * MEGABYTE


class CellSheetForm(forms.Form):
    """One workbook of the kind that was handed out."""

    use_required_attribute = False

    file = forms.FileField(
        label=gettext_lazy("The filled file (.xlsx)"),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": gettext_lazy("Choose the file first.")},
    )

    def clean_file(self) -> UploadedFile:
        """A real .xlsx of a size that a cell's list may have; what stands in it is read apart."""
        file: UploadedFile = self.cleaned_data["file"]
        try:
            kind = check_upload(file, name=file.name, limit=LIMIT)
        except UploadError as error:
            raise ValidationError(str(error), code="upload") from error
        if kind != "xlsx":
            text = _("This is an old .xls file. Open it in Excel, save it as .xlsx and choose that one.")
            raise ValidationError(text, code="upload")
        return file
