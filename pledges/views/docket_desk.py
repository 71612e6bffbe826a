"""The desk of dockets: which of them a person's list shows, and what could be put on a new one."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Page
from django.db.models import Case, Count, IntegerField, Q, Value, When
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cadres.models import Body, User
from cadres.permissions import scope_of
from cadres.roles import Role
from cadres.templatetags.display import number
from cadres.views.paging import page_of
from pledges import queries
from pledges.models import Docket, RouteStep, StepLevel, StepMode, Tier
from pledges.permissions import can_build_for, can_record, first_hand, visible_dockets
from pledges.states import CampaignState, DocketState

PAGE = 30
BELOW = "below"
SUPPLEMENTARY = "supplementary"
OPINION = "opinion"
# Campaigns in which something still goes before a body.
APPROVING = (CampaignState.OPEN, CampaignState.VETTING, CampaignState.RUNNING)


class DocketFilter:
    """The list of dockets by the address: ?state, ?of=below for those of units below, ?page."""

    def __init__(self, user: User, params: QueryDict) -> None:
        self.user, self.params = user, params
        self.of = BELOW if params.get("of") == BELOW else ""
        self.state = params.get("state", "") if params.get("state") in DocketState.values else ""
        self.everything = visible_dockets(user).filter(of_cell=False)
        self.own = first_hand(user)

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
    """What the person could put before a body: pledges of cadres, lists of the units below the host."""
    scope = scope_of(user)
    if not any(scope.has(role) for role in (Role.BOARD_OFFICER, Role.RECORDER, Role.GRASSROOTS_OFFICER)):
        return []
    tiers = Tier.objects.select_related("campaign__host").prefetch_related("steps")
    live = list(tiers.filter(campaign__state__in=APPROVING).order_by("-campaign__year", "order"))
    hosts, own = {tier.campaign.host_id for tier in live}, scope.paths.get(Role.GRASSROOTS_OFFICER, ())
    bodies = list(
        Body.objects.filter(Q(unit__in=hosts) | Q(unit__path__in=own), ended_on=None).select_related("unit")
    )
    found: list[Waiting] = []
    for tier in live:
        told: set[tuple[int, bool]] = set()  # two steps may mean one body
        for step in tier.steps.all():
            for body in _bodies_of(step, tier, bodies):
                if step.mode == StepMode.ENDORSES:
                    found += _lists_waiting(user, tier, body)
                elif (key := (body.pk, step.mode == StepMode.GIVES_OPINION)) not in told:
                    told.add(key)
                    found += _pledges_waiting(user, tier, body, step.mode)
    return found


def _bodies_of(step: RouteStep, tier: Tier, bodies: list[Body]) -> list[Body]:
    """Of the bodies those the step means: the host's, or where a committee decides, those below it."""
    host = tier.campaign.host
    kind = [body for body in bodies if body.kind == step.body_kind]
    if step.level == StepLevel.HOST:
        return [body for body in kind if body.unit_id == host.pk]
    if step.level == StepLevel.GRASSROOTS and step.mode != StepMode.ENDORSES:
        return [body for body in kind if body.unit_id != host.pk and body.unit.is_under(host)]
    return []


def mode_asked_for(params: QueryDict, tier: Tier, body: Body) -> str:
    """What the body is to do with a new docket: an opinion where asked for, else as the route says."""
    return StepMode.GIVES_OPINION if params.get("for") == OPINION else queries.mode_of(tier, body)


def build_url(tier: Tier, body: Body, mode: str = "", *, supplementary: bool = False) -> str:
    """Where the docket of a body is made; what was registered after the window has one of its own."""
    named = {"campaign": tier.campaign.code, "tier": tier.kind, "unit": body.unit.code, "body": body.kind}
    if supplementary:
        named["kind"] = SUPPLEMENTARY
    if mode == StepMode.GIVES_OPINION:
        named["for"] = OPINION
    return f"{reverse('pledges:docket_build')}?{urlencode(named)}"


def _pledges_waiting(user: User, tier: Tier, body: Body, mode: str) -> list[Waiting]:
    if not can_build_for(user, tier.campaign, body):
        return []
    titles = {
        False: _("%(n)s undertakings await %(body)s"),
        True: _("%(n)s supplementary undertakings await %(body)s"),
    }
    if mode == StepMode.GIVES_OPINION:
        titles = {
            False: _("%(n)s undertakings await the opinion of %(body)s"),
            True: _("%(n)s supplementary undertakings await the opinion of %(body)s"),
        }
    actions = {False: _("Make the docket"), True: _("Make the supplementary docket")}
    return [
        Waiting(
            title=titles[late] % {"n": number(n), "body": body.name},
            text=tier.campaign.title,
            url=build_url(tier, body, mode, supplementary=late),
            action=actions[late],
        )
        for late, n in queries.awaiting_by_lane(tier, body, mode).items()
        if n
    ]


def _lists_waiting(user: User, tier: Tier, body: Body) -> list[Waiting]:
    if not (can_build_for(user, tier.campaign, body) or can_record(user, body)):
        return []
    n = queries.lists_awaiting(tier, body).count()
    if not n:
        return []
    args = [tier.campaign.code, body.unit.code]
    if tier.is_listed:
        url = reverse("pledges:committee_cadres", args=args)
    else:
        url = reverse("pledges:committee", args=args) + "?of=units&show=sent"
    return [
        Waiting(
            title=_("%(n)s lists of organisations below await %(body)s")
            % {"n": number(n), "body": body.name},
            text=tier.campaign.title,
            url=url,
            action=_("See the lists"),
        )
    ]
