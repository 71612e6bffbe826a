"""A member leaves the Party organisation: the membership, the posts and, where wished, the account end."""

from datetime import date

from django.db import transaction

from cadres.actions.accounts import end_account
from cadres.actions.members import end_memberships
from cadres.models import Member, User


@transaction.atomic
def take_off(
    member: Member, *, on: date, by: User | None, document: str = "", close_account: bool = False
) -> bool:
    """Take the member off the list on the day `on`; whether he was on it.

    Raises PermissionDenied, and changes nothing, where the account holds what is not `by`'s to take.
    """
    left = end_memberships([member], on=on, by=by, document=document)
    account = User.objects.filter(member=member, is_active=True).first()
    if left and close_account and account is not None:
        end_account(user=account, by=by, on=on)
    return bool(left)
