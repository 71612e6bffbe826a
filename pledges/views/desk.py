"""The vetting desk: the queue of a tier by a filter that stands in the address, with what is to be seen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cadres.access import person, role_required
from cadres.permissions import can_read_unit
from cadres.roles import Role
from cadres.views import terms
from cadres.views.paging import page_of
from pledges import desk
from pledges.desk import Desk, Wanted
from pledges.desk_words import (
    ACT_LABELS,
    FLAG_LABELS,
    NAMED,
    PROPOSED,
    SHOW_LABELS,
    Flag,
    count_words,
    flags_in_words,
)
from pledges.docket_reading import posts_of
from pledges.forms.desk import FilterForm
from pledges.models import DeskAct, Pledge, PledgeReturn, Tier, TierKind, Vetting
from pledges.permissions import can_vet
from pledges.sent import as_sent
from pledges.states import CampaignState, PledgeStatus
from pledges.words import due_words, status_words

PAGE = 50
KEPT = ("tier", "show", "flag", "unit", "theme", "novelty", "lane", "sort")


@dataclass(frozen=True)
class Row:
    """A pledge in the queue with what a reviewer goes by."""

    pledge: Pledge
    post: str
    status: str
    due: str
    url: str
    flags: list[Flag]
    proposal: str = ""
    asked: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class View:
    """What an address of the desk asks for: the tier, the filter, and the filter as it is passed on."""

    tier: Tier
    desk: Desk
    form: FilterForm
    wanted: Wanted
    query: str

    @property
    def campaign(self) -> Any:
        """The campaign of the tier."""
        return self.tier.campaign

    def types(self, _pledge: Pledge) -> bool:
        """Whether the board reads what is being typed: it may type for the cadres of its lists."""
        return self.tier.is_listed

    def url(self, name: str = "pledges:desk", *args: object, **changes: str) -> str:
        """An address of the desk with this filter; `changes` replace parts of it."""
        kept = dict(self._pairs()) | changes
        query = urlencode({key: value for key, value in kept.items() if value})
        base = reverse(name, args=[self.campaign.code, *args])
        return f"{base}?{query}" if query else base

    def _pairs(self) -> Iterable[tuple[str, str]]:
        data = self.form.data
        yield from ((key, data.get(key, "")) for key in KEPT)
        if self.wanted.name:
            yield "page", data.get("page", "1")


def view_of(request: HttpRequest, campaign: str) -> View:
    """What is asked for, of the reader's own host: 404 for strangers, 403 without the right."""
    tiers = list(
        Tier.objects.select_related("campaign__host", "cadre_list")
        .prefetch_related("steps")
        .filter(campaign__code=campaign)
        .exclude(campaign__state=CampaignState.DRAFT)
        .order_by("order")
    )
    kind = request.GET.get("tier", "")
    found = [tier for tier in tiers if tier.kind == kind] if kind else tiers
    if not found or not can_read_unit(person(request), found[0].campaign.host):
        raise Http404
    tier = found[0]
    if not can_vet(person(request), tier.campaign):
        raise PermissionDenied(_("The organisation board of the host vets this."))
    units, themes = desk.choices_of(tier)
    form = FilterForm(request.GET, units=units, themes=themes)
    wanted = form.wanted(terms.recall(request, "desk"))
    return View(tier, Desk(tier), form, wanted, request.GET.urlencode())


@role_required(Role.BOARD_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def queue(request: HttpRequest, campaign: str) -> HttpResponse:
    """What waits at the desk, with its flags; a name to look for is sent by POST."""
    view = view_of(request, campaign)
    if request.method == "POST":
        return terms.remember(request, "desk")
    totals = view.desk.totals(view.wanted)
    page = _page(view, request.GET.get("page"), None if view.wanted.flag else totals[view.wanted.show])
    context = {
        "view": view,
        "campaign": view.campaign,
        "tier": view.tier,
        "form": view.form,
        "name": view.wanted.name,
        "page": page,
        "rows": _rows(view, list(page.object_list)),
        "count_words": count_words(view.tier, page.paginator.count),
        "shows": _chips(view, SHOW_LABELS, "show", view.wanted.show, totals),
        "flags": _chips(view, FLAG_LABELS, "flag", view.wanted.flag),
        "show": view.wanted.show,
        "cut_off": desk.COMPARED if view.desk.cut_off else None,
        "acts": _acts(view) if page.paginator.count else [],
        "reset_url": _reset_url(view),
        "tiers": _other_tiers(view),
        "is_closed": view.campaign.state == CampaignState.CLOSED,
    }
    return TemplateResponse(request, "pledges/desk.html", context)


def _page(view: View, number: str | None, known: int | None) -> Page[Pledge]:
    rows = desk.with_led(view.desk.rows(view.wanted), view.tier)
    rows = rows.select_related("lead_member", "unit", "campaign", "tier")
    return page_of(rows, size=PAGE, number=number, known=known)


def _reset_url(view: View) -> str:
    """The part of the desk without its filter; empty where there is none."""
    if not (view.form.narrows or view.wanted.name):
        return ""
    return view.url(unit="", theme="", novelty="", lane="", flag="", page="")


def _chips(
    view: View, labels: dict[str, Any], name: str, chosen: str, totals: dict[str, int] | None = None
) -> list[dict[str, Any]]:
    """One chip a part of the desk; of the flags, one pressed again is taken away."""
    return [
        {
            "label": str(label),
            "url": view.url(**{name: "" if name == "flag" and key == chosen else key, "page": ""}),
            "count": totals[key] if totals else None,
            "active": key == chosen,
        }
        for key, label in labels.items()
    ]


def _acts(view: View) -> list[dict[str, str]]:
    """What may be done with all of the filter, by the part of the desk."""
    fits = {
        desk.TO_VET: (DeskAct.VET, DeskAct.RETURN),
        desk.AGAIN: (DeskAct.VET, DeskAct.RETURN),
        desk.VETTED: (DeskAct.DOCKET, DeskAct.RETURN),
        desk.ALL: (DeskAct.VET, DeskAct.DOCKET),
    }
    return [
        {"label": str(ACT_LABELS[act]), "url": view.url("pledges:desk_all", act=act.value)}
        for act in fits.get(view.wanted.show, ())
    ]


def _other_tiers(view: View) -> list[dict[str, Any]]:
    """The tiers of the campaign to change over to, where there is more than one."""
    tiers = view.campaign.tiers.all()
    if len(tiers) < 2:
        return []
    base = reverse("pledges:desk", args=[view.campaign.code])
    return [
        {
            "label": str(TierKind(tier.kind).label),
            "url": f"{base}?tier={tier.kind}",
            "active": tier.pk == view.tier.pk,
        }
        for tier in tiers
    ]


def _rows(view: View, pledges: Sequence[Pledge]) -> list[Row]:
    as_sent(pledges, but=view.types)
    flags, posts = view.desk.flags(pledges), posts_of(view.tier)
    others = others_of(flags.values())
    proposals, asked = _proposals(pledges), _asked(pledges)
    return [
        Row(
            pledge=pledge,
            post=posts.get(pledge.lead_member_id or 0, ""),
            status=status_words(pledge, view.tier),
            due=due_words(pledge),
            url=view.url("pledges:desk_pledge", pledge.ref),
            flags=_flags_of(view, pledge, flags[pledge.pk], others),
            proposal=proposals.get(pledge.pk, ""),
            asked=asked.get(pledge.pk, []),
        )
        for pledge in pledges
    ]


def _flags_of(view: View, pledge: Pledge, flags: desk.Flags, others: dict[int, Pledge]) -> list[Flag]:
    """The flags of a row; those of near-duplicates lead to both side by side."""
    named = [one.pk for one in flags.found.alike if one.pk in others][:NAMED]
    urls = {pk: view.url("pledges:desk_pair", pledge.ref, others[pk].ref) for pk in named}
    return flags_in_words(flags, view.tier, others, urls)


def others_of(flags: Iterable[desk.Flags]) -> dict[int, Pledge]:
    """The pledges that those looked at are like, by key."""
    keys = {one.pk for found in flags for one in found.found.alike}
    rows = Pledge.objects.filter(pk__in=keys).select_related("lead_member", "unit", "campaign")
    return {pledge.pk: pledge for pledge in rows}


def _proposals(pledges: Sequence[Pledge]) -> dict[int, str]:
    """What the board proposes on the version last sent, in words."""
    known = {pledge.pk: pledge.versions_made for pledge in pledges}
    rows = Vetting.objects.filter(pledge__in=known).order_by()
    found = rows.values_list("pledge_id", "version__no", "proposal")
    return {pk: str(PROPOSED[proposal]) for pk, no, proposal in found if no == known[pk]}


def _asked(pledges: Sequence[Pledge]) -> dict[int, list[str]]:
    """What was last asked of those returned, or sent again and not looked at since."""
    wanted = [
        pledge.pk
        for pledge in pledges
        if pledge.status == PledgeStatus.RETURNED or pledge.came_again  # type: ignore[attr-defined]  # from at_desk
    ]
    found: dict[int, list[str]] = {}
    rows = PledgeReturn.objects.filter(pledge__in=wanted).prefetch_related("points").order_by("at", "pk")
    for row in rows:
        found[row.pledge_id] = [*(point.label for point in row.points.all()), *filter(None, [row.note])]
    return found
