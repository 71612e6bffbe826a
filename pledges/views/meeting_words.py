"""A cell's meeting in words: what it leaves out, what it did, what was recorded of earlier ones."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cadres.actions.body_names import committee_of
from cadres.models import BodyKind, Unit
from cadres.templatetags.display import day as day_words
from cadres.templatetags.display import number
from pledges import queries
from pledges.models import Docket, Tier
from pledges.states import DocketState, Outcome, PledgeStatus


@dataclass(frozen=True)
class Recorded:
    """A meeting that was recorded: its day, who was there, and how its lines came out."""

    day: str
    facts: list[str]
    outcomes: str


def told(docket: Docket, cell: Unit) -> str:
    """What the meeting did, in one sentence, and where the list went."""
    outcomes = docket.lines.values_list("outcome", flat=True)
    sentence = _("Meeting of %(day)s recorded: %(parts)s.") % {
        "day": day_words(docket.meeting_on),
        "parts": outcome_words(outcomes),
    }
    if cell.parent is None:
        return sentence
    sent = _("The list has been sent to %(unit)s.") % {"unit": committee_of(cell.parent.name)[0]}
    return f"{sentence} {sent}"


def still_waiting(left: int) -> str:
    """What was sent or amended while the form of the meeting was open, and is not counted in it."""
    text = ngettext(
        "%(n)s task was sent after this page was opened and waits for the next meeting.",
        "%(n)s tasks were sent after this page was opened and wait for the next meeting.",
        left,
    )
    return text % {"n": number(left)}


def outcome_words(outcomes: Iterable[str]) -> str:
    """How many tasks were adopted, to be amended, not adopted; what did not occur is left out."""
    decided = list(outcomes)
    adopted, back = decided.count(Outcome.APPROVE), decided.count(Outcome.RETURN)
    refused = decided.count(Outcome.REJECT)
    parts = [ngettext("%(n)s task adopted", "%(n)s tasks adopted", adopted) % {"n": number(adopted)}]
    if back:
        text = ngettext("%(n)s task to be amended", "%(n)s tasks to be amended", back)
        parts.append(text % {"n": number(back)})
    if refused:
        text = ngettext("%(n)s task not adopted", "%(n)s tasks not adopted", refused)
        parts.append(text % {"n": number(refused)})
    return ", ".join(parts)


def _left_out(cell: Unit, tier: Tier, day: date) -> str:
    """Who and what is not on the list that goes upwards now; empty when nothing is left out."""
    counted = queries.counted_people(tier, day).filter(unit=cell)
    missing = queries.without_registered(counted, tier).count()
    drafts = queries.cell_pledges(cell, tier).filter(status=PledgeStatus.DRAFT).count()
    parts = []
    if missing:
        text = ngettext(
            "%(n)s comrade who has not registered", "%(n)s comrades who have not registered", missing
        )
        parts.append(text % {"n": number(missing)})
    if drafts:
        text = ngettext("%(n)s draft that was not sent", "%(n)s drafts that were not sent", drafts)
        parts.append(text % {"n": number(drafts)})
    return _("Not on the list sent now: %(parts)s.") % {"parts": ", ".join(parts)} if parts else ""


def question(cell: Unit, tier: Tier, day: date) -> str:
    """What is asked before the meeting is recorded for good: with what stays behind."""
    if cell.parent is None:
        asked = _("Record the meeting? It cannot be changed afterwards.")
    else:
        text = _("Record the meeting and send the list to %(unit)s? It cannot be changed afterwards.")
        asked = text % {"unit": committee_of(cell.parent.name)[0]}
    return f"{_left_out(cell, tier, day)} {asked}".strip()


def recorded(cell: Unit, tier: Tier) -> list[Recorded]:
    """Meetings of the cell that were recorded, the last first."""
    dockets = Docket.objects.filter(tier=tier, body__unit=cell, body__kind=BodyKind.CELL_MEETING)
    rows = dockets.exclude(state=DocketState.OPEN).prefetch_related("lines")
    return [
        Recorded(
            day_words(docket.meeting_on) if docket.meeting_on else "",
            _facts(docket),
            outcome_words(line.outcome for line in docket.lines.all()),
        )
        for docket in rows.order_by("-meeting_on", "-pk")
    ]


def _facts(docket: Docket) -> list[str]:
    """Who presided, how many were present and agreed, as far as it is known."""
    facts = []
    if docket.presided_by:
        facts.append(_("presided: %(name)s") % {"name": docket.presided_by})
    if docket.present is not None:
        facts.append(_("present: %(n)s") % {"n": number(docket.present)})
    if docket.agreed is not None:
        facts.append(_("agreed: %(n)s") % {"n": number(docket.agreed)})
    return facts
