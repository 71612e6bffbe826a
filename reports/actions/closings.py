"""Closings are asked for and taken: what the database holds at one instant, put away with its names."""

import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import OperationalError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from cadres import clock
from cadres.jobs import LEASE
from cadres.models import RecordEvent, Unit, UnitChange, User
from cadres.streaming import in_pieces
from cadres.wake import wake
from pledges.actions.acts import NotAllowedError
from pledges.models import Campaign, Tier
from pledges.permissions import can_run_campaign
from pledges.states import CampaignState
from reports import counts
from reports.closing_check import differences
from reports.closing_progress import Teller, telling
from reports.closing_rows import copy_rows
from reports.closing_seal import AT_A_TIME, COUNTS, Reader, closing_digest, form_of, unit_digest
from reports.figures import figures_of
from reports.models import ClosedUnit, Closing, ClosingKind, Stage, UnitCount
from reports.open_matters import open_matters
from reports.snapshot import snapshot

# How a unit stands, as columns of its line.
_LINE = {name: F(f"unit__{name}") for name in ("path", "name", "kind")}
TRIES = 5
SERIALIZATION_FAILURE = "40001"
BATCH = 500
# How many people are put away in a minute at the least: the lease is as long as the work may take.
PEOPLE_A_MINUTE = 50_000
# Figures that stand still or do not exist yet are not closed.
CLOSED_OR_DRAFT = (CampaignState.CLOSED, CampaignState.DRAFT)


def request_closing(
    *,
    ref: uuid.UUID,
    campaign: Campaign,
    kind: ClosingKind,
    title: str,
    by: User,
    day: date,
    document: str = "",
    document_on: date | None = None,
) -> Closing:
    """Have the figures of a campaign closed by a worker. The same `ref` is one closing.

    Raises NotAllowedError for who does not run the campaign, for one that is not under way, and for
    an official closing without its document.
    """
    _may_close(campaign, by)
    if kind == ClosingKind.OFFICIAL and not (document and document_on):
        raise NotAllowedError(_("An official closing names its document and the document's date."))
    with transaction.atomic():
        closing, made = Closing.objects.get_or_create(
            ref=ref,
            defaults={
                "campaign": campaign,
                "kind": kind,
                "title": title,
                "document": document,
                "document_on": document_on,
                "day": day,
                "created_by": by,
            },
        )
        if closing.created_by_id != by.pk or closing.campaign_id != campaign.pk:
            raise NotAllowedError(_("This form belongs to another closing."))
        if made:
            _record(closing, by)
            wake(Closing.task_name, closing.pk)
    return closing


def _may_close(campaign: Campaign, by: User) -> None:
    if not can_run_campaign(by, campaign.host):
        raise NotAllowedError(_("You do not run campaigns of this organisation."))
    if campaign.state in CLOSED_OR_DRAFT:
        raise NotAllowedError(_("Figures are closed while the campaign is under way."))


def _record(closing: Closing, by: User) -> None:
    RecordEvent.objects.create(
        actor=by,
        action="closing_asked",
        unit=closing.campaign.host,
        data={
            "campaign": closing.campaign.code,
            "closing": closing.pk,
            "kind": closing.kind,
            "document": closing.document,
        },
    )


def take(closing: Closing) -> None:
    """Take a claimed closing, all of it or nothing; one that has been taken is left as it is.

    The outbox is drained first; what is written to it until the snapshot begins is recounted in the
    snapshot itself, so that the counts and the rows are of one instant. Raises ValueError when the
    campaign is closed by now, or when counts and rows do not agree.
    """
    with telling(closing) as teller:
        _take_told(closing, clock.today(), teller)


def _take_told(closing: Closing, day: date, teller: Teller) -> None:
    counts.drain(day)
    _lease(closing)
    for left in range(TRIES - 1, -1, -1):
        teller.restart()
        try:
            with snapshot():
                _take(closing, day, teller)
        except OperationalError as error:
            # Somebody wrote a row that is written here too, after the snapshot and before that.
            if not left or getattr(error.__cause__, "pgcode", "") != SERIALIZATION_FAILURE:
                raise
        else:
            return


def _lease(closing: Closing) -> None:
    """Keep the job for as long as the one transaction may take: nothing of it is seen before its end."""
    rows = UnitCount.objects.filter(tier__campaign=closing.campaign, unit=closing.campaign.host_id)
    people = sum(rows.values_list("counted", flat=True))
    closing.lease_until = timezone.now() + LEASE + timedelta(minutes=people // PEOPLE_A_MINUTE)
    closing.save(update_fields=["lease_until"])


def _take(closing: Closing, day: date, teller: Teller) -> None:
    closing.refresh_from_db()
    if closing.taken_at is not None:
        return
    campaign = Campaign.objects.select_related("host").get(pk=closing.campaign_id)
    if campaign.state in CLOSED_OR_DRAFT:
        raise NotAllowedError(_("Figures are closed while the campaign is under way."))
    tiers = list(Tier.objects.select_related("campaign__host").filter(campaign=campaign).order_by("pk"))
    closing.day, closing.taken_at = day, clock.now()
    closing.definitions = _definitions(tiers)
    closing.open_matters = [matter.kept() for matter in open_matters(campaign)]
    closing.progress = closing.total = 0
    closing.digest = closing_digest(closing, _put_away(closing, tiers, teller))
    closing.save()
    teller.begin(Stage.VERIFYING)
    if differences(closing, seen=teller.rows):
        raise ValueError(_("Counts and rows do not agree. Have the figures recounted, then close again."))


def _put_away(closing: Closing, tiers: list[Tier], teller: Teller) -> Iterator[tuple[int, int, str]]:
    """Write the rows of each tier, then its units; yields the digests of the units in order."""
    for tier in tiers:
        teller.begin(Stage.PUTTING, tier.pk)
        _recount_stale(tier, closing.day)
        closing.total += copy_rows(closing, tier, closing.day, seen=teller.rows)
        closing.progress = closing.total
        teller.begin(Stage.SEALING, tier.pk)
        yield from _put_units_away(closing, tier, teller)


def _definitions(tiers: list[Tier]) -> dict[str, Any]:
    """Who is counted in each tier, and how each figure is, in every language of the site."""
    figures = {figure.code: figure for tier in tiers for figure in figures_of(tier)}
    kept: dict[str, Any] = {
        code: {"version": figure.version, "decimals": figure.decimals} for code, figure in figures.items()
    }
    for language, _name in settings.LANGUAGES:
        with override(language):
            for code, figure in figures.items():
                kept[code][language] = {
                    "title": str(figure.title),
                    "definition": f"{figure.definition} {figure.exclusions}".strip(),
                }
    return {"figures": kept, "tiers": [_tier_definition(tier) for tier in tiers]}


def _tier_definition(tier: Tier) -> dict[str, Any]:
    return {
        "tier": tier.pk,
        "kind": tier.kind,
        "quota_min": tier.quota_min,
        "quota_max": tier.quota_max,
        "counted": tier.counted,
        "counted_standings": tier.counted_standings,
        "cadre_list": tier.cadre_list_id,
        "cutoff_on": tier.cutoff_on.isoformat() if tier.cutoff_on else None,
        "figures": [figure.code for figure in figures_of(tier)],
    }


def _recount_stale(tier: Tier, day: date) -> None:
    """Recount units that lie in the outbox, have no counts yet or were judged on another day.

    The outbox keeps its rows: the consumer recounts them once more, which changes nothing.
    """
    units = Unit.objects.under(tier.campaign.host.path)
    waiting = UnitChange.objects.filter(Q(campaign=None) | Q(campaign=tier.campaign_id)).values("unit")
    known = UnitCount.objects.filter(tier=tier, day=day).values("unit")
    stale = list(units.filter(Q(pk__in=waiting) | ~Q(pk__in=known)).values_list("pk", flat=True))
    if stale:
        counts.recount(tier, stale, day)


def _put_units_away(closing: Closing, tier: Tier, teller: Teller) -> Iterator[tuple[int, int, str]]:
    """Write the line of each unit with the digest of its own rows; yields the digests in order."""
    rows, form = Reader(closing, tier.pk), form_of(closing)
    counted = UnitCount.objects.filter(tier=tier, unit__path__startswith=tier.campaign.host.path)
    lines = counted.order_by("unit_id").values("unit_id", "parent_id", *COUNTS, **_LINE)
    batch = []
    for line in in_pieces(lines, AT_A_TIME):
        own = rows.of(line["unit_id"])
        digest = unit_digest(tier.pk, line, own, form)
        teller.rows(own.number)
        batch.append(ClosedUnit(closing=closing, tier=tier, digest=digest, **line))
        if len(batch) == BATCH:
            ClosedUnit.objects.bulk_create(batch)
            batch.clear()
        yield tier.pk, line["unit_id"], digest
    ClosedUnit.objects.bulk_create(batch)
