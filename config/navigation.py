"""Navigation by role, with counts of what waits, and the page on which each role lands."""

from dataclasses import dataclass, field

from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from cadres import clock
from cadres.models import Unit, User
from cadres.permissions import Scope, scope_of, types_for
from cadres.queries.notices import unread_count
from cadres.roles import Role
from pledges.desk import to_vet
from pledges.models import Tier, TierKind
from pledges.permissions import own_dockets
from pledges.states import CampaignState, DocketState
from reports.models import UnitCount


@dataclass
class Item:
    """One link; `count` is what waits behind it."""

    label: str
    url: str
    count: int = 0
    active: bool = False


@dataclass
class Group:
    """Links under one heading."""

    title: str
    items: list[Item] = field(default_factory=list)


@dataclass
class Navigation:
    """What the page's frame needs to know of the person."""

    groups: list[Group]
    scope: str
    scope_parent: str
    who: str
    role: str
    search: bool
    unread: int

    @property
    def mobile(self) -> list[Item]:
        """The first links, for the bar at the bottom of a phone."""
        return [item for group in self.groups for item in group.items][:4]


class _Desk:
    """The person's units, live tiers and counts, read once for navigation and landing."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.scope: Scope = scope_of(user)
        self.units = self.scope.units
        over = (CampaignState.DRAFT, CampaignState.CLOSED)
        live = Tier.objects.select_related("campaign__host").exclude(campaign__state__in=over)
        self.tiers = list(live.order_by("-campaign__year", "order")) if self.units else []

    def unit(self, *roles: Role) -> Unit | None:
        """The unit at which one of the roles is held; the first of them."""
        for role in roles:
            for path in self.scope.paths.get(role, ()):
                return self.units.get(path)
        return None

    @property
    def body_unit(self) -> Unit | None:
        """The unit of the body in which the person sits or records."""
        return next((self.units.get(path) for path in self.scope.body_paths), None)

    @property
    def leads(self) -> Unit | None:
        """The unit of the body in which the person sits, where the page for its secretary has figures."""
        unit = self.body_unit if self.scope.has(Role.BODY_MEMBER) else None
        return unit if unit and not unit.is_cell and self.tier(unit, TierKind.MEMBERS) else None

    def tier(self, unit: Unit, kind: TierKind) -> Tier | None:
        """The newest live tier of the kind whose host is the unit or stands above it."""
        for tier in self.tiers:
            if tier.kind == kind and unit.path.startswith(tier.campaign.host.path):
                return tier
        return None


def _counts(desk: _Desk) -> dict[tuple[int, int], UnitCount]:
    rows = UnitCount.objects.filter(unit__in=list(desk.units.values()), tier__in=desk.tiers)
    return {(row.unit_id, row.tier_id): row for row in rows} if desk.units and desk.tiers else {}


def _dockets(desk: _Desk) -> dict[str, int]:
    """How many dockets wait for their meeting, and for their document (cells need none)."""
    relevant = (Role.BOARD_OFFICER, Role.BODY_MEMBER, Role.RECORDER, Role.CLERK)
    if not any(desk.scope.has(role) for role in relevant):
        return {}
    states = own_dockets(desk.user).order_by().values_list("state")
    return dict(states.annotate(n=Count("pk")))


def navigation(request: HttpRequest) -> Navigation | None:
    """The navigation of the signed-in person, or None."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or user.must_set_password:
        return None
    desk = _Desk(user)
    counts, dockets = _counts(desk), _dockets(desk)
    work = _own(desk) + _cell(desk, counts) + _committee(desk, counts) + _board(desk, counts, dockets)
    groups = [
        Group("", work + _stuck(desk)),
        Group(_("Reports"), _reports(desk)),
        Group(_("Organisation"), _organisation(desk)),
    ]
    groups = [group for group in groups if group.items]
    for group in groups:
        for item in group.items:
            item.active = item.url.split("?")[0] == request.path
    unit = _main_unit(desk)
    return Navigation(
        groups=groups,
        scope=unit.name if unit else "",
        scope_parent=unit.parent.name if unit and unit.is_cell and unit.parent else "",
        who=user.display_name,
        role=_role_words(desk),
        search=bool(desk.scope.readable_paths),
        unread=unread_count(user, clock.today()),
    )


def _main_unit(desk: _Desk) -> Unit | None:
    return desk.unit(*Role) or desk.body_unit


def _role_words(desk: _Desk) -> str:
    order = [role for role in Role if role != Role.MEMBER and desk.scope.has(role)]
    nothing = Role.MEMBER.label if desk.scope.member_id else _("Assistant")
    words = str(order[0].label if order else nothing)
    return "" if words == desk.user.display_name else words


def _own(desk: _Desk) -> list[Item]:
    own = [Item(_("My tasks"), reverse("pledges:mine"))] if desk.scope.member_id else []
    return own + ([Item(_("I type for"), reverse("pledges:typing"))] if types_for(desk.user) else [])


def _cell(desk: _Desk, counts: dict[tuple[int, int], UnitCount]) -> list[Item]:
    unit = desk.unit(Role.CELL_SECRETARY)
    tier = desk.tier(unit, TierKind.MEMBERS) if unit else None
    if unit is None or tier is None:
        return []
    row = counts.get((unit.pk, tier.pk))
    code = (tier.campaign.code, unit.code)
    return [
        Item(
            _("Registration list"),
            reverse("pledges:cell", args=code),
            row.counted - row.registered if row else 0,
        ),
        Item(_("Cell meeting"), reverse("pledges:cell_meeting", args=code), row.awaiting if row else 0),
    ]


def _committee(desk: _Desk, counts: dict[tuple[int, int], UnitCount]) -> list[Item]:
    unit = desk.unit(Role.GRASSROOTS_OFFICER, Role.BOARD_OFFICER)
    tier = desk.tier(unit, TierKind.MEMBERS) if unit else None
    if unit is None or tier is None:
        return []
    row = counts.get((unit.pk, tier.pk))
    waiting = row.cells - row.cells_sent if row else 0
    url = reverse("pledges:committee", args=(tier.campaign.code, unit.code))
    return [
        Item(_("Overview"), reverse("reports:unit", args=(unit.code,))),
        Item(_("Lists of the cells"), url, waiting),
    ]


def _board(desk: _Desk, counts: dict[tuple[int, int], UnitCount], dockets: dict[str, int]) -> list[Item]:
    items = []
    board = desk.unit(Role.BOARD_OFFICER)
    tier = desk.tier(board, TierKind.KEY_CADRES) if board else None
    if board and tier:
        url = reverse("pledges:desk", args=(tier.campaign.code,))
        items.append(Item(_("Vetting"), url, to_vet(tier).count()))
    if not board and desk.scope.has(Role.INSPECTOR):
        unit = desk.unit(Role.INSPECTOR)
        if unit:
            items.append(Item(_("Overview"), reverse("reports:unit", args=(unit.code,))))
    if desk.body_unit and not board:
        if desk.leads:
            items.append(Item(_("Page for the secretary"), reverse("reports:brief", args=(desk.leads.code,))))
        items.append(Item(_("Overview"), reverse("reports:unit", args=(desk.body_unit.code,))))
    readers = (Role.INSPECTOR, Role.CLERK, Role.GRASSROOTS_OFFICER)
    if board or desk.body_unit or any(desk.scope.has(role) for role in readers):
        waits = dockets.get(DocketState.CONCLUDED if desk.scope.has(Role.CLERK) else DocketState.OPEN, 0)
        label = _("To the standing committee") if board else _("Dockets")
        items.append(Item(label, reverse("pledges:docket_list"), waits))
        items.append(Item(_("Register of acts"), reverse("pledges:act_register")))
    return items


def _stuck(desk: _Desk) -> list[Item]:
    """For all who read the tasks of others: what stands in their way, and whom it waits for."""
    return [Item(_("Stuck"), reverse("pledges:obstacle_list"))] if desk.scope.readable_paths else []


def _reports(desk: _Desk) -> list[Item]:
    unit = desk.unit(Role.BOARD_OFFICER, Role.GRASSROOTS_OFFICER, Role.INSPECTOR) or desk.body_unit
    tier = desk.tier(unit, TierKind.MEMBERS) if unit else None
    if unit is None or tier is None:
        return []
    items = [
        Item(_("Make the report"), reverse("reports:summary", args=(unit.code,))),
        Item(_("Over time"), reverse("reports:over_time", args=(unit.code,))),
    ]
    if tier.campaign.host.path.startswith(desk.scope.readable_paths):
        items.append(
            Item(_("Closings of figures"), reverse("reports:closing_list", args=(tier.campaign.code,)))
        )
    return items


def _organisation(desk: _Desk) -> list[Item]:
    items = []
    if board := desk.unit(Role.BOARD_OFFICER):
        items += [
            Item(_("Campaigns"), reverse("pledges:campaign_list")),
            Item(_("Lists of cadres"), reverse("pledges:cadre_list_list")),
            Item(_("Typing by delegation"), reverse("cadres:delegation_list")),
            Item(_("Deciding bodies"), reverse("cadres:body_list")),
            Item(_("Rosters"), reverse("cadres:roster_list")),
            Item(_("Changes of the organisation"), reverse("cadres:unit_changes", args=(board.code,))),
            Item(_("Pledge workbooks"), reverse("pledges:import_list")),
        ]
    if desk.scope.has(Role.BOARD_OFFICER) or desk.scope.has(Role.GRASSROOTS_OFFICER):
        items += [
            Item(_("Roles to confirm"), reverse("cadres:role_offers")),
            Item(_("Account slips"), reverse("cadres:slip_list")),
        ]
    if desk.scope.has(Role.ADMINISTRATOR):
        items += [
            Item(_("Accounts"), reverse("cadres:account_list")),
            Item(_("Account slips"), reverse("cadres:slip_list")),
        ]
    if desk.scope.has(Role.INSPECTOR) or desk.scope.has(Role.ADMINISTRATOR):
        items.append(Item(_("Journal"), reverse("reports:journal")))
    if desk.scope.has(Role.INSPECTOR):
        items.append(Item(_("Checks of the figures"), reverse("reports:checks")))
    if desk.scope.has(Role.ADMINISTRATOR) or desk.scope.has(Role.BOARD_OFFICER):
        items.append(Item(_("Jobs"), reverse("reports:jobs")))
    return items


def landing(user: User) -> str:
    """The address where the person's first work waits; the role that does most comes first."""
    desk = _Desk(user)
    cell = desk.unit(Role.CELL_SECRETARY)
    if cell and (tier := desk.tier(cell, TierKind.MEMBERS)):
        return reverse("pledges:cell", args=(tier.campaign.code, cell.code))
    if unit := desk.unit(Role.BOARD_OFFICER):
        return reverse("reports:unit", args=(unit.code,))
    unit = desk.unit(Role.GRASSROOTS_OFFICER)
    if unit and (tier := desk.tier(unit, TierKind.MEMBERS)):
        return reverse("pledges:committee", args=(tier.campaign.code, unit.code))
    if desk.leads:
        return reverse("reports:brief", args=(desk.leads.code,))
    if desk.scope.bodies or desk.scope.has(Role.CLERK):
        return reverse("pledges:docket_list")
    if unit := desk.unit(Role.INSPECTOR):
        return reverse("reports:unit", args=(unit.code,))
    if desk.scope.has(Role.ADMINISTRATOR):
        return reverse("cadres:account_list")
    if types_for(desk.user) and not desk.scope.member_id:
        return reverse("pledges:typing")
    return reverse("pledges:mine")
