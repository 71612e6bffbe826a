"""Forms of the docket: its title, what the recorder writes of the meeting, what the clerk gives."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cadres.models import Body
from cadres.templatetags.display import number
from pledges.actions.dockets import Meeting, seats_of
from pledges.actions.outcomes import ON_LISTS, ON_PLEDGES, WITH_REASONS, Decision
from pledges.forms.fields import Count, Day, FormRef, Words
from pledges.models import DocketLine
from pledges.states import Outcome

# What the recorder chooses; a page that tells the outcome says it in the past (see states.Outcome).
DECISIONS = {
    Outcome.APPROVE: pgettext_lazy("decision", "Approve"),
    Outcome.RETURN: pgettext_lazy("decision", "Ask for an amendment"),
    Outcome.REJECT: pgettext_lazy("decision", "Do not approve"),
    Outcome.HOLD: pgettext_lazy("decision", "Hold over"),
}
LIST_DECISIONS = DECISIONS | {Outcome.APPROVE: pgettext_lazy("decision", "Endorse")}
NOTE_LIMIT = 1000


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
        help_text=gettext_lazy("Do not write anything that is a State secret."),
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
        if seats and present > seats:
            self.add_error("present", _("More were present than the body has seats."))
        if agreed > present:
            self.add_error("agreed", _("More agreed than were present."))
        if seats and agreed * 2 <= seats:
            text = _("%(agreed)s of %(seats)s is not more than half of the body: the act does not hold.")
            self.add_error("agreed", text % {"agreed": number(agreed), "seats": number(seats)})
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


@dataclass(frozen=True)
class TypedLine:
    """One line of the docket as the recorder left it."""

    line: DocketLine
    outcome: str
    note: str
    errors: list[str]


class LinesForm(forms.Form):
    """The outcome of each line: approved unless said otherwise, with reasons where it is not."""

    def __init__(self, *args: Any, lines: list[DocketLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        if lines and lines[0].unit_id:
            self.choices = [(outcome.value, LIST_DECISIONS[outcome]) for outcome in ON_LISTS]
        else:
            self.choices = [(outcome.value, DECISIONS[outcome]) for outcome in ON_PLEDGES]
        for line in lines:
            self.fields[f"outcome-{line.pk}"] = forms.ChoiceField(
                label=_("Line %(order)s: what was decided") % {"order": line.order},
                choices=self.choices,
                required=False,
            )
            self.fields[f"note-{line.pk}"] = Words(
                label=_("Line %(order)s: reasons") % {"order": line.order}, limit=NOTE_LIMIT, required=False
            )

    def clean(self) -> dict[str, Any]:
        """Whatever is sent back or not approved gives its reasons."""
        data = super().clean() or self.cleaned_data
        for line in self.lines:
            if data.get(f"outcome-{line.pk}") in WITH_REASONS and data.get(f"note-{line.pk}") == "":
                self.add_error(f"note-{line.pk}", _("Give the reasons."))
        return data

    def decisions(self) -> dict[int, Decision]:
        """Decisions that differ from approval, by line."""
        found = {}
        for line in self.lines:
            outcome = self.cleaned_data[f"outcome-{line.pk}"] or Outcome.APPROVE
            if outcome != Outcome.APPROVE:
                found[line.pk] = Decision(Outcome(outcome), self.cleaned_data[f"note-{line.pk}"])
        return found

    @cached_property
    def typed(self) -> dict[int, TypedLine]:
        """By line, what was chosen and typed and what is wrong with it; without a post, approval."""
        found = {}
        for line in self.lines:
            outcome, note = f"outcome-{line.pk}", f"note-{line.pk}"
            found[line.pk] = TypedLine(
                line=line,
                outcome=self.data.get(outcome) or Outcome.APPROVE.value,
                note=self.data.get(note, ""),
                errors=[*self.errors.get(outcome, ()), *self.errors.get(note, ())],
            )
        return found

    @property
    def wrong(self) -> list[TypedLine]:
        """Lines with errors, in the order of the docket."""
        return [typed for typed in self.typed.values() if typed.errors]

    @property
    def differs(self) -> bool:
        """Whether anything else than approval was typed: then the list is shown open."""
        return any(typed.outcome != Outcome.APPROVE or typed.note for typed in self.typed.values())


class IssueForm(forms.Form):
    """Number and date of the document."""

    use_required_attribute = False
    number = Words(
        label=gettext_lazy("Number and symbol"),
        limit=40,
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off"}),
        help_text=gettext_lazy("For example 127-QĐ/QU"),
        error_messages={"required": gettext_lazy("Enter the number of the document.")},
    )
    on = Day(
        label=gettext_lazy("Date of the document"),
        help_text=gettext_lazy("For example 26/03/2024"),
        error_messages={"required": gettext_lazy("Enter the date of the document.")},
    )
