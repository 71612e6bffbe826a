"""What each measure of the counts is called where it is told by itself."""

from datetime import date

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cadres.templatetags.display import day

MEASURE_WORDS = {
    "counted": _("people counted"),
    "registered": _("people who have registered"),
    "approved": _("people with an approved registration"),
    "met_quota": _("people who have met the quota"),
    "exempt": _("exempt people"),
    "away": _("people who are away"),
    "leads": _("leads of registrations"),
    "leads_approved": _("leads of approved registrations"),
    "pledges": _("registrations"),
    "participations": _("participations"),
    "awaiting": _("registrations that await a meeting"),
    "returned": _("registrations to be amended"),
    "pledges_approved": _("approved registrations"),
    "done": _("tasks done"),
    "on_time": _("tasks done on time"),
    "beyond_target": _("tasks done beyond target"),
    "carried_over": _("tasks carried over"),
    "late": _("late tasks"),
    "stuck": _("stuck tasks"),
    "cells": _("cells in the figures"),
    "cells_sent": _("cells that have sent their list"),
    "cells_missing": _("cells where somebody has not registered"),
    "cells_endorsed": _("cells whose list is endorsed"),
}


def measure_words(measure: str) -> str:
    """A measure in words, with what it is counted of ("pledges:theme:2", "own_registered:day:2024-02-01")."""
    name, _colon, named = measure.partition(":")
    words = [str(MEASURE_WORDS.get(name.removeprefix("own_"), name))]
    of, _colon, code = named.partition(":")
    if of == "day":
        words.append(gettext("for the first time on %(day)s") % {"day": day(date.fromisoformat(code))})
    elif of:
        what = gettext("theme no. %(code)s") if of == "theme" else gettext("field “%(code)s”")
        words.append(what % {"code": code})
    if name.startswith("own_"):
        words.append(gettext("without those below"))
    return ", ".join(words)
