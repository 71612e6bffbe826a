"""Campaigns (đợt đăng ký), tiers (đối tượng) and the route a pledge takes."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cadres import clock
from cadres.models import BodyKind, CadreList, Standing, Unit
from pledges.states import CampaignState


class ListKind(models.TextChoices):
    """Lists that the guidance puts in force."""

    CLARITY = "clarity", _("clarity list")
    DARE = "dare", _("seven dares")
    FOUR_GOOD = "four_good", _("four goods")


class GuidanceList(models.Model):
    """One version of 5 rõ / 6 rõ, 7 dám or 4 tốt: the lists differ by year, so they are data."""

    kind = models.CharField(max_length=10, choices=ListKind)
    name = models.CharField(max_length=60)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("kind", "name"), name="guidancelist_name_unique"),)

    def __str__(self) -> str:
        return self.name


class GuidanceItem(models.Model):
    """One entry; `fields` names the columns of a pledge it demands (clarity lists only)."""

    guidance_list = models.ForeignKey(GuidanceList, models.CASCADE, related_name="items")
    order = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=100)
    fields = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ("guidance_list", "order")
        constraints = (models.UniqueConstraint(fields=("guidance_list", "order"), name="guidanceitem_order"),)

    def __str__(self) -> str:
        return self.label


class CampaignQuerySet(models.QuerySet["Campaign"]):
    """Words for sets of campaigns."""

    def live(self) -> "CampaignQuerySet":
        """Campaigns whose figures still move."""
        return self.exclude(state=CampaignState.CLOSED)


class Campaign(models.Model):
    """Đợt đăng ký of a host unit in a year; the window is `[opens_on, closes_on]`, both days included."""

    code = models.CharField(max_length=20, unique=True)
    host = models.ForeignKey(Unit, models.PROTECT, related_name="campaigns")
    year = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    guidance = models.TextField(blank=True)
    opens_on = models.DateField(null=True, blank=True)
    closes_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=CampaignState, default=CampaignState.DRAFT)
    lists = models.ManyToManyField(GuidanceList, blank=True, related_name="campaigns")
    copied_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="copies")

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ("-year", "code")
        constraints = (
            models.CheckConstraint(
                condition=Q(closes_on=None) | Q(opens_on=None) | Q(closes_on__gte=F("opens_on")),
                name="campaign_window_in_order",
            ),
            models.CheckConstraint(condition=Q(state__in=CampaignState.values), name="campaign_state_known"),
        )

    def __str__(self) -> str:
        return self.title

    def window_is_open(self, day: date) -> bool:
        """Whether `day` lies in the window of an open campaign."""
        return (
            self.state == CampaignState.OPEN
            and (self.opens_on is None or self.opens_on <= day)
            and (self.closes_on is None or day <= self.closes_on)
        )

    def takes_late_entries(self, day: date) -> bool:
        """Whether the supplementary lane is open: the window is over, the year is not (làn bổ sung)."""
        if self.state in (CampaignState.VETTING, CampaignState.RUNNING):
            return True
        over = self.closes_on is not None and self.closes_on < day
        return self.state == CampaignState.OPEN and over

    def days_left(self, day: date) -> int | None:
        """Days of the window after `day`; None without a window, when it is over or the campaign went on."""
        is_ahead = self.state in (CampaignState.DRAFT, CampaignState.OPEN)
        if self.closes_on is None or day > self.closes_on or not is_ahead:
            return None
        return (self.closes_on - day).days


class CampaignEvent(models.Model):
    """Who moved a campaign from one stage to the next, when, and why. Append-only."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="events")
    at = models.DateTimeField(default=clock.now)
    on = models.DateField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    from_state = models.CharField(max_length=10, choices=CampaignState, blank=True)
    to_state = models.CharField(max_length=10, choices=CampaignState)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("campaign", "pk")

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.from_state} {self.to_state}"


class QuarterDate(models.Model):
    """The day by which progress of a quarter is reported."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="quarters")
    quarter = models.PositiveSmallIntegerField()
    report_by = models.DateField()

    class Meta:
        ordering = ("campaign", "quarter")
        constraints = (
            models.UniqueConstraint(fields=("campaign", "quarter"), name="quarterdate_once"),
            models.CheckConstraint(condition=Q(quarter__range=(1, 4)), name="quarterdate_quarter"),
        )

    def __str__(self) -> str:
        return f"{self.campaign_id} Q{self.quarter}"


class Theme(models.Model):
    """Chủ đề of the standing committee's guidance (định hướng nội dung)."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="themes")
    order = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=300)

    class Meta:
        ordering = ("campaign", "order")
        constraints = (models.UniqueConstraint(fields=("campaign", "order"), name="theme_order"),)

    def __str__(self) -> str:
        return self.title


class TierKind(models.TextChoices):
    """Đối tượng đăng ký."""

    KEY_CADRES = "key_cadres", _("Key cadres")
    GRASSROOTS_CADRES = "grassroots_cadres", _("Grassroots cadres")
    MEMBERS = "members", _("Party members")
    ORGANISATIONS = "organisations", _("Party organisations")


# Tiers in which only those on a frozen list register.
LISTED = (TierKind.KEY_CADRES, TierKind.GRASSROOTS_CADRES)


class Counted(models.TextChoices):
    """Whose share a rate of the tier is: members by standing, a frozen list, or nobody (no rate)."""

    STANDINGS = "standings", _("members by standing")
    CADRE_LIST = "cadre_list", _("a frozen list of cadres")
    NOBODY = "nobody", _("nobody: people are a count, there is no rate")


def default_standings() -> list[str]:
    """Active members and those in transfer count; exempt and away do not."""
    return [Standing.ACTIVE, Standing.IN_TRANSFER]


class Tier(models.Model):
    """One kind of people in a campaign: quota, who is counted, and the route of its pledges."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="tiers")
    order = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=TierKind)
    quota_min = models.PositiveSmallIntegerField(default=1)
    quota_max = models.PositiveSmallIntegerField(null=True, blank=True)
    counted = models.CharField(max_length=12, choices=Counted, default=Counted.STANDINGS)
    counted_standings = models.JSONField(default=default_standings)
    cadre_list = models.ForeignKey(CadreList, models.PROTECT, null=True, blank=True, related_name="tiers")
    cutoff_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("campaign", "order")
        constraints = (
            models.UniqueConstraint(fields=("campaign", "kind"), name="tier_kind_once_per_campaign"),
            models.UniqueConstraint(fields=("campaign", "order"), name="tier_order"),
            models.CheckConstraint(
                condition=Q(quota_max=None) | Q(quota_max__gte=F("quota_min")), name="tier_quota_in_order"
            ),
            models.CheckConstraint(
                condition=~Q(counted=Counted.CADRE_LIST) | Q(cadre_list__isnull=False),
                name="tier_counted_list_is_named",
            ),
            models.CheckConstraint(condition=Q(kind__in=TierKind.values), name="tier_kind_known"),
            models.CheckConstraint(condition=Q(counted__in=Counted.values), name="tier_counted_known"),
        )

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.get_kind_display()}"

    @property
    def for_key_cadres(self) -> bool:
        """Whether it is the key cadres' own tier, not one of cadres below them."""
        return self.kind == TierKind.KEY_CADRES

    @property
    def is_listed(self) -> bool:
        """Whether only those on the tier's frozen list register in it."""
        return self.kind in LISTED

    @property
    def has_rate(self) -> bool:
        """Whether there is a denominator of people."""
        return self.counted != Counted.NOBODY

    def counting_day(self, day: date) -> date:
        """The day on which people are counted: today, but never after the tier's cut-off."""
        return day if self.cutoff_on is None else min(day, self.cutoff_on)


class StepMode(models.TextChoices):
    """What a body does with the pledges of a tier."""

    DECIDES = "decides", _("decides")
    DECIDES_JOINTLY = "decides_jointly", _("decides jointly")
    GIVES_OPINION = "gives_opinion", _("gives an opinion")
    ENDORSES = "endorses", _("endorses the list")


class StepLevel(models.TextChoices):
    """Whose body a step means: the lead's cell, the grassroots committee above it, or the host."""

    CELL = "cell", _("the cell")
    GRASSROOTS = "grassroots", _("the grassroots committee")
    HOST = "host", _("the host of the campaign")


class Authority(models.TextChoices):
    """Thẩm quyền: to whom the matter of a pledge belongs."""

    PARTY = "party", pgettext_lazy("authority", "Party")
    STATE = "state", pgettext_lazy("authority", "State")


class RouteStep(models.Model):
    """One step of a tier's route, in order; it applies by authority when one is named."""

    tier = models.ForeignKey(Tier, models.CASCADE, related_name="steps")
    order = models.PositiveSmallIntegerField()
    level = models.CharField(max_length=12, choices=StepLevel)
    body_kind = models.CharField(max_length=20, choices=BodyKind)
    mode = models.CharField(max_length=16, choices=StepMode)
    authority = models.CharField(max_length=6, choices=Authority, blank=True)

    class Meta:
        ordering = ("tier", "order")
        constraints = (models.UniqueConstraint(fields=("tier", "order"), name="routestep_order"),)

    def __str__(self) -> str:
        return f"{self.order}. {self.get_body_kind_display()}"


class Suggestion(models.Model):
    """Việc gợi ý: a task that a committee suggests to the people of its sub-tree for a tier."""

    tier = models.ForeignKey(Tier, models.CASCADE, related_name="suggestions")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="suggestions")
    theme = models.ForeignKey(Theme, models.SET_NULL, null=True, blank=True, related_name="suggestions")
    order = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=500)
    product = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("tier", "unit__path", "order")
        constraints = (models.UniqueConstraint(fields=("tier", "unit", "order"), name="suggestion_order"),)

    def __str__(self) -> str:
        return self.title
