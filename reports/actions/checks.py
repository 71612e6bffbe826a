"""Kiểm tra số liệu: the nightly recount is kept, and whoever can repair is told of a difference."""

import time
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from cadres.actions.notices import Notice, tell
from cadres.models import RoleAssignment, Unit
from cadres.roles import Role
from pledges.models import Campaign
from reports import counts
from reports.audit import NAMED, Audit, audit
from reports.models import FigureCheck


def check(day: date) -> FigureCheck:
    """Empty the outbox, recount independently on a snapshot, keep the result, tell of differences."""
    counts.drain(day)
    started = time.monotonic()
    result = audit(day, using="reader")
    differences = [one.codes() for one in result.differences[:NAMED]]
    if result.found > len(differences):
        differences.append({"more": result.found - len(differences)})
    with transaction.atomic():
        kept = FigureCheck.objects.create(
            day=day,
            numbers=result.numbers,
            differences=differences,
            seconds=round(time.monotonic() - started, 2),
        )
        _tell(kept, result, day)
    return kept


def _tell(kept: FigureCheck, result: Audit, day: date) -> None:
    """Administrators, and the board of each host whose figures are concerned."""
    if not result.found:
        return
    hosts = Campaign.objects.filter(code__in={one.campaign for one in result.differences}).values("host")
    paths = {path for unit in Unit.objects.filter(pk__in=hosts) for path in unit.ancestor_paths()}
    roles = Q(role=Role.ADMINISTRATOR) | Q(role=Role.BOARD_OFFICER, unit__path__in=paths)
    held = RoleAssignment.objects.on(day).filter(roles, user__is_active=True)
    tell(
        Notice(
            user_id=user,
            kind="figures_differ",
            key=f"check:{kept.pk}",
            path=reverse("reports:checks"),
            data={"n": result.found},
        )
        for user in held.order_by("user").values_list("user", flat=True).distinct()
    )
