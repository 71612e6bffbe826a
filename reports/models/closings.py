"""Chốt số liệu: what the database held at one instant, kept with its names so that it can be signed."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cadres import clock
from cadres.jobs import Job, JobState
from cadres.models import Member, Standing, Unit
from pledges.models import Campaign, Pledge, PledgeVersion, Tier
from pledges.states import PledgeStatus
from reports.models.counts import CLOSED_MEASURES


class ClosingKind(models.TextChoices):
    """A working closing is one click; an official one stands on a document."""

    WORKING = "working", pgettext_lazy("closing", "working (provisional)")
    OFFICIAL = "official", pgettext_lazy("closing", "official")


class Closing(Job):
    """Chốt số liệu of a campaign at an instant: made once by a job, never changed once that is done.

    `taken_at` is the instant of the snapshot and `day` the day on which people and deadlines were
    judged. `definitions` holds each figure as it was defined, in both languages. `digest` covers the
    digests of all units (see `ClosedUnit`). An official closing names its document.
    """

    task_name: ClassVar[str] = "jobs.closing"

    ref = models.UUIDField(unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="closings")
    kind = models.CharField(max_length=10, choices=ClosingKind)
    title = models.CharField(max_length=200)
    document = models.CharField(max_length=80, blank=True)
    document_on = models.DateField(null=True, blank=True)
    day = models.DateField()
    taken_at = models.DateTimeField(null=True, blank=True)
    definitions = models.JSONField(default=dict)
    open_matters = models.JSONField(default=list)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=ClosingKind.values), name="closing_kind_known"),
            models.CheckConstraint(
                condition=~Q(kind=ClosingKind.OFFICIAL) | (~Q(document="") & Q(document_on__isnull=False)),
                name="closing_official_names_its_document",
            ),
            models.CheckConstraint(
                condition=~Q(state=JobState.DONE) | (Q(taken_at__isnull=False) & ~Q(digest="")),
                name="closing_done_is_sealed",
            ),
        )

    def __str__(self) -> str:
        return self.title

    def counts(self, figure: str) -> bool:
        """Whether it tells the figure of this code: not where it was made before there was such a figure."""
        return figure in self.definitions["figures"]


class Stage(models.TextChoices):
    """What a worker is doing with a closing."""

    COUNTING = "counting", _("the last changes are being counted")
    PUTTING = "putting", _("people and pledges are being put away")
    SEALING = "sealing", _("each organisation is being sealed")
    VERIFYING = "verifying", _("everything is being verified")


class ClosingStage(models.Model):
    """How far a closing is that is being made. Told outside its one transaction, so that pages see it.

    A row of its own: the transaction writes the closing itself and would be refused if another had since.
    `done` of `total` is work by rows; 0 of 0 where only the stage is known.
    """

    closing = models.OneToOneField(Closing, models.PROTECT, related_name="stage")
    stage = models.CharField(max_length=10, choices=Stage)
    tier = models.ForeignKey(Tier, models.PROTECT, null=True, related_name="+")
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    began_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.closing_id} {self.stage} {self.done}/{self.total}"


class CampaignReopening(models.Model):
    """Mở lại đợt đã chốt: on a document, with its reason. Append-only."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="reopenings")
    document = models.CharField(max_length=80)
    document_on = models.DateField()
    reason = models.CharField(max_length=300)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("campaign", "-at")
        constraints = (
            models.CheckConstraint(
                condition=~Q(document="") & ~Q(reason=""), name="reopening_names_its_document"
            ),
        )

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.document}"


def _count() -> "models.PositiveIntegerField[int, int]":
    return models.PositiveIntegerField(default=0)


class ClosedUnit(models.Model):
    """A unit as it stood: its name, where it stood, its counts in one tier, the digest of its own rows.

    Columns are those of `UnitCount`, own and whole. Append-only.
    """

    closing = models.ForeignKey(Closing, models.PROTECT, related_name="units")
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    parent = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    path = models.CharField(max_length=64)
    name = models.CharField(max_length=250)
    kind = models.CharField(max_length=24)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("closing_id", "path")
        constraints = (models.UniqueConstraint(fields=("closing", "tier", "unit"), name="closedunit_once"),)
        indexes = (models.Index(fields=("closing", "tier", "parent"), name="closedunit_below"),)

    def __str__(self) -> str:
        return f"{self.closing_id}/{self.tier_id}/{self.unit_id}"


for _name in CLOSED_MEASURES:
    _count().contribute_to_class(ClosedUnit, f"own_{_name}")
    _count().contribute_to_class(ClosedUnit, _name)


class ClosedPerson(models.Model):
    """A person of a tier as counted or left out: unit, printed name, standing, pledges. Append-only."""

    closing = models.ForeignKey(Closing, models.PROTECT, related_name="people")
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="+")
    member = models.ForeignKey(Member, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    path = models.CharField(max_length=64)
    name = models.CharField(max_length=130)
    birth_year = models.PositiveSmallIntegerField(null=True, blank=True)
    sort_key = models.CharField(max_length=400)
    standing = models.CharField(max_length=12, choices=Standing)
    counted = models.BooleanField()
    registered = models.PositiveSmallIntegerField(default=0)
    approved = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("closing_id", "path", "sort_key", "pk")
        constraints = (
            models.UniqueConstraint(fields=("closing", "tier", "member"), name="closedperson_once"),
        )
        indexes = (models.Index(fields=("closing", "tier", "path"), name="closedperson_by_unit"),)

    def __str__(self) -> str:
        return f"{self.closing_id}/{self.member_id}"


class ClosedPledge(models.Model):
    """A registered pledge as it stood: version, lead, unit, status, on time, beyond target. Append-only.

    `of_own_tier` is false where it counts in a tier beside its own: a key cadre's among the members.
    """

    closing = models.ForeignKey(Closing, models.PROTECT, related_name="pledges")
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="+")
    pledge = models.ForeignKey(Pledge, models.PROTECT, related_name="+")
    version = models.ForeignKey(PledgeVersion, models.PROTECT, null=True, related_name="+")
    lead_member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    lead_name = models.CharField(max_length=130, blank=True)
    partners = models.PositiveSmallIntegerField(default=0)
    of_own_tier = models.BooleanField(default=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    path = models.CharField(max_length=64)
    status = models.CharField(max_length=12, choices=PledgeStatus)
    on_time = models.BooleanField(null=True, blank=True)
    beyond_target = models.BooleanField(null=True, blank=True)
    late = models.BooleanField(default=False)
    stuck = models.BooleanField(default=False)

    class Meta:
        ordering = ("closing_id", "path", "pledge_id")
        constraints = (
            models.UniqueConstraint(fields=("closing", "tier", "pledge"), name="closedpledge_once"),
        )
        indexes = (models.Index(fields=("closing", "tier", "path"), name="closedpledge_by_unit"),)

    def __str__(self) -> str:
        return f"{self.closing_id}/{self.pledge_id}"


class FigureCheck(models.Model):
    """Kiểm tra số liệu: what the nightly recount found, kept for its page and its alarm. Append-only."""

    at = models.DateTimeField(default=clock.now)
    day = models.DateField()
    numbers = models.PositiveIntegerField()
    differences = models.JSONField(default=list)
    seconds = models.FloatField(default=0)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.at:%d/%m/%Y %H:%M}"
