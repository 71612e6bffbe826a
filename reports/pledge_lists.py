"""The registered pledges of a unit in a tier, by status: which rows, and as a workbook."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, BinaryIO

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cadres import clock
from cadres.models import Unit
from cadres.streaming import in_chunks
from cadres.templatetags.display import moment, number
from cadres.text import fold
from pledges import queries
from pledges.models import Pledge, Tier
from pledges.sent import as_sent
from pledges.states import REGISTERED, PledgeStatus
from reports.models import UnitCount
from reports.opened_lines import Line, lead_cells, lead_columns, task_cells, task_columns
from reports.writers.plain import write_plain
from reports.writers.sheet import Column, write_table

CHUNK = 500
LATE, STUCK = "late", "stuck"
# The counts keep the number of these, with the sub-tree.
KEPT_STATUSES = {
    "": "pledges",
    PledgeStatus.DONE: "done",
    PledgeStatus.CARRIED_OVER: "carried_over",
    LATE: "late",
    STUCK: "stuck",
}


@dataclass(frozen=True, kw_only=True)
class PledgeList:
    """Pledges of a unit with its sub-tree; `place` looks for an organisation by its name."""

    tier: Tier
    unit: Unit
    day: date
    status: str = ""
    theme: str = ""
    field: str = ""
    place: str = ""

    action = "export_pledges"

    @property
    def wanted(self) -> dict[str, str]:
        """The list as its address names it."""
        return {"status": self.status, "theme": self.theme, "field": self.field, "unit": self.place}

    @property
    def facts(self) -> dict[str, Any]:
        """The status asked for; what was looked for besides stays out of the journal."""
        return {"filter": self.status} if self.status else {}

    def rows(self) -> QuerySet[Pledge]:
        """The rows asked for, in the order of the tree."""
        rows = queries.tier_pledges(self.tier).filter(
            unit__path__startswith=self.unit.path, status__in=REGISTERED
        )
        if self.status in PledgeStatus.values:
            rows = rows.filter(status=self.status)
        elif self.status == LATE:
            rows = queries.late(rows, self.day)
        elif self.status == STUCK:
            rows = queries.stuck(rows)
        if self.theme:
            rows = rows.filter(queries.of_theme(self.theme))
        if self.field:
            rows = rows.filter(queries.of_field(self.field))
        if self.place:
            rows = rows.filter(unit__name_key__contains=fold(self.place))
        rows = rows.select_related("lead_member", "unit__parent").prefetch_related("progress")
        return rows.order_by("unit__path", "pk")

    @cached_property
    def kept(self) -> Callable[[], int] | None:
        """Asks the counts for the number of rows; None where they do not keep it."""
        looked_for = self.theme or self.field or self.place
        return self._number if self.status in KEPT_STATUSES and not looked_for else None

    def _number(self) -> int:
        column = KEPT_STATUSES[self.status]
        numbers = UnitCount.objects.filter(tier=self.tier, unit=self.unit).values_list(column, flat=True)
        return numbers.first() or 0

    @property
    def title(self) -> str:
        """What the list is; with the status where one is asked for."""
        what = _("Registered undertakings") if self.tier.is_listed else _("Registered tasks")
        return f"{what}: {self.status_label.lower()}" if self.status_label else what

    @property
    def status_label(self) -> str:
        """The status in words; empty where all are asked for."""
        if self.status in (LATE, STUCK):
            return _("Late") if self.status == LATE else _("Stuck")
        return str(PledgeStatus(self.status).label) if self.status in PledgeStatus.values else ""

    def count(self) -> int:
        """How many rows there are."""
        return self.rows().order_by().count()

    def write(self, file: BinaryIO, through: Callable[..., Any], *, count: int, plain: bool) -> int:
        """The number of rows and the time above them; a workbook or, `plain`, CSV."""
        rows = through(pledge for chunk in in_chunks(self.rows(), CHUNK) for pledge in _sent(chunk))
        cells = (self._cells(no, pledge) for no, pledge in enumerate(rows, start=1))
        told = _("%(rows)s rows at %(moment)s") % {"rows": number(count), "moment": moment(clock.now())}
        titles = [self.title, f"{self.unit.name} · {self.tier.campaign.title}", told]
        if plain:
            return write_plain(file, title_lines=titles, columns=self._columns(), rows=cells)
        return write_table(
            file, title_lines=titles, columns=self._columns(), rows=cells, sheet_name=_("List")
        )

    def _columns(self) -> list[Column]:
        return [*lead_columns(), *task_columns(self.tier)]

    def _cells(self, no: int, pledge: Pledge) -> list[object]:
        line = Line(pledge.unit, person=pledge.lead_member, pledges=(pledge,))
        return [*lead_cells(no, line), *task_cells(line, self.tier)]


def _sent(pledges: list[Pledge]) -> list[Pledge]:
    as_sent(pledges)
    return pledges
