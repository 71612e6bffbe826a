"""Account slips for members without a role: the account is made where there is none, then the slip."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from cadres.actions.accounts import RefusedSlip, Slip, issue_slips, left_to_board
from cadres.actions.openings import ensure_accounts, lock_members
from cadres.models import Member, Membership, User
from cadres.permissions import can_open_account
from cadres.queries.member_accounts import left_to_boards_among


def issue_member_slips(
    member_ids: Iterable[int], *, by: User, on: date
) -> tuple[list[Slip], list[RefusedSlip]]:
    """New one-time codes for a set of members, with an account for each who has none.

    Whoever stands in a unit may have one, whatever his standing. An account needs no role: its owner
    registers for himself. Accounts are made in a transaction of their own, as the codes are hashed
    before anything is locked; left without a slip, nobody can enter them.
    """
    users, refused = _opened(sorted(set(member_ids)), by=by, on=on)
    slips, more = issue_slips([user.pk for user in users], by=by, on=on)
    return slips, [*refused, *more]


@transaction.atomic
def _opened(ids: list[int], *, by: User, on: date) -> tuple[list[User], list[RefusedSlip]]:
    """The accounts of the members, and those who get none."""
    lock_members(ids)
    members = list(Member.objects.filter(pk__in=ids).select_related("unit", "user").order_by("pk"))
    standing = set(Membership.objects.on(on).filter(member__in=ids).values_list("member", flat=True))
    of_boards = left_to_boards_among(by, members)
    reasons = [(member, _why_no_account(member, standing, of_boards, by=by)) for member in members]
    # Read before any is made: a new account names its member, and so shows on him unsaved.
    known: dict[int, User] = {member.pk: member.user for member in members if hasattr(member, "user")}
    refused = [RefusedSlip(known.get(member.pk), reason, member) for member, reason in reasons if reason]
    wanted = [member for member, reason in reasons if not reason]
    known |= ensure_accounts([member for member in wanted if member.pk not in known], by=by)
    return [known[member.pk] for member in wanted], refused


def _why_no_account(member: Member, standing: set[int], of_boards: set[int], *, by: User) -> str | None:
    if member.pk not in standing:
        return _("The comrade stands in no cell any more.")
    if not can_open_account(by, member.unit):
        return _("The account belongs to an organisation outside your duties.")
    if member.pk in of_boards:
        return left_to_board(member, None)
    return None
