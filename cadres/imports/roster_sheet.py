"""What a roster says, once read."""

from dataclasses import dataclass, field
from datetime import date

from cadres.imports.unit_names import UnitPath
from cadres.imports.workbook import Problem


@dataclass(frozen=True)
class RosterLine:
    """One person of the list. Without a problem `rank` and `standing` are set."""

    row: int
    unit_path: UnitPath
    position: int
    family_names: str
    given_name: str
    birth_year: int | None
    card_number: str | None
    rank: str
    standing: str
    post: str

    @property
    def name(self) -> str:
        return f"{self.family_names} {self.given_name}".strip()


@dataclass
class RosterSheet:
    """What a roster says. `lines` are usable; `refused_lines` hold what could be read of the others."""

    labels: list[str]
    lines: list[RosterLine] = field(default_factory=list)
    refused_lines: list[RosterLine] = field(default_factory=list)
    units: list[UnitPath] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    refused: set[int] = field(default_factory=set)
    # Cells of the refused rows, without the columns left out, to give back in a workbook.
    refused_cells: dict[int, list[str]] = field(default_factory=dict)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    as_of: date | None = None
    stated_total: int | None = None
