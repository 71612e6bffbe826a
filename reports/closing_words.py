"""A closing in words: its mark, what was open when it was made, what a comparison lists."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cadres.templatetags.display import day, moment, number
from pledges.models import Campaign, TierKind
from reports.models import Closing, ClosingKind, ClosingStage
from reports.open_matters import CELLS, DOCUMENTS, OUTBOX, RETURNED, UNDECIDED


def mark(closing: Closing) -> str:
    """What is printed wherever the figures of the closing are shown."""
    if closing.kind == ClosingKind.WORKING:
        return _("Provisional figures as of %(moment)s") % {"moment": moment(closing.taken_at)}
    words = _("Official figures, closed at %(moment)s; document %(document)s of %(day)s")
    return words % {
        "moment": moment(closing.taken_at),
        "document": closing.document,
        "day": day(closing.document_on),
    }


def stage_words(told: ClosingStage | None) -> str:
    """What the worker is doing with a closing, for whom, and since when."""
    if told is None:
        return ""
    seconds = max(int((timezone.now() - told.began_at).total_seconds()), 0)
    began = ngettext("begun %(n)s second ago", "begun %(n)s seconds ago", seconds) % {"n": number(seconds)}
    whose = told.tier.get_kind_display() if told.tier else ""
    parts = [part for part in (told.get_stage_display(), whose, began) if part]
    words = " · ".join(parts)
    return f"{words[:1].upper()}{words[1:]}."


@dataclass(frozen=True)
class OpenMatter:
    """One open matter as a line with the page where it is settled."""

    text: str
    tier: str
    url: str


def matter_lines(campaign: Campaign, matters: Iterable[Mapping[str, Any]]) -> list[OpenMatter]:
    """Open matters of a campaign, each in words; those of the page and those kept with a closing."""
    return [
        OpenMatter(
            _matter_text(one["code"], one["n"]),
            str(TierKind(one["tier"]).label) if one["tier"] else "",
            _matter_url(campaign, one["code"], one["tier"]),
        )
        for one in matters
    ]


def _matter_text(code: str, n: int) -> str:
    words = {
        CELLS: ngettext("%(n)s cell has not sent its list", "%(n)s cells have not sent their list", n),
        RETURNED: ngettext("%(n)s registration is to be amended", "%(n)s registrations are to be amended", n),
        UNDECIDED: ngettext(
            "%(n)s registration has not been decided on", "%(n)s registrations have not been decided on", n
        ),
        DOCUMENTS: ngettext("%(n)s act awaits its document", "%(n)s acts await their document", n),
        OUTBOX: ngettext("%(n)s change is being counted", "%(n)s changes are being counted", n),
    }
    return words[code] % {"n": number(n)}


def _matter_url(campaign: Campaign, code: str, tier: str) -> str:
    host = campaign.host.code
    if code == CELLS:
        return reverse("pledges:committee", args=[campaign.code, host])
    if code in (RETURNED, UNDECIDED):
        status = "returned" if code == RETURNED else "submitted"
        page = reverse("reports:pledges", args=[host])
        return f"{page}?campaign={campaign.code}&tier={tier}&status={status}"
    return reverse("pledges:docket_list") if code == DOCUMENTS else ""
