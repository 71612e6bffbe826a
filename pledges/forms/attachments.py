"""The form that brings a file to a pledge."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from cadres.uploads import SUFFIXES
from pledges.actions.attachments import KINDS
from pledges.models import AttachmentKind

ENDINGS = [suffix for suffix, kind in SUFFIXES.items() if kind in KINDS]


class AttachmentForm(forms.Form):
    """A file and what it is; only the kinds the reader may add are offered."""

    use_required_attribute = False

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("PDF, picture, Word or Excel, up to 10 MB. Nothing that is a state secret."),
        widget=forms.FileInput(attrs={"accept": ",".join(ENDINGS)}),
        error_messages={
            "required": gettext_lazy("Choose the file."),
            "empty": gettext_lazy("The file is empty. Save it again and choose it once more."),
        },
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What it is"),
        choices=AttachmentKind,
        error_messages={"required": gettext_lazy("Say what the file is.")},
    )

    def __init__(self, *args: Any, kinds: Sequence[AttachmentKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["kind"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(kind.value, kind.label) for kind in kinds]
        choice.initial = kinds[0] if kinds else None
        if len(kinds) == 1:
            choice.widget = forms.HiddenInput()
