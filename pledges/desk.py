"""The vetting desk (thẩm định): which pledges of a tier wait there, and what is to be seen about each.

What is vetted is a version: sent again after an amendment, a pledge is to be vetted again.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from cadres.models import CadreEntry, Unit
from cadres.text import fold
from pledges import likeness, rules
from pledges.models import (
    DocketLine,
    GuidanceItem,
    Pledge,
    PledgeReturn,
    PledgeTier,
    PledgeVersion,
    StepMode,
    Theme,
    Tier,
    TierKind,
    Vetting,
)
from pledges.models.pledges import PledgeQuerySet
from pledges.office_lists import phrases_of
from pledges.queries import of_theme
from pledges.routine import phrases_in
from pledges.states import REGISTERED, DocketState, Outcome, PledgeStatus

TO_VET, AGAIN, VETTED, RETURNED, ALL = SHOWS = ("to_vet", "again", "vetted", "returned", "all")
UNCLEAR, QUOTA, ALIKE, ROUTINE = FLAGS = ("unclear", "quota", "alike", "routine")
SORTS = ("list", "due", "sent")
# How many pledges of a filter are compared with the others to find those that are alike.
COMPARED = 1000
# Columns that are never empty, and those where empty is null.
_NOT_TEXT = {"due_on", "start_on", "backlog_since", "baseline", "target", "theme_id"}


def _of_version(rows: QuerySet[DocketLine]) -> QuerySet[DocketLine]:
    return rows.order_by().filter(pledge=OuterRef("pk"), version__no=OuterRef("versions_made"))


def _has_vetting() -> Exists:
    return Exists(
        Vetting.objects.order_by().filter(pledge=OuterRef("pk"), version__no=OuterRef("versions_made"))
    )


def _is_docketed() -> Exists:
    deciding = Q(outcome=Outcome.APPROVE) & ~Q(docket__mode=StepMode.GIVES_OPINION)
    return Exists(_of_version(DocketLine.objects.filter(Q(docket__state=DocketState.OPEN) | deciding)))


def at_desk(tier: Tier) -> PledgeQuerySet:
    """Pledges of the tier that are sent and not decided on, with `has_vetting`, `docketed` and `came_again`.

    Docketed is what lies on an open docket or was agreed to by a body while another is still awaited;
    what came again was sent after an amendment had been asked for.
    """
    returns = PledgeReturn.objects.order_by().filter(
        pledge=OuterRef("pk"), version__no__lt=OuterRef("versions_made")
    )
    pledges = Pledge.objects.filter(tier=tier, status__in=(PledgeStatus.SUBMITTED, PledgeStatus.RETURNED))
    return pledges.annotate(has_vetting=_has_vetting(), docketed=_is_docketed(), came_again=Exists(returns))


def past_vetting(pledges: QuerySet[Pledge]) -> QuerySet[Pledge]:
    """The pledges with `is_past_vetting`: of key cadres, the version vetted or before the bodies."""
    of_cadres = Q(tier__kind=TierKind.KEY_CADRES)
    return pledges.annotate(is_past_vetting=of_cadres & (Q(_has_vetting()) | Q(_is_docketed())))


SHOWN: dict[str, Q] = {
    TO_VET: Q(status=PledgeStatus.SUBMITTED, has_vetting=False, docketed=False),
    AGAIN: Q(status=PledgeStatus.SUBMITTED, has_vetting=False, docketed=False, came_again=True),
    VETTED: Q(status=PledgeStatus.SUBMITTED, has_vetting=True, docketed=False),
    RETURNED: Q(status=PledgeStatus.RETURNED),
    ALL: Q(),
}


def to_vet(tier: Tier) -> PledgeQuerySet:
    """What waits for the board to look at it."""
    return at_desk(tier).filter(SHOWN[TO_VET])


def totals(pledges: PledgeQuerySet) -> dict[str, int]:
    """How many of `at_desk` stand in each part of the desk: one query."""
    return pledges.order_by().aggregate(**{show: Count("pk", filter=SHOWN[show]) for show in SHOWS})


@dataclass(frozen=True)
class Wanted:
    """A filter of the desk, as its address says it; `name` is looked for and never in an address."""

    show: str = TO_VET
    flag: str = ""
    unit: Unit | None = None
    theme: str = ""
    novelty: str = ""
    lane: str = ""
    sort: str = "list"
    name: str = ""


class Desk:
    """The desk of one tier: what its office goes by is read once."""

    def __init__(self, tier: Tier) -> None:
        self.tier = tier
        self.items = rules.clarity_items(tier.campaign)
        self.phrases = phrases_of(tier.campaign.host)
        self.cut_off = False

    def rows(self, wanted: Wanted) -> PledgeQuerySet:
        """The pledges of a filter in its order."""
        rows = self._narrowed(at_desk(self.tier), wanted).filter(SHOWN[wanted.show])
        if wanted.flag:
            rows = self._flagged(rows, wanted.flag)
        return self._ordered(rows, wanted.sort)

    def totals(self, wanted: Wanted) -> dict[str, int]:
        """How many of the filter stand in each part of the desk; its flag is left out."""
        return totals(self._narrowed(at_desk(self.tier), wanted))

    def _narrowed(self, rows: PledgeQuerySet, wanted: Wanted) -> PledgeQuerySet:
        if wanted.unit:
            rows = rows.filter(unit__path__startswith=wanted.unit.path)
        if wanted.theme:
            rows = rows.filter(of_theme(wanted.theme))
        if wanted.novelty:
            rows = rows.filter(novelty=wanted.novelty)
        if wanted.lane:
            rows = rows.filter(lane=wanted.lane)
        if key := fold(wanted.name):
            keys = PledgeVersion.objects.last_of_outer().filter(search_key__contains=key)
            rows = rows.filter(Q(lead_member__search_key__contains=key) | Exists(keys))
        return rows

    def _flagged(self, rows: PledgeQuerySet, flag: str) -> PledgeQuerySet:
        if flag == UNCLEAR:
            return rows.filter(_unclear(self.items), is_stub=False)
        if flag == QUOTA:
            return with_led(rows, self.tier).filter(self._beside_quota())
        if flag == ROUTINE:
            return rows.filter(pk__in=self._routine(rows))
        some = list(rows.order_by("pk").values_list("pk", flat=True)[: COMPARED + 1])
        self.cut_off = len(some) > COMPARED
        found = self.alike(some[:COMPARED])
        return rows.filter(pk__in=[pk for pk, one in found.items() if one.alike])

    def _beside_quota(self) -> Q:
        most = self.tier.quota_max
        short = Q(n_led__lt=self.tier.quota_min)
        return short | Q(n_led__gt=most) if most else short

    def _routine(self, rows: PledgeQuerySet) -> list[int]:
        """Those whose wording holds one of the phrases: folded in the database, tones looked at here."""
        if not self.phrases:
            return []
        holds = reduce(or_, (Q(search_key__contains=fold(phrase)) for phrase in self.phrases))
        near = rows.filter(Exists(PledgeVersion.objects.last_of_outer().filter(holds))).order_by()
        texts = near.values_list("pk", "title", "product")
        return [pk for pk, title, product in texts if phrases_in(f"{title}. {product}", self.phrases)]

    def _ordered(self, rows: PledgeQuerySet, sort: str) -> PledgeQuerySet:
        by = {"due": [F("due_on").asc(nulls_last=True)], "sent": [F("submitted_at").asc(nulls_last=True)]}
        entries = CadreEntry.objects.filter(
            cadre_list=self.tier.cadre_list_id, member=OuterRef("lead_member")
        ).values("order")[:1]
        first = [*by.get(sort, ()), F("place_on_list").asc(nulls_last=True)]
        rows = rows.annotate(place_on_list=Subquery(entries))
        return rows.order_by(*first, "unit__path", "lead_member__sort_key", "pk")

    def alike(self, pledges: Collection[int]) -> dict[int, likeness.Found]:
        """What each of the pledges is like; four queries, however many they are."""
        looked_at = likeness.subjects(pledges, self.tier)
        if not looked_at:
            return {}
        pool = likeness.pool_for(list(looked_at.values()), self.tier)
        carried = dict(
            Pledge.objects.filter(pk__in=looked_at, carried_from__isnull=False)
            .order_by()
            .values_list("pk", "carried_from_id")
        )
        return {pk: pool.find(one, carried_from=carried.get(pk)) for pk, one in looked_at.items()}

    def flags(self, pledges: Collection[Pledge]) -> dict[int, "Flags"]:
        """What is to be seen about each pledge; they come from `with_led`."""
        found = self.alike([pledge.pk for pledge in pledges])
        return {pledge.pk: self._flags(pledge, found.get(pledge.pk, likeness.Found())) for pledge in pledges}

    def _flags(self, pledge: Pledge, found: likeness.Found) -> "Flags":
        unclear = [item.label for item in rules.unclear_items(pledge, self.items)]
        listed = {name for item in self.items for name in item.fields}
        missing = [] if pledge.is_stub else [one for one in rules.missing_fields(pledge) if one not in listed]
        n, most = getattr(pledge, "n_led", self.tier.quota_min), self.tier.quota_max
        beside = n < self.tier.quota_min or (most is not None and n > most)
        routine = [] if pledge.is_stub else phrases_in(f"{pledge.title}. {pledge.product}", self.phrases)
        return Flags(unclear, missing, n if beside else None, routine, found)


@dataclass(frozen=True)
class Flags:
    """What a reviewer should see about a pledge; `led` is how many its lead has, where that is amiss."""

    unclear: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    led: int | None = None
    routine: list[str] = field(default_factory=list)
    found: likeness.Found = field(default_factory=likeness.Found)


def _unclear(items: Iterable[GuidanceItem]) -> Q:
    """The condition "an entry of the clarity list, or one of the four questions, is not answered"."""
    asked = {name for item in items for name in item.fields} | set(rules.SHORT_FORM_FIELDS)
    empty = Q(pk__in=())
    for name in sorted(asked - {"lead_member"}):
        empty |= Q(**{f"{name}__isnull": True}) if name in _NOT_TEXT else Q(**{name: ""})
    return empty


def with_led(rows: PledgeQuerySet, tier: Tier) -> PledgeQuerySet:
    """Pledges with `n_led`: how many their lead has registered in the tier."""
    led = PledgeTier.objects.filter(
        tier=tier, member=OuterRef("lead_member"), pledge__status__in=[str(one) for one in REGISTERED]
    )
    count = led.order_by().values("member").annotate(n=Count("pk")).values("n")
    return rows.annotate(n_led=Coalesce(Subquery(count), 0))


def choices_of(tier: Tier) -> tuple[list[Unit], list[Theme]]:
    """Organisations directly below the host that have something at the desk, and the campaign's themes."""
    host = tier.campaign.host
    own = Pledge.objects.filter(tier=tier, unit__path__startswith=OuterRef("path"))
    units = Unit.objects.in_force().filter(parent=host).filter(Exists(own))
    return list(units.order_by("path")), list(tier.campaign.themes.all())


def lying_on(pledges: Collection[int]) -> dict[int, str]:
    """Of the pledges those that lie on an open docket in the version last sent, with its title."""
    lines = DocketLine.objects.filter(
        pledge__in=pledges, docket__state=DocketState.OPEN, version__no=F("pledge__versions_made")
    )
    return dict(lines.order_by().values_list("pledge_id", "docket__title"))


def last_return(pledge: Pledge) -> PledgeReturn | None:
    """What was last asked of the pledge, with its points."""
    found = PledgeReturn.objects.filter(pledge=pledge).select_related("version", "docket__body", "by")
    return found.prefetch_related("points").order_by("-at", "-pk").first()


def vetting_of(pledge: Pledge) -> Vetting | None:
    """What the board proposes on the version last sent, if it has looked at it."""
    found = Vetting.objects.filter(pledge=pledge, version__no=pledge.versions_made)
    return found.select_related("by").first()
