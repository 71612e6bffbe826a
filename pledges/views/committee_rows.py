"""The lists a committee awaits, as its page shows them: which level, state, name and order."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, QueryDict
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from cadres.models import Office, OfficeKind, Unit
from cadres.rates import Rate
from cadres.text import fold
from cadres.views.paging import page_of
from pledges import amendments, kept, many_lists, queries
from pledges import committee_figures as figures
from pledges.amendments import Amendment
from pledges.committee_figures import Below
from pledges.kept import Kept
from pledges.models import Docket, SentList, Tier, TierKind
from pledges.views.committee_row import ListRow

PAGE = 50
CELLS, UNITS = "cells", "units"
STATES: dict[str, Promise] = {
    "not_sent": pgettext_lazy("lists", "Not sent yet"),
    "asked": pgettext_lazy("lists", "Amendment asked for"),
    "sent": pgettext_lazy("lists", "Sent, awaiting endorsement"),
    "endorsed": pgettext_lazy("lists", "Endorsed"),
    "all": pgettext_lazy("lists", "All"),
}
# The rows of each state; a list to amend is among those not sent.
ROWS: dict[str, dict[str, bool]] = {
    "not_sent": {"list_sent": False},
    "asked": {"list_asked": True},
    "sent": {"list_sent": True, "list_endorsed": False},
    "endorsed": {"list_endorsed": True},
    "all": {},
}


def _is(unit: Any, state: str) -> bool:
    return all(getattr(unit, name) == value for name, value in ROWS[state].items())


def _worst(rate: Rate) -> tuple[bool, float]:
    """The lowest share first; where there is nothing to divide by, last."""
    return not rate.denominator, rate.numerator / max(rate.denominator, 1)


SORTS: dict[str, Callable[[Unit, Below, Rate], Any]] = {
    "name": lambda unit, _below, _people: unit.path,
    "registered": lambda _unit, _below, people: _worst(people),
    "sent": lambda _unit, below, _people: _worst(below.cells_sent),
    "endorsed": lambda _unit, below, _people: _worst(below.cells_endorsed),
    "cadres": lambda _unit, below, _people: _worst(below.cadres),
}
# The cells of the host are too many to be put in order one by one; those of a committee are not.
COLUMNS = {CELLS: ("name", "registered"), UNITS: ("name", "sent", "endorsed", "cadres")}


class ListFilter:
    """The page by its address: of the host its cells, or with ?of=units the units directly below it."""

    def __init__(self, tier: Tier, place: Unit, params: QueryDict, day: date) -> None:
        self.tier, self.place, self.params, self.day = tier, place, params, day
        self.is_host = place.pk == tier.campaign.host_id
        self.of = UNITS if self.is_host and params.get("of") == UNITS else CELLS
        self.name = params.get("name", "")
        self.wanted = params.get("show", "")
        if self.wanted not in ("", *STATES):
            raise Http404

    @cached_property
    def kept(self) -> dict[int, Kept]:
        """By unit, the numbers kept: of the committee; of those directly below where they are shown."""
        if self.of == UNITS:
            return kept.of_those_below(self.tier, self.place)
        known = kept.of(self.tier, self.place)
        return {self.place.pk: known} if known else {}

    @property
    def many(self) -> Kept | None:
        """The numbers of a committee with more cells than are looked at one by one."""
        known = self.kept.get(self.place.pk)
        return known if known and known.cells > many_lists.SHORT else None

    @cached_property
    def sorts(self) -> bool:
        """Whether the rows may be put in another order than that of the tree."""
        return self.of == UNITS or not (self.is_host or self.many)

    @cached_property
    def sort(self) -> str:
        """The order asked for."""
        sort = self.params.get("sort", "")
        return sort if self.sorts and sort.removeprefix("-") in COLUMNS[self.of] else ""

    @cached_property
    def grassroots(self) -> Tier | None:
        """The tier of grassroots cadres beside the members'."""
        return figures.beside(self.tier, TierKind.GRASSROOTS_CADRES)

    @cached_property
    def units(self) -> list[Any]:
        """The units directly below the host, with the state of their lists (`list_sent`, `list_endorsed`)."""
        units = queries.awaited_lists(self.tier, self.place)
        return list(units.select_related("parent").order_by("path"))

    @property
    def cells(self) -> QuerySet[Any]:
        """Every cell below a committee that has few of them, with the state of its list."""
        return queries.with_list_state(queries.cells_below(self.place), self.tier)

    def in_state(self, state: str) -> Iterable[Any]:
        """The units of the level shown whose lists stand in the state, in the order of the tree."""
        if self.of == UNITS:
            return [unit for unit in self.units if _is(unit, state)]
        if self.many:
            found = many_lists.in_state(self.tier, self.place, state, self.totals[state])
        else:
            found = self.cells.filter(**ROWS[state])
        return found.select_related("parent").order_by("path")

    @cached_property
    def totals(self) -> dict[str, int]:
        """How many lists stand in each state of the level shown."""
        if self.of == UNITS:
            return {state: sum(_is(unit, state) for unit in self.units) for state in STATES}
        if self.many:
            found = many_lists.totals(self.tier, self.place, self.many)
        else:
            found = queries.list_totals(self.cells)
        return {
            "not_sent": found["all"] - found["sent"],
            "asked": found["asked"],
            "sent": found["sent"] - found["endorsed"],
            "endorsed": found["endorsed"],
            "all": found["all"],
        }

    @property
    def sent_rate(self) -> Rate:
        """Lists sent, of all lists awaited."""
        return Rate(self.totals["all"] - self.totals["not_sent"], self.totals["all"])

    @property
    def endorsed_rate(self) -> Rate:
        """Lists endorsed, of all lists awaited."""
        return Rate(self.totals["endorsed"], self.totals["all"])

    @cached_property
    def show(self) -> str:
        """The state asked for, or the first that is not empty: what is missing comes before what is done."""
        return self.wanted or next((state for state in STATES if self.totals[state]), "all")

    @cached_property
    def found(self) -> Any:
        """The units of the state and name asked for, in the order of the tree."""
        units: Any = self.in_state(self.show)
        for word in fold(self.name).split():
            if self.of == UNITS:
                units = [unit for unit in units if word in unit.name_key]
            else:
                units = units.filter(name_key__contains=word)
        return units

    @cached_property
    def page(self) -> Page[Unit]:
        """One page of them, in the order asked for."""
        number = self.params.get("page")
        if self.of == UNITS or self.sort:
            return Paginator(self._sorted(), PAGE).get_page(number)
        known = None if self.name else self.totals[self.show]
        return page_of(self.found, size=PAGE, number=number, known=known)

    def _sorted(self) -> list[Unit]:
        key, below, people = SORTS[self.sort.removeprefix("-") or "name"], self.below, self.people
        return sorted(
            self.found,
            key=lambda unit: key(unit, below.get(unit.path, Below()), people.get(unit.pk, Rate(0, 0))),
            reverse=self.sort.startswith("-"),
        )

    @cached_property
    def people(self) -> dict[int, Rate]:
        """By cell, its people who have registered: of the page, or of every cell where they may order it."""
        if self.of != CELLS:
            return {}
        units = list(self.found) if self.sort else list(self.page)
        return kept.people(self.tier, units)

    @cached_property
    def below(self) -> dict[str, Below]:
        """By path of each unit directly below the host, its figures."""
        if self.of != UNITS:
            return {}
        if self.many:
            return figures.below_as_kept(self.tier, self.grassroots, self.place, self.units, self.kept)
        return figures.below_by_path(self.tier, self.grassroots, self.place)

    def sum(self) -> Below | None:
        """The last line: of every unit found, whichever page shows it."""
        if self.of != UNITS:
            return None
        return figures.total(self.below.get(unit.path, Below()) for unit in self.page.paginator.object_list)

    def chips(self) -> list[dict[str, object]]:
        """One chip a state; level, name and order stay. Nobody asked to amend: no chip for it."""
        return [
            {
                "label": label,
                "url": self._url(show=state),
                "count": self.totals[state],
                "active": state == self.show,
            }
            for state, label in STATES.items()
            if state != "asked" or self.totals[state] or self.show == state
        ]

    @property
    def levels(self) -> list[dict[str, object]]:
        """Of the host: its cells, or the units directly below it."""
        labels = {
            CELLS: pgettext_lazy("lists", "Cells"),
            UNITS: pgettext_lazy("lists", "Organisations directly below"),
        }
        if not self.is_host:
            del labels[UNITS]
        return [
            {"label": label, "url": self._url(of=level, name="", sort=""), "active": level == self.of}
            for level, label in labels.items()
        ]

    @property
    def reset_url(self) -> str:
        """The same list without the name."""
        return self._url(name="", show=self.wanted)

    def _url(self, **changes: str) -> str:
        values = {"of": self.of, "name": self.name, "sort": self.sort} | changes
        if values["of"] == CELLS:  # what the page shows without being asked
            del values["of"]
        return "?" + urlencode({key: value for key, value in values.items() if value})

    @cached_property
    def pending(self) -> dict[int, Docket]:
        """By unit, the docket of the committee that holds its list and still awaits its meeting."""
        lines = queries.pending_lists(self.tier).filter(docket__body__unit=self.place)
        return {line.unit_id: line.docket for line in lines.select_related("docket") if line.unit_id}

    @cached_property
    def to_amend(self) -> dict[int, Amendment]:
        """Lists asked to be amended that have not come again: those of the page, and the committee's own."""
        return amendments.asked_of(self.tier, [*self.page, self.place])

    def table(self) -> list[ListRow]:
        """The rows of the page, read for all of them at once."""
        units = list(self.page)
        lists = SentList.objects.filter(tier=self.tier, unit__in=units).select_related("endorsed_by")
        sent = {row.unit_id: row for row in lists}
        offices = Office.objects.filter(unit__in=units, end=None, kind=OfficeKind.SECRETARY)
        by_start = offices.select_related("member").order_by("start", "pk")
        secretaries = {office.unit_id: office for office in by_start}
        return [
            ListRow(
                unit,
                sent.get(unit.pk),
                secretaries.get(unit.pk),
                self.pending.get(unit.pk),
                self.to_amend.get(unit.pk),
                self.below.get(unit.path, Below()) if self.of == UNITS else None,
                self.people.get(unit.pk),
            )
            for unit in units
        ]
