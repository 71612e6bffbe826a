"""In which lane a registration form is open, and what the form has to say or to demand because of it."""

from django.utils.translation import gettext as _

from pledges import lane_words
from pledges.forms.register import PledgeForm
from pledges.models import Lane
from pledges.permissions import lane_of
from pledges.states import PledgeStatus
from pledges.views.register_entry import Entry


def lane_now(entry: Entry) -> Lane | None:
    """The lane of what is sent from this form today; what was sent before keeps the one it came in."""
    if entry.pledge and entry.pledge.status != PledgeStatus.DRAFT:
        return Lane(entry.pledge.lane)
    return lane_of(entry.lead, entry.tier, entry.day)


def note(entry: Entry) -> str:
    """What stands above the form about its lane; costs nothing while the window is open."""
    return lane_words.note(entry.tier.campaign, lane_now(entry), entry.day)


def why_closed(entry: Entry, reason: str) -> str:
    """The reason in full; where the lane is open for the person, what keeps him out is another rule."""
    if lane_of(entry.lead, entry.tier, entry.day) is not None:
        return reason
    return lane_words.why_closed(entry.tier, entry.day)


def demand_directive(form: PledgeForm, entry: Entry) -> None:
    """Where the lane demands the new directive, its field is not offered as one that may stay empty."""
    if "directive" in form.fields and lane_now(entry) == Lane.DIRECTIVE:
        form.fields["directive"].demanded = True  # type: ignore[attr-defined]


def has_directive(form: PledgeForm, entry: Entry) -> bool:
    """Whether the form names the new directive where the lane demands it; if not, it says so at the field."""
    asked = form.sends and "directive" in form.fields and not form.cleaned_data.get("is_stub")
    if asked and not form.cleaned_data.get("directive") and lane_now(entry) == Lane.DIRECTIVE:
        form.add_error("directive", _("After the window a pledge names the new directive it follows."))
    return not form.errors
