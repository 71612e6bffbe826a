"""Record a cell's meeting: day, who presided, how many agreed, and the outcome of each line."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cadres.models import Unit
from pledges import queries
from pledges.actions.dockets import Decision, Meeting, votes_problem
from pledges.actions.outcomes import WITH_REASONS
from pledges.forms.fields import ChoicesIfChosen, Count, Day, FormRef, Words, WordsIfChosen
from pledges.models import Pledge
from pledges.states import Outcome

OUTCOMES = (
    (Outcome.APPROVE, pgettext_lazy("the cell decides", "Adopt")),
    (Outcome.RETURN, pgettext_lazy("the cell decides", "To be amended")),
    (Outcome.REJECT, pgettext_lazy("the cell decides", "Do not adopt")),
)


@dataclass(frozen=True)
class MeetingLine:
    """A pledge on the list with its two fields; `is_open` when it was not simply adopted."""

    pledge: Pledge
    outcome: BoundField
    note: BoundField
    reasons: BoundField
    is_open: bool


class MeetingForm(forms.Form):
    """The meeting and, for each pledge on the list, what it decided; adoption is the default."""

    use_required_attribute = False

    ref = FormRef()
    on = Day(
        label=gettext_lazy("Day of the meeting"),
        error_messages={"required": gettext_lazy("Write the day of the meeting.")},
    )
    presided_by = Words(
        limit=130,
        label=gettext_lazy("Presided"),
        error_messages={"required": gettext_lazy("Write who presided.")},
    )
    present = Count(
        label=gettext_lazy("Present"),
        error_messages={"required": gettext_lazy("Write how many comrades were present.")},
    )
    agreed = Count(
        label=gettext_lazy("Agreed"),
        error_messages={"required": gettext_lazy("Write how many comrades agreed.")},
    )
    minutes = Words(limit=5000, rows=3, required=False, label=gettext_lazy("Minutes"))

    def __init__(
        self,
        data: Any = None,
        *,
        cell: Unit,
        day: date,
        pledges: Sequence[Pledge],
        presided_by: str,
        reasons: Sequence[str] = (),
    ) -> None:
        super().__init__(data, initial={"ref": uuid.uuid4(), "on": day, "presided_by": presided_by})
        self.cell, self.day, self.pledges = cell, day, pledges
        for pledge in pledges:
            self.fields[f"outcome_{pledge.pk}"] = forms.ChoiceField(
                choices=OUTCOMES,
                widget=forms.RadioSelect,
                required=False,
                initial=Outcome.APPROVE,
                label=_("What the cell decided"),
            )
            self.fields[f"reasons_{pledge.pk}"] = ChoicesIfChosen(
                choices=[(reason, reason) for reason in reasons],
                widget=forms.CheckboxSelectMultiple,
                label=_("Usual reasons for %(name)s") % {"name": pledge.lead_member},
                error_messages={"invalid_choice": _("This reason is no longer on the list.")},
            )
            self.fields[f"note_{pledge.pk}"] = WordsIfChosen(
                limit=1000, rows=2, label=_("Reasons for %(name)s") % {"name": pledge.lead_member}
            )

    def clean_on(self) -> date:
        """Not in the future."""
        on: date = self.cleaned_data["on"]
        if on > self.day:
            raise forms.ValidationError(_("The cell has not met yet: write the day on which it met."))
        return on

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self._judge_votes(data.get("on"), data.get("present"), data.get("agreed"))
        for pledge in self.pledges:
            note, explained = f"note_{pledge.pk}", data.get(f"outcome_{pledge.pk}") in WITH_REASONS
            listed = data.get(f"reasons_{pledge.pk}")
            if explained and not (listed or data.get(note)) and note not in self.errors:
                self.add_error(note, _("Give the reasons."))
        return data

    def _judge_votes(self, on: date | None, present: int | None, agreed: int | None) -> None:
        """The rules of the action, told at the field."""
        if present is None or agreed is None:
            return
        seats = queries.voting_members(self.cell, on) if on else None
        if problem := votes_problem(self.cell, on, present, agreed, seats):
            self.add_error(*problem)

    @property
    def is_open(self) -> bool:
        """Whether the lines are shown at once: something on them is wrong or was not simply adopted."""
        return any(line.is_open or line.outcome.errors for line in self.lines())

    def lines(self) -> Iterator[MeetingLine]:
        """The list as the page shows it."""
        for pledge in self.pledges:
            outcome, note = self[f"outcome_{pledge.pk}"], self[f"note_{pledge.pk}"]
            reasons = self[f"reasons_{pledge.pk}"]
            other = outcome.value() not in (None, "", Outcome.APPROVE)
            told = note.errors or note.value() or reasons.errors or reasons.value()
            yield MeetingLine(pledge, outcome, note, reasons, bool(other or told))

    def meeting(self) -> Meeting:
        """The act as the recorder tells it."""
        names = ("on", "presided_by", "present", "agreed", "minutes")
        return Meeting(**{name: self.cleaned_data[name] for name in names})

    def decisions(self) -> dict[int, Decision]:
        """What was decided otherwise than by adopting, by pledge."""
        answer = {}
        for pledge in self.pledges:
            outcome = Outcome(self.cleaned_data[f"outcome_{pledge.pk}"] or Outcome.APPROVE)
            if outcome != Outcome.APPROVE:
                note, reasons = (
                    self.cleaned_data[f"note_{pledge.pk}"],
                    self.cleaned_data[f"reasons_{pledge.pk}"],
                )
                # One reason a line: what stands on the office's list is kept as a point of its own.
                answer[pledge.pk] = Decision(outcome, "\n".join([*reasons, note]).strip())
        return answer

    def seen(self) -> dict[int, int]:
        """The version of each pledge that stood on the list when it was filled in."""
        typed = {pledge.pk: self.data.get(f"version_{pledge.pk}", "") for pledge in self.pledges}
        return {pk: int(version) for pk, version in typed.items() if version.isdecimal()}
