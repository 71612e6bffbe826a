"""A long list is asked for, written by a worker for the one who asked, kept for a time and dropped."""

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from cadres import clock
from cadres.actions.import_jobs import random_name
from cadres.jobs import JobState
from cadres.models import RecordEvent, Unit, User
from cadres.permissions import can_read_unit
from cadres.reading import one_snapshot
from cadres.templatetags.display import moment, number
from cadres.wake import wake
from pledges.actions.acts import NotAllowedError
from pledges.models import Tier
from reports.closing_reading import speaking_for
from reports.figures import BY_CODE
from reports.models import Export, ExportForm, UnitCount
from reports.opened import Opened, Part
from reports.opened_lines import Line, Listed, lines_of, with_names, write_list, write_plain_list
from reports.writers.sheet import ROWS_A_SHEET

KEPT = timedelta(days=7)
# How many lists of one person may wait for a worker.
MOST_WAITING = 3
CHUNK = 500
# Progress is told, and the lease prolonged, every so many rows.
TELLS = 5_000


def request_export(*, ref: uuid.UUID, opened: Opened, by: User) -> Export:
    """Have a list written by a worker. The same `ref` is one export.

    Raises NotAllowedError for who does not read the unit, and who has several lists waiting already.
    """
    if not can_read_unit(by, opened.unit):
        raise NotAllowedError(_("You may not read the figures of this organisation."))
    waiting = Export.objects.filter(created_by=by, state__in=(JobState.QUEUED, JobState.RUNNING))
    if waiting.exclude(ref=ref).count() >= MOST_WAITING:
        told = _("%(n)s of your lists are being written. Ask for the next one when they are done.")
        raise NotAllowedError(told % {"n": number(MOST_WAITING)})
    with transaction.atomic():
        export, made = Export.objects.get_or_create(
            ref=ref,
            defaults={
                "unit": opened.unit,
                "tier": opened.tier,
                "wanted": _wanted(opened),
                "created_by": by,
            },
        )
        if export.created_by_id != by.pk:
            raise NotAllowedError(_("This form belongs to another list."))
        if made:
            wake(Export.task_name, export.pk)
    return export


def _wanted(opened: Opened) -> dict[str, Any]:
    """The list as its address names it; the search for a person goes with the file."""
    return {
        "figure": opened.figure.code,
        "part": str(opened.part),
        "own": opened.own,
        "place": opened.place,
        "term": opened.term,
    }


def write(export: Export) -> None:
    """Write a claimed export from one snapshot of what its owner may read now.

    Raises NotAllowedError when he may not read it any more, or the campaign is closed by now.
    """
    opened = _may_still_read(export)
    _drop_file(export)  # of a worker that was lost before it told that it was done
    with TemporaryFile() as file:
        with one_snapshot():
            row = UnitCount.objects.filter(tier=opened.tier, unit=opened.unit).first()
            rows = opened.rows()
            export.total = rows.order_by().count()
            export.form = ExportForm.CSV if export.total > ROWS_A_SHEET else ExportForm.XLSX
            export.save(update_fields=["total", "form"])
            lines = _told(export, _lines(opened, with_names(opened, rows)))
            listed = Listed(opened, row, lines, export.total, moment(clock.now()))
            writes = write_plain_list if export.form == ExportForm.CSV else write_list
            export.rows = writes(file, listed)
        export.advance(export.rows)
        _keep(export, opened, file)


def _may_still_read(export: Export) -> Opened:
    by = export.created_by
    unit = Unit.objects.get(pk=export.unit_id)
    if by is None or not by.is_active or not can_read_unit(by, unit):
        raise NotAllowedError(_("You may not read the figures of this organisation."))
    tier = Tier.objects.select_related("campaign__host").get(pk=export.tier_id)
    if speaking_for(tier.campaign):
        raise NotAllowedError(_("The campaign is closed by now: open the list in its closing."))
    wanted = export.wanted
    return Opened(
        figure=BY_CODE[wanted["figure"]],
        part=Part(wanted["part"]),
        tier=tier,
        unit=unit,
        day=clock.today(),
        own=wanted["own"],
        place=wanted["place"],
        term=wanted["term"],
    )


def _lines(opened: Opened, rows: Any) -> Iterator[Line]:
    """The lines of a list of any length, a chunk of rows in memory at a time."""
    found = rows.iterator(chunk_size=CHUNK)
    while chunk := list(islice(found, CHUNK)):
        yield from lines_of(opened, chunk)


def _told(export: Export, lines: Iterable[Line]) -> Iterator[Line]:
    for no, line in enumerate(lines, start=1):
        yield line
        if no % TELLS == 0:
            export.advance(no)


def _keep(export: Export, opened: Opened, file: BinaryIO) -> None:
    """The file under a random name, and a line in the export log, or neither."""
    try:
        with transaction.atomic():
            export.file.save(random_name(f"list.{export.form}"), File(file, name="list"), save=False)
            export.save(update_fields=["file", "rows"])
            _record(export, "export_figure", opened.figure.code)
    except BaseException:  # whatever ended the transaction, its file must not stay behind
        export.file.delete(save=False)
        raise


def note_taken(export: Export) -> None:
    """Journal that its owner took the file out of the site."""
    _record(export, "export_taken", export.wanted["figure"])


def _record(export: Export, action: str, figure: str) -> None:
    RecordEvent.objects.create(
        actor=export.created_by,
        action=action,
        unit=export.unit,
        data={
            "format": export.form,
            "campaign": export.tier.campaign.code,
            "tier": export.tier.kind,
            "figure": figure,
            "part": export.wanted["part"],
            "rows": export.rows,
        },
    )


def drop_old(at: datetime) -> int:
    """Delete files that have been kept long enough, with what was looked for; returns how many."""
    dropped = 0
    for export in Export.objects.filter(finished_at__lt=at - KEPT).exclude(file=""):
        _drop_file(export)
        Export.objects.filter(pk=export.pk).update(wanted=export.wanted | {"term": ""})
        dropped += 1
    return dropped


def _drop_file(export: Export) -> None:
    if export.file:
        export.file.delete(save=False)
        Export.objects.filter(pk=export.pk).update(file="")
