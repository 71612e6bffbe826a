"""Content checks on uploaded files, before anything parses them.

A file must carry the name, the first bytes and (for zip containers) the members of a kind that is accepted.
Nothing is written to disk: containers are measured by what they state, then inflated once in pieces that are
thrown away, so that sizes that lie are found out.
"""

import os
import re
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from copy import copy
from pathlib import Path, PurePath
from typing import IO

from django.utils.formats import number_format
from django.utils.translation import gettext as _

MEGABYTE = 1024 * 1024
MAX_BYTES = 20 * MEGABYTE
MAX_MEMBERS = 1_000
MAX_UNPACKED = 200 * MEGABYTE
MAX_RATIO = 200  # XML of a real sheet packs 10 to 40 times
SMALL_UNPACKED = 10 * MEGABYTE  # below this a high ratio harms nobody
MAX_GRID = 2_000_000  # cells of a sheet, from A1 to its last filled row and column

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_MAGIC = b"PK\x03\x04"
STARTS = {b"%PDF-": "pdf", b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg"}
ZIP_KINDS = {"xl/workbook.xml": "xlsx", "word/document.xml": "docx"}
SUFFIXES = {
    ".xlsx": "xlsx",
    ".xls": "xls",
    ".docx": "docx",
    ".pdf": "pdf",
    ".png": "png",
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
}
WORKBOOKS = ("xlsx", "xls")

CHUNK = MEGABYTE
CELL = rb"<(?:\w+:)?c"
PLACE = rb"""r\s*=\s*["']"""
FILLED_CELL = re.compile(CELL + rb"\s(?:[^>]*?\s)?" + PLACE + rb"([A-Za-z]{1,3})([0-9]{1,7})[^>]*(?<!/)>")
UNPLACED_CELL = re.compile(CELL + rb"(?:>|\s(?![^>]*\b" + PLACE + rb")[^>]*>)")
ROW = re.compile(rb"<(?:\w+:)?row\s(?:[^>]*?\s)?" + PLACE + rb"([0-9]{1,7})")
LONGEST_TAG = 200


class UploadError(ValueError):
    """A file that is not taken; the message says what is wrong and what to do."""


def check_upload(
    source: str | Path | IO[bytes],
    *,
    name: str | None = None,
    kinds: Collection[str] = WORKBOOKS,
    limit: int = MAX_BYTES,
) -> str:
    """The kind of the file (xlsx, xls, docx, pdf, png, jpeg), if it is one of `kinds`, whole and harmless.

    A file-like object is read from its start and left at its start. Raises UploadError.
    """
    with _opened(source) as file:
        _check_size(file, limit)
        kind = _kind_of(file)
        named = SUFFIXES.get(PurePath(name or getattr(file, "name", "") or "").suffix.lower())
        # Offices rename .xls to .xlsx and back, and both are read alike. Other files open by their name.
        if kind not in kinds or named not in kinds or (kind != named and {kind, named} != set(WORKBOOKS)):
            raise _not_accepted(kinds)
        return kind


@contextmanager
def _opened(source: str | Path | IO[bytes]) -> Iterator[IO[bytes]]:
    if isinstance(source, (str, Path)):
        with Path(source).open("rb") as file:
            yield file
        return
    source.seek(0)
    try:
        yield source
    finally:
        source.seek(0)


def _check_size(file: IO[bytes], limit: int) -> None:
    file.seek(0, os.SEEK_END)
    size = file.tell()
    file.seek(0)
    if size == 0:
        raise UploadError(_("The file is empty. Save it again and choose it once more."))
    if size > limit:
        raise UploadError(
            _("The file has %(size)s MB; at most %(limit)s MB are taken. Remove pictures or split it.")
            % {"size": number_format(size / MEGABYTE, 1), "limit": number_format(limit / MEGABYTE, 0)}
        )


def _kind_of(file: IO[bytes]) -> str:
    """The kind by content; "" for what is on no list. Refuses locked, damaged and exploding files."""
    start = file.read(8)
    file.seek(0)
    if start == OLE_MAGIC:
        return _kind_of_ole(file)
    if start.startswith(ZIP_MAGIC):
        return _kind_of_zip(file)
    return next((kind for magic, kind in STARTS.items() if start.startswith(magic)), "")


def _kind_of_ole(file: IO[bytes]) -> str:
    """An OLE container is an old workbook, or the wrapping of one locked with a password."""
    data = file.read()
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise locked()
    streams = ("Workbook", "Book")
    return "xls" if any(name.encode("utf-16-le") + b"\0\0" in data for name in streams) else ""


def _kind_of_zip(file: IO[bytes]) -> str:
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            _check_measures(members)
            kind = next(
                (ZIP_KINDS[member.filename] for member in members if member.filename in ZIP_KINDS), ""
            )
            if kind:
                for member in members:
                    _inflate(archive, member)
            return kind
    except UploadError:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        EOFError,
        OSError,
        NotImplementedError,
        ValueError,
    ) as error:
        raise damaged() from error


def _check_measures(members: list[zipfile.ZipInfo]) -> None:
    """What the container says of itself: number of members, unpacked size, ratio, encryption."""
    if any(member.flag_bits & 0x1 for member in members):
        raise locked()
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    steep = unpacked > SMALL_UNPACKED and unpacked > packed * MAX_RATIO
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED or steep:
        raise _exploding()


def _inflate(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Unpack one member in pieces that are thrown away: size and checksum must be the stated ones."""
    unbounded = copy(member)
    unbounded.file_size = MAX_UNPACKED + 1  # else reading stops at the stated size and hides a lie
    is_sheet = member.filename.startswith("xl/worksheets/") and member.filename.endswith(".xml")
    grid = _Grid() if is_sheet else None
    length, tail = 0, b""
    with archive.open(unbounded) as content:
        while piece := content.read(CHUNK):
            length += len(piece)
            if length > member.file_size:
                raise _exploding()
            if grid:
                grid.look(tail + piece)
                tail = piece[-LONGEST_TAG:]
    if length != member.file_size:
        raise damaged()


class _Grid:
    """The extent of a sheet's filled cells.

    A parser reserves all of it at once: two cells in far corners would end the whole process.
    """

    def __init__(self) -> None:
        self.width = self.height = self.last_row = 1

    def look(self, piece: bytes) -> None:
        for column, row in FILLED_CELL.findall(piece):
            self.width = max(self.width, _column_number(column.upper()))
            self.height = max(self.height, int(row))
        self.last_row = max([self.last_row, *map(int, ROW.findall(piece))])
        if UNPLACED_CELL.search(piece):  # cells without a place count on from the number of their row
            self.height = max(self.height, self.last_row)
        if self.width * self.height > MAX_GRID:
            raise _too_wide()


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def locked() -> UploadError:
    """A workbook protected with a password."""
    return UploadError(
        _("The file is locked with a password. Remove the password in Excel and save it again.")
    )


def damaged() -> UploadError:
    """A container that cannot be read to its end."""
    return UploadError(
        _("The file is damaged. Open it in Excel, save it as a new .xlsx file and choose that one.")
    )


def _exploding() -> UploadError:
    return UploadError(
        _("The file unpacks to far more than a list can hold and is not taken. Save the list alone.")
    )


def _too_wide() -> UploadError:
    message = _(
        "Something is written far from the list. Copy the list into a new workbook and choose that one."
    )
    return UploadError(message)


def _not_accepted(kinds: Collection[str]) -> UploadError:
    if set(kinds) <= set(WORKBOOKS):
        return UploadError(_("This is not an Excel workbook. Choose an .xlsx or .xls file."))
    endings = ", ".join(suffix for suffix, kind in SUFFIXES.items() if kind in kinds)
    return UploadError(
        _("This kind of file is not taken. Choose one of: %(endings)s.") % {"endings": endings}
    )
