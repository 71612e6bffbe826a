"""What a pledge must hold before it can be submitted, told field by field.

The action judges by these rules under its lock; forms show the same sentences beside the fields.
"""

from datetime import date

from django.utils.translation import gettext as _

from pledges.models import Campaign, GuidanceItem, Lane, ListKind, Pledge

SHORT_FORM_FIELDS = ("title", "novelty", "product", "due_on")


def missing_fields(pledge: Pledge) -> list[str]:
    """Fields every pledge needs and this one lacks; a stub needs only its reference and a due date."""
    needed = ("stub_reference", "due_on") if pledge.is_stub else SHORT_FORM_FIELDS
    return [name for name in needed if not getattr(pledge, name)]


def due_problem(due_on: date | None, year: int) -> str | None:
    """A deadline lies in the year of the campaign."""
    if due_on is not None and due_on.year != year:
        return _("The deadline must lie in the year %(year)s.") % {"year": str(year)}
    return None


def clarity_items(campaign: Campaign) -> list[GuidanceItem]:
    """The clarity list in force (5 rõ, 6 rõ), entry by entry."""
    lists = campaign.lists.filter(kind=ListKind.CLARITY)
    return list(GuidanceItem.objects.filter(guidance_list__in=lists).order_by("order"))


def unclear_items(pledge: Pledge, items: list[GuidanceItem]) -> list[GuidanceItem]:
    """Entries of the clarity list that the pledge does not satisfy yet."""
    if pledge.is_stub:
        return []
    return [item for item in items if not all(getattr(pledge, name, None) for name in item.fields)]


def why_incomplete(pledge: Pledge, items: list[GuidanceItem], *, year: int) -> str | None:
    """The one sentence that says why the pledge cannot be submitted yet, or None."""
    if missing_fields(pledge):
        return _("Title, kind, product and deadline are all needed.")
    if problem := due_problem(pledge.due_on, year):
        return problem
    if pledge.lane == Lane.DIRECTIVE and not pledge.is_stub and not pledge.directive:
        return _("After the window a pledge names the new directive it follows.")
    if unclear := unclear_items(pledge, items):
        labels = ", ".join(item.label for item in unclear)
        return _("Not clear yet: %(labels)s.") % {"labels": labels}
    return None
