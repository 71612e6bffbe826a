"""Names of Party organisations as lists print them: "Đảng bộ phường Bưởi - Chi bộ số 1".

A name may hold the separator ("Chi bộ Trung tâm Văn hóa - Thể thao"), so a line is parted only before a
word that names a kind of organisation.
"""

import re

from cadres.text import clean, fold

UnitPath = tuple[str, ...]

DIVISION, COMMITTEE, CELL = "dang bo bo phan", "dang bo", "chi bo"
SEPARATOR = re.compile(r"( [-–—] )")
ENUMERATION = re.compile(r"(?:[0-9]{1,3}|[IVXLC]{1,6})[.)] ?")  # "I. Đảng bộ phường Bưởi"


def is_unit_name(text: str) -> bool:
    """Whether the text begins with a kind of organisation: Đảng bộ, Đảng bộ bộ phận, Chi bộ."""
    folded = fold(_without_enumeration(text))
    return any(folded == kind or folded.startswith(f"{kind} ") for kind in (COMMITTEE, CELL))


def _without_enumeration(text: str) -> str:
    return ENUMERATION.sub("", text, count=1) if ENUMERATION.match(text) else text


def is_cell_name(name: str) -> bool:
    """Whether the organisation is a chi bộ."""
    return fold(name).startswith(CELL)


def split_unit_path(text: str) -> UnitPath:
    """The organisations of a group line from the top down, below the host."""
    names: list[str] = []
    separator = ""
    for piece in SEPARATOR.split(_without_enumeration(clean(text))):
        if SEPARATOR.fullmatch(piece):
            separator = piece
        elif not names or is_unit_name(piece):
            names.append(piece)
        else:
            names[-1] += separator + piece
    return tuple(names)


def fold_path(path: UnitPath) -> UnitPath:
    """The identity of a path: its names without marks and case."""
    return tuple(map(fold, path))


def unit_kind(path: UnitPath) -> str:
    """The kind of the last organisation of a path; a chi bộ directly under the host is a chi bộ cơ sở."""
    folded = fold(path[-1])
    if folded.startswith(DIVISION):
        return "division_committee"
    if folded.startswith(COMMITTEE):
        return "grassroots_committee"
    return "grassroots_cell" if len(path) == 1 else "cell"
