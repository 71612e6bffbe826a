"""Approval as a collective act: dockets (danh mục trình), their lines, and lists sent upwards."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cadres import clock
from cadres.models import Body, BodyKind, Unit
from pledges.models.campaigns import Campaign, StepMode, Tier
from pledges.models.pledges import Pledge
from pledges.models.record import PledgeVersion
from pledges.states import DocketState, Outcome


class Docket(models.Model):
    """A body's list for a meeting. Two acts: conclude (recorder) and issue (clerk).

    It holds when `agreed * 2 >` the seats of the body on that day, which are frozen in
    `seats`. A docket recorded from paper says so; what the paper does not tell stays null.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="dockets")
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="dockets")
    body = models.ForeignKey(Body, models.PROTECT, related_name="dockets")
    # Follows from the body; kept here too, so that the acts of committees are found among those of all cells.
    of_cell = models.BooleanField(db_default=False, editable=False)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=DocketState, default=DocketState.OPEN)
    # Bổ sung: holds only what was registered after the window (never mixed above the cell).
    supplementary = models.BooleanField(default=False)
    # What the body does with it by the route of the tier, frozen when the docket was built.
    mode = models.CharField(max_length=16, choices=StepMode, default=StepMode.DECIDES)
    # Đính chính: a concluded act is never changed; a new act that names it says what holds instead.
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="corrections")
    from_paper = models.BooleanField(default=False)
    source = models.CharField(max_length=200, blank=True)
    meeting_on = models.DateField(null=True, blank=True)
    presided_by = models.CharField(max_length=130, blank=True)
    seats = models.PositiveIntegerField(null=True, blank=True)
    present = models.PositiveIntegerField(null=True, blank=True)
    agreed = models.PositiveIntegerField(null=True, blank=True)
    minutes = models.TextField(blank=True)
    concluded_at = models.DateTimeField(null=True, blank=True)
    concluded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    number = models.CharField(max_length=40, blank=True)
    number_on = models.DateField(null=True, blank=True)
    issued_at = models.DateTimeField(null=True, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.CheckConstraint(condition=Q(state__in=DocketState.values), name="docket_state_known"),
            models.CheckConstraint(
                condition=Q(state=DocketState.OPEN, concluded_at=None)
                | (~Q(state=DocketState.OPEN) & Q(concluded_at__isnull=False)),
                name="docket_concluded_says_when",
            ),
            models.CheckConstraint(
                condition=Q(state=DocketState.OPEN)
                | Q(from_paper=True)
                | Q(
                    meeting_on__isnull=False, agreed__isnull=False, present__isnull=False, seats__isnull=False
                ),
                name="docket_concluded_at_a_meeting",
            ),
            models.CheckConstraint(
                condition=Q(agreed=None) | Q(present=None) | Q(agreed__lte=F("present")),
                name="docket_agreed_were_present",
            ),
            models.CheckConstraint(
                condition=Q(agreed=None) | Q(seats=None) | Q(seats__lt=F("agreed") * 2),
                name="docket_majority_of_seats",
            ),
            models.CheckConstraint(
                condition=~Q(state=DocketState.ISSUED) | Q(issued_at__isnull=False),
                name="docket_issued_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(state=DocketState.ISSUED) | Q(from_paper=True) | ~Q(number=""),
                name="docket_issued_has_a_number",
            ),
            models.UniqueConstraint(
                fields=("body", "number", "number_on"), condition=~Q(number=""), name="docket_number_once"
            ),
        )

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Tell the meetings of cells apart from the beginning."""
        if self._state.adding:
            self.of_cell = self.body.kind == BodyKind.CELL_MEETING
        super().save(*args, **kwargs)


class Matter(models.TextChoices):
    """What a line asks the body to decide."""

    REGISTER = "register", _("registration")
    ENDORSE_LIST = "endorse_list", _("endorsement of a list")


class DocketLine(models.Model):
    """One line: a pledge in the version decided on, or the list of a unit."""

    docket = models.ForeignKey(Docket, models.PROTECT, related_name="lines")
    order = models.PositiveIntegerField()
    matter = models.CharField(max_length=12, choices=Matter)
    pledge = models.ForeignKey(Pledge, models.PROTECT, null=True, blank=True, related_name="docket_lines")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="docket_lines")
    version = models.ForeignKey(PledgeVersion, models.PROTECT, null=True, blank=True, related_name="+")
    # What the organisation board proposes; empty where it proposed nothing.
    proposal = models.CharField(max_length=8, choices=Outcome, blank=True)
    proposal_note = models.TextField(blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.PENDING)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("docket_id", "order")
        constraints = (
            models.UniqueConstraint(fields=("docket", "order"), name="docketline_order"),
            models.UniqueConstraint(
                fields=("docket", "pledge"), condition=Q(pledge__isnull=False), name="docketline_pledge_once"
            ),
            models.UniqueConstraint(
                fields=("docket", "unit"), condition=Q(unit__isnull=False), name="docketline_unit_once"
            ),
            models.CheckConstraint(
                condition=Q(pledge__isnull=False, unit=None, version__isnull=False, matter=Matter.REGISTER)
                | Q(pledge=None, unit__isnull=False, version=None, matter=Matter.ENDORSE_LIST),
                name="docketline_one_subject",
            ),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="docketline_outcome_known"),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.RETURN) | ~Q(note=""), name="docketline_return_gives_reasons"
            ),
        )

    def __str__(self) -> str:
        return f"{self.docket_id}/{self.order}"


class SentList(models.Model):
    """Danh sách đã gửi: the list of a unit in a tier was sent to the level above, once.

    A cell's list is sent when its meeting is recorded; a committee's when it has endorsed its
    cells. `endorsed_by` is the docket in which the level above endorsed it.
    """

    tier = models.ForeignKey(Tier, models.PROTECT, related_name="sent_lists")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="sent_lists")
    sent_on = models.DateField()
    sent_at = models.DateTimeField(default=clock.now)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    endorsed_by = models.ForeignKey(Docket, models.PROTECT, null=True, blank=True, related_name="endorsed")

    class Meta:
        ordering = ("tier", "unit__path")
        constraints = (models.UniqueConstraint(fields=("tier", "unit"), name="sentlist_once"),)

    def __str__(self) -> str:
        return f"{self.tier_id}/{self.unit_id}"


class ListRequest(models.Model):
    """Đề nghị chỉnh sửa danh sách: the level above asked a unit to amend a list it had sent.

    It is open until the list is sent again. Append-only but for `answered_at`.
    """

    tier = models.ForeignKey(Tier, models.PROTECT, related_name="list_requests")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="list_requests")
    on = models.DateField()
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    note = models.TextField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("tier", "-at")
        constraints = (
            models.CheckConstraint(condition=~Q(note=""), name="listrequest_gives_reasons"),
            models.UniqueConstraint(
                fields=("tier", "unit"), condition=Q(answered_at=None), name="listrequest_one_open"
            ),
        )

    def __str__(self) -> str:
        return f"{self.tier_id}/{self.unit_id}"
