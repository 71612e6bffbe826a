"""Forms of the list of notices and of one's own account."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy

from cadres.models import User


class AllReadForm(forms.Form):
    """The last notice that the page showed."""

    last = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class AccountForm(forms.Form):
    """Where letters go, whether they are wanted, and the language of the person."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy("Leave it empty to be told on these pages only. Nobody else sees it."),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )
    wants_mail = forms.BooleanField(
        label=gettext_lazy("Send me a letter for every notice"),
        help_text=gettext_lazy(
            "When an amendment is asked for, a meeting has decided, or a deadline comes near."
        ),
        required=False,
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of pages and letters"),
        choices=settings.LANGUAGES,
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any = None, *, user: User) -> None:
        initial = {"email": user.email, "wants_mail": user.wants_mail, "language": user.language}
        super().__init__(data, initial=initial)

    def clean_email(self) -> str:
        """Without the spaces of a pasted line; the part behind the @ in small letters."""
        name, at, host = self.cleaned_data["email"].strip().rpartition("@")
        return f"{name}{at}{host.lower()}"
