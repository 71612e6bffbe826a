"""Members of the standing committee who give their opinions, on the scene of dockets."""

from typing import Any

from cadres.models import BodyMember, Member, User
from cadres.roles import Role
from pledges.actions.opinions import Opinion, Sheet, give_opinion
from pledges.models import Docket, OpinionSheet, OpinionSource, Pledge, Stance
from tests.factories import START, CellFactory, MemberFactory, user_with
from tests.pledges.docket_scene import DAY, Scene

AGREE = Opinion(Stance.AGREE)


def seated(place: Scene, *, account: bool = True, **kwargs: Any) -> Member:
    """Somebody who holds a seat in the standing committee, with an account that says so."""
    member = MemberFactory(unit=CellFactory(parent=place.host), **kwargs)
    BodyMember.objects.create(body=place.standing, member=member, start=START)
    if account:
        user_with(Role.BODY_MEMBER, body=place.standing, member=member)
    return member


def says(
    docket: Docket,
    member: Member,
    lines: dict[Pledge, Opinion] | None = None,
    *,
    whole: Opinion = AGREE,
    by: User | None = None,
    revision: int = 0,
) -> OpinionSheet:
    """The member's sheet: in the browser, or typed by somebody else from paper."""
    keys = dict(docket.lines.values_list("pledge", "pk"))
    by_line = {keys[pledge.pk]: one for pledge, one in (lines or {}).items()}
    return give_opinion(
        docket.pk,
        member=member,
        sheet=Sheet(whole=whole, lines=by_line, revision=revision),
        source=OpinionSource.PAPER if by else OpinionSource.BROWSER,
        by=by or member.user,
        day=DAY,
    )
