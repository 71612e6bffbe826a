"""Ý kiến của ủy viên: what each member of a body says of a docket before it is concluded."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from cadres import clock
from cadres.models import Member
from pledges.models.approval import Docket, DocketLine


class Stance(models.TextChoices):
    """What a member of the body says of a line."""

    AGREE = "agree", pgettext_lazy("opinion", "agrees")
    CHANGE = "change", pgettext_lazy("opinion", "agrees with changes")
    OBJECT = "object", pgettext_lazy("opinion", "does not agree")
    ABSTAIN = "abstain", pgettext_lazy("opinion", "has no opinion")


class OpinionSource(models.TextChoices):
    """How an opinion reached the record."""

    BROWSER = "browser", pgettext_lazy("opinion", "given in the browser")
    PAPER = "paper", pgettext_lazy("opinion", "typed in from the signed sheet")


class OpinionSheet(models.Model):
    """Phiếu xin ý kiến of one member on one docket: a stance for every line, but those in `lines`.

    One a member; `revision` rises with every write and finds stale forms. Fixed once the docket is concluded.
    """

    docket = models.ForeignKey(Docket, models.PROTECT, related_name="sheets")
    member = models.ForeignKey(Member, models.PROTECT, related_name="opinion_sheets")
    stance = models.CharField(max_length=8, choices=Stance, default=Stance.AGREE)
    note = models.TextField(blank=True)
    source = models.CharField(max_length=8, choices=OpinionSource)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("docket_id", "member__sort_key")
        constraints = (
            models.UniqueConstraint(fields=("docket", "member"), name="opinionsheet_once"),
            models.CheckConstraint(condition=Q(stance__in=Stance.values), name="opinionsheet_stance_known"),
            models.CheckConstraint(
                condition=~Q(stance__in=[Stance.CHANGE, Stance.OBJECT]) | ~Q(note=""),
                name="opinionsheet_gives_reasons",
            ),
            models.CheckConstraint(
                condition=Q(source__in=OpinionSource.values), name="opinionsheet_source_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.docket_id}/{self.member_id}"


class LineOpinion(models.Model):
    """What a member says of one line where it differs from the rest of the sheet."""

    sheet = models.ForeignKey(OpinionSheet, models.CASCADE, related_name="lines")
    line = models.ForeignKey(DocketLine, models.PROTECT, related_name="opinions")
    stance = models.CharField(max_length=8, choices=Stance)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("sheet_id", "line_id")
        constraints = (
            models.UniqueConstraint(fields=("sheet", "line"), name="lineopinion_once"),
            models.CheckConstraint(condition=Q(stance__in=Stance.values), name="lineopinion_stance_known"),
            models.CheckConstraint(
                condition=~Q(stance__in=[Stance.CHANGE, Stance.OBJECT]) | ~Q(note=""),
                name="lineopinion_gives_reasons",
            ),
        )

    def __str__(self) -> str:
        return f"{self.sheet_id}/{self.line_id}"
