"""Tell people what was done to their registrations, lists and dockets; called by the acts themselves.

Each function takes what an act changed and finds the accounts by queries for the whole set. Whoever
did it is not told of his own act; an account is told once an act, with counts.
"""

from collections.abc import Collection, Iterable

from django.db.models import Q
from django.urls import reverse

from cadres.actions.notices import Notice, tell
from cadres.models import BodyKind, Unit, User
from cadres.roles import Role
from cadres.templatetags.display import day as day_words
from pledges.actions.acts import Act
from pledges.actions.recipients import by_unit, held, shares
from pledges.models import Docket, DocketLine, ListRequest, Obstacle, Pledge, SentList, Tier
from pledges.obstacles import ACTING
from pledges.states import Outcome


def returned(pledges: Collection[Pledge], *, act: Act) -> None:
    """An amendment was asked for at the desk. One that a meeting asked for is told with its decisions."""
    if act.docket is not None or not pledges:
        return
    key = f"return:{act.at:%Y%m%dT%H%M%S%f}"
    concerned = shares({pledge.pk: str(Outcome.RETURN) for pledge in pledges}, act)
    tell(
        Notice(user_id=user, kind="amend_asked", key=key, path=share.path, data={"n": len(share.pledges)})
        for user, share in concerned.items()
    )


def concluded(docket: Docket, *, act: Act) -> None:
    """A meeting decided: leads hear of their pledges, units of lists to amend, the clerk of the document."""
    lines = DocketLine.objects.filter(docket=docket).exclude(outcome__in=(Outcome.PENDING, Outcome.VOID))
    found = list(lines.values_list("pledge_id", "unit_id", "outcome"))
    outcomes = {pledge: outcome for pledge, _unit, outcome in found if pledge is not None}
    back = [unit for _pledge, unit, outcome in found if unit and outcome == Outcome.RETURN]
    is_cell = docket.body.kind == BodyKind.CELL_MEETING
    kind = "corrected" if docket.corrects_id else "decided"
    tell(
        Notice(
            user_id=user,
            kind=kind,
            key=f"docket:{docket.pk}:decided",
            path=share.path,
            data={"outcomes": dict(share.outcomes), "cell": is_cell},
        )
        for user, share in shares(outcomes, act).items()
    )
    if back:
        _list_to_amend(docket.tier, Unit.objects.filter(pk__in=back), f"docket:{docket.pk}", act.by)
    if not is_cell:
        _tell_clerks(docket, act.by)


def _tell_clerks(docket: Docket, by: User | None) -> None:
    unit = docket.body.unit
    roles = Q(role=Role.CLERK, unit__path__in=unit.ancestor_paths())
    if unit.pk != docket.campaign.host_id:
        roles |= Q(role=Role.GRASSROOTS_OFFICER, unit=unit)
    _tell_of_docket(docket, "awaits_number", _holders(roles, by), {})


def issued(docket: Docket, *, by: User) -> None:
    """The document has its number: the leads of what it decided hear of it."""
    lines = DocketLine.objects.filter(docket=docket, pledge__isnull=False)
    decided = lines.filter(outcome__in=(Outcome.APPROVE, Outcome.REJECT))
    outcomes = dict(decided.values_list("pledge_id", "outcome"))
    concerned = shares(outcomes, Act(by=by, on=docket.number_on, docket=docket))
    number = {"number": docket.number, "on": day_words(docket.number_on)}
    tell(
        Notice(
            user_id=user,
            kind="issued",
            key=f"docket:{docket.pk}:issued",
            path=share.path,
            data={"n": len(share.pledges), **number},
        )
        for user, share in concerned.items()
    )


def opened(docket: Docket, *, by: User | None) -> None:
    """A docket asks the members of the body for their opinions; a cell speaks at its meeting."""
    if docket.body.kind != BodyKind.CELL_MEETING:
        members = _holders(Q(role=Role.BODY_MEMBER, body=docket.body_id), by)
        _tell_of_docket(docket, "docket_opened", members, {"lines": docket.lines.count()})


def _tell_of_docket(docket: Docket, kind: str, users: Iterable[int], data: dict[str, int]) -> None:
    path = reverse("pledges:docket", args=[docket.ref])
    tell(
        Notice(
            user_id=user,
            kind=kind,
            key=f"docket:{docket.pk}:{kind}",
            path=path,
            data={"docket": str(docket.ref), **data},
        )
        for user in users
    )


def list_asked(request: ListRequest) -> None:
    """The level above asked a unit to amend its list."""
    _list_to_amend(request.tier, [request.unit], f"list-request:{request.pk}", request.by)


def _list_to_amend(tier: Tier, units: Iterable[Unit], key: str, by: User | None) -> None:
    """Of a cell its secretaries hear of it, of a committee its officers."""
    of_unit = {unit.pk: unit for unit in units}
    roles = Q(role__in=(Role.CELL_SECRETARY, Role.GRASSROOTS_OFFICER), unit__in=of_unit)
    tell(
        Notice(
            user_id=user,
            kind="list_amend",
            key=f"{key}:{unit}",
            path=_list_page(tier, of_unit[unit]),
            data={"campaign": tier.campaign.code},
        )
        for user, unit in held(roles, by).values_list("user_id", "unit_id")
        if unit is not None
    )


def _list_page(tier: Tier, unit: Unit) -> str:
    page = "pledges:cell" if unit.is_cell else "pledges:committee"
    return reverse(page, args=[tier.campaign.code, unit.code])


def sent(tier: Tier, unit_ids: Collection[int], *, by: User | None) -> None:
    """Lists were sent: the level above hears of each, of a cell its committee, of a committee the board."""
    lists = SentList.objects.filter(tier=tier, unit__in=unit_ids).select_related("unit__parent")
    rows = [(row.pk, row.unit) for row in lists if row.unit.parent is not None]
    if not rows:
        return
    host = tier.campaign.host
    roles = Q(role=Role.GRASSROOTS_OFFICER, unit__in={unit.parent_id for _pk, unit in rows})
    roles |= Q(role=Role.BOARD_OFFICER, unit=host)
    above = by_unit(roles, by)
    tell(
        Notice(
            user_id=user,
            kind="list_sent",
            key=f"sent-list:{pk}",
            path=reverse("pledges:committee", args=[tier.campaign.code, unit.parent.code]),  # type: ignore[union-attr]
            data={"campaign": tier.campaign.code},
        )
        for pk, unit in rows
        for user in above.get(unit.parent_id, ())
    )


def asked_to_remove(obstacles: Collection[Obstacle], *, act: Act) -> None:
    """An organisation is asked to remove an obstacle, or asked again: who acts for it hears of it."""
    units = {one.asked_id for one in obstacles if one.asked_id}
    acting = by_unit(Q(role__in=ACTING, unit__in=units), act.by) if units else {}
    tell(
        Notice(
            user_id=user,
            kind="obstacle_again" if one.asked_times > 1 else "obstacle",
            key=f"obstacle:{one.pk}:{one.asked_times}",
            path=reverse("pledges:obstacle", args=[one.ref]),
            data={"obstacle": str(one.ref), "since": day_words(one.since), "times": one.asked_times},
        )
        for one in obstacles
        for user in acting.get(one.asked_id, ())
    )


def unblocked(obstacles: Collection[Obstacle], *, act: Act) -> None:
    """Obstacles were removed: the leads of their pledges hear of it."""
    key = f"unblocked:{act.at:%Y%m%dT%H%M%S%f}"
    concerned = shares({one.pledge_id: "removed" for one in obstacles}, act)
    tell(
        Notice(user_id=user, kind="unblocked", key=key, path=share.path, data={"n": len(share.pledges)})
        for user, share in concerned.items()
    )


def _holders(roles: Q, by: User | None) -> set[int]:
    return set(held(roles, by).values_list("user_id", flat=True))
