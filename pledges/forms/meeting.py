"""Record a cell's meeting: day, who presided, how many agreed, and the outcome of each line."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from pledges.actions.dockets import Decision, Meeting
from pledges.actions.outcomes import WITH_REASONS
from pledges.forms.fields import Count, Day, FormRef, Words, WordsIfChosen
from pledges.models import Pledge
from pledges.states import Outcome

OUTCOMES = (
    (Outcome.APPROVE, pgettext_lazy("the cell decides", "Adopt")),
    (Outcome.RETURN, pgettext_lazy("the cell decides", "To be amended")),
    (Outcome.REJECT, pgettext_lazy("the cell decides", "Do not approve")),
)


@dataclass(frozen=True)
class MeetingLine:
    """A pledge on the list with its two fields; `is_open` when it was not simply adopted."""

    pledge: Pledge
    outcome: BoundField
    note: BoundField
    is_open: bool


class MeetingForm(forms.Form):
    """The meeting and, for each pledge on the list, what it decided; adoption is the default."""

    use_required_attribute = False

    ref = FormRef()
    on = Day(label=gettext_lazy("Day of the meeting"))
    presided_by = Words(limit=130, label=gettext_lazy("Presided"))
    present = Count(label=gettext_lazy("Present"))
    agreed = Count(label=gettext_lazy("Agreed"))
    minutes = Words(limit=5000, rows=3, required=False, label=gettext_lazy("Minutes"))

    def __init__(self, data: Any = None, *, pledges: Sequence[Pledge], initial: dict[str, Any]) -> None:
        super().__init__(data, initial={"ref": uuid.uuid4(), **initial})
        self.pledges = pledges
        for pledge in pledges:
            self.fields[f"outcome_{pledge.pk}"] = forms.ChoiceField(
                choices=OUTCOMES,
                widget=forms.RadioSelect,
                required=False,
                initial=Outcome.APPROVE,
                label=_("What the cell decided"),
            )
            self.fields[f"note_{pledge.pk}"] = WordsIfChosen(
                limit=1000, rows=2, label=_("Reasons for %(name)s") % {"name": pledge.lead_member}
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for pledge in self.pledges:
            note, explained = f"note_{pledge.pk}", data.get(f"outcome_{pledge.pk}") in WITH_REASONS
            if explained and not data.get(note) and note not in self.errors:
                self.add_error(note, _("Give the reasons."))
        return data

    def lines(self) -> Iterator[MeetingLine]:
        """The list as the page shows it."""
        for pledge in self.pledges:
            outcome, note = self[f"outcome_{pledge.pk}"], self[f"note_{pledge.pk}"]
            other = outcome.value() not in (None, "", Outcome.APPROVE)
            yield MeetingLine(pledge, outcome, note, bool(other or note.errors or note.value()))

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
                answer[pledge.pk] = Decision(outcome, self.cleaned_data[f"note_{pledge.pk}"])
        return answer

    def seen(self) -> dict[int, int]:
        """The version of each pledge that stood on the list when it was filled in."""
        typed = {pledge.pk: self.data.get(f"version_{pledge.pk}", "") for pledge in self.pledges}
        return {pk: int(version) for pk, version in typed.items() if version.isdecimal()}
