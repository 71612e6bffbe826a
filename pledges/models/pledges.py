"""Pledges (việc đăng ký, nội dung đăng ký đảm nhận), their versions, journal and progress."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cadres import clock
from cadres.models import Member, Unit
from pledges.models.campaigns import Authority, Campaign, Theme, Tier
from pledges.states import APPROVED, REGISTERED, PledgeStatus


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
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="pledges")
    lead_member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="pledges")
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
        )

    def __str__(self) -> str:
        return self.title[:80]


class PledgeTier(models.Model):
    """The tiers in which a pledge counts, with the person it counts for; no figure sums over tiers."""

    pledge = models.ForeignKey(Pledge, models.CASCADE, related_name="in_tiers")
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="counted_pledges")
    member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("pledge", "tier"), name="pledgetier_once"),)
        indexes = (models.Index(fields=("tier", "member"), name="pledgetier_by_member"),)

    def __str__(self) -> str:
        return f"{self.pledge_id}/{self.tier_id}"


class Partner(models.Model):
    """Phối hợp: who works with the lead, as printed, and as a member or unit where known."""

    pledge = models.ForeignKey(Pledge, models.CASCADE, related_name="partners")
    order = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("pledge_id", "order")
        constraints = (models.UniqueConstraint(fields=("pledge", "order"), name="partner_order"),)

    def __str__(self) -> str:
        return self.name


class Milestone(models.Model):
    """Mốc thực hiện: what is to be reached by a day on the way to the product."""

    pledge = models.ForeignKey(Pledge, models.CASCADE, related_name="milestones")
    order = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    text = models.CharField(max_length=300)

    class Meta:
        ordering = ("pledge_id", "order")
        constraints = (models.UniqueConstraint(fields=("pledge", "order"), name="milestone_order"),)

    def __str__(self) -> str:
        return self.text


class SubTarget(models.Model):
    """Chỉ tiêu thành phần: one of several products under a pledge, such as each of 8 conclusions."""

    pledge = models.ForeignKey(Pledge, models.CASCADE, related_name="sub_targets")
    order = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)
    target = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    measure_unit = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ("pledge_id", "order")
        constraints = (models.UniqueConstraint(fields=("pledge", "order"), name="subtarget_order"),)

    def __str__(self) -> str:
        return self.text


class AttachmentKind(models.TextChoices):
    """What a file with a pledge is."""

    DOCUMENT = "document", _("document")
    SLIP = "slip", _("scan of the signed registration slip")


class Attachment(models.Model):
    """Tệp kèm theo: a file with a pledge. Taken off, it is kept as long as a version names it."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    pledge = models.ForeignKey(Pledge, models.PROTECT, related_name="attachments")
    kind = models.CharField(max_length=10, choices=AttachmentKind, default=AttachmentKind.DOCUMENT)
    file = models.FileField(upload_to="attachments/%Y/%m")
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("pledge_id", "at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("pledge", "digest"),
                condition=Q(removed_at=None),
                name="attachment_same_file_once",
            ),
        )

    def __str__(self) -> str:
        return self.name


class PledgeVersion(models.Model):
    """The content at a submission, immutable; `digest` is the SHA-256 of its canonical JSON."""

    pledge = models.ForeignKey(Pledge, models.PROTECT, related_name="versions")
    no = models.PositiveSmallIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    # Title, place and product folded: found without marks, compared with others for likeness.
    search_key = models.TextField(blank=True)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("pledge_id", "no")
        constraints = (models.UniqueConstraint(fields=("pledge", "no"), name="pledgeversion_no"),)

    def __str__(self) -> str:
        return f"{self.pledge_id} v{self.no}"


class Channel(models.TextChoices):
    """How something reached the record."""

    WEB = "web", _("in the browser")
    IMPORT = "import", _("from a workbook")
    MEETING = "meeting", _("at a meeting")
    PAPER = "paper", _("recorded from paper")


class EventAction(models.TextChoices):
    """What was done to a pledge."""

    CREATED = "created", _("draft begun")
    EDITED = "edited", _("draft saved")
    SUBMITTED = "submitted", _("registered")
    RETURNED = "returned", _("amendment asked for")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("not approved")
    WITHDRAWN = "withdrawn", _("withdrawn")
    VETTED = "vetted", _("vetted by the organisation board")
    CORRECTED = "corrected", _("decision corrected by a new act")
    EVALUATED = "evaluated", _("result recorded")


class PledgeEvent(models.Model):
    """Journal of a pledge: one hash chain, append-only, no text of the pledge in it.

    `on` is the day it happened (null: the paper does not say), `at` the instant it was recorded.
    """

    pledge = models.ForeignKey(Pledge, models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    on = models.DateField(null=True, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    on_behalf_of = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    channel = models.CharField(max_length=8, choices=Channel)
    action = models.CharField(max_length=10, choices=EventAction)
    from_status = models.CharField(max_length=12, choices=PledgeStatus, blank=True)
    to_status = models.CharField(max_length=12, choices=PledgeStatus)
    version_no = models.PositiveSmallIntegerField(null=True, blank=True)
    docket = models.ForeignKey("Docket", models.PROTECT, null=True, blank=True, related_name="events")
    note = models.TextField(blank=True)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ("pledge_id", "seq")
        constraints = (models.UniqueConstraint(fields=("pledge", "seq"), name="pledgeevent_seq"),)
        indexes = (models.Index(fields=("at",), name="pledgeevent_recorded"),)

    def __str__(self) -> str:
        return f"{self.pledge_id} {self.seq} {self.action}"


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
