"""The own numbers of units in a tier, counted from the rows that `pledges.queries` defines."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from cadres.models import CELL_KINDS, Standing, Unit
from pledges import queries
from pledges.models import Partner, Tier
from pledges.states import APPROVED, REGISTERED, PledgeStatus

Numbers = dict[int, dict[str, int]]


def own_numbers(tier: Tier, units: list[Unit], day: date) -> Numbers:
    """For each unit the numbers of the unit itself: {unit: {measure: n}}; absent is nought."""
    keys = [unit.pk for unit in units]
    numbers: Numbers = {key: {} for key in keys}
    for name, rows in [*_people(tier, keys, day), *_pledges(tier, keys, day)]:
        _collect(numbers, name, rows.order_by().values_list("unit_id").annotate(n=Count("pk")))
    partners = Partner.objects.filter(pledge__in=_in_units(tier, keys).registered())
    _collect(
        numbers, "participations", partners.order_by().values_list("pledge__unit_id").annotate(n=Count("pk"))
    )
    for key in keys:
        own = numbers[key]
        own["participations"] = own.get("participations", 0) + own.get("pledges", 0)
    _count_cells(tier, units, numbers)
    return numbers


def _collect(numbers: Numbers, name: str, rows: Iterable[tuple[int, int]]) -> None:
    for unit, n in rows:
        numbers[unit][name] = n


def _people(tier: Tier, keys: list[int], day: date) -> list[tuple[str, QuerySet[Any]]]:
    counted = queries.counted_people(tier, day).filter(unit__in=keys)
    left_out = queries.not_counted_people(tier, day).filter(unit__in=keys)
    return [
        ("counted", counted),
        ("registered", queries.with_registered(counted, tier)),
        ("approved", queries.with_approved(counted, tier)),
        ("met_quota", queries.with_quota(counted, tier)),
        ("exempt", left_out.filter(standing=Standing.EXEMPT)),
        ("away", left_out.filter(standing=Standing.AWAY)),
    ]


def _in_units(tier: Tier, keys: list[int]) -> queries.PledgeQuerySet:
    return queries.tier_pledges(tier).filter(unit__in=keys)


def _pledges(tier: Tier, keys: list[int], day: date) -> list[tuple[str, QuerySet[Any]]]:
    pledges = _in_units(tier, keys)
    registered, approved = pledges.registered(), pledges.approved()
    done = pledges.filter(status=PledgeStatus.DONE)
    final = Q(progress__is_final=True)
    return [
        ("pledges", registered),
        ("leads", queries.first_of_lead(registered, tier, REGISTERED)),
        ("leads_approved", queries.first_of_lead(approved, tier, APPROVED)),
        # A cadre's pledge counts among the members too, and waits for the body of its own tier only.
        ("awaiting", pledges.filter(tier=tier, status=PledgeStatus.SUBMITTED)),
        ("returned", pledges.filter(tier=tier, status=PledgeStatus.RETURNED)),
        ("pledges_approved", approved),
        ("done", done),
        ("on_time", done.filter(final, progress__on_time=True)),
        ("beyond_target", done.filter(final, progress__beyond_target=True)),
        ("carried_over", pledges.filter(status=PledgeStatus.CARRIED_OVER)),
        ("late", queries.late(pledges, day)),
    ]


def _count_cells(tier: Tier, units: list[Unit], numbers: Numbers) -> None:
    keys = [unit.pk for unit in units]
    sent = set(queries.sent_cells(tier).filter(unit__in=keys).values_list("unit_id", flat=True))
    for unit in units:
        if unit.kind in CELL_KINDS and unit.ended_on is None:
            own = numbers[unit.pk]
            own["cells"] = 1
            own["cells_sent"] = int(unit.pk in sent)
            own["cells_missing"] = int(own.get("counted", 0) > own.get("registered", 0))


def own_daily(tier: Tier, units: list[Unit], day: date) -> list[tuple[int, date, int]]:
    """(unit, day, people) by the day of a person's first registration, where the day is known.

    Counted people where the tier has a rate, leads otherwise: the curve ends at `registered`.
    """
    keys = [unit.pk for unit in units]
    rows: QuerySet[Any]
    if tier.has_rate:
        people: QuerySet[Any] = queries.counted_people(tier, day).filter(unit__in=keys)
        rows = queries.first_registration(people, tier).order_by().values_list("unit_id", "first")
    else:
        pledges = _in_units(tier, keys).registered().filter(submitted_on__isnull=False)
        firsts = queries.first_of_lead(pledges, tier, REGISTERED)
        rows = firsts.order_by().values_list("unit_id", "submitted_on")
    return list(rows.annotate(n=Count("pk")))
