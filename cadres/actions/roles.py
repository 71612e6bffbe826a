"""Roles given and taken; posts that end and take their role with them.

Posts are handled as sets: what was done, and what was refused with the reason; one is a set of one,
and twice the same call is one effect. `by` is None only on the server's own console.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import DateField, Q, QuerySet, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from cadres.actions.openings import ensure_accounts, lock_members
from cadres.models import Body, Office, RecordEvent, RoleAssignment, Unit, User
from cadres.queries.accounts import SECRETARIES, may_keep
from cadres.roles import BODY_ROLES, Role

CHUNK = 500


@dataclass(frozen=True)
class RefusedPost:
    """A post left as it was, and why."""

    office: Office
    reason: str


Answer = tuple[list[Office], list[RefusedPost]]


def confirm_offices(office_ids: Iterable[int], *, by: User | None, on: date) -> Answer:
    """Give the holders of posts in cells the role of cell secretary, and an account where missing.

    Done are all posts whose role is in force afterwards, also those confirmed before.
    """
    return _in_chunks(office_ids, lambda offices: _confirm(offices, by=by, on=on))


def end_offices(office_ids: Iterable[int], *, by: User | None, on: date) -> Answer:
    """End posts on the day `on`; the roles that rest on them end the same day."""
    return _in_chunks(office_ids, lambda offices: _end(offices, by=by, on=on))


def end_office(*, office: Office, by: User | None, on: date) -> None:
    """End one post with its role. Raises PermissionDenied with the reason when it is refused."""
    _done, refused = end_offices([office.pk], by=by, on=on)
    if refused:
        raise PermissionDenied(refused[0].reason)


def may_end(by: User, office: Office) -> bool:
    """Whether `by` may end the post: who confirms the role that rests on it, or would."""
    secretary = office.unit.is_cell and office.kind in SECRETARIES
    return may_keep(by, Role.CELL_SECRETARY if secretary else Role.GRASSROOTS_OFFICER, office.unit)


@transaction.atomic
def grant(
    *,
    user: User,
    role: Role,
    by: User | None,
    on: date,
    unit: Unit | None = None,
    body: Body | None = None,
) -> RoleAssignment:
    """Give `user` a role at a unit or in a body from the day `on`; held already, it stays as it is.

    Raises PermissionDenied when `by` may not give it, or is the one who would get it.
    """
    place = body.unit if body else unit
    if place is None or (body is not None) != (role in BODY_ROLES):
        raise ValueError(f"the role {role} is held at the wrong kind of place")
    if by is not None and by.pk == user.pk:
        raise PermissionDenied(_("Nobody gives a role to himself or herself."))
    if by is not None and not may_keep(by, role, place):
        raise PermissionDenied(_("This role is not yours to give."))
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    at = {"body": body} if body else {"unit": unit}
    held = RoleAssignment.objects.filter(_open(on), user=user, role=role, **at).first()
    if held:
        return held
    given = RoleAssignment.objects.create(user=user, role=role, start=on, granted_by=by, **at)
    _record("role_granted", [given], by=by)
    return given


@transaction.atomic
def end_role(*, assignment: RoleAssignment, by: User | None, on: date) -> None:
    """End a role on the day `on`. Raises PermissionDenied when it is not `by`'s to take."""
    place = assignment.body.unit if assignment.body else assignment.unit
    if by is not None and (place is None or not may_keep(by, assignment.role, place)):
        raise PermissionDenied(_("This role is not yours to take."))
    end_roles(RoleAssignment.objects.filter(pk=assignment.pk), by=by, on=on)


def end_roles(roles: QuerySet[RoleAssignment], *, by: User | None, on: date) -> None:
    """End those of `roles` that are still open after `on`, on that day; call inside a transaction."""
    locked = roles.select_for_update(of=("self",), no_key=True).select_related("user", "body").order_by("pk")
    ending = list(locked.filter(_open(on)))
    last_day = Greatest("start", Value(on, DateField()))
    RoleAssignment.objects.filter(pk__in=[role.pk for role in ending]).update(end=last_day)
    _record("role_ended", ending, by=by)


def _open(on: date) -> Q:
    return Q(end=None) | Q(end__gt=on)


def _in_chunks(office_ids: Iterable[int], act: Callable[[Sequence[Office]], Answer]) -> Answer:
    ids = sorted(set(office_ids))
    done: list[Office] = []
    refused: list[RefusedPost] = []
    for start in range(0, len(ids), CHUNK):
        with transaction.atomic():
            chunk_done, chunk_refused = act(_locked(ids[start : start + CHUNK]))
        done += chunk_done
        refused += chunk_refused
    return done, refused


def _locked(office_ids: Sequence[int]) -> list[Office]:
    """The posts with their members locked, members first."""
    lock_members(Office.objects.filter(pk__in=office_ids).values_list("member", flat=True))
    offices = Office.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=office_ids)
    return list(offices.select_related("unit", "member").order_by("pk"))


def _judged(offices: Sequence[Office], judge: Callable[[Office], str | None]) -> Answer:
    reasons = [(office, judge(office)) for office in offices]
    refused = [RefusedPost(office, reason) for office, reason in reasons if reason]
    return [office for office, reason in reasons if not reason], refused


def _confirm(offices: Sequence[Office], *, by: User | None, on: date) -> Answer:
    done, refused = _judged(offices, lambda office: _why_not_confirm(office, by=by, on=on))
    accounts = ensure_accounts([office.member for office in done], by=by)
    held = RoleAssignment.objects.filter(_open(on), role=Role.CELL_SECRETARY, user__in=accounts.values())
    known = set(held.values_list("user", "unit"))
    roles: dict[tuple[int, int], RoleAssignment] = {}
    for office in done:
        user = accounts[office.member_id]
        # Secretary and deputy in one person: the role is given once.
        if (user.pk, office.unit_id) not in known:
            roles[user.pk, office.unit_id] = RoleAssignment(
                user=user,
                role=Role.CELL_SECRETARY,
                unit=office.unit,
                office=office,
                start=on,
                granted_by=by,
            )
    _record("role_granted", RoleAssignment.objects.bulk_create(roles.values()), by=by)
    return done, refused


def _why_not_confirm(office: Office, *, by: User | None, on: date) -> str | None:
    if office.start > on or (office.end is not None and office.end <= on):
        return _("The post is not held on this day.")
    if office.kind not in SECRETARIES or not office.unit.is_cell or office.unit.ended_on is not None:
        return _("No role rests on this post.")
    if by is None:
        return None
    if by.member_id == office.member_id:
        return _("Nobody confirms a role for himself or herself; the committee above does it.")
    if not may_keep(by, Role.CELL_SECRETARY, office.unit):
        return _("The cell lies outside your duties.")
    return None


def _end(offices: Sequence[Office], *, by: User | None, on: date) -> Answer:
    done, refused = _judged(offices, lambda office: _why_not_end(office, by=by, on=on))
    ending = [office for office in done if office.end is None or office.end > on]
    Office.objects.filter(pk__in=[office.pk for office in ending]).update(end=on)
    RecordEvent.objects.bulk_create(
        RecordEvent(
            actor=by,
            action="office_ended",
            unit=office.unit,
            member=office.member,
            data={"office": office.kind, "on": on.isoformat()},
        )
        for office in ending
    )
    end_roles(RoleAssignment.objects.filter(office__in=ending), by=by, on=on)
    return done, refused


def _why_not_end(office: Office, *, by: User | None, on: date) -> str | None:
    if by is not None and not may_end(by, office):
        return _("The post lies outside your duties.")
    if office.start > on:
        return _("The post began later, on %(day)s.") % {"day": f"{office.start:%d/%m/%Y}"}
    if office.end is not None and office.end < on:
        return _("The post had ended already, on %(day)s.") % {"day": f"{office.end:%d/%m/%Y}"}
    return None


def _record(action: str, roles: Iterable[RoleAssignment], *, by: User | None) -> None:
    RecordEvent.objects.bulk_create(
        RecordEvent(
            actor=by,
            action=action,
            unit_id=role.body.unit_id if role.body else role.unit_id,
            member_id=role.user.member_id,
            user_id=role.user_id,
            data={"role": role.role},
        )
        for role in roles
    )
