"""A docket as a meeting reads it: the content decided on, grouped by cadre, with what came of each line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from django.utils.translation import gettext as _

from cadres.dates import due_label
from cadres.models import Body, CadreEntry, Member
from cadres.templatetags.display import number
from pledges import queries
from pledges.models import Authority, Docket, DocketLine, Novelty, Pledge
from pledges.states import Outcome, PledgeStatus


@dataclass(frozen=True)
class Said:
    """What the version decided on says; empty where it is silent."""

    title: str
    novelty: str
    product: str
    due: str
    backlog_since: int | None
    of_the_state: bool


@dataclass(frozen=True)
class Reading:
    """One line: its content or the name of its unit, and the body that must agree too, if any."""

    line: DocketLine
    said: Said | None
    awaited: str = ""


@dataclass(frozen=True)
class Group:
    """The lines of one cadre with the post as printed; lists of units stand in one group."""

    no: int
    member: Member | None
    post: str
    readings: list[Reading] = field(default_factory=list)


def lines_of(docket: Docket) -> list[DocketLine]:
    """The lines in the order of the docket, with what a page shows of them."""
    rows = docket.lines.select_related("pledge__lead_member", "pledge__unit", "unit", "version")
    return list(rows.order_by("order"))


def said(line: DocketLine) -> Said | None:
    """The content of the version decided on, not the content of today; None for the list of a unit."""
    if line.version is None:
        return None
    content = line.version.content
    due = content.get("due_on")
    novelty = content.get("novelty")
    return Said(
        title=content.get("stub_reference") or content.get("title", ""),
        novelty=str(Novelty(novelty).label) if novelty else "",
        product=content.get("product", ""),
        due=due_label(content.get("due_kind", "day"), date.fromisoformat(due)) if due else "",
        backlog_since=content.get("backlog_since"),
        of_the_state=content.get("authority") == Authority.STATE,
    )


def posts_of(docket: Docket) -> dict[int, str]:
    """Posts as printed on the frozen list of key cadres, by member."""
    if docket.tier.cadre_list_id is None:
        return {}
    entries = CadreEntry.objects.filter(cadre_list=docket.tier.cadre_list_id)
    return dict(entries.values_list("member_id", "post_printed"))


def groups(
    lines: Iterable[DocketLine], posts: dict[int, str], awaited: dict[int, str] | None = None
) -> list[Group]:
    """Lines grouped by cadre, in the order of the docket."""
    found = []
    together = groupby(lines, key=lambda line: line.pledge and line.pledge.lead_member)
    for no, (member, rows) in enumerate(together, start=1):
        readings = [Reading(line, said(line), (awaited or {}).get(line.pledge_id or 0, "")) for line in rows]
        found.append(Group(no, member, posts.get(member.pk, "") if member else "", readings))
    return found


def people_in(lines: Iterable[DocketLine]) -> int:
    """How many cadres lead the pledges of the lines."""
    return len({line.pledge.lead_member_id for line in lines if line.pledge})


def tally(lines: Sequence[DocketLine]) -> dict[str, int]:
    """How many lines each outcome has; outcomes without a line are left out."""
    counts = {outcome.value: sum(1 for line in lines if line.outcome == outcome) for outcome in Outcome}
    return {outcome: n for outcome, n in counts.items() if n}


def awaited_bodies(docket: Docket, lines: Sequence[DocketLine]) -> dict[int, str]:
    """By pledge, the names of the bodies whose agreement a pledge approved here still awaits.

    Two bodies that decide jointly are two acts: until both have agreed the pledge stays submitted.
    """
    still = [
        line.pledge
        for line in lines
        if line.pledge and line.outcome == Outcome.APPROVE and line.pledge.status == PledgeStatus.SUBMITTED
    ]
    agreed = queries.bodies_agreed(Pledge.objects.filter(docket_lines__docket=docket))
    host = docket.campaign.host_id
    names = dict(Body.objects.filter(unit=host, ended_on=None).values_list("kind", "name"))
    needed = {
        authority: [step.body_kind for step in queries.deciding_steps(docket.tier, authority)]
        for authority in {pledge.authority for pledge in still}
    }
    found = {}
    for pledge in still:
        open_kinds = [kind for kind in needed[pledge.authority] if kind not in agreed.get(pledge.pk, set())]
        if open_kinds:
            found[pledge.pk] = ", ".join(names.get(kind, kind) for kind in open_kinds)
    return found


def count_words(docket: Docket, lines: Sequence[DocketLine]) -> str:
    """How much lies on the docket: 166 nội dung của 54 đồng chí, or 29 danh sách."""
    figures = {"n": number(len(lines)), "people": number(people_in(lines))}
    if lines and lines[0].unit_id:
        return _("%(n)s lists") % figures
    if docket.tier.for_key_cadres:
        return _("%(n)s undertakings of %(people)s comrades") % figures
    return _("%(n)s tasks of %(people)s comrades") % figures
