"""Which lines of a docket want attention first: an objection, a change, a near-duplicate, an amendment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.core.cache import cache
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from pledges import likeness
from pledges.models import Docket, DocketLine
from pledges.opinion_reading import Opinions
from pledges.states import DocketState, PledgeStatus

REMEMBERED = 600  # seconds that the look for near-duplicates on one list is worth


class Flag(StrEnum):
    """Why a line is shown first, in the order of the reasons."""

    GONE = "gone"
    OBJECTED = "objected"
    CHANGED = "changed"
    AMENDED = "amended"
    ALIKE = "alike"


# What is shown opened out; a likeness alone is shown on demand.
GRAVE = frozenset(Flag) - {Flag.ALIKE}
WORDS: dict[Flag, str | Promise] = {
    Flag.GONE: gettext_lazy("amended, withdrawn or decided on meanwhile"),
    Flag.OBJECTED: gettext_lazy("a member does not agree"),
    Flag.CHANGED: gettext_lazy("a member asks for changes"),
    Flag.AMENDED: gettext_lazy("amended after a return"),
    Flag.ALIKE: gettext_lazy("like another undertaking in the same place"),
}
TONES = {
    Flag.GONE: "grey",
    Flag.OBJECTED: "red",
    Flag.CHANGED: "amber",
    Flag.AMENDED: "green",
    Flag.ALIKE: "amber",
}


@dataclass(frozen=True)
class Raised:
    """A flag as a page shows it."""

    flag: Flag

    @property
    def label(self) -> str:
        """In words."""
        return str(WORDS[self.flag])

    @property
    def tone(self) -> str:
        """The colour of its pill."""
        return TONES[self.flag]


Flags = Mapping[int, Sequence[Raised]]


def flags_of(docket: Docket, lines: Sequence[DocketLine], opinions: Opinions) -> Flags:
    """By line, why it comes first; lines without a reason are left out."""
    alike = _alike(docket, lines) if docket.state == DocketState.OPEN else frozenset()
    found = {
        line.pk: [Raised(flag) for flag in Flag if _holds(flag, docket, line, opinions, alike)]
        for line in lines
    }
    return {pk: raised for pk, raised in found.items() if raised}


def _holds(flag: Flag, docket: Docket, line: DocketLine, opinions: Opinions, alike: frozenset[int]) -> bool:
    tally = opinions.by_line.get(line.pk)
    if flag == Flag.GONE:
        return docket.state == DocketState.OPEN and has_gone(line)
    if flag == Flag.OBJECTED:
        return bool(tally and tally.object)
    if flag == Flag.CHANGED:
        return bool(tally and tally.change)
    if flag == Flag.AMENDED:
        # A version after the first is written only in answer to a return.
        return line.version is not None and line.version.no > 1
    return line.pledge_id in alike


def has_gone(line: DocketLine) -> bool:
    """Whether the pledge of a line moved on while the docket was open: the line will be void."""
    if line.pledge is None or line.version is None:
        return False
    return line.pledge.status != PledgeStatus.SUBMITTED or line.pledge.versions_made != line.version.no


def _alike(docket: Docket, lines: Sequence[DocketLine]) -> frozenset[int]:
    """Pledges on the list that somebody else undertakes as well, in the same place under the same words."""
    keys = sorted(line.pledge_id for line in lines if line.pledge_id)
    if not keys or not docket.tier.is_listed:
        return frozenset()
    newest = max(line.version_id or 0 for line in lines)
    name = f"docket-alike:{docket.ref}:{len(keys)}:{newest}"
    known: frozenset[int] | None = cache.get(name)
    if known is None:
        known = _look(docket, keys)
        cache.set(name, known, REMEMBERED)
    return known


def _look(docket: Docket, keys: list[int]) -> frozenset[int]:
    subjects = likeness.subjects(keys, docket.tier)
    pool = likeness.pool_for(subjects.values(), docket.tier)
    others = likeness.Kind.OTHERS
    found = {pk: pool.find(subject).alike for pk, subject in subjects.items()}
    return frozenset(
        pk for pk, alike in found.items() if any(one.kind == others and one.place for one in alike)
    )
