"""Who decides on a pledge by the route of its tier: which body, what awaits it, which have agreed.

A body that only gives its opinion is asked as well, but its agreement is never waited for.
"""

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery

from cadres.models import Body, BodyKind, CadreEntry, Unit
from pledges.models import (
    Docket,
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


def mode_of(tier: Tier, body: Body) -> StepMode:
    """What the body does with pledges of the tier by the route; where it does both, it decides."""
    modes = [step.mode for step in tier.steps.all() if _is_meant(step, body)]
    deciding = [mode for mode in modes if mode in DECIDING]
    asked = [mode for mode in modes if mode == StepMode.GIVES_OPINION]
    return StepMode((deciding or asked or [StepMode.DECIDES])[0])


def _is_meant(step: RouteStep, body: Body) -> bool:
    host = step.tier.campaign.host
    if step.body_kind != body.kind:
        return False
    return body.unit_id == host.pk if step.level == StepLevel.HOST else body.unit.path.startswith(host.path)


def corrected() -> Exists:
    """The condition on a line about a pledge "a later act decides otherwise on it"."""
    later = DocketLine.objects.order_by().filter(
        docket__corrects=OuterRef("docket"), pledge=OuterRef("pledge")
    )
    return Exists(later.exclude(outcome=Outcome.VOID))


def in_force(lines: QuerySet[DocketLine]) -> QuerySet[DocketLine]:
    """Of the lines about pledges those of concluded dockets that no later act has corrected."""
    return lines.exclude(docket__state=DocketState.OPEN).filter(~corrected())


def corrected_lines(docket: Docket) -> dict[int, DocketLine]:
    """Lines of an act that a later act has corrected, each with the line that holds instead."""
    later = DocketLine.objects.filter(docket__corrects=docket).exclude(outcome=Outcome.VOID)
    by_subject = {(line.pledge_id, line.unit_id): line for line in later.select_related("docket")}
    if not by_subject:
        return {}
    own = docket.lines.values_list("pk", "pledge_id", "unit_id")
    return {pk: by_subject[pledge, unit] for pk, pledge, unit in own if (pledge, unit) in by_subject}


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
        approved = _on_last_versions().filter(
            outcome=Outcome.APPROVE,
            docket__body__kind=earlier.body_kind,
            docket__mode__in=DECIDING,
        )
        agreed = Q(pk__in=in_force(approved).values("pledge"))
        ready = agreed | Q(~Exists(_nearer(earlier.body_kind, step.tier.campaign.host.path)))
        if earlier.authority:
            ready |= ~_of_authority(earlier)
        turn &= ready
    return turn


def _asked_about(tier: Tier, body: Body, modes: Iterable[str]) -> list[Q]:
    """Which pledges of the tier the route puts before the body in one of the modes, step by step.

    Who gives an opinion is asked at once; who decides, in turn.
    """
    host, found = tier.campaign.host, []
    steps = tier.steps.all()
    deciding = [step for step in steps if step.mode in DECIDING]
    for step in steps:
        if step.mode not in modes or step.body_kind != body.kind:
            continue
        if step.level == StepLevel.HOST and body.unit_id == host.pk:
            turn = _in_turn(step, deciding) if step.mode in DECIDING else Q()
            found.append(_of_authority(step) & turn)
        elif step.level == StepLevel.GRASSROOTS and body.unit.path.startswith(host.path):
            nobody_nearer = Q(~Exists(_nearer(body.kind, body.unit.path)))
            inside = Q(unit__path__startswith=body.unit.path) & nobody_nearer
            found.append(_of_authority(step) & inside)
    return found


def awaiting_body(tier: Tier, body: Body, mode: str | None = None) -> PledgeQuerySet:
    """Submitted pledges of a tier that the route puts before a body and that it has not spoken on yet.

    A body of the host, or of a grassroots committee for its own sub-tree; `mode` (by the route unless
    told) is whether it decides or gives its opinion. What lies on one of its open dockets in the
    version last submitted is left out.
    """
    mode = mode or mode_of(tier, body)
    modes = DECIDING if mode in DECIDING else (mode,)
    asked = _asked_about(tier, body, modes)
    pledges = Pledge.objects.filter(tier=tier, status=PledgeStatus.SUBMITTED)
    if not asked:
        return pledges.none()
    if all(asked):  # an empty condition among them means every pledge
        pledges = pledges.filter(reduce(or_, asked))
    of_body = _on_last_versions().filter(docket__body=body, docket__mode__in=modes)
    pending = of_body.filter(docket__state=DocketState.OPEN)
    said = (Outcome.APPROVE,) if mode in DECIDING else (Outcome.APPROVE, Outcome.RETURN, Outcome.REJECT)
    spoken = in_force(of_body.filter(outcome__in=said))
    return pledges.exclude(pk__in=pending.values("pledge")).exclude(pk__in=spoken.values("pledge"))


def _on_last_versions() -> QuerySet[DocketLine]:
    """Lines about pledges in the version last submitted.

    A set of its own, found from the dockets of a body and asked once, not again for each pledge: just after
    the tables were filled PostgreSQL believes them empty, and would go through all dockets a pledge.
    """
    return DocketLine.objects.order_by().filter(version__no=F("pledge__versions_made"))


def versions_awaiting(tier: Tier, body: Body, mode: str | None = None) -> QuerySet[PledgeVersion]:
    """What a body is to speak on: the version last submitted of each pledge that awaits it.

    In the order of the tier's list of cadres, in a cell in the cell's own order.
    """
    if body.kind == BodyKind.CELL_MEETING:
        waiting = Pledge.objects.awaiting_meeting().filter(tier=tier, unit=body.unit)
    else:
        waiting = awaiting_body(tier, body, mode)
    entry = CadreEntry.objects.filter(cadre_list=tier.cadre_list_id, member=OuterRef("pledge__lead_member"))
    versions = PledgeVersion.objects.filter(pledge__in=waiting).last_sent()
    return versions.annotate(place=Subquery(entry.order_by("order").values("order")[:1])).order_by(
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
    """For each pledge the bodies, by level and kind, whose approval of the version last submitted holds."""
    rows = DocketLine.objects.filter(
        pledge__in=pledges,
        outcome=Outcome.APPROVE,
        version__no=F("pledge__versions_made"),
        docket__mode__in=DECIDING,
    )
    found = in_force(rows).values_list(
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
