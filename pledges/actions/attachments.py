"""Files with a pledge: brought, taken off, opened. They lie under random names in the private store.

The journal of records (RecordEvent) tells of each act by refs and numbers, never by a file's name.
"""

import hashlib
import uuid
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from cadres.actions.import_jobs import random_name
from cadres.models import RecordEvent, User
from cadres.templatetags.display import number
from cadres.text import clean
from cadres.uploads import MEGABYTE, check_upload
from pledges.actions.acts import Act, NotAllowedError
from pledges.models import Attachment, AttachmentKind, Pledge
from pledges.permissions import can_attach

KINDS = ("pdf", "jpeg", "png", "docx", "xlsx")
LARGEST = 10 * MEGABYTE
MOST = 10
LONGEST_NAME = 200


def attach(pledge: Pledge, file: UploadedFile, *, kind: AttachmentKind, act: Act) -> Attachment:
    """Add a file; the same file a second time is the one that is there.

    Raises UploadError for what is not taken (kind, size, content) and NotAllowedError without the
    right, for a task under a separate document, and when there are MOST files already.
    """
    check_upload(file, name=file.name, kinds=KINDS, limit=LARGEST)
    name = _clean_name(file.name or "")
    fingerprint = _digest(file)
    kept: list[Attachment] = []
    try:
        with transaction.atomic():
            locked = _locked(pledge.ref)
            _judge(locked, kind, act.by)
            present = list(Attachment.objects.filter(pledge=locked, removed_at=None))
            if same := next((one for one in present if one.digest == fingerprint), None):
                return _as_it_is(same, kind)
            if len(present) >= MOST:
                raise NotAllowedError(_("At most %(limit)s files, please.") % {"limit": number(MOST)})
            row = Attachment(pledge=locked, kind=kind, name=name, size=file.size or 0, digest=fingerprint)
            row.by, row.at = act.by, act.at
            kept.append(row)
            row.file.save(random_name(name), file, save=False)
            row.save()
            _note("attachment_added", row, act.by, act.at)
            return row
    except BaseException:  # whatever ended the transaction, its file must not stay behind
        for row in kept:
            row.file.delete(save=False)
        raise


def take_off(ref: uuid.UUID, *, act: Act) -> Attachment:
    """Take a file off; one that a version names is kept, any other is deleted after the commit.

    Twice is once. Raises NotAllowedError without the right.
    """
    with transaction.atomic():
        row = Attachment.objects.select_related("pledge").get(ref=ref)
        pledge = _locked(row.pledge.ref)
        row.refresh_from_db()
        row.pledge = pledge
        if row.removed_at is None:
            _judge(pledge, AttachmentKind(row.kind), act.by)
            _remove([row], pledge, act)
        return row


def take_off_all(pledge: Pledge, *, act: Act) -> None:
    """Of a pledge that becomes a task under a separate document no file stays; call under its lock."""
    _remove(list(Attachment.objects.filter(pledge=pledge, removed_at=None)), pledge, act)


def note_opened(row: Attachment, *, act: Act) -> None:
    """Journal that somebody took a file out of the site."""
    _note("attachment_opened", row, act.by, act.at)


def _locked(ref: uuid.UUID) -> Pledge:
    rows = Pledge.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("lead_member__unit", "tier__campaign__host", "campaign").get(ref=ref)


def _judge(pledge: Pledge, kind: AttachmentKind, by: User | None) -> None:
    if pledge.is_stub:
        raise NotAllowedError(_("A task under a separate document takes no files."))
    if by is None or not can_attach(by, pledge, kind):
        raise NotAllowedError(_("No files are added to this registration or taken off it here."))


def _remove(rows: Iterable[Attachment], pledge: Pledge, act: Act) -> None:
    named = _named_by_versions(pledge)
    for row in rows:
        row.removed_at, row.removed_by = act.at, act.by
        if row.digest not in named:
            _delete_later(row.file.storage, row.file.name)
            row.file = ""
        row.save(update_fields=["removed_at", "removed_by", "file"])
        _note("attachment_removed", row, act.by, act.at)


def _as_it_is(same: Attachment, kind: AttachmentKind) -> Attachment:
    """What was brought twice is one file; as something else it is not taken a second time."""
    if same.kind != kind:
        text = _("This file is here already, as “%(kind)s”. Take it off first.")
        raise NotAllowedError(text % {"kind": same.get_kind_display()})
    return same


def _delete_later(storage: Any, name: str) -> None:
    transaction.on_commit(lambda: storage.delete(name))


def _named_by_versions(pledge: Pledge) -> set[str]:
    contents = pledge.versions.values_list("content__attachments", flat=True)
    return {file["digest"] for files in contents if files for file in files}


def _clean_name(told: str) -> str:
    """The name as a person reads it, without the folders of his machine; its ending is kept."""
    name = clean(PurePath(told.replace("\\", "/")).name)
    suffix = PurePath(name).suffix
    return name[: LONGEST_NAME - len(suffix)].removesuffix(suffix) + suffix if suffix else name[:LONGEST_NAME]


def _digest(file: UploadedFile) -> str:
    found = hashlib.sha256()
    file.seek(0)
    for piece in file.chunks():
        found.update(piece)
    file.seek(0)
    return found.hexdigest()


def _note(action: str, row: Attachment, by: User | None, at: Any) -> None:
    data = {"pledge": str(row.pledge.ref), "file": str(row.ref), "kind": row.kind, "size": row.size}
    RecordEvent.objects.create(
        actor=by, action=action, at=at, unit=row.pledge.unit, member=row.pledge.lead_member, data=data
    )
