"""The lines of a docket to fill in: one usual answer, and whatever differs from it line by line."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _

from pledges.actions.opinions import WITH_REASONS as OPINIONS_WITH_REASONS
from pledges.actions.opinions import Opinion
from pledges.actions.outcomes import ON_LISTS, ON_PLEDGES, WITH_REASONS, Decision
from pledges.forms.fields import Words
from pledges.models import DocketLine, Stance, StepMode
from pledges.states import CORRECTIONS, LIST_CORRECTIONS, Outcome
from pledges.words import STANCES, decision_words

NOTE_LIMIT = 1000
REASON_LIMIT = 200
SAME = ""  # as the rest, or as it was

Choices = Sequence[tuple[str, str | Promise]]


@dataclass(frozen=True)
class TypedLine:
    """One line as it was left, with what may be chosen on it."""

    line: DocketLine
    choices: Choices
    usual: str
    outcome: str
    note: str
    errors: list[str]
    reason: str = ""


class EachLineForm(forms.Form):
    """A choice and reasons for each line; whoever derives from it says what may be chosen."""

    usual = SAME
    with_reasons: Collection[str] = ()

    def __init__(
        self,
        *args: Any,
        lines: Sequence[DocketLine],
        mode: str = StepMode.DECIDES,
        known: Mapping[int, tuple[str, str]] | None = None,
        reasons: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lines, self.known, self.words = lines, known or {}, decision_words(mode)
        self.reasons = reasons
        for line in lines:
            if reasons:
                self.fields[f"reason-{line.pk}"] = Words(
                    label=_("Line %(order)s: reason of the office's list") % {"order": line.order},
                    limit=REASON_LIMIT,
                    required=False,
                )
            self.fields[f"outcome-{line.pk}"] = forms.ChoiceField(
                label=_("Line %(order)s: what was decided") % {"order": line.order},
                choices=self.choices_for(line),
                required=False,
            )
            self.fields[f"note-{line.pk}"] = Words(
                label=_("Line %(order)s: reasons") % {"order": line.order}, limit=NOTE_LIMIT, required=False
            )

    def choices_for(self, line: DocketLine) -> Choices:
        """What may be chosen on a line, the usual answer first."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        """Whatever needs them gives its reasons."""
        data = super().clean() or self.cleaned_data
        for line in self.lines:
            note, needed = f"note-{line.pk}", data.get(f"outcome-{line.pk}") in self.with_reasons
            if needed and not self._said(line, data) and note not in self.errors:
                self.add_error(note, _("Give the reasons."))
        return data

    def _said(self, line: DocketLine, data: Mapping[str, Any]) -> str:
        """The reason chosen from the list and the words typed, each on lines of its own."""
        told = (data.get(f"reason-{line.pk}", ""), data.get(f"note-{line.pk}", ""))
        return "\n".join(words for words in told if words)

    def differing(self) -> dict[int, tuple[str, str]]:
        """By line, the choice and the reasons where it is not the usual answer."""
        found = {}
        for line in self.lines:
            chosen = self.cleaned_data[f"outcome-{line.pk}"] or self.usual
            if chosen != self.usual:
                found[line.pk] = (chosen, self._said(line, self.cleaned_data))
        return found

    @cached_property
    def typed(self) -> dict[int, TypedLine]:
        """By line, what was chosen and typed and what is wrong with it; without a post, what is known."""
        found = {}
        for line in self.lines:
            outcome, note, reason = f"outcome-{line.pk}", f"note-{line.pk}", f"reason-{line.pk}"
            known = self.known.get(line.pk, (self.usual, ""))
            posted = (self.data.get(outcome) or self.usual, self.data.get(note, ""))
            chosen, reasons = posted if self.is_bound else known
            errors = [str(error) for name in (outcome, reason, note) for error in self.errors.get(name, ())]
            listed = self.data.get(reason, "")
            choices = self.choices_for(line)
            found[line.pk] = TypedLine(line, choices, self.usual, chosen, reasons, errors, listed)
        return found

    @property
    def wrong(self) -> list[TypedLine]:
        """Lines with errors, in the order of the docket."""
        return [typed for typed in self.typed.values() if typed.errors]

    @property
    def differs(self) -> bool:
        """Whether anything else than the usual answer was typed: then the list is shown open."""
        return any(typed.outcome != self.usual or typed.note or typed.reason for typed in self.typed.values())


class LinesForm(EachLineForm):
    """What a meeting decided: approved unless said otherwise."""

    usual = Outcome.APPROVE.value
    with_reasons = WITH_REASONS

    def choices_for(self, line: DocketLine) -> Choices:
        """Of a list what a body may decide on it, else what it may decide on a pledge."""
        return [
            (outcome.value, self.words[outcome]) for outcome in (ON_LISTS if line.unit_id else ON_PLEDGES)
        ]

    def decisions(self) -> dict[int, Decision]:
        """Decisions that differ from approval, by line."""
        return {pk: Decision(Outcome(chosen), note) for pk, (chosen, note) in self.differing().items()}


class CorrectedLinesForm(EachLineForm):
    """What a correcting act decides instead: every line stays as it was unless said otherwise."""

    with_reasons = WITH_REASONS

    def choices_for(self, line: DocketLine) -> Choices:
        """What may follow on what was decided."""
        allowed = (LIST_CORRECTIONS if line.unit_id else CORRECTIONS)[line.outcome]
        instead = [(outcome.value, label) for outcome, label in self.words.items() if outcome in allowed]
        return [(SAME, _("Stays as it was")), *instead]

    def decisions(self) -> dict[int, Decision]:
        """What is decided instead, by line."""
        return {pk: Decision(Outcome(chosen), note) for pk, (chosen, note) in self.differing().items()}


class LineOpinionsForm(EachLineForm):
    """What a member says of single lines: as of the whole list unless said otherwise."""

    with_reasons = OPINIONS_WITH_REASONS

    def choices_for(self, line: DocketLine) -> Choices:
        """The usual answer is that of the whole sheet."""
        return [(SAME, _("As for the whole list")), *((stance.value, STANCES[stance]) for stance in Stance)]

    def opinions(self) -> dict[int, Opinion]:
        """What is said of single lines."""
        return {pk: Opinion(Stance(chosen), note) for pk, (chosen, note) in self.differing().items()}
