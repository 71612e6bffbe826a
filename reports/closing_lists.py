"""The lists of a closing: which of its rows belong to each part of a figure, and where they are opened."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cadres.models import Unit
from cadres.text import fold
from pledges.models import Campaign, Tier
from pledges.states import APPROVED, PledgeStatus
from reports.closing_reading import OpenedClosing, speaking_for
from reports.figures import Figure, Kind
from reports.models import ClosedPerson, ClosedPledge, Closing
from reports.opened import Part

PEOPLE_LISTS: dict[str, Any] = {
    "missing": _("Not registered yet"),
    "registered": _("Registered"),
    "approved": _("Approved"),
    "counted": _("All who are counted"),
    "not_counted": _("Not counted"),
    "not_approved": _("Nothing approved yet"),
    "met_quota": _("Met the quota"),
    "below_quota": _("Below the quota"),
}
# Those that stand on every page; the others are reached from their figure.
USUAL = ("missing", "registered", "approved", "counted", "not_counted")
# Which list of people holds the rows of a part of a figure, by (figure, part) and by part.
_PEOPLE_PARTS = {
    ("registered", Part.NUMERATOR): "registered",
    ("registered", Part.REST): "missing",
    ("approved", Part.NUMERATOR): "approved",
    ("approved", Part.REST): "not_approved",
    ("met_quota", Part.NUMERATOR): "met_quota",
    ("met_quota", Part.REST): "below_quota",
}
_ANY_PART = {Part.DENOMINATOR: "counted", Part.LEFT_OUT: "not_counted"}
_DONE = Q(status=PledgeStatus.DONE)
_NUMERATORS = {
    "completed": _DONE,
    "on_time": _DONE & Q(on_time=True),
    "beyond_target": _DONE & Q(beyond_target=True),
    "late": Q(late=True),
    "stuck": Q(stuck=True),
}


def _of_unit(rows: QuerySet[Any], data: OpenedClosing, *, own: bool) -> QuerySet[Any]:
    within = "path" if own else "path__startswith"
    return rows.filter(closing=data.closing, tier=data.tier, **{within: data.total.row.path})


def people(data: OpenedClosing, *, own: bool = False) -> dict[str, QuerySet[ClosedPerson]]:
    """The lists of people of a sub-tree or (`own`) of the unit itself, by the key of the page's address."""
    rows = _of_unit(ClosedPerson.objects.all(), data, own=own)
    counted, quota = rows.filter(counted=True), _quota(data)
    return {
        "missing": counted.filter(registered=0),
        "registered": counted.filter(registered__gt=0),
        "approved": counted.filter(approved__gt=0),
        "counted": counted,
        "not_counted": rows.filter(counted=False),
        "not_approved": counted.filter(approved=0),
        "met_quota": counted.filter(approved__gte=quota),
        "below_quota": counted.filter(approved__lt=quota),
    }


def _quota(data: OpenedClosing) -> int:
    frozen = next(one for one in data.closing.definitions["tiers"] if one["tier"] == data.tier.pk)
    return max(frozen["quota_min"], 1)


def how_many(data: OpenedClosing, *, own: bool = False) -> dict[str, int]:
    """The numbers of those lists, from the counts that were closed."""

    def of(name: str) -> int:
        return int(getattr(data.total.row, f"own_{name}" if own else name))

    counted = of("counted")
    return {
        "missing": counted - of("registered"),
        "registered": of("registered"),
        "approved": of("approved"),
        "counted": counted,
        "not_counted": of("exempt") + of("away"),
        "not_approved": counted - of("approved"),
        "met_quota": of("met_quota"),
        "below_quota": counted - of("met_quota"),
    }


def pledges(data: OpenedClosing, *, own: bool = False) -> QuerySet[ClosedPledge]:
    """The pledges of a sub-tree or of the unit itself as they stood, each with the version of then."""
    rows = _of_unit(ClosedPledge.objects.all(), data, own=own)
    return rows.select_related("version", "pledge").order_by("path", "pledge_id")


def of_part(figure: Figure, part: Part) -> Q:
    """Which pledges of a closing are a part of a figure."""
    approved = Q(status__in=[str(status) for status in APPROVED])
    if part == Part.NUMERATOR:
        return approved & _NUMERATORS[figure.code]
    if part == Part.REST:
        return approved & ~_NUMERATORS[figure.code]
    return approved if part == Part.DENOMINATOR else ~approved


def of_status(status: str) -> Q:
    """Which pledges of a closing have a status, or were late or stuck; anything else asks for all."""
    if status in ("late", "stuck"):
        return _NUMERATORS[status]
    return Q(status=status) if status in PledgeStatus.values else Q()


def of_theme(campaign: Campaign, theme: str) -> Q:
    """Which pledges of a closing answer a theme by its place in the campaign, in the version of then."""
    if not theme:
        return Q()
    if theme == "none":
        return Q(version__content__theme_id=None) | Q(version__content__theme_id__isnull=True)
    known = theme.isascii() and theme.isdigit() and len(theme) < 5
    found = campaign.themes.filter(order=int(theme)).first() if known else None
    return Q(version__content__theme_id=found.pk) if found else Q(pk__in=())


def of_field(field: str) -> Q:
    """Which pledges of a closing belong to a field of work, in the version of then; "none": it names none."""
    if field == "none":
        return Q(version__content__field="") | Q(version__content__field__isnull=True)
    return Q(version__content__field=field) if field else Q()


def in_places(name: str) -> Q:
    """Which rows stand in an organisation of that name, marks ignored."""
    return Q(unit__name_key__contains=fold(name)) if name else Q()


def closed_address(tier: Tier, unit: Unit, wanted: Mapping[str, str]) -> str:
    """Where the list of a campaign's pledges is opened once it is closed; empty while it is not."""
    closing = speaking_for(tier.campaign)
    return _address("closing_pledges", closing, tier, unit, wanted) if closing else ""


def closed_part_address(tier: Tier, unit: Unit, figure: Figure, part: Part, *, own: bool) -> str:
    """Where a part of a figure is opened once the campaign is closed; empty while it is not.

    Its people or its pledges in the closing that speaks for the campaign; of cells the unit's page.
    """
    closing = speaking_for(tier.campaign)
    if closing is None:
        return ""
    mine = {"own": "1"} if own else {}
    if figure.kind == Kind.PEOPLE:
        show = _PEOPLE_PARTS.get((figure.code, part)) or _ANY_PART[part]
        return _address("closing_people", closing, tier, unit, {"show": show} | mine)
    if figure.kind == Kind.PLEDGES:
        return _address("closing_pledges", closing, tier, unit, {"figure": figure.code, "part": part} | mine)
    return _address("closing_unit", closing, tier, unit, {})


def _address(name: str, closing: Closing, tier: Tier, unit: Unit, wanted: Mapping[str, str]) -> str:
    query = {"tier": tier.kind} | {key: value for key, value in wanted.items() if value}
    return f"{reverse(f'reports:{name}', args=[closing.pk, unit.code])}?{urlencode(query)}"
