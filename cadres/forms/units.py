"""The forms by which organisations are founded, renamed and moved."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadres.forms.memberships import DatedForm, UnitSearchForm
from cadres.models import Unit, UnitKind
from cadres.text import clean

LONGEST_NAME = 200
# What may stand right below an organisation of a kind (Điều lệ Đảng); below a cell stands nothing.
BELOW: dict[str, tuple[UnitKind, ...]] = {
    UnitKind.CITY_COMMITTEE: (
        UnitKind.SUPERIOR_COMMITTEE,
        UnitKind.GRASSROOTS_COMMITTEE,
        UnitKind.GRASSROOTS_CELL,
    ),
    UnitKind.SUPERIOR_COMMITTEE: (UnitKind.GRASSROOTS_COMMITTEE, UnitKind.GRASSROOTS_CELL),
    UnitKind.GRASSROOTS_COMMITTEE: (UnitKind.CELL, UnitKind.DIVISION_COMMITTEE),
    UnitKind.DIVISION_COMMITTEE: (UnitKind.CELL,),
}


def ask_for_decision(form: DatedForm, *, required: bool = True) -> None:
    """Ask for the number of the decision, which the periods of the organisation keep."""
    field = form.fields["document"]
    field.label = _("Number of the decision")
    field.help_text = _("For example 15-QĐ/QU. It stands with the organisation from that day.")
    field.required = required
    field.error_messages["required"] = _("Enter the number of the decision.")


class NamedForm(DatedForm):
    """A name for an organisation."""

    name = forms.CharField(
        label=gettext_lazy("Official name"),
        error_messages={"required": gettext_lazy("Enter the official name.")},
    )
    field_order = ("name", "kind", "on", "document")

    def clean_name(self) -> str:
        """One clean line with a letter or a figure in it."""
        name = clean(self.cleaned_data["name"])
        if len(name) > LONGEST_NAME:
            raise ValidationError(_("At most %(limit)s characters, please.") % {"limit": LONGEST_NAME})
        if not any(sign.isalnum() for sign in name):
            raise ValidationError(_("Enter the official name."))
        return name


class FoundForm(NamedForm):
    """A new organisation right below `parent`."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of organisation"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose the kind of organisation.")},
    )

    def __init__(self, *args: Any, parent: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = BELOW.get(parent.kind, ())
        self.fields["kind"].choices = [(kind.value, capfirst(kind.label)) for kind in kinds]  # type: ignore[attr-defined]
        if len(kinds) == 1:
            self.initial.setdefault("kind", kinds[0].value)
        ask_for_decision(self)


class RenameForm(NamedForm):
    """Another name; a slip of the pen is put right without a decision."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_for_decision(self, required=False)


class UnderForm(UnitSearchForm):
    """The organisation under which another one comes to stand."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].label = _("Under which organisation?")
        ask_for_decision(self)
