"""What the organisation board has done at its vetting desk, and a document that awaits its number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cadres.models import Body, User
from config import demo_story as story
from pledges import queries
from pledges.actions import dockets, vetting
from pledges.actions.acts import Act
from pledges.actions.parts import parts_of
from pledges.actions.register import Typed, register
from pledges.actions.returns import Asked
from pledges.content import CONTENT_FIELDS
from pledges.models import Pledge, Tier
from pledges.states import Outcome


@dataclass(frozen=True)
class Desk:
    """Pledges that lie on no docket yet: the demo cadre's own, and the last of the list."""

    own: Sequence[Pledge]
    last: Sequence[Pledge]

    @property
    def pledges(self) -> set[int]:
        """All of them."""
        return {pledge.pk for pledge in (*self.own, *self.last)}


def left_for_the_desk(tier: Tier, body: Body) -> Desk:
    """Which pledges of the tier the board has not put before the body yet."""
    versions = queries.versions_awaiting(tier, body, queries.mode_of(tier, body)).select_related("pledge")
    listed = [version.pledge for version in versions]
    cadre = User.objects.get(username="demo-canbo").member_id
    own = [pledge for pledge in listed if pledge.lead_member_id == cadre][-story.OWN_AT_DESK :]
    others = [pledge for pledge in listed if pledge.lead_member_id != cadre]
    return Desk(own, others[-(story.AT_DESK - story.OWN_AT_DESK) :])


def work_at_desk(desk: Desk, day: date) -> None:
    """Some are vetted, one of them to be held; two go back to the demo cadre, who amends one."""
    board = User.objects.get(username="demo-bantochuc")
    act = Act(by=board, on=day)
    *proposed, held = [pledge.pk for pledge in desk.last[: story.VETTED]]
    vetting.vet(proposed, vetting.Finding(), act=act)
    vetting.vet([held], vetting.Finding(Outcome.HOLD, story.HELD_BECAUSE), act=act)
    amended, returned = desk.own
    for pledge, asked in ((amended, story.ASKED_FIRST), (returned, story.ASKED_LATER)):
        vetting.ask_to_amend([pledge.pk], Asked(*asked), act=act)
    _send_again(Pledge.objects.get(pk=amended.pk), day)


def _send_again(pledge: Pledge, day: date) -> None:
    """The demo cadre answers what was asked of him."""
    cadre = User.objects.select_related("member").get(username="demo-canbo")
    assert cadre.member is not None
    content = {name: getattr(pledge, name) for name in CONTENT_FIELDS} | story.AMENDED
    typed = Typed(
        ref=pledge.ref,
        tier=pledge.tier,
        lead=cadre.member,
        unit=pledge.unit,
        content=content,
        parts=parts_of([pledge])[pledge.pk],
        revision=pledge.revision,
    )
    register(typed, act=Act(by=cadre, on=day), day=day)


def endorse_some(tier: Tier, body: Body, day: date) -> None:
    """The standing committee has endorsed the first lists it was sent; their document awaits its number."""
    units = queries.lists_awaiting(tier, body).order_by("path").values_list("pk", flat=True)
    docket = dockets.build_docket(
        tier=tier,
        body=body,
        title=story.ENDORSED_TITLE,
        by=None,
        unit_ids=list(units[: story.ENDORSED]),
        asks=False,
    )
    recorder = User.objects.get(username="demo-thuky")
    dockets.conclude(docket.pk, meeting=story.ENDORSED_MEETING, decisions={}, by=recorder, day=day)
