"""The journal of records in words: what each act is called, and its codes and numbers as a line."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadres.models import RecordEvent
from cadres.roles import Role
from cadres.templatetags.display import day, number

ACTS: dict[str, Any] = {
    "account_created": gettext_lazy("account made"),
    "account_reopened": gettext_lazy("account opened again"),
    "account_closed": gettext_lazy("account closed"),
    "slip_issued": gettext_lazy("account slip issued"),
    "password_chosen": gettext_lazy("own password chosen"),
    "own_account_changed": gettext_lazy("own account changed"),
    "role_granted": gettext_lazy("role given"),
    "role_ended": gettext_lazy("role ended"),
    "office_ended": gettext_lazy("post ended"),
    "delegation_given": gettext_lazy("typing delegated"),
    "delegation_prolonged": gettext_lazy("delegation prolonged"),
    "delegation_ended": gettext_lazy("delegation ended"),
    "telephone_noted": gettext_lazy("telephone noted"),
    "members_added": gettext_lazy("members entered"),
    "members_moved": gettext_lazy("members moved"),
    "standing_changed": gettext_lazy("standing changed"),
    "memberships_ended": gettext_lazy("memberships ended"),
    "roster_imported": gettext_lazy("roster brought in"),
    "roster_refused_taken": gettext_lazy("refused rows of a roster taken out"),
    "units_founded": gettext_lazy("organisations founded"),
    "unit_renamed": gettext_lazy("organisation renamed"),
    "unit_moved": gettext_lazy("organisation moved"),
    "unit_succeeded": gettext_lazy("organisation follows others"),
    "body_entered": gettext_lazy("body entered"),
    "body_corrected": gettext_lazy("body corrected"),
    "first_bodies_made": gettext_lazy("usual bodies entered"),
    "seat_taken": gettext_lazy("seat in a body taken"),
    "seat_ended": gettext_lazy("seat in a body ended"),
    "cadre_list_made": gettext_lazy("list of cadres made"),
    "cadre_list_extended": gettext_lazy("list of cadres extended"),
    "cadre_entry_written": gettext_lazy("entry of a list of cadres written"),
    "cadre_left_out": gettext_lazy("cadre left out of a list"),
    "campaign_changed": gettext_lazy("campaign changed"),
    "suggestions_written": gettext_lazy("suggested tasks written"),
    "pledges_imported": gettext_lazy("registrations brought in"),
    "pledges_refused_taken": gettext_lazy("refused rows of registrations taken out"),
    "pledge_featured": gettext_lazy("result chosen as notable"),
    "pledge_not_featured": gettext_lazy("result no longer notable"),
    "list_amendment_asked": gettext_lazy("amendment of a list asked for"),
    "attachment_added": gettext_lazy("file added"),
    "attachment_opened": gettext_lazy("file opened"),
    "attachment_removed": gettext_lazy("file taken off"),
    "export_cell_list": gettext_lazy("list of a cell taken out"),
    "export_docket": gettext_lazy("docket taken out"),
    "export_acts": gettext_lazy("register of acts taken out"),
    "export_summary": gettext_lazy("report taken out"),
    "export_closing": gettext_lazy("closing taken out"),
    "closing_asked": gettext_lazy("figures closed"),
    "export_years": gettext_lazy("comparison of two years taken out"),
    "export_pledges": gettext_lazy("list of registrations taken out"),
    "export_figure": gettext_lazy("list behind a figure taken out"),
    "export_taken": gettext_lazy("written list fetched"),
    "journal_checked": gettext_lazy("journals checked"),
    "journal_sealed": gettext_lazy("journals sealed"),
}

# Codes and numbers worth a line, in this order; what is not named here says nothing to a reader.
FACTS: dict[str, Any] = {
    "role": gettext_lazy("role"),
    "campaign": gettext_lazy("campaign"),
    "tier": gettext_lazy("tier"),
    "closing": gettext_lazy("closing no."),
    "document": gettext_lazy("document"),
    "section": gettext_lazy("section"),
    "figure": gettext_lazy("figure"),
    "part": gettext_lazy("part"),
    "year": gettext_lazy("year"),
    "fields": gettext_lazy("fields"),
    "format": gettext_lazy("format"),
    "filter": gettext_lazy("filter"),
    "show": gettext_lazy("filter"),
    "rows": gettext_lazy("rows"),
    "people": gettext_lazy("people"),
    "members": gettext_lazy("members"),
    "units": gettext_lazy("organisations"),
    "tasks": gettext_lazy("tasks"),
    "created": gettext_lazy("created"),
    "refused": gettext_lazy("refused"),
    "pledges": gettext_lazy("registrations"),
    "events": gettext_lazy("entries"),
    "records": gettext_lazy("records"),
    "problems": gettext_lazy("problems"),
    "on": gettext_lazy("as of"),
}


# Facts that are days: kept as 2024-01-15, told as an office writes them.
DAYS = ("on",)


def act_words(action: str) -> str:
    """What was done; an act that has no words is shown by its code."""
    return str(ACTS.get(action, action))


def fact_words(event: RecordEvent) -> str:
    """The codes and numbers of a row: "role: Cell secretary · rows: 1.632"."""
    told = [
        f"{label}: {_value(name, event.data[name])}" for name, label in FACTS.items() if name in event.data
    ]
    return " · ".join(told)


def _value(name: str, value: Any) -> str:
    if name == "role" and value in Role.values:
        return str(Role(value).label)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return str(value) if name == "year" else number(value)
    if name in DAYS:
        return day(date.fromisoformat(value))
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return str(value)
