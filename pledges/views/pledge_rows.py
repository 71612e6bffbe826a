"""Pledges as the pages of a person show them: by campaign, as a time line, and what is to be done first."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cadres.models import BodyKind, CadreEntry, Delegation, Member, User
from cadres.templatetags.display import day as day_words
from cadres.templatetags.display import moment, number, pill_tone
from pledges import lane_words, supplementary
from pledges.desk import past_vetting
from pledges.models import Campaign, EventAction, Lane, Pledge, PledgeEvent, Progress, Tier, TierKind
from pledges.permissions import can_edit
from pledges.sent import as_sent, reads_typed
from pledges.states import CampaignState, PledgeStatus
from pledges.words import due_words, measured, status_words

# Campaigns in which somebody may still register, in the window or after it.
ACTIVE = (CampaignState.OPEN, CampaignState.VETTING, CampaignState.RUNNING)
# What a cell decides at its meeting, in the words of the cell.
CELL_ACTS: dict[str, Any] = {
    EventAction.APPROVED: gettext_lazy("adopted by the cell at its meeting"),
    EventAction.RETURNED: gettext_lazy("amendment asked for by the cell at its meeting"),
    EventAction.REJECTED: gettext_lazy("not adopted by the cell at its meeting"),
}
# Events that stand in the course in a colour of their own, not in that of the state.
TONES: dict[str, str] = {
    EventAction.EDITED: "grey",
    EventAction.OBSTRUCTED: "red",
    EventAction.ASKED_AGAIN: "amber",
    EventAction.UNBLOCKED: "green",
}


@dataclass(frozen=True)
class PledgeRow:
    """A pledge in a list; `reason` is why it was returned."""

    pledge: Pledge
    status: str
    due: str
    reason: str
    may_edit: bool

    @property
    def is_unsent(self) -> bool:
        """Whether it lies with the person: a draft, or to be amended."""
        return self.pledge.status in (PledgeStatus.DRAFT, PledgeStatus.RETURNED)


@dataclass
class Group:
    """The pledges of one campaign; `more`: where one more may be registered now."""

    campaign: Campaign
    rows: list[PledgeRow]
    more: list[str] = field(default_factory=list)
    supplementary: list[str] = field(default_factory=list)

    @property
    def is_of_cadres(self) -> bool:
        """Whether its pledges are counted as contents (nội dung), as those of cadres are."""
        return any(row.pledge.tier.is_listed for row in self.rows)


@dataclass(frozen=True)
class Opening:
    """A campaign in which the member may register now, in the window or after it (`lane`)."""

    tier: Tier
    url: str
    days_left: int | None
    lane: Lane = Lane.REGULAR

    @property
    def is_supplementary(self) -> bool:
        """Whether the window is over."""
        return self.lane != Lane.REGULAR


def by_campaign(pledges: QuerySet[Pledge], user: User) -> list[Group]:
    """Pledges grouped by campaign, the newest year first."""
    returns = PledgeEvent.objects.filter(pledge=OuterRef("pk"), action=EventAction.RETURNED)
    rows = (
        past_vetting(pledges)
        .select_related("campaign", "tier__campaign__host", "lead_member__unit")
        .annotate(note=Subquery(returns.order_by("-seq").values("note")[:1]))
        .order_by("-campaign__year", "campaign__code", "pk")
    )
    as_sent(rows, but=partial(reads_typed, user))
    groups: dict[int, Group] = {}
    for pledge in rows:
        group = groups.setdefault(pledge.campaign_id, Group(pledge.campaign, []))
        reason = (pledge.note or "") if pledge.status == PledgeStatus.RETURNED else ""
        status, may_edit = status_words(pledge, pledge.tier), can_edit(user, pledge)
        group.rows.append(PledgeRow(pledge, status, due_words(pledge), reason, may_edit))
    return list(groups.values())


def openings(member: Member, day: date) -> list[Opening]:
    """Campaigns in which the member may register on the day: by his cell, or by a list of cadres.

    After the window there stay those in whose supplementary lane he may.
    """
    tiers = Tier.objects.filter(
        campaign__state__in=ACTIVE,
        campaign__host__path__in=member.unit.ancestor_paths(),
        kind__in=(TierKind.MEMBERS, TierKind.KEY_CADRES, TierKind.GRASSROOTS_CADRES),
    ).select_related("campaign__host")
    listed = set(CadreEntry.objects.filter(member=member).values_list("cadre_list", flat=True))
    belongs: list[Tier] = []
    for tier in tiers:
        # On two lists of a campaign he registers once, in the higher tier.
        higher = any(one.is_listed and one.campaign_id == tier.campaign_id for one in belongs)
        if not tier.is_listed or (tier.cadre_list_id in listed and not higher):
            belongs.append(tier)
    lanes = supplementary.lanes_of(member, belongs, day)
    return [opening_of(tier, member, lanes[tier.pk], day) for tier in belongs if tier.pk in lanes]


def opening_of(tier: Tier, member: Member, lane: Lane, day: date) -> Opening:
    """Where the member registers in the tier."""
    name = "pledges:register_full" if tier.is_listed else "pledges:register"
    url = reverse(name, args=[tier.campaign.code, member.code])
    return Opening(tier, url, tier.campaign.days_left(day), lane)


def to_do(groups: Sequence[Group], open_to: Sequence[Opening]) -> list[dict[str, Any]]:
    """What waits for the person, most pressing first: amend, send a draft, register."""
    rows = [row for group in groups for row in group.rows if row.may_edit]
    tasks = [_amend(row) for row in rows if row.pledge.status == PledgeStatus.RETURNED]
    tasks += [_send(row) for row in rows if row.pledge.status == PledgeStatus.DRAFT]
    return tasks + [_register(opening) for opening in open_to if not has_begun(groups, opening)]


def offer_more(groups: Sequence[Group], open_to: Sequence[Opening]) -> None:
    """Give each campaign in which something lies already the addresses where one more is registered."""
    for opening in open_to:
        for group in groups:
            if group.campaign.pk != opening.tier.campaign_id or not has_begun(groups, opening):
                continue
            if opening.lane == Lane.REGULAR:
                group.more.append(opening.url)
            elif opening.lane == Lane.DIRECTIVE:
                group.supplementary.append(opening.url)


def has_begun(groups: Sequence[Group], opening: Opening) -> bool:
    """Whether something of the person's already lies in the tier, a draft included."""
    over = (PledgeStatus.WITHDRAWN, PledgeStatus.REJECTED)
    pledges = [row.pledge for group in groups for row in group.rows if row.pledge.status not in over]
    return any(pledge.tier_id == opening.tier.pk for pledge in pledges)


def _amend(row: PledgeRow) -> dict[str, Any]:
    url = reverse("pledges:edit", args=[row.pledge.ref])
    return {
        "what": _("An amendment is asked for"),
        "title": row.pledge.title,
        "note": row.reason,
        "url": url,
        "action": _("Amend and send again"),
    }


def _send(row: PledgeRow) -> dict[str, Any]:
    url = reverse("pledges:edit", args=[row.pledge.ref])
    return {
        "what": _("A draft that has not been sent"),
        "title": row.pledge.title,
        "note": "",
        "url": url,
        "action": _("Finish and send"),
    }


def _register(opening: Opening) -> dict[str, Any]:
    campaign = opening.tier.campaign
    note, days = "", opening.days_left
    if campaign.closes_on and days is not None:
        left = ngettext("%(n)s day left", "%(n)s days left", days) % {"n": number(days)}
        note = _("Until %(day)s, %(left)s.") % {"day": day_words(campaign.closes_on), "left": left}
    what = _("Registration is open")
    if opening.is_supplementary:
        what, note = _("Supplementary registration"), lane_words.reason(opening.lane)
    return {
        "what": what,
        "title": campaign.title,
        "note": note,
        "url": opening.url,
        "action": _("Register"),
    }


@dataclass(frozen=True)
class ResultRow:
    """A result with its figures in words: "55/62 nội dung", "8/8 kết luận"."""

    progress: Progress
    figure: str
    sub_figure: str


def results_of(pledge: Pledge) -> list[ResultRow]:
    """What was reported and evaluated, the last first."""
    return [
        ResultRow(
            row,
            measured(row.value, row.value_of, row.measure_unit),
            measured(row.sub_value, row.sub_value_of, row.sub_unit),
        )
        for row in Progress.objects.filter(pledge=pledge).order_by("-at", "-pk")
    ]


def events_of(events: Iterable[PledgeEvent], delegations: Sequence[Delegation] = ()) -> list[dict[str, str]]:
    """The time line: what, on which day, when it was recorded, by whom and on whose behalf, how it came.

    Events come newest first. What was typed and sent in one act is told once. `delegations` are the
    lead's: what was typed under one says so.
    """
    return [
        {
            "what": _what(event),
            "when": _when(event),
            "who": _who(event, delegations),
            "note": event.note,
            "tone": TONES.get(event.action) or pill_tone(event.to_status),
        }
        for event in _acts(events)
    ]


def _acts(events: Iterable[PledgeEvent]) -> Iterator[PledgeEvent]:
    """The events without the saving that a registration began with."""
    later: PledgeEvent | None = None
    for event in events:
        saved = event.action in (EventAction.CREATED, EventAction.EDITED)
        if not (saved and later and later.action == EventAction.SUBMITTED and _same_act(event, later)):
            yield event
        later = event


def _same_act(event: PledgeEvent, later: PledgeEvent) -> bool:
    return (event.at, event.actor_id, event.on) == (later.at, later.actor_id, later.on)


def _what(event: PledgeEvent) -> str:
    what = str(event.get_action_display())
    if event.docket and event.docket.body.kind == BodyKind.CELL_MEETING:
        what = str(CELL_ACTS.get(event.action, what))
    elif event.docket:
        what = _("%(what)s by %(body)s") % {"what": what, "body": event.docket.body.name}
    if event.action == EventAction.SUBMITTED and event.version_no and event.version_no > 1:
        what = _("%(what)s again, version %(no)s") % {"what": what, "no": event.version_no}
    return what[:1].upper() + what[1:]


def _when(event: PledgeEvent) -> str:
    """The day it happened; the instant of recording where that was another day."""
    if event.on is None:
        return _("day not stated · recorded at %(at)s") % {"at": moment(event.at)}
    if event.on == timezone.localdate(event.at):
        return moment(event.at)
    return _("%(day)s · recorded at %(at)s") % {"day": day_words(event.on), "at": moment(event.at)}


def _who(event: PledgeEvent, delegations: Sequence[Delegation]) -> str:
    parts = [event.actor.display_name] if event.actor else []
    if event.on_behalf_of and any(_under(one, event) for one in delegations):
        parts.append(_("typed for %(name)s by delegation") % {"name": event.on_behalf_of.name})
    elif event.on_behalf_of:
        parts.append(_("on behalf of %(name)s") % {"name": event.on_behalf_of.name})
    parts.append(str(event.get_channel_display()))
    return " · ".join(parts)


def _under(delegation: Delegation, event: PledgeEvent) -> bool:
    """Whether the event's actor typed under the delegation; also on the day on which it was ended."""
    day = event.on or timezone.localdate(event.at)
    return delegation.user_id == event.actor_id and delegation.start <= day <= delegation.end
