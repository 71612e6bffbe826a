"""Forms of the vetting desk: its filter, what is decided on one pledge or on all, the office's lists."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cadres.models import Unit
from pledges import desk
from pledges.actions.returns import Asked
from pledges.actions.vetting import PROPOSALS, Finding
from pledges.desk_words import SORT_LABELS
from pledges.forms.fields import FormRef, Words, blank_choice
from pledges.forms.register import TITLE_LIMIT
from pledges.lane_words import SHORT
from pledges.models import Lane, Novelty, Theme
from pledges.office_lists import reasons_offered
from pledges.states import Outcome
from pledges.version_words import ABOUT, FIELD_LABELS

DECISIONS: dict[str, Any] = {
    Outcome.APPROVE: pgettext_lazy("desk decides", "In order: propose for approval"),
    Outcome.RETURN: pgettext_lazy("desk decides", "Ask for an amendment"),
    Outcome.HOLD: pgettext_lazy("desk decides", "Propose to hold over"),
    Outcome.REJECT: pgettext_lazy("desk decides", "Propose not to approve"),
}
NOTE_LIMIT = TITLE_LIMIT
LANES: dict[str, Any] = {Lane.REGULAR: pgettext_lazy("desk", "In the window"), **SHORT}


class FilterForm(forms.Form):
    """What the desk shows, by its address; what is not on offer is as if it were not there."""

    tier = forms.CharField(widget=forms.HiddenInput, required=False)
    show = forms.ChoiceField(
        choices=[(show, show) for show in desk.SHOWS], widget=forms.HiddenInput, required=False
    )
    flag = forms.ChoiceField(
        choices=[(flag, flag) for flag in desk.FLAGS], widget=forms.HiddenInput, required=False
    )
    unit = forms.ChoiceField(label=gettext_lazy("Organisation"), required=False)
    theme = forms.ChoiceField(label=gettext_lazy("Theme of the guidance"), required=False)
    novelty = forms.ChoiceField(
        label=gettext_lazy("New or difficult"),
        choices=blank_choice(pgettext_lazy("desk", "All"), Novelty.choices),
        required=False,
    )
    lane = forms.ChoiceField(
        label=gettext_lazy("Registered"),
        choices=blank_choice(pgettext_lazy("desk", "All"), LANES.items()),
        required=False,
    )
    sort = forms.ChoiceField(
        label=gettext_lazy("In the order of"), choices=tuple(SORT_LABELS.items()), required=False
    )

    def __init__(self, data: Any, *, units: Sequence[Unit], themes: Sequence[Theme]) -> None:
        super().__init__(data)
        self.units = {unit.code: unit for unit in units}
        everything = pgettext_lazy("desk", "All")
        self._offer("unit", blank_choice(everything, [(unit.code, unit.name) for unit in units]))
        themed = [(str(theme.order), theme.title) for theme in themes]
        self._offer("theme", blank_choice(everything, [*themed, ("none", _("No theme"))]))
        if not themes:
            del self.fields["theme"]
        self.is_valid()

    def _offer(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def narrows(self) -> bool:
        """Whether anything besides the part of the desk and the order is chosen."""
        return any(self.cleaned_data.get(name) for name in ("unit", "theme", "novelty", "lane", "flag"))

    def wanted(self, name: str) -> desk.Wanted:
        """The filter; `name` is what was looked for."""
        data = self.cleaned_data
        return desk.Wanted(
            show=data.get("show") or desk.TO_VET,
            flag=data.get("flag", ""),
            unit=self.units.get(data.get("unit", "")),
            theme=data.get("theme", ""),
            novelty=data.get("novelty", ""),
            lane=data.get("lane", ""),
            sort=data.get("sort") or "list",
            name=name,
        )


class ReturnForm(forms.Form):
    """What is to be amended: reasons of the office's list, words of one's own, or both."""

    use_required_attribute = False

    reasons = forms.MultipleChoiceField(
        label=gettext_lazy("What is to be amended?"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": gettext_lazy("This reason is no longer on the list.")},
    )
    note = Words(
        limit=NOTE_LIMIT,
        rows=3,
        required=False,
        label=gettext_lazy("In your own words"),
        help_text=gettext_lazy("The comrade reads these words beside the form."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, host: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_reasons(self, host)

    def clean(self) -> dict[str, Any]:
        """Something is asked."""
        data = super().clean() or self.cleaned_data
        if not self.errors and not data.get("reasons") and not data.get("note"):
            self.add_error("reasons", _("Say what is to be amended."))
        return data

    def asked(self) -> Asked:
        """What the action takes."""
        return Asked(tuple(self.cleaned_data["reasons"]), self.cleaned_data["note"])


class DecisionForm(ReturnForm):
    """What the desk decides on one pledge; reasons belong to a return, a note to everything."""

    decision = forms.ChoiceField(
        label=gettext_lazy("What do you decide?"),
        choices=tuple(DECISIONS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what you decide.")},
    )
    field_order = ("decision", "reasons", "note", "version")

    def clean(self) -> dict[str, Any]:
        """An approval needs no words, everything else does."""
        data = forms.Form.clean(self) or self.cleaned_data
        decision = data.get("decision")
        if decision == Outcome.RETURN and not data.get("reasons") and data.get("note") == "":
            self.add_error("reasons", _("Say what is to be amended."))
        if decision in (Outcome.HOLD, Outcome.REJECT) and data.get("note") == "":
            self.add_error("note", _("Give the reasons."))
        return data

    @property
    def returns(self) -> bool:
        """Whether an amendment is asked for."""
        return bool(self.cleaned_data["decision"] == Outcome.RETURN)

    def finding(self) -> Finding:
        """What the board proposes."""
        return Finding(Outcome(self.cleaned_data["decision"]), self.cleaned_data["note"])


class VetAllForm(forms.Form):
    """What is proposed for all of a filter."""

    use_required_attribute = False

    ref = FormRef()
    proposal = forms.ChoiceField(
        label=gettext_lazy("What do you decide?"),
        choices=[(one.value, DECISIONS[one]) for one in PROPOSALS],
        widget=forms.RadioSelect,
        initial=Outcome.APPROVE,
    )
    note = Words(limit=NOTE_LIMIT, rows=3, required=False, label=gettext_lazy("In your own words"))

    def clean(self) -> dict[str, Any]:
        """Only an approval needs no words."""
        data = super().clean() or self.cleaned_data
        if data.get("proposal") in (Outcome.HOLD, Outcome.REJECT) and data.get("note") == "":
            self.add_error("note", _("Give the reasons."))
        return data


class ReturnAllForm(ReturnForm):
    """What is asked of all of a filter."""

    ref = FormRef()


class ReasonForm(forms.Form):
    """A reason for the office's list, and the field it is about."""

    use_required_attribute = False

    label = Words(
        limit=200,
        label=gettext_lazy("Reason, as the comrade is to read it"),
        error_messages={"required": gettext_lazy("Write the reason.")},
    )
    field = forms.ChoiceField(
        label=gettext_lazy("Which field is it about?"),
        required=False,
        choices=blank_choice(
            gettext_lazy("The whole registration"), [(name, FIELD_LABELS[name]) for name in ABOUT]
        ),
    )


class PhraseForm(forms.Form):
    """A sign of routine work."""

    use_required_attribute = False

    text = Words(
        limit=100,
        label=gettext_lazy("Words that hint at routine work"),
        help_text=gettext_lazy("Found whether marks are typed or not."),
        error_messages={"required": gettext_lazy("Write the words.")},
    )


def _offer_reasons(form: forms.Form, host: Unit) -> None:
    field: Any = form.fields["reasons"]
    # Reasons or words: neither is optional by itself.
    field.demanded = True
    field.choices = _reason_choices(reasons_offered(host))


def _reason_choices(offered: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(label, label) for label, _field in offered]
