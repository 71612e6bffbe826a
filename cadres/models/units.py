"""Organisations of the Party (tổ chức đảng) and how they stood from day to day."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cadres.codes import base36

PATH_STEP = 4


class UnitKind(models.TextChoices):
    """What an organisation is; nothing else in the code knows a level or the name of a place."""

    CITY_COMMITTEE = "city_committee", _("City Party organisation")
    SUPERIOR_COMMITTEE = "superior_committee", _("Superior Party organisation")
    GRASSROOTS_COMMITTEE = "grassroots_committee", _("Grassroots Party organisation")
    GRASSROOTS_CELL = "grassroots_cell", _("Grassroots cell")
    DIVISION_COMMITTEE = "division_committee", _("Division Party organisation")
    CELL = "cell", _("Cell")


CELL_KINDS = (UnitKind.CELL, UnitKind.GRASSROOTS_CELL)


class UnitQuerySet(models.QuerySet["Unit"]):
    """Words for sets of units."""

    def in_force(self) -> "UnitQuerySet":
        """Units not dissolved."""
        return self.filter(ended_on=None)

    def under(self, path: str) -> "UnitQuerySet":
        """The unit at `path` with its whole sub-tree: one indexed predicate."""
        return self.filter(path__startswith=path)

    def cells(self) -> "UnitQuerySet":
        """Units whose members meet and adopt (chi bộ)."""
        return self.filter(kind__in=CELL_KINDS)


class Unit(models.Model):
    """Tổ chức đảng: đảng bộ, đảng bộ bộ phận, chi bộ.

    `parent` is the truth; `path` is derived (own pk in four base-36 characters a level) and
    rebuilt by `manage.py check_units --fix`. A unit is never deleted, it ends.
    """

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=200, db_index=True)
    kind = models.CharField(max_length=24, choices=UnitKind)
    symbol = models.CharField(max_length=20, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", db_index=False
    )
    path = models.CharField(max_length=64, db_index=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    # Địa danh of the documents it issues ("Tây Hồ"); empty where it issues none of its own.
    place = models.CharField(max_length=60, blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ("path",)
        # Units below one another lie far apart; what a list of them shows is read from here (PostgreSQL).
        indexes = (
            models.Index(fields=("parent",), include=("id", "code", "name", "path"), name="unit_siblings"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("parent", "name_key"),
                condition=Q(ended_on=None),
                name="unit_name_unique_under_parent",
            ),
            models.UniqueConstraint(
                fields=("name_key",),
                condition=Q(ended_on=None, parent=None),
                name="unit_name_unique_at_the_top",
            ),
            models.UniqueConstraint(fields=("path",), condition=~Q(path=""), name="unit_path_unique"),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("pk")), name="unit_is_not_its_own_parent"
            ),
            models.CheckConstraint(condition=Q(kind__in=UnitKind.values), name="unit_kind_known"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_cell(self) -> bool:
        """Whether its members meet and adopt (chi bộ)."""
        return self.kind in CELL_KINDS

    @property
    def depth(self) -> int:
        """Levels from the top, the top being 1."""
        return len(self.path) // PATH_STEP

    def path_below(self, parent_path: str) -> str:
        """The path this unit has under a parent at `parent_path`; needs the primary key."""
        return parent_path + base36(self.pk)

    def ancestor_paths(self) -> list[str]:
        """Paths from the top down to this unit."""
        return [self.path[:end] for end in range(PATH_STEP, len(self.path) + 1, PATH_STEP)]

    def is_under(self, other: "Unit") -> bool:
        """Whether this unit is `other` or lies in its sub-tree."""
        return self.path.startswith(other.path)


class UnitChangeKind(models.TextChoices):
    """Why a period of a unit began."""

    FOUNDED = "founded", _("Founded")
    RENAMED = "renamed", _("Renamed")
    MOVED = "moved", _("Moved")
    IMPORTED = "imported", _("Taken over from a roster")


class UnitPeriod(models.Model):
    """How a unit stood on the days `[start, end)`: name, kind, parent, and the decision for it."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="periods")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=24, choices=UnitKind)
    parent = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    start = models.DateField()
    end = models.DateField(null=True, blank=True)
    change = models.CharField(max_length=10, choices=UnitChangeKind)
    decision_number = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ("unit", "start")
        constraints = (
            models.UniqueConstraint(
                fields=("unit",), condition=Q(end=None), name="unitperiod_one_open_per_unit"
            ),
            models.UniqueConstraint(fields=("unit", "start"), name="unitperiod_one_per_start"),
            models.CheckConstraint(
                condition=Q(end=None) | Q(end__gt=F("start")), name="unitperiod_end_after_start"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.start:%d/%m/%Y}"


class UnitSuccession(models.Model):
    """Kế thừa: an organisation follows another from a day on, by a decision (hợp nhất, chia tách, sáp nhập).

    Many to many: a ward that splits has two successors, a merged one two predecessors. Append-only.
    """

    predecessor = models.ForeignKey(Unit, models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Unit, models.PROTECT, related_name="precedents")
    on = models.DateField()
    decision_number = models.CharField(max_length=60)

    class Meta:
        ordering = ("on", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("predecessor", "successor", "on"), name="unitsuccession_once_a_day"
            ),
            models.CheckConstraint(
                condition=~Q(predecessor=F("successor")), name="unitsuccession_of_two_units"
            ),
            models.CheckConstraint(
                condition=~Q(decision_number=""), name="unitsuccession_names_its_decision"
            ),
        )

    def __str__(self) -> str:
        return f"{self.predecessor_id} → {self.successor_id} {self.on:%d/%m/%Y}"
