"""What a committee tells those it waits for, in words to paste into the chat."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cadres.templatetags.display import day, number
from pledges.views.committee_rows import UNITS, ListFilter

NAMED = 20  # more organisations than this are not called by name


def reminder(chosen: ListFilter) -> str:
    """Which lists are missing and until when: names of organisations, never of people; empty when none is."""
    missing = chosen.totals["not_sent"]
    if not missing:
        return ""
    campaign = chosen.tier.campaign
    of_units = chosen.of == UNITS
    figures = {
        "n": number(missing),
        "all": number(chosen.totals["all"]),
        "title": campaign.title,
        "from": chosen.place.name,
    }
    if of_units:
        text = ngettext(
            "%(from)s: %(n)s of %(all)s organisations has not sent its list yet (%(title)s).",
            "%(from)s: %(n)s of %(all)s organisations have not sent their lists yet (%(title)s).",
            missing,
        )
    else:
        text = ngettext(
            "%(from)s: %(n)s of %(all)s cells has not sent its list yet (%(title)s).",
            "%(from)s: %(n)s of %(all)s cells have not sent their lists yet (%(title)s).",
            missing,
        )
    lines = [text % figures]
    if missing <= NAMED:
        names = ", ".join(unit.name for unit in chosen.in_state("not_sent"))
        lines.append(_("Still awaited: %(names)s.") % {"names": names})
    if campaign.closes_on:
        lines.append(_("Please send it before %(day)s.") % {"day": day(campaign.closes_on)})
    return "\n".join(lines)
