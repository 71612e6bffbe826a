"""Pledges (việc đăng ký, nội dung đăng ký đảm nhận), the tiers they count in, and their results."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cadres import clock
from cadres.models import Member, Unit
from pledges.models.campaigns import Authority, Campaign, Theme, Tier
from pledges.models.record import Channel
from pledges.states import APPROVED, REGISTERED, UNREGISTERED, PledgeStatus


class Novelty(models.TextChoices):
    """Loại việc."""

    NEW = "new", _("New")
    DIFFICULT = "difficult", _("Difficult")
    BOTH = "both", _("Both")


class DueKind(models.TextChoices):
    """How the deadline was stated; `due_on` is its last day in every case."""

    DAY = "day", _("a day")
    QUARTER = "quarter", _("a quarter")
    YEAR = "year", _("the whole year")


class ResultKind(models.TextChoices):
    """How the product is measured."""

    EVENT = "event", _("event")
    YES_NO = "yes_no", _("yes or no")
    RATIO = "ratio", _("ratio")
    QUANTITY = "quantity", _("quantity with a target")
    DESCRIPTION = "description", _("description")


class Lane(models.TextChoices):
    """In the window, or in the supplementary lane (làn bổ sung) after it, and by which right."""

    REGULAR = "regular", pgettext_lazy("lane", "in the window")
    NEWCOMER = "newcomer", pgettext_lazy("lane", "supplementary: new or transferred member")
    DIRECTIVE = "directive", pgettext_lazy("lane", "supplementary: under a new directive")


class PledgeQuerySet(models.QuerySet["Pledge"]):
    """Words for sets of pledges."""

    def registered(self) -> "PledgeQuerySet":
        """All but drafts, rejected and withdrawn ones."""
        return self.filter(status__in=REGISTERED)

    def approved(self) -> "PledgeQuerySet":
        """Approved, whatever came of them since."""
        return self.filter(status__in=APPROVED)

    def awaiting_meeting(self) -> "PledgeQuerySet":
        """Submitted and waiting for a body to decide."""
        return self.filter(status=PledgeStatus.SUBMITTED)


class Pledge(models.Model):
    """One pledged task with exactly one lead. Columns hold the content in force.

    `unit` is the lead's unit at submission (a key cadre's: the unit of the list entry).
    `submitted_on` is the day it happened, null where a paper does not say; `submitted_at` the
    instant it was recorded. `revision` rises with every write and finds stale forms.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="pledges")
    # Tier and lead have no index of their own: pledge_by_unit and pledge_by_lead begin with them, and
    # each registration would write one more page of every index.
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="pledges", db_index=False)
    lead_member = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="pledges", db_index=False
    )
    lead_unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="led_pledges")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="pledges")
    status = models.CharField(max_length=12, choices=PledgeStatus, default=PledgeStatus.DRAFT)
    revision = models.PositiveIntegerField(default=0)

    title = models.TextField()
    novelty = models.CharField(max_length=10, choices=Novelty, blank=True)
    product = models.TextField(blank=True)
    due_kind = models.CharField(max_length=8, choices=DueKind, default=DueKind.DAY)
    due_on = models.DateField(null=True, blank=True)

    theme = models.ForeignKey(Theme, models.PROTECT, null=True, blank=True, related_name="pledges")
    field = models.CharField(max_length=100, blank=True)
    place = models.CharField(max_length=200, blank=True)
    situation = models.TextField(blank=True)
    backlog_since = models.PositiveSmallIntegerField(null=True, blank=True)
    directive = models.CharField(max_length=200, blank=True)
    own_role = models.CharField(max_length=200, blank=True)
    authority = models.CharField(max_length=6, choices=Authority, blank=True)
    solutions = models.TextField(blank=True)
    requests = models.TextField(blank=True)
    result_kind = models.CharField(max_length=12, choices=ResultKind, default=ResultKind.DESCRIPTION)
    measure_unit = models.CharField(max_length=100, blank=True)
    baseline = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    target = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    start_on = models.DateField(null=True, blank=True)
    is_stub = models.BooleanField(default=False)
    lane = models.CharField(max_length=10, choices=Lane, default=Lane.REGULAR)
    # Chuyển tiếp: last year's pledge that this one carries on; the chain tells since when.
    carried_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="carried_to")
    # Kết quả tiêu biểu: chosen by the organisation board, shown on dashboards and in reports.
    featured = models.BooleanField(default=False)
    stub_reference = models.CharField(max_length=200, blank=True)

    submitted_on = models.DateField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_version = models.ForeignKey(
        "PledgeVersion", models.PROTECT, null=True, blank=True, related_name="+"
    )
    versions_made = models.PositiveSmallIntegerField(default=0)
    journal_seq = models.PositiveIntegerField(default=0)
    journal_head = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = PledgeQuerySet.as_manager()

    class Meta:
        ordering = ("unit__path", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(lead_member=None, lead_unit__isnull=False)
                | Q(lead_member__isnull=False, lead_unit=None),
                name="pledge_one_lead",
            ),
            models.CheckConstraint(condition=Q(status__in=PledgeStatus.values), name="pledge_status_known"),
            models.CheckConstraint(
                condition=Q(status__in=[PledgeStatus.DRAFT, PledgeStatus.WITHDRAWN])
                | Q(submitted_at__isnull=False, due_on__isnull=False),
                name="pledge_submitted_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(status__in=APPROVED, approved_version__isnull=False)
                | (~Q(status__in=APPROVED) & Q(approved_version=None)),
                name="pledge_approved_names_its_version",
            ),
            models.CheckConstraint(
                condition=Q(is_stub=False) | ~Q(stub_reference=""), name="pledge_stub_names_its_document"
            ),
            models.CheckConstraint(
                condition=Q(start_on=None) | Q(due_on=None) | Q(due_on__gte=F("start_on")),
                name="pledge_due_not_before_start",
            ),
            models.CheckConstraint(
                condition=Q(backlog_since=None) | Q(backlog_since__range=(1945, 2100)),
                name="pledge_backlog_year_plausible",
            ),
            models.CheckConstraint(condition=Q(lane__in=Lane.values), name="pledge_lane_known"),
            models.CheckConstraint(
                condition=~Q(lane=Lane.DIRECTIVE)
                | Q(status__in=[PledgeStatus.DRAFT, PledgeStatus.WITHDRAWN])
                | ~Q(directive="")
                | Q(is_stub=True),
                name="pledge_late_one_names_its_directive",
            ),
            models.UniqueConstraint(
                fields=("carried_from",),
                condition=Q(carried_from__isnull=False)
                & ~Q(status__in=[PledgeStatus.WITHDRAWN, PledgeStatus.REJECTED]),
                name="pledge_carried_over_once",
            ),
        )
        indexes = (
            models.Index(fields=("tier", "unit", "status"), name="pledge_by_unit"),
            models.Index(fields=("lead_member", "campaign"), name="pledge_by_lead"),
            # A few of millions, which every dashboard shows.
            models.Index(fields=("campaign",), condition=Q(featured=True), name="pledge_featured"),
            # Few as well; who has registered is told by what these leave over.
            models.Index(fields=("id",), condition=Q(status__in=UNREGISTERED), name="pledge_unregistered"),
        )

    def __str__(self) -> str:
        return self.title[:80]


class PledgeTier(models.Model):
    """The tiers in which a pledge counts, with the person it counts for; no figure sums over tiers."""

    # Found by pledgetier_once and pledgetier_by_member, which begin with them.
    pledge = models.ForeignKey(Pledge, models.CASCADE, related_name="in_tiers", db_index=False)
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="counted_pledges", db_index=False)
    member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("pledge", "tier"), name="pledgetier_once"),)
        indexes = (models.Index(fields=("tier", "member"), name="pledgetier_by_member"),)

    def __str__(self) -> str:
        return f"{self.pledge_id}/{self.tier_id}"


class Progress(models.Model):
    """Kết quả, tiến độ: what was reported or evaluated, as printed and as numbers.

    `on_time` and `beyond_target` are facts of their own; null means nobody told us.
    """

    pledge = models.ForeignKey(Pledge, models.PROTECT, related_name="progress")
    at = models.DateTimeField(default=clock.now)
    on = models.DateField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    channel = models.CharField(max_length=8, choices=Channel)
    outcome = models.CharField(max_length=12, choices=PledgeStatus, blank=True)
    text = models.TextField(blank=True)
    value = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    value_of = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    measure_unit = models.CharField(max_length=100, blank=True)
    sub_value = models.PositiveIntegerField(null=True, blank=True)
    sub_value_of = models.PositiveIntegerField(null=True, blank=True)
    sub_unit = models.CharField(max_length=100, blank=True)
    on_time = models.BooleanField(null=True, blank=True)
    beyond_target = models.BooleanField(null=True, blank=True)
    is_final = models.BooleanField(default=False)
    # A footnote on where a number comes from, printed wherever the result is told.
    source_note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("pledge_id", "at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("pledge",), condition=Q(is_final=True), name="progress_one_final_per_pledge"
            ),
        )

    def __str__(self) -> str:
        return self.text[:80]
