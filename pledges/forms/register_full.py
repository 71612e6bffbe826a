"""The full form of key cadres (nội dung đăng ký đảm nhận), in sections by the clarity list in force."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadres.models import Member
from pledges import rules
from pledges.content import CONTENT_FIELDS
from pledges.forms.fields import Day, DayIfChosen, Figure, Lines, Words, blank_choice
from pledges.forms.register import TITLE_LIMIT, PledgeForm
from pledges.models import Authority, GuidanceItem, Novelty, Pledge, ResultKind, Theme
from pledges.words import LABELS

TEXT_LIMIT = 5000
# Short answers, which share a line.
SHORT = {"field", "place", "backlog_since", "start_on", "result_kind", "measure_unit", "baseline", "target"}


@dataclass(frozen=True)
class Section:
    """An entry of the clarity list with the fields it demands, and whether they are answered."""

    title: str
    is_clear: bool | None
    fields: list[BoundField]
    lead: str = ""

    @property
    def rows(self) -> list[list[BoundField]]:
        """The fields as they stand on a wide page: two short ones side by side."""
        rows: list[list[BoundField]] = []
        for field in self.fields:
            if rows and len(rows[-1]) == 1 and {rows[-1][0].name, field.name} <= SHORT:
                rows[-1].append(field)
            else:
                rows.append([field])
        return rows


class FullForm(PledgeForm):
    """All that a key cadre tells of a pledge, in sections by the clarity list in force."""

    title = Words(
        limit=TITLE_LIMIT,
        rows=3,
        label=LABELS["title"],
        help_text=gettext_lazy("Do not write anything that is a state secret."),
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
    field = Words(limit=100, required=False, label=LABELS["field"])
    place = Words(limit=200, required=False, label=LABELS["place"])
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
        required=False,
        label=LABELS["directive"],
        help_text=gettext_lazy("Number and date of the document, for example 27-ĐA/QU of 15/03/2023."),
    )
    own_role = Words(limit=200, required=False, label=LABELS["own_role"])
    authority = forms.ChoiceField(
        required=False,
        label=LABELS["authority"],
        choices=blank_choice(gettext_lazy("Not stated"), Authority.choices),
    )
    partners = Lines(
        limit=TEXT_LIMIT,
        longest=200,
        rows=3,
        required=False,
        label=LABELS["partners"],
        help_text=gettext_lazy("One a line: a unit or a comrade with the post."),
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
    measure_unit = Words(limit=100, required=False, label=LABELS["measure_unit"])
    baseline = Figure(required=False, label=LABELS["baseline"], help_text=gettext_lazy("Where it starts"))
    target = Figure(
        required=False, label=LABELS["target"], help_text=gettext_lazy("For example 1.200 or 88,7")
    )
    due = forms.ChoiceField(
        widget=forms.RadioSelect,
        label=LABELS["due_on"],
        error_messages={"required": gettext_lazy("Choose a quarter, the whole year or a day.")},
    )
    due_on = DayIfChosen(label=gettext_lazy("The day: day/month/year"))
    is_stub = forms.BooleanField(
        required=False,
        label=gettext_lazy("Task under a separate document"),
        help_text=gettext_lazy(
            "Only the reference of the document and the deadline are kept, nothing of the content."
        ),
    )
    stub_reference = Words(limit=200, required=False, label=LABELS["stub_reference"])

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        theme = self.fields["theme"]
        assert isinstance(theme, forms.ModelChoiceField)
        theme.queryset = self.campaign.themes.all()

    def _initial(self, pledge: Pledge | None) -> dict[str, Any]:
        values = super()._initial(pledge)
        if pledge is not None:
            values["theme"] = pledge.theme_id
            values["partners"] = [partner.name for partner in pledge.partners.all()]
        return values

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
        if self.sends:
            self._ask_for_the_unclear(data)
        return data

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
        return data | emptied | {"title": data["stub_reference"], "partners": []}

    def sections(self, items: list[GuidanceItem], lead: Member) -> Iterator[Section]:
        """The form by the clarity list; what no entry demands stands at the end."""
        unclear = {item.pk for item in rules.unclear_items(self._as_typed(lead), items)}
        shown: set[str] = set()
        for item in items:
            names = [name for name in self._fields_for(item.fields) if name not in shown]
            shown.update(names)
            for name in names:
                # A draft may leave it empty, a submission may not: not to be called optional.
                self.fields[name].demanded = True  # type: ignore[attr-defined]
            named = lead.name if "lead_member" in item.fields else ""
            yield Section(item.label, item.pk not in unclear, [self[name] for name in names], named)
        rest = [field for field in self.visible_fields() if field.name not in shown]
        yield Section(_("Further content") if items else "", None, rest)

    def _fields_for(self, columns: list[str]) -> Iterator[str]:
        for column in columns:
            if column == "due_on":
                yield "due"
            name = column.removesuffix("_id")
            if name in self.fields:
                yield name

    def _as_typed(self, lead: Member) -> Pledge:
        """A pledge in memory with what is valid of what was typed, to be judged by the rules."""
        if not self.is_bound:
            return self.pledge or Pledge(lead_member=lead)
        self.is_valid()  # leaves in cleaned_data what is valid
        typed = {name: self.cleaned_data[name] for name in CONTENT_FIELDS if name in self.cleaned_data}
        return Pledge(lead_member=lead, **{name: value for name, value in typed.items() if value is not None})
