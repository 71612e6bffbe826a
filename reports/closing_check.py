"""Whether a closing still is what was closed: digests, counts from its rows, sums, definitions."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, QuerySet, Sum

from pledges.states import APPROVED
from reports.closing_seal import (
    Reader,
    cells_agree,
    closing_digest,
    lines_of,
    numbers,
    unit_digest,
)
from reports.models import MEASURES, ClosedPerson, ClosedPledge, Closing


def differences(closing: Closing) -> list[str]:
    """Everything that does not agree, each in a line; nothing when the closing is sound.

    What is recomputed comes from the closing's own rows alone, never from what the database holds now.
    """
    found: list[str] = []
    sealed: list[tuple[int, int, str]] = []
    for frozen in closing.definitions["tiers"]:
        tier = frozen["tier"]
        found += _tier(closing, tier, frozen["quota_min"], sealed)
        found += _sums(closing, tier)
        found += _persons(closing, tier)
    if closing_digest(closing, sealed) != closing.digest:
        found.append("the digest of the whole differs")
    return found + list(_definitions(closing)) + list(_beyond(closing))


def _tier(closing: Closing, tier: int, quota: int, sealed: list[tuple[int, int, str]]) -> list[str]:
    found = []
    rows, leads = Reader(closing, tier), _leads(closing, tier)
    for line in lines_of(closing, tier):
        own, unit = rows.of(line["unit_id"]), line["unit_id"]
        digest = unit_digest(tier, line, own)
        sealed.append((tier, unit, digest))
        if digest != line["digest"]:
            found.append(f"tier {tier} unit {unit}: the digest differs")
        expected = numbers(own, quota) | {name: by_unit.get(unit, 0) for name, by_unit in leads.items()}
        for name, number in expected.items():
            if line[f"own_{name}"] != number:
                found.append(
                    f"tier {tier} unit {unit} own {name}: {line[f'own_{name}']}, its rows give {number}"
                )
        if not cells_agree(line):
            found.append(f"tier {tier} unit {unit}: the cells do not fit its kind and its people")
    if rows.strays:
        found.append(f"tier {tier}: {rows.strays} rows of units that the closing does not have")
    return found


def _leads(closing: Closing, tier: int) -> dict[str, dict[int, int]]:
    """Leads by unit: each is counted where the first of his pledges is."""
    pledges = ClosedPledge.objects.filter(closing=closing, tier=tier, lead_member__isnull=False)
    sets = {"leads": pledges, "leads_approved": pledges.filter(status__in=APPROVED)}
    return {name: _by_unit(pledges, rows) for name, rows in sets.items()}


def _by_unit(pledges: QuerySet[ClosedPledge], rows: QuerySet[ClosedPledge]) -> dict[int, int]:
    firsts = rows.order_by().values("lead_member").annotate(first=Min("pledge")).values("first")
    units = pledges.filter(pledge__in=firsts).order_by().values_list("unit")
    return dict(units.annotate(n=Count("pk")))


def _sums(closing: Closing, tier: int) -> list[str]:
    """Whole = own + the sum of the units directly below."""
    units = closing.units.filter(tier=tier)
    sums = {f"sum_{name}": Sum(name) for name in MEASURES}
    below = {row["parent_id"]: row for row in units.order_by().values("parent_id").annotate(**sums)}
    found = []
    for row in units.values("unit_id", *MEASURES, *(f"own_{name}" for name in MEASURES)).iterator():
        children = below.get(row["unit_id"], {})
        for name in MEASURES:
            whole = row[f"own_{name}"] + children.get(f"sum_{name}", 0)
            if row[name] != whole:
                found.append(
                    f"tier {tier} unit {row['unit_id']} {name}: {row[name]}, own and those below {whole}"
                )
    return found


def _persons(closing: Closing, tier: int) -> Iterator[str]:
    """What stands beside a person agrees with the pledges that were put away."""
    pledges = ClosedPledge.objects.filter(closing=closing, tier=tier, lead_member__isnull=False).order_by()
    led = dict(pledges.values_list("lead_member").annotate(n=Count("pk")))
    approved = dict(pledges.filter(status__in=APPROVED).values_list("lead_member").annotate(n=Count("pk")))
    people = ClosedPerson.objects.filter(closing=closing, tier=tier)
    rows: Any = people.order_by().values_list("member", "registered", "approved")
    for member, n_registered, n_approved in rows.iterator():
        expected = (led.get(member, 0), approved.get(member, 0))
        if (n_registered, n_approved) != expected:
            yield f"tier {tier} member {member}: {n_registered}/{n_approved}, the pledges give {expected}"


def _definitions(closing: Closing) -> Iterator[str]:
    """Every figure was defined in every language of the site."""
    for code, figure in closing.definitions["figures"].items():
        for language, _name in settings.LANGUAGES:
            if not figure.get(language, {}).get("definition"):
                yield f"figure {code}: no definition in {language}"


def _beyond(closing: Closing) -> Iterator[str]:
    """Rows of a tier that the closing does not name."""
    known = [frozen["tier"] for frozen in closing.definitions["tiers"]]
    for rows in (closing.units, closing.people, closing.pledges):
        if strays := rows.exclude(tier__in=known).count():
            yield f"{strays} rows of tiers that the closing does not have"
