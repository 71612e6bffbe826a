"""Official names of the bodies that come with an organisation, derived from its own name.

The words are those of Party documents; no place and no level of the tree is known here.
"""

from cadres.models import CELL_KINDS, Body, BodyKind, Unit, UnitKind
from cadres.text import fold

ORGANISATION = "Đảng bộ "
# How the committee of an organisation is called, and its symbol on documents, by the word after "Đảng bộ".
COMMITTEES = {
    "thành phố": ("Thành ủy", "TU"),
    "tỉnh": ("Tỉnh ủy", "TU"),
    "quận": ("Quận ủy", "QU"),
    "huyện": ("Huyện ủy", "HU"),
    "thị xã": ("Thị ủy", "TU"),
}
OTHER_COMMITTEE = ("Đảng ủy", "ĐU")


def committee_of(name: str) -> tuple[str, str]:
    """The committee (cấp ủy) of an organisation and its symbol: "Đảng bộ quận A" → ("Quận ủy A", "QU")."""
    if not fold(name).startswith(fold(ORGANISATION)):
        return name, OTHER_COMMITTEE[1]
    rest = name[len(ORGANISATION) :]
    for word, (committee, symbol) in COMMITTEES.items():
        if rest.lower().startswith(f"{word} "):  # marks tell "quận" from "Quân sự"
            return f"{committee} {rest[len(word) + 1 :]}", symbol
    return f"{OTHER_COMMITTEE[0]} {rest}", OTHER_COMMITTEE[1]


def first_body(unit: Unit) -> tuple[BodyKind, str]:
    """The body with which an organisation decides from its first day, and the name printed for it.

    A cell decides in its meeting; a division has a committee but no standing committee of its own.
    """
    if unit.kind in CELL_KINDS:
        return BodyKind.CELL_MEETING, unit.name
    if unit.kind == UnitKind.DIVISION_COMMITTEE:
        return BodyKind.COMMITTEE, f"Ban Chấp hành {unit.name}"[:200]
    return BodyKind.STANDING_COMMITTEE, f"Ban Thường vụ {committee_of(unit.name)[0]}"[:200]


def document_symbol(body: Body) -> str:
    """The symbol on the body's documents: its own, else that of its organisation's committee."""
    return body.symbol or body.unit.symbol or committee_of(body.unit.name)[1]


def new_body(unit: Unit) -> Body:
    """The first body of a unit, not yet saved."""
    kind, name = first_body(unit)
    return Body(unit=unit, kind=kind, name=name)
