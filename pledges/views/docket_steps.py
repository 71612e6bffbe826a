"""What a person is to do with the dockets there are: give an opinion, record the meeting, issue."""

from datetime import date

from django.db.models import Count, Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cadres.models import User
from cadres.templatetags.display import day as day_words
from cadres.templatetags.display import number
from pledges.models import Docket, OpinionSheet
from pledges.permissions import bodies_of_member, can_issue, can_record, own_dockets
from pledges.states import DocketState
from pledges.views.docket_desk import Waiting

MOST = 6  # more dockets than this are found in the list


def own_steps(user: User, day: date) -> list[Waiting]:
    """What of the open and the concluded dockets awaits the person, the oldest first: two queries."""
    sits_in = bodies_of_member(user, day)
    sheets = OpinionSheet.objects.filter(docket=OuterRef("pk"), member=user.member_id)
    rows = own_dockets(user)
    rows = rows.filter(state__in=(DocketState.OPEN, DocketState.CONCLUDED))
    rows = rows.select_related("body__unit", "campaign").annotate(n=Count("lines"), has_said=Exists(sheets))
    found = [_step(docket, user, sits_in) for docket in rows.order_by("created_at", "pk")]
    return [step for step in found if step is not None][:MOST]


def _step(docket: Docket, user: User, sits_in: set[int]) -> Waiting | None:
    """The person's next step with one docket, or None."""
    has_said: bool = getattr(docket, "has_said", False)
    if docket.state == DocketState.CONCLUDED:
        if not can_issue(user, docket):
            return None
        text = _("Concluded on %(day)s, awaits its number") % {"day": day_words(docket.meeting_on)}
        return _waiting(docket, text, "pledges:docket_issue", _("Issue the document"))
    if docket.body_id in sits_in and not has_said:
        return _waiting(docket, _("Awaits your opinion"), "pledges:own_opinion", _("Give my opinion"))
    if can_record(user, docket.body):
        return _waiting(
            docket, _("Awaits its meeting"), "pledges:docket_conclude", _("Record the conclusion")
        )
    return None


def _waiting(docket: Docket, text: str, name: str, action: str) -> Waiting:
    n: int = getattr(docket, "n", 0)
    lines = ngettext("%(n)s line", "%(n)s lines", n) % {"n": number(n)}
    return Waiting(
        title=docket.title,
        text=f"{text} · {docket.body.name} · {lines}",
        url=reverse(name, args=(docket.ref,)),
        action=action,
    )
