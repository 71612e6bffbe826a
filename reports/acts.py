"""The register of acts as a workbook: the same rows as the page, all of them."""

from collections.abc import Iterator
from datetime import date
from typing import BinaryIO

from django.utils.translation import gettext as _

from cadres.models import BodyKind, User
from cadres.templatetags.display import day as day_words
from cadres.templatetags.display import number
from pledges import act_register
from pledges.act_register import Outcomes, Wanted
from pledges.models import Docket
from pledges.states import DocketState
from reports.writers.sheet import Column, write_table

CHUNK = 500


def columns() -> list[Column]:
    """What the register tells of an act."""
    return [
        Column(_("No."), 6, "int"),
        Column(_("Number"), 18),
        Column(_("Date of the document"), 14, "date"),
        Column(_("Meeting"), 14, "date"),
        Column(_("Body"), 34),
        Column(_("Subject"), 56),
        Column(_("Agreed"), 12, "rate"),
        Column(_("Approved"), 12, "int"),
        Column(_("Amendment asked for"), 14, "int"),
        Column(_("Not approved"), 14, "int"),
        Column(_("Held over"), 14, "int"),
        Column(_("Corrections"), 40),
    ]


def write_acts(file: BinaryIO, user: User, wanted: Wanted, day: date) -> int:
    """Write the acts looked for, within the user's scope; returns how many."""
    return write_table(
        file,
        title_lines=[_("Register of acts"), _("As of %(day)s") % {"day": day_words(day)}],
        columns=columns(),
        rows=_rows(user, wanted),
        sheet_name=_("Register of acts"),
    )


def _rows(user: User, wanted: Wanted) -> Iterator[list[object]]:
    acts = list(act_register.found(user, wanted))
    for start in range(0, len(acts), CHUNK):
        some = acts[start : start + CHUNK]
        outcomes = act_register.outcomes_of(some)
        for place, act in enumerate(some, start=start + 1):
            yield _row(place, act, outcomes.get(act.pk, Outcomes()))


def _row(place: int, act: Docket, outcomes: Outcomes) -> list[object]:
    agreed = f"{number(act.agreed)}/{number(act.seats)}" if act.agreed is not None else None
    return [
        place,
        _number(act),
        act.number_on,
        act.meeting_on,
        act.body.name,
        act.title,
        agreed,
        outcomes.approved,
        outcomes.returned,
        outcomes.rejected,
        outcomes.held,
        _corrections(act),
    ]


def _number(act: Docket) -> str:
    if act.number:
        return act.number
    if act.body.kind == BodyKind.CELL_MEETING:
        return _("minutes")
    return _("awaits its number") if act.state == DocketState.CONCLUDED else ""


def _corrections(act: Docket) -> str:
    told = [_("Corrects %(act)s") % {"act": _name(act.corrects)}] if act.corrects else []
    told += [_("Corrected by %(act)s") % {"act": _name(later)} for later in act.corrections.all()]
    return "; ".join(told)


def _name(act: Docket) -> str:
    return act.number or (day_words(act.meeting_on) if act.meeting_on else act.title)
