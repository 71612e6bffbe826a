"""Lists of any length as a worker writes them: what each is, where it is opened, how many rows, the rows."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from cadres import clock
from cadres.models import Standing
from cadres.streaming import in_chunks
from cadres.templatetags.display import moment, number
from reports.closing_reading import OpenedClosing, definitions_of, open_unit
from reports.closing_words import mark
from reports.figures import BY_CODE
from reports.models import ClosedPerson, Closing, Export, UnitCount
from reports.opened import Opened, Part, part_title
from reports.opened_lines import Listed, lines_of, with_names, write_list, write_plain_list
from reports.pledge_lists import PledgeList
from reports.writers.plain import write_plain
from reports.writers.sheet import Column, write_table

CHUNK = 500
# Hands the rows on and hears of each.
Through = Callable[[Iterable[Any]], Iterator[Any]]


class LongList(Protocol):
    """What a worker writes. `facts` stand in the export log."""

    action: str

    @property
    def facts(self) -> dict[str, Any]:
        """Codes and numbers of the list."""

    def count(self) -> int:
        """How many rows there are."""

    def write(self, file: BinaryIO, through: Through, *, count: int, plain: bool) -> int:
        """Write the rows as a workbook or, `plain`, as CSV; returns how many."""


@dataclass(frozen=True)
class FigureList:
    """The rows behind a number, as they are now."""

    opened: Opened
    action = "export_figure"

    @property
    def facts(self) -> dict[str, Any]:
        """The figure and its part."""
        return {"figure": self.opened.figure.code, "part": str(self.opened.part)}

    def count(self) -> int:
        """How many rows there are."""
        return self.opened.rows().order_by().count()

    def write(self, file: BinaryIO, through: Through, *, count: int, plain: bool) -> int:
        """Count, time and definition with the rows."""
        opened = self.opened
        row = UnitCount.objects.filter(tier=opened.tier, unit=opened.unit).first()
        rows = in_chunks(with_names(opened, opened.rows()), CHUNK)
        lines = through(line for chunk in rows for line in lines_of(opened, chunk))
        writes = write_plain_list if plain else write_list
        return writes(file, Listed(opened, row, lines, count, moment(clock.now())))


@dataclass(frozen=True)
class ClosedPeopleList:
    """One row a person of a closing, counted or not."""

    data: OpenedClosing
    action = "export_closing"

    @property
    def facts(self) -> dict[str, Any]:
        """The number of the closing."""
        return {"closing": self.data.closing.pk}

    def count(self) -> int:
        """How many people there are."""
        return self._people().count()

    def write(self, file: BinaryIO, through: Through, *, count: int, plain: bool) -> int:
        """The mark of the closing above, the definitions of then with the rows."""
        closing = self.data.closing
        titles, notes = [self.data.total.name, closing.campaign.title], self._notes()
        rows = through(cells for chunk in in_chunks(self._people(), CHUNK) for cells in self._cells(chunk))
        if plain:
            told = {"rows": number(count), "moment": moment(closing.taken_at)}
            titles += [mark(closing), _("%(rows)s rows at %(moment)s") % told]
            return write_plain(file, title_lines=titles, columns=_people_columns(), rows=rows, foot=notes)
        return write_table(
            file,
            title_lines=titles,
            columns=_people_columns(),
            rows=rows,
            notes=notes,
            sheet_name=_("Closing"),
            provisional=mark(closing),
        )

    def _people(self) -> QuerySet[ClosedPerson]:
        data = self.data
        rows = ClosedPerson.objects.filter(closing=data.closing, tier=data.tier)
        return rows.filter(path__startswith=data.total.row.path).order_by("path", "sort_key", "pk")

    def _notes(self) -> list[str]:
        told = definitions_of(self.data.closing, self.data.tier)
        return [f"{one['title']}: {one['definition']}" for one in told]

    def _cells(self, people: list[ClosedPerson]) -> Iterator[list[object]]:
        units = self.data.closing.units.filter(tier=self.data.tier, unit__in={row.unit_id for row in people})
        names = dict(units.values_list("unit_id", "name"))
        for row in people:
            yield [
                row.name,
                str(row.birth_year or ""),
                names.get(row.unit_id, ""),
                str(Standing(row.standing).label),
                _("yes") if row.counted else _("no"),
                row.registered,
                row.approved,
            ]


def _people_columns() -> list[Column]:
    return [
        Column(_("Member"), 30),
        Column(_("Birth year"), 11),
        Column(_("Cell"), 40),
        Column(_("Standing"), 34),
        Column(_("Counted"), 12),
        Column(_("Registered pledges"), 13, "int"),
        Column(_("Approved pledges"), 13, "int"),
    ]


def wanted_figure(opened: Opened) -> dict[str, Any]:
    """A list behind a number as its address names it; the search for a person goes with the file."""
    return {
        "figure": opened.figure.code,
        "part": str(opened.part),
        "own": opened.own,
        "place": opened.place,
        "term": opened.term,
    }


def wanted_people(closing: Closing) -> dict[str, Any]:
    """The people of a closing."""
    return {"closing": closing.pk}


def wanted_pledges(found: PledgeList) -> dict[str, Any]:
    """A list of pledges as its address names it."""
    return {"pledges": found.wanted}


def _pledges(export: Export) -> PledgeList:
    wanted = export.wanted["pledges"]
    return PledgeList(
        tier=export.tier,
        unit=export.unit,
        day=clock.today(),
        status=wanted["status"],
        theme=wanted["theme"],
        field=wanted["field"],
        place=wanted["unit"],
    )


def long_list(export: Export) -> LongList | None:
    """What an export is to write; None where its closing does not have the unit, or it is counted no more."""
    wanted = export.wanted
    if "closing" in wanted:
        closing = Closing.objects.select_related("campaign__host").get(pk=wanted["closing"])
        data = open_unit(closing, export.tier, export.unit)
        return ClosedPeopleList(data) if data else None
    if "pledges" in wanted:
        return _pledges(export)
    if wanted["figure"] not in BY_CODE:
        return None
    return FigureList(
        Opened(
            figure=BY_CODE[wanted["figure"]],
            part=Part(wanted["part"]),
            tier=export.tier,
            unit=export.unit,
            day=clock.today(),
            own=wanted["own"],
            place=wanted["place"],
            term=wanted["term"],
        )
    )


def title_of_list(export: Export) -> str:
    """What the list is, as its page is called; of a figure that is counted no more only that."""
    wanted = export.wanted
    if "closing" in wanted:
        return _("People of closing no. %(number)s") % {"number": wanted["closing"]}
    if "pledges" in wanted:
        return _pledges(export).title
    if wanted["figure"] not in BY_CODE:
        return _("List behind a figure that is no longer counted")
    return part_title(BY_CODE[wanted["figure"]], Part(wanted["part"]))


def name_of_list(export: Export) -> str:
    """What the list is, for the name of its file."""
    if "closing" in export.wanted:
        return "people"
    return "pledges" if "pledges" in export.wanted else str(export.wanted["figure"])


def address_of_list(export: Export) -> str:
    """Where the list is opened; of a figure that is counted no more the page of the organisation."""
    wanted, tier, code = export.wanted, export.tier, export.unit.code
    if "closing" in wanted:
        page = reverse("reports:closing_people", args=[wanted["closing"], code])
        return f"{page}?{urlencode({'tier': tier.kind, 'show': 'counted'})}"
    query = {"campaign": tier.campaign.code, "tier": tier.kind}
    if "pledges" in wanted:
        asked = {name: value for name, value in wanted["pledges"].items() if value}
        return f"{reverse('reports:pledges', args=[code])}?{urlencode(query | asked)}"
    if wanted["figure"] not in BY_CODE:
        return reverse("reports:unit", args=[code])
    query |= {"part": wanted["part"]} | ({"own": "1"} if wanted["own"] else {})
    return f"{reverse('reports:figure', args=[code, wanted['figure']])}?{urlencode(query)}"
