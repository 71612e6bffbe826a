"""Which rows of the journals a person reads, and those of them that a filter finds."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from cadres.models import Member, RecordEvent, User
from cadres.permissions import scope_of, under
from cadres.roles import Role
from cadres.text import fold
from pledges.models import PledgeEvent

READERS = (Role.INSPECTOR, Role.ADMINISTRATOR)
PAGE = 50
Event = TypeVar("Event", bound=Model)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A filter: days on which it was recorded, both included; kind, channel, organisation, a person."""

    first: date | None = None
    last: date | None = None
    kind: str = ""
    channel: str = ""
    unit: str = ""
    term: str = ""


def _paths(user: User) -> tuple[str, ...]:
    paths = scope_of(user).paths
    return tuple(path for role in READERS for path in paths.get(role, ()))


def pledge_events(user: User) -> QuerySet[PledgeEvent]:
    """What was done to registrations in the sub-trees the person inspects or administers."""
    events = PledgeEvent.objects.filter(under(_paths(user), "pledge__unit__"))
    return events.select_related(
        "actor", "on_behalf_of", "docket__body", "pledge__unit", "pledge__lead_member"
    )


def record_events(user: User) -> QuerySet[RecordEvent]:
    """What was done to accounts, lists and files there; rows of numbers only belong to no organisation."""
    of_nobody = Q(unit=None, member=None, user=None)
    of_people = Q(unit=None) & (
        under(_paths(user), "member__unit__") | under(_paths(user), "user__member__unit__")
    )
    events = RecordEvent.objects.filter(under(_paths(user), "unit__") | of_nobody | of_people)
    return events.select_related("actor", "unit", "member", "user")


def found_pledge_events(events: QuerySet[PledgeEvent], wanted: Wanted) -> QuerySet[PledgeEvent]:
    """Of the journal of registrations what the filter asks for."""
    events = _recorded(events, wanted, "pledge__unit__name_key")
    if wanted.channel:
        events = events.filter(channel=wanted.channel)
    if wanted.term:
        led = Q(pledge__lead_member__in=Member.objects.search(wanted.term).values("pk"))
        events = events.filter(led | Q(actor__in=_accounts(wanted.term)))
    return events


def found_record_events(events: QuerySet[RecordEvent], wanted: Wanted) -> QuerySet[RecordEvent]:
    """Of the journal of records what the filter asks for."""
    events = _recorded(events, wanted, "unit__name_key")
    if wanted.term:
        accounts = _accounts(wanted.term)
        about = Q(member__in=Member.objects.search(wanted.term).values("pk"))
        events = events.filter(about | Q(actor__in=accounts) | Q(user__in=accounts))
    return events


def _recorded(events: QuerySet[Any], wanted: Wanted, unit_key: str) -> QuerySet[Any]:
    if wanted.first:
        events = events.filter(at__gte=_midnight(wanted.first))
    if wanted.last:
        events = events.filter(at__lt=_midnight(wanted.last + timedelta(days=1)))
    if wanted.kind:
        events = events.filter(action=wanted.kind)
    for word in fold(wanted.unit).split():
        events = events.filter(**{f"{unit_key}__contains": word})
    return events


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _accounts(term: str) -> QuerySet[User]:
    """Accounts by the name they show, by user name or by their member."""
    of_members = Q(member__in=Member.objects.search(term).values("pk"))
    return User.objects.filter(Q(display_name__icontains=term) | Q(username__icontains=term) | of_members)


def page_of(events: QuerySet[Event], after: int | None) -> tuple[list[Event], int | None]:
    """The rows recorded before the row `after`, the last first, and the key for the next page."""
    if after is not None:
        events = events.filter(pk__lt=after)
    rows = list(events.order_by("-pk")[: PAGE + 1])
    return rows[:PAGE], rows[PAGE - 1].pk if len(rows) > PAGE else None
