"""Forms of the docket: its title, a member's sheet, what the recorder writes, what the clerk gives."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cadres.actions.body_names import document_symbol
from cadres.models import Body, BodyKind
from cadres.templatetags.display import number
from pledges.actions.dockets import Meeting, seats_of, votes_problem
from pledges.actions.opinions import WITH_REASONS as OPINIONS_WITH_REASONS
from pledges.actions.opinions import Opinion
from pledges.forms.fields import Count, Day, FormRef, Words
from pledges.models import Stance
from pledges.words import STANCES


class BuildForm(forms.Form):
    """Title of a docket; which pledges go on it is a rule, not a list of ticks."""

    use_required_attribute = False
    ref = FormRef()
    title = Words(
        label=gettext_lazy("Title of the docket"),
        limit=200,
        error_messages={"required": gettext_lazy("Enter a title.")},
    )


class EndorseForm(forms.Form):
    """Only the form's own ref: a double click finds the first docket."""

    ref = FormRef()


class MeetingForm(forms.Form):
    """Day, chair, present, agreed; the seats are asked only where the body's are not known."""

    use_required_attribute = False
    on = Day(
        label=pgettext_lazy("of a body", "Day of the meeting"),
        help_text=gettext_lazy("For example 26/03/2024"),
        error_messages={"required": gettext_lazy("Enter the day of the meeting.")},
    )
    presided_by = Words(
        label=gettext_lazy("Who presided"),
        limit=130,
        help_text=gettext_lazy("Name and post, as in the minutes"),
        error_messages={"required": gettext_lazy("Enter who presided.")},
    )
    seats = Count(
        label=gettext_lazy("Seats of the body"),
        help_text=gettext_lazy("Asked once, then known"),
        error_messages={"required": gettext_lazy("Enter how many seats the body has.")},
    )
    present = Count(
        label=gettext_lazy("Present"),
        help_text=gettext_lazy("How many of its members came"),
        error_messages={"required": gettext_lazy("Enter how many were present.")},
    )
    agreed = Count(
        label=gettext_lazy("Agreed"),
        error_messages={"required": gettext_lazy("Enter how many agreed.")},
    )
    minutes = Words(
        label=gettext_lazy("Minutes"),
        limit=4000,
        rows=3,
        required=False,
    )

    def __init__(self, *args: Any, body: Body, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.body, self.day = body, day
        known = seats_of(body, day)
        if known:
            del self.fields["seats"]
            hint = _("The body has %(seats)s seats: more than half of them must agree.")
            self.fields["agreed"].help_text = hint % {"seats": number(known)}

    def clean_on(self) -> date:
        """Not in the future."""
        on: date = self.cleaned_data["on"]
        if on > self.day:
            raise forms.ValidationError(_("The day of the meeting lies in the future."))
        return on

    def clean(self) -> dict[str, Any]:
        """The rules of the action, each told beside its field."""
        data = super().clean() or self.cleaned_data
        present, agreed = data.get("present"), data.get("agreed")
        seats = (seats_of(self.body, data["on"]) if data.get("on") else None) or data.get("seats")
        if present is None or agreed is None:
            return data
        cell = self.body.unit if self.body.kind == BodyKind.CELL_MEETING else None
        if problem := votes_problem(cell, data.get("on"), present, agreed, seats):
            self.add_error(*problem)
        return data

    def meeting(self) -> Meeting:
        """What the action takes."""
        data = self.cleaned_data
        return Meeting(
            on=data["on"],
            presided_by=data["presided_by"],
            present=data["present"],
            agreed=data["agreed"],
            minutes=data["minutes"],
            seats=data.get("seats"),
        )


class CorrectionForm(MeetingForm):
    """The meeting of a correcting act: what is corrected takes the place of the minutes."""

    ref = FormRef()
    minutes = Words(
        label=gettext_lazy("What is corrected, and what holds from now on"),
        limit=4000,
        rows=4,
        error_messages={"required": gettext_lazy("Say what is corrected and what holds from now on.")},
    )
    field_order = ("ref", "minutes", "on", "presided_by", "seats", "present", "agreed")

    def __init__(self, *args: Any, body: Body, day: date, **kwargs: Any) -> None:
        super().__init__(*args, body=body, day=day, **kwargs)
        example = _("For example: the number of the document is 127-QĐ/%(symbol)s, not 172-QĐ/%(symbol)s.")
        self.fields["minutes"].help_text = example % {"symbol": document_symbol(body)}


class SheetForm(forms.Form):
    """What a member says of the whole list; `revision` finds a form that somebody else overtook."""

    use_required_attribute = False
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    stance = forms.ChoiceField(
        label=gettext_lazy("Opinion on the whole list"),
        choices=[(stance.value, STANCES[stance]) for stance in Stance],
        widget=forms.RadioSelect,
        initial=Stance.AGREE,
        error_messages={
            "required": gettext_lazy("Choose an opinion."),
            "invalid_choice": gettext_lazy("Choose an opinion."),
        },
    )
    note = Words(
        label=gettext_lazy("Reasons, changes asked for"),
        limit=2000,
        rows=3,
        required=False,
        help_text=gettext_lazy("Needed only where the opinion is not plain agreement."),
    )

    def clean(self) -> dict[str, Any]:
        """Whoever wants changes, or does not agree, says why."""
        data = super().clean() or self.cleaned_data
        if data.get("stance") in OPINIONS_WITH_REASONS and data.get("note") == "":
            self.add_error("note", _("Give the reasons."))
        return data

    def whole(self) -> Opinion:
        """What the action takes."""
        return Opinion(Stance(self.cleaned_data["stance"]), self.cleaned_data["note"])


class IssueForm(forms.Form):
    """Number and date of the document; the example bears the symbol of the body's own documents."""

    use_required_attribute = False
    number = Words(
        label=gettext_lazy("Number and symbol"),
        limit=40,
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Enter the number of the document.")},
    )
    on = Day(
        label=gettext_lazy("Date of the document"),
        help_text=gettext_lazy("For example 26/03/2024"),
        error_messages={"required": gettext_lazy("Enter the date of the document.")},
    )

    def __init__(self, *args: Any, body: Body, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        example = _("For example 127-QĐ/%(symbol)s") % {"symbol": document_symbol(body)}
        self.fields["number"].help_text = example
