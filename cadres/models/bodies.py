"""Bodies that decide (tập thể có thẩm quyền), posts (chức vụ) and lists of key cadres."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cadres.models.members import Member
from cadres.models.units import Unit


class BodyKind(models.TextChoices):
    """What a body is; a route names kinds, so it holds for every unit."""

    CELL_MEETING = "cell_meeting", _("cell meeting")
    STANDING_COMMITTEE = "standing_committee", _("standing committee")
    COMMITTEE = "committee", _("committee")
    PEOPLES_COMMITTEE = "peoples_committee", _("People's Committee")
    ORGANISATION_BOARD = "organisation_board", _("organisation board")
    INSPECTION = "inspection", _("inspection committee")
    OFFICE = "office", _("office")


class Body(models.Model):
    """A body of a unit, with its official name as printed and its number of seats."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="bodies")
    kind = models.CharField(max_length=20, choices=BodyKind)
    name = models.CharField(max_length=200)
    symbol = models.CharField(max_length=20, blank=True)
    seats = models.PositiveSmallIntegerField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("unit__path", "kind")
        verbose_name_plural = "bodies"
        constraints = (
            models.UniqueConstraint(
                fields=("unit", "kind"), condition=Q(ended_on=None), name="body_one_of_a_kind_per_unit"
            ),
            models.CheckConstraint(condition=Q(kind__in=BodyKind.values), name="body_kind_known"),
        )

    def __str__(self) -> str:
        return self.name


class BodyMember(models.Model):
    """A seat held by a member on `[start, end)`."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="seats_held")
    member = models.ForeignKey(Member, models.PROTECT, related_name="seats_held")
    start = models.DateField()
    end = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("body", "member"), condition=Q(end=None), name="bodymember_one_open_seat"
            ),
            models.CheckConstraint(
                condition=Q(end=None) | Q(end__gt=F("start")), name="bodymember_end_after_start"
            ),
        )

    def __str__(self) -> str:
        return f"{self.body_id}/{self.member_id}"


class OfficeKind(models.TextChoices):
    """Posts in a unit; a post gives no right by itself."""

    SECRETARY = "secretary", _("secretary")
    DEPUTY_SECRETARY = "deputy_secretary", _("deputy secretary")
    COMMITTEE_MEMBER = "committee_member", _("committee member")


class Office(models.Model):
    """Chức vụ trong Đảng: who holds which post in which unit on `[start, end)`."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="offices")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="offices")
    kind = models.CharField(max_length=20, choices=OfficeKind)
    start = models.DateField()
    end = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("unit__path", "kind")
        constraints = (
            models.UniqueConstraint(
                fields=("member", "unit", "kind"), condition=Q(end=None), name="office_one_open"
            ),
            models.CheckConstraint(
                condition=Q(end=None) | Q(end__gte=F("start")), name="office_end_not_before_start"
            ),
            models.CheckConstraint(condition=Q(kind__in=OfficeKind.values), name="office_kind_known"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.unit_id}"


class CadreListKind(models.TextChoices):
    """Whose list it is: the key cadres of the host, or cadres of its grassroots organisations."""

    KEY = "key", _("key cadres")
    GRASSROOTS = "grassroots", _("grassroots cadres")


class CadreList(models.Model):
    """Danh sách cán bộ of a year: frozen, never derived from today's posts."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="cadre_lists")
    year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=CadreListKind, default=CadreListKind.KEY)
    title = models.CharField(max_length=200)
    decision_number = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ("unit", "-year", "kind")
        constraints = (
            models.UniqueConstraint(fields=("unit", "year", "kind"), name="cadrelist_one_of_a_kind_per_year"),
            models.CheckConstraint(condition=Q(kind__in=CadreListKind.values), name="cadrelist_kind_known"),
        )

    def __str__(self) -> str:
        return self.title


class CadreEntry(models.Model):
    """One key cadre of a list, with post and unit as printed; counts at `unit`."""

    cadre_list = models.ForeignKey(CadreList, models.PROTECT, related_name="entries")
    member = models.ForeignKey(Member, models.PROTECT, related_name="cadre_entries")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    post_printed = models.CharField(max_length=200)
    unit_printed = models.CharField(max_length=200)
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("cadre_list", "order")
        verbose_name_plural = "cadre entries"
        constraints = (
            models.UniqueConstraint(fields=("cadre_list", "member"), name="cadreentry_once_per_list"),
        )

    def __str__(self) -> str:
        return self.post_printed
