"""Lines of a registration list → members and units of the roster. Nothing is guessed, nothing is written.

A member is found by card number, without one by folded name inside the cell that the list names; a key
cadre by card number alone, at the unit that the list prints. What does not fit is a problem of its row.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from django.utils.translation import gettext as _

from cadres.imports.unit_names import UnitPath, fold_path
from cadres.imports.workbook import Problem, WorkbookError
from cadres.models import CadreEntry, Member, Unit
from cadres.text import fold
from pledges.imports.columns import COLUMNS
from pledges.imports.rows import SHOWN, PledgeLine, PledgeSheet
from pledges.imports.themes import theme_key, themes_of
from pledges.models import Campaign, Pledge, Tier, TierKind
from pledges.states import REGISTERED, PledgeStatus

BATCH = 500
REFS = uuid.UUID("6a0a0c55-9a5c-4b0e-8f0e-0d9c5d1f2b7a")
TIER_OF_LAYOUT = {"members": TierKind.MEMBERS, "cadres": TierKind.KEY_CADRES}
MAX_PRINTED = 200  # characters of a post, unit or partner as printed; the columns hold no more

There = tuple[int | None, str]  # key and status of the pledge
NEW: There = (None, PledgeStatus.SUBMITTED)


@dataclass(frozen=True)
class Matched:
    """A line whose person and unit are known; `pledge_id` is set when the pledge is there, in `status`."""

    line: PledgeLine
    lead: Member
    unit: Unit
    ref: uuid.UUID
    pledge_id: int | None
    status: str


@dataclass
class Matching:
    """A sheet against the roster: what fits, and what is wrong, the parser's problems included."""

    tier: Tier
    themes: Mapping[str, int] = field(default_factory=dict)
    matched: list[Matched] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    refused: set[int] = field(default_factory=set)

    @property
    def new(self) -> list[Matched]:
        """Pledges that are not there yet."""
        return [one for one in self.matched if one.pledge_id is None]

    @property
    def people(self) -> int:
        """How many people lead the pledges that fit."""
        return len({one.lead.pk for one in self.matched})

    def theme_of(self, line: PledgeLine) -> int | None:
        """The theme of the campaign that the line names."""
        return self.themes.get(theme_key(line.theme))


def match(sheet: PledgeSheet, campaign: Campaign, *, day: date) -> Matching:
    """Find the person and the unit of every usable line; `day` is today: nobody has registered after it.

    Raises WorkbookError when the list as a whole is not one of this campaign.
    """
    matching = Matching(_tier(sheet, campaign), problems=list(sheet.problems), refused=set(sheet.refused))
    look = _Look(sheet, matching.tier, day)
    matching.themes = look.themes
    found: list[tuple[PledgeLine, Member, Unit]] = []
    for line in sheet.lines:
        place = look.place(line)
        if isinstance(place, Problem):
            matching.problems.append(place)
            matching.refused.add(line.row)
        else:
            found.append((line, *place))
    matching.problems.sort(key=lambda problem: problem.row)
    matching.matched = _with_refs(found, matching.tier)
    return matching


def _tier(sheet: PledgeSheet, campaign: Campaign) -> Tier:
    if sheet.year_stated is not None and sheet.year_stated != campaign.year:
        message = _("The list states the year %(stated)s, the campaign is of %(year)s.")
        raise WorkbookError(message % {"stated": str(sheet.year_stated), "year": str(campaign.year)})
    tier = campaign.tiers.filter(kind=TIER_OF_LAYOUT[sheet.layout]).first()
    if tier is None and sheet.layout == "cadres":
        raise WorkbookError(_("This is a list of key cadres, and the campaign has no such tier."))
    if tier is None:
        raise WorkbookError(_("This is a list of members by cell, and the campaign has no such tier."))
    tier.campaign = campaign
    return tier


class _Look:
    """The roster as far as the sheet names it, read once: units by path, people by card and by name."""

    def __init__(self, sheet: PledgeSheet, tier: Tier, day: date) -> None:
        self.labels = {name: column_label(sheet, name) for name in COLUMNS}
        self.by_cell = sheet.layout == "members"
        self.day = day
        self.themes = themes_of(tier.campaign)
        self.host = tier.campaign.host
        self.units = _units_below(self.host)
        self.unit_by_pk = {unit.pk: unit for unit in self.units.values()}
        self.by_card = _people_by_card(line.card for line in sheet.lines if line.card)
        cells = {path: self.units.get(fold_path(path)) for path in {line.unit_path for line in sheet.lines}}
        self.cells: dict[UnitPath, Unit | None] = cells
        entries = CadreEntry.objects.filter(cadre_list=tier.cadre_list) if tier.cadre_list else ()
        self.listed_at = {entry.member_id: entry.unit_id for entry in entries}
        nameless = {line.unit_path for line in sheet.lines if line.card is None}
        self.by_name = _people_by_name([cell for path in nameless if (cell := cells[path]) is not None])

    def place(self, line: PledgeLine) -> tuple[Member, Unit] | Problem:
        """Who leads the pledge, and the unit where it counts."""
        if problem := self._too_long(line) or self._too_early(line) or self._wrong_theme(line):
            return problem
        return self._member(line) if self.by_cell else self._cadre(line)

    def _problem(self, line: PledgeLine, name: str, code: str, message: str) -> Problem:
        return Problem(line.row, self.labels[name] if name else "", code, message)

    def _too_long(self, line: PledgeLine) -> Problem | None:
        printed = {"post": [line.post], "unit": [line.unit_printed], "partners": line.partners}
        for name, texts in printed.items():
            length = max(map(len, texts), default=0)
            if length > MAX_PRINTED:
                message = _("The text has %(length)s characters; at most %(limit)s are taken")
                words = {"length": str(length), "limit": str(MAX_PRINTED)}
                return self._problem(line, name, "too_long", message % words)
        return None

    def _too_early(self, line: PledgeLine) -> Problem | None:
        if line.registered_on is None or line.registered_on <= self.day:
            return None
        message = _("The day of registration %(day)s lies in the future")
        return self._problem(
            line, "registered_on", "future", message % {"day": f"{line.registered_on:%d/%m/%Y}"}
        )

    def _wrong_theme(self, line: PledgeLine) -> Problem | None:
        if not line.theme or theme_key(line.theme) in self.themes:
            return None
        message = _("“%(text)s” is no theme of the campaign; write its number or its title")
        return self._problem(line, "theme", "unknown_theme", message % {"text": line.theme[:SHOWN]})

    def _member(self, line: PledgeLine) -> tuple[Member, Unit] | Problem:
        cell = self.cells[line.unit_path]
        if cell is None:
            path = " - ".join(line.unit_path)
            message = _("The organisation “%(path)s” does not exist below %(host)s")
            return self._problem(line, "", "unknown_cell", message % {"path": path, "host": self.host.name})
        member = self._by_card(line) if line.card else self._by_name(line, cell)
        if isinstance(member, Problem):
            return member
        if member.unit_id != cell.pk:
            message = _("The list has this person in “%(listed)s”, the roster in “%(roster)s”")
            names = {"listed": cell.name, "roster": self.unit_by_pk[member.unit_id].name}
            return self._problem(line, "name", "other_cell", message % names)
        return member, cell

    def _cadre(self, line: PledgeLine) -> tuple[Member, Unit] | Problem:
        unit = self.units.get((fold(line.unit_printed),))
        if unit is None:
            message = _("“%(unit)s” is no organisation directly below %(host)s")
            words = {"unit": line.unit_printed, "host": self.host.name}
            return self._problem(line, "unit", "unknown_unit", message % words)
        if not line.card:
            return self._problem(line, "card", "no_card", _("The card number of the key cadre is missing"))
        member = self._by_card(line)
        if isinstance(member, Problem):
            return member
        listed_at = self.listed_at.setdefault(member.pk, unit.pk)
        if listed_at != unit.pk:
            message = _("This person is on the list of key cadres of the year at “%(unit)s”")
            return self._problem(line, "unit", "other_unit", message % {"unit": self._unit_name(listed_at)})
        return member, unit

    def _unit_name(self, pk: int) -> str:
        """Also of a unit that has been dissolved or moved since."""
        return self.unit_by_pk[pk].name if pk in self.unit_by_pk else Unit.objects.get(pk=pk).name

    def _by_card(self, line: PledgeLine) -> Member | Problem:
        member = self.by_card.get(line.card or "")
        if member is None or member.unit_id not in self.unit_by_pk:
            message = _("Nobody in the roster has this card number")
            return self._problem(line, "card", "not_in_roster", message)
        if fold(member.name) != fold(line.name):
            message = _("In the roster this card number belongs to %(name)s")
            return self._problem(line, "card", "other_name", message % {"name": member.name})
        return member

    def _by_name(self, line: PledgeLine, cell: Unit) -> Member | Problem:
        people = self.by_name.get((cell.pk, fold(line.name)), [])
        if len(people) == 1:
            return people[0]
        if people:
            message = _("%(count)s people of this name are in the cell: add the card number")
            return self._problem(line, "name", "ambiguous", message % {"count": str(len(people))})
        message = _("Nobody of this name is in the roster of the cell")
        return self._problem(line, "name", "not_in_roster", message)


def column_label(sheet: PledgeSheet, name: str) -> str:
    """The heading under which the sheet has the column."""
    spellings = set(map(fold, COLUMNS[name]))
    return next((label for label in sheet.labels if fold(label) in spellings), "")


def _units_below(host: Unit) -> dict[UnitPath, Unit]:
    """Units in force below the host by the path of their folded names; a parent comes before its children."""
    units: dict[UnitPath, Unit] = {}
    path_of: dict[int, UnitPath] = {host.pk: ()}
    for unit in Unit.objects.in_force().under(host.path).exclude(pk=host.pk).order_by("path"):
        above = path_of.get(unit.parent_id or 0)
        if above is not None:
            path_of[unit.pk] = (*above, unit.name_key)
            units[path_of[unit.pk]] = unit
    return units


def _batches(values: Iterable[object]) -> Iterator[list[object]]:
    rest = iter(values)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _people_by_card(cards: Iterable[str]) -> dict[str, Member]:
    people: dict[str, Member] = {}
    for batch in _batches(set(cards)):
        people.update(
            {member.card_number or "": member for member in Member.objects.filter(card_number__in=batch)}
        )
    return people


def _people_by_name(cells: Sequence[Unit]) -> dict[tuple[int, str], list[Member]]:
    people: dict[tuple[int, str], list[Member]] = defaultdict(list)
    for batch in _batches(cells):
        for member in Member.objects.filter(unit__in=batch).order_by():
            people[member.unit_id, fold(member.name)].append(member)
    return people


def _with_refs(found: Sequence[tuple[PledgeLine, Member, Unit]], tier: Tier) -> list[Matched]:
    """The identity of each pledge: campaign, person, folded title, and which of the same title it is.

    So the same file changes nothing, and a corrected one adds what is new. What was registered on the page
    under the same title is there too.
    """
    seen: Counter[tuple[int, str]] = Counter()
    keys: list[tuple[int, str]] = []
    refs: list[uuid.UUID] = []
    for line, member, _unit in found:
        key = (member.pk, fold(line.title))
        seen[key] += 1
        keys.append(key)
        refs.append(uuid.uuid5(REFS, f"{tier.campaign.code}|{member.code}|{key[1]}|{seen[key]}"))
    by_ref, by_title = _already_there({member.pk for _line, member, _unit in found}, tier, set(refs))
    answer = []
    for (line, member, unit), key, ref in zip(found, keys, refs, strict=True):
        there = by_ref.get(ref) or (by_title[key].pop(0) if by_title[key] else NEW)
        answer.append(Matched(line, member, unit, ref, *there))
    return answer


def _already_there(
    leads: set[int], tier: Tier, refs: set[uuid.UUID]
) -> tuple[dict[uuid.UUID, There], dict[tuple[int, str], list[There]]]:
    by_ref: dict[uuid.UUID, There] = {}
    by_title: dict[tuple[int, str], list[There]] = defaultdict(list)
    for batch in _batches(sorted(leads)):
        rows = Pledge.objects.filter(tier=tier, lead_member__in=batch).order_by("pk")
        known = rows.values_list("pk", "ref", "lead_member_id", "title", "status")
        for pk, ref, lead, title, status in known:
            if ref in refs:
                by_ref[ref] = (pk, status)
            elif status in REGISTERED:
                by_title[lead, fold(title)].append((pk, status))
    return by_ref, by_title
