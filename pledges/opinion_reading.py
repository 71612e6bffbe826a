"""What the members of a body have said of a docket: sheet by sheet, and counted line by line."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from cadres.models import BodyKind, Member
from pledges.models import Docket, DocketLine, LineOpinion, OpinionSheet, Stance
from pledges.permissions import seated_members

DIFFERS = (Stance.CHANGE, Stance.OBJECT)


@dataclass(frozen=True)
class Said:
    """One member on one line, or on all of them."""

    member: Member
    stance: str
    label: str
    note: str


@dataclass
class Tally:
    """How many of the members say what; who has given no sheet yet is missing."""

    counts: Counter[str] = field(default_factory=Counter)
    missing: int = 0
    seats: int | None = None
    differing: list[Said] = field(default_factory=list)

    @property
    def agree(self) -> int:
        """Agree without changes."""
        return self.counts[Stance.AGREE]

    @property
    def change(self) -> int:
        """Agree with changes."""
        return self.counts[Stance.CHANGE]

    @property
    def object(self) -> int:
        """Do not agree."""
        return self.counts[Stance.OBJECT]

    @property
    def abstain(self) -> int:
        """Have no opinion."""
        return self.counts[Stance.ABSTAIN]

    @property
    def given(self) -> int:
        """Sheets given."""
        return self.counts.total()

    @property
    def most_object(self) -> bool:
        """Whether more than half of the body does not agree: a hint to the recorder, never a decision."""
        return bool(self.seats) and self.object * 2 > (self.seats or 0)

    def add(self, said: Said) -> None:
        """Count what one member says."""
        self.counts[said.stance] += 1
        if said.stance in DIFFERS:
            self.differing.append(said)


@dataclass(frozen=True)
class Opinions:
    """All sheets of a docket, and who of the members has not given one."""

    sheets: list[OpinionSheet]
    missing: list[Member]
    whole: Tally
    by_line: dict[int, Tally]

    @property
    def given(self) -> int:
        """Sheets given."""
        return len(self.sheets)

    @property
    def members(self) -> int:
        """Everybody who has given a sheet or may give one."""
        return len(self.sheets) + len(self.missing)

    def has_said(self, member_id: int | None) -> bool:
        """Whether the member has given a sheet."""
        return any(sheet.member_id == member_id for sheet in self.sheets)


def opinions_of(docket: Docket, lines: Iterable[DocketLine], day: date) -> Opinions:
    """What was said of the docket: three queries, however many lines and members.

    The meeting of a cell asks nobody beforehand.
    """
    if docket.body.kind == BodyKind.CELL_MEETING:
        return Opinions([], [], Tally(), {})
    sheets = list(OpinionSheet.objects.filter(docket=docket).select_related("member", "by"))
    given = {sheet.member_id for sheet in sheets}
    missing = [member for member in seated_members(docket.body, day) if member.pk not in given]
    own: dict[int, dict[int, LineOpinion]] = {}
    for opinion in LineOpinion.objects.filter(sheet__docket=docket) if sheets else ():
        own.setdefault(opinion.sheet_id, {})[opinion.line_id] = opinion
    whole = Tally(missing=len(missing))
    for sheet in sheets:
        whole.add(_said(sheet, sheet))
    by_line = {line.pk: Tally(missing=len(missing), seats=docket.body.seats) for line in lines}
    for sheet in sheets:
        told, usual = own.get(sheet.pk, {}), _said(sheet, sheet)
        for pk, tally in by_line.items():
            tally.add(_said(sheet, told[pk]) if pk in told else usual)
    return Opinions(sheets, missing, whole, by_line)


def _said(sheet: OpinionSheet, opinion: OpinionSheet | LineOpinion) -> Said:
    return Said(sheet.member, opinion.stance, opinion.get_stance_display(), opinion.note)
