"""Near-duplicates: a pledge beside what the same person undertook last year and what others undertake now.

Two wordings are compared as the folded title, place and product of their versions (PledgeVersion.search_key),
word order ignored. The likeness of wordings is rapidfuzz's ratio, 0 to 100. Then the place speaks, which is
read where it is typed as a name ("ngõ 310 Lạc Long Quân", "phường Bưởi") or in the field of its own:
the same place adds, another place rules out, and where nobody names a place the wording must carry alone:
with the same numbers, and all but word for word where the two stand in different organisations.
What more than COMMON people word alike without a place is a general wording, not a duplicate.

Measured on the demo of 2024 (166 undertakings of key cadres, 163 of the year before, 7.372 tasks of members):
by wordings alone, at 80, every one of the 166 is the duplicate of somebody else's, as offices word alike.
With the place 51 lie in one place under one wording, 39 are worded alike by at most COMMON people, 47 are
general wordings, and 65 are the same person's of last year. THRESHOLD lies in a gap: no pair of two people
scores from 84 to 89, none of one person below 96.

Candidates are the tier of the same host, nobody else's: a country is never compared with itself. Where
a tier holds more than MOST pledges, those of the branches below the host in which the subjects stand.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from django.db.models import Q
from rapidfuzz import fuzz, process

from cadres.models import PATH_STEP
from cadres.text import fold
from pledges.models import Pledge, PledgeVersion, Tier
from pledges.states import REGISTERED

THRESHOLD = 88
# Below this no bonus reaches the threshold.
LEAST = 80
WHOLE = 100
SAME_PLACE, OTHER_NUMBERS, ELSEWHERE = 8, -15, -10
COMMON = 3
MOST = 20_000

_UPPER = "A-ZÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
_KINDS = (
    "ngõ|ngách|hẻm|kiệt|tổ dân phố|tổ|khu dân cư|khu tập thể|cụm dân cư|thôn|xóm|ấp|phường|xã|thị trấn|"
    "quận|huyện|đường|phố|chợ|hồ|đình|chùa|đền|trường|dự án|công trình|chi bộ|số"
)
# "ngõ 310 Lạc Long Quân", "tổ dân phố số 18", "phường Nhật Tân": a kind, then a number or a name.
_PLACE = re.compile(
    rf"(?<!\w)((?i:{_KINDS}))\s+(?:số\s+)?((?:\d[\w/]*|[{_UPPER}]\w*)(?:\s+(?:[{_UPPER}]\w*|\d[\w/]*))*)"
)
_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"\w+")
# Words that say nothing about what is alike.
_EMPTY = frozenset(
    {"và", "của", "tại", "cho", "các", "những", "được", "trong", "với", "trên", "đến", "theo", "về", "để"}
)

Places = frozenset[tuple[str, str]]


class Candidate(NamedTuple):
    """A wording to compare: its pledge, lead, the path of its unit, the folded key, the text with names."""

    pk: int
    lead: int | None
    path: str
    key: str
    text: str


class Kind(StrEnum):
    """Why two pledges are shown together."""

    LAST_YEAR = "last_year"
    OTHERS = "others"


@dataclass(frozen=True)
class Alike:
    """A pledge like the one looked at; `place` says whether both name the same one."""

    pk: int
    score: int
    kind: Kind
    place: bool


@dataclass(frozen=True)
class Found:
    """What is like a pledge, the most alike first, and how many word it in the same general way."""

    alike: tuple[Alike, ...] = ()
    common: int = 0


@lru_cache(maxsize=MOST)
def places_in(text: str) -> Places:
    """The places a text names, folded, each with its kind: {("phuong", "buoi")}; capitals alone name none."""
    parts = (part for part in text.split(";") if not part.isupper())
    return frozenset((fold(kind), fold(name)) for part in parts for kind, name in _PLACE.findall(part))


def _same_branch(one: str, other: str, root: int) -> bool:
    return one[: root + PATH_STEP] == other[: root + PATH_STEP]


def same_place(one: Candidate, other: Candidate, *, root: int = 0) -> bool | None:
    """Whether both name the same place; None where either is silent.

    Of one kind their names must agree, "ngõ 310" with "ngõ 310 Lạc Long Quân" too; a bare number
    (tổ dân phố số 18) means one place in one branch only.
    """
    first, second = places_in(one.text), places_in(other.text)
    kinds = {kind for kind, _name in first} & {kind for kind, _name in second}
    if not kinds:
        return None
    agreed = [
        (kind, name, own) for kind, name in first for its, own in second if its == kind and _agree(name, own)
    ]
    if kinds - {kind for kind, _name, _own in agreed}:
        return False
    bare = all(name.isdigit() and own.isdigit() for _kind, name, own in agreed)
    return not bare or _same_branch(one.path, other.path, root)


def _agree(one: str, other: str) -> bool:
    return f"{one} ".startswith(f"{other} ") or f"{other} ".startswith(f"{one} ")


def likeness(one: Candidate, other: Candidate, *, root: int = 0) -> tuple[int, bool]:
    """How alike two pledges are, 0 to 100, and whether by their place; the same the other way round.

    `root` is the length of the host's path: what hangs directly below it is a branch.
    """
    wording = fuzz.ratio(_sorted(one.key), _sorted(other.key), score_cutoff=LEAST)
    return _judged(one, other, wording, root) if wording else (0, False)


def _judged(one: Candidate, other: Candidate, wording: float, root: int) -> tuple[int, bool]:
    place = same_place(one, other, root=root)
    if place is False:
        return 0, False
    if place:
        return (WHOLE if wording == WHOLE else min(99, round(wording + SAME_PLACE))), True
    if one.lead is None or one.lead != other.lead:
        if _numbers(one.key) != _numbers(other.key):
            wording += OTHER_NUMBERS
        if not _same_branch(one.path, other.path, root):
            wording += ELSEWHERE
    return round(wording), False


def _sorted(key: str) -> str:
    return " ".join(sorted(key.split()))


@lru_cache(maxsize=MOST)
def _numbers(key: str) -> tuple[str, ...]:
    return tuple(sorted(_NUMBER.findall(key)))


class Pool:
    """Everything a tier's pledges are compared with, read once."""

    def __init__(self, others: Sequence[Candidate], last_year: Sequence[Candidate] = (), root: int = 0):
        self.root = root
        self.others, self._keys = others, [_sorted(one.key) for one in others]
        self.last_year: dict[int | None, list[Candidate]] = {}
        for one in last_year:
            self.last_year.setdefault(one.lead, []).append(one)

    def find(self, subject: Candidate, *, carried_from: int | None = None) -> Found:
        """What is like the subject; what it carries on from last year is no duplicate of it."""
        again = []
        for other in self.last_year.get(subject.lead, ()) if subject.lead else ():
            score, place = likeness(subject, other, root=self.root)
            if score >= THRESHOLD and other.pk != carried_from:
                again.append(Alike(other.pk, score, Kind.LAST_YEAR, place))
        placed, bare = self._others(subject)
        common = len(bare) if len(bare) > COMMON else 0
        alike = again + placed + ([] if common else bare)
        return Found(tuple(sorted(alike, key=lambda one: (-one.score, one.pk))), common)

    def _others(self, subject: Candidate) -> tuple[list[Alike], list[Alike]]:
        """Pledges of other people that are alike: in one place, and by the wording alone."""
        placed: list[Alike] = []
        bare: list[Alike] = []
        near = process.extract(
            _sorted(subject.key), self._keys, scorer=fuzz.ratio, score_cutoff=LEAST, limit=None
        )
        for _key, wording, at in near:
            other = self.others[at]
            if other.pk == subject.pk or (other.lead is not None and other.lead == subject.lead):
                continue
            score, place = _judged(subject, other, wording, self.root)
            if score >= THRESHOLD:
                (placed if place else bare).append(Alike(other.pk, score, Kind.OTHERS, place))
        return placed, bare


def _read(versions: Q, tier: Tier, *, most: int) -> list[Candidate]:
    rows = PledgeVersion.objects.last_sent().filter(
        versions,
        pledge__campaign__host=tier.campaign.host_id,
        pledge__status__in=REGISTERED,
        pledge__is_stub=False,
    )
    found = rows.order_by("pledge").values_list(
        "pledge_id",
        "pledge__lead_member_id",
        "pledge__unit__path",
        "search_key",
        "pledge__title",
        "pledge__place",
    )
    return [
        Candidate(pk, lead, path, key, f"{title}; {place}")
        for pk, lead, path, key, title, place in found[:most]
    ]


def subjects(pledges: Iterable[int], tier: Tier) -> dict[int, Candidate]:
    """The wordings of the pledges to look at, by key; a stub has none."""
    wanted = list(pledges)
    return {one.pk: one for one in _read(Q(pledge__in=wanted), tier, most=len(wanted))}


def pool_for(looked_at: Collection[Candidate], tier: Tier) -> Pool:
    """What the pledges of a tier are compared with, in three queries at most."""
    host = tier.campaign.host
    root, of_tier = len(host.path), Q(pledge__tier=tier)
    if Pledge.objects.filter(tier=tier).count() > MOST:
        branches = {one.path[: root + PATH_STEP] for one in looked_at}
        below = Q(pk__in=())
        for branch in branches:
            below |= Q(pledge__unit__path__startswith=branch)
        of_tier &= below
    leads = {one.lead for one in looked_at if one.lead}
    before = Q(pledge__lead_member__in=leads, pledge__campaign__year=tier.campaign.year - 1)
    return Pool(_read(of_tier, tier, most=MOST), _read(before, tier, most=MOST), root)


def marked(text: str, other: str) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is a word that the other text has too; marks ignored."""
    shared = {fold(word) for word in _WORD.findall(other) if word.casefold() not in _EMPTY}
    pieces: list[tuple[str, bool]] = []
    end = 0
    for match in _WORD.finditer(text):
        if match.group().casefold() not in _EMPTY and fold(match.group()) in shared:
            pieces += [(text[end : match.start()], False), (match.group(), True)]
            end = match.end()
    return [piece for piece in (*pieces, (text[end:], False)) if piece[0]]
