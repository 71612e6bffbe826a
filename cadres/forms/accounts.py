"""Forms of signing in, of choosing a password, of slips, roles and posts."""

import re
from datetime import date
from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadres.actions.accounts import code_as_stored
from cadres.dates import DateError, parse_day
from cadres.models import User
from cadres.text import clean
from cadres.usernames import username_from

LONGEST_SEARCH = 100


# A primary key: no longer than the database can hold.
KEY = re.compile(r"[0-9]{1,18}")


class SignInForm(forms.Form):
    """User name with password or one-time code; the answer never tells whether the name exists."""

    username = forms.CharField(
        label=gettext_lazy("User name"),
        help_text=gettext_lazy("As it stands on your account slip, for example nguyenvanan60."),
        max_length=150,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=gettext_lazy("Password, or the one-time code of the slip"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    shared_pc = forms.BooleanField(
        label=gettext_lazy("This PC is shared"),
        help_text=gettext_lazy(
            "You are signed out when the browser closes, or after 15 minutes without use."
        ),
        required=False,
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.user: User | None = None

    def clean_username(self) -> str:
        """Small letters, no marks, no spaces: a name typed in full is understood too."""
        return username_from(self.cleaned_data["username"])

    def clean(self) -> None:
        """Find the account; axes counts the try and locks."""
        username, secret = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if username is None or secret is None:
            return
        if User.objects.filter(username=username, must_set_password=True).exists():
            secret = code_as_stored(secret)
        user = authenticate(self.request, username=username, password=secret)
        if not isinstance(user, User):
            raise ValidationError(_("The user name or the password is not right."), code="wrong")
        if user.code_is_over(timezone.now()):
            raise ValidationError(
                _("The one-time code has expired. Ask the committee that gave you the slip for a new one."),
                code="code_over",
            )
        self.user = user


class ChoosePasswordForm(forms.Form):
    """An own password: instead of the one-time code, or of the present password once that is proven."""

    present = forms.CharField(
        label=gettext_lazy("Present password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    password = forms.CharField(
        label=gettext_lazy("New password"),
        help_text=gettext_lazy(
            "At least 10 characters. A few words you remember well are better than signs."
        ),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("The new password once more"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.user = request, user
        if user.must_set_password:
            del self.fields["present"]

    def clean_present(self) -> str:
        """Proven through `authenticate`, so that guessing on a PC left open is counted and locked."""
        present: str = self.cleaned_data["present"]
        if authenticate(self.request, username=self.user.username, password=present) is None:
            raise ValidationError(_("The present password is not right."), code="wrong")
        return present

    def clean_password(self) -> str:
        """The rules of passwords, and never the code again."""
        password: str = self.cleaned_data["password"]
        validate_password(password, self.user)
        if username_from(password) == self.user.username:
            raise ValidationError(_("The password must differ from the user name."), code="username")
        if self.user.must_set_password and self.user.check_password(code_as_stored(password)):
            raise ValidationError(_("Choose a password of your own, not the code of the slip."), code="code")
        return password

    def clean_again(self) -> str:
        """Twice the same, as nobody sees what was typed."""
        again: str = self.cleaned_data["again"]
        if "password" in self.cleaned_data and again != self.cleaned_data["password"]:
            raise ValidationError(_("The two passwords are not the same."), code="differ")
        return again


class SearchForm(forms.Form):
    """A term to look for. Sent by POST: a name has no place in an address."""

    q = forms.CharField(label=gettext_lazy("Look for"), required=False, strip=True)

    def clean_q(self) -> str:
        """One clean line of at most a hundred characters."""
        return clean(self.cleaned_data["q"])[:LONGEST_SEARCH]


class KeysForm(forms.Form):
    """Rows meant in a list: those ticked, all the page showed, or all that match the filter.

    `most` bounds the keys of one request; `with_all` says whether "all" may be asked for.
    """

    chosen = forms.Field(widget=forms.MultipleHiddenInput, required=False)
    shown = forms.Field(widget=forms.MultipleHiddenInput, required=False)
    take = forms.ChoiceField(choices=[("chosen", "chosen"), ("shown", "shown")], required=False)

    def __init__(self, *args: Any, most: int, with_all: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most = most
        if with_all:
            self.fields["take"].choices = [*self.fields["take"].choices, ("all", "all")]  # type: ignore[attr-defined]

    def clean(self) -> None:
        """`keys`: the primary keys meant; at least one unless all are meant."""
        take = self.cleaned_data.get("take") or "chosen"
        typed = [] if take == "all" else self.cleaned_data.get(take) or []
        if len(typed) > self.most or not all(KEY.fullmatch(key) for key in typed):
            raise ValidationError(_("The list could not be read. Reload the page and choose again."))
        if take != "all" and not typed:
            raise ValidationError(_("Choose at least one line."), code="none")
        self.cleaned_data["all"] = take == "all"
        self.cleaned_data["keys"] = sorted({int(key) for key in typed})

    @property
    def complaint(self) -> str:
        """What is wrong, in one sentence: the rows themselves stand on another page."""
        return str(next(error for errors in self.errors.values() for error in errors))


class EndOfficeForm(forms.Form):
    """The day on which a post ends: not before it began, not after today."""

    on = forms.CharField(
        label=gettext_lazy("The post is no longer held from"),
        help_text=gettext_lazy("For example 26/03/2024. The role and its rights end on the same day."),
        max_length=40,
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, start: date, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["on"] = f"{today:%d/%m/%Y}"
        self.start, self.today = start, today

    def clean_on(self) -> date:
        """A day in words of the calendar; wrong ones are named as such."""
        try:
            day = parse_day(self.cleaned_data["on"])
        except DateError as error:
            raise ValidationError(str(error)) from error
        if day > self.today:
            raise ValidationError(_("The day lies in the future; enter it when it has come."))
        if day < self.start:
            raise ValidationError(_("The post began on %(day)s only.") % {"day": f"{self.start:%d/%m/%Y}"})
        return day
