"""Who decides on a pledge by the route of its tier: which body, what awaits it, which have agreed."""

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery

from cadres.models import Body, BodyKind, CadreEntry, Unit
from pledges.models import (
    DocketLine,
    Pledge,
    PledgeVersion,
    RouteStep,
    StepLevel,
    StepMode,
    Tier,
)
from pledges.models.pledges import PledgeQuerySet
from pledges.states import DocketState, Outcome, PledgeStatus

DECIDING = (StepMode.DECIDES, StepMode.DECIDES_JOINTLY)
Decider = tuple[str, str]  # level and kind of a body that decides


def deciding_steps(tier: Tier, authority: str) -> list[RouteStep]:
    """Steps of the route that decide on a pledge of the authority, in order."""
    steps = [step for step in tier.steps.all() if step.mode in DECIDING]
    return [step for step in steps if step.authority in ("", authority or "party")]


def body_of(step: RouteStep, unit: Unit) -> Body | None:
    """The body a step means for a pledge of `unit`; where no committee below the host has one, the host's."""
    host, bodies = step.tier.campaign.host, Body.objects.filter(kind=step.body_kind, ended_on=None)
    if step.level == StepLevel.HOST:
        return bodies.filter(unit=host).first()
    if step.level == StepLevel.CELL:
        return bodies.filter(unit=unit).first()
    inside = bodies.filter(unit__path__in=unit.ancestor_paths(), unit__path__startswith=host.path)
    return inside.order_by("-unit__path").first()


def _nearer(kind: str, path: str) -> QuerySet[Body]:
    """Bodies of a kind below `path` that stand over the unit of the outer pledge."""
    below = Body.objects.filter(kind=kind, ended_on=None, unit__path__startswith=path)
    place = ExpressionWrapper(OuterRef("unit__path"), output_field=CharField())
    over = below.annotate(place=place).filter(place__startswith=F("unit__path"))
    return over.exclude(unit__path=path).order_by()


def _of_authority(step: RouteStep) -> Q:
    """Pledges a step is about; one that names no authority belongs to the Party."""
    if not step.authority:
        return Q()
    wanted = Q(authority=step.authority)
    return wanted | Q(authority="") if step.authority == "party" else wanted


def _in_turn(step: RouteStep, steps: Iterable[RouteStep]) -> Q:
    """Where the route has both, the host decides after the grassroots committee, on what that approved."""
    turn = Q()
    for earlier in steps:
        if earlier.level != StepLevel.GRASSROOTS or earlier.order > step.order:
            continue
        approved = DocketLine.objects.filter(
            pledge=OuterRef("pk"),
            version__no=OuterRef("versions_made"),
            outcome=Outcome.APPROVE,
            docket__body__kind=earlier.body_kind,
        )
        agreed = Exists(approved.exclude(docket__state=DocketState.OPEN))
        ready = Q(agreed) | Q(~Exists(_nearer(earlier.body_kind, step.tier.campaign.host.path)))
        if earlier.authority:
            ready |= ~_of_authority(earlier)
        turn &= ready
    return turn


def _decides_on(tier: Tier, body: Body) -> list[Q]:
    """Which pledges of the tier the body decides on, step by step of the route."""
    host, found = tier.campaign.host, []
    deciding = [step for step in tier.steps.all() if step.mode in DECIDING]
    for step in deciding:
        if step.body_kind != body.kind:
            continue
        if step.level == StepLevel.HOST and body.unit_id == host.pk:
            found.append(_of_authority(step) & _in_turn(step, deciding))
        elif step.level == StepLevel.GRASSROOTS and body.unit.path.startswith(host.path):
            nobody_nearer = Q(~Exists(_nearer(body.kind, body.unit.path)))
            inside = Q(unit__path__startswith=body.unit.path) & nobody_nearer
            found.append(_of_authority(step) & inside)
    return found


def awaiting_body(tier: Tier, body: Body) -> PledgeQuerySet:
    """Submitted pledges of a tier that a body decides on by the route and has not decided on yet.

    A body of the host, or of a grassroots committee for its own sub-tree. What lies on one of its
    open dockets in the version last submitted is left out.
    """
    decides_on = _decides_on(tier, body)
    pledges = Pledge.objects.filter(tier=tier, status=PledgeStatus.SUBMITTED)
    if not decides_on:
        return pledges.none()
    if all(decides_on):  # an empty condition among them means every pledge
        pledges = pledges.filter(reduce(or_, decides_on))
    of_version = DocketLine.objects.filter(
        docket__body=body, pledge=OuterRef("pk"), version__no=OuterRef("versions_made")
    )
    pending = of_version.filter(docket__state=DocketState.OPEN)
    decided = of_version.filter(outcome=Outcome.APPROVE).exclude(docket__state=DocketState.OPEN)
    return pledges.filter(~Exists(pending), ~Exists(decided))


def versions_awaiting(tier: Tier, body: Body) -> QuerySet[PledgeVersion]:
    """What a body is to decide on: the version last submitted of each pledge that awaits it.

    In the order of the tier's list of cadres, in a cell in the cell's own order.
    """
    if body.kind == BodyKind.CELL_MEETING:
        waiting = Pledge.objects.awaiting_meeting().filter(tier=tier, unit=body.unit)
    else:
        waiting = awaiting_body(tier, body)
    entry = CadreEntry.objects.filter(
        cadre_list=tier.cadre_list_id, member=OuterRef("pledge__lead_member")
    ).values("order")[:1]
    versions = PledgeVersion.objects.filter(pledge__in=waiting, no=F("pledge__versions_made"))
    return versions.annotate(place=Subquery(entry)).order_by(
        F("place").asc(nulls_last=True),
        "pledge__unit__path",
        "pledge__lead_member__position",
        "pledge__lead_member__sort_key",
        "pledge__lead_member",
        "pledge",
    )


def bodies_needed(authorities: Mapping[int, str], tier: Tier) -> dict[int, list[Decider]]:
    """For each pledge, given with its authority, the bodies that must approve it, in the order of the route.

    Where no grassroots committee above the pledge's unit has the body, the host's decides instead.
    """
    steps = {authority: deciding_steps(tier, authority) for authority in set(authorities.values())}
    kinds = {
        step.body_kind for found in steps.values() for step in found if step.level == StepLevel.GRASSROOTS
    }
    pledges = Pledge.objects.filter(pk__in=authorities)
    without = {
        (kind, pk)
        for kind in kinds
        for pk in pledges.filter(~Exists(_nearer(kind, tier.campaign.host.path))).values_list("pk", flat=True)
    }

    def decider(step: RouteStep, pk: int) -> Decider:
        falls_to_host = step.level == StepLevel.GRASSROOTS and (step.body_kind, pk) in without
        return str(StepLevel.HOST if falls_to_host else step.level), step.body_kind

    return {
        pk: list(dict.fromkeys(decider(step, pk) for step in steps[authority]))
        for pk, authority in authorities.items()
    }


def bodies_agreed(pledges: PledgeQuerySet) -> dict[int, set[Decider]]:
    """For each pledge the bodies, by level and kind, that approved the version last submitted."""
    rows = DocketLine.objects.filter(
        pledge__in=pledges, outcome=Outcome.APPROVE, version__no=F("pledge__versions_made")
    ).exclude(docket__state=DocketState.OPEN)
    found = rows.values_list(
        "pledge_id", "docket__body__kind", "docket__body__unit_id", "docket__campaign__host_id"
    )
    agreed: dict[int, set[Decider]] = {}
    for pledge_id, kind, unit, host in found:
        agreed.setdefault(pledge_id, set()).add((level_of(kind, unit, host), kind))
    return agreed


def level_of(kind: str, unit_id: int, host_id: int) -> str:
    """On which level of a route a body of the unit decides."""
    if kind == BodyKind.CELL_MEETING:
        return str(StepLevel.CELL)
    return str(StepLevel.HOST if unit_id == host_id else StepLevel.GRASSROOTS)
