"""Who may see and do what: roles in force today, each with its scope.

Two questions only: *what may I see* (`visible_to` on QuerySets, built from `readable_paths`) and
*may I do this* (`can_…`). Outside one's scope is 404, inside without the right 403.
"""

from dataclasses import dataclass, field

from django.db.models import Exists, Q

from cadres import clock
from cadres.models import CadreList, Delegation, Member, RoleAssignment, Unit, User
from cadres.roles import READING_ROLES, Role

OPENERS = (Role.GRASSROOTS_OFFICER, Role.BOARD_OFFICER)


@dataclass(frozen=True)
class Scope:
    """The roles of a person today: paths of units and keys of bodies by role.

    `may_type` is false where it is certain that no key cadre's typing is delegated to the person.
    """

    member_id: int | None = None
    paths: dict[str, tuple[str, ...]] = field(default_factory=dict)
    bodies: dict[str, tuple[int, ...]] = field(default_factory=dict)
    body_paths: tuple[str, ...] = ()
    units: dict[str, Unit] = field(default_factory=dict)
    may_type: bool = False

    def has(self, role: str) -> bool:
        """Whether the role is held anywhere."""
        return bool(self.paths.get(role) or self.bodies.get(role))

    def covers(self, role: str, path: str) -> bool:
        """Whether the role is held at the unit at `path` or above it."""
        return any(path.startswith(root) for root in self.paths.get(role, ()))

    def covers_any(self, roles: tuple[Role, ...], path: str) -> bool:
        """Whether one of the roles is held at the unit at `path` or above it."""
        return any(self.covers(role, path) for role in roles)

    @property
    def readable_paths(self) -> tuple[str, ...]:
        """Sub-trees whose figures, names and pledges the person reads."""
        paths = {path for role in READING_ROLES for path in self.paths.get(role, ())}
        return tuple(sorted(paths | set(self.body_paths)))


def scope_of(user: User) -> Scope:
    """The scope of a user today, read once a request (kept on the instance)."""
    known: Scope | None = getattr(user, "_scope", None)
    if known is None:
        known = _read_scope(user)
        user._scope = known  # type: ignore[attr-defined]
    return known


def _read_scope(user: User) -> Scope:
    if not user.is_active:
        return Scope()
    delegations = Delegation.objects.on(clock.today()).filter(user=user)
    rows = RoleAssignment.objects.on(clock.today()).filter(user=user).annotate(types=Exists(delegations))
    # Put in order here: for a handful of rows an ORDER BY costs more to write down than to do.
    roles = sorted(rows.select_related("unit__parent", "body__unit").order_by(), key=lambda row: row.start)
    paths: dict[str, tuple[str, ...]] = {}
    bodies: dict[str, tuple[int, ...]] = {}
    body_paths: set[str] = set()
    units: dict[str, Unit] = {}
    for held in roles:
        if held.unit:
            paths[held.role] = (*paths.get(held.role, ()), held.unit.path)
            units[held.unit.path] = held.unit
        elif held.body:
            bodies[held.role] = (*bodies.get(held.role, ()), held.body.pk)
            body_paths.add(held.body.unit.path)
            units[held.body.unit.path] = held.body.unit
    # Told with the roles, so that most who hold one are not asked about again.
    may_type = not roles or roles[0].types  # type: ignore[attr-defined]  # annotated above
    return Scope(user.member_id, paths, bodies, tuple(sorted(body_paths)), units, may_type)


def types_for(user: User) -> frozenset[int]:
    """Keys of the key cadres whose typing is delegated to the user today, read once a request."""
    known: frozenset[int] | None = getattr(user, "_types_for", None)
    if known is None:
        rows = Delegation.objects.on(clock.today()).filter(user=user)
        known = frozenset(rows.values_list("member", flat=True)) if scope_of(user).may_type else frozenset()
        user._types_for = known  # type: ignore[attr-defined]
    return known


def under(paths: tuple[str, ...], prefix: str = "") -> Q:
    """The condition "the unit reached by `prefix` lies under one of the paths"."""
    condition = Q(pk__in=())
    for path in paths:
        condition |= Q(**{f"{prefix}path__startswith": path})
    return condition


def can_read_unit(user: User, unit: Unit) -> bool:
    """Whether figures and names of the unit may be read."""
    return any(unit.path.startswith(path) for path in scope_of(user).readable_paths)


def can_read_member(user: User, member: Member) -> bool:
    """Whether the record of the member may be read: one's own, of whom one types for, or within scope."""
    own = scope_of(user).member_id == member.pk
    return own or can_read_unit(user, member.unit) or is_delegated(user, member)


def is_delegated(user: User, member: Member) -> bool:
    """Whether the typing for the member is delegated to the user today."""
    return member.pk in types_for(user)


def can_delegate(user: User, member: Member) -> bool:
    """Whether the user says who types for the member, and until when.

    A cadre of a list for himself; for him also the organisation board of the list's organisation.
    """
    lists, scope = CadreList.objects.order_by().filter(entries__member=member), scope_of(user)
    if scope.member_id == member.pk:
        return lists.exists()
    if not scope.has(Role.BOARD_OFFICER):
        return False
    hosts = lists.values_list("unit__path", flat=True)
    return any(scope.covers(Role.BOARD_OFFICER, path) for path in hosts)


def can_keep_roster(user: User, unit: Unit) -> bool:
    """Whether rosters of the unit may be brought in: the organisation board of it or above."""
    return scope_of(user).covers(Role.BOARD_OFFICER, unit.path)


def can_issue_slips(user: User, unit: Unit) -> bool:
    """Whether accounts of the unit's secretaries are kept by this user.

    The committee above a cell (or the board) prints its slips; the administrator keeps accounts.
    """
    scope = scope_of(user)
    return scope.covers_any((Role.GRASSROOTS_OFFICER, Role.BOARD_OFFICER, Role.ADMINISTRATOR), unit.path)


def can_open_account(user: User, unit: Unit) -> bool:
    """Whether the user makes accounts for members of the unit: the committee above it, or the board.

    The administrator keeps accounts that exist; who gets one is the organisation's to say.
    """
    return scope_of(user).covers_any(OPENERS, unit.path)


def can_grant(user: User, role: str, unit: Unit) -> bool:
    """Whether the user may confirm a role at the unit: those who keep its slips, never for oneself."""
    if role == Role.CELL_SECRETARY:
        return can_issue_slips(user, unit)
    if role == Role.ADMINISTRATOR:
        return scope_of(user).covers(Role.ADMINISTRATOR, unit.path)
    return scope_of(user).covers_any((Role.BOARD_OFFICER, Role.ADMINISTRATOR), unit.path)
