"""Party members (đảng viên) and where they stood from day to day."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cadres.codes import new_code
from cadres.models.units import Unit
from cadres.text import fold, name_sort_key


class Rank(models.TextChoices):
    """Official members vote; probationary members (dự bị) do not yet."""

    OFFICIAL = "official", _("official")
    PROBATIONARY = "probationary", _("probationary")


class Standing(models.TextChoices):
    """Whether a member is counted; which standings count is the tier's decision."""

    ACTIVE = "active", _("active")
    EXEMPT = "exempt", _("exempt from work and activities")
    AWAY = "away", _("temporarily active elsewhere")
    IN_TRANSFER = "in_transfer", _("transferring")


class MemberQuerySet(models.QuerySet["Member"]):
    """Words for sets of members."""

    def search(self, text: str) -> "MemberQuerySet":
        """Members whose name holds all words of `text`, marks and case ignored."""
        found = self
        for word in fold(text).split():
            found = found.filter(search_key__contains=word)
        return found


class Member(models.Model):
    """Đảng viên. Not kept, by decision: citizen number, address, religion, ethnicity, health.

    `unit`, `rank` and `standing` repeat the open membership so that lists are one index away;
    only the actions of `cadres.actions.members` write them, together with the membership.
    """

    code = models.CharField(max_length=12, unique=True, default=new_code)
    family_names = models.CharField(max_length=80)
    given_name = models.CharField(max_length=40)
    birth_year = models.PositiveSmallIntegerField(null=True, blank=True)
    card_number = models.CharField(max_length=20, null=True, blank=True)  # noqa: DJ001  (unique where set)
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    sort_key = models.CharField(max_length=300)
    search_key = models.CharField(max_length=130)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="members")
    rank = models.CharField(max_length=12, choices=Rank, default=Rank.OFFICIAL)
    standing = models.CharField(max_length=12, choices=Standing, default=Standing.ACTIVE)
    position = models.PositiveIntegerField(default=0)

    objects = MemberQuerySet.as_manager()

    class Meta:
        ordering = ("unit__path", "position", "sort_key")
        constraints = (
            models.UniqueConstraint(
                fields=("card_number",), condition=Q(card_number__isnull=False), name="member_card_unique"
            ),
            models.CheckConstraint(condition=~Q(card_number=""), name="member_card_not_empty"),
            models.CheckConstraint(condition=~Q(given_name=""), name="member_has_a_name"),
            models.CheckConstraint(
                condition=Q(birth_year=None) | Q(birth_year__range=(1900, 2100)),
                name="member_birth_year_plausible",
            ),
            models.CheckConstraint(condition=Q(rank__in=Rank.values), name="member_rank_known"),
            models.CheckConstraint(condition=Q(standing__in=Standing.values), name="member_standing_known"),
        )
        indexes = (
            models.Index(fields=("unit", "position"), name="member_cell_order"),
            models.Index(fields=("sort_key",), name="member_sort_key"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Họ, đệm và tên."""
        return f"{self.family_names} {self.given_name}".strip()

    @property
    def masked_card(self) -> str:
        """The card number as shown outside rosters: only the last three figures."""
        return f"•••{self.card_number[-3:]}" if self.card_number else ""

    def set_keys(self) -> "Member":
        """Derive the order and search columns from the name; returns the member for chaining."""
        self.sort_key = name_sort_key(self.family_names, self.given_name)[:300]
        self.search_key = fold(self.name)[:130]
        return self


def in_force(day: date) -> Q:
    """The condition "the membership is in force on `day`"."""
    return (Q(end=None) | Q(end__gt=day)) & Q(start__lte=day)


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Words for sets of memberships."""

    def on(self, day: date) -> "MembershipQuerySet":
        """Memberships in force on `day`."""
        return self.filter(in_force(day))


class Membership(models.Model):
    """Sinh hoạt đảng: one member in one unit with one rank and standing on `[start, end)`."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="memberships")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="memberships")
    rank = models.CharField(max_length=12, choices=Rank)
    standing = models.CharField(max_length=12, choices=Standing)
    start = models.DateField()
    end = models.DateField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ("member", "start")
        constraints = (
            models.UniqueConstraint(
                fields=("member",), condition=Q(end=None), name="membership_one_open_per_member"
            ),
            models.UniqueConstraint(fields=("member", "start"), name="membership_one_per_start"),
            models.CheckConstraint(
                condition=Q(end=None) | Q(end__gt=F("start")), name="membership_end_after_start"
            ),
            models.CheckConstraint(condition=Q(rank__in=Rank.values), name="membership_rank_known"),
            models.CheckConstraint(
                condition=Q(standing__in=Standing.values), name="membership_standing_known"
            ),
        )
        indexes = (models.Index(fields=("unit", "standing", "start"), name="membership_counted"),)

    def __str__(self) -> str:
        return f"{self.member_id} {self.start:%d/%m/%Y}"
