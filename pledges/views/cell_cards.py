"""One card a comrade: whoever has not registered, one after the other in the cell's own order."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cadres import clock
from cadres.access import person, signed_in
from cadres.models import Unit
from pledges.actions import register as actions
from pledges.forms.register import ON_A_DAY, PledgeForm, ShortForm
from pledges.models import Pledge, Tier
from pledges.permissions import lane_of, visible_pledges, why_not_register
from pledges.sources import chain_of
from pledges.states import REGISTERED, PledgeStatus
from pledges.views.cell_place import typed_place
from pledges.views.cell_rows import CellList, Person, read_list
from pledges.views.conflicts import conflict_of
from pledges.views.register_entry import Entry, save
from pledges.views.register_sources import offered, taken
from pledges.words import status_words

LAST = "last_card"  # kind and deadline of the card sent last, in the session


@dataclass(frozen=True, kw_only=True)
class Round:
    """A walk through the cell: who is still to be registered, never in another order."""

    tier: Tier
    cell: Unit
    day: date
    whole: CellList

    @property
    def left(self) -> Iterator[Person]:
        """Those counted who have not registered and may still be registered."""
        is_open = self.tier.campaign.window_is_open(self.day)
        for one in self.whole.people:
            if one.missing and (is_open or lane_of(one.member, self.tier, self.day)):
                yield one

    def following(self, code: str = "") -> Person | None:
        """The first of those left, or the first after the member of that code. 404 for a stranger."""
        after = self.find(code).no if code else 0
        return next((one for one in self.left if one.no > after), None)

    def find(self, code: str) -> Person:
        """The person of that code; 404 for whoever does not stand in the cell."""
        for one in self.whole.people:
            if one.member.code == code:
                return one
        raise Http404

    def place(self, one: Person) -> int:
        """Which of those counted it is; 0 for somebody not counted."""
        counted = [other.no for other in self.whole.people if other.counted]
        return counted.index(one.no) + 1 if one.counted else 0

    def next_url(self, after: str = "") -> str:
        """The address that goes on, from the start or after the member of that code."""
        url = reverse("pledges:cell_next", args=[self.tier.campaign.code, self.cell.code])
        return f"{url}?{urlencode({'after': after})}" if after else url

    def card_url(self, code: str) -> str:
        """The address of the card of the member of that code."""
        return reverse("pledges:cell_card", args=[self.tier.campaign.code, self.cell.code, code])


@signed_in
@require_safe
def cell_next(request: HttpRequest, campaign: str, unit: str) -> HttpResponse:
    """To the card of the first comrade left, or of the first ?after= a member; else how far the cell is."""
    walk = _round(request, campaign, unit)
    if following := walk.following(request.GET.get("after", "")):
        return redirect(walk.card_url(following.member.code))
    left = list(walk.left)
    context = _place(walk) | {
        "whole": walk.whole,
        "missing": walk.whole.rate.rest,
        "left": [(one, walk.card_url(one.member.code)) for one in left],
        "again": walk.next_url() if left else "",
    }
    return TemplateResponse(request, "pledges/cell_cards_done.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def cell_card(request: HttpRequest, campaign: str, unit: str, member: str) -> HttpResponse:
    """The four questions for one comrade; sent, the page goes on to the next who has not registered."""
    walk = _round(request, campaign, unit)
    one = walk.find(member)
    if request.method == "POST":
        return _take(request, walk, one)
    if one.registered:
        messages.info(request, _("%(name)s has registered already.") % {"name": one.member.name})
        return redirect(walk.next_url(member))
    entry = _entry(walk, one, _draft(walk, one))
    closed = why_not_register(person(request), one.member, walk.tier, walk.day)
    if closed and entry.pledge is None:
        messages.info(request, closed)
        return redirect("pledges:cell", campaign, unit)
    chosen = taken(request, entry)
    form = ShortForm(source=chosen.source, carries=chosen.carries, **entry.known())
    if entry.pledge is None:
        _offer_last(request, walk, form)
    return _page(request, walk, one, entry, form)


def _round(request: HttpRequest, campaign: str, unit: str) -> Round:
    tier, cell = typed_place(request, campaign, unit)
    day = clock.today()
    return Round(tier=tier, cell=cell, day=day, whole=read_list(person(request), cell, tier, day))


def _place(walk: Round) -> dict[str, Any]:
    return {"tier": walk.tier, "campaign": walk.tier.campaign, "cell": walk.cell}


def _entry(walk: Round, one: Person, pledge: Pledge | None) -> Entry:
    return Entry(tier=walk.tier, lead=one.member, unit=one.member.unit, day=walk.day, pledge=pledge)


def _own(walk: Round, one: Person) -> list[Pledge]:
    """What the comrade has in this tier and of a kind that the card can hold."""
    pledges = [line.pledge for line in one.lines]
    return [pledge for pledge in pledges if pledge.tier_id == walk.tier.pk and not pledge.is_stub]


def _draft(walk: Round, one: Person) -> Pledge | None:
    drafts = (pledge for pledge in _own(walk, one) if pledge.status == PledgeStatus.DRAFT)
    return next(drafts, None)


def _take(request: HttpRequest, walk: Round, one: Person) -> HttpResponse:
    """Write the card: sent, on to the next; as a draft, the same card again."""
    ref = request.POST.get("ref", "")
    entry = _entry(walk, one, next((own for own in _own(walk, one) if str(own.ref) == ref), None))
    keeps = "draft" in request.POST
    chosen = taken(request, entry)
    form = ShortForm(request.POST, draft=keeps, carries=chosen.carries, **entry.known())
    good = form.is_valid() and (keeps or not _overtaken(request, one, entry, form))
    write = actions.save_draft if keeps else actions.register
    saved = save(person(request), entry, form, write) if good else None
    if saved is None:
        return _page(request, walk, one, entry, form)
    if keeps:
        messages.success(request, _("The draft is saved. It has not been sent yet."))
        return redirect(walk.card_url(one.member.code))
    _keep_last(request, walk, form)
    messages.success(request, _("The registration of %(name)s has been sent.") % {"name": one.member.name})
    return redirect(walk.next_url(one.member.code))


def _registered(one: Person, entry: Entry) -> list[Pledge]:
    """What is registered for the comrade beside the pledge of the card."""
    pledges = [line.pledge for line in one.lines if line.pledge.status in REGISTERED]
    return [pledge for pledge in pledges if entry.pledge is None or pledge.pk != entry.pledge.pk]


def _overtaken(request: HttpRequest, one: Person, entry: Entry, form: PledgeForm) -> bool:
    """Whether something was registered since the card was opened; then a second press sends it."""
    seen = request.POST.get("seen", "")
    if str(len(_registered(one, entry))) == (seen or "0"):
        return False
    text = _("Something has been registered for this comrade meanwhile. Press again to send this too.")
    form.add_error(None, text)
    return True


def _keep_last(request: HttpRequest, walk: Round, form: PledgeForm) -> None:
    answers = {name: form.cleaned_data[name] for name in ("novelty", "due")}
    due_on = form.cleaned_data["due_on"] if answers["due"] == ON_A_DAY else None
    request.session[LAST] = answers | {"tier": walk.tier.pk, "due_on": due_on and due_on.isoformat()}


def _offer_last(request: HttpRequest, walk: Round, form: PledgeForm) -> None:
    """Kind and deadline of the card before, where the form has no answer of its own yet."""
    last = request.session.get(LAST, {})
    if last.get("tier") != walk.tier.pk:
        return
    given = {"novelty": last["novelty"]}
    if last["due"] in form.offered:
        due_on = date.fromisoformat(last["due_on"]) if last["due_on"] else None
        if due_on is None or due_on >= walk.day:
            given |= {"due": last["due"], "due_on": due_on}
    form.initial.update((name, value) for name, value in given.items() if not form.initial.get(name))


def _page(request: HttpRequest, walk: Round, one: Person, entry: Entry, form: PledgeForm) -> HttpResponse:
    user, others = person(request), _registered(one, entry)
    context = _place(walk) | {
        "form": form,
        "one": one,
        "lead": one.member,
        "at": walk.place(one),
        "all": walk.whole.rate.denominator,
        "address": walk.card_url(one.member.code),
        "skip": walk.next_url(one.member.code),
        "others": [(other, status_words(other, walk.tier)) for other in others],
        "seen": len(others),
        "days_left": walk.tier.campaign.days_left(walk.day),
        "conflict": conflict_of(form, user),
        "sources": None if form.is_bound else offered(user, entry),
        "chain": [form.carries, *chain_of(form.carries, visible_pledges(user))] if form.carries else [],
        "since": form.initial.get("backlog_since"),
        "autosave": "" if form.newer else entry.autosave_url,
        "keep": str(entry.pledge.ref) if entry.pledge else f"{walk.tier.campaign.code}-{one.member.code}",
        "read_back": form.read_back(),
        "phrases": form.phrases(),
    }
    return TemplateResponse(request, "pledges/cell_card.html", context)
