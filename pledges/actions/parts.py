"""Rows that belong to a pledge: partners, milestones, sub-targets, files; read and written for a set."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from pledges.actions.acts import CHUNK
from pledges.content import MilestoneEntry, PartnerEntry, Parts, SubTargetEntry
from pledges.models import Attachment, Milestone, Partner, Pledge, SubTarget


def parts_of(pledges: Iterable[Pledge]) -> dict[int, Parts]:
    """The parts of each pledge by its key: three queries for the whole set."""
    keys = [pledge.pk for pledge in pledges]
    partners = _grouped(Partner.objects.filter(pledge__in=keys))
    milestones = _grouped(Milestone.objects.filter(pledge__in=keys))
    targets = _grouped(SubTarget.objects.filter(pledge__in=keys))
    return {
        key: Parts(
            tuple(PartnerEntry(row.name, row.member_id, row.unit_id) for row in partners.get(key, ())),
            tuple(MilestoneEntry(row.due_on, row.text) for row in milestones.get(key, ())),
            tuple(SubTargetEntry(row.text, row.target, row.measure_unit) for row in targets.get(key, ())),
        )
        for key in keys
    }


def files_of(pledges: Iterable[Pledge]) -> dict[int, list[Attachment]]:
    """Files of each pledge that were not taken off, by its key."""
    keys = [pledge.pk for pledge in pledges]
    return _grouped(Attachment.objects.filter(pledge__in=keys, removed_at=None), "at", "pk")


def _grouped(rows: QuerySet[Any], *order: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows.order_by("pledge_id", *(order or ("order",))):
        found.setdefault(row.pledge_id, []).append(row)
    return found


def write_parts(parts: Mapping[int, Parts]) -> None:
    """Write the parts of new pledges by key."""
    pairs = list(parts.items())
    Partner.objects.bulk_create(
        [
            Partner(pledge_id=pk, order=no, name=one.name, member_id=one.member_id, unit_id=one.unit_id)
            for pk, its in pairs
            for no, one in enumerate(its.partners, start=1)
        ],
        batch_size=CHUNK,
    )
    Milestone.objects.bulk_create(
        [
            Milestone(pledge_id=pk, order=no, due_on=one.due_on, text=one.text)
            for pk, its in pairs
            for no, one in enumerate(its.milestones, start=1)
        ],
        batch_size=CHUNK,
    )
    SubTarget.objects.bulk_create(
        [
            SubTarget(pledge_id=pk, order=no, text=one.text, target=one.target, measure_unit=one.measure_unit)
            for pk, its in pairs
            for no, one in enumerate(its.sub_targets, start=1)
        ],
        batch_size=CHUNK,
    )


def replace_parts(pledge: Pledge, parts: Parts) -> None:
    """Put other parts in the place of those of a pledge in its author's hands."""
    for rows in (Partner, Milestone, SubTarget):
        rows.objects.filter(pledge=pledge).delete()
    write_parts({pledge.pk: parts})
