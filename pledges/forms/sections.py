"""The full form in sections: one an entry of the clarity list in force, with what belongs beside it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from cadres.models import Member
from pledges import rules
from pledges.forms.register_full import FullForm

# Short answers, which share a line.
SHORT = {"field", "place", "backlog_since", "start_on", "result_kind", "measure_unit", "baseline", "target"}
# What stands beside a field of the clarity list, although no entry demands it.
COMPANIONS = {
    "lead_member": ("partners",),
    "title": ("carried_from", "theme", "field", "place", "situation", "backlog_since", "directive"),
    "due_on": ("start_on", "milestones"),
    "product": ("result_kind", "measure_unit", "baseline", "target", "sub_targets"),
    "own_role": ("authority", "solutions", "requests"),
}
STUB = ("is_stub", "stub_reference")


@dataclass(frozen=True)
class Section:
    """An entry of the clarity list with its fields, and whether those it demands are answered."""

    title: str
    is_clear: bool | None
    fields: list[BoundField]
    lead: str = ""
    demands: tuple[str, ...] = ()

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


def outline(form: FullForm, lead: Member) -> dict[str, Any]:
    """What may stand for the whole content, the sections, and how many entries are satisfied."""
    sections = list(_sections(form, lead))
    entries = [section for section in sections if section.is_clear is not None]
    clear = [section for section in entries if section.is_clear]
    stub = [form[name] for name in STUB]
    return {"stub": stub, "sections": sections, "clear": len(clear), "entries": len(entries)}


def _sections(form: FullForm, lead: Member) -> Iterator[Section]:
    """Entry by entry; at the end what no entry holds."""
    items = rules.clarity_items(form.campaign)
    unclear = {item.pk for item in rules.unclear_items(form.as_typed(lead), items)}
    demanded = {name for item in items for name in _fields_for(form, item.fields)}
    shown = set(STUB)
    for item in items:
        own = [name for name in _fields_for(form, item.fields) if name not in shown]
        beside = [name for column in item.fields for name in COMPANIONS.get(column, ())]
        names = own + [name for name in beside if name in form.fields and name not in shown | demanded]
        shown.update(names)
        for name in own:
            # A draft may leave it empty, a submission may not: not to be called optional.
            form.fields[name].demanded = True  # type: ignore[attr-defined]
        named = lead.name if "lead_member" in item.fields else ""
        demands = tuple(name for name in _fields_for(form, item.fields) if name != "due_on")
        yield Section(item.label, item.pk not in unclear, [form[name] for name in names], named, demands)
    rest = [field for field in form.visible_fields() if field.name not in shown]
    if rest:
        yield Section(_("Further content") if items else "", None, rest)


def _fields_for(form: FullForm, columns: Iterable[str]) -> Iterator[str]:
    for column in columns:
        if column == "due_on":
            yield "due"
        name = column.removesuffix("_id")
        if name in form.fields:
            yield name
