"""Who may see and do what with pledges; built on the scopes of `cadres.permissions`."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cadres import clock
from cadres.models import (
    Body,
    BodyKind,
    BodyMember,
    CadreEntry,
    Delegation,
    Member,
    Membership,
    RoleAssignment,
    Unit,
    User,
)
from cadres.permissions import is_delegated, scope_of, types_for, under
from cadres.roles import Role
from pledges.models import LISTED, AttachmentKind, Campaign, Docket, Lane, Pledge, PledgeTier, Tier, TierKind
from pledges.states import EDITABLE, REGISTERED, CampaignState, PledgeStatus


def visible_pledges(user: User) -> QuerySet[Pledge]:
    """Pledges the user may read: his own, and those of the sub-trees his roles read.

    What was never sent is its author's, also once it was withdrawn: others see it only when they may
    type for the lead.
    """
    scope = scope_of(user)
    own = Q(lead_member=scope.member_id) if scope.member_id else Q(pk__in=())
    cells = scope.paths.get(Role.CELL_SECRETARY, ())
    of_the_cell = under(cells, "lead_member__unit__")
    typed = of_the_cell & ~Q(tier__kind__in=LISTED)
    boards = under(scope.paths.get(Role.BOARD_OFFICER, ()), "campaign__host__")
    typed |= boards & Q(tier__kind__in=LISTED)
    officers = under(scope.paths.get(Role.GRASSROOTS_OFFICER, ()), "unit__")
    typed |= officers & Q(tier__kind=TierKind.GRASSROOTS_CADRES)
    if scope.may_type:
        delegated = Delegation.objects.on(clock.today()).filter(user=user).values("member")
        typed |= Q(lead_member__in=delegated, tier__kind__in=LISTED)
    # Of a member who moved, the old cell keeps what was registered there and the new one reads it too.
    reads = (under(scope.readable_paths, "unit__") | of_the_cell) & Q(versions_made__gt=0)
    return Pledge.objects.filter(own | typed | reads)


def visible_dockets(user: User) -> QuerySet[Docket]:
    """Dockets of the user's bodies, and of the bodies in the sub-trees his roles read."""
    scope = scope_of(user)
    bodies = {pk for role in (Role.BODY_MEMBER, Role.RECORDER) for pk in scope.bodies.get(role, ())}
    return Docket.objects.filter(Q(body__in=bodies) | under(scope.readable_paths, "body__unit__"))


def first_hand(user: User) -> Q:
    """The condition "the docket is of the user's own bodies or of his very units", not of units below.

    By keys that are known with his roles: no organisation is looked up.
    """
    scope = scope_of(user)
    bodies = {pk for keys in scope.bodies.values() for pk in keys}
    held = {path for paths in scope.paths.values() for path in paths}
    units = [scope.units[path].pk for path in held if path.startswith(scope.readable_paths)]
    return Q(body__in=bodies) | Q(body__unit__in=units)


def own_dockets(user: User) -> QuerySet[Docket]:
    """Dockets at first hand; no meeting of a cell."""
    return Docket.objects.filter(first_hand(user), of_cell=False)


def can_type_for(user: User, member: Member, tier: Tier) -> bool:
    """Whether the user may enter and submit for the member.

    Oneself; the secretary of the member's cell in the members' tier; for a cadre who handed in a
    paper the organisation board of the host, for one of the grassroots also the officer of the
    committee on whose list he stands; an assistant to whom the cadre's typing was delegated.
    """
    scope = scope_of(user)
    if scope.member_id == member.pk:
        return True
    if not tier.is_listed:
        return scope.covers(Role.CELL_SECRETARY, member.unit.path)
    if _is_board(user, tier.campaign.host):
        return True
    entry = entry_of(member, tier) if scope.has(Role.GRASSROOTS_OFFICER) else None
    grassroots = tier.kind == TierKind.GRASSROOTS_CADRES and entry is not None
    if grassroots and entry and _is_officer(user, entry.unit):
        return True
    return is_delegated(user, member)


def can_type_for_list(user: User, tier: Tier, unit: Unit) -> bool:
    """Whether the user may enter for every cadre on the list of a unit: its officer, or the host's board."""
    return _is_board(user, tier.campaign.host) or _is_officer(user, unit)


def entry_of(member: Member, tier: Tier) -> CadreEntry | None:
    """The member's entry on the tier's frozen list."""
    entries = CadreEntry.objects.filter(cadre_list=tier.cadre_list_id, member=member)
    return entries.select_related("unit").first() if tier.cadre_list_id else None


def tiers_counting(member: Member, tier: Tier, known: Iterable[Tier] = ()) -> list[Tier]:
    """The tiers in which a pledge of the tier counts: its own and those below it he belongs to.

    `known`: all tiers of the campaign, where the caller has read them.
    """
    among = known or tier.campaign.tiers.all()
    below = (one for one in among if one.order > tier.order and one.kind != TierKind.ORGANISATIONS)
    return [tier, *(one for one in below if not one.is_listed or entry_of(member, one))]


def lane_of(member: Member, tier: Tier, day: date) -> Lane | None:
    """The lane in which a new pledge of the member goes on `day`; None: it is closed for him.

    After the window a cadre of a frozen list registers under a new directive; of the members
    only who did not stand in his cell when the window opened and has nothing registered yet.
    """
    campaign = tier.campaign
    if campaign.window_is_open(day):
        return Lane.REGULAR
    if campaign.opens_on is None or not campaign.takes_late_entries(day):
        return None
    if tier.is_listed:
        return Lane.DIRECTIVE
    stood = Membership.objects.on(campaign.opens_on).filter(member=member, unit=member.unit_id)
    led = PledgeTier.objects.filter(tier=tier, member=member, pledge__status__in=REGISTERED)
    return None if stood.exists() or led.exists() else Lane.NEWCOMER


def why_not_register(
    user: User, member: Member, tier: Tier, day: date, *, stands: bool | None = None
) -> str | None:
    """The reason why a new pledge cannot be registered now, or None.

    `stands`: whether the member stands in a cell on the day, where the caller has asked already.
    """
    if not can_type_for(user, member, tier):
        return _("You cannot register for this member.")
    if tier.is_listed and entry_of(member, tier) is None:
        return _("This member is not on the list of cadres of the campaign.")
    if stands is None:
        stands = Membership.objects.on(day).filter(member=member).exists()
    if not stands:
        return _("This member stands in no cell any more.")
    if lane_of(member, tier, day) is None:
        return _("Registration is not open on this day.")
    return None


def can_edit(user: User, pledge: Pledge) -> bool:
    """Whether the content may be typed: in the author's hands, and by whoever may type for him."""
    return (
        pledge.status in EDITABLE
        and pledge.lead_member is not None
        and can_type_for(user, pledge.lead_member, pledge.tier)
    )


def can_attach(user: User, pledge: Pledge, kind: str) -> bool:
    """Whether the user may add a file of the kind to the pledge, or take one off again.

    While the content may be typed; the scan of the signed slip also later, as long as the campaign
    is not closed, by whoever registered on the lead's behalf. Never to a task under a separate document.
    """
    if pledge.is_stub or pledge.lead_member is None or pledge.campaign.state == CampaignState.CLOSED:
        return False
    late_slip = kind == AttachmentKind.SLIP and pledge.status in REGISTERED
    late_slip = late_slip and scope_of(user).member_id != pledge.lead_member.pk
    return (pledge.status in EDITABLE or late_slip) and can_type_for(user, pledge.lead_member, pledge.tier)


def can_look_for_partners(user: User, campaign: Campaign) -> bool:
    """Whether the user fills in the full form for somebody in the campaign, and so looks for partners."""
    scope, host = scope_of(user), campaign.host
    officers = scope.paths.get(Role.GRASSROOTS_OFFICER, ())
    if _is_board(user, host) or any(path.startswith(host.path) for path in officers):
        return True
    entries = CadreEntry.objects.filter(cadre_list__tiers__campaign=campaign)
    return entries.filter(Q(member=scope.member_id) | Q(member__in=types_for(user))).exists()


def can_withdraw(user: User, pledge: Pledge) -> bool:
    """Whether the registration may be withdrawn: before any approval, by whoever may type for the lead."""
    return (
        pledge.status in (PledgeStatus.DRAFT, PledgeStatus.SUBMITTED, PledgeStatus.RETURNED)
        and pledge.lead_member is not None
        and can_type_for(user, pledge.lead_member, pledge.tier)
    )


def can_record_cell_meeting(user: User, cell: Unit) -> bool:
    """Whether the user records the meeting of the cell: its secretary."""
    return cell.is_cell and scope_of(user).covers(Role.CELL_SECRETARY, cell.path)


def can_type_cell_list(user: User, cell: Unit, tier: Tier) -> bool:
    """Whether the user types the list of the cell: its secretary, in a tier without a frozen list."""
    return not tier.is_listed and can_record_cell_meeting(user, cell)


def can_send_list(user: User, unit: Unit) -> bool:
    """Whether the user endorses the cells of a grassroots committee and sends its list upwards."""
    return _is_officer(user, unit)


def can_build_for(user: User, campaign: Campaign, body: Body) -> bool:
    """Whether the user builds the body's dockets: of the host the board, below it the committee's officer."""
    if body.unit_id == campaign.host_id:
        return _is_board(user, campaign.host)
    return _is_officer(user, body.unit)


def can_ask_to_amend(user: User, tier: Tier, unit: Unit) -> bool:
    """Whether the user asks a unit to amend the list it sent: whoever awaits it.

    Of a unit directly below the host the board; of a cell below a grassroots committee its officer.
    """
    host = tier.campaign.host
    if unit.parent_id == host.pk:
        return _is_board(user, host)
    return unit.is_cell and unit.parent is not None and unit.is_under(host) and _is_officer(user, unit.parent)


def can_keep_telephones(user: User, unit: Unit) -> bool:
    """Whether the user notes whom to call in a unit: the officer of its committee, the board above."""
    return _is_officer(user, unit) or _is_board(user, unit)


def _is_officer(user: User, unit: Unit) -> bool:
    return scope_of(user).covers(Role.GRASSROOTS_OFFICER, unit.path)


def _is_board(user: User, unit: Unit) -> bool:
    return scope_of(user).covers(Role.BOARD_OFFICER, unit.path)


def can_vet(user: User, campaign: Campaign) -> bool:
    """Whether the user vets, asks for amendments at the desk, chooses notable results: the host's board."""
    return _is_board(user, campaign.host)


def can_record(user: User, body: Body) -> bool:
    """Whether the user records what the body decided.

    The recorder of the body; for a grassroots committee, or its standing committee, its officer;
    for a cell's meeting its secretary.
    """
    if body.kind == BodyKind.CELL_MEETING:
        return can_record_cell_meeting(user, body.unit)
    scope = scope_of(user)
    if body.pk in scope.bodies.get(Role.RECORDER, ()):
        return True
    committees = (BodyKind.STANDING_COMMITTEE, BodyKind.COMMITTEE)
    return body.kind in committees and _is_officer(user, body.unit)


def seated_members(body: Body, day: date) -> QuerySet[Member]:
    """Members of a body on a day: who holds a seat, or the role of its member in the system."""
    seats = BodyMember.objects.filter(Q(end=None) | Q(end__gt=day), body=body, start__lte=day)
    roles = RoleAssignment.objects.on(day).filter(role=Role.BODY_MEMBER, body=body)
    # One set of keys: for either of two the database would look at every member there is.
    in_body = seats.order_by().values("member").union(roles.order_by().values("user__member"))
    return Member.objects.filter(pk__in=in_body).order_by("sort_key", "pk")


def bodies_of_member(user: User, day: date) -> set[int]:
    """Bodies in which the user gives an opinion of his own."""
    if user.member_id is None:
        return set()
    seats = BodyMember.objects.filter(Q(end=None) | Q(end__gt=day), member=user.member_id, start__lte=day)
    return {*seats.values_list("body", flat=True), *scope_of(user).bodies.get(Role.BODY_MEMBER, ())}


def can_give_opinion(user: User, docket: Docket, day: date) -> bool:
    """Whether the user gives an opinion of his own on the docket: as a member of its body."""
    if user.member_id is None or docket.body.kind == BodyKind.CELL_MEETING:
        return False
    return seated_members(docket.body, day).filter(pk=user.member_id).exists()


def can_read_opinions(user: User, docket: Docket) -> bool:
    """Whether the user reads who said what: the recorder, whoever built the docket, the inspector.

    Members of the body read the tally and the reasons, without names.
    """
    inspects = scope_of(user).covers(Role.INSPECTOR, docket.body.unit.path)
    return inspects or can_record(user, docket.body) or can_build_for(user, docket.campaign, docket.body)


def can_issue(user: User, docket: Docket) -> bool:
    """Whether the user gives the document its number: the records clerk of the body's unit.

    A grassroots committee seldom has a clerk of its own: its officer may.
    """
    scope, unit = scope_of(user), docket.body.unit
    below_host = unit.pk != docket.campaign.host_id
    return scope.covers(Role.CLERK, unit.path) or (below_host and _is_officer(user, unit))


def can_import_pledges(user: User, campaign: Campaign) -> bool:
    """Whether workbooks of pledges may be brought in: the organisation board of the host."""
    return _is_board(user, campaign.host)


def can_run_campaign(user: User, host: Unit) -> bool:
    """Whether the user sets up and moves campaigns of the host: the organisation board of it or above."""
    return _is_board(user, host)


def can_suggest(user: User, campaign: Campaign, unit: Unit) -> bool:
    """Whether the user writes the tasks the unit suggests: the board of the host, below it its officer."""
    host = campaign.host
    if unit.pk == host.pk:
        return can_run_campaign(user, host)
    return unit.is_under(host) and not unit.is_cell and _is_officer(user, unit)


def can_keep_office_lists(user: User, host: Unit) -> bool:
    """Whether the user keeps the host's reasons of returns and signs of routine work: its board."""
    return _is_board(user, host)


def can_read_vetting(user: User, campaign: Campaign) -> bool:
    """Whether the user reads what the board proposes before the meeting: those who read all of the host."""
    host = campaign.host
    return any(host.path.startswith(path) for path in scope_of(user).readable_paths)
