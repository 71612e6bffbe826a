"""The registration list of a cell, person by person, read in a fixed number of queries."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from cadres.models import Member, Membership, Unit, User
from cadres.rates import Rate
from pledges import queries, supplementary
from pledges.models import EventAction, Pledge, PledgeEvent, PledgeTier, Tier
from pledges.permissions import can_edit, can_record_cell_meeting, visible_pledges
from pledges.sent import as_sent, reads_typed
from pledges.states import APPROVED, PledgeStatus
from pledges.words import NOVELTY_PHRASES, due_words, short_reason, status_words


@dataclass(frozen=True)
class Line:
    """A pledge in the list; `reason` is why it was returned."""

    pledge: Pledge
    status: str
    novelty: str
    due: str
    reason: str
    may_edit: bool

    @property
    def of_the_cell(self) -> bool:
        """Whether the cell's meeting decides on it: a cadre's counts here, and goes before another body."""
        return not self.pledge.tier.is_listed


@dataclass
class Person:
    """A member of the cell with what he leads; the questions below are the filters of the page."""

    no: int
    membership: Membership
    counted: bool
    registered: bool
    may_register: bool = False
    # Came to the cell after the day on which people are counted.
    came_late: bool = False
    lines: list[Line] = field(default_factory=list)

    @property
    def member(self) -> Member:
        """Who it is."""
        return self.membership.member

    @property
    def why_not_counted(self) -> str:
        """The reason in words why somebody is left out of the share."""
        if self.came_late:
            return _("came after the day of counting")
        return str(self.membership.get_standing_display())

    @property
    def missing(self) -> bool:
        """Counted and not registered yet (chưa đăng ký)."""
        return self.counted and not self.registered

    @property
    def waiting(self) -> bool:
        """Something of his awaits the meeting (chờ thông qua)."""
        return self._has({PledgeStatus.SUBMITTED})

    @property
    def returned(self) -> bool:
        """Something of his is to be amended (đề nghị chỉnh sửa, bổ sung)."""
        return self._has({PledgeStatus.RETURNED})

    @property
    def adopted(self) -> bool:
        """Something of his was adopted (đã thông qua)."""
        return self._has(set(APPROVED))

    @property
    def sent_lines(self) -> list[Line]:
        """What goes on paper: everything but drafts."""
        return [line for line in self.lines if line.pledge.status != PledgeStatus.DRAFT]

    def _has(self, statuses: set[PledgeStatus]) -> bool:
        return any(line.of_the_cell and line.pledge.status in statuses for line in self.lines)


SHOWN = ("missing", "waiting", "returned", "adopted", "all")


@dataclass(frozen=True)
class CellList:
    """The whole list, its share of registered people, and how many pledges await the meeting."""

    people: list[Person]
    waiting: int

    @property
    def rate(self) -> Rate:
        """Registered of counted people."""
        counted = [person for person in self.people if person.counted]
        return Rate(sum(person.registered for person in counted), len(counted))

    @property
    def not_counted(self) -> list[tuple[str, int]]:
        """How many are not counted, by the reason in words."""
        outside = (person for person in self.people if not person.counted)
        return list(Counter(person.why_not_counted for person in outside).items())

    @property
    def returned(self) -> int:
        """Pledges that are to be amended."""
        lines = (line for person in self.people for line in person.lines)
        return sum(line.of_the_cell and line.pledge.status == PledgeStatus.RETURNED for line in lines)

    @property
    def common_status(self) -> str:
        """The status in which the lines on paper stand, but for those returned with their reason.

        Empty when they differ.
        """
        lines = (line for person in self.people for line in person.sent_lines)
        found = {line.status for line in lines if not line.reason}
        return found.pop() if len(found) == 1 else ""

    def only(self, show: str) -> list[Person]:
        """The people of a filter, in the cell's own order."""
        return [person for person in self.people if show == "all" or getattr(person, show)]


def read_list(user: User, cell: Unit, tier: Tier, day: date) -> CellList:
    """People on the counting day in the cell's own order, with the pledges the user may read.

    Among them, uncounted, stand those who came later and have registered or still may.
    """
    in_cell = queries.people_on(tier, day).filter(unit=cell)
    counted = queries.counted_people(tier, day).filter(unit=cell)
    counted_ids = set(counted.values_list("member", flat=True))
    registered_ids = set(queries.with_registered(in_cell, tier).values_list("member", flat=True))
    newcomers = list(supplementary.newcomers(tier, cell, day).select_related("member__unit"))
    new_ids = {row.member_id for row in newcomers}
    rows = list(in_cell.select_related("member__unit").order_by("member__position", "member__sort_key"))
    late = _came_late(rows, newcomers, cell, tier, day)
    late_ids = {row.member_id for row in late}
    registered_ids |= late_ids - new_ids
    if late:
        rows = sorted([*rows, *late], key=lambda row: (row.member.position, row.member.sort_key))
    may_type, is_open = can_record_cell_meeting(user, cell), tier.campaign.window_is_open(day)
    people = [
        Person(
            no,
            row,
            counted=row.member_id in counted_ids,
            registered=row.member_id in registered_ids,
            may_register=may_type and (is_open or row.member_id in new_ids),
            came_late=row.member_id in late_ids,
        )
        for no, row in enumerate(rows, start=1)
    ]
    _add_lines(user, people, tier)
    return CellList(people, queries.cell_pledges(cell, tier).awaiting_meeting().count())


def _came_late(
    rows: list[Membership], newcomers: list[Membership], cell: Unit, tier: Tier, day: date
) -> list[Membership]:
    """Who came after the day of counting, as far as he has registered or still may."""
    if tier.counting_day(day) == day:
        return []
    registered = queries.with_registered(supplementary.arrivals(tier, cell, day), tier)
    known = {row.member_id for row in rows}
    came = [*newcomers, *registered.select_related("member__unit")]
    return [row for row in came if row.member_id not in known]


def _add_lines(user: User, people: list[Person], tier: Tier) -> None:
    by_member = {person.member.pk: person for person in people}
    returns = PledgeEvent.objects.filter(pledge=OuterRef("pledge"), action=EventAction.RETURNED)
    rows = (
        PledgeTier.objects.filter(tier=tier, member__in=list(by_member), pledge__in=visible_pledges(user))
        .exclude(pledge__status=PledgeStatus.WITHDRAWN)
        .select_related("pledge__tier__campaign__host")
        .annotate(note=Subquery(returns.order_by("-seq").values("note")[:1]))
        .order_by("pledge_id")
    )
    for row in rows:
        row.pledge.lead_member = by_member[row.member_id or 0].member
    as_sent([row.pledge for row in rows], but=partial(reads_typed, user))
    for row in rows:
        person, pledge = by_member[row.member_id or 0], row.pledge
        returned = pledge.status == PledgeStatus.RETURNED
        person.lines.append(
            Line(
                pledge=pledge,
                status=status_words(pledge, pledge.tier),
                novelty=str(NOVELTY_PHRASES.get(pledge.novelty, "")),
                due=due_words(pledge),
                reason=short_reason(row.note or "") if returned else "",
                may_edit=can_edit(user, pledge),
            )
        )
