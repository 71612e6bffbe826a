"""The vetting desk in words: parts of it, what is to be seen about a pledge, what the board proposes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from cadres.templatetags.display import number, year
from pledges import desk
from pledges.likeness import Alike, Kind
from pledges.models import DeskAct, Pledge, Tier
from pledges.states import Outcome
from pledges.words import LABELS

SHOW_LABELS: dict[str, Any] = {
    desk.TO_VET: pgettext_lazy("desk", "To vet"),
    desk.AGAIN: pgettext_lazy("desk", "Sent again"),
    desk.VETTED: pgettext_lazy("desk", "Vetted"),
    desk.RETURNED: pgettext_lazy("desk", "Amendment asked for"),
    desk.ALL: pgettext_lazy("desk", "All, with those on a docket"),
}
FLAG_LABELS: dict[str, Any] = {
    desk.UNCLEAR: pgettext_lazy("desk", "Not clear yet"),
    desk.QUOTA: pgettext_lazy("desk", "Too few or too many"),
    desk.ALIKE: pgettext_lazy("desk", "Near-duplicates"),
    desk.ROUTINE: pgettext_lazy("desk", "Signs of routine work"),
}
SORT_LABELS: dict[str, Any] = {
    "list": pgettext_lazy("desk", "The list of cadres"),
    "due": pgettext_lazy("desk", "Deadline"),
    "sent": pgettext_lazy("desk", "When it was sent"),
}
PROPOSED: dict[str, Any] = {
    Outcome.APPROVE: gettext_lazy("Proposed for approval"),
    Outcome.HOLD: gettext_lazy("Proposed to be held over"),
    Outcome.REJECT: gettext_lazy("Proposed not to be approved"),
}
ACT_LABELS: dict[str, Any] = {
    DeskAct.VET: gettext_lazy("Mark as vetted"),
    DeskAct.RETURN: gettext_lazy("Ask for an amendment"),
    DeskAct.DOCKET: gettext_lazy("Put on a docket"),
}


@dataclass(frozen=True)
class Flag:
    """One thing to be seen about a pledge, in words; `url` leads to what it is about."""

    code: str
    text: str
    url: str = ""


# How many near-duplicates a row of the queue names; the page of the pledge names all.
NAMED = 2


def flags_in_words(
    flags: desk.Flags, tier: Tier, others: Mapping[int, Pledge], urls: Mapping[int, str] | None = None
) -> list[Flag]:
    """The flags of a pledge; `others` are the pledges it is like, by key, `urls` where both are compared."""
    told = [Flag(desk.UNCLEAR, text) for text in _unclear(flags)]
    if flags.led is not None:
        told.append(Flag(desk.QUOTA, _quota(flags.led, tier)))
    alike = [one for one in flags.found.alike if one.pk in others]
    told += [
        Flag(desk.ALIKE, alike_words(one, others[one.pk]), (urls or {}).get(one.pk, ""))
        for one in alike[:NAMED]
    ]
    if len(alike) > NAMED:
        text = _("and %(n)s more near-duplicates")
        told.append(Flag(desk.ALIKE, text % {"n": number(len(alike) - NAMED)}))
    if flags.found.common:
        text = _("General wording: %(n)s others have the same")
        told.append(Flag(desk.ALIKE, text % {"n": number(flags.found.common)}))
    if flags.routine:
        words = ", ".join(f"“{phrase}”" for phrase in flags.routine)
        told.append(Flag(desk.ROUTINE, _("Sign of routine work: %(words)s") % {"words": words}))
    return told


def _unclear(flags: desk.Flags) -> list[str]:
    told = []
    if flags.missing:
        missing = ", ".join(str(LABELS[name]).lower() for name in flags.missing)
        told.append(_("Missing: %(fields)s") % {"fields": missing})
    if flags.unclear:
        told.append(_("Not clear: %(items)s") % {"items": ", ".join(flags.unclear)})
    return told


def _quota(led: int, tier: Tier) -> str:
    if led < tier.quota_min:
        text = _("%(n)s registered, at least %(least)s are asked for")
        return text % {"n": number(led), "least": number(tier.quota_min)}
    text = _("%(n)s registered, at most %(most)s are asked for")
    return text % {"n": number(led), "most": number(tier.quota_max)}


def alike_words(one: Alike, other: Pledge) -> str:
    """What a pledge is like, and how much: Giống nội dung của đồng chí … (93%)."""
    if one.kind == Kind.LAST_YEAR:
        text = _("Like the same comrade's of %(year)s (%(score)s%%)")
        return text % {"year": year(other.campaign.year), "score": one.score}
    whose = other.lead_member.name if other.lead_member else other.unit.name
    text = _("Like comrade %(name)s's, same place (%(score)s%%)")
    if not one.place:
        text = _("Like comrade %(name)s's (%(score)s%%)")
    return text % {"name": whose, "score": one.score}


def count_words(tier: Tier, n: int) -> str:
    """How many pledges, in the word of the tier: 166 nội dung, 3 việc."""
    if tier.is_listed:
        return ngettext("%(n)s undertaking", "%(n)s undertakings", n) % {"n": number(n)}
    return ngettext("%(n)s task", "%(n)s tasks", n) % {"n": number(n)}
