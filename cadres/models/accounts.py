"""Accounts (tài khoản), roles (vai trò) and account slips (phiếu cấp tài khoản)."""

from datetime import date, datetime, timedelta
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from cadres.models.bodies import Body, Office
from cadres.models.members import Member
from cadres.models.units import Unit
from cadres.roles import Role


class UserManager(BaseUserManager["User"]):
    """Accounts are found by their user name, upper and lower case alike."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=(username or "").strip().lower())


class User(AbstractBaseUser):
    """An account. Most members have none: the cell secretary enters for them."""

    username = models.CharField(max_length=60, unique=True)
    display_name = models.CharField(max_length=130)
    member = models.OneToOneField(Member, models.PROTECT, null=True, blank=True, related_name="user")
    is_active = models.BooleanField(default=True)
    must_set_password = models.BooleanField(default=False)
    code_expires_at = models.DateTimeField(null=True, blank=True)
    language = models.CharField(max_length=2, default="vi")
    # Where letters go; empty: the account is told on its pages only.
    email = models.EmailField(blank=True)
    wants_mail = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = UserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(must_set_password=False) | Q(code_expires_at__isnull=False),
                name="user_one_time_code_expires",
            ),
        )

    def __str__(self) -> str:
        return self.display_name

    def code_is_over(self, at: datetime) -> bool:
        """Whether the one-time code of the slip may no longer be used."""
        return self.must_set_password and (self.code_expires_at is None or at >= self.code_expires_at)


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    """Words for sets of role assignments."""

    def on(self, day: date) -> "RoleAssignmentQuerySet":
        """Roles in force on `day`."""
        return self.filter(Q(end=None) | Q(end__gt=day), start__lte=day)


class RoleAssignment(models.Model):
    """A role held by an account on `[start, end)`, at a unit (with its sub-tree) or a body.

    Nobody grants himself (CHECK). A role that rests on a post ends the day the post ends.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="roles")
    role = models.CharField(max_length=24, choices=Role)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="roles")
    body = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="roles")
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="roles")
    start = models.DateField()
    end = models.DateField(null=True, blank=True)
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        ordering = ("user", "start")
        constraints = (
            models.CheckConstraint(
                condition=Q(unit=None, body__isnull=False) | Q(unit__isnull=False, body=None),
                name="roleassignment_unit_or_body",
            ),
            models.CheckConstraint(
                condition=Q(granted_by=None) | ~Q(granted_by=F("user")), name="roleassignment_not_by_oneself"
            ),
            models.CheckConstraint(
                condition=Q(end=None) | Q(end__gte=F("start")), name="roleassignment_end_not_before_start"
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="roleassignment_role_known"),
            models.UniqueConstraint(
                fields=("user", "role", "unit"),
                condition=Q(end=None, body=None),
                name="roleassignment_one_open_at_unit",
            ),
            models.UniqueConstraint(
                fields=("user", "role", "body"),
                condition=Q(end=None, unit=None),
                name="roleassignment_one_open_at_body",
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} {self.user_id}"


class DelegationQuerySet(models.QuerySet["Delegation"]):
    """Words for sets of delegations."""

    def on(self, day: date) -> "DelegationQuerySet":
        """Delegations in force on `day`."""
        return self.filter(start__lte=day, end__gt=day)


class Delegation(models.Model):
    """Ủy quyền nhập liệu: an assistant types for a key cadre on `[start, end)`; he never approves.

    It always ends: at most a year ahead (the action says so), at once when it is ended.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="delegations")
    member = models.ForeignKey(Member, models.PROTECT, related_name="delegations")
    start = models.DateField()
    end = models.DateField()
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    granted_at = models.DateTimeField(default=timezone.now)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        ordering = ("-start", "-pk")
        constraints = (
            models.CheckConstraint(condition=Q(end__gte=F("start")), name="delegation_end_not_before_start"),
            models.CheckConstraint(
                condition=Q(granted_by=None) | ~Q(granted_by=F("user")), name="delegation_not_by_oneself"
            ),
            models.UniqueConstraint(fields=("user", "member", "start"), name="delegation_once_a_day"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} > {self.member_id}"

    @property
    def last_day(self) -> date:
        """The last day on which he types, as people say it."""
        return self.end - timedelta(days=1)
