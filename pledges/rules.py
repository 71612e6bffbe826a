"""What a pledge must hold before it can be submitted, told field by field.

The action judges by these rules under its lock; forms show the same sentences beside the fields.
"""

from datetime import date

from django.utils.translation import gettext as _

from pledges.content import Parts
from pledges.models import Campaign, GuidanceItem, Lane, ListKind, Pledge

SHORT_FORM_FIELDS = ("title", "novelty", "product", "due_on")
# How many rows of each kind a pledge has at most.
MOST_ROWS = {"partners": 30, "milestones": 12, "sub_targets": 30}


def missing_fields(pledge: Pledge) -> list[str]:
    """Fields every pledge needs and this one lacks; a stub needs only its reference and a due date."""
    needed = ("stub_reference", "due_on") if pledge.is_stub else SHORT_FORM_FIELDS
    return [name for name in needed if not getattr(pledge, name)]


def due_problem(due_on: date | None, year: int) -> str | None:
    """A deadline lies in the year of the campaign."""
    if due_on is not None and due_on.year != year:
        return _("The deadline must lie in the year %(year)s.") % {"year": str(year)}
    return None


def milestone_problem(day: date, start_on: date | None, due_on: date | None) -> str | None:
    """A milestone lies between the start and the deadline, as far as they are known."""
    if start_on is not None and day < start_on:
        return _("This milestone lies before the start.")
    if due_on is not None and due_on < day:
        return _("This milestone lies after the deadline.")
    return None


def parts_problem(parts: Parts, start_on: date | None, due_on: date | None) -> str | None:
    """Why rows of a pledge cannot be kept, or None."""
    if any(len(getattr(parts, kind)) > most for kind, most in MOST_ROWS.items()):
        return _("Too many partners, milestones or sub-targets.")
    told = (milestone_problem(one.due_on, start_on, due_on) for one in parts.milestones)
    return next(filter(None, told), None)


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
