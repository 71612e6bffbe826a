"""Partners found inside the host of a campaign: organisations, and comrades the reader may know of.

A choice goes back and forth as a signed key, so that nobody can try out whose key is whose.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.signing import BadSignature, Signer
from django.db.models import Q, QuerySet

from cadres.models import CadreEntry, Member, Unit, User
from cadres.permissions import scope_of, under
from cadres.text import fold
from pledges.content import PartnerEntry
from pledges.models import Campaign

MOST = 10
SHORTEST = 2
UNIT, MEMBER = "unit", "member"
Meaning = tuple[str, int]
signer = Signer(salt="pledges.partner")


@dataclass(frozen=True)
class Found:
    """A possible partner: the key of the choice, the name, and what tells namesakes apart."""

    key: str
    name: str
    note: str


def key_of(entry: PartnerEntry) -> str:
    """The signed key of the member or unit that a partner means; empty for a name alone."""
    if entry.member_id:
        return signer.sign(f"{MEMBER}-{entry.member_id}")
    return signer.sign(f"{UNIT}-{entry.unit_id}") if entry.unit_id else ""


def meant_by(key: str) -> Meaning | None:
    """Kind and primary key in a signed key; None for what was not signed here."""
    try:
        kind, _dash, number = signer.unsign(key).partition("-")
    except BadSignature:
        return None
    return kind, int(number)


def find(term: str, campaign: Campaign, user: User) -> list[Found]:
    """At most MOST organisations and comrades whose names hold all words of `term`, marks ignored.

    All organisations of the host; comrades on the campaign's lists, and those the reader may read.
    """
    if len(fold(term)) < SHORTEST:
        return []
    units, people = _units(term, campaign), _people(term, campaign, user)
    half = MOST // 2
    return people[: max(half, MOST - len(units))] + units[: max(half, MOST - len(people))]


def _units(term: str, campaign: Campaign) -> list[Found]:
    rows = _in_host(campaign)
    for word in fold(term).split():
        rows = rows.filter(name_key__contains=word)
    shown = rows.select_related("parent").order_by("path")[:MOST]
    return [
        Found(key_of(PartnerEntry("", unit_id=row.pk)), row.name, row.parent.name if row.parent else "")
        for row in shown
    ]


def _people(term: str, campaign: Campaign, user: User) -> list[Found]:
    posts: dict[int, tuple[Member, str]] = {}
    listed = _listed(campaign).select_related("member__unit")
    for word in fold(term).split():
        listed = listed.filter(member__search_key__contains=word)
    for entry in listed.order_by("member__sort_key", "pk")[:MOST]:
        posts.setdefault(entry.member_id, (entry.member, entry.post_printed))
    if len(posts) < MOST:
        known = Member.objects.search(term).filter(unit__path__startswith=campaign.host.path)
        known = known.filter(under(scope_of(user).readable_paths, "unit__")).exclude(pk__in=posts)
        for member in known.select_related("unit").order_by("sort_key", "pk")[: MOST - len(posts)]:
            posts[member.pk] = (member, member.unit.name)
    return [Found(key_of(PartnerEntry("", member.pk)), member.name, note) for member, note in posts.values()]


def linked(typed: Sequence[tuple[str, str]], campaign: Campaign) -> tuple[PartnerEntry, ...]:
    """Names with the keys chosen for them, as entries: two queries however many there are.

    A choice holds while the chosen name still stands in the text. A name without a choice is linked
    when it is, marks and case ignored, that of exactly one organisation or listed cadre of the host.
    """
    if not typed:
        return ()
    meanings = _meanings(typed, campaign)
    alike: dict[str, list[Meaning]] = defaultdict(list)
    for meaning, name in meanings.items():
        alike[name].append(meaning)
    return tuple(_entry(name, meant_by(key), meanings, alike) for name, key in typed)


def _meanings(typed: Sequence[tuple[str, str]], campaign: Campaign) -> dict[Meaning, str]:
    """Folded names of all that was chosen or is called what was typed."""
    folded = {fold(name) for name, _key in typed}
    chosen = [meant for _name, key in typed if (meant := meant_by(key))]
    keys = {kind: [pk for one, pk in chosen if one == kind] for kind in (UNIT, MEMBER)}
    in_host = Unit.objects.filter(path__startswith=campaign.host.path)
    units = in_host.filter(Q(pk__in=keys[UNIT]) | Q(name_key__in=folded, ended_on=None))
    listed = Q(search_key__in=folded, pk__in=_listed(campaign).values("member"))
    people = Member.objects.filter(Q(pk__in=keys[MEMBER]) | listed)
    found = {(UNIT, pk): name for pk, name in units.order_by().values_list("pk", "name_key")}
    return found | {(MEMBER, pk): name for pk, name in people.order_by().values_list("pk", "search_key")}


def _entry(
    name: str,
    chosen: Meaning | None,
    meanings: dict[Meaning, str],
    alike: dict[str, list[Meaning]],
) -> PartnerEntry:
    text = fold(name)
    if not (chosen and chosen in meanings and meanings[chosen] in text):
        same = alike[text]
        chosen = same[0] if len(same) == 1 else None
    if chosen is None:
        return PartnerEntry(name)
    kind, pk = chosen
    return PartnerEntry(name, member_id=pk) if kind == MEMBER else PartnerEntry(name, unit_id=pk)


def _in_host(campaign: Campaign) -> QuerySet[Unit]:
    return Unit.objects.in_force().filter(path__startswith=campaign.host.path)


def _listed(campaign: Campaign) -> QuerySet[CadreEntry]:
    """Entries of the frozen lists of the campaign."""
    return CadreEntry.objects.filter(cadre_list__in=campaign.tiers.order_by().values("cadre_list"))
