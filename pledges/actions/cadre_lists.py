"""Lists of cadres (danh sách cán bộ): made for a year, often from last year's, and frozen by a campaign.

A list that a campaign beyond its draft registers by is frozen: nobody is added, left out or renamed.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Max, QuerySet
from django.utils.translation import gettext as _

from cadres.models import CadreEntry, CadreList, CadreListKind, Member, RecordEvent, Unit, UnitKind, User
from pledges.actions.acts import CHUNK, NotAllowedError
from pledges.models import Campaign
from pledges.permissions import can_run_campaign
from pledges.states import CampaignState

PRINTED_LIMIT = 200
NUMBER_LIMIT = 60


@dataclass(frozen=True, kw_only=True)
class Added:
    """A cadre to be put on a list; what is not told is taken from the last list, else from the roster."""

    member: Member
    post: str = ""
    unit: Unit | None = None
    unit_printed: str = ""


def is_frozen(listing: CadreList) -> bool:
    """Whether a campaign beyond its draft registers by the list."""
    return _registering(listing).exists()


def _registering(listing: CadreList) -> QuerySet[Campaign]:
    return Campaign.objects.filter(tiers__cadre_list=listing).exclude(state=CampaignState.DRAFT)


def make_cadre_list(
    host: Unit,
    *,
    year: int,
    kind: str,
    title: str,
    decision: str = "",
    by: User,
    source: CadreList | None = None,
) -> CadreList:
    """Make the host's list of a year, from an earlier one if named; the same year and kind is the same list.

    Of the earlier list those come over who still stand below the host.
    """
    if not can_run_campaign(by, host):
        raise NotAllowedError(_("You do not keep the lists of cadres of this organisation."))
    if source is not None and (source.unit_id, source.kind) != (host.pk, kind):
        raise NotAllowedError(_("This list of cadres belongs to others."))
    with transaction.atomic():
        listing, made = CadreList.objects.get_or_create(
            unit=host, year=year, kind=kind, defaults={"title": title, "decision_number": decision}
        )
        if not made:
            return listing
        entries = _copied(listing, source) if source is not None else []
        CadreEntry.objects.bulk_create(entries, batch_size=CHUNK)
        _record("cadre_list_made", listing, {"people": len(entries)}, by)
    return listing


def _copied(listing: CadreList, source: CadreList) -> list[CadreEntry]:
    staying = source.entries.filter(
        member__memberships__end=None, member__memberships__unit__path__startswith=listing.unit.path
    )
    return [
        CadreEntry(
            cadre_list=listing,
            member_id=entry.member_id,
            unit_id=entry.unit_id,
            post_printed=entry.post_printed,
            unit_printed=entry.unit_printed,
            order=order,
        )
        for order, entry in enumerate(staying.order_by("order", "pk"), start=1)
    ]


@contextmanager
def _changing(listing: CadreList, by: User) -> Iterator[CadreList]:
    """One transaction in which no campaign that uses the list opens; refused once one has."""
    with transaction.atomic():
        Campaign.objects.filter(tiers__cadre_list=listing).update(state=F("state"))
        if not can_run_campaign(by, listing.unit):
            raise NotAllowedError(_("You do not keep the lists of cadres of this organisation."))
        if is_frozen(listing):
            raise NotAllowedError(_("A campaign that is open registers by this list: it is frozen."))
        yield listing


def add_people(listing: CadreList, people: Sequence[Added], *, by: User) -> int:
    """Put cadres at the end of a list; who stands on it stays as he is. Returns how many are new."""
    with _changing(listing, by):
        known = set(listing.entries.values_list("member_id", flat=True))
        new = {one.member.pk: one for one in people if one.member.pk not in known}
        outside = [one for one in new.values() if not one.member.unit.is_under(listing.unit)]
        if outside:
            raise NotAllowedError(_("Some of them stand outside this organisation."))
        before = _last_entries(listing, new)
        last = listing.entries.aggregate(last=Max("order"))["last"] or 0
        entries = [
            _entry(listing, one, before.get(pk), order)
            for order, (pk, one) in enumerate(new.items(), start=last + 1)
        ]
        if missing := [entry for entry in entries if not entry.post_printed]:
            text = _("The post of %(name)s is not known: write it.")
            raise NotAllowedError(text % {"name": missing[0].member.name})
        CadreEntry.objects.bulk_create(entries, batch_size=CHUNK)
        if entries:
            _record("cadre_list_extended", listing, {"people": len(entries)}, by)
    return len(entries)


def _last_entries(listing: CadreList, members: Collection[int]) -> dict[int, CadreEntry]:
    """How the latest earlier list of the same kind printed each of them."""
    rows = CadreEntry.objects.filter(
        member__in=list(members), cadre_list__unit=listing.unit_id, cadre_list__kind=listing.kind
    )
    rows = rows.exclude(cadre_list=listing).select_related("unit").order_by("cadre_list__year", "pk")
    return {entry.member_id: entry for entry in rows}


def _entry(listing: CadreList, one: Added, before: CadreEntry | None, order: int) -> CadreEntry:
    unit = one.unit or (before.unit if before and before.unit.ended_on is None else None)
    unit = unit or usual_unit(listing, one.member)
    printed = one.unit_printed or (before.unit_printed if before and before.unit_id == unit.pk else unit.name)
    return CadreEntry(
        cadre_list=listing,
        member=one.member,
        unit=unit,
        post_printed=one.post or (before.post_printed if before else ""),
        unit_printed=printed,
        order=order,
    )


def usual_unit(listing: CadreList, member: Member) -> Unit:
    """Where a cadre counts if nobody says: at the host, one of the grassroots at his committee."""
    if listing.kind == CadreListKind.KEY:
        return listing.unit
    committees = Unit.objects.filter(
        path__in=member.unit.ancestor_paths(),
        kind__in=(UnitKind.GRASSROOTS_COMMITTEE, UnitKind.GRASSROOTS_CELL),
    ).under(listing.unit.path)
    return committees.order_by("-path").first() or member.unit


def write_entry(entry: CadreEntry, *, post: str, unit_printed: str, unit: Unit, by: User) -> CadreEntry:
    """Write how a cadre is printed and where he counts; the same twice changes nothing."""
    with _changing(entry.cadre_list, by) as listing:
        if not post or not unit_printed:
            raise NotAllowedError(_("Post and organisation are printed: write both."))
        if not unit.is_under(listing.unit):
            raise NotAllowedError(_("Some of them stand outside this organisation."))
        given = {"post_printed": post, "unit_printed": unit_printed, "unit_id": unit.pk}
        if any(getattr(entry, name) != value for name, value in given.items()):
            CadreEntry.objects.filter(pk=entry.pk).update(**given)
            _record("cadre_entry_written", listing, {}, by, entry.member)
    return entry


def leave_out(listing: CadreList, entry_id: int, *, by: User) -> None:
    """Take a cadre off the list; one who is off it already stays off."""
    with _changing(listing, by):
        entry = listing.entries.select_related("member").filter(pk=entry_id).first()
        if entry is not None:
            entry.delete()
            _record("cadre_left_out", listing, {}, by, entry.member)


def _record(
    action: str, listing: CadreList, data: dict[str, int], by: User, member: Member | None = None
) -> None:
    RecordEvent.objects.create(
        actor=by,
        action=action,
        unit=listing.unit,
        member=member,
        data={"year": listing.year, "kind": listing.kind, **data},
    )
