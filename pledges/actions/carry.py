"""Carry-over (chuyển tiếp): a registration that goes on with an earlier year's, and keeps its chain."""

import uuid
from collections.abc import Mapping
from typing import Any

from cadres.models import Member, User
from pledges.actions.acts import NotAllowedError
from pledges.models import Pledge, Tier
from pledges.permissions import visible_pledges
from pledges.sources import backlog_of, why_not_carried


def with_backlog(
    content: Mapping[str, Any], found: Pledge | None, *, ref: uuid.UUID, lead: Member, tier: Tier, by: User
) -> Mapping[str, Any]:
    """The content, with the backlog of the chain where it carries an earlier pledge on.

    Call under the lock of the lead: whoever carries a pledge of his over holds it too, so one
    pledge is carried over once. Raises NotAllowedError when the earlier pledge is not the lead's,
    out of sight, of no earlier year, finished, or carried over already. A backlog that was typed
    stands; an empty one is filled in.
    """
    key = content.get("carried_from_id")
    if key is None:
        return content
    if found is not None and found.carried_from_id == key:
        told = content.get("backlog_since") or found.backlog_since
        return {**content, "backlog_since": told}
    earlier = visible_pledges(by).select_related("campaign").filter(pk=key, lead_member=lead).first()
    if reason := why_not_carried(earlier, year=tier.campaign.year, ref=ref):
        raise NotAllowedError(reason)
    assert earlier is not None
    return {**content, "backlog_since": content.get("backlog_since") or backlog_of(earlier)}
