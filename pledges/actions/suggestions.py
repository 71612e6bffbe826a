"""Tasks that a committee suggests to the people of its sub-tree (việc gợi ý)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cadres.models import RecordEvent, Unit, User
from pledges.actions.acts import NotAllowedError
from pledges.actions.campaign_stages import NOT_CLOSED, held
from pledges.models import Suggestion, Tier
from pledges.permissions import can_suggest

MOST_SUGGESTIONS = 200


@dataclass(frozen=True, kw_only=True)
class SuggestedRow:
    """One suggested task; the theme is the key of one of the campaign's."""

    title: str
    product: str = ""
    theme: int | None = None


def write_suggestions(tier: Tier, unit: Unit, rows: Sequence[SuggestedRow], *, by: User) -> list[Suggestion]:
    """Write what a unit suggests to the people of a tier, in order; what was there before is replaced.

    Until the campaign is closed. Twice the same rows change nothing.
    """
    if not can_suggest(by, tier.campaign, unit):
        raise NotAllowedError(_("You do not write what this organisation suggests."))
    if len(rows) > MOST_SUGGESTIONS:
        raise NotAllowedError(_("At most %(most)s tasks are suggested.") % {"most": MOST_SUGGESTIONS})
    with held(tier.campaign_id, NOT_CLOSED) as campaign:
        themes = set(campaign.themes.values_list("pk", flat=True))
        if any(row.theme not in themes for row in rows if row.theme is not None):
            raise NotAllowedError(_("This theme belongs to another campaign."))
        before = list(Suggestion.objects.filter(tier=tier, unit=unit).order_by("order"))
        if [_row(one) for one in before] == list(rows):
            return before
        Suggestion.objects.filter(tier=tier, unit=unit).delete()
        written = Suggestion.objects.bulk_create(
            Suggestion(
                tier=tier, unit=unit, order=order, title=row.title, product=row.product, theme_id=row.theme
            )
            for order, row in enumerate(rows, start=1)
        )
        RecordEvent.objects.create(
            actor=by,
            action="suggestions_written",
            unit=unit,
            data={"campaign": campaign.code, "tier": tier.kind, "tasks": len(rows)},
        )
    return written


def _row(one: Suggestion) -> SuggestedRow:
    return SuggestedRow(title=one.title, product=one.product, theme=one.theme_id)
