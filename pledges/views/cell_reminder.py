"""What a cell secretary tells the comrades who are awaited, in words to paste into the chat."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cadres.models import Unit
from cadres.templatetags.display import day as day_words
from cadres.templatetags.display import number, year
from pledges.models import Campaign
from pledges.views.cell_rows import CellList


def reminder(cell: Unit, campaign: Campaign, whole: CellList, day: date) -> str:
    """How many are awaited and until when, without the name of anybody; empty when nobody is."""
    if not campaign.window_is_open(day) or not (whole.rate.rest or whole.returned):
        return ""
    lines = []
    if missing := whole.rate.rest:
        text = ngettext(
            "%(cell)s: %(n)s comrade has not registered a new task, a difficult task of %(year)s yet.",
            "%(cell)s: %(n)s comrades have not registered a new task, a difficult task of %(year)s yet.",
            missing,
        )
        lines.append(text % {"cell": cell.name, "n": number(missing), "year": year(campaign.year)})
    if returned := whole.returned:
        text = ngettext(
            "%(cell)s: %(n)s registration is to be amended.",
            "%(cell)s: %(n)s registrations are to be amended.",
            returned,
        )
        lines.append(text % {"cell": cell.name, "n": number(returned)})
    lines.append(_until(campaign, day))
    lines.append(_("Whoever needs help, please ask the cell secretary."))
    return "\n".join(filter(None, lines))


def _until(campaign: Campaign, day: date) -> str:
    left = campaign.days_left(day)
    if campaign.closes_on is None or left is None:
        return ""
    if left == 0:
        return _("Please send it today: it is the last day.")
    text = ngettext(
        "Please send it before %(day)s (%(n)s day left).",
        "Please send it before %(day)s (%(n)s days left).",
        left,
    )
    return text % {"day": day_words(campaign.closes_on), "n": number(left)}
