"""The full form of cadres (nội dung đăng ký đảm nhận); see sections.py for the order of its fields."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadres.models import Member
from pledges import rules
from pledges.content import CONTENT_FIELDS, Parts
from pledges.forms.fields import Day, DayIfChosen, Figure, Words, WordsIfChosen, blank_choice
from pledges.forms.parts import MilestoneRow, PartnerRow, RowsField, RowsWidget, SubTargetRow
from pledges.forms.register import TITLE_LIMIT, PledgeForm
from pledges.models import Authority, Novelty, Pledge, ResultKind, Theme
from pledges.partners import linked
from pledges.words import LABELS

TEXT_LIMIT = 5000


class FullForm(PledgeForm):
    """All that a cadre of a list tells of a pledge."""

    of_its_year = (*PledgeForm.of_its_year, "milestones")

    title = Words(
        limit=TITLE_LIMIT,
        rows=3,
        label=LABELS["title"],
        error_messages={"required": gettext_lazy("Write the task you register.")},
    )
    novelty = forms.ChoiceField(
        choices=Novelty,
        widget=forms.RadioSelect,
        label=LABELS["novelty"],
        error_messages={"required": gettext_lazy("Choose new, difficult or both.")},
    )
    theme: "forms.ModelChoiceField[Theme]" = forms.ModelChoiceField(
        queryset=None, required=False, label=LABELS["theme"], empty_label=gettext_lazy("No theme chosen")
    )
    field = Words(limit=100, warns=True, required=False, label=LABELS["field"])
    place = Words(limit=200, warns=True, required=False, label=LABELS["place"])
    situation = Words(
        limit=TEXT_LIMIT,
        rows=4,
        required=False,
        label=LABELS["situation"],
        help_text=gettext_lazy("Short, with figures; since when it has been waiting."),
    )
    backlog_since = forms.CharField(
        required=False,
        label=LABELS["backlog_since"],
        help_text=gettext_lazy("Where it has been waiting, for example 2011"),
        widget=forms.TextInput(attrs={"class": "number", "inputmode": "numeric"}),
    )
    start_on = Day(required=False, label=LABELS["start_on"], help_text=gettext_lazy("Day/month/year"))
    directive = Words(
        limit=200,
        warns=True,
        required=False,
        label=LABELS["directive"],
        help_text=gettext_lazy("Number and date of the document, for example 27-ĐA/QU of 15/03/2023."),
    )
    own_role = Words(limit=200, warns=True, required=False, label=LABELS["own_role"])
    authority = forms.ChoiceField(
        required=False,
        label=LABELS["authority"],
        choices=blank_choice(gettext_lazy("Not stated"), Authority.choices),
    )
    partners = RowsField(
        "partners",
        PartnerRow,
        spare=1,
        adds=gettext_lazy("Add a partner"),
        label=LABELS["partners"],
        help_text=gettext_lazy(
            "Type a few letters, marks are not needed, and choose; or write the name in full."
        ),
    )
    solutions = Words(limit=TEXT_LIMIT, rows=4, required=False, label=LABELS["solutions"])
    requests = Words(limit=TEXT_LIMIT, rows=2, required=False, label=LABELS["requests"])
    product = Words(
        limit=TITLE_LIMIT,
        rows=3,
        label=LABELS["product"],
        error_messages={
            "required": gettext_lazy("Write what will be there in the end, with a number where there is one.")
        },
    )
    result_kind = forms.ChoiceField(
        choices=ResultKind,
        label=LABELS["result_kind"],
        initial=ResultKind.DESCRIPTION,
        error_messages={"required": gettext_lazy("Choose how the product is measured.")},
    )
    measure_unit = Words(limit=100, warns=True, required=False, label=LABELS["measure_unit"])
    baseline = Figure(required=False, label=LABELS["baseline"], help_text=gettext_lazy("Where it starts"))
    target = Figure(
        required=False, label=LABELS["target"], help_text=gettext_lazy("For example 1.200 or 88,7")
    )
    sub_targets = RowsField(
        "sub_targets",
        SubTargetRow,
        adds=gettext_lazy("Add a sub-target"),
        label=LABELS["sub_targets"],
        help_text=gettext_lazy(
            "Where there are several products, for example each conclusion of an inspection."
        ),
    )
    due = forms.ChoiceField(
        widget=forms.RadioSelect,
        label=LABELS["due_on"],
        error_messages={"required": gettext_lazy("Choose a quarter, the whole year or a day.")},
    )
    due_on = DayIfChosen(label=gettext_lazy("The day: day/month/year"))
    milestones = RowsField(
        "milestones",
        MilestoneRow,
        adds=gettext_lazy("Add a milestone"),
        label=LABELS["milestones"],
        help_text=gettext_lazy("Steps on the way, each with its day, between the start and the deadline."),
    )
    is_stub = forms.BooleanField(
        required=False,
        label=gettext_lazy("Task under a separate document"),
        help_text=gettext_lazy(
            "Only the reference of the document and the deadline are kept, nothing of the content."
        ),
    )
    stub_reference = WordsIfChosen(limit=200, warns=True, label=LABELS["stub_reference"])

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        theme = self.fields["theme"]
        assert isinstance(theme, forms.ModelChoiceField)
        theme.queryset = self.campaign.themes.all()

    def _initial(self, pledge: Pledge | None) -> dict[str, Any]:
        values = super()._initial(pledge)
        if pledge is not None:
            values["theme"] = pledge.theme_id
            values |= {kind: list(getattr(pledge, kind).all()) for kind in rules.MOST_ROWS}
        return values

    def make_room(self, kind: str) -> None:
        """One more row, asked for without a script: what was typed is shown again, not judged yet."""
        self.errors.clear()
        for name in rules.MOST_ROWS:
            rows = self.fields[name].widget
            assert isinstance(rows, RowsWidget)
            rows.judged, rows.room = None, int(name == kind)

    def clean_backlog_since(self) -> int | None:
        text = self.cleaned_data["backlog_since"].strip()
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{4}", text) or not 1945 <= int(text) <= self.campaign.year:
            raise forms.ValidationError(
                _("A year from 1945 to %(year)s, please.") % {"year": str(self.campaign.year)}
            )
        return int(text)

    def clean_result_kind(self) -> str:
        return self.cleaned_data["result_kind"] or ResultKind.DESCRIPTION

    def waives(self, name: str) -> bool:
        """A task under a separate document needs nothing but its reference and the deadline."""
        if self.data.get("is_stub"):
            return name not in ("ref", "due")
        return super().waives(name)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("is_stub"):
            return self._only_the_reference(data)
        start, due = data.get("start_on"), data.get("due_on")
        if start and due and due < start:
            self.add_error("start_on", _("The start lies after the deadline."))
        theme = data.get("theme")
        data["theme_id"] = theme.pk if theme else None
        self._judge_milestones(data)
        if self.sends:
            self._ask_for_the_unclear(data)
        return data

    def _judge_milestones(self, data: dict[str, Any]) -> None:
        rows, told = self.fields["milestones"], []
        assert isinstance(rows, RowsField)
        for no, entry in enumerate(data.get("milestones", ())):
            if problem := rules.milestone_problem(entry.due_on, data.get("start_on"), data.get("due_on")):
                told.append(rows.refuse(no, "due_on", problem))
        if told:
            self.add_error("milestones", told)

    def parts(self) -> Parts:
        """The rows as typed; partners with the organisation or comrade they mean, where one is found."""
        told = {kind: self.cleaned_data[kind] for kind in rules.MOST_ROWS}
        return Parts(
            partners=linked(told["partners"], self.campaign),
            milestones=tuple(told["milestones"]),
            sub_targets=tuple(told["sub_targets"]),
        )

    def _ask_for_the_unclear(self, data: dict[str, Any]) -> None:
        """What an entry of the clarity list demands and was left empty is told at its field."""
        for item in rules.clarity_items(self.campaign):
            for column in item.fields:
                name = column.removesuffix("_id")
                empty = name in self.fields and not self.fields[name].required and not data.get(column)
                if empty and name not in self.errors:
                    text = _("Please fill this in: “%(item)s” is not clear yet.")
                    self.add_error(name, text % {"item": item.label})

    def _only_the_reference(self, data: dict[str, Any]) -> dict[str, Any]:
        if not data.get("stub_reference"):
            self.add_error("stub_reference", _("Write the number and date of the document."))
            return data
        kept = ("ref", "revision", "due", "due_kind", "due_on", "is_stub", "stub_reference")
        blank = Pledge()
        emptied = {name: getattr(blank, name) for name in CONTENT_FIELDS if name not in kept}
        return data | emptied | {"title": data["stub_reference"]} | {kind: [] for kind in rules.MOST_ROWS}

    def as_typed(self, lead: Member) -> Pledge:
        """A pledge in memory with what is valid of what was typed, to be judged by the rules."""
        if not self.is_bound:
            return self.pledge or Pledge(lead_member=lead)
        self.is_valid()  # leaves in cleaned_data what is valid
        typed = {name: self.cleaned_data[name] for name in CONTENT_FIELDS if name in self.cleaned_data}
        return Pledge(lead_member=lead, **{name: value for name, value in typed.items() if value is not None})
