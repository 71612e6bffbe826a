"""What stands in the way of a pledge and who is asked; how it was removed; the filter of the list."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cadres.models import Unit
from cadres.text import fold
from pledges.actions.obstacles import Reported
from pledges.forms.fields import Day, FormRef, Words, WordsIfChosen, blank_choice
from pledges.models import Pledge
from pledges.models.obstacles import NAME_LIMIT, TEXT_LIMIT
from pledges.obstacles import Holder, askable, nearby

OTHER = "other"


class ObstacleForm(forms.Form):
    """Three questions: what, who is asked, since when.

    Offered are the organisations above; another one is named. A name that is exactly one of those nearby
    means that organisation, any other is kept as printed.
    """

    use_required_attribute = False

    ref = FormRef()
    text = Words(
        limit=TEXT_LIMIT,
        rows=4,
        label=gettext_lazy("What stands in the way?"),
        help_text=gettext_lazy("What is missing, and what you ask for. A few plain sentences are enough."),
        error_messages={"required": gettext_lazy("Say what stands in the way.")},
    )
    asked = forms.ChoiceField(
        label=gettext_lazy("Who is asked to remove it?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose who is asked.")},
    )
    asked_name = WordsIfChosen(
        limit=NAME_LIMIT,
        widget=forms.TextInput(attrs={"list": "organisations", "autocomplete": "off"}),
        label=gettext_lazy("Name of the organisation or office"),
        help_text=gettext_lazy("Only if you have chosen somebody else: as it is called on paper."),
    )
    since = Day(
        label=gettext_lazy("Since when?"),
        help_text=gettext_lazy("The day from which it has stood in the way: day/month/year."),
        error_messages={"required": gettext_lazy("Give the day since when it has stood in the way.")},
    )

    def __init__(self, data: Any = None, *, pledge: Pledge, day: date) -> None:
        self.pledge, self.day = pledge, day
        self.units = {unit.code: unit for unit in askable(pledge)}
        super().__init__(data, initial={"ref": uuid.uuid4(), "since": day})
        asked: Any = self.fields["asked"]
        named = [(code, unit.name) for code, unit in self.units.items()]
        asked.choices = [*named, (OTHER, pgettext_lazy("who is asked", "Somebody else"))]

    def clean_since(self) -> date:
        """A day that has come."""
        since: date = self.cleaned_data["since"]
        if since > self.day:
            raise forms.ValidationError(_("The day on which it began cannot lie ahead."))
        return since

    def clean(self) -> dict[str, Any]:
        """Somebody else has a name."""
        data = super().clean() or self.cleaned_data
        if data.get("asked") == OTHER and data.get("asked_name") == "":
            self.add_error("asked_name", _("Write the name of who is asked."))
        return data

    def reported(self) -> Reported:
        """What the action takes."""
        data = self.cleaned_data
        unit = self.units.get(data["asked"])
        name = "" if unit else data["asked_name"]
        if unit is None and (found := self._named(name)):
            unit, name = found, ""
        return Reported(ref=data["ref"], text=data["text"], since=data["since"], asked=unit, asked_name=name)

    def _named(self, name: str) -> Unit | None:
        found = list(nearby(self.pledge).filter(name_key=fold(name))[:2])
        return found[0] if len(found) == 1 else None


class RemovalForm(forms.Form):
    """How an obstacle was removed."""

    use_required_attribute = False

    how = Words(
        limit=TEXT_LIMIT,
        rows=3,
        label=gettext_lazy("How was it removed?"),
        help_text=gettext_lazy("Who did what; the document where there is one. The lead reads these words."),
        error_messages={"required": gettext_lazy("Say how it was removed.")},
    )


class HolderForm(forms.Form):
    """With whom the obstacles of a list lie; who is not on offer is as if he were not there."""

    asked = forms.ChoiceField(label=gettext_lazy("Who is asked to remove it"), required=False)

    def __init__(self, data: Any, *, holders: Sequence[Holder]) -> None:
        super().__init__(data)
        self.holders = {one.key: one for one in holders}
        asked: Any = self.fields["asked"]
        named = [(key, one.name) for key, one in self.holders.items()]
        asked.choices = blank_choice(pgettext_lazy("who is asked", "All"), named)
        self.is_valid()

    @property
    def chosen(self) -> Holder | None:
        """The holder asked for; None: all."""
        return self.holders.get(self.cleaned_data.get("asked", ""))
