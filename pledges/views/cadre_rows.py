"""The cadres of a grassroots committee, as its pages show them: who has registered, what awaits its body."""

from dataclasses import dataclass
from functools import cached_property

from django.core.paginator import Page
from django.db.models import Count, Q
from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from cadres.models import Body, CadreEntry, Unit, User
from cadres.rates import Rate
from cadres.text import fold
from cadres.views.paging import page_of
from pledges import amendments, queries
from pledges import committee_figures as figures
from pledges.amendments import Amendment
from pledges.models import Docket, Pledge, SentList, StepLevel, StepMode, Tier
from pledges.permissions import can_build_for, can_type_for_list
from pledges.sent import as_sent
from pledges.states import REGISTERED, DocketState, PledgeStatus
from pledges.views.docket_desk import build_url
from pledges.words import status_words

PAGE = 50
STATES: dict[str, Promise] = {
    "missing": pgettext_lazy("cadres", "Not registered yet"),
    "submitted": pgettext_lazy("cadres", "Awaiting a decision"),
    "returned": pgettext_lazy("cadres", "Amendment asked for"),
    "approved": pgettext_lazy("cadres", "Approved"),
    "all": pgettext_lazy("cadres", "All"),
}
ROWS: dict[str, dict[str, bool]] = {
    "missing": {"has_registered": False},
    "submitted": {"has_submitted": True},
    "returned": {"has_returned": True},
    "approved": {"has_approved": True},
    "all": {},
}


@dataclass(frozen=True)
class Step:
    """What awaits one body of the committee: how many pledges, and where its docket is made."""

    body: Body
    n: int
    url: str
    supplementary: bool = False


class CadrePanel:
    """The cadres on the list of a committee in short: registered, awaiting its body, the list itself."""

    def __init__(self, user: User, tier: Tier, place: Unit) -> None:
        self.user, self.tier, self.place = user, tier, place
        self.is_host = place.pk == tier.campaign.host_id
        self.url = reverse("pledges:committee_cadres", args=[tier.campaign.code, place.code])

    @cached_property
    def totals(self) -> dict[str, int]:
        """Cadres by what they lead, whatever the page shows."""
        return figures.cadre_totals(figures.with_pledges(figures.listed(self.tier, self.place), self.tier))

    @property
    def registered(self) -> Rate:
        """Cadres who have registered, of those on the list."""
        return Rate(self.totals["all"] - self.totals["missing"], self.totals["all"])

    @property
    def approved(self) -> Rate:
        """Cadres with something approved, of those on the list."""
        return Rate(self.totals["approved"], self.totals["all"])

    @cached_property
    def pledges(self) -> dict[str, int]:
        """How many pledges they have registered, and how many of those await a decision."""
        rows = queries.tier_pledges(self.tier).filter(unit__path__startswith=self.place.path)
        return rows.aggregate(
            all=Count("pk", filter=Q(status__in=REGISTERED)),
            submitted=Count("pk", filter=Q(status=PledgeStatus.SUBMITTED)),
        )

    @cached_property
    def bodies(self) -> list[Body]:
        """The bodies of the committee itself that decide by the route."""
        deciding = [step for step in self.tier.steps.all() if step.mode != StepMode.ENDORSES]
        kinds = {step.body_kind for step in deciding if step.level != StepLevel.CELL}
        return list(
            Body.objects.filter(unit=self.place, kind__in=kinds, ended_on=None).select_related("unit")
        )

    @cached_property
    def steps(self) -> list[Step]:
        """What the person may put before a body of the committee now."""
        found = []
        for body in self.bodies:
            if can_build_for(self.user, self.tier.campaign, body):
                for late, n in queries.awaiting_by_lane(self.tier, body).items():
                    found.append(Step(body, n, build_url(self.tier, body, supplementary=late), late))
        return [step for step in found if step.n]

    @cached_property
    def dockets(self) -> list[Docket]:
        """Dockets of these bodies that await their meeting."""
        rows = Docket.objects.filter(tier=self.tier, body__in=self.bodies, state=DocketState.OPEN)
        return list(rows.order_by("pk"))

    @cached_property
    def sent(self) -> SentList | None:
        """The committee's list of cadres, once it has gone upwards."""
        rows = SentList.objects.filter(tier=self.tier, unit=self.place).select_related("endorsed_by__body")
        return None if self.is_host else rows.first()

    @cached_property
    def amendment(self) -> Amendment | None:
        """What the level above wants amended in it."""
        if self.is_host or self.sent:
            return None
        return amendments.asked_of(self.tier, [self.place]).get(self.place.pk)


@dataclass(frozen=True)
class CadreRow:
    """A cadre of the list with what he has registered, each in the words of its state."""

    entry: CadreEntry
    pledges: list[tuple[Pledge, str]]


class CadreFilter:
    """The list of cadres by the address (?show, ?page) and a name kept in the session."""

    def __init__(self, panel: CadrePanel, params: QueryDict, name: str) -> None:
        self.panel, self.params, self.name = panel, params, name
        self.wanted = params.get("show", "")
        if self.wanted not in ("", *STATES):
            raise Http404

    @cached_property
    def show(self) -> str:
        """The state asked for, or the first that is not empty."""
        return self.wanted or next((state for state in STATES if self.panel.totals[state]), "all")

    @cached_property
    def page(self) -> Page[CadreEntry]:
        """The cadres of the state and name asked for, by organisation and in the order of the list."""
        tier, place = self.panel.tier, self.panel.place
        entries = figures.with_pledges(figures.listed(tier, place), tier).filter(**ROWS[self.show])
        for word in fold(self.name).split():
            entries = entries.filter(member__search_key__contains=word)
        ordered = entries.select_related("member__unit", "unit").order_by("unit__path", "order", "pk")
        known = None if self.name else self.panel.totals[self.show]
        return page_of(ordered, size=PAGE, number=self.params.get("page"), known=known)

    def rows(self) -> list[CadreRow]:
        """The rows of the page with the pledges of all of them, read at once."""
        tier, entries = self.panel.tier, list(self.page)
        led: dict[int, list[tuple[Pledge, str]]] = {}
        pledges = queries.tier_pledges(tier).filter(
            lead_member__in=[entry.member_id for entry in entries], status__in=REGISTERED
        )
        found = list(pledges.order_by("pk"))
        types = can_type_for_list(self.panel.user, tier, self.panel.place)
        as_sent(found, but=lambda _pledge: types)
        for pledge in found:
            if pledge.lead_member_id:
                led.setdefault(pledge.lead_member_id, []).append((pledge, status_words(pledge, tier)))
        return [CadreRow(entry, led.get(entry.member_id, [])) for entry in entries]

    def chips(self) -> list[dict[str, object]]:
        """One chip a state."""
        return [
            {
                "label": label,
                "url": f"{self.panel.url}?show={state}",
                "count": self.panel.totals[state],
                "active": state == self.show,
            }
            for state, label in STATES.items()
        ]
