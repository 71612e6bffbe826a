"""Which rows belong to a figure: `reports` counts these sets, lists show them, closings copy them."""

from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Substr

from cadres.models import (
    PATH_STEP,
    Body,
    Member,
    Membership,
    Rank,
    Standing,
    Unit,
)
from cadres.models.members import MembershipQuerySet
from cadres.models.units import UnitQuerySet
from pledges.deciding import DECIDING as DECIDING  # callers name all of these from here
from pledges.deciding import awaiting_body as awaiting_body
from pledges.deciding import bodies_agreed as bodies_agreed
from pledges.deciding import bodies_needed as bodies_needed
from pledges.deciding import body_of as body_of
from pledges.deciding import corrected as corrected
from pledges.deciding import corrected_lines as corrected_lines
from pledges.deciding import deciding_steps as deciding_steps
from pledges.deciding import in_force as in_force
from pledges.deciding import level_of as level_of
from pledges.deciding import mode_of as mode_of
from pledges.deciding import versions_awaiting as versions_awaiting
from pledges.models import (
    Counted,
    DocketLine,
    Lane,
    ListRequest,
    Obstacle,
    Pledge,
    PledgeTier,
    Progress,
    SentList,
    Tier,
)
from pledges.models.pledges import PledgeQuerySet
from pledges.states import APPROVED, REGISTERED, UNREGISTERED, DocketState, Outcome, PledgeStatus


def _led(tier: Tier, statuses: tuple[str, ...]) -> QuerySet[PledgeTier]:
    """Pledges in the tier, by status, led by the person of the outer row."""
    return PledgeTier.objects.filter(
        tier=tier, member=OuterRef("member"), pledge__status__in=[str(status) for status in statuses]
    )


def _led_registered(tier: Tier) -> QuerySet[PledgeTier]:
    """Registered pledges in the tier led by the person of the outer row.

    By what is not registered, which an index of its own holds: of a registered one no row is read.
    """
    unregistered = Pledge.objects.filter(
        pk=OuterRef("pledge"), status__in=[str(status) for status in UNREGISTERED]
    )
    return PledgeTier.objects.filter(~Exists(unregistered), tier=tier, member=OuterRef("member"))


def people_on(tier: Tier, day: date) -> MembershipQuerySet:
    """Memberships in the tier's host on the counting day, counted or not."""
    return Membership.objects.on(tier.counting_day(day)).filter(
        unit__path__startswith=tier.campaign.host.path
    )


def counted_people(tier: Tier, day: date) -> MembershipQuerySet:
    """People counted in a tier on a day (mẫu số), each at that day's membership's unit.

    By standing, or by a frozen list; a tier that counts nobody has none.
    """
    people = people_on(tier, day)
    if tier.counted == Counted.STANDINGS:
        return people.filter(standing__in=tier.counted_standings)
    if tier.counted == Counted.CADRE_LIST:
        return people.filter(member__cadre_entries__cadre_list=tier.cadre_list)
    return people.none()


def with_registered(people: MembershipQuerySet, tier: Tier) -> MembershipQuerySet:
    """Those who lead at least one registered pledge."""
    return people.filter(Exists(_led_registered(tier)))


def without_registered(people: MembershipQuerySet, tier: Tier) -> MembershipQuerySet:
    """Those who do not (chưa đăng ký)."""
    return people.filter(~Exists(_led_registered(tier)))


def with_approved(people: MembershipQuerySet, tier: Tier) -> MembershipQuerySet:
    """Those who lead at least one approved pledge."""
    return people.filter(Exists(_led(tier, APPROVED)))


def with_quota(people: MembershipQuerySet, tier: Tier) -> MembershipQuerySet:
    """Those with at least the tier's quota of approved pledges; for one nobody's pledges need be counted."""
    if tier.quota_min <= 1:
        return with_approved(people, tier)
    approved = _led(tier, APPROVED).order_by().values("member").annotate(n=Count("pk")).values("n")
    return people.annotate(n_approved=Subquery(approved)).filter(n_approved__gte=tier.quota_min)


def with_numbers(people: MembershipQuerySet, tier: Tier) -> MembershipQuerySet:
    """The same people with `n_registered` and `n_approved`: how many such pledges each leads."""

    def number(statuses: tuple[str, ...]) -> Coalesce:
        led = _led(tier, statuses).order_by().values("member").annotate(n=Count("pk")).values("n")
        return Coalesce(Subquery(led), 0)

    return people.annotate(n_registered=number(REGISTERED), n_approved=number(APPROVED))


def not_counted_people(tier: Tier, day: date) -> MembershipQuerySet:
    """People of a tier counted by standing who do not count, each with the reason in `standing`."""
    if tier.counted != Counted.STANDINGS:
        return Membership.objects.none()
    return people_on(tier, day).exclude(standing__in=tier.counted_standings)


def tier_pledges(tier: Tier) -> PledgeQuerySet:
    """Every pledge that counts in the tier, whatever its status."""
    return Pledge.objects.filter(in_tiers__tier=tier)


def of_theme(theme: str) -> Q:
    """The condition "the pledge answers the theme" by its place in the campaign; "none": no theme."""
    if theme == "none":
        return Q(theme=None)
    known = theme.isascii() and theme.isdigit() and len(theme) < 5
    return Q(theme__order=int(theme)) if known else Q(pk__in=())


def of_field(field: str) -> Q:
    """The condition "the pledge belongs to the field of work", as it was written; "none": it names none."""
    return Q(field="" if field == "none" else field)


def late(pledges: PledgeQuerySet, day: date) -> PledgeQuerySet:
    """Approved, not reported nor over, with a deadline before `day` (chậm tiến độ)."""
    return pledges.filter(status=PledgeStatus.APPROVED, due_on__lt=day)


def is_stuck() -> Q:
    """The condition "the pledge is approved, not reported nor over, and an obstacle stands in its way"."""
    standing = Obstacle.objects.open().filter(pledge=OuterRef("pk")).order_by()
    return Q(status=PledgeStatus.APPROVED) & Q(Exists(standing))


def stuck(pledges: PledgeQuerySet) -> PledgeQuerySet:
    """Those that are stuck (đang vướng mắc)."""
    return pledges.filter(is_stuck())


def done(pledges: PledgeQuerySet) -> PledgeQuerySet:
    """Whose final result is done (hoàn thành)."""
    return pledges.filter(status=PledgeStatus.DONE)


def done_on_time(pledges: PledgeQuerySet) -> PledgeQuerySet:
    """Done, and on time by the final result (đúng hạn)."""
    return done(pledges).filter(_final("on_time"))


def done_beyond_target(pledges: PledgeQuerySet) -> PledgeQuerySet:
    """Done, and beyond the target by the final result (vượt mức)."""
    return done(pledges).filter(_final("beyond_target"))


def _final(fact: str) -> Subquery:
    """The condition "its final result says so", asked of each pledge that is done.

    As a join it and `done` would be taken for two rare things that seldom meet, and all results of a
    nation be read and sorted for the first fifty.
    """
    final = Progress.objects.filter(pledge=OuterRef("pk"), is_final=True).order_by()
    return Subquery(final.values(fact)[:1])


def not_yet_approved(pledges: PledgeQuerySet) -> PledgeQuerySet:
    """Registered and not approved, each with the reason in `status`: of no account among approved ones."""
    return pledges.registered().exclude(status__in=[str(status) for status in APPROVED])


def first_registration(people: QuerySet[Any], tier: Tier) -> QuerySet[Any]:
    """People with the day of their first registration as `first`; unknown days are left out."""
    known = _led(tier, REGISTERED).filter(pledge__submitted_on__isnull=False)
    days = known.order_by("pledge__submitted_on").values("pledge__submitted_on")[:1]
    return people.annotate(first=Subquery(days)).filter(first__isnull=False)


def first_of_lead(pledges: PledgeQuerySet, tier: Tier, statuses: tuple[str, ...]) -> PledgeQuerySet:
    """One pledge a lead, the earliest recorded of the statuses: where a lead is counted once."""
    earlier = PledgeTier.objects.filter(
        tier=tier,
        member=OuterRef("lead_member"),
        pledge__lt=OuterRef("pk"),
        pledge__status__in=[str(status) for status in statuses],
    )
    return pledges.filter(~Exists(earlier), lead_member__isnull=False)


def sent_cells(tier: Tier) -> QuerySet[SentList]:
    """Lists of cells that were sent to the level above."""
    return SentList.objects.filter(tier=tier, unit__kind__in=("cell", "grassroots_cell"))


def cells_of(tier: Tier) -> QuerySet[Unit]:
    """Cells in force in the sub-tree of the campaign's host."""
    return Unit.objects.in_force().cells().under(tier.campaign.host.path)


def cells_that_sent(tier: Tier) -> QuerySet[Unit]:
    """Cells in force whose list of the tier was sent to the level above."""
    return cells_of(tier).filter(sent_lists__tier=tier)


def cell_people(cell: Unit, day: date) -> QuerySet[Member]:
    """Members of a cell on a day in the cell's own order, whatever their standing."""
    members = Membership.objects.on(day).filter(unit=cell).values("member")
    return Member.objects.filter(pk__in=members).order_by("position", "sort_key")


def cell_pledges(cell: Unit, tier: Tier) -> PledgeQuerySet:
    """Pledges of the people of a cell in a tier, drafts included, withdrawn and rejected ones too."""
    return Pledge.objects.filter(tier=tier, unit=cell).order_by("pk")


def voting_members(cell: Unit, day: date) -> int:
    """Official members of a cell less the exempt and the away: those its decisions are counted by."""
    return (
        Membership.objects.on(day)
        .filter(unit=cell, rank=Rank.OFFICIAL)
        .exclude(standing__in=(Standing.EXEMPT, Standing.AWAY))
        .count()
    )


def cells_below(unit: Unit) -> UnitQuerySet:
    """Cells in force in the sub-tree of a unit, itself left out."""
    return Unit.objects.in_force().cells().under(unit.path).exclude(pk=unit.pk)


def with_list_state(units: UnitQuerySet, tier: Tier) -> QuerySet[Unit]:
    """Units with `list_sent`, `list_endorsed` and `list_asked`: how far their list of the tier has come.

    Asked is a list that the level above wants amended and that has not come again.
    """
    lists = SentList.objects.filter(tier=tier, unit=OuterRef("pk"))
    requests = ListRequest.objects.filter(tier=tier, unit=OuterRef("pk"), answered_at=None)
    returned = DocketLine.objects.filter(docket__tier=tier, unit=OuterRef("pk"), outcome=Outcome.RETURN)
    return units.annotate(
        list_sent=Exists(lists),
        list_endorsed=Exists(lists.filter(endorsed_by__isnull=False)),
        list_asked=Q(~Exists(lists)) & (Q(Exists(requests)) | Q(Exists(returned))),
    )


def awaited_lists(tier: Tier, unit: Unit) -> QuerySet[Any]:
    """Units whose list the committee of `unit` awaits, with `list_sent` and `list_endorsed`.

    A grassroots committee awaits every cell of its sub-tree; the host awaits one list a unit
    directly below it.
    """
    is_host = unit.pk == tier.campaign.host_id
    units = Unit.objects.in_force().filter(parent=unit) if is_host else cells_below(unit)
    return with_list_state(units, tier)


def lists_awaiting(tier: Tier, body: Body) -> QuerySet[Unit]:
    """Units whose list was sent, is not endorsed and lies on none of the body's open dockets."""
    pending = pending_lists(tier).filter(docket__body=body, unit=OuterRef("pk"))
    units = awaited_lists(tier, body.unit).filter(list_sent=True, list_endorsed=False)
    return units.filter(~Exists(pending))


def approved_by_path(tier: Tier, unit: Unit, *, directly_below: bool) -> dict[str, int]:
    """How many pledges below the unit are approved: by path of its cells, or of the units directly below."""
    step = len(unit.path) + PATH_STEP
    branch = Substr("unit__path", 1, step) if directly_below else F("unit__path")
    pledges = tier_pledges(tier).approved().filter(unit__path__startswith=unit.path)
    rows = pledges.annotate(branch=branch).order_by().values("branch").annotate(n=Count("pk"))
    return {row["branch"]: row["n"] for row in rows}


def list_totals(units: QuerySet[Any]) -> dict[str, int]:
    """How many lists are awaited, sent, endorsed, asked to be amended; `units` from `with_list_state`."""
    return units.aggregate(
        all=Count("pk"),
        asked=Count("pk", filter=Q(list_asked=True)),
        sent=Count("pk", filter=Q(list_sent=True)),
        endorsed=Count("pk", filter=Q(list_endorsed=True)),
    )


def pending_lists(tier: Tier) -> QuerySet[DocketLine]:
    """Lines of open dockets that ask for the endorsement of a list."""
    return DocketLine.objects.filter(docket__tier=tier, docket__state=DocketState.OPEN, unit__isnull=False)


def awaiting_by_lane(tier: Tier, body: Body, mode: str | None = None) -> dict[bool, int]:
    """How many pledges await the body: those of the window, and (True) the supplementary ones."""
    rows = awaiting_body(tier, body, mode).aggregate(
        regular=Count("pk", filter=of_lane("", supplementary=False)),
        late=Count("pk", filter=of_lane("", supplementary=True)),
    )
    return {False: rows["regular"], True: rows["late"]}


def of_lane(prefix: str, *, supplementary: bool) -> Q:
    """The condition "the pledge reached by `prefix` was registered after the window", or in it."""
    regular = Q(**{f"{prefix}lane": Lane.REGULAR})
    return ~regular if supplementary else regular


def of_tier(prefix: str, tier: Tier) -> Q:
    """The condition "the pledge reached by `prefix` belongs to the tier"."""
    return Q(**{f"{prefix}tier": tier})
