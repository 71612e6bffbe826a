"""Small workbooks as an office could have made them, for tests of imports."""

import struct
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import xlsxwriter

Cells = Sequence[Sequence[object]]


def write_xlsx(path: Path, rows: Cells, *, hidden: Cells | None = None) -> Path:
    """A workbook with one visible sheet; before it, if given, a hidden one."""
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for name, cells in (("Ẩn", hidden), ("Danh sách", rows)):
            if cells is None:
                continue
            sheet = book.add_worksheet(name)
            if cells is hidden:
                sheet.hide()
            else:
                sheet.activate()
                sheet.set_first_sheet()
            for row, line in enumerate(cells):
                for column, value in enumerate(line):
                    if isinstance(value, date):
                        sheet.write_datetime(row, column, value, day)
                    elif isinstance(value, str):
                        sheet.write_string(row, column, value)
                    elif value is not None:
                        sheet.write(row, column, value)
    return path


def write_xls(path: Path, rows: Cells, *, locked: bool = False) -> Path:
    """The same in the format of Excel 97: BIFF8 records in an OLE container."""
    path.write_bytes(_ole(_biff(rows, locked=locked)))
    return path


def _record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _begin(of: int) -> bytes:
    return _record(0x809, struct.pack("<HHHHII", 0x600, of, 0xDBB, 0x7CC, 0, 6))


def _biff(rows: Cells, *, locked: bool) -> bytes:
    book = _begin(0x5) + (_record(0x2F, struct.pack("<HHH", 1, 1, 1)) if locked else b"")
    name = b"List"
    sheet_at = len(book) + 4 + 8 + len(name) + 4
    book += _record(0x85, struct.pack("<IBBBB", sheet_at, 0, 0, len(name), 0) + name) + _record(0x0A)
    cells = _record(0x200, struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0))
    for row, line in enumerate(rows):
        for column, value in enumerate(line):
            if isinstance(value, float):
                cells += _record(0x203, struct.pack("<HHHd", row, column, 0, value))
            elif value:
                text = str(value)
                head = struct.pack("<HHHHB", row, column, 0, len(text), 1)
                cells += _record(0x204, head + text.encode("utf-16-le"))
    return book + _begin(0x10) + cells + _record(0x0A)


def _ole(stream: bytes) -> bytes:
    """A compound file of 512-byte sectors: one table, one directory, one stream named Workbook."""
    free, end, table = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    stream = stream.ljust(4096, b"\0")
    stream = stream.ljust(-(-len(stream) // 512) * 512, b"\0")
    sectors = len(stream) // 512
    chain = [table, end, *range(3, 2 + sectors), end]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6)
    header += bytes(6) + struct.pack("<9I", 0, 1, 1, 0, 4096, end, 0, end, 0)
    header += struct.pack("<109I", 0, *[free] * 108)

    def entry(label: str, kind: int, child: int, start: int, size: int) -> bytes:
        raw = label.encode("utf-16-le") + b"\0\0"
        place = struct.pack("<HBBIII", len(raw), kind, 1, free, free, child)
        return raw.ljust(64, b"\0") + place + bytes(36) + struct.pack("<IQ", start, size)

    directory = entry("Root Entry", 5, 1, end, 0) + entry("Workbook", 2, free, 2, len(stream))
    return (
        header
        + struct.pack("<128I", *chain, *[free] * (128 - len(chain)))
        + directory.ljust(512, b"\0")
        + stream
    )
