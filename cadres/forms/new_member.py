"""The form of a new member."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadres.codes import new_code
from cadres.dates import DateError, parse_birth_year
from cadres.forms.memberships import DatedForm, rank_choices
from cadres.models import Member, Rank, Unit
from cadres.text import clean, split_name

LONGEST_FAMILY_NAMES, LONGEST_GIVEN_NAME, LONGEST_CARD = 80, 40, 20
CODE = re.compile(r"[2-9A-HJKMNP-Z]{8}")


class NewMemberForm(DatedForm):
    """Who comes to the cell. `code` is the member's own, made with the page: sent twice, it is one person."""

    code = forms.CharField(widget=forms.HiddenInput, max_length=12)
    name = forms.CharField(
        label=gettext_lazy("Full name"),
        help_text=gettext_lazy("As on the Party card, the given name last."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Enter the full name.")},
    )
    birth_year = forms.CharField(
        label=gettext_lazy("Year of birth"),
        widget=forms.TextInput(attrs={"class": "number", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Enter the year of birth.")},
    )
    card = forms.CharField(
        label=gettext_lazy("Number of the Party card"),
        help_text=gettext_lazy("Leave it open for who has no card yet."),
        required=False,
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric", "autocomplete": "off"}),
    )
    rank = forms.ChoiceField(
        label=gettext_lazy("Official or probationary"), choices=rank_choices, widget=forms.RadioSelect
    )
    another = forms.BooleanField(label=gettext_lazy("It is another person"), required=False)
    field_order = ("code", "name", "birth_year", "card", "rank", "on", "document", "another")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("code", new_code())

    def clean_code(self) -> str:
        """A code as this site makes them."""
        code: str = self.cleaned_data["code"]
        if not CODE.fullmatch(code):
            raise ValidationError(_("The form could not be read. Reload the page."))
        return code

    def clean_name(self) -> tuple[str, str]:
        """Họ và tên đệm, tên."""
        family_names, given_name = split_name(clean(self.cleaned_data["name"]))
        if not any(sign.isalpha() for sign in given_name) or not family_names:
            raise ValidationError(_("Enter the full name: family name and given name."))
        if len(family_names) > LONGEST_FAMILY_NAMES or len(given_name) > LONGEST_GIVEN_NAME:
            raise ValidationError(_("The name is too long."))
        return family_names, given_name

    def clean_birth_year(self) -> int | None:
        """A year, or a whole date of which only the year is kept."""
        try:
            return parse_birth_year(self.cleaned_data["birth_year"], on=self.today)
        except DateError as error:
            raise ValidationError(str(error)) from error

    def clean_card(self) -> str | None:
        """The number without spaces, as rosters have it, or none."""
        card = clean(self.cleaned_data["card"]).replace(" ", "")
        if len(card) > LONGEST_CARD:
            raise ValidationError(_("The card number is too long"))
        return card or None

    def member(self, cell: Unit) -> Member:
        """The person, not yet saved."""
        data = self.cleaned_data
        family_names, given_name = data["name"]
        return Member(
            code=data["code"],
            family_names=family_names,
            given_name=given_name,
            birth_year=data["birth_year"],
            card_number=data["card"],
            rank=Rank(data["rank"]),
            unit=cell,
        )

    @property
    def day(self) -> date:
        """The first day in the cell."""
        on: date = self.cleaned_data["on"]
        return on
