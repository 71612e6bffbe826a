"""The desk of dockets: which of them a person's list shows, and what could be put on a new one."""

from dataclasses import dataclass

from django.core.paginator import Page
from django.db.models import Case, Count, IntegerField, Value, When
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cadres.models import Body, BodyKind, User
from cadres.permissions import scope_of
from cadres.roles import Role
from cadres.templatetags.display import number
from pledges import queries
from pledges.models import Docket, StepLevel, StepMode, Tier
from pledges.permissions import can_build_docket, can_record, visible_dockets
from pledges.states import CampaignState, DocketState
from pledges.views.paging import page_of

PAGE = 30
BELOW = "below"
# Campaigns in which something still goes before a body.
APPROVING = (CampaignState.OPEN, CampaignState.VETTING, CampaignState.RUNNING)


class DocketFilter:
    """The list of dockets by the address: ?state, ?of=below for those of units below, ?page."""

    def __init__(self, user: User, params: QueryDict) -> None:
        self.user, self.params = user, params
        self.of = BELOW if params.get("of") == BELOW else ""
        self.state = params.get("state", "") if params.get("state") in DocketState.values else ""
        self.everything = visible_dockets(user).exclude(body__kind=BodyKind.CELL_MEETING)
        self.own = queries.first_hand(user)

    @property
    def is_filtered(self) -> bool:
        """Whether the list is not simply everything of the reader's own bodies."""
        return bool(self.of or self.state)

    @cached_property
    def totals(self) -> dict[str, dict[str, int]]:
        """How many dockets there are by state: of the own bodies, and of units below."""
        counts = {"": Count("pk", filter=self.own), BELOW: Count("pk", filter=~self.own)}
        states = self.everything.order_by().values("state")
        rows = states.annotate(first=counts[""], second=counts[BELOW]).values_list("state", "first", "second")
        return {state: {"": first, BELOW: second} for state, first, second in rows}

    def _total(self, of: str, state: str = "") -> int:
        return sum(counts[of] for key, counts in self.totals.items() if state in ("", key))

    def page(self) -> Page[Docket]:
        """What waits for the reader first, then the newest."""
        rows = self.everything.filter(~self.own if self.of else self.own)
        if self.state:
            rows = rows.filter(state=self.state)
        waits = [DocketState.OPEN, DocketState.CONCLUDED, DocketState.ISSUED]
        if scope_of(self.user).has(Role.CLERK):
            waits = [DocketState.CONCLUDED, DocketState.OPEN, DocketState.ISSUED]
        places = [When(state=state, then=Value(place)) for place, state in enumerate(waits)]
        ordered = (
            rows.select_related("body", "campaign")
            .annotate(place=Case(*places, output_field=IntegerField()), n_lines=Count("lines"))
            .order_by("place", "-campaign__year", "-created_at", "-pk")
        )
        known = self._total(self.of, self.state)
        return page_of(ordered, size=PAGE, number=self.params.get("page"), known=known)

    def chips(self) -> list[dict[str, object]]:
        """One chip a state that occurs, and one for the dockets of units below."""
        chips = [self._chip("", pgettext("dockets", "All"), self._total(self.of))]
        chips += [
            self._chip(state, label, n)
            for state, label in DocketState.choices
            if (n := self._total(self.of, state)) or state == self.state
        ]
        if self.of:
            chips.append({"label": _("Own bodies"), "url": reverse("pledges:docket_list"), "active": False})
        elif n := self._total(BELOW):
            url = f"{reverse('pledges:docket_list')}?of={BELOW}"
            chips.append({"label": _("Of organisations below"), "url": url, "count": n, "active": False})
        return chips

    def _chip(self, state: str, label: object, count: int) -> dict[str, object]:
        params = {key: value for key, value in (("of", self.of), ("state", state)) if value}
        query = "?" + "&".join(f"{key}={value}" for key, value in params.items()) if params else ""
        return {
            "label": str(label)[:1].upper() + str(label)[1:],
            "url": reverse("pledges:docket_list") + query,
            "count": count,
            "active": self.state == state,
        }


@dataclass(frozen=True)
class Waiting:
    """Something that awaits a body and lies on no docket yet, in words, with the next step."""

    title: str
    text: str
    url: str
    action: str


def waiting_for_a_docket(user: User) -> list[Waiting]:
    """What the person could put before a body: pledges of key cadres, lists of the units below the host."""
    scope = scope_of(user)
    if not scope.has(Role.BOARD_OFFICER) and not scope.has(Role.RECORDER):
        return []
    tiers = Tier.objects.select_related("campaign__host").prefetch_related("steps")
    live = list(tiers.filter(campaign__state__in=APPROVING).order_by("-campaign__year", "order"))
    hosts = {tier.campaign.host_id for tier in live}
    rows = Body.objects.filter(unit__in=hosts, ended_on=None).select_related("unit")
    bodies = {(body.unit_id, body.kind): body for body in rows}
    found = []
    for tier in live:
        for step in tier.steps.all():
            body = bodies.get((tier.campaign.host_id, step.body_kind))
            if body and step.level == StepLevel.HOST:
                found += (_lists_waiting if step.mode == StepMode.ENDORSES else _pledges_waiting)(
                    user, tier, body
                )
    return found


def _pledges_waiting(user: User, tier: Tier, body: Body) -> list[Waiting]:
    if not can_build_docket(user, tier.campaign):
        return []
    n = queries.awaiting_body(tier, body).count()
    if not n:
        return []
    return [
        Waiting(
            title=_("%(n)s undertakings await %(body)s") % {"n": number(n), "body": body.name},
            text=tier.campaign.title,
            url=f"{reverse('pledges:docket_build')}?campaign={tier.campaign.code}&body={body.kind}",
            action=_("Make the docket"),
        )
    ]


def _lists_waiting(user: User, tier: Tier, body: Body) -> list[Waiting]:
    may = can_build_docket(user, tier.campaign) or can_record(user, body)
    if not may:
        return []
    n = queries.lists_awaiting(tier, body).count()
    if not n:
        return []
    url = reverse("pledges:committee", args=[tier.campaign.code, body.unit.code])
    return [
        Waiting(
            title=_("%(n)s lists of organisations below await %(body)s")
            % {"n": number(n), "body": body.name},
            text=tier.campaign.title,
            url=f"{url}?of=units&show=sent",
            action=_("See the lists"),
        )
    ]
