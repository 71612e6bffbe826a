"""A draft keeps itself while somebody types: JSON for static/js/autosave.js, which the page works without."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cadres import clock
from cadres.access import person, signed_in
from pledges.actions import register
from pledges.forms.register import PledgeForm
from pledges.models import Pledge
from pledges.views.conflicts import conflict_of
from pledges.views.register_entry import Entry, entry_of_pledge, new_entry, save, tiers_of
from pledges.views.register_sources import taken


@signed_in
@require_POST
def autosave_new(request: HttpRequest, campaign: str, member: str, kind: str) -> HttpResponse:
    """Keep what is typed into a new form; its ref makes it one draft, however often it comes."""
    tiers = tiers_of(campaign)
    tier = next((tier for tier in tiers if tier.kind == kind), None)
    return _kept(request, new_entry(request, tiers, tier, member))


@signed_in
@require_POST
def autosave(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Keep what is typed into a draft that is there."""
    return _kept(request, entry_of_pledge(request, ref))


def _kept(request: HttpRequest, entry: Entry) -> HttpResponse:
    """200: kept. 422: an answer cannot be kept as it is. 409: a rule forbids it, or somebody was faster."""
    carries = taken(request, entry).carries
    form = entry.form_class(request.POST, draft=True, carries=carries, **entry.known())
    form.draft = True  # whatever became of it meanwhile: what is missing is not what to tell first
    if not form.is_valid():
        return JsonResponse({"message": _what_is_wrong(form)}, status=422)
    saved = save(person(request), entry, form, register.autosave)
    if saved is not None:
        return JsonResponse(_answer(saved))
    if conflict := conflict_of(form, person(request)):
        html = render_to_string("pledges/_conflict.html", {"conflict": conflict}, request)
        return JsonResponse({"html": html}, status=409)
    return JsonResponse({"message": str(form.non_field_errors()[0])}, status=409)


def _answer(saved: Pledge) -> dict[str, Any]:
    """What the form goes on with: the revision it holds now, and the addresses of the draft."""
    return {
        "message": _("Draft saved at %(time)s.") % {"time": f"{clock.now():%H:%M}"},
        "revision": saved.revision,
        "keep": f"pledge-{saved.ref}",
        "edit": reverse("pledges:edit", args=[saved.ref]),
        "autosave": reverse("pledges:autosave", args=[saved.ref]),
    }


def _what_is_wrong(form: PledgeForm) -> str:
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    words = {"field": label or "", "problem": errors[0]}
    if not label:
        return str(errors[0])
    return _("Not saved yet. %(field)s: %(problem)s") % words
