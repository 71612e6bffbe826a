"""Who may see and do what with pledges; built on the scopes of `cadres.permissions`."""

from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cadres.models import Body, BodyKind, Member, Membership, Unit, User
from cadres.permissions import scope_of, under
from cadres.roles import Role
from pledges.models import Campaign, Docket, Pledge, Tier, TierKind
from pledges.states import EDITABLE, PledgeStatus


def visible_pledges(user: User) -> QuerySet[Pledge]:
    """Pledges the user may read: his own, and those of the sub-trees his roles read.

    A draft is its author's: others see it only when they may type for the lead.
    """
    scope = scope_of(user)
    own = Q(lead_member=scope.member_id) if scope.member_id else Q(pk__in=())
    cells = scope.paths.get(Role.CELL_SECRETARY, ())
    # Of a member who moved, the old cell keeps what was registered there and the new one types for him.
    types_for = under(cells, "unit__") | under(cells, "lead_member__unit__")
    boards = under(scope.paths.get(Role.BOARD_OFFICER, ()), "campaign__host__")
    types_for |= boards & Q(tier__kind=TierKind.KEY_CADRES)
    reads = under(scope.readable_paths, "unit__") & ~Q(status=PledgeStatus.DRAFT)
    return Pledge.objects.filter(own | types_for | reads)


def visible_dockets(user: User) -> QuerySet[Docket]:
    """Dockets of the user's bodies, and of the bodies in the sub-trees his roles read."""
    scope = scope_of(user)
    bodies = {pk for role in (Role.BODY_MEMBER, Role.RECORDER) for pk in scope.bodies.get(role, ())}
    return Docket.objects.filter(Q(body__in=bodies) | under(scope.readable_paths, "body__unit__"))


def can_type_for(user: User, member: Member, tier: Tier) -> bool:
    """Whether the user may enter and submit for the member.

    Oneself; the secretary of the member's cell in the members' tier; the organisation board of
    the host for a key cadre who handed in a paper.
    """
    scope = scope_of(user)
    if scope.member_id == member.pk:
        return True
    if tier.for_key_cadres:
        return scope.covers(Role.BOARD_OFFICER, tier.campaign.host.path)
    return scope.covers(Role.CELL_SECRETARY, member.unit.path)


def is_key_cadre(member: Member, tier: Tier) -> bool:
    """Whether the member stands on the tier's frozen list."""
    return tier.cadre_list is not None and tier.cadre_list.entries.filter(member=member).exists()


def why_not_register(user: User, member: Member, tier: Tier, day: date) -> str | None:
    """The reason why a new pledge cannot be registered now, or None."""
    if not can_type_for(user, member, tier):
        return _("You cannot register for this member.")
    if tier.for_key_cadres and not is_key_cadre(member, tier):
        return _("This member is not on the list of key cadres of the campaign.")
    if not Membership.objects.on(day).filter(member=member).exists():
        return _("This member stands in no cell any more.")
    if not tier.campaign.window_is_open(day):
        return _("Registration is not open on this day.")
    return None


def can_edit(user: User, pledge: Pledge) -> bool:
    """Whether the content may be typed: in the author's hands, and by whoever may type for him."""
    return (
        pledge.status in EDITABLE
        and pledge.lead_member is not None
        and can_type_for(user, pledge.lead_member, pledge.tier)
    )


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


def can_send_list(user: User, unit: Unit) -> bool:
    """Whether the user endorses the cells of a grassroots committee and sends its list upwards."""
    return scope_of(user).covers(Role.GRASSROOTS_OFFICER, unit.path)


def can_build_docket(user: User, campaign: Campaign) -> bool:
    """Whether the user builds dockets of the campaign: the organisation board of its host."""
    return scope_of(user).covers(Role.BOARD_OFFICER, campaign.host.path)


def can_vet(user: User, pledge: Pledge) -> bool:
    """Whether the user may ask for an amendment at the desk: the organisation board."""
    return scope_of(user).covers(Role.BOARD_OFFICER, pledge.campaign.host.path)


def can_record(user: User, body: Body) -> bool:
    """Whether the user records what the body decided.

    The recorder of the body; for a grassroots committee's standing committee its officer; for a
    cell's meeting its secretary.
    """
    if body.kind == BodyKind.CELL_MEETING:
        return can_record_cell_meeting(user, body.unit)
    scope = scope_of(user)
    if body.pk in scope.bodies.get(Role.RECORDER, ()):
        return True
    return body.kind == BodyKind.STANDING_COMMITTEE and scope.covers(Role.GRASSROOTS_OFFICER, body.unit.path)


def can_issue(user: User, docket: Docket) -> bool:
    """Whether the user gives the document its number: the records clerk of the body's unit.

    A grassroots committee seldom has a clerk of its own: its officer may.
    """
    scope, unit = scope_of(user), docket.body.unit
    below_host = unit.pk != docket.campaign.host_id
    return scope.covers(Role.CLERK, unit.path) or (
        below_host and scope.covers(Role.GRASSROOTS_OFFICER, unit.path)
    )


def can_import_pledges(user: User, campaign: Campaign) -> bool:
    """Whether workbooks of pledges may be brought in: the organisation board of the host."""
    return scope_of(user).covers(Role.BOARD_OFFICER, campaign.host.path)
