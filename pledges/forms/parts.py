"""Rows inside the full form: partners, milestones, sub-targets; each kind is one field of several rows.

A row is known by its number in the names of its controls (milestones-2-text). What is left empty is
no row, so that clearing it takes it away without a script.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadres.templatetags.display import number
from pledges import rules
from pledges.content import MilestoneEntry, PartnerEntry, SubTargetEntry
from pledges.forms.fields import Day, Figure, TextBox, Words
from pledges.partners import key_of

LONGEST_ROW = 300


@dataclass(frozen=True)
class TypedRow:
    """A row as it stands in its controls; in words the parts that are seen."""

    cells: Mapping[str, str]
    seen: Sequence[str] = field(compare=False)

    def __bool__(self) -> bool:
        return any(self.cells[name].strip() for name in self.seen)

    def __str__(self) -> str:
        return " – ".join(self.cells[name] for name in self.seen if self.cells[name])


class RowForm(forms.Form):
    """One row, judged cell by cell."""

    use_required_attribute = False

    @classmethod
    def typed(cls, value: Any) -> TypedRow:
        """A row of the pledge, or what a browser sent of one, as its controls hold it."""
        told = value if isinstance(value, Mapping) else cls.cells_of(value)
        cells = {name: cell.prepare_value(told.get(name)) for name, cell in cls.base_fields.items()}
        seen = [name for name, cell in cls.base_fields.items() if not cell.widget.is_hidden]
        return TypedRow({name: str(text or "") for name, text in cells.items()}, seen)

    @classmethod
    def bound(cls, row: TypedRow, prefix: str) -> "RowForm":
        """The form of a row as typed."""
        return cls({f"{prefix}-{name}": text for name, text in row.cells.items()}, prefix=prefix)

    @classmethod
    def cells_of(cls, entry: Any) -> Mapping[str, Any]:
        """What the controls show of an entry."""
        return {name: getattr(entry, name) for name in cls.base_fields}

    def entry(self) -> Any:
        """The row as the pledge holds it."""
        raise NotImplementedError


class PartnerRow(RowForm):
    """A name, and the key of the organisation or comrade that was chosen for it."""

    name = Words(
        limit=200,
        label=gettext_lazy("Unit or comrade"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-find": ""}),
        error_messages={"required": gettext_lazy("Write the name.")},
    )
    key = forms.CharField(required=False, widget=forms.HiddenInput)

    @classmethod
    def cells_of(cls, entry: PartnerEntry) -> Mapping[str, Any]:
        return {"name": entry.name, "key": key_of(entry)}

    def entry(self) -> tuple[str, str]:
        return self.cleaned_data["name"], self.cleaned_data["key"]


class MilestoneRow(RowForm):
    """What is reached by a day."""

    due_on = Day(
        label=gettext_lazy("By the day"), error_messages={"required": gettext_lazy("The day is missing.")}
    )
    text = Words(
        limit=LONGEST_ROW,
        label=gettext_lazy("What is reached by then"),
        error_messages={"required": gettext_lazy("Write what is reached by this day.")},
    )

    def entry(self) -> MilestoneEntry:
        return MilestoneEntry(**self.cleaned_data)


class SubTargetRow(RowForm):
    """One of several products, with a figure where there is one."""

    text = Words(
        limit=LONGEST_ROW,
        label=gettext_lazy("Product or conclusion"),
        error_messages={"required": gettext_lazy("Write which product the figure belongs to.")},
    )
    target = Figure(required=False, label=gettext_lazy("Target"))
    measure_unit = Words(limit=100, required=False, label=gettext_lazy("Unit of measure"))

    def entry(self) -> SubTargetEntry:
        return SubTargetEntry(**self.cleaned_data)


class RowsWidget(forms.Widget):
    """Shows the rows, a button for one more, and a pattern from which a script makes it."""

    template_name = "pledges/_rows.html"
    use_fieldset = True

    def __init__(self, kind: str, row: type[RowForm], *, adds: Any, spare: int) -> None:
        super().__init__()
        self.kind, self.row, self.adds, self.spare = kind, row, adds, spare
        self.most = rules.MOST_ROWS[kind]
        self.judged: list[RowForm] | None = None
        self.room = 0

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[TypedRow]:
        """The rows that are not empty, in the order of their numbers."""
        found: dict[int, dict[str, str]] = {}
        for key in data:
            if match := re.fullmatch(rf"{self.kind}-([0-9]{{1,4}})-([a-z_]+)", key):
                found.setdefault(int(match[1]), {})[match[2]] = str(data.get(key) or "")
        rows = [self.row.typed(found[no]) for no in sorted(found)]
        return [row for row in rows if row]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return False

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        rows = self.judged or [
            self.row(initial=one.cells, prefix=f"{self.kind}-{no}") for no, one in enumerate(value or ())
        ]
        blank = self.room or (0 if rows else self.spare)
        free = [self.row(prefix=f"{self.kind}-{len(rows) + no}") for no in range(blank)]
        context["rows"] = [*rows, *free][: max(self.most, len(rows))]
        context["pattern"] = self.row(prefix=f"{self.kind}-__no__")
        return context | {"most": self.most, "adds": self.adds, "kind": self.kind}


class RowsField(forms.Field):
    """Rows of one kind, told with the number of the row where one is wrong; one note on secrets for all."""

    widget: RowsWidget
    warns = True

    def __init__(self, kind: str, row: type[RowForm], *, adds: Any, spare: int = 0, **kwargs: Any) -> None:
        self.kind, self.row = kind, row
        super().__init__(required=False, widget=RowsWidget(kind, row, adds=adds, spare=spare), **kwargs)

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> TextBox:
        return TextBox(form, self, field_name)

    def prepare_value(self, value: Any) -> list[TypedRow]:
        return [one if isinstance(one, TypedRow) else self.row.typed(one) for one in value or ()]

    def clean(self, value: list[TypedRow]) -> list[Any]:
        rows = [self.row.bound(one, f"{self.kind}-{no}") for no, one in enumerate(value)]
        self.widget.judged = rows
        problems = [
            self._at_row(no, message)
            for no, row in enumerate(rows)
            for messages in row.errors.values()
            for message in messages
        ]
        if len(rows) > self.widget.most:
            problems.append(_("At most %(limit)s rows, please.") % {"limit": number(self.widget.most)})
        if problems:
            raise ValidationError(problems)
        return [row.entry() for row in rows]

    def refuse(self, no: int, cell: str, message: str) -> str:
        """Tell what is wrong with a row that is right by itself; gives back the words for the form."""
        assert self.widget.judged is not None
        self.widget.judged[no].add_error(cell, message)
        return self._at_row(no, message)

    def _at_row(self, no: int, message: object) -> str:
        return _("row %(no)s: %(problem)s") % {"no": number(no + 1), "problem": message}
