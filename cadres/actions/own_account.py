"""What a person changes on his own account besides the password."""

from typing import Any

from django.db import transaction

from cadres.models import RecordEvent, User


def change_account(*, user: User, email: str, wants_mail: bool, language: str) -> list[str]:
    """Keep the address, the wish for letters and the language; returns the names of what changed.

    The journal tells which of them changed, never the address.
    """
    wanted: dict[str, Any] = {"email": email, "wants_mail": wants_mail, "language": language}
    with transaction.atomic():
        locked = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
        changed = [name for name, value in wanted.items() if getattr(locked, name) != value]
        if changed:
            User.objects.filter(pk=user.pk).update(**wanted)
            RecordEvent.objects.create(
                actor=user,
                action="own_account_changed",
                unit_id=user.member.unit_id if user.member else None,
                member_id=user.member_id,
                user=user,
                data={"fields": changed},
            )
    return changed
