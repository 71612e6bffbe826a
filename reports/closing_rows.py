"""What a closing copies: the rows that `pledges.queries` defines, put away by INSERT … SELECT."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    Model,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, Concat, Left, Trim

from cadres.models.members import MembershipQuerySet
from pledges import queries
from pledges.models import Partner, PledgeVersion, Progress, Tier
from reports.models import ClosedPerson, ClosedPledge, Closing

NAME_LENGTH = 130


def copy_rows(closing: Closing, tier: Tier, day: date, *, seen: Callable[[int], None]) -> int:
    """Put the people and the pledges of a tier away; `seen` hears of each set; returns how many rows."""
    counted, left_out = queries.counted_people(tier, day), queries.not_counted_people(tier, day)
    total = 0
    for model, (rows, columns) in (
        (ClosedPerson, _people(closing, tier, counted, counted=True)),
        (ClosedPerson, _people(closing, tier, left_out, counted=False)),
        (ClosedPledge, _pledges(closing, tier, day)),
    ):
        written = _insert(model, rows, columns)
        seen(written)
        total += written
    return total


def _people(
    closing: Closing, tier: Tier, people: MembershipQuerySet, *, counted: bool
) -> tuple[QuerySet[Any], Mapping[str, Any]]:
    columns = {
        "closing_id": Value(closing.pk),
        "tier_id": Value(tier.pk),
        "member_id": F("member_id"),
        "unit_id": F("unit_id"),
        "path": F("unit__path"),
        "name": _printed("member"),
        "birth_year": F("member__birth_year"),
        "sort_key": F("member__sort_key"),
        "standing": F("standing"),
        "counted": Value(counted),
        "registered": F("n_registered"),
        "approved": F("n_approved"),
    }
    return queries.with_numbers(people, tier), columns


def _pledges(closing: Closing, tier: Tier, day: date) -> tuple[QuerySet[Any], Mapping[str, Any]]:
    pledges = queries.tier_pledges(tier).filter(unit__path__startswith=tier.campaign.host.path)
    sent = PledgeVersion.objects.last_of_outer().values("pk")
    final = Progress.objects.filter(pledge=OuterRef("pk"), is_final=True).order_by()
    partners = Partner.objects.filter(pledge=OuterRef("pk")).order_by().values("pledge")
    columns = {
        "closing_id": Value(closing.pk),
        "tier_id": Value(tier.pk),
        "pledge_id": F("pk"),
        "version_id": Coalesce("approved_version_id", Subquery(sent)),
        "lead_member_id": F("lead_member_id"),
        "lead_name": Coalesce(_printed("lead_member"), Value("")),
        "partners": Coalesce(Subquery(partners.annotate(n=Count("pk")).values("n")), 0),
        "of_own_tier": Exists(queries.tier_pledges(tier).filter(pk=OuterRef("pk"), tier=tier)),
        "unit_id": F("unit_id"),
        "path": F("unit__path"),
        "status": F("status"),
        "on_time": Subquery(final.values("on_time")),
        "beyond_target": Subquery(final.values("beyond_target")),
        "late": Exists(queries.late(pledges, day).filter(pk=OuterRef("pk"))),
        "stuck": ExpressionWrapper(queries.is_stuck(), BooleanField()),
    }
    return pledges.registered(), columns


def _printed(member: str) -> Left:
    """The name as it is printed today: that of `Member.name`."""
    whole = Concat(F(f"{member}__family_names"), Value(" "), F(f"{member}__given_name"))
    return Left(Trim(whole), NAME_LENGTH)


def _insert(model: type[Model], rows: QuerySet[Any], columns: Mapping[str, Any]) -> int:
    """INSERT … SELECT of the rows, each column of the table given by an expression."""
    named = rows.order_by().annotate(**{f"put_{name}": what for name, what in columns.items()})
    chosen = named.values_list(*(f"put_{name}" for name in columns))
    try:
        sql, params = chosen.query.sql_with_params()
    except EmptyResultSet:  # a tier that counts nobody
        return 0
    quote = connection.ops.quote_name
    into = ", ".join(quote(name) for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {quote(model._meta.db_table)} ({into}) {sql}", params)
        return int(cursor.rowcount)
