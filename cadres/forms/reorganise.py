"""The form of a merger or a split: which organisations end, which take over."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadres.forms.memberships import DatedForm, unit_choice
from cadres.forms.units import ask_for_decision
from cadres.models import Unit
from cadres.text import clean

OLD, NEW = "old", "new"
PART = "part_"
PARTS = (
    ("", gettext_lazy("Not concerned")),
    (OLD, gettext_lazy("Ends")),
    (NEW, gettext_lazy("Takes over")),
)


def named_parts(sent: Mapping[str, Any]) -> dict[str, str]:
    """By code, the organisations to which the form gives a part."""
    given = {key.removeprefix(PART): str(part) for key, part in sent.items() if key.startswith(PART)}
    return {code: part for code, part in given.items() if part in (OLD, NEW) and clean(code) == code}


class ReorganiseForm(DatedForm):
    """What becomes of `unit`, and the part of each of `others`: those named before and those found."""

    becomes = forms.ChoiceField(widget=forms.RadioSelect, initial=OLD)
    q = forms.CharField(
        label=gettext_lazy("Look for the other organisations"),
        help_text=gettext_lazy("What you have chosen stays while you look for more."),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, unit: Unit, others: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit, self.others = unit, others
        self.fields["q"].demanded = True  # type: ignore[attr-defined]
        becomes = self.fields["becomes"]
        becomes.label = _("What becomes of “%(unit)s”?") % {"unit": unit.name}
        becomes.choices = [(OLD, _("It ends")), (NEW, _("It goes on standing"))]  # type: ignore[attr-defined]
        for other in others:
            self.fields[PART + other.code] = forms.ChoiceField(
                label=unit_choice(other)[1], choices=PARTS, required=False
            )
            self.fields[PART + other.code].demanded = True  # type: ignore[attr-defined]
        ask_for_decision(self)

    @property
    def parts(self) -> list[forms.BoundField]:
        """The fields of the other organisations."""
        return [self[PART + other.code] for other in self.others]

    def clean(self) -> None:
        """`olds` and `news`: the organisation itself is among the old ones, and among the new if it stays."""
        given = {other.code: self.cleaned_data.get(PART + other.code) for other in self.others}
        olds = [other for other in self.others if given[other.code] == OLD]
        news = [other for other in self.others if given[other.code] == NEW]
        stays = self.cleaned_data.get("becomes") == NEW
        if not news and not (stays and olds):
            self.add_error("q", _("Choose at least one organisation that takes over, or that ends here."))
        self.cleaned_data["olds"] = [self.unit, *olds]
        self.cleaned_data["news"] = [self.unit, *news] if stays else news
