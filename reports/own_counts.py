"""The own numbers of units in a tier, as SQL compiled from the rows that `pledges.queries` defines.

The statements count the units of a list called `wanted`, which the caller puts in front (`with_units`):
one statement counts one unit, a thousand of a batch, or every unit of the tree.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import CharField, Count, F, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

from cadres.models import Standing, Unit
from pledges import queries
from pledges.models import Partner, Tier
from pledges.states import APPROVED, REGISTERED, PledgeStatus
from reports.models import Facet

Statement = tuple[str, tuple[Any, ...]]
Measured = tuple[str, QuerySet[Any]]

NOTHING = "SELECT NULL, NULL, NULL WHERE 1 = 0"
NO_FACET = "SELECT NULL, NULL, NULL, NULL, NULL, NULL WHERE 1 = 0"
_WANTED = RawSQL("SELECT id FROM wanted", ())


def compiled(rows: QuerySet[Any]) -> Statement | None:
    """A QuerySet as a statement; None for one that is known to be empty."""
    try:
        sql, params = rows.query.get_compiler("default").as_sql()
    except EmptyResultSet:
        return None
    return sql, tuple(params)


def with_units(units: QuerySet[Unit]) -> Statement:
    """The list `wanted` of a statement: the keys of the units, and of what stands above each."""
    sql, params = compiled(units.order_by().values("pk", "parent")) or ("SELECT NULL, NULL WHERE 1 = 0", ())
    return f"wanted (id, parent_id) AS ({sql})", params


def own_rows(tier: Tier, day: date) -> Statement:
    """Rows (measure, unit, n) of all measures that are counted; absent is nought.

    A measure may come in several rows of a unit, which add up. `cells_missing` follows from others.
    """
    measured = [*_people(tier, day), *_pledges(tier, day), *_cells(tier)]
    return _union((name, _by_unit(rows)) for name, rows in [*measured, *_partners(tier)])


def own_days(tier: Tier, day: date) -> Statement:
    """Rows (unit, day, people) by the day of a person's first registration, where the day is known.

    Counted people where the tier has a rate, leads otherwise: the curve ends at `registered`.
    """
    rows: QuerySet[Any]
    if tier.has_rate:
        people: QuerySet[Any] = queries.counted_people(tier, day).filter(unit__in=_WANTED)
        rows = queries.first_registration(people, tier).order_by().values_list("unit_id", "first")
    else:
        pledges = _in_wanted(tier).registered().filter(submitted_on__isnull=False)
        firsts = queries.first_of_lead(pledges, tier, REGISTERED)
        rows = firsts.order_by().values_list("unit_id", "submitted_on")
    return compiled(rows.annotate(n=Count("pk"))) or (NOTHING, ())


def own_facets(tier: Tier) -> Statement:
    """Rows (facet, unit, code, pledges, approved, done) by theme and field; what names none is left out."""
    registered = _in_wanted(tier).registered()
    told = {
        Facet.THEME: registered.filter(theme__isnull=False).annotate(code=Cast("theme_id", CharField())),
        Facet.FIELD: registered.exclude(field="").annotate(code=F("field")),
    }
    parts: list[str] = []
    params: tuple[Any, ...] = ()
    for facet, rows in told.items():
        statement = compiled(_by_code(rows))
        if statement:
            columns = "facet.unit_id, facet.code, facet.pledges, facet.pledges_approved, facet.done"
            parts.append(f"SELECT '{facet}', {columns} FROM ({statement[0]}) facet")  # noqa: S608  (a QuerySet)
            params += statement[1]
    return " UNION ALL ".join(parts) or NO_FACET, params


def _by_code(rows: QuerySet[Any]) -> QuerySet[Any]:
    approved = Q(status__in=[str(status) for status in APPROVED])
    return (
        rows.order_by()
        .values_list("unit_id", "code")
        .annotate(
            pledges=Count("pk"),
            pledges_approved=Count("pk", filter=approved),
            done=Count("pk", filter=Q(status=PledgeStatus.DONE)),
        )
    )


def _union(measured: Iterable[Measured]) -> Statement:
    parts: list[str] = []
    params: tuple[Any, ...] = ()
    for name, rows in measured:
        statement = compiled(rows)
        if statement:
            parts.append(f"SELECT '{name}', rows.* FROM ({statement[0]}) rows")  # noqa: S608  (a QuerySet)
            params += statement[1]
    return " UNION ALL ".join(parts) or NOTHING, params


def _by_unit(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.order_by().values_list("of_unit").annotate(n=Count("pk"))


def _people(tier: Tier, day: date) -> list[Measured]:
    counted = queries.counted_people(tier, day).filter(unit__in=_WANTED)
    left_out = queries.not_counted_people(tier, day).filter(unit__in=_WANTED)
    measured = [
        ("counted", counted),
        ("registered", queries.with_registered(counted, tier)),
        ("approved", queries.with_approved(counted, tier)),
        ("met_quota", queries.with_quota(counted, tier)),
        ("exempt", left_out.filter(standing=Standing.EXEMPT)),
        ("away", left_out.filter(standing=Standing.AWAY)),
    ]
    return _at(measured, "unit_id")


def _at(measured: Iterable[Measured], unit: str) -> list[Measured]:
    return [(name, rows.annotate(of_unit=F(unit))) for name, rows in measured]


def _in_wanted(tier: Tier) -> queries.PledgeQuerySet:
    return queries.tier_pledges(tier).filter(unit__in=_WANTED)


def _pledges(tier: Tier, day: date) -> list[Measured]:
    pledges = _in_wanted(tier)
    registered, approved = pledges.registered(), pledges.approved()
    measured: list[Measured] = [
        ("pledges", registered),
        ("participations", registered),
        ("leads", queries.first_of_lead(registered, tier, REGISTERED)),
        ("leads_approved", queries.first_of_lead(approved, tier, APPROVED)),
        # A cadre's pledge counts among the members too, and waits for the body of its own tier only.
        ("awaiting", pledges.filter(tier=tier, status=PledgeStatus.SUBMITTED)),
        ("returned", pledges.filter(tier=tier, status=PledgeStatus.RETURNED)),
        ("pledges_approved", approved),
        ("done", queries.done(pledges)),
        ("on_time", queries.done_on_time(pledges)),
        ("beyond_target", queries.done_beyond_target(pledges)),
        ("carried_over", pledges.filter(status=PledgeStatus.CARRIED_OVER)),
        ("late", queries.late(pledges, day)),
        ("stuck", queries.stuck(pledges)),
    ]
    return _at(measured, "unit_id")


def _partners(tier: Tier) -> list[Measured]:
    partners = Partner.objects.filter(pledge__in=_in_wanted(tier).registered())
    return _at([("participations", partners)], "pledge__unit_id")


def _cells(tier: Tier) -> list[Measured]:
    cells = queries.cells_of(tier).filter(pk__in=_WANTED)
    sent = queries.sent_cells(tier).filter(unit__in=_WANTED, unit__ended_on=None)
    lists = [("cells_sent", sent), ("cells_endorsed", sent.filter(endorsed_by__isnull=False))]
    return [*_at([("cells", cells)], "pk"), *_at(lists, "unit_id")]
