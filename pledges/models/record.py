"""What is on record of a pledge and never changes: its versions and its journal."""

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef
from django.utils.translation import gettext_lazy as _

from cadres import clock
from cadres.models import Member
from pledges.states import PledgeStatus


class PledgeVersionQuerySet(models.QuerySet["PledgeVersion"]):
    """Words for sets of versions."""

    def last_sent(self) -> "PledgeVersionQuerySet":
        """Of each pledge the version that its latest submission wrote."""
        return self.filter(no=F("pledge__versions_made"))

    def last_of_outer(self) -> "PledgeVersionQuerySet":
        """The same of the outer pledge of a subquery."""
        return self.order_by().filter(pledge=OuterRef("pk"), no=OuterRef("versions_made"))

    def keys_by_pledge(self) -> dict[int, int]:
        """The keys of the versions, by pledge."""
        return dict(self.order_by().values_list("pledge_id", "pk"))


class PledgeVersion(models.Model):
    """The content at a submission, immutable; `digest` is the SHA-256 of its canonical JSON."""

    # Found by pledgeversion_no, which begins with it.
    pledge = models.ForeignKey("Pledge", models.PROTECT, related_name="versions", db_index=False)
    no = models.PositiveSmallIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    # Title, place and product folded: found without marks, compared with others for likeness.
    search_key = models.TextField(blank=True)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = PledgeVersionQuerySet.as_manager()

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
    OBSTRUCTED = "obstacle", _("obstacle reported")
    ASKED_AGAIN = "reminded", _("asked again to remove an obstacle")
    UNBLOCKED = "unblocked", _("obstacle removed")


class PledgeEvent(models.Model):
    """Journal of a pledge: one hash chain, append-only, no text of the pledge in it.

    `on` is the day it happened (null: the paper does not say), `at` the instant it was recorded.
    """

    # Found by pledgeevent_seq, which begins with it.
    pledge = models.ForeignKey("Pledge", models.PROTECT, related_name="events", db_index=False)
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
