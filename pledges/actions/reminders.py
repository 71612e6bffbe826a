"""Reminders (nhắc việc), written once a day: only to those who have not acted, each once."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from cadres.actions.notices import Notice, tell
from cadres.models import RoleAssignment, User
from cadres.roles import Role
from cadres.templatetags.display import day as day_words
from pledges import outstanding
from pledges.models import Docket, OpinionSheet, Tier, TierKind

# Days before the window closes on which people are reminded; a day on which no worker ran is made up for.
STAGES = (7, 3, 1)
OPINION_AFTER = timedelta(days=2)
NUMBER_AFTER = timedelta(days=3)


def remind(day: date) -> int:
    """Write the reminders of the day; a second run on it writes none. Returns how many."""
    told = 0
    for tier in outstanding.open_tiers(day):
        if stage := _stage(tier, day):
            told += tell(_to_register(tier, stage, day))
            if tier.kind == TierKind.MEMBERS:
                told += tell(_to_cells(tier, stage, day))
    told += tell(_to_body_members(day))
    return told + tell(_to_clerks(day))


def _stage(tier: Tier, day: date) -> int | None:
    """The smallest stage that has been reached; None while the end is far or unknown."""
    left = tier.campaign.days_left(day)
    reached = [stage for stage in STAGES if left is not None and left <= stage]
    return min(reached, default=None)


def _window(tier: Tier) -> dict[str, str]:
    return {"campaign": tier.campaign.code, "until": day_words(tier.campaign.closes_on)}


def _to_register(tier: Tier, stage: int, day: date) -> Iterator[Notice]:
    """Accounts of people who have not registered; once a campaign, whatever tiers they belong to."""
    people = outstanding.unregistered(tier, day)
    users = User.objects.filter(is_active=True, member__in=people.values("pk"))
    path, data = reverse("pledges:mine"), _window(tier)
    for user in users.order_by("pk").values_list("pk", flat=True):
        key = f"remind:register:{tier.campaign_id}:{stage}"
        yield Notice(user_id=user, kind="remind_register", key=key, path=path, data=data)


def _to_cells(tier: Tier, stage: int, day: date) -> Iterator[Notice]:
    """Secretaries of cells that have not sent their list or miss members: the number, never a name."""
    behind = {cell.pk: (cell, missing) for cell, missing in outstanding.cells_behind(tier, day).items()}
    roles = RoleAssignment.objects.on(day).filter(role=Role.CELL_SECRETARY, user__is_active=True)
    for user, unit in roles.filter(unit__isnull=False).values_list("user_id", "unit_id"):
        if unit is None or unit not in behind:
            continue
        cell, missing = behind[unit]
        yield Notice(
            user_id=user,
            kind="remind_cell",
            key=f"remind:cell:{tier.pk}:{unit}:{stage}",
            path=reverse("pledges:cell", args=[tier.campaign.code, cell.code]),
            data={**_window(tier), "unit": cell.code, "missing": missing},
        )


def _to_body_members(day: date) -> Iterator[Notice]:
    """Members of a body without an opinion on a docket that has been open for two days."""
    dockets = _older(outstanding.undecided_dockets(), "created_at", day - OPINION_AFTER)
    spoken = set(OpinionSheet.objects.filter(docket__in=dockets).values_list("docket_id", "member_id"))
    seats = _seats(day, {docket.body_id for docket in dockets})
    for docket in dockets:
        users = [user for user, member in seats.get(docket.body_id, ()) if (docket.pk, member) not in spoken]
        yield from _of_docket(docket, "remind_opinion", users, timezone.localdate(docket.created_at))


def _seats(day: date, bodies: Iterable[int]) -> dict[int | None, list[tuple[int, int | None]]]:
    """By body the accounts of its members, each with the member whose opinion it gives."""
    held = RoleAssignment.objects.on(day).filter(role=Role.BODY_MEMBER, user__is_active=True)
    found: dict[int | None, list[tuple[int, int | None]]] = {}
    rows = held.filter(body__in=set(bodies)).values_list("body_id", "user_id", "user__member_id")
    for body, user, member in rows.exclude(user__member=None):
        found.setdefault(body, []).append((user, member))
    return found


def _to_clerks(day: date) -> Iterator[Notice]:
    """Clerks with a meeting recorded three days ago whose document has no number yet."""
    dockets = _older(outstanding.unnumbered_dockets(), "concluded_at", day - NUMBER_AFTER)
    clerks = RoleAssignment.objects.on(day).filter(role=Role.CLERK, user__is_active=True)
    held = list(clerks.filter(unit__isnull=False).values_list("user_id", "unit__path")) if dockets else []
    for docket in dockets:
        users = [user for user, path in held if docket.body.unit.path.startswith(str(path))]
        since = docket.concluded_at or docket.created_at
        yield from _of_docket(docket, "remind_number", users, timezone.localdate(since))


def _older(dockets: QuerySet[Docket], column: str, day: date) -> list[Docket]:
    found = dockets.filter(**{f"{column}__date__lte": day})
    return list(found.select_related("body__unit").order_by("pk"))


def _of_docket(docket: Docket, kind: str, users: Iterable[int], since: date) -> Iterator[Notice]:
    for user in users:
        yield Notice(
            user_id=user,
            kind=kind,
            key=f"remind:{kind.removeprefix('remind_')}:{docket.pk}",
            path=reverse("pledges:docket", args=[docket.ref]),
            data={"docket": str(docket.ref), "since": day_words(since)},
        )
