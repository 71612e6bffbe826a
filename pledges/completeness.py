"""What a campaign still lacks before it may open, each thing named with the section that mends it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cadres.dates import ROMAN
from cadres.models import CELL_KINDS, Body, Unit, UnitKind
from cadres.templatetags.display import day as shown
from cadres.templatetags.display import number
from pledges.deciding import DECIDING, deciding_steps
from pledges.models import Authority, Campaign, ListKind, RouteStep, StepLevel, StepMode, Tier

# Sections of the page on which a campaign is set up, in their order.
BASICS, GUIDANCE, LISTS, TIERS, ROUTES = SECTIONS = ("basics", "guidance", "lists", "tiers", "routes")
# Where else something is mended.
BODIES, CADRE_LISTS = "bodies", "cadre_lists"
# A year's registration may be opened in the last quarter of the year before.
FIRST_MONTH = 10
# How long after a quarter its progress may be reported.
A_MONTH = timedelta(days=29)


@dataclass(frozen=True)
class Missing:
    """One thing that is missing: the section it belongs to, the words, and where else it is mended."""

    section: str
    text: str
    mend: str = ""


def date_problems(
    year: int, opens_on: date | None, closes_on: date | None, quarters: Mapping[int, date]
) -> dict[str, str]:
    """By field, what is wrong with the days of a campaign of `year`; a day that is not set is not wrong.

    The window lies in the year, or begins in the last quarter before it; quarters are reported on in order.
    """
    found = {}
    earliest, latest = date(year - 1, FIRST_MONTH, 1), date(year, 12, 31)
    span = _("A campaign of %(year)s lies between %(first)s and %(last)s.")
    words = {"year": str(year), "first": shown(earliest), "last": shown(latest)}
    for name, on in (("opens_on", opens_on), ("closes_on", closes_on)):
        if on is not None and not earliest <= on <= latest:
            found[name] = span % words
    if opens_on and closes_on and closes_on < opens_on:
        found["closes_on"] = _("The window closes before it opens.")
    return found | _quarter_problems(year, quarters)


def _quarter_problems(year: int, quarters: Mapping[int, date]) -> dict[str, str]:
    found, before = {}, None
    for quarter, on in sorted(quarters.items()):
        first = date(year, 3 * quarter - 2, 1)
        last = date(year + quarter // 4, 3 * quarter % 12 + 1, 1) + A_MONTH
        if not first <= on <= last:
            text = _("Quarter %(quarter)s is reported on between %(first)s and %(last)s.")
            found[f"quarter_{quarter}"] = text % {
                "quarter": ROMAN[quarter - 1],
                "first": shown(first),
                "last": shown(last),
            }
        elif before is not None and on <= before:
            found[f"quarter_{quarter}"] = _("This day is not after that of the quarter before.")
        before = on
    return found


def what_is_missing(campaign: Campaign, day: date) -> list[Missing]:
    """What the campaign lacks to be opened on `day`, in the order of the sections; empty: it may open."""
    tiers = list(campaign.tiers.select_related("campaign__host", "cadre_list").prefetch_related("steps"))
    found = [*_basics(campaign, day), *_guidance(campaign), *_lists(campaign, tiers)]
    if not tiers:
        found.append(Missing(TIERS, _("Nobody is asked to register: add whom the campaign is for.")))
    for tier in tiers:
        found += _listing(tier)
    for tier in tiers:
        found += [Missing(ROUTES, one.text, one.mend) for one in _route(tier)]
    return found


def _basics(campaign: Campaign, day: date) -> Iterator[Missing]:
    opens, closes = campaign.opens_on, campaign.closes_on
    if opens is None:
        yield Missing(BASICS, _("The first day of the window is not set."))
    if closes is None:
        yield Missing(BASICS, _("The last day of the window is not set."))
    elif closes < day:
        yield Missing(BASICS, _("The window was over on %(day)s.") % {"day": shown(closes)})
    quarters = dict(campaign.quarters.values_list("quarter", "report_by"))
    for text in date_problems(campaign.year, opens, closes, quarters).values():
        yield Missing(BASICS, text)


def _guidance(campaign: Campaign) -> Iterator[Missing]:
    if not campaign.guidance and not campaign.themes.exists():
        yield Missing(GUIDANCE, _("There is no guidance yet: neither a text nor a theme."))


def _lists(campaign: Campaign, tiers: list[Tier]) -> Iterator[Missing]:
    listed = any(tier.is_listed for tier in tiers)
    if listed and not campaign.lists.filter(kind=ListKind.CLARITY).exists():
        yield Missing(LISTS, _("Cadres register by a clarity list (5 rõ, 6 rõ): none is in force."))


def _listing(tier: Tier) -> Iterator[Missing]:
    """Only those on a frozen list of the year register in a tier of cadres."""
    if not tier.is_listed:
        return
    words = {"tier": tier.get_kind_display(), "year": str(tier.campaign.year)}
    if tier.cadre_list is None:
        text = _("%(tier)s: the list of cadres of %(year)s is not chosen.")
        yield Missing(TIERS, text % words, CADRE_LISTS)
    elif tier.cadre_list.year != tier.campaign.year:
        text = _("%(tier)s: the list chosen is of %(other)s, not of %(year)s.")
        yield Missing(TIERS, text % (words | {"other": str(tier.cadre_list.year)}), CADRE_LISTS)
    elif not tier.cadre_list.entries.exists():
        yield Missing(TIERS, _("%(tier)s: nobody stands on the list of cadres yet.") % words, CADRE_LISTS)


def _route(tier: Tier) -> Iterator[Missing]:
    name, steps = str(tier.get_kind_display()), list(tier.steps.all())
    if not steps:
        yield Missing(ROUTES, _("%(tier)s: there is no route yet.") % {"tier": name})
        return
    undecided = [one.label for one in Authority if not deciding_steps(tier, one.value)]
    if len(undecided) == len(Authority):
        yield Missing(ROUTES, _("%(tier)s: no step of the route decides.") % {"tier": name})
    elif undecided:
        text = _("%(tier)s: nobody decides on matters within the authority of: %(authority)s.")
        yield Missing(ROUTES, text % {"tier": name, "authority": ", ".join(map(str, undecided))})
    for step in steps:
        for text in _bodies_lacking(tier, step):
            yield Missing(ROUTES, f"{name}: {text}", BODIES)


def _bodies_lacking(tier: Tier, step: RouteStep) -> Iterator[str]:
    host, kind = tier.campaign.host, step.get_body_kind_display()
    of_host = Body.objects.filter(unit=host, kind=step.body_kind, ended_on=None).first()
    if step.level == StepLevel.HOST:
        words = {"unit": host.name, "body": kind}
        if of_host is None:
            yield _("%(unit)s has no %(body)s in the records.") % words
        elif step.mode in DECIDING and not of_host.seats:
            yield _("the seats of %(body)s are not known.") % {"body": of_host.name}
        return
    falls_to_host = step.level == StepLevel.GRASSROOTS and step.mode != StepMode.ENDORSES
    if falls_to_host and of_host is not None:
        return
    n = units_lacking(host, step.level, step.body_kind).count()
    if n:
        text = ngettext("%(n)s organisation has no %(body)s.", "%(n)s organisations have no %(body)s.", n)
        yield text % {"n": number(n), "body": kind}


def units_lacking(host: Unit, level: str, body_kind: str) -> QuerySet[Unit]:
    """Units of the level below the host that lack a body of the kind."""
    kinds = CELL_KINDS if level == StepLevel.CELL else (UnitKind.GRASSROOTS_COMMITTEE,)
    bodies = Body.objects.filter(unit=OuterRef("pk"), kind=body_kind, ended_on=None)
    units = Unit.objects.in_force().filter(kind__in=kinds).under(host.path).exclude(pk=host.pk)
    return units.filter(~Exists(bodies))
