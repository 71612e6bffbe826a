"""Whom an act concerns: accounts found by queries for a whole set of pledges or units."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet
from django.urls import reverse

from cadres import clock
from cadres.models import Delegation, RoleAssignment, User
from cadres.roles import Role
from pledges.actions.acts import CHUNK, Act
from pledges.models import Pledge


@dataclass
class Share:
    """What of an act concerns one account: its pledges by outcome, and whether they are its own."""

    pledges: list[Pledge] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    only_own: bool = True

    def add(self, pledge: Pledge, outcome: str, *, own: bool) -> None:
        self.pledges.append(pledge)
        self.outcomes[outcome] += 1
        self.only_own = self.only_own and own

    @property
    def path(self) -> str:
        """The page of the one pledge; of several one's own, or the list or record they stand on."""
        first = self.pledges[0]
        if len(self.pledges) == 1:
            return reverse("pledges:detail", args=[first.ref])
        if self.only_own:
            return reverse("pledges:mine")
        cells = {pledge.unit_id for pledge in self.pledges}
        if len(cells) == 1 and first.unit.is_cell and not first.tier.is_listed:
            return reverse("pledges:cell", args=[first.campaign.code, first.unit.code])
        return reverse("home")


def held(roles: Q, by: User | None) -> QuerySet[RoleAssignment]:
    """Roles in force today of accounts that are open, without those of whoever acts."""
    held = RoleAssignment.objects.on(clock.today()).filter(roles, user__is_active=True)
    return held.exclude(user=by) if by else held


def shares(outcomes: Mapping[int, str], act: Act) -> dict[int, Share]:
    """By account what of the pledges, given with their outcome, concerns it.

    It concerns the lead himself, the assistants to whom his typing is delegated, and for a lead
    without an account whoever registered for him: the secretaries of his cell, for a cadre who typed.
    """
    found: dict[int, Share] = {}
    ids = sorted(outcomes)
    for start in range(0, len(ids), CHUNK):
        chunk = Pledge.objects.filter(pk__in=ids[start : start + CHUNK], lead_member__isnull=False)
        for pledge, users, own in _concerned(list(chunk.select_related("unit", "tier", "campaign"))):
            for user in users:
                found.setdefault(user, Share()).add(pledge, outcomes[pledge.pk], own=user == own)
    if act.by is not None:
        found.pop(act.by.pk, None)
    return found


def _concerned(pledges: list[Pledge]) -> Iterator[tuple[Pledge, set[int], int | None]]:
    """Each pledge with the accounts it concerns and the lead's own: four queries, however many pledges."""
    open_accounts = User.objects.filter(is_active=True)
    leads = [pledge.lead_member_id for pledge in pledges]
    found = open_accounts.filter(member__in=leads).values_list("member_id", "pk")
    own: dict[int | None, int] = dict(found)
    typists = _assistants({pledge.lead_member_id for pledge in pledges if pledge.tier.is_listed})
    orphans = [pledge for pledge in pledges if pledge.lead_member_id not in own]
    cells = {pledge.unit_id for pledge in orphans if not pledge.tier.is_listed}
    secretaries = by_unit(Q(role=Role.CELL_SECRETARY, unit__in=cells)) if cells else {}
    makers = {pledge.created_by_id for pledge in orphans if pledge.tier.is_listed}
    made = set(open_accounts.filter(pk__in=makers).values_list("pk", flat=True)) if makers else set()
    for pledge in pledges:
        lead = own.get(pledge.lead_member_id)
        users = {lead} if lead else set(secretaries.get(pledge.unit_id, ()))
        if not lead and pledge.created_by_id in made:
            users.add(pledge.created_by_id)
        yield pledge, {user for user in users if user} | typists.get(pledge.lead_member_id, set()), lead


def _assistants(leads: Collection[int | None]) -> dict[int | None, set[int]]:
    found: dict[int | None, set[int]] = {}
    if leads:
        delegations = Delegation.objects.on(clock.today()).filter(member__in=leads, user__is_active=True)
        for member, user in delegations.values_list("member_id", "user_id"):
            found.setdefault(member, set()).add(user)
    return found


def by_unit(roles: Q, by: User | None = None) -> dict[int | None, set[int]]:
    found: dict[int | None, set[int]] = {}
    for user, unit in held(roles, by).values_list("user_id", "unit_id"):
        found.setdefault(unit, set()).add(user)
    return found
