"""A long list is asked for, written by a worker for the one who asked, kept for a time and dropped."""

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from cadres.actions.import_jobs import random_name
from cadres.actions.job_notices import note_seen
from cadres.jobs import JobState
from cadres.models import RecordEvent, Unit, User
from cadres.permissions import can_read_unit
from cadres.reading import one_snapshot
from cadres.templatetags.display import number
from cadres.wake import wake
from pledges.actions.acts import NotAllowedError
from pledges.models import Tier
from reports.closing_reading import speaking_for
from reports.long_lists import LongList, long_list
from reports.models import Export, ExportForm
from reports.writers.sheet import ROWS_A_SHEET

KEPT = timedelta(days=7)
# The kind of the notice that a list can be fetched.
READY = "export_ready"
# How many lists of one person may wait for a worker.
MOST_WAITING = 3
# Progress is told, and the lease prolonged, every so many rows.
TELLS = 5_000


def request_export(*, ref: uuid.UUID, unit: Unit, tier: Tier, wanted: dict[str, Any], by: User) -> Export:
    """Have a list written by a worker. The same `ref` is one export.

    Raises NotAllowedError for who does not read the unit, and who has several lists waiting already.
    """
    if not can_read_unit(by, unit):
        raise NotAllowedError(_("You may not read the figures of this organisation."))
    with transaction.atomic():
        _refuse_too_many(ref, by)
        export, made = Export.objects.get_or_create(
            ref=ref,
            defaults={"unit": unit, "tier": tier, "wanted": wanted, "created_by": by},
        )
        if export.created_by_id != by.pk:
            raise NotAllowedError(_("This form belongs to another list."))
        if made:
            wake(Export.task_name, export.pk)
    return export


def _refuse_too_many(ref: uuid.UUID, by: User) -> None:
    """Count what waits under the lock of the account, so that requests of one instant count each other."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    waiting = Export.objects.filter(created_by=by, state__in=(JobState.QUEUED, JobState.RUNNING))
    if waiting.exclude(ref=ref).count() >= MOST_WAITING:
        told = _("%(n)s of your lists are being written. Ask for the next one when they are done.")
        raise NotAllowedError(told % {"n": number(MOST_WAITING)})


def write(export: Export) -> None:
    """Write a claimed export from one snapshot of what its owner may read now.

    Raises NotAllowedError when he may not read it any more, or the campaign is closed by now.
    """
    found = _may_still_read(export)
    _drop_file(export)  # of a worker that was lost before it told that it was done
    with TemporaryFile() as file:
        with one_snapshot():
            export.total = found.count()
            is_plain = export.total > ROWS_A_SHEET
            export.form = ExportForm.CSV if is_plain else ExportForm.XLSX
            export.save(update_fields=["total", "form"])
            through = partial(_told, export)
            export.rows = found.write(file, through, count=export.total, plain=is_plain)
        export.advance(export.rows)
        _keep(export, found, file)


def _may_still_read(export: Export) -> LongList:
    by = export.created_by
    export.unit = Unit.objects.get(pk=export.unit_id)
    export.tier = Tier.objects.select_related("campaign__host").get(pk=export.tier_id)
    if by is None or not by.is_active or not can_read_unit(by, export.unit):
        raise NotAllowedError(_("You may not read the figures of this organisation."))
    found = long_list(export)
    of_closing = "closing" in export.wanted
    if found is None and of_closing:
        raise NotAllowedError(_("The closing does not have this organisation."))
    if found is None:
        raise NotAllowedError(_("This figure is no longer counted."))
    if not of_closing and speaking_for(export.tier.campaign):
        raise NotAllowedError(_("The campaign is closed by now: open the list in its closing."))
    return found


def _told(export: Export, rows: Iterable[Any]) -> Iterator[Any]:
    for no, row in enumerate(rows, start=1):
        yield row
        if no % TELLS == 0:
            export.advance(no)


def _keep(export: Export, found: LongList, file: BinaryIO) -> None:
    """The file under a random name, and a line in the export log, or neither."""
    try:
        with transaction.atomic():
            export.file.save(random_name(f"list.{export.form}"), File(file, name="list"), save=False)
            export.save(update_fields=["file", "rows"])
            _record(export, found.action, found.facts)
    except BaseException:  # whatever ended the transaction, its file must not stay behind
        export.file.delete(save=False)
        raise


def note_taken(export: Export) -> None:
    """Journal that its owner took the file out of the site; the notice that it is ready is read."""
    told = {name: export.wanted[name] for name in ("closing", "figure", "part") if name in export.wanted}
    if status := export.wanted.get("pledges", {}).get("status"):
        told["filter"] = status
    _record(export, "export_taken", told)
    note_seen(export, READY)


def _record(export: Export, action: str, facts: dict[str, Any]) -> None:
    told = {"format": export.form, "campaign": export.tier.campaign.code, "tier": export.tier.kind}
    RecordEvent.objects.create(
        actor=export.created_by,
        action=action,
        unit=export.unit,
        data=told | facts | {"rows": export.rows},
    )


def drop_old(at: datetime) -> int:
    """Delete files that have been kept long enough, with what was looked for; returns how many."""
    dropped = 0
    old = Export.objects.filter(finished_at__lt=at - KEPT)
    for export in old.exclude(file=""):
        _drop_file(export)
        dropped += 1
    # Of a list that could not be written too.
    for export in old.filter(wanted__has_key="term").exclude(wanted__term=""):
        Export.objects.filter(pk=export.pk).update(wanted=export.wanted | {"term": ""})
    return dropped


def _drop_file(export: Export) -> None:
    if export.file:
        export.file.delete(save=False)
        Export.objects.filter(pk=export.pk).update(file="")
