"""The lane of a registration in words: in the window, or supplementary (bổ sung) and by which right."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from cadres.templatetags.display import day as day_words
from pledges.models import Campaign, Lane, Pledge, Tier

RIGHTS: dict[str, Any] = {
    Lane.NEWCOMER: gettext_lazy(
        "This is a supplementary registration: the comrade came to the cell after registration had opened. "
        "The cell decides on it at its next meeting, like on the others."
    ),
    Lane.DIRECTIVE: gettext_lazy(
        "This is a supplementary registration under a new directive: write its number and date. "
        "It is put before the body on a supplementary docket."
    ),
}
SHORT: dict[str, Any] = {
    Lane.NEWCOMER: pgettext_lazy("lane, short", "Supplementary: new in the cell"),
    Lane.DIRECTIVE: pgettext_lazy("lane, short", "Supplementary: new directive"),
}


def pill_words(pledge: Pledge) -> str:
    """What marks a supplementary registration; empty for one of the window."""
    return str(SHORT.get(pledge.lane, ""))


def supplementary_pill() -> str:
    """What marks a docket of supplementary registrations."""
    return pgettext("docket", "Supplementary")


def note(campaign: Campaign, lane: str | None, day: date) -> str:
    """Above the form: in which lane one registers and why; nothing to be said inside the window."""
    if lane not in RIGHTS:
        return ""
    return f"{_over(campaign, day)} {RIGHTS[lane]}"


def reason(lane: str) -> str:
    """By which right one registers after the window; empty inside it."""
    return str(RIGHTS.get(lane, ""))


def why_closed(tier: Tier, day: date) -> str:
    """Why nobody without a right of his own registers on this day: from when, or since when."""
    campaign = tier.campaign
    if campaign.opens_on and day < campaign.opens_on:
        return _("Registration opens on %(day)s.") % {"day": day_words(campaign.opens_on)}
    if not campaign.takes_late_entries(day):
        text = _("The campaign is at the stage “%(stage)s”: nothing new is registered now.")
        return text % {"stage": campaign.get_state_display()}
    only = _("Afterwards only comrades who are new in the cell and have nothing registered yet may register.")
    return f"{_over(campaign, day)} {only}"


def _over(campaign: Campaign, day: date) -> str:
    if campaign.closes_on and campaign.closes_on < day:
        return _("Registration closed on %(day)s.") % {"day": day_words(campaign.closes_on)}
    text = _("The window is over, the campaign is at the stage “%(stage)s”.")
    return text % {"stage": campaign.get_state_display()}
