"""A committee endorses the lists it was sent: one docket of one line a unit, for one meeting."""

import uuid

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from cadres.models import Body, User
from pledges import queries
from pledges.actions.dockets import add_lines, build_docket
from pledges.models import Docket, DocketLine, Tier
from pledges.states import DocketState


def build_endorsement(
    *, tier: Tier, body: Body, title: str, by: User, ref: uuid.UUID | None = None
) -> Docket:
    """Put every list that awaits the body on its open docket, which is made where there is none.

    The same `ref` twice gives the first docket. Raises NotAllowedError when no list awaits.
    """
    with transaction.atomic():
        waiting = list(queries.lists_awaiting(tier, body).values_list("pk", flat=True))
        docket = _open_docket(tier, body).select_for_update(of=("self",), no_key=True).first()
        if docket is None:
            return build_docket(tier=tier, body=body, title=title, by=by, unit_ids=waiting, ref=ref)
        add_lines(docket, unit_ids=waiting)
    return docket


def _open_docket(tier: Tier, body: Body) -> QuerySet[Docket]:
    """The body's docket of lists that still stands before its meeting; there is one at most."""
    lists = DocketLine.objects.filter(docket=OuterRef("pk"), unit__isnull=False)
    return Docket.objects.filter(Exists(lists), tier=tier, body=body, state=DocketState.OPEN).order_by("pk")
