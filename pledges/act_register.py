"""Sổ nghị quyết, kết luận: the acts that bodies have concluded, as an office looks them up."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.http import QueryDict

from cadres.bounded import BoundedCount
from cadres.dates import DateError, parse_day
from cadres.models import User
from pledges.models import Docket, DocketLine
from pledges.permissions import visible_dockets
from pledges.states import DocketState, Outcome

SORTS = {
    "meeting": ("meeting_on",),
    "number": ("number_on", "number"),
    "body": ("body__unit__path", "body__kind"),
}
NEWEST = "-meeting"
ALL, NUMBERED, AWAITING, CORRECTING, CELLS = "", "numbered", "awaiting", "correcting", "cells"


@dataclass(frozen=True)
class Wanted:
    """What is looked for: a kind of act, words of a number or title, a period of meetings, an order."""

    show: str = ALL
    words: str = ""
    year: str = ""
    since: str = ""
    until: str = ""
    sort: str = NEWEST

    @classmethod
    def of(cls, params: QueryDict) -> "Wanted":
        """As the address says; what it does not know is left out."""
        sort = params.get("sort", NEWEST)
        show = params.get("show", ALL)
        year = params.get("year", "")
        return cls(
            show=show if show in (NUMBERED, AWAITING, CORRECTING, CELLS) else ALL,
            words=params.get("q", "").strip()[:60],
            year=year if year.isascii() and year.isdigit() and len(year) == 4 else "",
            since=params.get("since", "").strip()[:10],
            until=params.get("until", "").strip()[:10],
            sort=sort if sort.removeprefix("-") in SORTS else NEWEST,
        )

    @property
    def unread(self) -> list[str]:
        """What is wrong with the days typed, in words; such a day narrows nothing."""
        told = []
        for text in filter(None, (self.since, self.until)):
            try:
                parse_day(text)
            except DateError as error:
                told.append(str(error))
        return told

    @property
    def is_narrowed(self) -> bool:
        """Whether something else than the kind of act is chosen."""
        return bool(self.words or self.year or self.since or self.until)


def acts_of(user: User) -> QuerySet[Docket]:
    """Everything concluded in the user's bodies and units, meetings of cells included."""
    return visible_dockets(user).exclude(state=DocketState.OPEN)


KINDS: dict[str, Q] = {
    ALL: Q(of_cell=False),
    NUMBERED: ~Q(number=""),
    AWAITING: Q(state=DocketState.CONCLUDED, of_cell=False),
    CORRECTING: Q(corrects__isnull=False),
    CELLS: Q(of_cell=True),
}
# So many acts of a kind are counted, and put in an order of one's own; more stand by their meetings.
MOST = 1_000


def found(user: User, wanted: Wanted) -> QuerySet[Docket]:
    """The acts looked for, in the order wanted; days that cannot be read narrow nothing."""
    rows = _narrowed(acts_of(user), wanted).filter(KINDS[wanted.show])
    related = rows.select_related("body__unit", "campaign", "corrects")
    return related.prefetch_related("corrections").order_by(*_order(wanted.sort))


def _order(sort: str) -> list[Any]:
    """What is not known comes last; PostgreSQL has an index of the newest of each kind."""
    down = sort.startswith("-")
    columns = [F(name) for name in SORTS[sort.removeprefix("-")]]
    order = [column.desc(nulls_last=True) if down else column.asc(nulls_last=True) for column in columns]
    return [*order, "-concluded_at", "-pk"]


def totals(user: User, wanted: Wanted) -> dict[str, int | None]:
    """How many acts there are of each kind, otherwise narrowed as wanted; None: more than MOST. One query."""
    rows = _narrowed(acts_of(user), wanted).order_by(*_order(NEWEST))
    bounded = [BoundedCount(rows.filter(kind), MOST) for kind in KINDS.values()]
    counts = User.objects.filter(pk=user.pk).values_list(*bounded)[0]
    found = dict(zip(KINDS, counts, strict=True))
    return {name: n if n <= MOST else None for name, n in found.items()}


def _narrowed(rows: QuerySet[Docket], wanted: Wanted) -> QuerySet[Docket]:
    if wanted.words:
        rows = rows.filter(Q(number__icontains=wanted.words) | Q(title__icontains=wanted.words))
    if wanted.year:
        rows = rows.filter(campaign__year=int(wanted.year))
    for name, text in (("meeting_on__gte", wanted.since), ("meeting_on__lte", wanted.until)):
        try:
            rows = rows.filter(**{name: parse_day(text)}) if text else rows
        except DateError:
            continue
    return rows


@dataclass(frozen=True)
class Outcomes:
    """How many lines of an act had which outcome."""

    approved: int = 0
    returned: int = 0
    rejected: int = 0
    held: int = 0
    void: int = 0


def outcomes_of(acts: list[Docket]) -> dict[int, Outcomes]:
    """By act, how its lines came out: one query for all of them."""
    lines = DocketLine.objects.order_by().filter(docket__in=acts).values("docket")
    kinds = {
        "approved": Outcome.APPROVE,
        "returned": Outcome.RETURN,
        "rejected": Outcome.REJECT,
        "held": Outcome.HOLD,
        "void": Outcome.VOID,
    }
    rows = lines.annotate(**{name: Count("pk", filter=Q(outcome=kind)) for name, kind in kinds.items()})
    return {row.pop("docket"): Outcomes(**row) for row in rows}
