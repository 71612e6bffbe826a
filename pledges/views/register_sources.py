"""What a new registration is taken from, named in its address by codes and refs alone."""

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from cadres.access import person
from cadres.models import User
from pledges.models import Pledge, Suggestion
from pledges.permissions import visible_pledges
from pledges.sources import Sources, earlier_pledges, sources_for, suggestions_for, why_not_carried
from pledges.views.register_entry import Entry


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What the form begins with, and the earlier pledge that it carries on."""

    source: Pledge | Suggestion | None = None
    carries: Pledge | None = None


def taken(request: HttpRequest, entry: Entry) -> Taken:
    """What the reader chose: `from` copies, `carry` carries over, `suggestion` takes one of a committee's.

    404 for what is not the lead's or lies outside the reader's scope. A draft keeps what it carries
    on; a form that was typed in brings it back, and the action judges it.
    """
    if entry.pledge is not None:
        return Taken(carries=entry.pledge.carried_from)
    if request.method == "POST":
        named = request.POST.get("carry", "")
        return Taken(carries=_earlier(request, entry, named) if named else None)
    if "suggestion" in request.GET:
        return Taken(source=_suggestion(entry, request.GET["suggestion"]))
    if "carry" in request.GET:
        return _carried(request, entry)
    named = request.GET.get("from", "")
    return Taken(source=_earlier(request, entry, named) if named else None)


def _carried(request: HttpRequest, entry: Entry) -> Taken:
    """Finished or carried over already, it is copied at most, and the reader is told why."""
    earlier = _earlier(request, entry, request.GET["carry"])
    if reason := why_not_carried(earlier, year=entry.tier.campaign.year):
        messages.info(request, reason)
        return Taken()
    return Taken(source=earlier, carries=earlier)


def _earlier(request: HttpRequest, entry: Entry, ref: str) -> Pledge:
    seen = visible_pledges(person(request)).select_related("campaign", "theme", "carried_from")
    earlier = earlier_pledges(entry.lead, entry.tier, seen)
    try:
        return get_object_or_404(earlier.prefetch_related("partners"), ref=uuid.UUID(ref))
    except ValueError:
        raise Http404 from None


def _suggestion(entry: Entry, key: str) -> Suggestion:
    if not key.isascii() or not key.isdigit() or len(key) > 18:
        raise Http404
    return get_object_or_404(suggestions_for(entry.unit, entry.tier), pk=int(key))


def offered(user: User, entry: Entry) -> Sources | None:
    """What a new registration may begin with; None where there is nothing, or the pledge is there."""
    if entry.pledge is not None:
        return None
    return sources_for(entry.lead, entry.tier, unit=entry.unit, seen=visible_pledges(user)) or None
